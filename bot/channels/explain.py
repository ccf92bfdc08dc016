"""Why a reply is what it is, for a tester or a clerk: `ask --explain` and `:why` show the same text."""

from __future__ import annotations

from bot.content import Content
from bot.dialogue.decision import Decision
from bot.dialogue.question import Question
from bot.engine import Engine, Turn
from bot.matching import Candidate, Evidence

KINDS = {"answer": "답", "partial": "일부만 답", "clarify": "되묻기", "fallback": "모른다고 함", "chitchat": "인사·대화"}
MORPHEMES = {
    "noun": "명사", "name": "고유명사", "bound": "의존명사", "number": "수", "verb": "동사", "adjective": "형용사", "auxiliary": "보조",
    "adverb": "부사", "foreign": "외국어", "root": "어근", "suffix": "접미사", "prefix": "접두사", "ending": "어미", "particle": "조사",
    "mark": "기호", "pronoun": "대명사", "determiner": "관형사", "place": "지명", "other": "기타",
}  # fmt: skip
FEATURES = {
    "explained": "주제가 설명한 말의 비율", "called": "부르는 이름과 맞음", "phrase": "적어 둔 질문과 맞음",
    "letters_best": "가장 가까운 표현과 글자가 닮음", "letters_second": "둘째로 가까운 표현과 글자가 닮음",
    "letters_mean": "여러 표현과 두루 글자가 닮음",
    "letters_cover": "물은 글자가 주제의 표현에 있음", "letters_common": "표현마다 되풀이되는 글자가 물음에 있음",
    "words_best": "가장 가까운 표현과 낱말이 같음", "words_second": "둘째로 가까운 표현과 낱말이 같음", "words_mean": "여러 표현과 두루 낱말이 같음",
    "words_cover": "물은 낱말이 주제의 표현에 있음", "words_common": "표현마다 되풀이되는 낱말이 물음에 있음",
    "named": "주제 이름이 나옴", "full": "이름이 모두 나옴", "full_weight": "모두 나온 이름의 무게", "score": "후보 점수",
    "margin": "다음 후보와의 차이", "lead": "다른 후보들과의 차이", "negation": "한쪽만 '말고·않다'를 씀",
    "met_weight": "맞은 말의 무게", "met_count": "맞은 말의 수", "met_beyond": "이름 밖에서 맞은 말", "slips": "오타가 있는 글",
    "clean": "설명되지 않은 말이 없음", "lists": "묶음 주제에 목록을 물음", "debris": "낱말이 아닌 조각", "unknown_nouns": "모르는 명사",
    "unknown_part": "이름 일부와 모르는 명사",
    "unknown_names": "모르는 고유명사", "unknown_places": "모르는 지명", "other_words": "다른 주제의 말", "modifiers": "다른 것으로 만드는 꾸밈말",
    "modified_part": "이름 일부와 꾸밈말", "glued": "한 낱말로 붙은 꾸밈말", "heads": "주제의 말 뒤에 붙은 모르는 명사", "lone": "맞은 말이 하나뿐",
    "strange": "함께 쓰이지 않는 말끼리 붙음",
    "meaning_mean": "주제의 표현과 뜻이 가까움", "meaning_tight": "주제의 표현끼리 뜻이 비슷함(그만큼 더 가까워야 함)",
    "meaning_first": "뜻이 가장 가까운 주제",
}  # fmt: skip
REASONS = {
    "empty": "빈 질문이에요.",
    "no list": "번호를 보냈지만 고를 목록이 없었어요.",
    "no such number": "목록에 없는 번호예요.",
    "none of these": "보기 가운데 없다고 골랐어요.",
    "topic is gone": "고른 주제가 이제 없어요.",
    "language": "다른 언어로 답해 달라고 했어요.",
    "another language": "한국어도 영어도 아니에요.",
    "wrong": "앞의 답이 틀렸다고 했어요.",
    "correction": "앞의 것이 아니라고 했어요.",
    "more": "더 알려 달라고 했어요.",
    "repeat": "다시 말해 달라고 했어요.",
    "close": "확신이 모자라거나 비슷한 주제가 둘 이상이라 골라 달라고 했어요.",
    "inherited": "주제만 말해서, 앞에서 물은 것을 이어 물은 것으로 보았어요.",
    "unsure": "확신이 기준에 못 미쳐 모른다고 하되, 뜻했을지 모를 주제를 보였어요.",
    "other year": "소식지에 없는 해를 물었어요.",
    "aspect without topic": "무엇을 묻는지는 알았지만 어느 주제인지 몰라요.",
    "not in the newsletter": "확신이 기준에 못 미쳐, 소식지에 없는 것으로 보았어요.",
    "not found, again": "잇달아 찾지 못했어요.",
    "after urgent": "바로 앞이 긴급한 말이어서, 찾지 못했다는 말을 하지 않았어요.",
}


def explain(turn: Turn, engine: Engine) -> str:
    """The tokens, the candidates with their evidence and the decision of a turn, in Korean."""
    question, decision = turn.trace.question, turn.trace.decision
    lines: list[str] = []
    if question is not None:
        lines += _understood(question, engine.content)
        lines += [_candidate(n, candidate, engine.content) for n, candidate in enumerate(question.candidates[:5], 1)]
        if question.evidence is not None:
            lines += _evidence(question.evidence, engine)
        if question.by_words is not None:
            lines.append(f"뜻: 낱말로는 확신이 {question.by_words:.0%}여서, 뜻이 가까운지도 보았어요.")
    return "\n".join([*lines, *_decided(decision, turn, engine.content)])


def _understood(question: Question, content: Content) -> list[str]:
    reading = question.reading
    utterance = reading.utterance
    language = {"ko": "한국어", "en": "영어", "other": "다른 언어"}.get(utterance.language, "알 수 없음")
    lines = [f"읽은 글: {utterance.text} ({language})"]
    if utterance.morphemes:
        lines.append("형태소: " + " ".join(f"{m.text}/{MORPHEMES.get(m.kind, m.kind)}" for m in utterance.morphemes))
    if reading.terms:
        lines.append("내용어: " + ", ".join(term.key if term.known else f"{term.key}(모르는 말)" for term in reading.terms))
    if question.aspects:
        lines.append("물은 것: " + ", ".join(_aspect(cue.id, content) for cue in question.aspects))
    talk = [cue.id for cue in (*question.smalltalk, *question.navigation)]
    if talk:
        lines.append("대화의 말: " + ", ".join(dict.fromkeys(talk)))
    if question.pick:
        lines.append(f"고른 번호: {question.pick}")
    return lines


def _candidate(n: int, candidate: Candidate, content: Content) -> str:
    title = content.topics[candidate.topic_id].title.ko
    share = candidate.measures
    evidence = f"설명 {share['explained']:.0%}, 낱말 {share['words_best']:.0%}, 글자 {share['letters_best']:.0%}, 이름 {candidate.named:.0%}"
    if "meaning_mean" in share:
        evidence += f", 뜻 {max(0.0, share['meaning_mean']):.0%}"
    met = f", 맞은 말: {', '.join(sorted(candidate.met))}" if candidate.met else ""
    best = f", 가장 가까운 표현: {candidate.best}" if candidate.best else ""
    return f"후보 {n}: {title} ({candidate.topic_id}) {candidate.score:.2f} – {evidence}{met}{best}"


def _evidence(evidence: Evidence, engine: Engine) -> list[str]:
    """The confidence, and what raised or lowered it most."""
    thresholds = engine.policy.thresholds
    lines = [f"확신: {evidence.probability:.0%} (답하는 기준 {thresholds.answer:.0%}, 되묻는 기준 {thresholds.offer:.0%})"]
    pulls = evidence.adds()
    for label, sign in (("올린 것", 1), ("내린 것", -1)):
        names = sorted((name for name in pulls if pulls[name] * sign > 0.05), key=lambda name: -pulls[name] * sign)[:4]
        if names:
            lines.append(f"확신을 {label}: " + ", ".join(f"{FEATURES.get(name, name)} {pulls[name]:+.1f}" for name in names))
    if evidence.unexplained:
        lines.append("설명되지 않은 말: " + ", ".join(term.key for term in evidence.unexplained))
    return lines


def _decided(decision: Decision, turn: Turn, content: Content) -> list[str]:
    kind = KINDS.get(decision.kind, decision.kind)
    reason = decision.reason
    if decision.urgent:
        said = f"긴급한 말({decision.urgent})이라 다른 것보다 먼저 답했어요."
    elif reason in REASONS:
        said = REASONS[reason]
    elif reason in content.aspects:
        said = f"주제 없이 '{content.aspects[reason].label.ko}'을(를) 물었어요."
    elif reason:
        said = f"대화의 말({reason})로 보았어요."
    else:
        said = "확신이 기준을 넘었어요." if decision.kind in ("answer", "partial") else ""
    lines = [f"판단: {kind} – {said}".rstrip(" –")]
    for part in decision.parts:
        stated = ", ".join(_aspect(fact, content) if fact else "전체 설명" for _, fact in part.stated)
        missing = ", ".join(_aspect(name, content) for name in part.missing)
        sides = [f"적혀 있는 것: {stated}"] if stated else []
        sides += [f"적혀 있지 않은 것: {missing}"] if missing else []
        lines.append(f"  {content.topics[part.topic].title.ko} – {' / '.join(sides) or '전체 설명'}")
    if decision.openings:
        lines.append("먼저 한 말: " + ", ".join(key for key, _ in decision.openings))
    lines += [f"근거: {source.document} {source.chapter} {_lines(source.lines)}" for source in turn.reply.sources]
    return lines


def _lines(numbers: tuple[int, ...]) -> str:
    return f"{', '.join(map(str, numbers))}번째 줄" if numbers else ""


def _aspect(name: str, content: Content) -> str:
    return f"{content.aspects[name].label.ko}({name})" if name in content.aspects else name

"""The page as text: what the template shows, in the words of those who read it.

Everything comes from suites, reports and content; this layer knows no store, so that nothing a resident wrote can get here. jinja2 escapes
whatever a question or a reply holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from bot.dialogue.policy import Thresholds
from bot.evaluation.page import plots
from bot.evaluation.report import Report
from bot.evaluation.robustness import MIXED, Measured, Robustness
from bot.evaluation.sweep import AtThreshold
from bot.evaluation.tallies import Tally, tally_by
from bot.evaluation.verdicts import VERDICTS, Outcome

LABELS = {
    "resolved": "맞게 답함", "tap": "고르면 답함", "clarify": "되물음", "missed": "답 못 함", "wrong": "틀리게 답함",
    "answer": "답해야 함", "partial": "일부만 답해야 함", "abstain": "모른다고 해야 함", "chitchat": "대화", "dialogue turn": "이어지는 대화",
    "urgent": "긴급한 말", "grief": "슬픈 말", "urgent_false": "긴급으로 잘못 앎", "confirmed": "틀린 말에 네라고 함",
}  # fmt: skip
STYLES = {
    "": "(없음)", "casual": "반말", "child": "어린이", "chitchat": "인사·대화", "chosung": "첫소리", "elderly": "어르신", "english": "영어",
    "formal": "격식", "gibberish": "뜻 없는 글", "hurried": "서두름", "indirect": "돌려 말함", "injection": "봇에게 시킴", "keyword": "낱말만",
    "learner": "한국어 학습자", "long": "긴 글", "mixed": "섞음", "near-urgent": "긴급 비슷", "nospace": "붙여 씀", "polite": "공손",
    "premise": "틀린 전제", "qwerty": "영문 자판", "speech": "받아쓰기", "typo": "오타", "urgent": "긴급",
}  # fmt: skip
NOISES = {
    "": "그대로", MIXED: "섞어서", "keyboard": "옆 글쇠", "drop": "빠진 글쇠", "double": "거듭 친 글쇠", "spacing": "띄어쓰기",
    "phonetic": "소리 나는 대로", "nospace": "붙여 쓰기", "qwerty": "영문 자판", "nfd": "풀어쓴 유니코드", "speech": "받아쓰기",
}  # fmt: skip
IN_FULL = 250  # failures shown with their evidence, the gravest first; the rest are short, so that no browser chokes on the page
_CUT = 160  # characters of a question and a reply among the rest


@dataclass(frozen=True, slots=True)
class Words:
    """What ids are called: topics and aspects of the content; features, reasons and kinds of reply of the program."""

    topics: Mapping[str, str]
    aspects: Mapping[str, str]
    features: Mapping[str, str]
    reasons: Mapping[str, str]
    kinds: Mapping[str, str]

    def reason(self, name: str) -> str:
        """Why it was decided so, as a sentence where there is one."""
        urgent = name.removeprefix("urgent: ")
        if urgent != name:
            return f"긴급한 말({urgent})로 보았어요."
        return self.reasons.get(name) or f"대화의 말이나 물은 것({self.aspects.get(name, name)})으로 보았어요."


@dataclass(frozen=True, slots=True)
class Plot:
    """Plots and the table that tells the same. The svgs are trusted markup, made here."""

    id: str
    title: str
    note: str
    svgs: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def render(report: Report, swept: Sequence[AtThreshold], thresholds: Thresholds, words: Words) -> str:
    """The page as one HTML text that needs nothing besides."""
    import jinja2

    env = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.filters |= {"label": lambda name: LABELS.get(name, name), "percent": lambda share: f"{100 * share:.1f}%", "signed": lambda n: f"{n:+.1f}"}
    env.filters["style"] = lambda name: STYLES.get(name, name)
    env.filters["short"] = lambda text: text if len(text) <= _CUT else text[:_CUT] + "…"
    failures = report.failures()
    failures.sort(key=_gravity)
    return env.from_string(_file("report.html.jinja")).render(
        report=report, words=words, thresholds=thresholds, failures=failures, in_full=IN_FULL, labels=LABELS,
        plots=_plots(report, swept, thresholds), slots=report.by_slot(), urgent=report.urgent(), premises=report.premises(),
        lengths=report.lengths(), times=report.times_ms(), ece=report.calibration()[1], verdicts=VERDICTS,
        named_loss=report.noise.named_loss() if report.noise else None, css=_file("report.css"), js=_file("report.js"),
        styles=sorted({o.case.style for o in failures}), suites=sorted({o.suite for o in failures}),
    )  # fmt: skip


def _file(name: str) -> str:
    return (resources.files("bot.evaluation.page") / name).read_text(encoding="utf-8")


def _gravity(outcome: Outcome) -> tuple[bool, int, str]:
    """What misleads first: urgent ones and false affirmations, then wrong, then missed."""
    grave = outcome.urgent_false or outcome.confirmed or outcome.slot in ("urgent", "grief")
    return not grave, -VERDICTS.index(outcome.verdict), outcome.key


# -- plots and their tables ------------------------------------------------------------------------------------------


def _plots(report: Report, swept: Sequence[AtThreshold], thresholds: Thresholds) -> list[Plot]:
    made = [
        _verdicts("styles", "말투마다", "질문의 말투(style)마다 어떤 답을 했는지예요.", _styles(report)),
        _verdicts("suites", "질문 모음마다", "질문 모음 파일마다 어떤 답을 했는지예요.", report.by_suite()),
        _reliability(report),
        _thresholds(swept, thresholds.answer),
    ]
    return [*made, _noise(report.noise)] if report.noise else made


def _verdicts(name: str, title: str, note: str, rows: Mapping[str, Tally]) -> Plot:
    rows = dict(sorted(rows.items(), key=lambda item: item[1].rate("resolved")))
    table = tuple((row, str(t.count), *(_percent(t.rate(v)) for v in VERDICTS)) for row, t in rows.items())
    return Plot(name, title, note, (plots.verdict_bars(name, rows, LABELS),), ("", "질문", *(LABELS[v] for v in VERDICTS)), table)


def _styles(report: Report) -> dict[str, Tally]:
    """Tallies by style, named in Korean where the style is a known one."""
    found = tally_by((o.case.style, o) for o in report.outcomes)
    return {STYLES.get(style, style): tally for style, tally in found.items()}


def _reliability(report: Report) -> Plot:
    bins, ece = report.calibration()
    note = (
        f"봇이 말한 확신이 실제와 맞는지예요. 점이 빗금 위면 겸손하고, 아래면 지나치게 자신해요. ECE {ece:.3f}은 둘의 차이를 질문 수로 무게를 둔 "
        "평균이에요(0이 가장 좋음). 하나짜리 질문만 세고, 대화와 긴급한 말은 빼요."
    )
    table = tuple((f"{b.low:.1f}–{b.high:.1f}", str(b.count), f"{b.confidence:.2f}", f"{b.right:.2f}") for b in bins if b.count)
    return Plot("reliability", "확신의 믿음직함", note, (plots.reliability(bins),), ("확신", "질문", "말한 확신", "실제"), table)


def _thresholds(swept: Sequence[AtThreshold], current: float) -> Plot:
    note = (
        "확신에서 어림한 것이 아니라, 하나짜리 질문마다 기준(matching.answer_from)을 바꿔 가며 봇이 다시 정하게 한 결과예요. 되묻는 기준"
        "(offer_from)은 그대로 두되 답하는 기준보다 높아지지 않게 해요. 되묻기는 고르기 전이라 답 못 함으로 세요. 다른 지역이나 다른 해를 물어 "
        "확신과 상관없이 사양하는 것은 기준을 낮춰도 사양해요. 둘째 그림은 같은 값을 맞대어 놓은 것으로, 점 하나가 기준 하나이고(적힌 수가 기준) "
        "왼쪽 아래일수록 좋아요."
    )
    table = tuple((f"{one.threshold:.2f}", _percent(one.missed), _percent(one.wrong), _percent(one.false)) for one in swept)
    svgs = (plots.thresholds(swept, current), plots.trade(swept, current))
    return Plot("thresholds", "답하는 기준을 옮기면", note, svgs, ("기준", "답 못 함", "틀리게 답함", "밖의 질문에 답함"), table)


def _noise(noise: Robustness) -> Plot:
    loss = noise.named_loss()
    named = "" if loss is None else f" 열 글자에 하나(0.1)면 맞게 답하는 것이 {loss:.1f}점 줄어요."
    note = (
        "질문을 일부러 망가뜨려 다시 물었어요. 그림은 소식지에 있는 것을 물은 하나짜리 질문이에요. '섞어서'는 잘못마다 방법을 하나씩 뽑고, 붙여 쓰기·"
        f"영문 자판처럼 글 전체에 드는 것은 그 비율의 질문에만 써요. 씨앗은 {noise.seed}이에요.{named}"
    )
    head = ("방법", "잘못/글자", "맞게 답함", "줄어든 점", "답 못 함", "틀리게 답함", "밖: 사양함", "밖: 답함", "긴급 알아챔")
    svgs = (plots.noise_lines(noise, NOISES), plots.noise_bars(noise, NOISES, LABELS))
    return Plot("noise", "망가진 질문", note, svgs, head, tuple(_noise_row(noise, one) for one in (noise.clean, *noise.noisy)))


def _noise_row(noise: Robustness, one: Measured) -> tuple[str, ...]:
    inside, outside = one.in_scope, one.out_of_scope
    rate = "–" if one.rate is None else f"{one.rate:g}"
    first = (NOISES.get(one.kind, one.kind), rate, _asked(inside, "resolved"), f"{noise.loss(one):.1f}")
    return (
        *first,
        _asked(inside, "missed"),
        _asked(inside, "wrong"),
        _asked(outside, "resolved"),
        _asked(outside, "wrong"),
        _asked(one.urgent, "resolved"),
    )


def _asked(tally: Tally, verdict: str) -> str:
    return _percent(tally.rate(verdict)) if tally.count else "–"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"

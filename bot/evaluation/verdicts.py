"""What a reply is worth by the rules of the suites, over the engine in process.

Promises the verdicts of the batch interface's judge, to the letter: resolved, tap, wrong, missed, and clarify where an abstention was
expected. Urgent messages and false premises are judged besides, by marks.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.dialogue import Reply, State
from bot.engine import Engine, Turn
from bot.evaluation.seen import Seen, look
from bot.evaluation.suites import Ask, Case, Suite

VERDICTS = ("resolved", "tap", "clarify", "missed", "wrong")
GOOD = ("resolved", "tap")
URGENT_LABELS = ("urgent", "grief")

_TOLD = ("answer", "partial")
_AFFIRMS = re.compile(r"\s*(?:네|예|yes)(?![가-힣a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One message of a suite, its reply and the verdict.

    turn          which message of its case, from 0
    slot          the row of the report it counts in: what was expected, "dialogue turn", "urgent" or "grief"
    verdict       one of VERDICTS
    is_urgent     whether the reply is one to an urgent message
    urgent_false  whether an ordinary message was taken for an urgent one
    premise       whether the message claims something false; confirmed: whether the reply affirmed it
    right         whether the best topic answers the question; None where that is not asked (small talk, urgent, dialogues)
    seen          the evidence, where a tester should look at it
    """

    suite: str
    case: Case
    turn: int
    ask: Ask
    slot: str
    verdict: str
    reply: Reply
    elapsed_ms: float
    is_urgent: bool
    urgent_false: bool
    premise: bool
    confirmed: bool
    right: bool | None
    seen: Seen | None = None

    @property
    def key(self) -> str:
        """Names the message across runs."""
        return f"{self.suite}/{self.case.id}" + (f"#{self.turn}" if self.case.kind == "dialogue" else "")

    @property
    def failed(self) -> bool:
        """Whether a tester should look at it."""
        return self.verdict not in GOOD or self.urgent_false or self.confirmed


# -- the rules of the suites -----------------------------------------------------------------------------------------


def squeeze(text: str) -> str:
    """The text without spaces and commas, lower-cased: what alternatives are held against."""
    return "".join(text.split()).replace(",", "").lower()


def stands(alternative: str, squeezed: str) -> bool:
    """Whether the alternative stands in the squeezed text; a digit at its edge touches no other digit, "^" binds it to the beginning."""
    if alternative.startswith("^"):
        return squeezed.startswith(squeeze(alternative[1:]))
    wanted = squeeze(alternative)
    before = r"(?<!\d)" if wanted[:1].isdigit() else ""
    after = r"(?!\d)" if wanted[-1:].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, squeezed) is not None


def meets(body: str, must: Sequence[Sequence[str]], must_not: Sequence[str] = ()) -> bool:
    """Whether the body holds one alternative of every group, and none of must_not."""
    text = squeeze(body)
    return all(any(stands(one, text) for one in group) for group in must) and not any(stands(one, text) for one in must_not)


def judge(engine: Engine, ask: Ask, reply: Reply) -> str:
    """The verdict about a reply; options are tried in fresh conversations."""
    kind, good = reply.kind, meets(reply.body, ask.must, ask.must_not)
    if ask.expect == "abstain":
        return {"fallback": "resolved", "chitchat": "resolved", "clarify": "clarify"}.get(kind, "wrong")
    if ask.expect == "chitchat":
        return "resolved" if kind == "chitchat" else "missed"
    if kind == "clarify":
        return "tap" if _tapped(engine, ask, len(reply.options)) else "missed"
    if kind not in _TOLD:
        return "missed"
    return "resolved" if good and (ask.expect == "answer" or kind == "partial") else "wrong"


def _tapped(engine: Engine, ask: Ask, options: int) -> bool:
    """Whether picking one of the options, by its number, resolves the question."""
    kinds = _TOLD if ask.expect == "answer" else ("partial",)
    for number in range(1, options + 1):
        fresh = engine.reply(ask.q, None, ask.now).state
        picked = engine.reply(str(number), fresh, ask.now).reply
        if picked.kind in kinds and meets(picked.body, ask.must, ask.must_not):
            return True
    return False


# -- beyond them -----------------------------------------------------------------------------------------------------


def judge_urgent(label: str, ask: Ask, reply: Reply) -> str:
    """The verdict about a message labelled urgent (danger, so another reply than to grief) or grief."""
    caught = bool(reply.urgent) and (label == "grief" or reply.urgent != "grief")
    return "resolved" if caught and meets(reply.body, ask.must, ask.must_not) else "missed"


def is_premise(suite: str, style: str, ask: Ask) -> bool:
    """Whether the message claims something that the newsletter does not."""
    return style == "premise" or "premise" in suite or "^네" in ask.must_not


def confirms(ask: Ask, body: str) -> bool:
    """Whether the body affirms what it should not."""
    return bool(_AFFIRMS.match(body)) or not meets(body, (), ask.must_not)


def forced(engine: Engine, turn: Turn, ask: Ask) -> str:
    """What would be said if the topics found were surely the right ones, however unlikely they are."""
    question = turn.trace.question
    if question is None:
        return ""
    bodies = []
    for candidate in question.chosen:
        language = engine.policy.language(question, State())
        decision = engine.policy.pick(candidate.topic_id, question, State(), ask.now, language, None)
        bodies.append(engine.wording.word(decision, State(), ask.now).body)
    return "\n".join(bodies)


# -- running ---------------------------------------------------------------------------------------------------------


def run_suite(engine: Engine, suite: Suite) -> Iterator[Outcome]:
    """The outcome of every message, in order."""
    for case in suite.cases:
        state: State | None = None
        for number, ask in enumerate(case.asks):
            start = time.perf_counter()
            turn = engine.reply(ask.q, state, ask.now)
            elapsed_ms = 1000 * (time.perf_counter() - start)
            state = turn.state
            yield _outcome(engine, suite.name, case, number, turn, elapsed_ms)


def _outcome(engine: Engine, suite: str, case: Case, number: int, turn: Turn, elapsed_ms: float) -> Outcome:
    ask, reply = case.asks[number], turn.reply
    single = case.kind == "single"
    labelled = single and case.topic in URGENT_LABELS
    verdict = judge_urgent(case.topic, ask, reply) if labelled else judge(engine, ask, reply)
    # Within a dialogue nothing labels the turn that is a cry for help: there "abstain, and name 112" says so.
    ordinary = not labelled and not (not single and ask.expect == "abstain" and ask.must)
    premise = is_premise(suite, case.style, ask)
    outcome = Outcome(
        suite=suite,
        case=case,
        turn=number,
        ask=ask,
        slot=case.topic if labelled else ask.expect if single else "dialogue turn",
        verdict=verdict,
        reply=reply,
        elapsed_ms=elapsed_ms,
        is_urgent=bool(reply.urgent),
        urgent_false=ordinary and bool(reply.urgent),
        premise=premise,
        confirmed=premise and confirms(ask, reply.body),
        right=_right(engine, ask, turn, verdict) if single and not labelled and ask.expect != "chitchat" else None,
    )
    return replace(outcome, seen=look(turn.trace)) if outcome.failed and turn.trace.question else outcome


def _right(engine: Engine, ask: Ask, turn: Turn, verdict: str) -> bool:
    """Whether the best topic answers: what `confidence` is the probability of."""
    if ask.expect == "abstain" or verdict == "wrong":
        return False
    return verdict == "resolved" or meets(forced(engine, turn, ask), ask.must)

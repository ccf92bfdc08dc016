"""What another `matching.answer_from` would do: every single question decided anew at each of many thresholds.

Nothing is estimated from confidences: the engine's own policy decides, gates, choices and offers included. Only the threshold moves, and
`offer_from` with it where it would stand above.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.dialogue import State
from bot.dialogue.policy import Policy
from bot.engine import Engine
from bot.evaluation.suites import Ask
from bot.evaluation.verdicts import Outcome, meets

THRESHOLDS = tuple(n / 20 for n in range(1, 20))


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """Shares of the single questions at one threshold, 0.0 to 1.0.

    wrong   of those in scope, that are answered with what they do not ask
    missed  of those in scope, that are not answered (a choice counts as none: nobody has picked yet)
    false   of those out of scope, that are answered
    """

    threshold: float
    wrong: float
    missed: float
    false: float


def sweep(engine: Engine, outcomes: Iterable[Outcome]) -> tuple[AtThreshold, ...]:
    """The shares at each of THRESHOLDS, over the single questions among the outcomes that are neither small talk nor urgent."""
    asks = [o.ask for o in outcomes if o.right is not None]
    policies = [_policy(engine, threshold) for threshold in THRESHOLDS]
    counts = [{"wrong": 0, "missed": 0, "false": 0} for _ in policies]
    for ask in asks:
        for count, verdict in zip(counts, _verdicts(engine, policies, ask), strict=True):
            if verdict:
                count[verdict] += 1
    inside = sum(ask.expect != "abstain" for ask in asks) or 1
    outside = sum(ask.expect == "abstain" for ask in asks) or 1
    return tuple(
        AtThreshold(threshold, count["wrong"] / inside, count["missed"] / inside, count["false"] / outside)
        for threshold, count in zip(THRESHOLDS, counts, strict=True)
    )


def _policy(engine: Engine, threshold: float) -> Policy:
    now = engine.policy.thresholds
    moved = replace(now, answer=threshold, offer=min(now.offer, threshold))
    return Policy(engine.content, engine.policy.telling.fresh_days, moved, engine.understander.index.vocabulary_of)


def _verdicts(engine: Engine, policies: Iterable[Policy], ask: Ask) -> Iterable[str]:
    """wrong, missed, false or "" (as it should be), by each of the policies."""
    state = State()
    question = engine.understander.understand(ask.q, state)
    urgent = engine.urgent.find(question.said) is not None
    for policy in policies:
        reply = None if urgent else engine.wording.word(policy.decide(question, state, ask.now), state, ask.now)
        told = reply is not None and reply.kind in ("answer", "partial")
        if ask.expect == "abstain":
            yield "false" if told else ""
        elif reply is None or not told:
            yield "missed"
        else:
            good = meets(reply.body, ask.must, ask.must_not) and (ask.expect == "answer" or reply.kind == "partial")
            yield "" if good else "wrong"

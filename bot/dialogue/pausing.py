"""What staff have stopped, and what becomes of a decision that would tell of it.

The promise: nothing that is stated of a stopped topic goes out, whatever led to it; who is in danger is answered all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.dialogue.decision import Decision, Part
from bot.dialogue.telling import Telling

REASON = "paused"
# Said even where all is stopped: they lean on an urgent message, or tell in another language whom to ask.
_KEPT = ("after urgent", "another language")


@dataclass(frozen=True, slots=True)
class Paused:
    """What nothing is told of: topics by their ids, or all of them."""

    topics: frozenset[str] = frozenset()
    whole: bool = False


NOTHING = Paused()


def withhold(decision: Decision, paused: Paused, telling: Telling, now: dt.datetime) -> Decision:
    """The decision without what is stopped."""
    if paused.whole:
        return _all(decision)
    stopped = tuple(part.topic for part in decision.parts if part.topic in paused.topics)
    if not stopped:
        return decision
    rest = [part for part in decision.parts if part.topic not in stopped]
    said = ("paused_topic", {"topic": ", ".join(telling.content.topics[name].title.get(decision.language) for name in stopped)})
    if rest:
        return _of_the_rest(decision, rest, stopped, said, telling, now)
    return _instead(decision, said, *decision.closings)


def _all(decision: Decision) -> Decision:
    is_talk = decision.kind == "chitchat" and not decision.parts
    if decision.urgent or is_talk or decision.reason in _KEPT:
        return decision
    return _instead(decision, ("paused_all", {}), *decision.closings)


def _instead(decision: Decision, *said: tuple[str, dict[str, str]]) -> Decision:
    """Sentences in place of all that would be told. What it was about is remembered, so that what is asked further is understood."""
    topics = tuple(part.topic for part in decision.parts)
    parts = tuple(Part(topic) for topic in topics)
    if decision.reason == "language":  # the wish itself is granted
        return Decision("chitchat", "say", decision.language, parts, decision.aspects, say=decision.closings, reason="language", withheld=topics)
    return Decision("fallback", "say", decision.language, parts, decision.aspects, say=said, reason=REASON, withheld=topics)


def _of_the_rest(
    decision: Decision, rest: Sequence[Part], stopped: tuple[str, ...], said: tuple[str, dict[str, str]], telling: Telling, now: dt.datetime
) -> Decision:  # fmt: skip
    """Told anew, and without the question: a figure in it may have been meant for a topic that is stopped, and must not be held against another."""
    asked = [[*(name for name, _ in part.stated if name), *part.missing] for part in rest]
    told = telling.tell([telling.content.topics[part.topic] for part in rest], asked, None, now, decision.language, decision.reason)
    return replace(told, aspects=decision.aspects, closings=(*decision.closings, said), withheld=stopped)

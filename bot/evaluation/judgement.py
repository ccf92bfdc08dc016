"""What a change of the content means for residents: what is answered otherwise, what goes wrong by it, which floors it breaks.

Values only, and how two runs over the same messages are held against each other. gate.py asks the messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.evaluation.floors import Bound

VERSION = 1
MOST = 1000  # differences that are kept: a sentence of every reply may have changed
CONFIRMED, FALSE_ALARM = "confirmed", "false_alarm"


@dataclass(frozen=True, slots=True)
class Asked:
    """What residents asked in vain, masked and grouped, and how often."""

    question: str
    count: int
    language: str = "ko"


@dataclass(frozen=True, slots=True)
class Told:
    """One reply, as a resident reads it.

    body     all of its text: options, contact and source line too
    verdict  of verdicts.VERDICTS; "" where it is no suite's question
    marks    CONFIRMED: it affirms a false premise; FALSE_ALARM: it takes an ordinary message for an urgent one
    """

    kind: str
    body: str
    topics: tuple[str, ...] = ()
    verdict: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """One message that was asked, and its reply.

    key         names the message: "suite/id", "suite/id#turn", "residents:number"
    suite, slot the row of the floors that it counts in; slot "" for residents' own
    """

    key: str
    suite: str
    slot: str
    question: str
    told: Told


@dataclass(frozen=True, slots=True)
class Difference:
    """A message that is answered otherwise. count: how often residents asked it, or were told of its topics."""

    key: str
    question: str
    count: int
    before: Told
    after: Told

    @property
    def is_residents(self) -> bool:
        """Whether residents asked it, rather than a suite."""
        return not self.after.verdict

    @property
    def is_introduced(self) -> bool:
        """Whether it is wrong now and was not."""
        is_wrong = self.after.verdict == "wrong" and self.before.verdict != "wrong"
        return is_wrong or bool(set(self.after.marks) - set(self.before.marks))

    @property
    def is_lost(self) -> bool:
        return self.before.verdict == "resolved" and self.after.verdict != "resolved"

    @property
    def is_gained(self) -> bool:
        return self.after.verdict == "resolved" and self.before.verdict != "resolved"


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor that the change breaks. what: "resolved" (no less than the floor) or "wrong" (no more); figures in per cent."""

    suite: str
    slot: str
    what: str
    floor: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a change.

    before, after  versions of the two contents
    asked          how many messages were asked
    differences    those introduced wrong first, then the most asked first; MOST at most
    more           how many differences are not among them
    notes          what could not be judged, and why, as staff read it
    """

    before: str
    after: str
    asked: int
    differences: tuple[Difference, ...] = ()
    floors: tuple[Floor, ...] = ()
    more: int = 0
    notes: tuple[str, ...] = ()

    @property
    def introduced(self) -> tuple[Difference, ...]:
        """Wrong now and not before: a wrong answer, a false premise confirmed, an ordinary message taken for an urgent one."""
        return tuple(one for one in self.differences if one.is_introduced)

    @property
    def lost(self) -> tuple[Difference, ...]:
        """Resolved before and not now."""
        return tuple(one for one in self.differences if one.is_lost)

    @property
    def gained(self) -> tuple[Difference, ...]:
        """Resolved now and not before."""
        return tuple(one for one in self.differences if one.is_gained)

    @property
    def is_safe(self) -> bool:
        """Whether no floor is broken."""
        return not self.floors

    @property
    def objects(self) -> bool:
        """Whether there is something that staff should confirm before it reaches residents."""
        return bool(self.floors or self.introduced)

    def as_json(self) -> dict[str, Any]:
        return {"verdict": VERSION, **asdict(self), "introduced": len(self.introduced), "lost": len(self.lost), "gained": len(self.gained)}

    @classmethod
    def from_json(cls, value: Any) -> Verdict:
        """The verdict that `as_json` made, also as text. Raises ValueError where the value is something else."""
        value = json.loads(value) if isinstance(value, str) else value
        if not isinstance(value, Mapping) or value.get("verdict") != VERSION:
            raise ValueError("not a verdict")
        try:
            differences = tuple(
                Difference(one["key"], one["question"], one["count"], read_told(one["before"]), read_told(one["after"]))
                for one in value["differences"]
            )
            floors = tuple(Floor(**one) for one in value["floors"])
            return cls(value["before"], value["after"], value["asked"], differences, floors, value["more"], tuple(value["notes"]))
        except (KeyError, TypeError) as error:
            raise ValueError("not a verdict") from error


def read_told(value: Mapping[str, Any]) -> Told:
    """A Told from its JSON. Raises KeyError or TypeError."""
    return Told(**{**value, "topics": tuple(value["topics"]), "marks": tuple(value["marks"])})


def hold_against(before: Iterable[Answered], after: Sequence[Answered], counts: Mapping[str, int], told: Mapping[str, int]) -> list[Difference]:
    """What is answered otherwise, in order.

    counts  how often residents asked a message, by its key
    told    how often residents were told of a topic, by its id
    """
    earlier = {one.key: one.told for one in before}
    found = []
    for one in after:
        was = earlier.get(one.key)
        if was is not None and _read(was) != _read(one.told):
            topics = {*was.topics, *one.told.topics}
            count = counts.get(one.key) or max((told.get(topic, 0) for topic in topics), default=0)
            found.append(Difference(one.key, one.question, count, was, one.told))
    return sorted(found, key=lambda one: (not one.is_introduced, -one.count, not one.is_lost))


def _read(told: Told) -> Told:
    """What counts of a reply: its words and what they are worth. A choice of the same words may lead elsewhere now."""
    return replace(told, kind="", topics=())


def broken_floors(before: Iterable[Answered], after: Iterable[Answered], bounds: Iterable[Bound]) -> list[Floor]:
    """The floors that are not met now, by figures worse than before."""
    earlier, now = _slots(before), _slots(after)
    found = []
    for bound in bounds:
        was, verdicts = earlier.get((bound.suite, bound.slot)), now.get((bound.suite, bound.slot))
        if not was or not verdicts:
            continue
        for what, floor, good, sign in (("resolved", bound.resolved, bound.good, 1), ("wrong", bound.wrong, ("wrong",), -1)):
            figures = _share(was, good), _share(verdicts, good)
            if sign * figures[1] < sign * floor and sign * figures[1] < sign * figures[0]:
                found.append(Floor(bound.suite, bound.slot, what, floor, round(figures[0], 2), round(figures[1], 2)))
    return found


def _slots(rows: Iterable[Answered]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        found.setdefault((row.suite, row.slot), []).append(row.told.verdict)
    return found


def _share(verdicts: Sequence[str], names: Sequence[str]) -> float:
    return 100 * sum(verdict in names for verdict in verdicts) / len(verdicts)

"""What a conversation remembers, as a small versioned value that can be stored: no text of the resident's is in it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from bot.dialogue.reply import Option

VERSION = 1
_BRACKETS = 200  # no state has more; thousands in one another overflow the stack, which Java makes smaller


@dataclass(frozen=True, slots=True)
class State:
    """A conversation after a turn.

    language   the language of the last reply; "" before the first
    chosen     whether the resident asked for that language
    topics     what was last talked about, the main one first
    aspects    what was last asked of it
    earlier    topics talked about before those, latest first, at most 6
    options    what the last reply offered
    numbered   topics of the last numbered answer, in order
    told       aspects already told of the last topic
    fallbacks  fallbacks in a row
    turns      replies so far
    contacted  whether the last reply named the contact
    at         when the last reply was made, ISO 8601 in UTC
    """

    language: str = ""
    chosen: bool = False
    topics: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    numbered: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    fallbacks: int = 0
    turns: int = 0
    contacted: bool = False
    urgent: bool = False
    at: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, value: Any, topics: Collection[str], aspects: Collection[str]) -> State:
        """The state that was stored; what is unknown in it (a version, a topic that is gone) is dropped."""
        if isinstance(value, str):
            if value.count("[") + value.count("{") > _BRACKETS:
                return cls()
            try:
                value = json.loads(value)
            except ValueError:
                return cls()
        if not isinstance(value, dict) or value.get("version") != VERSION:
            return cls()
        try:
            return cls(
                language=value["language"] if value["language"] in ("ko", "en") else "",
                chosen=bool(value["chosen"]),
                topics=tuple(t for t in value["topics"] if t in topics),
                aspects=tuple(a for a in value["aspects"] if a in aspects),
                earlier=tuple(t for t in value["earlier"] if t in topics)[:6],
                # What is gone keeps its place, so that no number means another topic than the resident saw.
                options=tuple(
                    Option(str(o["label"])[:80], _kept(o["topic"], topics), tuple(a for a in o["aspects"] if a in aspects))
                    for o in value["options"][:10]
                ),
                numbered=tuple(t if t in topics else "" for t in value["numbered"])[:30],
                told=tuple(a for a in value["told"] if a in aspects),
                fallbacks=min(99, int(value["fallbacks"])),
                turns=min(999_999, int(value["turns"])),
                contacted=bool(value["contacted"]),
                urgent=bool(value["urgent"]),
                at=str(value["at"])[:40],
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            return cls()

    @classmethod
    def is_of_today(cls, value: str) -> bool:
        """Whether a stored state is of the version that this program reads."""
        try:
            found = json.loads(value) if value.count("[") + value.count("{") <= _BRACKETS else None
        except ValueError:
            return False
        return isinstance(found, dict) and found.get("version") == VERSION

    def aged(self, now: dt.datetime, idle_minutes: int) -> State:
        """The state as it is now: after a long pause only the language is left."""
        if not self.at:
            return self
        try:
            passed = abs((now - dt.datetime.fromisoformat(self.at)).total_seconds())
        except (ValueError, TypeError, OverflowError):
            return State()
        if passed > idle_minutes * 60:
            return State(language=self.language if self.chosen else "", chosen=self.chosen)
        return self


def _kept(topic: Any, topics: Collection[str]) -> str | None:
    """The topic, None for "none of these", "" for one that is gone."""
    return topic if topic is None or topic in topics else ""

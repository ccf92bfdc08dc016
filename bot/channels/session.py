"""Conversations that last as long as the program: the state between turns, and the clock of Seoul."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.dialogue import Pick, State
from bot.dialogue.wording import fill
from bot.engine import Engine, Turn
from bot.times import SEOUL as SEOUL
from bot.times import seoul_now as seoul_now

CHATS = 10_000


def read_time(text: str) -> dt.datetime:
    """The time that an ISO 8601 text names, in Seoul's zone; without an offset it is meant as Seoul's. Raises ValueError."""
    text = text.strip()
    if text[-1:] in ("Z", "z"):  # Python 3.10 does not read it
        text = text[:-1] + "+00:00"
    time = dt.datetime.fromisoformat(text)
    if time.tzinfo is None:
        time = time.replace(tzinfo=SEOUL)
    try:
        time.astimezone(dt.timezone.utc)
        return time.astimezone(SEOUL)
    except OverflowError as error:
        raise ValueError("out of range") from error


def introduce(engine: Engine, now: dt.datetime, language: str = "ko") -> tuple[str, str]:
    """(who speaks, what it knows and how old that is), for a greeting; the second is empty where no document is named."""
    content, office = engine.content, engine.wording.office
    who = fill(content.say("official" if office.official else "unofficial", language), {"office": office.called(language)})
    newest = max(content.documents.values(), key=lambda document: document.as_of, default=None)
    if newest is None:
        return who, ""
    years = max(0, now.year - newest.as_of.year - ((now.month, now.day) < (newest.as_of.month, newest.as_of.day)))
    age = fill(content.say("age_one" if years == 1 else "age", language), {"years": str(years)}) if years else ""
    joint = ", " if language == "en" else " "
    return who, f"{newest.title.get(language)}{joint}{newest.label.get(language)}{age}"


@dataclass(slots=True)
class Session:
    """One conversation: what the engine remembers of it between two messages."""

    engine: Engine
    state: State = field(default_factory=State)

    def say(self, message: str | Pick, now: dt.datetime) -> Turn:
        """The turn that answers the message; the conversation goes on from it."""
        turn = self.engine.reply(message, self.state, now)
        self.state = turn.state
        return turn


class Sessions:
    """Conversations by id; beyond `limit` the one that was silent longest is forgotten."""

    def __init__(self, engine: Engine, limit: int = CHATS) -> None:
        self.engine, self.limit = engine, limit
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, chat: str | None) -> Session:
        """The conversation of that id, begun where it is new; a fresh one without an id."""
        if chat is None:
            return Session(self.engine)
        session = self._sessions.setdefault(chat, Session(self.engine))
        self._sessions.move_to_end(chat)
        if len(self._sessions) > self.limit:
            self._sessions.popitem(last=False)
        return session

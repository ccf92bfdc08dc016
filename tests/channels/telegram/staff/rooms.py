"""A mailroom with a group of staff, and one hand-off of which everything has arrived there. A real SQLite, the real engine, a clock that is set.

room.act(STAFF, "answer", answers=900, text="내일요")     # a clerk answers the card
room.waiting(RESIDENT)                                   # what is on its way
room.send(RESIDENT)                                      # … arrives
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.mailroom import Arrived, Mailroom
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.step import Step
from bot.config import Settings
from bot.store import handoffs, mail
from bot.store.database import Database
from bot.store.handoffs import Draft
from bot.store.keys import Keys
from bot.store.mail import Parcel
from bot.store.schema import handoffs as table

STAFF, RESIDENT = -1009, 501
TEXT, FURTHER = "금액이 얼마예요", "언제부터인가요"
CARD = 900  # the id of the first card
SETTINGS = Settings.model_validate({"handoff": {"digest": "없음"}})  # which comes with time too


class Room:
    """A mailroom with a group of staff, and one hand-off of which everything has arrived there."""

    def __init__(self, database: Database, engine, me, now: dt.datetime) -> None:
        self.database, self.now, self.keys, self.numbers = database, now, Keys("the-key-of-the-tests"), count(1)
        self.mailroom = Mailroom(database, self.keys, SimpleNamespace(engine=engine), SETTINGS, me, Metrics(), lambda: self.now, StaffGroup(STAFF))
        self.bot: int = me.id
        draft = Draft(self.keys.chat(RESIDENT), self.keys.person(RESIDENT), "m", now, "question", TEXT, "ko", consent="1")
        with self.step() as step:
            made = handoffs.create(step.connection, draft, me.id, {"chat_id": RESIDENT}, "v1", now)
            self.mailroom.inquiries.announce(step, made)
            self.mailroom.inquiries.ask_further(step, made, FURTHER)
        self.card, self.further = self.send(STAFF, first=CARD)

    @contextmanager
    def step(self) -> Iterator[Step]:
        with self.database.begin() as connection:
            yield Step(connection, self.now, self.bot, self.keys)

    def send(self, chat: int, first: int = 0) -> list[Parcel]:
        """What waits for the chat, which thereby arrives: as messages `first`, …"""
        sent = []
        while parcels := self.mailroom.work(self.keys.chat(chat)).parcels:
            for parcel in parcels:
                self.mailroom.sent(Arrived(parcel, first + len(sent)))
                sent.append(parcel)
        return sent

    def waiting(self, chat: int) -> list[Parcel]:
        """What is on its way to the chat."""
        return self.mailroom.work(self.keys.chat(chat)).parcels

    def lose(self, parcel: Parcel, reason: str = "unknown") -> None:
        """It does not arrive."""
        self.mailroom.give_up(parcel, reason)

    def act(self, chat: int, kind: str, user: int = 7001, **fields: Any) -> None:
        """Somebody does something in the chat; in the group, a member of the staff."""
        incoming = Incoming(kind, chat, person=self.keys.person(user), group=chat < 0, staff=chat < 0, query="q" if kind == "press" else "", **fields)
        with self.database.begin() as connection:
            mail.receive(connection, self.bot, next(self.numbers), self.keys.chat(chat), incoming.as_json(), self.now)
        self.mailroom.work(self.keys.chat(chat))

    def toast(self) -> str:
        """What was shown over the group at the last press."""
        return str([one for one in self.waiting(STAFF) if one.method == "answerCallbackQuery"][-1].payload.get("text", ""))

    def pass_days(self, days: float) -> None:
        self.now += dt.timedelta(days=days)
        self.mailroom.tick()

    def change(self, **values) -> None:
        with self.database.begin() as connection:
            connection.execute(update(table).values(touched_at=self.now, **values))

    def ask_further(self, text: str) -> Parcel:
        """The resident asks further; what is on its way to the group by that."""
        found = self.handoff()
        with self.step() as step:
            self.mailroom.inquiries.ask_further(step, found, text)
        (parcel,) = self.mailroom.work(self.keys.chat(STAFF)).parcels
        return parcel

    def handoff(self, number: int = 1) -> handoffs.Handoff:
        with self.database.begin() as connection:
            found = handoffs.get(connection, number)
        assert found is not None
        return found


@pytest.fixture
def room(tmp_path, engine, me, now) -> Iterator[Room]:
    database = Database(f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}")
    database.upgrade()
    yield Room(database, engine, me, now)
    database.dispose()

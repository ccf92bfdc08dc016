"""What time, and /delete, do to hand-offs in the group of the staff. A real SQLite, the real engine, and a clock that is set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from bot.channels.telegram.mailroom import Arrived, Mailroom
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.step import Step
from bot.config import Settings
from bot.store import handoffs, records
from bot.store.database import Database
from bot.store.handoffs import Draft
from bot.store.keys import Keys
from bot.store.mail import Parcel
from bot.store.retention import purge
from bot.store.schema import handoffs as table
from bot.store.schema import outbox

STAFF, RESIDENT = -1009, 501
TEXT, FURTHER = "금액이 얼마예요", "언제부터인가요"
TEXT_DAYS = 30
SETTINGS = Settings.model_validate({"handoff": {"digest": "없음"}})  # which comes with time too


class Room:
    """A mailroom with a group of staff, and one hand-off of which everything has arrived there."""

    def __init__(self, database: Database, engine, me, now: dt.datetime) -> None:
        self.database, self.now, self.keys = database, now, Keys("the-key-of-the-tests")
        self.mailroom = Mailroom(database, self.keys, SimpleNamespace(engine=engine), SETTINGS, me, Metrics(), lambda: self.now, StaffGroup(STAFF))
        self.bot: int = me.id
        draft = Draft(self.keys.chat(RESIDENT), self.keys.person(RESIDENT), "m", now, "question", TEXT, "ko")
        with self.step() as step:
            made = handoffs.create(step.connection, draft, me.id, {"chat_id": RESIDENT}, "1", "v1", now)
            self.mailroom.inquiries.announce(step, made)
            self.mailroom.inquiries.ask_further(step, made, FURTHER)
        self.card, self.further = self.send(STAFF, first=900)

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

    def handoff(self) -> handoffs.Handoff:
        with self.database.begin() as connection:
            found = handoffs.get(connection, 1)
        assert found is not None
        return found


@pytest.fixture
def room(tmp_path, engine, me, now) -> Iterator[Room]:
    database = Database(f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}")
    database.upgrade()
    yield Room(database, engine, me, now)
    database.dispose()


def said(parcels: list[Parcel]) -> str:
    return "\n".join(parcel.payload["text"] for parcel in parcels)


def edits(parcels: list[Parcel]) -> dict[int, str]:
    """What the messages of the bot's say afterwards, by their ids."""
    return {parcel.payload["message_id"]: parcel.payload["text"] for parcel in parcels if parcel.method == "editMessageText"}


def test_the_group_sees_the_words_at_first(room):
    assert TEXT in room.card.payload["text"]
    assert FURTHER in room.further.payload["text"]


@pytest.mark.parametrize(("answered", "state", "told"), [(False, "declined", "답을 드리지 못해요"), (True, "closed", "문의 1번을 마쳤어요")])
def test_what_nobody_touches_is_closed_in_time_and_both_sides_are_told(room, answered, state, told):
    room.change(clerk="s1", answered_at=room.now if answered else None)

    room.pass_days(3 * TEXT_DAYS * 0.9 - 1)
    before = room.handoff().state
    room.pass_days(1.1)

    assert (before, room.handoff().state) == ("open", state)
    assert (room.handoff().text, room.handoff().address) == ("", None)
    assert told in said(room.send(RESIDENT))
    in_group = room.send(STAFF)
    assert set(edits(in_group)) == {900, 901}
    assert "81일 동안 움직임이 없어" in said(in_group)
    assert not any(words in said(in_group) for words in (TEXT, FURTHER))


def test_it_is_told_once_only(room):
    room.change(clerk="s1")
    room.pass_days(3 * TEXT_DAYS)
    room.send(STAFF)
    room.send(RESIDENT)

    room.pass_days(1)

    assert (room.send(STAFF), room.send(RESIDENT)) == ([], [])


def test_words_that_are_no_longer_kept_do_not_stand_in_the_group(room):
    room.change(state="closed")
    room.pass_days(TEXT_DAYS - 1)
    before = room.send(STAFF)

    room.now += dt.timedelta(days=2)
    purge(room.database, room.now, TEXT_DAYS, 365)
    room.mailroom.tick()

    assert before == []
    seen = edits(room.send(STAFF))
    assert set(seen) == {900, 901}
    assert not any(words in text for text in seen.values() for words in (TEXT, FURTHER))
    room.pass_days(1)
    assert room.send(STAFF) == []


def test_delete_takes_the_words_out_of_the_group_and_what_is_on_its_way_there(room):
    person = room.keys.person(RESIDENT)
    late = room.ask_further("하나 더요")
    with room.step() as step:
        room.mailroom.inquiries.forgotten(step, person)
        records.forget(step.connection, person, room.now)

    room.mailroom.sent(Arrived(late, 902))

    seen = edits(room.send(STAFF))
    assert set(seen) == {900, 901, 902}
    assert {text.splitlines()[1] for text in seen.values()} == {"(주민이 글을 거두어 지웠습니다)"}
    with room.database.begin() as connection:
        assert connection.execute(select(outbox).where(outbox.c.person == person)).all() == []


def test_a_further_question_that_arrives_after_the_withdrawal_is_wiped(room):
    late = room.ask_further("하나 더요")
    found = room.handoff()
    with room.step() as step:
        room.mailroom.inquiries.withdraw(step, found)

    room.mailroom.sent(Arrived(late, 902))

    assert "하나 더요" not in edits(room.send(STAFF))[902]

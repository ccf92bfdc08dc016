"""What time, and /delete, do to hand-offs in the group of the staff. A real SQLite, the real engine, and a clock that is set."""

from __future__ import annotations

import datetime as dt

import pytest
from channels.telegram.staff.rooms import FURTHER, RESIDENT, STAFF, TEXT
from sqlalchemy import select

from bot.channels.telegram.mailroom import Arrived
from bot.store import records
from bot.store.mail import Parcel
from bot.store.retention import purge
from bot.store.schema import outbox

TEXT_DAYS = 30


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

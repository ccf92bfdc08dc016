"""One step: what is posted in it goes whole or not at all, in order, and whom it is for is looked after."""

from __future__ import annotations

import shutil

import pytest

from bot.channels.telegram.layout import Place, Request, acknowledge, message
from bot.channels.telegram.step import Step
from bot.store import mail
from bot.store.database import Database
from bot.store.keys import Keys

BOT, RESIDENT, GROUP = 9000, 501, -1_001_000_000_700
KEYS = Keys("the-key-of-the-tests")


@pytest.fixture
def database(empty_file, tmp_path):
    shutil.copy(empty_file, tmp_path / "bot.sqlite")
    opened = Database(f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}")
    yield opened
    opened.dispose()


@pytest.fixture
def waiting(database, now):
    """What waits for a chat."""

    def read(chat_id):
        with database.begin() as connection:
            return mail.parcels(connection, BOT, KEYS.chat(chat_id), now)

    return read


def test_requests_wait_in_their_order_under_the_hash_of_the_chat(database, waiting, now):
    with database.begin() as connection:
        step = Step(connection, now, BOT, KEYS)
        step.post(RESIDENT, [acknowledge("77"), *message(Place(RESIDENT), "하나")])
        step.post(RESIDENT, message(Place(RESIDENT), "둘"))

    found = waiting(RESIDENT)
    assert [parcel.method for parcel in found] == ["answerCallbackQuery", "sendMessage", "sendMessage"]
    assert [parcel.payload.get("text") for parcel in found] == [None, "하나", "둘"]
    assert {parcel.created_at for parcel in found} == {now}


def test_every_chat_that_got_something_is_visited_once(database, now):
    with database.begin() as connection:
        step = Step(connection, now, BOT, KEYS)
        for chat in (RESIDENT, GROUP, RESIDENT):
            step.post(chat, message(Place(chat), "답"))
        step.post(GROUP + 1, [])

    assert step.visits == [KEYS.chat(RESIDENT), KEYS.chat(GROUP)]


def test_note_is_that_of_the_last_request_and_once_that_of_all(database, waiting, now):
    with database.begin() as connection:
        Step(connection, now, BOT, KEYS).post(GROUP, message(Place(GROUP), "가" * 5000), note={"part": "handoff"}, once=True)

    assert [(parcel.note, parcel.once) for parcel in waiting(GROUP)] == [(None, True), ({"part": "handoff"}, True)]


def test_only_a_message_carries_the_record_of_the_reply(database, waiting, now):
    with database.begin() as connection:
        requests = [acknowledge("77"), Request("sendMessage", {"chat_id": RESIDENT, "text": "답"})]
        Step(connection, now, BOT, KEYS).post(RESIDENT, requests, reply_id=5)

    assert [parcel.reply_id for parcel in waiting(RESIDENT)] == [None, 5]


def test_of_a_step_that_fails_nothing_is_left(database, waiting, now):
    def fail() -> None:
        with database.begin() as connection:
            Step(connection, now, BOT, KEYS).post(RESIDENT, message(Place(RESIDENT), "답"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert waiting(RESIDENT) == []

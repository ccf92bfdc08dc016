"""How the outbox is emptied: what goes again, what goes once only, and who is told. A real SQLite; what Telegram answers is given."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, select, update

from bot.channels.telegram.delivery import Outcome
from bot.channels.telegram.dispatch import Dispatcher
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import Place, message
from bot.channels.telegram.mailroom import Mailroom
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Part
from bot.config import Settings
from bot.errors import StoreError
from bot.store import mail
from bot.store.database import Database
from bot.store.keys import Keys
from bot.store.locks import ChatLocks
from bot.store.schema import outbox

RESIDENT, STAFF = 501, -1_001_000_000_700
SENT, UNSURE, SURE = Outcome("sent", message_id=77), Outcome("retry", "network", 0.0), Outcome("retry", "too_many_requests", 0.0, is_certain=True)
NOTE = {"part": "probe", "id": 14}


class Post:
    """In the place of Delivery: keeps what it is given, and says what became of it; in the end that it was sent."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.tried: list[str] = []
        self.meanwhile = lambda: None  # done while something is on its way

    async def deliver(self, parcel):
        self.tried.append(parcel.payload["text"])
        self.meanwhile()
        return self.outcomes.pop(0) if self.outcomes else SENT


class Counter:
    """A dispatcher over a mailroom, and what is told to a part of the staff's side."""

    def __init__(self, database: Database, engine, me, now) -> None:
        self.database, self.post_office, self.now = database, Post(), now
        self.told: list[tuple] = []
        self.keys = Keys("the-key-of-the-tests")
        staff = StaffGroup(STAFF)
        self.mailroom = Mailroom(
            database, self.keys, SimpleNamespace(engine=engine), Settings(), me, Metrics(), lambda: self.now, staff
        )  # fmt: skip
        self.mailroom.room.parts["probe"] = Part(
            "probe",
            arrived=lambda step, note, message_id: self.told.append(("arrived", message_id)),
            lost=lambda step, lost: self.told.append(("lost", lost.reason)),
        )

    def post(self, *texts: str, once: bool = False, chat: int = RESIDENT, note: dict | None = None) -> None:
        with self.mailroom._step() as step:
            for text in texts:
                step.post(chat, message(Place(chat), text), "p", note, once)

    def work(self, chat: int = RESIDENT, times: int = 1) -> list[str]:
        """Has the chat looked after, by a program that begins anew each time; what was tried to be sent."""

        async def run() -> None:
            with ThreadPoolExecutor(1) as executor:
                locks = ChatLocks(self.database)
                dispatcher = Dispatcher(self.mailroom, self.post_office, locks, executor, Metrics(), lambda: None)
                await dispatcher.work(self.keys.chat(chat))
                locks.close()

        for _ in range(times):
            asyncio.run(run())
        return self.post_office.tried

    def failures(self) -> list[str | None]:
        """By parcel that is done with, why it was given up, or None."""
        with self.database.begin() as connection:
            return list(connection.execute(select(outbox.c.failure).where(outbox.c.done_at.is_not(None)).order_by(outbox.c.id)).scalars())


@pytest.fixture
def counter(empty_file, tmp_path, engine, me, now):
    shutil.copy(empty_file, tmp_path / "bot.sqlite")
    database = Database(f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}")
    yield Counter(database, engine, me, now)
    database.dispose()


def test_what_has_arrived_is_told_with_the_id_that_it_has_now(counter):
    counter.post("답", note=NOTE)

    counter.work(times=2)

    assert counter.post_office.tried == ["답"]
    assert counter.told == [("arrived", 77)]


def test_what_may_have_arrived_is_sent_again(counter):
    counter.post("답")
    counter.post_office.outcomes = [UNSURE]

    assert counter.work(times=2) == ["답", "답"]


def test_what_goes_once_is_not_sent_again_when_it_may_have_arrived_and_that_is_told(counter):
    counter.post("직원 답변", once=True, note=NOTE)
    counter.post("다음")
    counter.post_office.outcomes = [UNSURE]

    assert counter.work(times=2) == ["직원 답변", "다음"]
    assert counter.told == [("lost", "unknown")]
    assert counter.failures() == ["unknown", None]


def test_what_goes_once_is_sent_again_when_it_cannot_have_arrived(counter):
    counter.post("직원 답변", once=True, note=NOTE)
    counter.post_office.outcomes = [SURE, SURE]

    assert counter.work(times=3) == ["직원 답변"] * 3
    assert counter.told == [("arrived", 77)]


def test_what_was_begun_when_the_program_ended_is_given_up_and_not_sent_again(counter):
    counter.post("직원 답변", once=True, note=NOTE)
    counter.post("다음")
    with counter.database.begin() as connection:
        first = select(outbox.c.id).order_by(outbox.c.id).limit(1).scalar_subquery()
        connection.execute(update(outbox).where(outbox.c.id == first).values(begun_at=counter.now))

    assert counter.work() == ["다음"]
    assert counter.told == [("lost", "unknown")]


def test_it_is_begun_before_it_goes(counter):
    """So that whoever ends the program in between leaves a trace."""
    counter.post("직원 답변", once=True)
    begun = []

    def look() -> None:
        with counter.database.begin() as connection:
            begun.extend(connection.execute(select(outbox.c.begun_at)).scalars())

    counter.post_office.meanwhile = look
    counter.work()

    assert begun == [counter.now]


def test_what_is_taken_back_while_another_is_on_its_way_does_not_go(counter):
    counter.post("하나", "둘", once=True)

    def take_back() -> None:
        with counter.database.begin() as connection:
            connection.execute(delete(outbox).where(outbox.c.payload.contains("둘")))

    counter.post_office.meanwhile = take_back

    assert counter.work() == ["하나"]


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [(Outcome("closed", "blocked"), "blocked"), (Outcome("failed", "refused"), "refused")],
    ids=["blocked", "refused"],
)
def test_what_cannot_be_delivered_is_told_with_the_reason(counter, outcome, reason):
    counter.post("직원 답변", once=True, note=NOTE)
    counter.post_office.outcomes = [outcome]

    assert counter.work() == ["직원 답변"]
    assert counter.told == [("lost", reason)]


def test_group_of_the_staff_that_moved_takes_what_waited_for_it(counter):
    counter.post("카드", chat=STAFF, once=True, note=NOTE)
    new_id = STAFF - 1
    counter.post_office.outcomes = [Outcome("moved", "migrated", new_id=new_id)]

    counter.work(STAFF)
    counter.work(new_id)

    assert counter.post_office.tried == ["카드", "카드"]
    assert (counter.mailroom.staff.chat_id, counter.told) == (new_id, [("arrived", 77)])


def test_what_is_for_staff_waits_until_the_bot_is_let_into_their_group_again(counter):
    counter.post("문의 14 · 주민이 더 물었습니다", "문의 15", chat=STAFF, note=NOTE)
    counter.post_office.outcomes = [Outcome("closed", "blocked"), Outcome("closed", "blocked")]

    counter.work(STAFF)
    counter.now += dt.timedelta(minutes=1)
    counter.work(STAFF)
    counter.now += dt.timedelta(minutes=1)
    counter.work(STAFF)

    assert counter.post_office.tried == ["문의 14 · 주민이 더 물었습니다"] * 3 + ["문의 15"]
    assert counter.told == [("arrived", 77)] * 2


def test_that_a_card_has_arrived_is_noted_before_an_answer_to_it_is_looked_at(counter):
    """Also where the store could not be told when it arrived."""
    counter.post("문의 14", chat=STAFF, note=NOTE)
    respond = counter.mailroom.room.respond
    counter.mailroom.room.respond = lambda step, incoming: (counter.told.append(("answered", incoming.answers)), respond(step, incoming))

    def clerk_answers() -> None:
        incoming = Incoming("answer", STAFF, group=True, staff=True, message_id=5, answers=77, text="내일요")
        with counter.database.begin() as connection:
            mail.receive(connection, counter.mailroom.bot.id, 1, counter.keys.chat(STAFF), incoming.as_json(), counter.now)

    async def run() -> None:
        with ThreadPoolExecutor(1) as executor:
            dispatcher = Dispatcher(counter.mailroom, counter.post_office, ChatLocks(counter.database), executor, Metrics(), lambda: None)
            chat = counter.keys.chat(STAFF)
            work, failing = counter.mailroom.work, iter([False, True])

            def lost(*arguments):
                if next(failing, False):
                    raise StoreError("store.url", "없음", "없음")
                return work(*arguments)

            counter.mailroom.work = lost
            await dispatcher.work(chat)
            clerk_answers()
            await dispatcher.work(chat)

    asyncio.run(run())

    assert counter.told[:2] == [("arrived", 77), ("answered", 77)]

"""The inbox and the outbox, on both databases."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from bot.store import mail, records
from bot.store.database import Database
from bot.store.mail import Letter, Parcel
from bot.store.schema import inbox, outbox, replies

NOW = dt.datetime(2021, 2, 1, tzinfo=dt.timezone.utc)
BOT, CHAT, OTHER = 9000, "c1", "c2"
TOLD = records.Told("answer", "", ("cctv",), (), "ko", "v1")


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


@pytest.fixture
def do(database) -> Callable:
    """Carries out a step of mail or records in a transaction of its own."""

    def call(step, *arguments, **named):
        with database.begin() as connection:
            return step(connection, *arguments, **named)

    return call


@pytest.fixture
def receive(do) -> Callable[..., bool]:
    return lambda update_id, chat=CHAT, bot=BOT, at=NOW, **payload: do(mail.receive, bot, update_id, chat, {"chat_id": 1, **payload}, at)


@pytest.fixture
def next_letter(do) -> Callable[..., Letter | None]:
    return lambda chat=CHAT, bot=BOT, at=NOW: do(mail.next_letter, bot, chat, at)


@pytest.fixture
def post(do) -> Callable[..., None]:
    def make(text, chat=CHAT, bot=BOT, at=NOW, reply_id=None) -> None:
        do(mail.post, bot, chat, "p1", "sendMessage", {"chat_id": 1, "text": text}, at, reply_id)

    return make


@pytest.fixture
def parcels(do) -> Callable[..., list[Parcel]]:
    return lambda chat=CHAT, bot=BOT, at=NOW: do(mail.parcels, bot, chat, at)


@pytest.fixture
def busy(do) -> Callable[..., list[str]]:
    return lambda at=NOW, **limit: do(mail.busy_chats, BOT, at, **limit)


def rows(database: Database, table) -> list:
    with database.begin() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)))


def texts(found: list[Parcel]) -> list[str]:
    return [parcel.payload["text"] for parcel in found]


# -- the inbox -------------------------------------------------------------------------------------------------------


def test_update_is_kept_once_also_after_it_was_handled(receive, next_letter, do):
    first, second = receive(5, text="안녕"), receive(5, text="다른 글")
    letter = next_letter()
    do(mail.handled, letter, NOW)

    assert (first, second, receive(5)) == (True, False, False)
    assert letter == Letter(BOT, 5, CHAT, NOW, {"chat_id": 1, "text": "안녕"}, 0)
    assert next_letter() is None


def test_two_bots_keep_their_updates_apart(receive, next_letter):
    assert receive(5)
    assert receive(5, bot=9001)

    assert next_letter().bot == BOT
    assert next_letter(bot=9001).bot == 9001


def test_updates_of_a_chat_are_taken_in_the_order_of_their_ids(receive, next_letter, do):
    for update_id in (7, 5, 2**40, 6):
        receive(update_id)
    receive(1, chat=OTHER)

    taken = []
    while (letter := next_letter()) is not None:
        taken.append(letter.update_id)
        do(mail.handled, letter, NOW)

    assert taken == [5, 6, 7, 2**40]


def test_of_a_handled_update_only_the_id_is_left(database, receive, next_letter, do):
    receive(5, text="비밀")

    do(mail.handled, next_letter(), later(1))

    (row,) = rows(database, inbox)
    assert (row.update_id, row.payload, row.handled_at) == (5, None, later(1))


def test_postponed_update_holds_back_those_behind_it(receive, next_letter, do, busy):
    receive(5)
    receive(6)
    do(mail.postpone_letter, next_letter(), later(2))

    assert next_letter() is None
    assert busy() == []
    assert not do(mail.has_work, BOT, CHAT, NOW)
    assert (next_letter(at=later(2)).update_id, next_letter(at=later(2)).attempts) == (5, 1)
    assert busy(later(2)) == [CHAT]


@pytest.mark.parametrize("payload", [{}, {"text": "\0"}, {"text": "😀 '\"%(x)s :y \\"}], ids=["empty", "nul", "marks"])
def test_any_payload_comes_back_as_it_was(receive, next_letter, payload):
    receive(5, **payload)

    assert next_letter().payload == {"chat_id": 1, **payload}


# -- the outbox ------------------------------------------------------------------------------------------------------


def test_parcels_go_out_in_the_order_they_were_posted(post, parcels):
    post("하나", at=later(9))
    post("둘")
    post("셋", chat=OTHER)
    post("넷", bot=9001)

    assert texts(parcels()) == ["하나", "둘"]
    assert texts(parcels(OTHER)) == ["셋"]


def test_nothing_overtakes_a_postponed_parcel(post, parcels, do, busy):
    for text in ("하나", "둘", "셋"):
        post(text)
    do(mail.postpone, parcels()[1].id, later(5))

    assert texts(parcels()) == ["하나"]
    do(mail.sent, parcels()[0], NOW)
    assert parcels() == []
    assert busy() == []
    assert texts(parcels(at=later(5))) == ["둘", "셋"]
    assert parcels(at=later(5))[0].attempts == 1


def test_of_a_sent_parcel_neither_text_nor_address_is_left(database, post, parcels, do):
    post("비밀")

    do(mail.sent, parcels()[0], later(1))

    (row,) = rows(database, outbox)
    assert (row.payload, row.done_at, row.failure) == (None, later(1), None)


def test_reply_is_delivered_when_its_first_message_is(database, post, parcels, do):
    reply_id = do(records.record, CHAT, "p1", TOLD, NOW)
    post("앞", reply_id=reply_id)
    post("뒤", reply_id=reply_id)
    first, second = parcels()

    do(mail.sent, first, later(1))
    do(mail.sent, second, later(9))

    assert [row.delivered_at for row in rows(database, replies)] == [later(1)]


def test_undeliverable_parcel_is_erased_with_the_reason_and_lets_the_next_pass(database, post, parcels, do):
    post("하나")
    post("둘")

    do(mail.give_up, parcels()[0].id, "refused", later(1))
    do(mail.sent, Parcel(rows(database, outbox)[0].id, CHAT, "sendMessage", {}, NOW, 0), later(2))

    assert texts(parcels()) == ["둘"]
    first = rows(database, outbox)[0]
    assert (first.payload, first.failure, first.done_at) == (None, "refused", later(1))


def test_closed_chat_is_given_up_as_a_whole_and_alone(post, parcels, do, busy):
    for chat, bot in ((CHAT, BOT), (CHAT, BOT), (OTHER, BOT), (CHAT, 9001)):
        post("글", chat=chat, bot=bot)

    do(mail.give_up_chat, BOT, CHAT, "blocked", NOW)

    assert parcels() == []
    assert busy() == [OTHER]
    assert texts(parcels(bot=9001)) == ["글"]


def test_forgotten_parcel_may_still_be_noted_as_sent(database, post, parcels, do):
    post("글")
    (parcel,) = parcels()
    do(records.forget, "p1", NOW)

    do(mail.sent, parcel, NOW)

    assert rows(database, outbox) == []


# -- both ------------------------------------------------------------------------------------------------------------


def test_chats_that_wait_longest_come_first(receive, post, busy):
    receive(1, "late", at=later(-1))
    post("글", "later", at=later(0))
    receive(3, "early", at=later(-9))
    post("글", "late", at=later(-5))

    assert busy() == ["early", "late", "later"]
    assert busy(limit=2) == ["early", "late"]


def test_chat_with_much_that_waits_crowds_out_no_other(receive, post, parcels, do, busy):
    for number in range(30):
        receive(number, "flooded", at=later(-99))
        post("글", "paused", at=later(-99))
    do(mail.postpone, parcels("paused")[0].id, later(60))
    receive(99, "quiet")

    assert busy(limit=2) == ["flooded", "quiet"]


def test_what_waits_for_a_moved_group_goes_to_its_new_id(receive, post, parcels, next_letter, do):
    receive(5, text="안녕")
    post("글")
    post("다른 방", chat=OTHER)
    do(records.move_chat, CHAT, "new")
    do(mail.readdress, BOT, CHAT, "new", -1007)

    assert next_letter() is None
    assert parcels() == []
    assert next_letter("new").payload == {"chat_id": -1007, "was": 1, "text": "안녕"}
    assert parcels("new")[0].payload == {"chat_id": -1007, "text": "글"}
    assert parcels(OTHER)[0].payload["chat_id"] == 1


def test_in_a_moved_group_no_message_is_changed_or_answered_by_its_number_in_the_old_one(parcels, do):
    old = {"chat_id": 1, "message_id": 57, "reply_to": 56, "thread_id": 3}
    do(mail.post, BOT, CHAT, "p1", "editMessageText", {**old, "text": "고친 카드"}, NOW)
    do(mail.post, BOT, CHAT, "p1", "editMessageReplyMarkup", {**old, "buttons": []}, NOW)

    do(mail.readdress, BOT, CHAT, "new", -1007)

    assert [(one.method, one.payload) for one in parcels("new")] == [("sendMessage", {"chat_id": -1007, "text": "고친 카드"})]


def test_moving_a_group_leaves_alone_what_is_done(database, receive, post, parcels, next_letter, do):
    receive(5)
    post("글")
    do(mail.handled, next_letter(), NOW)
    do(mail.sent, parcels()[0], NOW)

    do(mail.readdress, BOT, CHAT, "new", -1007)

    assert [row.payload for table in (inbox, outbox) for row in rows(database, table)] == [None, None]


STEPS = st.lists(
    st.tuples(st.sampled_from(["receive", "handle", "postpone", "wait"]), st.integers(0, 6), st.sampled_from([CHAT, OTHER])), max_size=25
)


@given(STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_inbox_is_a_queue_for_every_chat(database, steps):
    """Against a plain list of what should wait."""
    waiting: dict[int, tuple[str, int]] = {}  # update id → chat, held back until
    seen: set[int] = set()
    clock = 0
    with database.begin() as connection:
        connection.execute(delete(inbox))
        for step, number, chat in steps:
            letter = mail.next_letter(connection, BOT, chat, later(clock))
            ours = sorted(one for one, (where, _) in waiting.items() if where == chat)
            expected = ours[0] if ours and waiting[ours[0]][1] <= clock else None
            assert (letter.update_id if letter else None) == expected
            assert (chat in mail.busy_chats(connection, BOT, later(clock))) == (expected is not None)
            if step == "receive":
                assert mail.receive(connection, BOT, number, chat, {}, later(clock)) == (number not in seen)
                waiting |= {} if number in seen else {number: (chat, 0)}
                seen.add(number)
            elif step == "wait":
                clock += number
            elif letter and step == "handle":
                mail.handled(connection, letter, later(clock))
                del waiting[letter.update_id]
            elif letter:
                mail.postpone_letter(connection, letter, later(clock + number))
                waiting[letter.update_id] = (chat, clock + number)


def test_payload_is_kept_as_readable_json(database, receive):
    receive(5, text="안녕")

    assert json.loads(rows(database, inbox)[0].payload)["text"] == "안녕"
    assert "안녕" in rows(database, inbox)[0].payload


@pytest.mark.parametrize(("statement", "index"), [(mail._NEXT, "ix_inbox_waiting"), (mail._PARCELS, "ix_outbox_waiting")], ids=["inbox", "outbox"])
def test_what_waits_is_found_without_going_through_what_is_done(sqlite_url, statement, index):
    database = Database(sqlite_url)
    database.upgrade()
    asked = str(statement.compile(dialect=database.engine.dialect))

    with database.begin() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (1, "chat", 1, 0)[: asked.count("?")]).all()
    database.dispose()

    assert [row.detail for row in plan] == [f"SEARCH {index.split('_')[1]} USING INDEX {index} (bot=? AND chat=?)"]


# -- what is noted, and what goes once only --------------------------------------------------------------------------

PART = {"part": "handoff", "role": "part", "of": 90}


@pytest.fixture
def post_noted(do) -> Callable[..., None]:
    """Posts a part of an answer: post_noted("하나", 0)."""
    return lambda text, number, once=True, **note: do(
        mail.post, BOT, CHAT, "p1", "sendMessage", {"chat_id": 1, "text": text}, NOW, None, {**PART, "number": number, **note}, once
    )


def test_note_stays_with_what_waits_and_goes_when_it_has_arrived(do, post_noted, parcels, database):
    post_noted("하나", 0)
    (parcel,) = parcels()

    do(mail.sent, parcel, NOW)

    assert (parcel.note, parcel.once, parcel.begun) == ({**PART, "number": 0}, True, False)
    assert [(row.note, row.payload) for row in rows(database, outbox)] == [(None, None)]
    assert do(mail.lost, BOT) == []


def test_what_could_not_be_delivered_is_told_once_with_its_note_and_nothing_else(do, post_noted, post, parcels, database):
    post_noted("하나", 0)
    post("둘")
    do(mail.give_up_chat, BOT, CHAT, "blocked", NOW)

    (lost,) = do(mail.lost, BOT)
    told = [do(mail.told, lost) for _ in range(2)]

    assert (lost.reason, lost.note) == ("blocked", {**PART, "number": 0})
    assert (told, do(mail.lost, BOT)) == ([True, False], [])
    assert "하나" not in repr(rows(database, outbox))


def test_sending_begins_once_and_not_of_what_is_gone(do, post_noted, parcels):
    post_noted("하나", 0)
    post_noted("둘", 1)
    first, second = parcels()
    do(mail.sent, second, NOW)

    assert [do(mail.begin, one.id, NOW) for one in (first, first, second)] == [True, False, False]
    assert [one.begun for one in parcels()] == [True]


def test_what_is_postponed_may_begin_anew(do, post_noted, parcels):
    post_noted("하나", 0)
    (parcel,) = parcels()
    do(mail.begin, parcel.id, NOW)

    do(mail.postpone, parcel.id, NOW)

    assert [one.begun for one in parcels()] == [False]
    assert do(mail.begin, parcel.id, NOW)


def test_what_waits_is_taken_back_and_what_is_on_its_way_is_named(do, post_noted, post, parcels):
    post_noted("하나", 0)
    post_noted("둘", 1)
    post_noted("다른 답", 0, of=91)
    post("말")
    do(mail.begin, parcels()[0].id, NOW)

    begun = do(mail.recall, BOT, CHAT, PART)

    assert begun == [{**PART, "number": 0}]
    assert texts(parcels()) == ["하나", "다른 답", "말"]

"""What is remembered of a person, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.store import mail, records
from bot.store.records import Held, HeldHandoff, Told
from bot.store.schema import blocks, conversations, deletions, drafts, handoffs, inbox, messages, outbox, questions, replies, votes
from tests.store.filling import add, add_draft, add_handoff, add_message, add_vote

NOW = dt.datetime(2021, 2, 1, tzinfo=dt.timezone.utc)
SEOUL = dt.timezone(dt.timedelta(hours=9))
ME, YOU = "p1", "p2"


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def told(question: str = "", **fields) -> Told:
    usual = {"kind": "fallback", "reason": "not in the newsletter", "topics": ("cctv",), "aspects": (), "language": "ko", "content": "v1"}
    return Told(**{**usual, **fields}, question=question)


@pytest.fixture
def do(database) -> Callable:
    """Carries out a step of records or mail in a transaction of its own."""

    def call(step, *arguments):
        with database.begin() as connection:
            return step(connection, *arguments)

    return call


@pytest.fixture
def rows(do) -> Callable[..., list]:
    return lambda table: do(lambda connection: list(connection.execute(select(table).order_by(*table.primary_key))))


def test_state_is_kept_by_chat_and_person(do):
    for chat, person, state in (("c1", ME, "a"), ("c1", YOU, "b"), ("c2", ME, "c"), ("c1", ME, "d")):
        do(records.save_state, chat, person, state, NOW)

    assert [do(records.load_state, *key) for key in (("c1", ME), ("c1", YOU), ("c2", ME), ("c2", YOU))] == ["d", "b", "c", None]


def test_chat_that_is_gone_takes_its_conversations_and_no_records(do, rows):
    do(records.save_state, "c1", ME, "a", NOW)
    do(records.save_state, "c2", ME, "b", NOW)
    do(records.record, "c1", ME, told("글"), NOW)

    do(records.drop_state, "c1")

    assert [row.chat for row in rows(conversations)] == ["c2"]
    assert len(rows(replies)) == len(rows(questions)) == 1


def test_reply_is_recorded_and_a_question_only_where_there_is_one(do, rows):
    first = do(records.record, "c1", ME, told(kind="answer", reason="x" * 99), NOW)
    second = do(records.record, "c1", ME, told("화성 버스 ***"), later(1))

    assert first < second
    assert [(row.id, row.kind, row.topics, row.content) for row in rows(replies)] == [
        (first, "answer", '["cctv"]', "v1"),
        (second, "fallback", '["cctv"]', "v1"),
    ]
    assert [(row.reply_id, row.text) for row in rows(questions)] == [(second, "화성 버스 ***")]


def test_held_is_all_of_a_person_and_nothing_of_others(do):
    do(records.save_state, "c1", ME, "a", later(5))
    do(records.save_state, "c2", ME, "a", later(3))
    do(records.record, "c1", ME, told("먼저"), later(1).astimezone(SEOUL))
    do(records.record, "c2", ME, told("나중"), later(2))
    do(records.record, "c2", YOU, told("남의 것"), NOW)

    assert do(records.held, ME) == Held(later(5), 2, later(1), ((later(2), "나중"), (later(1), "먼저")))
    assert do(records.held, "p3") == Held(None, 0, None, ())


def test_held_shows_what_was_passed_on_and_judged(do, database):
    add_handoff(database, NOW, ME, text="먼저", state="closed")
    add_handoff(database, later(1), ME, text="나중")
    add_handoff(database, later(1), YOU, text="남의 것")
    for role, text in (("card", None), ("answer", "답 하나"), ("answer", "답 둘")):
        add_message(database, 1, role, text=text)
    add_message(database, 3, "answer", text="남의 답")
    add_vote(database, 1, person=ME)
    add_vote(database, 2, person=YOU)
    add_draft(database, NOW, ME, text=None, chat="c1")
    add_draft(database, NOW, ME, text="보낼 글", chat="c2")
    add_draft(database, NOW, YOU, text="남의 글")
    add(database, "blocks", person=ME, until=later(9))

    held = do(records.held, ME)

    assert held.handoffs == (HeldHandoff(2, later(1), "나중", "open"), HeldHandoff(1, NOW, "먼저", "closed", ("답 하나", "답 둘")))
    assert (held.draft, held.votes, held.blocked_until) == ("보낼 글", 1, later(9))


def test_forget_removes_what_was_passed_on_but_no_block(do, rows, database):
    for number, person in enumerate((ME, YOU, ME), 1):
        add_handoff(database, NOW, person)
        add_vote(database, number, person=person)
        add_message(database, number, "answer", text="답")
    for person in (ME, YOU):
        add_draft(database, NOW, person)
        add(database, "blocks", person=person, until=later(9))

    do(records.forget, ME, later(1))

    assert [row.person for table in (handoffs, votes, drafts) for row in rows(table)] == [YOU] * 3
    assert {row.handoff for row in rows(messages)} == {2}
    assert [row.person for row in rows(blocks)] == [ME, YOU]
    assert do(records.held, ME) == Held(None, 0, None, (), blocked_until=later(9))


def test_moved_group_takes_what_was_passed_on_there(do, rows, database):
    for chat in ("old", "new", "other"):
        add_handoff(database, chat=chat)
        add_message(database, 1, chat=chat)
        add_draft(database, chat=chat, text=chat)

    do(records.move_chat, "old", "new")

    assert [row.chat for row in rows(handoffs)] == ["new", "new", "other"]
    assert [row.chat for row in rows(messages)] == ["old", "new", "other"]
    assert [(row.chat, row.text) for row in rows(drafts)] == [("new", "new"), ("other", "other")]


def test_forget_removes_all_of_the_person_and_notes_it(do, rows):
    for person in (ME, YOU):
        do(records.save_state, "c1", person, "a", NOW)
        do(records.record, "c1", person, told("글"), NOW)
        do(mail.post, 9000, "c1", person, "sendMessage", {"chat_id": 1}, NOW)

    do(records.forget, ME, later(1))

    assert [row.person for table in (conversations, replies, questions, outbox) for row in rows(table)] == [YOU] * 4
    assert [(row.person, row.at) for row in rows(deletions)] == [(ME, later(1))]
    assert do(records.held, ME) == Held(None, 0, None, ())


def test_moved_group_keeps_its_conversations_records_and_what_waits(do, rows):
    do(records.save_state, "old", ME, "a", NOW)
    do(records.record, "old", ME, told("글"), NOW)
    do(mail.receive, 9000, 5, "old", {}, NOW)
    do(mail.receive, 9000, 6, "other", {}, NOW)

    do(records.move_chat, "old", "new")

    assert do(records.load_state, "new", ME) == "a"
    assert {row.chat for table in (conversations, replies, questions) for row in rows(table)} == {"new"}
    assert [row.chat for row in rows(inbox)] == ["new", "other"]


def test_of_two_conversations_that_meet_the_one_that_went_on_stays(do):
    do(records.save_state, "old", ME, "before", NOW)
    do(records.save_state, "new", ME, "after", NOW)
    do(records.save_state, "old", YOU, "yours", NOW)

    do(records.move_chat, "old", "new")

    assert (do(records.load_state, "new", ME), do(records.load_state, "new", YOU)) == ("after", "yours")
    assert do(records.load_state, "old", ME) is None


def test_move_that_is_told_twice_loses_nothing(do):
    do(records.save_state, "old", ME, "a", NOW)

    do(records.move_chat, "old", "new")
    do(records.move_chat, "old", "new")
    do(records.move_chat, "new", "new")

    assert do(records.load_state, "new", ME) == "a"

"""What goes when, to the day."""

from __future__ import annotations

from itertools import count

import pytest

from bot.store import deletions as journal
from bot.store.retention import emptied, purge
from tests.store.filling import (
    NOW,
    add,
    add_content,
    add_draft,
    add_handoff,
    add_mail,
    add_message,
    add_parcel,
    add_proposal,
    add_question,
    add_reply,
    add_state,
    add_vote,
    days_ago,
    rows,
)

TEXTS, RECORDS = 30, 365
LITTLE = 1 / 86_400  # a second
NUMBERS = count(1)
EMPTIED = {"state": "closed", "text": "", "address": None, "clerk_name": ""}


def cleared(database):
    return {name: count for name, count in purge(database, NOW, TEXTS, RECORDS).items() if count}


@pytest.mark.parametrize(
    ("table", "days", "make"),
    [
        ("questions", TEXTS, lambda database, at: add_question(database, "물음", at)),
        ("conversations", TEXTS, lambda database, at: add_state(database, str(at), at)),
        ("replies", RECORDS, lambda database, at: add_reply(database, at)),
        ("deletions", RECORDS, lambda database, at: add(database, "deletions", person="p", at=at)),
        ("inbox", 3, lambda database, at: add_mail(database, int(at.timestamp()), at, handled=at)),
        ("outbox", 3, lambda database, at: add_parcel(database, at, done=at)),
        ("outbox", TEXTS, lambda database, at: add_parcel(database, at, done=at, failure="refused", note='{"handoff": 1}')),
        ("drafts", 1, lambda database, at: add_draft(database, at, person=str(at))),
        ("votes", RECORDS, lambda database, at: add_vote(database, next(NUMBERS), at)),
        ("blocks", 0, lambda database, at: add(database, "blocks", person=str(at), until=at)),
        ("handoffs", RECORDS, lambda database, at: add_handoff(database, at, **EMPTIED)),
        ("proposals", RECORDS, lambda database, at: add_proposal(database, at, state="declined")),
        ("proposals", RECORDS, lambda database, at: add_proposal(database, days_ago(900), state="published", decided_at=at)),
    ],
)
def test_what_is_older_goes_and_the_rest_stays(database, table, days, make):
    for age in (days + LITTLE, days, days - LITTLE, -1):
        make(database, days_ago(age))

    assert cleared(database) == {table: 1}
    assert len(rows(database, table)) == 3
    assert cleared(database) == {}


def test_mail_that_waited_too_long_is_given_up_and_erased(database):
    add_parcel(database, days_ago(3 + LITTLE))
    add_parcel(database, days_ago(3 - LITTLE))

    assert cleared(database) == {"expired": 1}

    late, fresh = rows(database, "outbox")
    assert (late["payload"], late["failure"], late["done_at"]) == (None, "expired", NOW)
    assert (fresh["failure"], fresh["done_at"]) == (None, None)
    assert "비밀" in fresh["payload"]


def test_a_message_that_nobody_answered_is_not_kept_longer_than_texts(database):
    add_mail(database, 1, days_ago(TEXTS + LITTLE))
    add_mail(database, 2, days_ago(TEXTS - LITTLE))

    assert cleared(database) == {"expired": 1}

    assert [(row["update_id"], row["payload"] is None) for row in rows(database, "inbox")] == [(1, True), (2, False)]


def test_what_was_handled_late_is_known_for_three_more_days(database):
    add_mail(database, 1, days_ago(5), handled=days_ago(2))

    assert cleared(database) == {}


def test_contents_stay_while_a_reply_refers_to_them_and_the_newest_always(database):
    for number in range(1, 5):
        add_content(database, f"v{number}", days_ago(10 - number))
    add_reply(database, content="v2")
    add_reply(database, days_ago(RECORDS + 1), content="v3")

    assert cleared(database) == {"replies": 1, "contents": 2}
    assert [row["version"] for row in rows(database, "contents")] == ["v2", "v4"]


@pytest.mark.parametrize("state", ["closed", "declined", "withdrawn"])
def test_of_a_handoff_that_is_over_texts_address_and_name_go_before_the_rest(database, state):
    for number, age in enumerate((TEXTS + LITTLE, TEXTS - LITTLE), 1):
        add_handoff(database, days_ago(90), state=state, touched_at=days_ago(age))
        add_message(database, number, "answer", text="답", at=days_ago(age))

    assert cleared(database) == {"handoff_texts": 1, "answers": 1}

    late, fresh = rows(database, "handoffs")
    assert (late["text"], late["address"], late["clerk_name"], late["state"]) == ("", None, "", state)
    assert (fresh["text"], fresh["address"], fresh["clerk_name"]) == ("금액이 얼마예요", '{"chat_id": 777}', "김담당")
    assert [row["text"] for row in rows(database, "messages")] == [None, "답"]


def test_messages_go_with_their_handoff(database):
    for number, age in enumerate((RECORDS + LITTLE, RECORDS - LITTLE), 1):
        add_handoff(database, days_ago(age), **EMPTIED)
        add_message(database, number)

    assert cleared(database) == {"handoffs": 1, "messages": 1}
    assert [row["handoff"] for row in rows(database, "messages")] == [2]


def test_an_open_handoff_waits_long_before_it_is_closed(database):
    for age in (3 * TEXTS + LITTLE, 3 * TEXTS - LITTLE, 0):
        add_handoff(database, days_ago(2 * RECORDS), touched_at=days_ago(age))

    assert cleared(database) == {"closed": 1, "handoff_texts": 1}

    assert [(row["state"], bool(row["text"]), bool(row["address"])) for row in rows(database, "handoffs")] == [
        ("closed", False, False), ("open", True, True), ("open", True, True)
    ]  # fmt: skip


def test_whose_texts_have_gone_is_told_once(database):
    for _ in range(2):
        add_handoff(database, days_ago(TEXTS + 1), state="closed")
        purge(database, NOW, TEXTS, RECORDS)
    add_handoff(database, state="closed")
    purge(database, NOW, TEXTS, RECORDS)

    with database.begin() as connection:
        assert emptied(connection) == [1, 2]
        assert emptied(connection) == []


def test_proposals_that_wait_for_a_word_stay(database):
    for state in ("judging", "open"):
        add_proposal(database, days_ago(RECORDS * 2), state=state, version=state)

    assert cleared(database) == {}


def test_of_a_proposal_what_residents_said_and_the_clerks_name_go_before_the_rest(database):
    for state, age in (("published", TEXTS + LITTLE), ("open", TEXTS + LITTLE), ("declined", TEXTS - LITTLE)):
        add_proposal(database, days_ago(age), state=state, version=state, verdict="{}", clerk_name="김담당")

    assert cleared(database) == {"verdicts": 2}
    assert [(row["verdict"], row["clerk_name"]) for row in rows(database, "proposals")] == [(None, ""), (None, ""), ("{}", "김담당")]


def test_notes_pauses_and_publications_are_never_cleared(database):
    add(database, "notes", name="digest", value="1999-W01")
    add(database, "pauses", scope="*", at=days_ago(RECORDS * 9))
    add(database, "publications", version="v1", at=days_ago(RECORDS * 9), how="start")

    assert cleared(database) == {}


def test_a_message_that_is_given_up_still_tells_whoever_wants_to_know(database):
    add_parcel(database, days_ago(4), note='{"handoff": 1}')

    assert cleared(database) == {"expired": 1}
    assert cleared(database) == {}

    (row,) = rows(database, "outbox")
    assert (row["payload"], row["failure"], row["note"]) == (None, "expired", '{"handoff": 1}')


def test_the_journal_reaches_back_a_month_further_than_any_record(database, tmp_path):
    file = tmp_path / "journal"
    for person, age in (("p1", RECORDS + 31 + LITTLE), ("p2", RECORDS + 31), ("p3", 0)):
        journal.append(file, person, days_ago(age))

    removed = purge(database, NOW, TEXTS, RECORDS, file)

    assert removed["journal"] == 1
    assert [one.person for one in journal.read(file)] == ["p2", "p3"]


def test_nothing_to_clear_in_an_empty_database(database):
    assert cleared(database) == {}


def test_sqlite_keeps_no_trace_of_what_went(database):
    add_question(database, "지워질 글입니다", days_ago(TEXTS + 1))

    purge(database, NOW, TEXTS, RECORDS)

    if database.is_sqlite:
        files = list(database.file.parent.glob(database.file.name + "*"))
        assert files
        assert not any("지워질".encode() in file.read_bytes() for file in files)

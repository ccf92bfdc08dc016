"""What goes when, to the day."""

from __future__ import annotations

import pytest

from bot.store.retention import purge
from tests.store.filling import NOW, add, add_content, add_mail, add_parcel, add_question, add_reply, add_state, days_ago, rows

TEXTS, RECORDS = 30, 365
LITTLE = 1 / 86_400  # a second


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
    ],
)
def test_what_is_older_goes_and_the_rest_stays(database, table, days, make):
    for age in (days + LITTLE, days, days - LITTLE, 0):
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


def test_nothing_to_clear_in_an_empty_database(database):
    assert cleared(database) == {}


def test_sqlite_keeps_no_trace_of_what_went(database):
    add_question(database, "지워질 글입니다", days_ago(TEXTS + 1))

    purge(database, NOW, TEXTS, RECORDS)

    if database.is_sqlite:
        files = list(database.file.parent.glob(database.file.name + "*"))
        assert files
        assert not any("지워질".encode() in file.read_bytes() for file in files)

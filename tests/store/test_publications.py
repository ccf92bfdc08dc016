"""What is published is kept, listed, found by its beginning, and served again."""

from __future__ import annotations

import pytest

from bot.errors import StoreError
from bot.store import contents
from bot.store.publications import Publication, before, current, files_of, publish, versions
from bot.store.retention import purge
from tests.store.filling import NOW, add_content, add_reply, days_ago


def test_nothing_is_published_at_first(database):
    with database.begin() as connection:
        assert current(connection) is None
        assert versions(connection) == []
        assert before(connection, "aaa") is None


def test_what_was_published_last_speaks(database):
    with database.begin() as connection:
        first = publish(connection, "aaa", b"one", "start", days_ago(2))
        publish(connection, "bbb", b"two", "approved", days_ago(1), "s1", "금액을 고침")
        back = publish(connection, "aaa", b"one", "rollback", NOW)

    with database.begin() as connection:
        assert current(connection) == back
        assert [(one.version, one.how, one.person, one.note, one.at) for one in versions(connection)] == [
            ("aaa", "rollback", "", "", NOW),
            ("bbb", "approved", "s1", "금액을 고침", days_ago(1)),
            ("aaa", "start", "", "", days_ago(2)),
        ]
        assert versions(connection, 1) == [back]
        assert first == Publication(first.id, "aaa", days_ago(2), "start")


def test_versions_are_listed_with_the_replies_given_from_them(database):
    with database.begin() as connection:
        publish(connection, "aaa", b"one", "start", days_ago(2))
        publish(connection, "bbb", b"two", "saved", days_ago(1))
    for content in ("aaa", "aaa", "unknown"):
        add_reply(database, content=content)

    with database.begin() as connection:
        assert [(one.version, one.replies) for one in versions(connection)] == [("bbb", 0), ("aaa", 2)]


def test_the_one_before_is_that_of_its_first_time(database):
    with database.begin() as connection:
        for version in ("aaa", "bbb", "ccc", "aaa"):
            publish(connection, version, b"", "saved", NOW)

        assert [before(connection, version) for version in ("aaa", "bbb", "ccc")] == [None, "aaa", "bbb"]


def test_files_are_found_by_the_beginning_of_a_version(database):
    with database.begin() as connection:
        publish(connection, "abc1", b"one", "start", NOW)
        publish(connection, "abd2", b"two", "saved", NOW)

        assert files_of(connection, "abc") == ("abc1", b"one")
        assert files_of(connection, "abd2") == ("abd2", b"two")


@pytest.mark.parametrize(("prefix", "words"), [("ab", "abc1, abd2"), ("x", "보관되어 있지"), ("", "보관되어 있지"), ("%", "보관되어 있지")])
def test_a_beginning_of_several_or_of_none_is_an_error(database, prefix, words):
    with database.begin() as connection:
        publish(connection, "abc1", b"one", "start", NOW)
        publish(connection, "abd2", b"two", "saved", NOW)

        with pytest.raises(StoreError, match=words):
            files_of(connection, prefix)


def test_the_published_content_is_the_last_good_one_whoever_serves_another_yet(database):
    with database.begin() as connection:
        contents.keep(connection, "aaa", b"one", days_ago(1))
        publish(connection, "bbb", b"two", "approved", days_ago(1))
        contents.keep(connection, "aaa", b"one", NOW)  # a replica that has not heard of it

        assert contents.last_good(connection) == ("bbb", b"two")

        publish(connection, "aaa", b"one", "rollback", NOW)

        assert contents.last_good(connection) == ("aaa", b"one")


def test_every_published_version_is_kept_for_good(database):
    add_content(database, "never", days_ago(2000))
    with database.begin() as connection:
        publish(connection, "aaa", b"one", "start", days_ago(3000))
        publish(connection, "bbb", b"two", "saved", days_ago(1000))

    removed = purge(database, NOW, 30, 365)

    assert removed["contents"] == 1
    with database.begin() as connection:
        assert [one.version for one in versions(connection)] == ["bbb", "aaa"]
        assert files_of(connection, "aaa") == ("aaa", b"one")

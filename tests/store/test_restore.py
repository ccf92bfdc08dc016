"""Restoring: all or nothing, from either database into either, and nobody who asked to be forgotten comes back."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from bot.errors import StoreError
from bot.store import deletions as journal
from bot.store.backup import TABLES, back_up, rows_of
from bot.store.database import Database
from bot.store.restore import look, restore
from bot.store.running import RunLock, running
from bot.store.schema import replies
from tests.store.filling import NOW, add, add_content, add_mail, add_parcel, add_question, add_reply, add_state, days_ago, everything, rows


@pytest.fixture(params=["sqlite", "postgres"])
def other(request, tmp_path, postgres_url):
    """A second database, without tables."""
    opened = Database(f"sqlite:///{tmp_path / 'other' / 'bot.sqlite'}" if request.param == "sqlite" else postgres_url())
    yield opened
    opened.dispose()


def kept(database):
    """What a backup keeps of a database."""
    everywhere = everything(database)
    everywhere["inbox"] = [row for row in everywhere["inbox"] if row["handled_at"]]
    return {name: everywhere[name] for name in TABLES}


def test_a_backup_moves_from_either_database_to_either(database, other, backup):
    done = restore(other, backup, None, NOW)

    assert kept(other) == kept(database)
    assert rows(other, "outbox") == []
    assert (done.forgotten, done.aside, done.unread) == (0, None, False)
    assert done.head.rows["replies"] == 3


def test_there_and_back_again(database, other, backup, tmp_path):
    before = kept(database)
    restore(other, backup, None, NOW)
    back_up(other, tmp_path / "again.gz", NOW)

    restore(database, tmp_path / "again.gz", None, NOW)

    assert kept(database) == before


def test_everything_is_replaced_but_the_ids_of_what_was_handled(database, backup):
    add_reply(database, person="later")
    add_state(database, "later")
    add_content(database, "v3")
    add_mail(database, 3, handled=NOW)
    add_mail(database, 4)
    add_parcel(database)

    restore(database, backup, None, NOW)

    assert {row["person"] for row in rows(database, "replies")} == {"p1", "p2", "p3"}
    assert [row["version"] for row in rows(database, "contents")] == ["v1", "v2"]
    assert [row["update_id"] for row in rows(database, "inbox")] == [1, 3]
    assert rows(database, "outbox") == []


def test_new_rows_get_ids_that_no_button_carries(database, backup):
    restore(database, backup, None, NOW)

    add_reply(database, person="new")
    add_question(database, "새 물음")
    add(database, "deletions", person="new", at=NOW)

    with database.begin() as connection:
        assert connection.execute(select(replies.c.id).where(replies.c.person == "new")).scalar_one() > 1_000_000
    assert len(rows(database, "questions")) == 4


def test_who_asked_to_be_forgotten_stays_forgotten(database, backup, tmp_path):
    file = tmp_path / "bot.deletions.jsonl"
    journal.append(file, "p1", NOW)
    add(database, "deletions", person="p2", at=days_ago(1))
    journal.append(file, "p3", days_ago(4))  # who came back afterwards

    done = restore(database, backup, file, NOW)

    for table in ("conversations", "replies", "questions"):
        assert [row["person"] for row in rows(database, table)] == ["p3"], table
    assert {(row["person"], row["at"]) for row in rows(database, "deletions")} == {
        ("gone", days_ago(5)), ("p1", NOW), ("p2", days_ago(1)), ("p3", days_ago(4))
    }  # fmt: skip
    assert done.forgotten == 6


def test_a_clock_that_was_ahead_brings_nobody_back(database, backup):
    add(database, "deletions", person="p1", at=days_ago(1) - dt.timedelta(minutes=9))  # of another bot than the records
    add(database, "deletions", person="p2", at=days_ago(2) - dt.timedelta(minutes=11))

    restore(database, backup, None, NOW)

    assert {row["person"] for row in rows(database, "questions")} == {"p2", "p3"}


def test_a_restored_backup_of_a_restored_database_forgets_too(database, other, backup, tmp_path):
    file = tmp_path / "bot.deletions.jsonl"
    journal.append(file, "p1", NOW)
    restore(other, backup, file, NOW)
    back_up(other, tmp_path / "second.gz", NOW)
    file.unlink()

    restore(database, tmp_path / "second.gz", file, NOW)

    assert {row["person"] for row in rows(database, "replies")} == {"p2", "p3"}


@pytest.mark.parametrize("share", [0, 0.3, 0.99])
def test_a_bad_file_changes_nothing(database, backup, share):
    before = everything(database)
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(StoreError, match="백업 파일"):
        restore(database, backup, None, NOW)

    assert everything(database) == before


def test_rows_that_contradict_each_other_change_nothing(database, backup, monkeypatch):
    before = everything(database)
    monkeypatch.setattr("bot.store.restore.rows_of", lambda file, place: [*rows_of(file, place)] * 2)

    with pytest.raises(StoreError, match="서로 맞지"):
        restore(database, backup, None, NOW)

    assert everything(database) == before


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(StoreError, match="읽을 수 없습니다"):
        look(tmp_path / "nowhere.gz")


def test_a_bot_that_runs_keeps_a_restore_away(database, backup):
    before = everything(database)

    with RunLock(database).hold(shared=True):
        assert running(database)
        with pytest.raises(StoreError, match="쓰고 있"):
            restore(database, backup, None, NOW)

    assert not running(database)
    assert everything(database) == before


def test_bots_run_side_by_side_on_postgresql_only(database):
    with RunLock(database).hold(shared=True):
        if database.is_sqlite:
            with pytest.raises(StoreError, match="쓰고 있"), RunLock(database).hold(shared=True):
                pass
        else:
            with RunLock(database).hold(shared=True):
                assert running(database)


def test_a_restore_keeps_bots_away(database):
    with RunLock(database).hold(shared=False), pytest.raises(StoreError, match="되살리는"), RunLock(database).hold(shared=True):
        pass


def test_a_broken_sqlite_file_is_moved_aside(open_sqlite, tmp_path, backup):
    fresh = open_sqlite("broken.sqlite")
    fresh.file.write_bytes(b"not a database at all" * 500)
    file = tmp_path / "broken.deletions.jsonl"
    journal.append(file, "p1", NOW)

    done = restore(fresh, backup, file, NOW)

    assert done.unread
    assert done.aside.read_bytes().startswith(b"not a database")
    assert {row["person"] for row in rows(fresh, "replies")} == {"p2", "p3"}

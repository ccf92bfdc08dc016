"""Restoring: all or nothing, from either database into either, and nobody who asked to be forgotten comes back."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest
from sqlalchemy import delete, select, update

from bot.errors import StoreError
from bot.store import deletions as journal
from bot.store.backup import TABLES, back_up, rows_of
from bot.store.database import Database
from bot.store.restore import look, restore
from bot.store.running import RunLock, running
from bot.store.schema import blocks, pauses, replies
from tests.store.filling import (
    FIRST,
    NOW,
    add,
    add_content,
    add_handoff,
    add_mail,
    add_message,
    add_parcel,
    add_proposal,
    add_question,
    add_reply,
    add_state,
    days_ago,
    everything,
    rows,
)


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
    return {name: [{column.name: row[column.name] for column in columns} for row in everywhere[name]] for name, columns in TABLES.items()}


def after(before):
    """The same after a restore: no hand-off is open."""
    return {**before, "handoffs": [{**row, "state": "closed"} for row in before["handoffs"]]}


def test_a_backup_moves_from_either_database_to_either(database, other, backup):
    done = restore(other, backup, None, NOW)

    assert kept(other) == after(kept(database))
    assert [rows(other, name) for name in ("outbox", "drafts", "proposals", "notes")] == [[]] * 4
    assert [(row["address"], row["clerk_name"]) for row in rows(other, "handoffs")] == [(None, "")] * 3
    assert (done.forgotten, done.closed, done.aside, done.unread) == (0, 1, None, False)
    assert done.head.rows["replies"] == 3


def test_there_and_back_again(database, other, backup, tmp_path):
    before = kept(database)
    restore(other, backup, None, NOW)
    back_up(other, tmp_path / "again.gz", NOW)

    restore(database, tmp_path / "again.gz", None, NOW)

    assert kept(database) == after(before)


def test_a_backup_of_the_first_tables_is_restored(database, backup, tmp_path):
    head, *lines, _ = gzip.decompress(backup.read_bytes()).splitlines()
    first = [line for line in lines if json.loads(line)[0] in FIRST]
    end = {"rows": {name: sum(json.loads(line)[0] == name for line in first) for name in FIRST}}
    old = tmp_path / "old.gz"
    old.write_bytes(gzip.compress(b"\n".join([head.replace(b'"0002"', b'"0001"'), *first, json.dumps(end).encode(), b""])))

    done = restore(database, old, None, NOW)

    assert (done.head.revision, done.closed) == ("0001", 0)
    assert len(rows(database, "replies")) == 3
    assert [rows(database, name) for name in ("handoffs", "messages", "votes", "publications")] == [[]] * 4


def test_what_staff_have_stopped_then_or_since_stays_stopped(database, backup):
    with database.begin() as connection:
        connection.execute(delete(pauses))
        connection.execute(update(blocks).values(until=days_ago(-9)))
    add(database, "pauses", scope="*", at=NOW, person="s2")
    add(database, "blocks", person="p8", until=days_ago(-1))

    restore(database, backup, None, NOW)

    assert [row["scope"] for row in rows(database, "pauses")] == ["*", "lamp"]
    assert {row["person"]: row["until"] for row in rows(database, "blocks")} == {"p8": days_ago(-1), "p9": days_ago(-9)}


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


def test_no_number_is_told_twice(other, database, backup):
    restore(other, backup, None, NOW)

    add_handoff(other)
    add_proposal(other)
    add(other, "publications", version="v1", at=NOW, how="rollback")
    add_message(other, 4)

    assert rows(other, "handoffs")[-1]["id"] > 10_000
    assert rows(other, "proposals")[-1]["id"] > 10_000
    assert [row["how"] for row in rows(other, "publications")] == ["start", "approved", "rollback"]
    assert len(rows(other, "messages")) == 10


def test_no_number_is_told_twice_where_the_backup_has_none(other, open_sqlite, tmp_path):
    empty = open_sqlite("empty.sqlite")
    empty.upgrade()
    back_up(empty, tmp_path / "empty.gz", NOW)

    restore(other, tmp_path / "empty.gz", None, NOW)

    add_handoff(other)
    add_proposal(other)
    add_reply(other)
    assert [rows(other, name)[0]["id"] > 10_000 for name in ("handoffs", "proposals", "replies")] == [True] * 3


def test_proposals_are_counted_on_though_no_backup_holds_them(other, database, tmp_path):
    add_proposal(database, id=500_000)
    back_up(database, tmp_path / "b.gz", NOW)

    restore(other, tmp_path / "b.gz", None, NOW)

    add_proposal(other)
    assert rows(other, "proposals")[0]["id"] > 500_000


def test_who_asked_to_be_forgotten_stays_forgotten(database, backup, tmp_path):
    file = tmp_path / "bot.deletions.jsonl"
    journal.append(file, "p1", NOW)
    add(database, "deletions", person="p2", at=days_ago(1))
    journal.append(file, "p3", days_ago(4))  # who came back afterwards

    done = restore(database, backup, file, NOW)

    for table in ("conversations", "replies", "questions", "votes", "handoffs"):
        assert [row["person"] for row in rows(database, table)] == ["p3"], table
    assert {(row["person"], row["at"]) for row in rows(database, "deletions")} == {
        ("gone", days_ago(5)), ("p1", NOW), ("p2", days_ago(1)), ("p3", days_ago(4))
    }  # fmt: skip
    assert {row["handoff"] for row in rows(database, "messages")} == {3}
    assert done.forgotten == 16


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


def test_a_block_is_no_way_out(database, backup):
    add(database, "deletions", person="p9", at=NOW)

    restore(database, backup, None, NOW)

    assert [row["person"] for row in rows(database, "blocks")] == ["p9"]


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

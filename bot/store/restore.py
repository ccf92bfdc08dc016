"""Restoring a backup: everything is replaced, in one transaction, or nothing is.

Promises: whoever asked to be forgotten after the backup was made stays forgotten; no update that was handled, then or since, is handled
again; ids of replies and proposals and the numbers of hand-offs are not given a second time; what staff have stopped (pauses, blocks), then
or since, stays stopped. Messages that wait to be answered or sent in the database as it is go with the rest, and so do drafts and proposals.
A backup holds no address: a hand-off that was open in it can be answered no more, and is closed.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from bot.errors import StoreError
from bot.store import deletions as journal
from bot.store.backup import BATCH, Head, Row, check, rows_of, table_of
from bot.store.database import Database
from bot.store.deletions import Deletion
from bot.store.reading import reading
from bot.store.running import RunLock
from bot.store.schema import (
    blocks,
    contents,
    conversations,
    deletions,
    drafts,
    handoffs,
    inbox,
    marks,
    messages,
    outbox,
    pauses,
    proposals,
    publications,
    questions,
    replies,
    votes,
)

# Ids that may have been given since the backup was made: buttons in chats carry them, and residents have been told them.
_SKIPPED = {replies.name: 1_000_000, handoffs.name: 10_000, proposals.name: 10_000}
_COUNTED = (replies, handoffs, proposals, questions, deletions, publications, messages)
_REPLACED = (
    conversations, replies, questions, contents, deletions, marks, outbox, publications, proposals, votes, drafts, handoffs, messages,
)  # fmt: skip
_ADDED = (inbox, pauses, blocks)  # what is there already stays
_DATED = {conversations: conversations.c.updated_at, **{table: table.c.at for table in (replies, questions, votes, handoffs)}}
_MARGIN = dt.timedelta(minutes=10)  # by which the clocks of two bots may differ


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done.

    head       what the backup held
    forgotten  rows of people who have asked to be forgotten, removed again
    closed     hand-offs that were open in the backup
    aside      where a broken SQLite file was moved to
    unread     whether the deletions of the database as it was could not be read
    """

    head: Head
    forgotten: int
    closed: int
    aside: Path | None
    unread: bool


def look(path: Path) -> Head:
    """What the backup holds. Raises StoreError where it cannot be restored."""
    with _opened(path) as file:
        return check(file, str(path))


def restore(database: Database, path: Path, journal_file: Path | None, now: dt.datetime) -> Restored:
    """Puts the backup in place of what the database holds. Raises StoreError, and then nothing has changed."""
    with _opened(path) as file:
        head = check(file, str(path))
        with RunLock(database).hold(shared=False):
            asked = set(journal.read(journal_file)) if journal_file is not None else set()
            current = _current_deletions(database)
            aside = _set_aside(database, now)
            database.upgrade()
            try:
                with database.begin(patient=True) as connection:
                    _replace(connection, rows_of(file, str(path)))
                    _keep_counting(connection, {proposals.name: head.given_proposals})
                    forgotten = _forget(connection, asked | (current or set()))
                    closed = connection.execute(update(handoffs).where(handoffs.c.state == "open").values(state="closed")).rowcount
            except IntegrityError:
                raise StoreError(str(path), "백업 파일의 내용이 서로 맞지 않습니다.", "온전한 백업 파일을 골라 주세요.") from None
        database.shrink()
    return Restored(head, forgotten, closed, aside, current is None)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise StoreError(str(path), f"백업을 읽을 수 없습니다({error.strerror}).", "파일이 있는지, 권한이 맞는지 확인해 주세요.") from None


def _current_deletions(database: Database) -> set[Deletion] | None:
    """Who has asked the database as it is; None where it cannot tell."""
    if database.file is not None and not database.file.exists():
        return set()
    try:
        if database.revision() is None:
            return set()
        with reading(database) as connection:
            return _deletions(connection)
    except StoreError:
        return None


def _deletions(connection: Connection) -> set[Deletion]:
    return {Deletion(row.person, row.at) for row in connection.execute(select(deletions.c.person, deletions.c.at))}


def _set_aside(database: Database, now: dt.datetime) -> Path | None:
    """Moves an SQLite file that is broken out of the way, so that a new one can take its place."""
    if database.file is None or not database.file.exists() or not _is_broken(database.file):
        return None
    database.dispose()
    aside = database.file.with_name(f"{database.file.name}.broken-{now:%Y%m%d%H%M%S}")
    try:
        for suffix in ("", "-wal", "-shm"):
            file = database.file.with_name(database.file.name + suffix)
            if file.exists():
                file.rename(aside.with_name(aside.name + suffix))
    except OSError as error:
        raise StoreError(str(database.file), f"깨진 파일을 옮길 수 없습니다({error.strerror}).", "폴더의 권한을 확인해 주세요.") from None
    return aside


def _is_broken(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(file)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.OperationalError:
        return False  # locked, or not ours to read: it says nothing of the file itself
    except sqlite3.DatabaseError:
        return True


def _replace(connection: Connection, rows: Iterable[Row]) -> None:
    for table in _REPLACED:
        connection.execute(delete(table))
    connection.execute(delete(inbox).where(inbox.c.handled_at.is_(None)))
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    for name, values in _batches(rows):
        table = table_of(name)
        connection.execute(dialect.insert(table).on_conflict_do_nothing() if table in _ADDED else insert(table), values)


def _batches(rows: Iterable[Row]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        for name in dict.fromkeys(row.table for row in batch):
            yield name, [row.values for row in batch if row.table == name]


def _forget(connection: Connection, asked: Iterable[Deletion]) -> int:
    """Removes what the restored rows hold of people who asked later; how many rows. Their asking is on record again."""
    kept = _deletions(connection)
    new = sorted(set(asked) - kept, key=lambda deletion: deletion.at)
    if new:
        connection.execute(insert(deletions), [{"person": one.person, "at": one.at} for one in new])
    removed = 0
    for one in kept | set(new):
        theirs = select(handoffs.c.id).where((handoffs.c.person == one.person) & (handoffs.c.at <= one.at + _MARGIN))
        removed += connection.execute(delete(messages).where(messages.c.handoff.in_(theirs))).rowcount
        for table, since in _DATED.items():
            removed += connection.execute(delete(table).where((table.c.person == one.person) & (since <= one.at + _MARGIN))).rowcount
    return removed


def _keep_counting(connection: Connection, given: dict[str, int]) -> None:
    """Sees to it that new rows get ids of their own: PostgreSQL counts apart from what is put in. given: what was, beside the rows."""
    for table in _COUNTED:
        kept = connection.execute(text(f"SELECT coalesce(max(id), 0) FROM {table.name}")).scalar_one()
        values = {"name": table.name, "highest": max(kept, given.get(table.name, 0)) + _SKIPPED.get(table.name, 0)}
        if connection.dialect.name == "postgresql":
            sequence = connection.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), values).scalar_one()
            counted = connection.execute(text("SELECT nextval(:sequence)"), {"sequence": sequence}).scalar_one()
            connection.execute(text("SELECT setval(:sequence, :value)"), {"sequence": sequence, "value": max(values["highest"], counted)})
        elif table.name in _SKIPPED:
            missing = "SELECT :name, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :name)"  # before its first row
            connection.execute(text(f"INSERT INTO sqlite_sequence (name, seq) {missing}"), values)
            connection.execute(text("UPDATE sqlite_sequence SET seq = max(seq, :highest) WHERE name = :name"), values)

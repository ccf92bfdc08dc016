"""Backups: one portable file, of SQLite or PostgreSQL, for either.

    gzip of JSON lines
    {"format": "yongsan-bot backup", "version": 1, "revision": "0002", "at": "2026-01-01T00:00:00+00:00", "given": {"proposals": 3}}
    ["replies", {"id": 1, …}]                        one line a row
    {"rows": {"replies": 1, …}}                      the end, by which a file that was cut off is known

Promises: a backup shows one moment, while the bot goes on; it holds no message that waits, no text on its way, no address and no name. A
file is checked to its end before anything is restored from it (restore.py); neither way is a whole table held in memory. Backups of earlier
tables are read too.

Left out: what has not been approved yet, by a resident (drafts) or by staff (proposals: the files are in the folder), and what the bot notes
of itself (notes).
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Column, Integer, LargeBinary, Select, Table, func, select

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.deletions import sync_folder
from bot.store.reading import reading, revisions
from bot.store.schema import (
    UTC,
    blocks,
    contents,
    conversations,
    deletions,
    handoffs,
    inbox,
    marks,
    messages,
    pauses,
    proposals,
    publications,
    questions,
    replies,
    votes,
)

FORMAT, VERSION = "yongsan-bot backup", 1
BATCH = 500  # rows
_HANDLED = (inbox.c.bot, inbox.c.update_id, inbox.c.chat, inbox.c.received_at, inbox.c.handled_at)
_OF_STAFF = (publications, pauses, votes, messages, blocks)
TABLES: dict[str, tuple[Column[Any], ...]] = {
    **{table.name: tuple(table.columns) for table in (contents, conversations, replies, questions, deletions, marks)},
    inbox.name: _HANDLED,
    **{table.name: tuple(table.columns) for table in _OF_STAFF},
    handoffs.name: tuple(column for column in handoffs.columns if column.name not in ("address", "clerk_name")),
}
_SINCE = dict.fromkeys((*(table.name for table in _OF_STAFF), handoffs.name), "0002")  # the revision that made a table, where not the first


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, as the tables take it."""

    table: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup says of itself.

    rows             by table
    given_proposals  highest id of a proposal: none of them is in it, but buttons carry their ids
    """

    revision: str
    at: dt.datetime
    rows: dict[str, int]
    given_proposals: int = 0


# -- writing ---------------------------------------------------------------------------------------------------------


def back_up(database: Database, path: Path, now: dt.datetime, force: bool = False) -> dict[str, int]:
    """Writes a backup; how many rows of each table. Raises StoreError, and then leaves an earlier file as it was.

    force  an earlier backup of that name may go; another kind of file never
    """
    _refuse(path, force)
    part: Path | None = None
    _clear(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)  # of mode 600
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            rows = _write(database, file, now)
            file.flush()
            os.fsync(file.fileno())
        _put(part, path, force)
        sync_folder(path.parent)
    except OSError as error:
        raise StoreError(str(path), f"백업을 쓸 수 없습니다({error.strerror}).", "폴더의 권한과 빈 자리를 확인해 주세요.") from None
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return rows


def _refuse(path: Path, force: bool) -> None:
    """Raises StoreError where something stands in the way."""
    if path.is_dir():
        raise StoreError(str(path), "폴더입니다.", "파일 이름까지 적어 주세요.")
    if not path.exists():
        return
    if not force:
        raise StoreError(str(path), "이미 있습니다.", "다른 이름을 쓰거나, 덮어쓰려면 --force를 붙여 주세요.")
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError as error:
        raise StoreError(str(path), f"읽을 수 없습니다({error.strerror}).", "다른 이름을 써 주세요.") from None
    if start not in (b"", b"\x1f\x8b"):  # a database, a key
        raise StoreError(str(path), "백업 파일이 아니어서 덮어쓰지 않았습니다.", "다른 이름을 써 주세요.")


def _clear(path: Path) -> None:
    """Removes what backups of that name have left behind that were killed: nothing but what mkstemp would have called it."""
    left = re.compile(rf"\.{re.escape(path.name)}\.[a-z0-9_]{{8}}\.part")
    with suppress(OSError):
        for file in path.parent.iterdir():
            if left.fullmatch(file.name):
                file.unlink(missing_ok=True)


def _put(part: Path, path: Path, force: bool) -> None:
    """Gives the finished file its name, and takes none from a file that has come meanwhile."""
    if force:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise StoreError(str(path), "그사이 같은 이름의 파일이 생겼습니다.", "다른 이름을 써 주세요.") from None
    except OSError:  # a file system without links
        part.rename(path)


def _write(database: Database, file: BinaryIO, now: dt.datetime) -> dict[str, int]:
    rows = dict.fromkeys(TABLES, 0)
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed, reading(database) as connection:
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        given = {proposals.name: connection.execute(select(func.coalesce(func.max(proposals.c.id), 0))).scalar_one()}
        at = now.astimezone(dt.timezone.utc).isoformat()
        packed.write(_line({"format": FORMAT, "version": VERSION, "revision": revision, "at": at, "given": given}))
        for name, columns in TABLES.items():
            found = connection.execute(_query(name, columns), execution_options={"yield_per": BATCH})
            for row in found.mappings():
                packed.write(_line([name, {key: _plain(value) for key, value in row.items()}]))
                rows[name] += 1
        packed.write(_line({"rows": rows}))
    return rows


def _query(name: str, columns: tuple[Column[Any], ...]) -> Select[Any]:
    return select(*columns).where(inbox.c.handled_at.is_not(None)) if name == inbox.name else select(*columns)


def _line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


# -- reading ---------------------------------------------------------------------------------------------------------


def check(file: BinaryIO, place: str) -> Head:
    """Reads a backup to its end. Raises StoreError for anything in it that could not be restored."""
    rows = dict.fromkeys(TABLES, 0)
    parts = _parts(file, place)
    head = next(parts)
    assert isinstance(head, Head)
    for part in parts:
        if isinstance(part, Row):
            rows[part.table] += 1
    return replace(head, rows=rows)


def rows_of(file: BinaryIO, place: str) -> Iterator[Row]:
    """The rows of a backup. Raises StoreError."""
    file.seek(0)
    for part in _parts(file, place):
        if isinstance(part, Row):
            yield part


def _parts(file: BinaryIO, place: str) -> Iterator[Head | Row]:
    """The head, then the rows; comes to its end only where the file does."""
    stated: Any = None
    lines = _lines(file, place)
    head = _head(next(lines, b""), place)
    yield head
    counted = {name: 0 for name in TABLES if _SINCE.get(name, "0001") <= head.revision}
    for line in lines:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise _damaged(place) from None
        if stated is not None:
            raise _damaged(place)
        if isinstance(value, dict):
            stated = value.get("rows")
            if stated != counted:
                raise _damaged(place)
            continue
        row = _row(value, place)
        if row.table not in counted:
            raise _damaged(place)
        counted[row.table] += 1
        yield row
    if stated is None:
        raise _cut_off(place)


def _lines(file: BinaryIO, place: str) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
            yield from unpacked
    except EOFError:
        raise _cut_off(place) from None
    except gzip.BadGzipFile as error:
        raise (_not_one(place) if "Not a gzipped" in str(error) else _damaged(place)) from None
    except zlib.error:
        raise _damaged(place) from None
    except OSError as error:
        raise StoreError(place, f"백업을 읽을 수 없습니다({error.strerror}).", "파일이 있는지, 권한이 맞는지 확인해 주세요.") from None


def _head(line: bytes, place: str) -> Head:
    try:
        value = json.loads(line)
        is_ours = value["format"] == FORMAT
        version, revision, at = int(value["version"]), str(value["revision"]), _time(value["at"])
        given = int(value.get("given", {}).get(proposals.name, 0))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise _not_one(place) from None
    if not is_ours:
        raise _not_one(place)
    if version > VERSION or revision not in revisions():
        raise StoreError(place, f"이 프로그램보다 새 판이 쓴 백업입니다({version}, {revision}).", "프로그램을 새 판으로 바꿔 주세요.")
    return Head(revision, at, {}, min(max(given, 0), 2**62))


def _row(value: Any, place: str) -> Row:
    try:
        name, given = value
        columns: dict[str, Column[Any]] = {column.name: column for column in TABLES[name]}
        values = {key: _value(columns[key], plain) for key, plain in given.items()}
        missing = [c.name for c in columns.values() if not (c.name in values or c.nullable or c.server_default is not None)]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise _damaged(place) from None
    if missing:
        raise _damaged(place)
    return Row(name, values)


def _value(column: Column[Any], plain: Any) -> Any:
    """A value as its column takes it. Raises ValueError or TypeError."""
    if plain is None:
        if not column.nullable:
            raise ValueError
        return None
    if isinstance(column.type, UTC):
        return _time(plain)
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(plain, validate=True)
    if isinstance(column.type, Integer):
        if type(plain) is not int or not -(2**63) <= plain < 2**63:
            raise TypeError
        return plain
    if not isinstance(plain, str):
        raise TypeError
    return plain.replace("\0", "")  # which PostgreSQL does not take


def _time(plain: Any) -> dt.datetime:
    time = dt.datetime.fromisoformat(plain)
    if time.tzinfo is None:
        raise ValueError
    return time.astimezone(dt.timezone.utc)


def _cut_off(place: str) -> StoreError:
    return StoreError(place, "백업 파일이 중간에 끊겼습니다.", "온전한 백업 파일을 골라 주세요. 아무것도 바꾸지 않았습니다.")


def _damaged(place: str) -> StoreError:
    return StoreError(place, "백업 파일이 깨졌습니다.", "온전한 백업 파일을 골라 주세요. 아무것도 바꾸지 않았습니다.")


def _not_one(place: str) -> StoreError:
    return StoreError(place, "이 프로그램의 백업 파일이 아닙니다.", "'yongsan-bot db backup'으로 만든 파일을 골라 주세요.")


def table_of(name: str) -> Table:
    """The table of that name in a backup."""
    table = TABLES[name][0].table
    assert isinstance(table, Table)
    return table

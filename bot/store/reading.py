"""Looking into a database that is there, without making one, changing it or keeping the bot from writing.

Used by reports and backups. A database that is not there yet, or whose tables are those of another version, is a StoreError.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import StoreError
from bot.store.database import Database, lift_limits, translated

_MAKE = "봇을 한 번 띄우거나 'yongsan-bot db upgrade'로 만들어 주세요. 다른 곳에 있다면 store.url을 확인해 주세요."


def open_existing(address: str) -> Database:
    """The database of that address. Raises StoreError where there is none, or its tables are not those of this program."""
    database = Database(address, threads=1)
    if database.file is not None and not database.file.exists():
        raise StoreError(str(database.file), "아직 데이터베이스가 없습니다.", _MAKE)
    try:
        _refuse(database)
    except StoreError:
        database.dispose()
        raise
    return database


def _refuse(database: Database) -> None:
    """Raises StoreError where the tables are not those of this program."""
    revision = database.revision()
    if revision is None:
        raise StoreError(str(database.file or "store.url"), "아직 데이터베이스에 표가 없습니다.", _MAKE)
    if revision != revisions()[-1]:
        is_older = revision in revisions()
        remedy = "'yongsan-bot db upgrade'로 표를 새로 고쳐 주세요." if is_older else "프로그램을 새 판으로 바꿔 주세요."
        raise StoreError("store.url", f"데이터베이스가 이 프로그램보다 {'옛것' if is_older else '새것'}입니다({revision}).", remedy)


def revisions() -> list[str]:
    """The migrations that this program knows, oldest first."""
    scripts = ScriptDirectory(str(Path(__file__).with_name("migrations")))
    return [script.revision for script in scripts.walk_revisions()][::-1]


@contextmanager
def reading(database: Database) -> Iterator[Connection]:
    """A transaction that sees one moment throughout and writes nothing. Raises StoreError where the database fails."""
    options: dict[str, Any] = {} if database.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with translated(), database.engine.connect().execution_options(**options) as connection:
        if database.is_sqlite:
            # `Database` takes the lock for writing with every transaction; a reader of the write-ahead log needs none.
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("BEGIN DEFERRED")
        lift_limits(connection)
        yield connection

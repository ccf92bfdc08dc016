"""Opening and migrating, on both databases."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, insert, inspect, select, text

from bot.errors import StoreError, StoreLost
from bot.store.database import Database
from bot.store.locks import ChatLocks
from bot.store.reading import reading
from bot.store.running import RunLock
from bot.store.schema import deletions, metadata

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request):
    """A database that no migration has seen."""
    address = request.getfixturevalue("sqlite_url") if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    opened = Database(address)
    yield opened
    opened.dispose()


def test_upgrade_makes_the_tables_from_nothing_and_does_nothing_twice(empty):
    before, head = empty.upgrade()

    assert before is None
    assert empty.upgrade() == (head, head)
    assert empty.revision() == head
    assert {*metadata.tables} <= {*inspect(empty.engine).get_table_names()}


def test_a_newer_database_is_refused(database):
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match="9999"):
        database.upgrade()

    assert database.revision() == "9999"


def test_the_migrations_make_what_the_schema_says(database):
    inspector = inspect(database.engine)

    for table in metadata.sorted_tables:
        assert {column["name"] for column in inspector.get_columns(table.name)} == {*table.columns.keys()}
        assert {index["name"] for index in inspector.get_indexes(table.name)} == {index.name for index in table.indexes}


def test_begin_keeps_a_block_whole_or_not_at_all(database):
    def fail():
        with database.begin() as connection:
            connection.execute(metadata.tables["contents"].insert(), {"version": "a", "served_at": NOW, "files": b""})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with database.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM contents")).scalar_one() == 0


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed"])
def test_sqlite_file_that_was_taken_away_is_put_back(sqlite_url, is_open):
    database = Database(sqlite_url)
    database.upgrade()
    with database.begin() as connection:
        connection.execute(insert(deletions).values(person="a" * 32, at=dt.datetime.now(dt.timezone.utc)))
    if not is_open:
        database.dispose()
    for file in database.file.parent.glob(f"{database.file.name}*"):
        file.unlink()

    assert database.heal()

    with database.begin() as connection:
        assert connection.execute(select(func.count()).select_from(deletions)).scalar_one() == (1 if is_open else 0)
    assert not database.heal()
    database.dispose()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://bot:p@ss:w0rdSECRET@db/bot",
        "postgresql://bot:SECRET@db:notaport/bot",
        "postgresql://bot:SECRET@[::1/bot",
        "postgresql://bot:SECRET@db/bot?port=x",
        "postgresql://bot:SECRET@local..host/bot",
        "sqlite://SECRET/x.db",
        "sqlite:///SECRET?timeout=abc",
        "sqlite:////tmp/SECRET\0",
        "SECRET",
        "",
    ],
)
def test_an_address_that_cannot_be_read_is_one_error_that_shows_nothing_of_it(address):
    with pytest.raises(StoreError) as caught:
        Database(address).revision()

    assert (caught.value.place, caught.value.problem) == ("store.url", "데이터베이스 주소를 읽을 수 없습니다.")
    assert "%40" in caught.value.remedy
    assert "SECRET" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.fixture
def server(postgres_url):
    """A PostgreSQL database with tables."""
    database = Database(postgres_url("template1"))
    yield database
    database.dispose()


def test_postgresql_ends_what_takes_too_long_but_for_long_work(server):
    def limits(connection):
        return [connection.execute(text(f"SHOW {name}_timeout")).scalar_one() for name in ("statement", "lock")]

    with server.begin(patient=True) as long, reading(server) as backup, server.begin() as usual:
        assert (limits(long), limits(backup), limits(usual)) == (["0", "0"], ["0", "0"], ["10s", "10s"])
    with server.begin() as after:
        assert limits(after) == ["10s", "10s"]


def test_a_server_that_hangs_keeps_nothing_from_ending(server, monkeypatch):
    monkeypatch.setattr("bot.store.locks._CLOSE_SECONDS", 0.2)
    locks, run_lock, pool = ChatLocks(server), RunLock(server), ThreadPoolExecutor(2)
    assert locks.take("a" * 32)
    with run_lock.hold(shared=True), server.begin() as connection:
        pids = connection.execute(text("SELECT pid FROM pg_locks WHERE locktype = 'advisory'")).scalars().all()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        asked = [pool.submit(locks.take, "b" * 32), pool.submit(run_lock._session.execute, text("SELECT 1"))]
        time.sleep(0.3)
    try:
        locks.close()
        server.dispose()

        assert isinstance(asked[0].exception(10), StoreLost)
        assert asked[1].exception(10) is not None
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        pool.shutdown()


def test_broken_file_is_told_with_the_way_to_restore_it(tmp_path):
    (tmp_path / "bot.sqlite").write_bytes(b"this is no database" * 100)
    database = Database(f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}")

    with pytest.raises(StoreError) as caught:
        database.upgrade()
    database.dispose()

    assert "db restore" in caught.value.remedy

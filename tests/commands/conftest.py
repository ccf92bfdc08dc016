"""Databases for the commands over the store. What differs between SQLite and PostgreSQL is tested in tests/store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.store.database import Database
from tests.store.conftest import postgres, postgres_url, sqlite_url

__all__ = ["postgres", "postgres_url", "sqlite_url"]


@pytest.fixture
def database(sqlite_url) -> Iterator[Database]:
    """An SQLite file with tables and nothing in them."""
    opened = Database(sqlite_url)
    opened.upgrade()
    yield opened
    opened.dispose()


@pytest.fixture
def run_on(run_bot, database, sqlite_url) -> Callable[..., Any]:
    """Runs the program over that database."""
    return lambda *arguments: run_bot(*arguments, YONGSAN_BOT_STORE__URL=sqlite_url)

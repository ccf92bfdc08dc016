"""Databases for the commands over the store. What differs between SQLite and PostgreSQL is tested in tests/store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import click
import pytest

from bot.cli import cli
from bot.errors import BotError
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


@dataclass(frozen=True)
class Done:
    """What became of a command: its exit status, what it printed, the message it ended with."""

    status: int
    text: str
    error: str = ""


@pytest.fixture
def call(database, sqlite_url, monkeypatch, capsys, tmp_path) -> Callable[..., Done]:
    """Runs a command over that database within the test's own process: a second less than a process of its own."""
    monkeypatch.setenv("YONGSAN_BOT_STORE__URL", sqlite_url)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Done:
        capsys.readouterr()
        try:
            status, error = cli([*arguments], standalone_mode=False) or 0, ""
        except BotError as fault:
            status, error = fault.status, str(fault)
        except click.UsageError as fault:
            status, error = fault.exit_code, fault.format_message()
        return Done(status, capsys.readouterr().out, error)

    return call

"""Long runs: short in `make test`, whole in `make soak` (pytest --soak), which prints what it measured."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from botapi import BotApi
from channels.telegram.running import KEY, QUICK, Running, free_port  # noqa: F401
from store.conftest import postgres, postgres_url  # noqa: F401


@pytest.fixture
def is_long(request) -> bool:
    """Whether this is the whole run."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture
def report(request) -> Callable[[str], None]:
    """Writes a line past pytest's capturing, in the whole run."""
    manager = request.config.pluginmanager.getplugin("capturemanager")

    def write(line: str) -> None:
        if request.config.getoption("--soak"):
            with manager.global_and_fixture_disabled():
                sys.stdout.write(f"\n  {line}")
                sys.stdout.flush()

    return write


@pytest.fixture
def api():
    with BotApi(token="1234567:TEST-token-of-the-tests-000", username="yongsan_test_bot") as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request) -> str:
    """The address of an empty database; "" for SQLite in the folder of the test."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()


@pytest.fixture
def run(api, tmp_path) -> Callable[..., Any]:
    """A bot that is started by `with run(...)`."""

    def make(store: str = "", **settings: Any) -> Running:
        return Running(api, tmp_path, store, **settings)

    return make

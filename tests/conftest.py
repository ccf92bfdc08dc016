"""Makers that every layer's tests share."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser):
    parser.addoption("--soak", action="store_true", help="the long runs in full; prints what they measured")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    """A developer's own environment changes no test."""
    for name in list(os.environ):
        if name.upper().startswith("YONGSAN_BOT_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def engine():
    """The engine over the packaged content, with the default settings."""
    from bot.commands.opening import open_engine
    from bot.config import Settings

    return open_engine(Settings())


@pytest.fixture(scope="session")
def now():
    """A morning when the newsletter was new."""
    return dt.datetime(2021, 2, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=9)))


@pytest.fixture
def run_bot(tmp_path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs the program as a process of its own, in an empty folder."""
    home = tmp_path / "elsewhere"
    home.mkdir()

    def run(*arguments: str, stdin: bytes = b"", cwd: Path = home, **environment: str) -> subprocess.CompletedProcess[bytes]:
        inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith("YONGSAN_BOT_")}
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            input=stdin,
            cwd=cwd,
            env={**inherited, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            timeout=120,
            check=False,
        )

    return run

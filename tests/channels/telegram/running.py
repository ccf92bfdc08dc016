"""Runs the whole bot, as a process of its own, against the strict fake of Telegram's server.

    with BotApi() as api, Running(api, tmp_path) as bot:     # by default SQLite in the folder, no limits of rate
        api.message(501, "비상벨 몇 개예요?")
        api.wait(lambda: api.sent(501))
        bot.stop()                                           # SIGTERM; or kill(), and start() on the same database
        api.check()

The fixtures below are for every test of this folder (conftest.py).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from botapi import BotApi, Sent
from store.conftest import postgres, postgres_url

ROOT = Path(__file__).resolve().parents[3]
CLOCKED = Path(__file__).with_name("clocked.py")
START_SECONDS = 30.0
STOP_SECONDS = 30.0
_LOOK_SECONDS = 0.01
KEY = "the-key-of-the-tests"  # PostgreSQL wants one
# What a test would otherwise have to wait for.
QUICK = {
    "telegram__rates__per_second": 0,
    "telegram__rates__group_per_minute": 0,
    "limits__messages_per_minute": 100_000,
}


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Running:
    """One bot: started by `start` or `with`, stopped by `stop`, `kill` or the end of the block.

    settings  as environment variables are named: limits__message_length=200; None leaves one out
    store     SQLAlchemy address; the same after a restart
    port      of /readyz and /metrics
    now       what its clock shows at first, in Seoul ("2021-02-05T19:40"); `turn` sets it anew. Else the machine's clock counts
    """

    def __init__(self, api: BotApi, folder: Path, store: str = "", now: str = "", **settings: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.api, self.folder, self.port = api, folder, free_port()
        self.file = folder / "bot.sqlite"
        self.store = store or f"sqlite:///{self.file.as_posix()}"
        usual = {
            "telegram__token": api.token,
            "telegram__api_url": api.url,
            "store__url": self.store,
            "store__key": KEY,
            "operation__port": self.port,
            "store__deletions_file": folder / "deletions.jsonl",
        }
        self.settings: dict[str, Any] = {**QUICK, **usual, **settings}
        self.process: subprocess.Popen[bytes] | None = None
        self._stderr = folder / f"stderr-{self.port}.log"
        self._from = 0  # where in it the present process begins
        self._clock = folder / f"clock-{self.port}" if now else None
        if now:
            self.turn(now)

    def __enter__(self) -> Running:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    # -- life ----------------------------------------------------------------------------------------------------

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith("YONGSAN_BOT_")}
        own = {f"YONGSAN_BOT_{name.upper()}": str(value) for name, value in self.settings.items() if value is not None}
        return {**inherited, "PYTHONPATH": str(ROOT), **own}

    def launch(self, *arguments: str) -> Running:
        """Starts the process, without waiting for anything."""
        assert self.process is None or self.process.poll() is not None, "the bot runs already"
        self._from = self._stderr.stat().st_size if self._stderr.exists() else 0
        program = [str(CLOCKED), str(self._clock)] if self._clock else ["-m", "bot"]
        command = [sys.executable, *program, "telegram", *arguments]
        with self._stderr.open("ab") as stderr:
            self.process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=stderr)
        return self

    def start(self, *arguments: str) -> Running:
        """Starts the process and waits until it serves. AssertionError where it ends before."""
        self.launch(*arguments)
        self.wait(lambda: self.logged("serving"), START_SECONDS)
        return self

    def turn(self, now: str) -> None:
        """Sets the clock of a bot that was made with one; it runs on from there."""
        assert self._clock, "this bot goes by the machine's clock"
        shown = dt.datetime.fromisoformat(now).replace(tzinfo=dt.timezone(dt.timedelta(hours=9)))
        beside = self._clock.with_suffix(".new")
        beside.write_text(f"{shown.timestamp()} {time.time()}", encoding="ascii")
        beside.replace(self._clock)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Asks it to end, and waits for that; its status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.ended()

    def ended(self, timeout: float = STOP_SECONDS) -> int:
        """Waits for its end; its status (-9: killed)."""
        assert self.process is not None
        return self.process.wait(timeout)

    def kill(self) -> None:
        """Ends it at once, as the power does."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(STOP_SECONDS)

    def wait(self, condition: Callable[[], object], timeout: float = 10.0) -> None:
        """Waits until the condition holds; AssertionError where it does not in time, or where the process has ended."""
        end = time.monotonic() + timeout
        while not condition():
            if self.process is not None and self.process.poll() is not None and not condition():
                raise AssertionError(f"the bot ended with {self.process.returncode}:\n{self.stderr}")
            if time.monotonic() > end:
                raise AssertionError(f"not within {timeout} s\n{self.api.summary()}\n{self.stderr[-4000:]}")
            time.sleep(_LOOK_SECONDS)

    # -- what it says --------------------------------------------------------------------------------------------

    @property
    def stderr(self) -> str:
        """What the present process has written."""
        return self._written(self._from)

    @property
    def whole_stderr(self) -> str:
        """What all its processes have written."""
        return self._written(0)

    def _written(self, start: int) -> str:
        return self._stderr.read_bytes()[start:].decode("utf-8") if self._stderr.exists() else ""

    @property
    def log(self) -> list[dict[str, Any]]:
        """The log lines of the present process."""
        return [json.loads(line) for line in self.stderr.splitlines(keepends=True) if line.startswith("{") and line.endswith("\n")]

    def logged(self, event: str, **fields: Any) -> list[dict[str, Any]]:
        """Its log lines with that event and those fields."""
        return [line for line in self.log if line["event"] == event and fields.items() <= line.items()]

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of /healthz, /readyz or /metrics; (0, "") where nothing listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return int(answer.status), answer.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode("utf-8")
        except OSError:
            return 0, ""

    def ready(self) -> dict[str, Any]:
        """What /readyz shows, with its status as "status"."""
        status, body = self.get("/readyz")
        return {"status": status, **(json.loads(body) if body else {})}

    def metric(self, line: str) -> float:
        """A figure of /metrics by its name and labels: yongsan_bot_updates_total{kind="text"}; 0 where there is none."""
        found = [row for row in self.get("/metrics")[1].splitlines() if row.startswith(f"{line} ")]
        return float(found[0].rpartition(" ")[2]) if found else 0.0

    # -- a conversation with it ----------------------------------------------------------------------------------

    def settle(self, timeout: float = 10.0) -> None:
        """Waits until it has taken, answered and sent everything."""
        self.wait(lambda: not self.api.pending and self.ready().get("waiting") == {"inbox": 0, "outbox": 0}, timeout)

    def after(self, chat_id: int, act: Callable[[], object]) -> list[Sent]:
        """What it sends to the chat after something is done there; all of it, or nothing."""
        before = len(self.api.sent(chat_id))
        act()
        self.settle()
        return self.api.sent(chat_id)[before:]

    def say(self, chat_id: int, text: str, **options: Any) -> list[Sent]:
        """What it answers to a message."""
        return self.after(chat_id, lambda: self.api.message(chat_id, text, **options))

    def press(self, message: Sent, button: str | int, **options: Any) -> list[Sent]:
        """What it answers to a pressed button."""
        assert isinstance(message.chat_id, int)
        return self.after(message.chat_id, lambda: self.api.press(message, button, **options))


Start = Callable[..., Running]


@pytest.fixture
def api() -> Iterator[BotApi]:
    """Telegram's server, for one test."""
    with BotApi() as server:
        yield server


@pytest.fixture
def make_bot(api, tmp_path) -> Iterator[Start]:
    """Makes bots that are not started yet: make_bot(limits__message_length=100). All are ended after the test."""
    made: list[Running] = []

    def make(**settings: Any) -> Running:
        store = settings.pop("store", "")
        folder = tmp_path if store or not made else tmp_path / f"bot-{len(made)}"
        bot = Running(settings.pop("api", api), settings.pop("folder", folder), store, **settings)
        made.append(bot)
        return bot

    yield make
    for bot in made:
        bot.kill()


@pytest.fixture
def start_bot(make_bot) -> Start:
    """Starts bots and waits until they serve: start_bot(), start_bot(store=address)."""

    def start(**settings: Any) -> Running:
        return make_bot(**settings).start()

    return start


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request, tmp_path) -> str:
    """The address of an empty database: an SQLite file, and PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}"
    return str(request.getfixturevalue("postgres_url")())


__all__ = ["Running", "Start", "api", "free_port", "make_bot", "postgres", "postgres_url", "start_bot", "store_url"]

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channels.serving import Outcome
from bot.channels.telegram import housekeeping as module
from bot.channels.telegram import keeping
from bot.channels.telegram.housekeeping import Housekeeping, Standing
from bot.channels.telegram.keeping import Keeping
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.publishing import Ledger
from bot.config import Settings
from bot.content.snapshot import Snapshot

OUTCOME = Outcome("same", "", "v1", 0.1)


class FakePublishing:
    """Serves nothing; `read` does what it is told to."""

    def __init__(self, read: Callable[[], Outcome]) -> None:
        served = SimpleNamespace(version="v1", snapshot=Snapshot({}), since=None, fault=None)
        self.serving = SimpleNamespace(version="v1", fault=None, folders=(), seen=(), served=served)
        self.read, self.on_approval, self.unreadable, self.published = read, False, "", None

    def ledger(self) -> Ledger:
        return Ledger(None, (), None)

    def note_saved(self) -> None:
        raise ValueError("a surprise")


@pytest.fixture
def keep_house(monkeypatch) -> Callable[..., Housekeeping]:
    """Makes the housekeeping of a bot without a store or a watch."""
    monkeypatch.setattr(module, "RESTART_SECONDS", 0.01)
    monkeypatch.setattr(Housekeeping, "_waiting", lambda self: {})
    for job in ("_purge", "_tidy"):
        monkeypatch.setattr(Housekeeping, job, nothing)
    settings = Settings.model_validate({"operation": {"port": 0}})

    def make(read: Callable[[], Outcome] = lambda: OUTCOME) -> Housekeeping:
        metrics, executor = Metrics(), ThreadPoolExecutor(1)
        kept = Keeping(FakePublishing(read), metrics, executor, watch=False)
        return Housekeeping(settings, None, None, kept, metrics, executor, Standing)

    return make


async def nothing(self: Housekeeping) -> None:
    """A job that is done at once."""


async def until(is_so: Callable[[], Any]) -> None:
    begun = time.monotonic()
    while not is_so() and time.monotonic() - begun < 5:
        await asyncio.sleep(0.01)


def errors(house: Housekeeping, where: str) -> float:
    return house.metrics.registry.get_sample_value("yongsan_bot_errors_total", {"where": where})


def test_a_job_that_fails_is_counted_and_begins_anew(keep_house, monkeypatch):
    begun = []

    async def failing(self: Housekeeping) -> None:
        begun.append(1)
        if len(begun) < 3:
            raise ValueError("a surprise")

    monkeypatch.setattr(Housekeeping, "_tidy", failing)
    house = keep_house()

    async def scenario() -> None:
        async with house.open():
            await until(lambda: len(begun) == 3)

    asyncio.run(scenario())

    assert (len(begun), errors(house, "job")) == (3, 2.0)


def test_content_that_cannot_be_recorded_does_not_hold_up_the_next_change(keep_house):
    outcomes = [Outcome("loaded", "", "v2", 0.1), OUTCOME]
    house = keep_house(lambda: outcomes.pop(0))

    async def scenario() -> None:
        async with house.open():
            for left in (1, 0):
                house.keeping.saved.set()
                await until(lambda left=left: len(outcomes) == left)

    asyncio.run(scenario())

    assert outcomes == []
    assert errors(house, "content") == 1.0


def test_a_reload_that_hangs_is_shown_and_the_end_does_not_wait_for_it(keep_house, monkeypatch):
    monkeypatch.setattr(keeping, "SLOW_SECONDS", 0.05)
    begun, hanging = threading.Event(), threading.Event()
    house = keep_house(lambda: begun.set() or hanging.wait() and OUTCOME)
    shown = []

    async def scenario() -> None:
        async with house.open():
            shown.append((await house.readiness()).content.fault)
            house.keeping.saved.set()
            await until(begun.is_set)
            await asyncio.sleep(0.1)
            shown.append((await house.readiness()).content.fault)

    started = time.monotonic()
    asyncio.run(scenario())

    assert time.monotonic() - started < 3
    assert shown[0] is None
    assert "읽는 중" in shown[1]
    hanging.set()

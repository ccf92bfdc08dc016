"""Keeps what is served in step with the folders and with what is published, while the bot runs.

Promises: a saved change is read within about a second; what is published anywhere is taken up within about another. Neither waits for staff:
what they decide on is handed to `on_ledger`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

import structlog

from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.publishing import Ledger, Publishing
from bot.content.watch import changes, run_aside
from bot.errors import StoreError

LOOK_SECONDS = 1.0  # between looks at what is published
STORE_SECONDS = 5.0  # until what could not be recorded is tried again
SLOW_SECONDS = 10.0  # a reload that takes longer is told
_COMMIT_SECONDS = 0.05  # what wakes is said within the transaction that it is about
_READING = "바뀐 파일을 읽는 중입니다({seconds}초째).\n  고치는 법: 오래 계속되면 폴더가 있는 네트워크 드라이브가 응답하는지 확인해 주세요."
T = TypeVar("T")

log = structlog.get_logger()


class Keeping:
    """The content of one running bot.

    has_staff  whether there is a group that decides on saved changes
    on_loaded  called when another content serves
    on_ledger  called with how things stand, about once a second
    """

    def __init__(self, publishing: Publishing, metrics: Metrics, executor: Executor, watch: bool, has_staff: bool = False) -> None:
        self.publishing, self.serving, self.metrics, self.executor, self.watch = publishing, publishing.serving, metrics, executor, watch
        self._has_staff = has_staff
        self.on_loaded: Callable[[], None] = lambda: None
        self.on_ledger: Callable[[Ledger], Awaitable[None]] | None = None
        self.ledger: Ledger | None = None
        self.saved = asyncio.Event()  # a file may have been saved
        self._stirred = asyncio.Event()
        self._done = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reading_since: float | None = None  # of the monotonic clock, while a reload is under way

    @property
    def jobs(self) -> list[Callable[[], Awaitable[None]]]:
        """To be run until `stop`."""
        return [self._reload, self._follow, *([self._watch] if self.watch else [])]

    def stop(self) -> None:
        for event in (self._done, self.saved, self._stirred):
            event.set()

    def wake(self) -> None:
        """Something was decided; may be called from any thread, and before that is committed."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._loop.call_later, _COMMIT_SECONDS, self._stirred.set)

    @property
    def hanging(self) -> str:
        """What is to be said of a reload that does not come to its end; "" otherwise."""
        seconds = 0.0 if self._reading_since is None else time.monotonic() - self._reading_since
        return _READING.format(seconds=round(seconds)) if seconds > SLOW_SECONDS else ""

    # -- the folders ---------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        async for _ in changes(self.serving.folders, self._done, self.serving.seen):
            self.saved.set()

    async def _reload(self) -> None:
        """Reads changes, one after another; several that come together are one."""
        if self.publishing.on_approval:
            self.saved.set()  # what is published serves; what stands in the folder may be something else
        while True:
            await self.saved.wait()
            self.saved.clear()
            if self._done.is_set():
                return
            self._reading_since = time.monotonic()
            try:
                outcome = await run_aside(self.publishing.read)
            except Exception:
                log.exception("reload failed")
                self.metrics.error("content")
                continue
            finally:
                self._reading_since = None
            self.metrics.reloaded(outcome.kind)
            self.metrics.content(outcome.version, not outcome.fault)
            log.info("content", outcome=outcome.kind, version=outcome.version, seconds=round(outcome.seconds, 2))
            if outcome.kind == "waiting" and not self._has_staff:
                log.warning("saved change waits", remedy="'yongsan-bot publish'로 올려 주세요(content.publish가 on_approval입니다).")
            if outcome.kind == "loaded":
                self.on_loaded()
                await self._note_saved()
            self._stirred.set()

    async def _note_saved(self) -> None:
        """Records that a saved change is served, so that it can be told later from which text a reply was given."""
        while not self._done.is_set():
            try:
                await self._run(self.publishing.note_saved)
                return
            except StoreError:
                await asyncio.sleep(STORE_SECONDS)
            except Exception:  # nothing that another try would mend, and reloads wait for this one
                log.exception("content not kept")
                self.metrics.error("content")
                return

    # -- what is published ---------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not self._done.is_set():
            self._stirred.clear()
            try:
                self.ledger = ledger = await self._run(self.publishing.ledger)
                if ledger.current is not None and self.publishing.is_behind(ledger):
                    await self._take_up(ledger)
                if self.on_ledger is not None:
                    await self.on_ledger(ledger)
            except StoreError:
                pass  # told by whoever answers residents
            except Exception:
                log.exception("content not followed")
                self.metrics.error("content")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), LOOK_SECONDS)

    async def _take_up(self, ledger: Ledger) -> None:
        assert ledger.current is not None
        before = self.serving.version
        problem = await run_aside(self.publishing.follow, ledger.current)
        self.metrics.published(not problem)
        if self.serving.version != before:
            self.metrics.content(self.serving.version, self.serving.fault is None)
            self.on_loaded()
        log.info("publication", version=ledger.current.version, how=ledger.current.how, taken=not problem)

    async def _run(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.executor, call, *arguments)


__all__ = ["Keeping"]

"""What goes on beside the conversations: taking in saved changes of the content, deleting what is past its time, telling how things stand."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy import func, select

from bot.channels.serving import Serving
from bot.channels.session import seoul_now
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.operation import ContentState, Operation, Readiness
from bot.config import Settings
from bot.content.watch import changes, run_aside
from bot.errors import StoreError
from bot.store import contents
from bot.store.database import Database
from bot.store.deletions import journal_path
from bot.store.retention import purge
from bot.store.running import RunLock
from bot.store.schema import inbox, outbox

PURGE_HOURS = 6
ASKING_SECONDS = 2.0  # that /readyz waits for the database
TIDY_SECONDS, MEASURE_SECONDS = 60, 15
RESTART_SECONDS = 5.0  # before a job that failed begins anew
SLOW_SECONDS = 10.0  # a reload that takes longer is told
_READING = "바뀐 파일을 읽는 중입니다({seconds}초째).\n  고치는 법: 오래 계속되면 폴더가 있는 네트워크 드라이브가 응답하는지 확인해 주세요."
T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand, as the bot has last seen it.

    telegram, staff  as Readiness shows them
    store_fault      what is wrong with the store, or ""
    """

    telegram: str = "ok"
    store_fault: str = ""
    staff: str = "none"


class Housekeeping:
    """The background of one running bot.

    on_loaded  called when a change of the content has been taken in
    standing   says how things stand
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        run_lock: RunLock,
        serving: Serving,
        metrics: Metrics,
        executor: Executor,
        standing: Callable[[], Standing],
    ) -> None:
        self.settings, self.database, self.serving, self.metrics = settings, database, serving, metrics
        self.run_lock, self.executor, self.standing = run_lock, executor, standing
        self.is_serving = False
        self.on_loaded: Callable[[], None] = lambda: None
        self._saved = asyncio.Event()
        self._done = asyncio.Event()
        self._reading_since: float | None = None  # of the monotonic clock, while a reload is under way

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Runs beside the block. Raises ChannelError where the port of the metrics is taken."""
        operation = self.settings.operation
        server = Operation(operation.host, operation.port, self.metrics, self.readiness) if operation.port else None
        if server is not None:
            await server.start()
        self.metrics.content(self.serving.version, self.serving.fault is None)
        with contextlib.suppress(NotImplementedError, AttributeError):  # Windows has no SIGHUP
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._saved.set)
        jobs: list[Callable[[], Awaitable[None]]] = [self._keep_content, self._reload, self._purge, self._tidy, self._measure]
        if self.settings.content.watch:
            jobs.append(self._watch)
        tasks = [asyncio.create_task(self._keep_up(job)) for job in jobs]
        try:
            yield
        finally:
            self._done.set()
            self._saved.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if server is not None:
                await server.stop()

    async def _keep_up(self, job: Callable[[], Awaitable[None]]) -> None:
        """Runs a job to its end; one that fails is told and begins anew."""
        while not self._done.is_set():
            try:
                await job()
                return
            except Exception:
                log.exception("job failed")
                self.metrics.error("job")
                await asyncio.sleep(RESTART_SECONDS)

    # -- content -------------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        async for _ in changes(self.serving.folders, self._done, self.serving.seen):
            self._saved.set()

    async def _reload(self) -> None:
        """Takes in changes, one after another; several that come together are one."""
        while True:
            await self._saved.wait()
            self._saved.clear()
            if self._done.is_set():
                return
            self._reading_since = time.monotonic()
            try:
                outcome = await run_aside(self.serving.reload)
            except Exception:
                log.exception("reload failed")
                self.metrics.error("content")
                continue
            finally:
                self._reading_since = None
            self.metrics.reloaded(outcome.kind)
            self.metrics.content(outcome.version, not outcome.fault)
            log.info("content", outcome=outcome.kind, version=outcome.version, seconds=round(outcome.seconds, 2))
            if outcome.kind == "loaded":
                self.on_loaded()
                await self._keep_content()

    async def _keep_content(self) -> None:
        """Keeps the files that are served, so that it can be told later from which text a reply was given."""
        served = self.serving.served

        def keep() -> None:
            with self.database.begin() as connection:
                contents.keep(connection, served.version, served.snapshot.pack(), seoul_now())

        while not self._done.is_set():
            try:
                await self._run(keep)
                return
            except StoreError:
                await asyncio.sleep(5)
            except Exception:  # nothing that another try would mend, and reloads wait for this one
                log.exception("content not kept")
                self.metrics.error("content")
                return

    # -- retention -----------------------------------------------------------------------------------------------

    async def _purge(self) -> None:
        store = self.settings.store
        journal = journal_path(store, self.database)
        while True:
            try:
                removed = await self._run(purge, self.database, seoul_now(), store.text_days, store.record_days, journal)
                log.info("purged", **removed)
            except StoreError as error:
                log.warning("not purged", problem=error.problem)
            except Exception:
                log.exception("purge failed")
                self.metrics.error("store")
            await asyncio.sleep(PURGE_HOURS * 3600)

    async def _tidy(self) -> None:
        """Sees that what has been erased does not linger beside the database, and that no restore can begin beside the bot."""
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            try:
                await self._run(self.run_lock.renew)
                await self._run(self.database.shrink)
            except StoreError as error:
                log.warning("not tidied", problem=error.problem)
            except Exception:
                log.exception("tidying failed")
                self.metrics.error("store")

    # -- how things stand ----------------------------------------------------------------------------------------

    async def _measure(self) -> None:
        """Keeps the figures up to date, whether or not anybody asks."""
        while True:
            await self.readiness()
            await asyncio.sleep(MEASURE_SECONDS)

    async def readiness(self) -> Readiness:
        """What /readyz shows; asks the database anew."""
        standing = self.standing()
        fault = standing.store_fault
        served = self.serving.served
        waiting: dict[str, int] = {}
        try:
            waiting = await asyncio.wait_for(self._run(self._waiting), ASKING_SECONDS)
        except StoreError as error:
            fault = fault or error.problem
        except asyncio.TimeoutError:
            fault = fault or "데이터베이스가 대답하지 않습니다."
        self.metrics.store(not fault)
        self.metrics.telegram(standing.telegram == "ok")
        self.metrics.staff(standing.staff in ("ok", "none"))
        content = ContentState(served.version, self._reading() or served.fault, served.since)
        self.metrics.content(content.version, content.fault is None)
        return Readiness(content, fault or "ok", standing.telegram, standing.staff, waiting, self.is_serving and not self._done.is_set())

    def _reading(self) -> str:
        """What is to be said of a reload that does not come to its end; "" otherwise."""
        seconds = 0.0 if self._reading_since is None else time.monotonic() - self._reading_since
        return _READING.format(seconds=round(seconds)) if seconds > SLOW_SECONDS else ""

    def _waiting(self) -> dict[str, int]:
        self.database.ping()
        with self.database.begin() as connection:
            letters = connection.execute(select(func.count()).select_from(inbox).where(inbox.c.handled_at.is_(None))).scalar_one()
            parcels = connection.execute(select(func.count()).select_from(outbox).where(outbox.c.done_at.is_(None))).scalar_one()
        self.metrics.waiting(inbox=letters, outbox=parcels)
        return {"inbox": letters, "outbox": parcels}

    async def _run(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.executor, call, *arguments)


__all__ = ["Housekeeping", "Standing"]

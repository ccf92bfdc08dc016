"""What goes on beside the conversations: keeping the content in step (keeping.py), deleting what is past its time, telling how things stand."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy import func, select

from bot.channels.session import seoul_now
from bot.channels.telegram.keeping import Keeping
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.operation import ContentState, Operation, Readiness
from bot.config import Settings
from bot.errors import StoreError
from bot.store.database import Database
from bot.store.deletions import journal_path
from bot.store.retention import purge
from bot.store.running import RunLock
from bot.store.schema import inbox, outbox

PURGE_HOURS = 6
ASKING_SECONDS = 2.0  # that /readyz waits for the database
TIDY_SECONDS, MEASURE_SECONDS = 60, 15
RESTART_SECONDS = 5.0  # before a job that failed begins anew
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

    standing  says how things stand
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        run_lock: RunLock,
        keeping: Keeping,
        metrics: Metrics,
        executor: Executor,
        standing: Callable[[], Standing],
    ) -> None:
        self.settings, self.database, self.keeping, self.metrics = settings, database, keeping, metrics
        self.run_lock, self.executor, self.standing = run_lock, executor, standing
        self.is_serving = False
        self._done = asyncio.Event()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Runs beside the block. Raises ChannelError where the port of the metrics is taken."""
        operation = self.settings.operation
        server = Operation(operation.host, operation.port, self.metrics, self.readiness) if operation.port else None
        if server is not None:
            await server.start()
        serving = self.keeping.serving
        self.metrics.content(serving.version, serving.fault is None)
        self.metrics.published(not self.keeping.publishing.unreadable)
        with contextlib.suppress(NotImplementedError, AttributeError):  # Windows has no SIGHUP
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.keeping.saved.set)
        jobs: list[Callable[[], Awaitable[None]]] = [*self.keeping.jobs, self._purge, self._tidy, self._measure]
        tasks = [asyncio.create_task(self._keep_up(job)) for job in jobs]
        try:
            yield
        finally:
            self._done.set()
            self.keeping.stop()
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
        served, publishing = self.keeping.serving.served, self.keeping.publishing
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
        fault_of_files = self.keeping.hanging or served.fault or publishing.unreadable or None
        proposed = [one.version for one in self.keeping.ledger.undecided] if self.keeping.ledger is not None else []
        published = publishing.published.version if publishing.published is not None else None
        content = ContentState(served.version, fault_of_files, served.since, published, proposed[-1] if proposed else None)
        self.metrics.content(content.version, content.fault is None)
        return Readiness(content, fault or "ok", standing.telegram, standing.staff, waiting, self.is_serving and not self._done.is_set())

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

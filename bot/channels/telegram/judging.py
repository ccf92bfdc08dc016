"""Has saved changes judged, and the group told, beside everything else the bot does.

Promises: judging never holds up an answer (it is done in other processes, and waited for in a thread of its own); one that dies is begun anew,
here or by another replica; one that fails is told, and staff decide all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.publishing import Ledger, Publishing, Saved
from bot.channels.telegram.staff.approval import Approval
from bot.channels.telegram.staff.verdicts import Judged
from bot.channels.telegram.step import Step
from bot.content.changes import Changes, changes_between
from bot.content.putback import put_back
from bot.content.snapshot import Snapshot, unpack
from bot.content.watch import run_aside
from bot.desk.asking import asked_in_vain
from bot.errors import BotError
from bot.evaluation.gate import Gate
from bot.matching import subject_words
from bot.store import contents, proposals, publications, reports
from bot.store.proposals import JUDGING, Proposal
from bot.store.reading import reading

WARM_SECONDS = 20.0  # after the start, when there is less to do
TOLD_SECONDS = 5.0  # of judging, after which the group is told that it goes on
BEAT_SECONDS = 10.0
JUDGE_SECONDS = 300.0  # the gate itself takes less
_BROKEN = "봇의 잘못으로 살펴보지 못했습니다. 기록(log)을 개발자에게 보여 주세요."
Act = Callable[[Callable[[Step], Any]], Awaitable[Any]]

log = structlog.get_logger()


class Judging:
    """One process's part in it. act: does something in a step of the mailroom, and has sent what it posts."""

    def __init__(self, publishing: Publishing, gate: Gate, approval: Approval, act: Act, metrics: Metrics) -> None:
        self.publishing, self.gate, self.approval, self.act, self.metrics = publishing, gate, approval, act, metrics
        self._handled: Saved | None = None
        self._fault: str | None = None  # as the group was told it
        self._told_unreadable = 0
        self._task: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None
        self._warm: Snapshot | None = None  # of which the suites' outcomes are known
        self._warm_at = time.monotonic() + WARM_SECONDS

    def stop(self) -> None:
        self.gate.stop()
        for task in (self._task, self._warming):
            if task is not None:
                task.cancel()

    async def round(self, ledger: Ledger) -> None:
        """Does what is due. Raises StoreError."""
        await self._tell()
        saved = self.publishing.saved
        is_new = saved is not None and saved is not self._handled
        if saved is not None and is_new:
            await self.act(lambda step: self.approval.saw(step, saved))
            self._handled = saved
        elif ledger.put_back is not None:
            await self._put_back(ledger.put_back)
        if self._task is None or self._task.done():
            await self._begin(ledger, is_new)
        self._keep_warm()

    async def _tell(self) -> None:
        fault = self.publishing.serving.fault or ""
        if fault != self._fault:
            await self.act(lambda step: self.approval.tell_fault(step, fault))
            self._fault = fault
        published, problem = self.publishing.published, self.publishing.unreadable
        if problem and published is not None and published.id != self._told_unreadable:
            await self.act(lambda step: self.approval.tell_unreadable(step, published.id, published.version, problem))
            self._told_unreadable = published.id

    # -- judging -------------------------------------------------------------------------------------------------

    async def _begin(self, ledger: Ledger, is_new: bool) -> None:
        current = ledger.current.version if ledger.current is not None else ""
        late = self.publishing.clock() - dt.timedelta(seconds=proposals.JUDGE_SECONDS)
        is_free = [one.state == JUDGING and (one.judged_at is None or one.judged_at < late) for one in ledger.undecided]
        is_open = [one.state != JUDGING and (not one.is_judged or current == one.version) for one in ledger.undecided]
        is_due = any([*is_free, *is_open, *(one.base != current for one in ledger.undecided)])
        found: Proposal | None = await self.act(self.approval.claim) if is_due or is_new else None
        if found is not None:
            self._task = asyncio.create_task(self._judge(found))

    async def _judge(self, found: Proposal) -> None:
        begun = time.monotonic()
        beating = asyncio.create_task(self._beat(found.id))
        try:
            judged = await asyncio.wait_for(run_aside(self._judged, found), JUDGE_SECONDS)
        except BotError as error:
            judged = Judged(fault=str(error))
        except asyncio.TimeoutError:
            judged = Judged(fault="살펴보는 데 너무 오래 걸려 그만두었습니다.")
        except asyncio.CancelledError:  # the bot stops: whoever comes next need not wait for a sign of life
            with contextlib.suppress(Exception):
                await self.act(lambda step: proposals.change(step.connection, found.id, judged_at=None))
            raise
        finally:
            beating.cancel()
        self._warm = None
        log.info("judged", proposal=found.id, version=found.version, fault=bool(judged.fault), seconds=round(time.monotonic() - begun, 2))
        await self.act(lambda step: self.approval.judged(step, found.id, found.base, judged))

    async def _beat(self, number: int) -> None:
        """Shows, to the group and to the other replicas, that judging goes on."""
        await asyncio.sleep(TOLD_SECONDS)
        while True:
            await self.act(lambda step: self.approval.beat(step, number, True))
            await asyncio.sleep(BEAT_SECONDS)

    def _judged(self, found: Proposal) -> Judged:
        """What is to be said of it. Blocking. Raises BotError where the store fails."""
        database = self.publishing.database
        with reading(database) as connection:
            after, kept = proposals.files_of(connection, found.id), contents.get(connection, found.base)
        changes = Changes()
        try:
            before, snapshot = self._snapshot(found.base, kept), unpack(after)
            changes = changes_between(before, snapshot)
            verdict = self.gate.judge(
                before,
                snapshot,
                asked_in_vain(database, subject_words(self.publishing.serving.engine.understander.lexicon)),
                reports.told_topics(database),
            )
        except BotError as error:
            return Judged(changes, None, str(error))
        except Exception:
            log.exception("judging failed")
            self.metrics.error("content")
            return Judged(changes, None, _BROKEN)
        return Judged(changes, verdict)

    def _snapshot(self, version: str, kept: bytes | None) -> Snapshot:
        """The files of a version: those that serve where they are of it, for the gate knows what they answer."""
        served, published = self.publishing.serving.served, self.publishing.published
        is_served = published is not None and published.version == version and not self.publishing.unreadable
        return served.snapshot if is_served or kept is None else unpack(kept)

    # -- beside it -----------------------------------------------------------------------------------------------

    def _keep_warm(self) -> None:
        """Has the suites asked of what serves, so that a change is judged in half the time."""
        served = self.publishing.serving.served
        is_busy = any(task is not None and not task.done() for task in (self._task, self._warming))
        if not self.publishing.on_approval or served.snapshot is self._warm or is_busy or time.monotonic() < self._warm_at:
            return
        self._warm = served.snapshot
        self._warming = asyncio.create_task(self._do_warm(served.snapshot))

    async def _do_warm(self, snapshot: Snapshot) -> None:
        try:
            await run_aside(self.gate.warm, snapshot)
        except BotError as error:
            log.warning("not warmed", problem=error.problem)
        except Exception:
            log.exception("not warmed")

    async def _put_back(self, number: int) -> None:
        """Puts the published files back into the folder, in a clerk's name."""
        told = await run_aside(self._do_put_back, number)
        await self.act(lambda step: self.approval.put_back(step, number, told))

    def _do_put_back(self, number: int) -> str:
        """What came of it, as staff read it. Doing it twice does no harm."""
        serving = self.publishing.serving
        with reading(self.publishing.database) as connection:
            current = publications.current(connection)
            kept = contents.get(connection, current.version) if current is not None else None
            try:
                seen = proposals.files_of(connection, number)
            except KeyError:
                return "그런 고침이 없습니다."
        if kept is None or current is None:
            return "되돌릴 파일이 보관되어 있지 않습니다."
        try:
            done = put_back(unpack(seen), self._snapshot(current.version, kept), serving.knowledge, serving.intents)
        except BotError as error:
            return f"파일을 되돌리지 못했습니다.\n{error}"
        removed = f" 새로 만들었던 {', '.join(done.removed)}은(는) 지웠습니다(이 번호로 보관되어 있습니다)." if done.removed else ""
        return f"폴더의 파일을 나가는 판과 같게 되돌렸습니다: {', '.join([*done.written, *done.removed]) or '바뀐 것 없음'}.{removed}"


__all__ = ["Judging"]

"""Says when the content may have changed, while the program runs.

Promises: a saved change is told within some 0.8 s, once the files have been still for a moment, so that a file which is being written is
not told of half-way; whatever happens to the folders (removed, replaced, a link that leads elsewhere, a network drive that reports nothing),
watching goes on. What counts is the fingerprint of the files; the reports of the operating system only make it look sooner.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from watchfiles import awatch

from bot.content.snapshot import Fingerprint, fingerprint
from bot.content.yaml_text import is_content_file

LOOK_SECONDS = 0.5  # how often the files are looked at, whether or not something was reported
STILL_SECONDS = 0.3  # how long nothing may change before a change is told

T = TypeVar("T")

logger = logging.getLogger(__name__)
logging.getLogger("watchfiles").setLevel(logging.WARNING)  # it would report every change itself


async def changes(folders: Sequence[Path], stop: asyncio.Event, since: Fingerprint | None = None) -> AsyncGenerator[None, None]:
    """Yields whenever the YAML files of the folders may have changed, until `stop` is set.

    since  the fingerprint from which on changes count (default: from now on). What changes while the caller is busy with the last
           change is told when it comes back for the next.
    """
    seen = await _look(folders) if since is None else since
    async with aclosing(_stirrings(folders, stop)) as stirrings:
        async for is_reported in stirrings:
            now = await _look(folders)
            if now == seen and not is_reported:
                continue
            seen = await _settle(folders, now, stop)
            if stop.is_set():
                return
            yield


async def _settle(folders: Sequence[Path], last: Fingerprint, stop: asyncio.Event) -> Fingerprint:
    """Waits until the files have been still for a moment; their fingerprint."""
    still_since = time.monotonic()
    while not stop.is_set() and time.monotonic() - still_since < STILL_SECONDS:
        await _pause(stop, STILL_SECONDS / 4)
        now = await _look(folders)
        if now != last:
            last, still_since = now, time.monotonic()
    return last


async def _stirrings(folders: Sequence[Path], stop: asyncio.Event) -> AsyncGenerator[bool, None]:
    """Yields every LOOK_SECONDS, and sooner when something stirs: whether a content file was reported as changed.

    The report counts by itself too: where times are kept in whole seconds, a second save within one may leave the fingerprint as it was.
    """
    yield False
    told: set[str] = set()
    while not stop.is_set():
        watched, has_moved = await run_aside(_standing, folders), False
        if watched:
            try:
                async with aclosing(_reports(list(watched), stop)) as reports:
                    async for names in reports:
                        yield any(map(is_content_file, names))
                        has_moved = await run_aside(_standing, folders) != watched
                        if has_moved:
                            break  # the watch is on a folder that is no longer at that place
            except Exception as error:  # the folder is gone, no watches are left, a name that is not UTF-8, …: looking does without reports
                if type(error).__name__ not in told:
                    logger.warning("파일이 바뀌었다는 알림을 받지 못해, %s초마다 직접 살핍니다(%s).", LOOK_SECONDS, type(error).__name__)
                told.add(type(error).__name__)
        if not has_moved:
            await _pause(stop, LOOK_SECONDS)
        yield False


async def _reports(folders: Sequence[Path], stop: asyncio.Event) -> AsyncGenerator[list[str], None]:
    """The names of what the operating system reports; every LOOK_SECONDS at least, then without any."""
    wakes = awatch(
        *folders,
        watch_filter=None,  # a swapped link has a hidden name
        debounce=300,
        step=50,
        stop_event=cast(asyncio.Event, _Stop(stop)),
        rust_timeout=int(LOOK_SECONDS * 1000),
        yield_on_timeout=True,
        recursive=False,
        ignore_permission_denied=True,
    )
    async with aclosing(wakes):
        async for found in wakes:
            yield [Path(path).name for _, path in found]


class _Stop:
    """The caller's event, to be looked at. awatch sets the one it is given when it is cancelled, and others may wait for ours."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop, self._is_cancelled = stop, False

    def is_set(self) -> bool:
        return self._is_cancelled or self._stop.is_set()

    def set(self) -> None:
        self._is_cancelled = True


def _standing(folders: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    """The folders that are there, and which ones they are."""
    found = {}
    for folder in folders:
        with suppress(OSError):
            there = folder.stat()
            found[folder] = (there.st_dev, there.st_ino)
    return found


async def _look(folders: Sequence[Path]) -> Fingerprint:
    return await run_aside(fingerprint, folders)  # a network drive may take its time


async def run_aside(call: Callable[..., T], *arguments: Any) -> T:
    """Calls it in a thread of its own. Unlike that of asyncio.to_thread, the end of the program does not wait for one that hangs."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():  # nobody waits any more
            return
        if error is None:
            future.set_result(cast(T, result))
        else:
            future.set_exception(error)

    def work() -> None:
        result, fault = None, None
        try:
            result = call(*arguments)
        except BaseException as error:
            fault = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, result, fault)

    threading.Thread(target=work, name="aside", daemon=True).start()
    return await future


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


__all__ = ["changes", "run_aside"]

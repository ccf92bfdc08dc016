"""Brings updates to a webhook: so many at once, those of one chat one after another, each until it is taken.

A request that fails or is not answered with 2xx is tried again after a short pause, with the next
of several replicas, and the chat's later updates wait for it. Connections are kept open between requests.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .updates import Entry

PAUSE_SECONDS = 0.2
ANSWER_SECONDS = 30.0
_FAILURES = (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ValueError)


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates go: host and port, and the head of every request up to its length."""

    host: str
    port: int
    head: str

    @classmethod
    def of(cls, url: str, secret: str) -> Target:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
        path = parts.path or "/"
        head = f"POST {path}{'?' + parts.query if parts.query else ''} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
        if secret:
            head += f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\n"
        return cls(host, port, head)


_Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Delivery:
    """The deliverer of one webhook; lives in the server's thread."""

    def __init__(self, urls: list[str], secret: str, most_at_once: int, delivered: Callable[[Entry], None]) -> None:
        self._targets = itertools.cycle([Target.of(url, secret) for url in urls])
        self._slots = asyncio.Semaphore(most_at_once)
        self._delivered = delivered
        self._lines: dict[Any, deque[Entry]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle: dict[Target, list[_Stream]] = {}
        self.last_error = ""

    def add(self, entry: Entry) -> None:
        """Puts an update into its chat's line."""
        key = entry.serial if entry.chat_key is None else ("chat", entry.chat_key)
        line = self._lines.get(key)
        if line is not None:
            line.append(entry)
            return
        self._lines[key] = line = deque([entry])
        task = asyncio.get_running_loop().create_task(self._drain(key, line))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Gives up what is under way; the updates remain in the queue."""
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for streams in self._idle.values():
            for _, writer in streams:
                writer.transport.abort()
        self._idle.clear()

    async def _drain(self, key: Any, line: deque[Entry]) -> None:
        while line:
            async with self._slots:
                status = await self._try(line[0])
            if 200 <= status < 300:
                self._delivered(line.popleft())
            else:
                await asyncio.sleep(PAUSE_SECONDS)
        del self._lines[key]

    async def _try(self, entry: Entry) -> int:
        """The status that the webhook answered; 0 when there was no answer."""
        try:
            status = await asyncio.wait_for(self._post(next(self._targets), entry.body.encode()), ANSWER_SECONDS)
        except _FAILURES as error:
            self.last_error = f"{type(error).__name__}: {error}"
            return 0
        if not 200 <= status < 300:
            self.last_error = f"Wrong response from the webhook: {status}"
        return status

    async def _post(self, target: Target, body: bytes) -> int:
        idle = self._idle.setdefault(target, [])
        while idle and idle[-1][0].at_eof():
            _, dead = idle.pop()  # named: let go of before it is closed, it would warn
            dead.transport.abort()
        reader, writer = idle.pop() if idle else await asyncio.open_connection(target.host, target.port)
        keep = False
        try:
            writer.write(f"{target.head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            status, keep = await _answer(reader)
        finally:
            if keep:
                idle.append((reader, writer))
            else:
                writer.transport.abort()
        return status


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """(status, whether the connection may be used again) of an answer, which is read to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    headers = dict(line.split(":", 1) for line in head.split("\r\n")[1:] if ":" in line)
    length = headers.get("content-length", "").strip()
    if length:
        await reader.readexactly(int(length))
    keep = (bool(length) or status == 204) and "close" not in headers.get("connection", "")
    return status, keep

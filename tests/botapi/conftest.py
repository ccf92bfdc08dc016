"""Makers for the tests of the fake server itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from .server import BotApi

KEYBOARD = {"inline_keyboard": [[{"text": "예", "callback_data": "yes"}, {"text": "누리집", "url": "https://yongsan.go.kr"}]]}


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server


@pytest.fixture
def ask(api) -> Iterator[Callable[..., dict[str, Any]]]:
    """Calls a method with a JSON body, as no client library would check it before."""
    with httpx.Client(base_url=f"{api.url}/bot{api.token}/", timeout=5) as client:
        yield lambda method, **params: client.post(method, json=params).json()


class Hook:
    """A webhook that remembers what it got; `status` and `seconds` say how it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.status = 200
        self.seconds = 0.0
        self.busy = self.most_busy = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode().lower():
                body = await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
                self.busy += 1
                self.most_busy = max(self.most_busy, self.busy)
                await asyncio.sleep(self.seconds)
                self.busy -= 1
                self.got.append((head, body.decode()))
                writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def open(self) -> asyncio.Server:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        return server


@pytest.fixture
def make_hook() -> Iterator[Callable[..., Hook]]:
    """Opens webhooks, which serve in a loop of their own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers = []

    def make(status: int = 200, seconds: float = 0.0) -> Hook:
        hook = Hook()
        hook.status, hook.seconds = status, seconds
        servers.append(asyncio.run_coroutine_threadsafe(hook.open(), loop).result(5))
        return hook

    async def close() -> None:
        for server in servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    yield make
    asyncio.run_coroutine_threadsafe(close(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()

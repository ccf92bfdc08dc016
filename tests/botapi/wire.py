"""HTTP/1.1 as far as a Bot API server needs it: keep-alive, bodies by length or in chunks, one answer per request.

Written by hand on asyncio because the tests want what servers do not offer: to hold an answer back,
to close the connection before or instead of one, and speed, since the bot shares the machine.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
_REASONS |= {413: "Request Entity Too Large", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway"}
_MOST = 64 * 2**20
_WANTED = re.compile(rb"\r\n(content-length|content-type|transfer-encoding|connection):[ \t]*([^\r\n]*)", re.I)


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its path (percent signs resolved), query, content type and body."""

    verb: str
    path: str
    query: str
    content_type: str
    body: bytes


class Connection(asyncio.Protocol):
    """One connection of a client's. `serve` gets each request, and answers or drops it, at once or later."""

    def __init__(self, serve: Callable[[Request, Connection], None], all_open: set[Connection]) -> None:
        self._serve = serve
        self._all_open = all_open
        self._buffer = bytearray()
        self._busy = False
        self._close_after = False
        self._transport: asyncio.Transport
        self.lost = False
        self.on_lost: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._all_open.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self._all_open.discard(self)
        if self.on_lost:
            self.on_lost()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._next()

    def _next(self) -> None:
        if self._busy or self.lost:
            return
        try:
            request = self._take()
        except ValueError:
            self._busy = self._close_after = True
            self.answer(400, b'{"ok":false,"error_code":400,"description":"Bad Request"}')
            return
        if request:
            self._busy = True
            self._serve(request, self)

    def _take(self) -> Request | None:
        """The next whole request in the buffer, taken out of it; None while it is not all there."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self._buffer[:end])
        verb, target, version = head.partition(b"\r\n")[0].decode("latin-1").split(" ")
        headers = {name.lower(): value.strip() for name, value in _WANTED.findall(head)}
        if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
            taken = self._chunks(end + 4)
        else:
            taken = self._measured(end + 4, int(headers.get(b"content-length", b"0")))
        if taken is None:
            return None
        body, behind = taken
        del self._buffer[:behind]
        connection = headers.get(b"connection", b"").lower()
        self._close_after = connection == b"close" or (version == "HTTP/1.0" and connection != b"keep-alive")
        path, _, query = target.partition("?")
        return Request(verb, unquote(path), query, headers.get(b"content-type", b"").decode("latin-1"), body)

    def _measured(self, start: int, length: int) -> tuple[bytes, int] | None:
        if not 0 <= length <= _MOST:
            raise ValueError(length)
        end = start + length
        return (bytes(self._buffer[start:end]), end) if len(self._buffer) >= end else None

    def _chunks(self, start: int) -> tuple[bytes, int] | None:
        pieces: list[bytes] = []
        while (line_end := self._buffer.find(b"\r\n", start)) >= 0:
            size = int(bytes(self._buffer[start:line_end]).partition(b";")[0], 16)
            start = line_end + 2 + size + 2
            if len(self._buffer) < start:
                return None
            if size == 0:
                return b"".join(pieces), start
            pieces.append(bytes(self._buffer[line_end + 2 : start - 2]))
        return None

    def answer(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        """Answers the request that is being served; to nobody, when the client has gone."""
        self.on_lost = None
        if self.lost:
            return
        close = "Connection: close\r\n" if self._close_after else ""
        head = f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}\r\nContent-Type: {content_type}\r\n"
        self._transport.write(f"{head}Content-Length: {len(body)}\r\n{close}\r\n".encode("latin-1") + body)
        self._busy = False
        if self._close_after:
            self._transport.close()
        elif self._buffer:
            asyncio.get_running_loop().call_soon(self._next)

    def drop(self) -> None:
        """Closes the connection without an answer."""
        self.on_lost = None
        self._transport.close()

    def abort(self) -> None:
        self.on_lost = None
        self._transport.abort()

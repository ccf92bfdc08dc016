"""What operators and their tools ask over HTTP: does it run (/healthz), does it serve (/readyz), how does it do (/metrics).

Promises: only GET and HEAD; nothing of a resident's; an answer also where the state cannot be found out. The server beneath, of which the
webhook makes use too, keeps no more than so many connections, waits for nobody long, and says nothing of itself or of why it refuses.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import json
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPMessageDelegate, HTTPServerConnectionDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream

from bot.channels.telegram.metrics import CONTENT_TYPE, Metrics
from bot.errors import ChannelError

_JSON = "application/json; charset=utf-8"
_STATE_SECONDS = 5.0
_IDLE_SECONDS, _BODY_SECONDS = 10.0, 10.0
_HEADER_BYTES = 16 * 1024

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ContentState:
    """What is answered from, and what may be.

    version    in use; since  when it came into use here
    fault      why a change of it is refused: file, line and remedy, in Korean
    published  the version that is published; another than the one in use where this program cannot read it
    proposed   the version that waits for staff's word
    """

    version: str
    fault: str | None = None
    since: dt.datetime | None = None
    published: str | None = None
    proposed: str | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """How the bot stands.

    content   a refused change of it is shown, and does not make the bot unready: the last good one goes on answering
    store     "ok", or what is wrong with the database in a word
    telegram  "ok", or what is wrong with the way to Telegram in a word; shown only, for a server that is taken out of service when Telegram
              cannot be reached would never hear that it can be again
    staff     "ok", "none" (no group is set), or why the group of the staff cannot be used; shown only, for residents are answered without it
    waiting   how many wait: {"inbox": 0, "outbox": 0}
    serving   false while the bot starts or stops
    """

    content: ContentState
    store: str = "ok"
    telegram: str = "ok"
    staff: str = "none"
    waiting: Mapping[str, int] = field(default_factory=dict)
    serving: bool = True

    @property
    def ready(self) -> bool:
        """Whether residents are served."""
        return self.serving and self.store == "ok"

    def as_json(self) -> dict[str, Any]:
        """As /readyz shows it."""
        since = self.content.since.isoformat() if self.content.since else None
        return {
            "ready": self.ready,
            "store": self.store,
            "content": {
                "version": self.content.version,
                "fault": self.content.fault,
                "since": since,
                "published": self.content.published,
                "proposed": self.content.proposed,
            },
            "telegram": self.telegram,
            "staff": self.staff,
            "waiting": dict(self.waiting),
        }


class Operation:
    """The server of /healthz, /readyz and /metrics.

    port   0 takes any free one (the setting's 0 means none: then this is not made)
    state  how the bot stands; may take up to five seconds
    """

    def __init__(self, host: str, port: int, metrics: Metrics, state: Callable[[], Awaitable[Readiness]]) -> None:
        self.host, self.port = host, port
        self._metrics, self._state = metrics, state
        self._server: Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listens; the port. Raises ChannelError."""
        listening = open_socket(self.host, self.port, "operation")
        self._server = Server(lambda connection: _Question(self, connection), connections=64, body_bytes=1024)
        self._server.add_socket(listening)
        return int(listening.getsockname()[1])

    async def stop(self) -> None:
        """Closes the port and every connection."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()
            for task in self._tasks:
                task.cancel()
            await server.close_all_connections()

    def ask(self, line: RequestStartLine, connection: HTTPConnection) -> None:
        """Begins to answer a request."""
        task = asyncio.ensure_future(self._answer(line, connection))
        self._tasks.add(task)  # the loop itself would let go of it half-way
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, line: RequestStartLine, connection: HTTPConnection) -> None:
        try:
            status, kind, body = await self._page(line.path.partition("?")[0])
        except Exception:
            log.exception("operation_failed")
            status, kind, body = 500, _JSON, b""
        respond(connection, status, body, kind, head=line.method == "HEAD")

    async def _page(self, path: str) -> tuple[int, str, bytes]:
        if path == "/healthz":
            return 200, _JSON, b'{"status":"ok"}'
        if path == "/readyz":
            return await self._readiness()
        if path == "/metrics":
            return 200, CONTENT_TYPE, self._metrics.render()
        return 404, _JSON, b""

    async def _readiness(self) -> tuple[int, str, bytes]:
        try:
            state = await asyncio.wait_for(self._state(), _STATE_SECONDS)
            ready, shown = state.ready, state.as_json()
        except asyncio.TimeoutError:
            ready, shown = False, {"ready": False, "fault": "timeout"}
        except Exception as error:
            log.exception("readiness_failed")
            ready, shown = False, {"ready": False, "fault": type(error).__name__}
        return 200 if ready else 503, _JSON, json.dumps(shown, ensure_ascii=False).encode()


class _Question(HTTPMessageDelegate):
    """One request to Operation."""

    def __init__(self, operation: Operation, connection: HTTPConnection) -> None:
        self._operation, self._connection = operation, connection
        self._line = RequestStartLine("GET", "", "HTTP/1.1")

    def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        assert isinstance(start_line, RequestStartLine)
        self._line = start_line
        if start_line.method not in ("GET", "HEAD"):
            respond(self._connection, 405, allow="GET, HEAD")

    def finish(self) -> None:
        self._operation.ask(self._line, self._connection)


class Server(HTTPServer, HTTPServerConnectionDelegate):
    """An HTTP server that hands each request to what `make` makes of its connection, and shuts the door where too many come."""

    _make: Callable[[HTTPConnection], HTTPMessageDelegate]
    _most: int
    _open: int

    def initialize(  # type: ignore[override]  # tornado's way to say __init__
        self, make: Callable[[HTTPConnection], HTTPMessageDelegate], connections: int, body_bytes: int, tls: ssl.SSLContext | None = None
    ) -> None:
        self._make, self._most, self._open = make, connections, 0
        super().initialize(
            _unused,
            ssl_options=tls,
            max_header_size=_HEADER_BYTES,
            max_body_size=body_bytes,
            max_buffer_size=body_bytes + 2 * _HEADER_BYTES + 65536,
            idle_connection_timeout=_IDLE_SECONDS,
            body_timeout=_BODY_SECONDS,
        )

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        return self._make(request_conn)

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        if self._open >= self._most:
            stream.close()
            return
        self._open += 1
        super().handle_stream(stream, address)

    def on_close(self, server_conn: object) -> None:
        self._open -= 1
        super().on_close(server_conn)


def _unused(request: object) -> None:
    """HTTPServer wants a callback; start_request takes its place."""


def respond(connection: HTTPConnection, status: int, body: bytes = b"", kind: str = "", allow: str = "", head: bool = False) -> None:
    """Sends a whole response, to HEAD without its body: no banner, no cache.

    Where the other side has gone, nothing happens; where a body is left unread, the connection ends.
    """
    headers = HTTPHeaders({"Content-Length": str(len(body)), "Cache-Control": "no-store"})
    if body:
        headers["Content-Type"] = kind
    if allow:
        headers["Allow"] = allow
    connection.write_headers(ResponseStartLine("HTTP/1.1", status, HTTPStatus(status).phrase), headers, None if head or not body else body)
    connection.finish()


def open_socket(host: str, port: int, setting: str) -> socket.socket:
    """A listening socket. Raises ChannelError that names the setting ("operation")."""
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128)
    except (OSError, OverflowError, UnicodeError) as error:
        raise _cannot_listen(error, host, port, setting) from None
    listening.setblocking(False)
    return listening


def _cannot_listen(error: Exception, host: str, port: int, setting: str) -> ChannelError:
    number = error.errno if isinstance(error, OSError) else None
    place, what = f"{setting}.port", f"{host}의 {port}번 포트를 열 수 없습니다"
    if number == errno.EADDRINUSE:
        return ChannelError(place, f"{what}(다른 프로그램이 쓰고 있음).", f"그 프로그램을 끄거나, {setting}.port를 다른 번호로 바꿔 주세요.")
    if number == errno.EACCES:
        return ChannelError(place, f"{what}(권한 없음).", f"{setting}.port를 1024 이상의 번호로 바꿔 주세요.")
    return ChannelError(f"{setting}.host", f"{what}(이 컴퓨터의 주소가 아님).", f"{setting}.host를 127.0.0.1이나 0.0.0.0으로 바꿔 주세요.")

"""Receives what Telegram delivers by webhook.

Promises: nothing is read of a request's body before its path, method and secret are right, and of the rest no more than 1 MB; what is refused
learns no reason, and whoever knows the secret learns no more than a status. 200 is said only after `take` has taken the update; where it
cannot (the store, Telegram), 503 lets Telegram deliver it again. Nothing that a sender writes into a header is believed, and no text is
logged.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import math
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from telegram.error import TelegramError
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine

from bot.channels.telegram.operation import Server, open_socket, respond
from bot.errors import ChannelError, StoreError

BODY_BYTES = 1024 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_CONNECTIONS = 256  # Telegram opens at most 100
_STOP_SECONDS = 5.0
_MOST_ID = 2**63 - 1  # what a database holds

log = structlog.get_logger()


class Webhook:
    """The server of the one address that Telegram delivers to.

    port       0 takes any free one
    path       exactly, "/telegram"
    take       takes one update; returns when it is safe, and may be called for several at once; ValueError where it is none
    cert, key  for TLS of its own; without them a proxy must bring it
    """

    def __init__(
        self,
        host: str,
        port: int,
        path: str,
        secret: str,
        take: Callable[[dict[str, Any]], Awaitable[None]],
        cert: Path | None = None,
        key: Path | None = None,
    ) -> None:
        if not secret:
            raise ValueError("a webhook without a secret takes updates from anybody")
        self.host, self.port, self.cert, self.key = host, port, cert, key
        self._path, self._secret, self._take = path, secret.encode(), take
        self._server: Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listens; the port. Raises ChannelError."""
        tls = _tls(self.cert, self.key) if self.cert is not None else None
        listening = open_socket(self.host, self.port, "telegram.webhook")
        self._server = Server(lambda connection: _Delivery(self, connection), _CONNECTIONS, BODY_BYTES, tls)
        self._server.add_socket(listening)
        return int(listening.getsockname()[1])

    async def stop(self) -> None:
        """Takes no more; what is being taken gets a few seconds to end, so that Telegram need not deliver it again."""
        server, self._server = self._server, None
        if server is None:
            return
        server.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_STOP_SECONDS)
        await server.close_all_connections()

    def refusal(self, line: RequestStartLine, headers: HTTPHeaders) -> int | None:
        """The status that a request gets before its body is read, or None where it may be read."""
        given = headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        is_known = hmac.compare_digest(given, self._secret)
        # One status for all three: whoever knocks is not told which of them was wrong.
        if line.path != self._path or line.method != "POST" or not is_known:
            return 403
        if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            return 415
        length = headers.get("Content-Length", "")
        return 413 if length.isdecimal() and (len(length) > 15 or int(length) > BODY_BYTES) else None

    def receive(self, body: bytes, connection: HTTPConnection) -> None:
        """Begins to take what was delivered."""
        update = read_json(body)
        if update is None:
            respond(connection, 400)
            return
        task = asyncio.ensure_future(self._deliver(update, connection))
        self._tasks.add(task)  # the loop itself would let go of it half-way
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, update: dict[str, Any], connection: HTTPConnection) -> None:
        status = 200
        try:
            await self._take(update)
        except (StoreError, TelegramError) as error:
            log.warning("webhook_put_off", reason=type(error).__name__)
            status = 503
        except ValueError:
            status = 400
        except Exception:
            log.exception("webhook_failed")
            status = 500
        respond(connection, status)


class _Delivery(HTTPMessageDelegate):
    """One request; refused by its headers where it can be, so that its body is never read."""

    def __init__(self, webhook: Webhook, connection: HTTPConnection) -> None:
        self._webhook, self._connection = webhook, connection
        self._body = bytearray()

    def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        assert isinstance(start_line, RequestStartLine)
        status = self._webhook.refusal(start_line, headers)
        if status is not None:
            respond(self._connection, status)

    def data_received(self, chunk: bytes) -> None:
        self._body += chunk  # a chunked one, whose length is not told before, is cut off by the server

    def finish(self) -> None:
        body = bytes(self._body)
        self._body.clear()
        self._webhook.receive(body, self._connection)

    def on_connection_close(self) -> None:
        self._body.clear()


def read_json(body: bytes) -> dict[str, Any] | None:
    """The update in a body; None where it is no JSON object with an update_id."""
    try:
        update = json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors; so is a number of thousands of digits
        return None
    if not isinstance(update, dict):
        return None
    number = update.get("update_id")
    return update if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _MOST_ID else None


def _refuse(name: str) -> float:
    raise ValueError("no JSON")  # NaN, Infinity: Python's own extension


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("out of range")
    return number


def _tls(cert: Path, key: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key, password="")  # never asked for at the terminal
    except (OSError, ValueError) as error:  # SSLError is an OSError
        raise ChannelError(
            f"telegram.webhook.cert {cert}",
            f"인증서나 열쇠를 읽을 수 없습니다({type(error).__name__}).",
            "PEM 파일인지, 암호가 걸려 있지 않은지, cert와 key가 서로 맞는지, 읽을 권한이 있는지 확인해 주세요.",
        ) from None
    return context

"""/healthz, /readyz and /metrics, asked over a real port."""

from __future__ import annotations

import asyncio
import datetime as dt
import http.client
import json
import socket
from collections.abc import Callable

import pytest

from bot.channels.telegram import operation
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.operation import ContentState, Operation, Readiness
from bot.errors import ChannelError

WELL = Readiness(ContentState("a1b2", since=dt.datetime(2021, 2, 1, tzinfo=dt.timezone.utc), published="a1b2"), waiting={"inbox": 2, "outbox": 0})
FAULT = "safety.yaml 14번째 줄: id가 겹칩니다.\n  고치는 법: 하나를 바꿔 주세요."


def ask(path: str, state: Readiness | Exception | None = WELL, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body) of one request to a server that stands so; None takes for ever."""

    async def standing() -> Readiness:
        if state is None:
            await asyncio.sleep(60)
        if isinstance(state, Exception):
            raise state
        assert state is not None
        return state

    def request(port: int) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request(method, path)
        response = connection.getresponse()
        try:
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    async def run() -> tuple[int, dict[str, str], bytes]:
        server = Operation("127.0.0.1", 0, Metrics(), standing)
        port = await server.start()
        try:
            return await asyncio.to_thread(request, port)
        finally:
            await server.stop()

    return asyncio.run(run())


def test_healthz_answers_while_the_loop_does():
    status, headers, body = ask("/healthz", RuntimeError("no state"))

    assert (status, json.loads(body)) == (200, {"status": "ok"})
    assert headers["content-type"].startswith("application/json")


def test_readyz_shows_how_the_bot_stands():
    status, _, body = ask("/readyz")

    assert status == 200
    assert json.loads(body) == {
        "ready": True,
        "store": "ok",
        "content": {"version": "a1b2", "fault": None, "since": "2021-02-01T00:00:00+00:00", "published": "a1b2", "proposed": None},
        "telegram": "ok",
        "staff": "none",
        "waiting": {"inbox": 2, "outbox": 0},
    }


def test_a_refused_change_is_shown_and_leaves_the_bot_ready():
    status, _, body = ask("/readyz", Readiness(ContentState("a1b2", fault=FAULT)))

    assert (status, json.loads(body)["content"]["fault"]) == (200, FAULT)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (Readiness(ContentState("a"), store="OperationalError"), {"store": "OperationalError"}),
        (Readiness(ContentState("a"), serving=False), {"store": "ok"}),
        (RuntimeError("text of a resident"), {"fault": "RuntimeError"}),
    ],
    ids=["no database", "stopping", "state unknown"],
)
def test_what_cannot_serve_is_not_ready(state, shown):
    status, _, body = ask("/readyz", state)

    assert status == 503
    assert json.loads(body).items() >= {"ready": False, **shown}.items()
    assert b"resident" not in body


def test_telegram_out_of_reach_is_shown_only():
    status, _, body = ask("/readyz", Readiness(ContentState("a"), telegram="NetworkError"))

    assert (status, json.loads(body)["telegram"]) == (200, "NetworkError")


def test_a_group_of_the_staff_that_cannot_be_used_is_shown_only():
    fault = "봇이 직원 방에 들어 있지 않습니다."

    status, _, body = ask("/readyz", Readiness(ContentState("a"), staff=fault))

    assert (status, json.loads(body)["staff"]) == (200, fault)


def test_a_state_that_never_comes_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(operation, "_STATE_SECONDS", 0.05)

    assert ask("/readyz", None)[0] == 503


def test_metrics_are_in_prometheus_text_format():
    status, headers, body = ask("/metrics")

    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=")
    assert b"yongsan_bot_updates_total" in body


@pytest.mark.parametrize("path", ["/healthz", "/readyz?full=1", "/metrics"])
def test_head_is_get_without_the_body(path):
    status, headers, body = ask(path, method="HEAD")

    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/healthz", 405), ("BREW", "/readyz", 405), ("GET", "/", 404), ("GET", "/healthz/", 404)]
)
def test_nothing_else_is_answered_nor_who_is_asked(method, path, status):
    got, headers, body = ask(path, method=method)

    assert (got, body) == (status, b"")
    assert "server" not in headers


def taken() -> tuple[socket.socket, int]:
    held = socket.create_server(("127.0.0.1", 0))
    return held, held.getsockname()[1]


@pytest.mark.parametrize(("host", "word", "place"), [("127.0.0.1", "다른 프로그램", "operation.port"), ("192.0.2.1", "주소", "operation.host")])
def test_a_port_that_cannot_be_had_is_told_with_its_remedy(host, word, place):
    held, port = taken()

    with held, pytest.raises(ChannelError) as caught:
        asyncio.run(Operation(host, port, Metrics(), _never).start())

    assert caught.value.place == place
    assert word in caught.value.problem
    assert "operation." in caught.value.remedy


def test_it_may_be_stopped_twice_and_started_again():
    async def run() -> None:
        server = Operation("127.0.0.1", 0, Metrics(), _never)
        for _ in range(2):
            assert await server.start() > 0
            await server.stop()
            await server.stop()

    asyncio.run(run())


async def _never() -> Readiness:
    raise AssertionError


def test_too_many_connections_find_the_door_shut():
    def knock(port: int, most: int) -> list[bytes]:
        held = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(most + 1)]
        said = []
        for one in (held[-1], held[0]):
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            said.append(_received(one))
        for one in held:
            one.close()
        return said

    async def run() -> list[bytes]:
        server = Operation("127.0.0.1", 0, Metrics(), _never)
        port = await server.start()
        try:
            return await asyncio.to_thread(knock, port, 64)
        finally:
            await server.stop()

    last, first = asyncio.run(run())
    assert last == b""
    assert first.startswith(b"HTTP/1.1 200")


def _received(one: socket.socket) -> bytes:
    read: Callable[[int], bytes] = one.recv
    try:
        return read(1000)
    except ConnectionError:
        return b""

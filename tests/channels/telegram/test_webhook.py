"""The receiver of Telegram's webhook, over a real port and with whatever a stranger may send."""

from __future__ import annotations

import asyncio
import gc
import json
import random
import shutil
import socket
import ssl
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from telegram.error import NetworkError

from bot.channels.telegram import operation, webhook
from bot.channels.telegram.webhook import BODY_BYTES, SECRET_HEADER, Webhook, read_json
from bot.errors import ChannelError, StoreError

SECRET, PATH = "s3cret-for_Telegram", "/telegram"
GOOD = json.dumps({"update_id": 7, "message": {"text": "안녕하세요"}}).encode()


class Taker:
    """Keeps what it is given, or raises."""

    def __init__(self, error: Exception | None = None, seconds: float = 0.0) -> None:
        self.taken: list[dict[str, Any]] = []
        self.error, self.seconds = error, seconds

    async def __call__(self, update: dict[str, Any]) -> None:
        await asyncio.sleep(self.seconds)
        if self.error:
            raise self.error
        self.taken.append(update)


def post(
    body: bytes = GOOD, method: str = "POST", path: str = PATH, secret: str | None = SECRET, kind: str = "application/json", **more: str
) -> bytes:
    """A request in bytes; `more` are headers, which may replace Content_Length, and an empty one leaves it out."""
    headers = {"Host": "bot.example", "Content-Type": kind, "Content-Length": str(len(body))}
    if secret is not None:
        headers[SECRET_HEADER] = secret
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value)]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


def chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))


def say(port: int, *requests: bytes, seconds: float = 5.0, wrap: Callable[[socket.socket], socket.socket] = lambda one: one) -> bytes:
    """What is said to requests on one connection, until the last of them has its head or the connection ends."""
    said = b""
    with wrap(socket.create_connection(("127.0.0.1", port), timeout=seconds)) as one:
        try:
            for number, request in enumerate(requests, 1):
                one.sendall(request)
                while said.count(b"\r\n\r\n") < number:
                    got = one.recv(65536)
                    if not got:
                        return said
                    said += got
        except ConnectionError:
            pass  # it was closed on us, with the answer or without
    return said


def served(take: Taker, ask: Callable[[int], Any], **more: Any) -> Any:
    """What `ask` gets of a server with that taker."""

    async def run() -> Any:
        server = Webhook("127.0.0.1", 0, PATH, SECRET, take, **more)
        port = await server.start()
        try:
            return await asyncio.to_thread(ask, port)
        finally:
            await server.stop()

    return asyncio.run(run())


def status(said: bytes) -> int:
    return int(said.split(b" ", 2)[1]) if said else 0


def test_an_update_is_taken_and_answered_with_nothing():
    take = Taker()

    said = served(take, lambda port: say(port, post()))

    head, _, body = said.partition(b"\r\n\r\n")
    assert (status(said), body) == (200, b"")
    assert b"tornado" not in head.lower()
    assert take.taken == [json.loads(GOOD)]


def test_a_connection_is_kept_for_the_next_and_a_body_may_come_in_chunks():
    take = Taker()

    said = served(take, lambda port: say(port, post(), post(chunked(GOOD[:9], GOOD[9:]), Transfer_Encoding="chunked", Content_Length="")))

    assert said.count(b"200 OK") == 2
    assert len(take.taken) == 2


def test_a_wrong_path_method_or_secret_are_told_apart_by_nobody():
    take = Taker()
    wrong = [post(secret=None), post(secret=SECRET + "x"), post(secret="비밀"), post(path="/"), post(path=PATH + "/"), post(path=PATH + "?a=1")]
    wrong += [post(method="GET"), post(method="PUT"), post(method="BREW"), post(path="//telegram"), post(secret=None, kind="text/plain")]

    said = served(take, lambda port: {say(port, request) for request in wrong})

    assert len(said) == 1
    assert status(said.pop()) == 403
    assert not take.taken


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (post(kind="text/plain"), 415),
        (post(kind=""), 415),
        (post(Content_Length=str(BODY_BYTES + 1)), 413),
        (post(Content_Length="9" * 30), 413),
        (post(chunked(b"x" * 70_000) * 20, Transfer_Encoding="chunked", Content_Length=""), 400),
        (post(chunked(b"12345", b"x" * BODY_BYTES), Transfer_Encoding="chunked", Content_Length=""), 400),
        (post(b"%x\r\n" % 2**40, Transfer_Encoding="chunked", Content_Length=""), 400),
        (post(Content_Length="-1"), 400),
        (post(Content_Length=""), 400),
        (post(Content_Length="3, 4"), 400),
        (post(b"{"), 400),
    ],
)
def test_a_body_of_the_wrong_kind_or_length_is_refused(request_, expected):
    take = Taker()

    said = served(take, lambda port: say(port, request_))

    assert status(said) == expected
    assert not take.taken


def test_a_refused_body_is_not_waited_for():
    start = time.monotonic()

    said = served(Taker(), lambda port: say(port, post(b"", secret=None, Content_Length="1000")))

    assert status(said) == 403
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        GOOD.decode().encode("utf-16"),
        b"[1]",
        b"7",
        b"null",
        b"{}",
        b'{"update_id": true}',
        b'{"update_id": "7"}',
        b'{"update_id": 7.0}',
        b'{"update_id": -7}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": 7, "a": NaN}',
        b'{"update_id": 7, "a": -Infinity}',
        b'{"update_id": 7, "a": 1e999}',
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'{"update_id": 7, "a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"update_id": 7} x',
        b'{"update_id": 7, "a": "\n"}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_no_update_is_not_read(body):
    assert read_json(body) is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [(StoreError("store.url", "disk full"), 503), (NetworkError("gone"), 503), (KeyError("text of a resident"), 500)],
    ids=["store", "telegram", "fault of ours"],
)
def test_what_cannot_be_taken_is_delivered_again(error, expected):
    said = served(Taker(error), lambda port: say(port, post()))

    assert status(said) == expected
    assert said.endswith(b"\r\n\r\n")


def test_a_slow_body_is_given_up(monkeypatch):
    monkeypatch.setattr(operation, "_BODY_SECONDS", 0.2)
    take = Taker()

    def drip(port: int) -> tuple[bytes, bytes]:
        return say(port, post(GOOD[:5], Content_Length=str(len(GOOD)))), say(port, post())

    slow, good = served(take, drip)

    assert slow == b""
    assert status(good) == 200


def test_an_idle_connection_is_given_up(monkeypatch):
    monkeypatch.setattr(operation, "_IDLE_SECONDS", 0.2)

    assert served(Taker(), lambda port: say(port, b"POST /telegram HT")) == b""


def test_who_forwards_is_not_believed():
    take = Taker()

    said = served(take, lambda port: say(port, post(secret=None, X_Forwarded_For="149.154.167.220", X_Real_Ip="149.154.167.220")))

    assert status(said) == 403


def test_what_is_being_taken_when_the_bot_stops_is_taken():
    take = Taker(seconds=0.3)

    async def run() -> bytes:
        server = Webhook("127.0.0.1", 0, PATH, SECRET, take)
        port = await server.start()
        asking = asyncio.ensure_future(asyncio.to_thread(say, port, post()))
        await asyncio.sleep(0.15)
        await server.stop()
        return await asking

    assert status(asyncio.run(run())) == 200
    assert len(take.taken) == 1


def test_a_thousand_strangers_change_nothing():
    take, rng = Taker(), random.Random(20210201)

    def storm(port: int) -> tuple[set[int], bytes]:
        seen = {status(say(port, request)) for request in strange(rng, 1000)}
        return seen, say(port, post())

    seen, said = served(take, storm)

    assert seen <= {0, 400, 403, 413, 415}
    assert {400, 403, 413, 415} <= seen
    assert status(said) == 200
    assert take.taken == [json.loads(GOOD)]


def strange(rng: random.Random, count: int) -> Iterator[bytes]:
    """Requests of which none may be taken. Each ends the connection or is answered at once."""
    noise = lambda most: rng.randbytes(rng.randrange(most))  # noqa: E731
    word = lambda: "".join(rng.choice("abcXYZ019-_./%~") for _ in range(rng.randrange(1, 40)))  # noqa: E731
    half = lambda body: body[: rng.randrange(len(body))]  # noqa: E731
    makers: list[Callable[[], bytes]] = [
        lambda: post(secret=rng.choice([None, "", word(), SECRET.upper(), SECRET[:-1], f"{SECRET},{SECRET}", f"{SECRET}\t{SECRET}"])),
        lambda: post(path=rng.choice(["/" + word(), "*", f"http://bot.example{PATH}", PATH.upper(), "/%74elegram", PATH + "#x"])),
        lambda: post(method=rng.choice("GET HEAD PUT DELETE OPTIONS PATCH TRACE CONNECT post BREW".split())),
        lambda: post(kind=rng.choice(["text/plain", "application/jsonx", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])),
        lambda: post(b"", Content_Length=str(rng.randrange(BODY_BYTES + 1, 10**18))),
        lambda: post(half(GOOD)),
        lambda: post(noise(300)),
        lambda: post(json.dumps({"update_id": rng.choice([None, True, "7", 7.5, [], {}, -1, 2**63])}).encode()),
        lambda: post(b'{"update_id": 7, "x": ' + b'{"a":' * rng.randrange(2_000, 90_000)),
        lambda: post(chunked(noise(90)), Transfer_Encoding="chunked", Content_Length=""),
        lambda: post(b"zz\r\n" + noise(90), Transfer_Encoding="chunked", Content_Length=""),
        lambda: post(chunked(GOOD), Transfer_Encoding="chunked"),
        lambda: post(chunked(GOOD), Transfer_Encoding="gzip, chunked", Content_Length=""),
        lambda: post(Content_Length=rng.choice(["-1", "+9", "1_0", "0x9", "9, 8", "nine"])),
        lambda: post(GOOD, Content_Encoding="gzip")[:-1] + b"\x00",
        lambda: b"\x16\x03\x01" + noise(90) + b"\r\n\r\n",
        lambda: noise(200).replace(b"\n", b"") + b"\r\n\r\n",
        lambda: b"POST " + PATH.encode() + b" HTTP/9.9\r\n\r\n",
        lambda: post()[:40] + b"\r\n" + b"a: b\r\n" * 5000 + b"\r\n",
    ]
    for number in range(count):
        yield makers[number % len(makers)]()


def test_no_body_is_kept():
    body = b'{"update_id": true, "text": "' + b"x" * 900_000 + b'"}'

    def load(port: int) -> int:
        say(port, post(body))
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(15):
            say(port, post(body))
            with socket.create_connection(("127.0.0.1", port), timeout=5) as gone:
                gone.sendall(post(body)[:-9])
        time.sleep(0.1)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    tracemalloc.start()
    try:
        grown = served(Taker(), load)
    finally:
        tracemalloc.stop()

    assert grown < 400_000


def test_a_port_in_use_is_told_with_its_remedy():
    with socket.create_server(("127.0.0.1", 0)) as held, pytest.raises(ChannelError) as caught:
        asyncio.run(Webhook("127.0.0.1", held.getsockname()[1], PATH, SECRET, Taker()).start())

    assert caught.value.place == "telegram.webhook.port"


@pytest.mark.parametrize("written", [None, b"no certificate"], ids=["missing", "damaged"])
def test_a_certificate_that_cannot_be_used_is_told_before_the_port_is_opened(tmp_path, written):
    cert = tmp_path / "cert.pem"
    if written is not None:
        cert.write_bytes(written)

    with pytest.raises(ChannelError) as caught:
        asyncio.run(Webhook("127.0.0.1", 0, PATH, SECRET, Taker(), cert=cert).start())

    assert "cert.pem" in caught.value.place
    assert caught.value.remedy


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_it_brings_its_own_tls(tmp_path: Path):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*made, "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert], check=True, capture_output=True)
    client, take = ssl.create_default_context(cafile=cert), Taker()

    def ask(port: int) -> bytes:
        say(port, post())  # without TLS: no answer, and no harm
        return say(port, post(), wrap=lambda one: client.wrap_socket(one, server_hostname="localhost"))

    said = served(take, ask, cert=cert, key=key)

    assert status(said) == 200
    assert len(take.taken) == 1


def test_without_a_secret_there_is_no_webhook():
    with pytest.raises(ValueError, match="secret"):
        Webhook("127.0.0.1", 0, PATH, "", Taker())


def test_no_more_than_so_many_connections_are_open(monkeypatch):
    monkeypatch.setattr(webhook, "_CONNECTIONS", 3)

    def crowd(port: int) -> tuple[int, int]:
        held = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(3)]
        time.sleep(0.1)
        shut = status(say(port, post()))
        for one in held:
            one.close()
        time.sleep(0.1)
        return shut, status(say(port, post()))

    assert served(Taker(), crowd) == (0, 200)

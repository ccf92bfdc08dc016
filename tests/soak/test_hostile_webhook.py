"""A thousand deliveries that are not Telegram's: all refused, nothing stored, and residents notice nothing."""

from __future__ import annotations

import http.client
import json
import random
import sqlite3
from contextlib import closing

from channels.telegram.running import free_port

SECRET = "a-secret-of-the-tests"
GOOD = {"update_id": 7, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "비상벨"}}
BODIES = (
    b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b"{}", b'{"update_id": "7"}', b'{"update_id": true}', b'{"update_id": 1e999}',
    b'{"update_id": 7, "message": []}', b'{"update_id": 7, "message": {"chat": 5}}', b"[" * 5000, b'{"a":' * 5000, b'{"update_id": NaN}',
    b'{"update_id": -1}', b'{"update_id": 99999999999999999999}', b"x" * 3_000_000,
)  # fmt: skip


def knock(port, chance):
    """One request that should not be taken; its status, or 0 where the connection was closed."""
    kind = chance.choice(["no secret", "wrong secret", "path", "method", "type", "body", "body", "body"])
    body = chance.choice(BODIES) if kind == "body" else json.dumps(GOOD).encode()
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
    if kind == "no secret":
        del headers["X-Telegram-Bot-Api-Secret-Token"]
    if kind == "wrong secret":
        headers["X-Telegram-Bot-Api-Secret-Token"] = chance.choice([SECRET[:-1], SECRET + "x", SECRET.upper(), "", " "])
    if kind == "type":
        headers["Content-Type"] = chance.choice(["text/plain", "", "application/x-www-form-urlencoded"])
    path = chance.choice(["/", "/telegram/", "/telegramm", "/../telegram", "/telegram?x=1"]) if kind == "path" else "/telegram"
    method = chance.choice(["GET", "PUT", "DELETE", "HEAD"]) if kind == "method" else "POST"
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        try:
            connection.request(method, path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0


def test_hostile_deliveries_are_refused(api, run, report):
    chance, port = random.Random(3), free_port()

    with run(telegram__mode="webhook", telegram__webhook__secret=SECRET, telegram__webhook__port=port) as bot:
        statuses = [knock(port, chance) for _ in range(1000)]
        with closing(sqlite3.connect(bot.file)) as store:
            stored = store.execute("SELECT count(*) FROM inbox").fetchone()[0]
        api.deliver_to([f"http://127.0.0.1:{port}/telegram"], secret=SECRET)
        api.message(501, "비상벨은 몇 개 바꿨어요?")
        bot.wait(lambda: api.sent(501))

    report(f"1000 hostile deliveries: { ({status: statuses.count(status) for status in sorted(set(statuses))}) }")
    assert not [status for status in statuses if 200 <= status < 300]
    assert stored == 0

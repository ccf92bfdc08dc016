"""A strict fake of Telegram's Bot API server, over real HTTP, for tests that run the whole bot.

    with BotApi(token="1234567:TEST", username="test_bot") as api:
        ...                                   # a bot polls api.url, or sets a webhook
        api.message(501, "/start")
        api.wait(lambda: api.sent(501))
        api.check()                           # nothing broke Telegram's rules; every pressed button was answered

It serves in a thread of its own. Every public method may be called from any thread: what is shared
stands under one lock, which is held only for moments. Each request is held to the facts
(checking.py) and rules (rules.py), struck by a fault or not (faults.py), held to what the bot may do in
that chat (access.py), and then carried out (methods.py). Groups: groupchats.py; what people do: actions.py.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
import traceback
from collections import deque
from random import Random
from typing import Any

from .actions import Actions
from .checking import METHODS, Formatted, Problem
from .delivery import Delivery
from .faults import BAD_GATEWAY, Fault
from .groupchats import GroupActions
from .judging import Judging
from .methods import carry_out
from .params import params_of
from .records import Call, Refused, Sent
from .rules import check_call
from .state import State
from .updates import Entry
from .wire import Connection, Request

_WEBHOOK_ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class BotApi(Actions, GroupActions, Judging):
    """The server. Arguments: the bot's token and username, the port (0: any free one), the seed of random faults."""

    def __init__(self, token: str = "1234567:TEST-token_of-no-bot", username: str = "yongsan_test_bot", port: int = 0, seed: int = 0) -> None:
        self.lock = threading.RLock()
        self.token = token
        self.username = username
        self.state = State(token, username, self._added, self.lock)
        self.bot_id = self.state.bot_id
        self.strangers = 0  # requests with another token
        self._prefix = f"/bot{token}/"
        self._port = port
        self._random = Random(seed)
        self._faults: list[Fault] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="bot-api", daemon=True)
        self._connections: set[Connection] = set()
        self._ready = threading.Event()
        self._delivery: Delivery | None = None
        self._delivered_as: tuple[list[str], str, int] | None = None
        self._elsewhere: tuple[list[str], str | None, int] = ([], None, 40)
        self._redirecting = asyncio.Lock()
        self._fresh: deque[Entry] = deque()
        self._woken = False

    # --- life

    def __enter__(self) -> BotApi:
        self._thread.start()
        self._ready.wait()
        if not self._port:
            raise RuntimeError("the Bot API server did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            server = self._loop.run_until_complete(self._listen())
            self._port = server.sockets[0].getsockname()[1]
            self._ready.set()
            self._loop.run_forever()
            server.close()
            self._loop.run_until_complete(self._close())
        finally:
            self._ready.set()
            self._loop.close()

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(lambda: Connection(self._serve, self._connections), "127.0.0.1", self._port, backlog=512)

    async def _close(self) -> None:
        if self._delivery:
            await self._delivery.stop()
        for connection in [*self._connections]:
            connection.abort()
        await asyncio.sleep(0)

    # --- updates

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        with self.lock:
            return len(self.state.updates.entries)

    def deliver_to(self, urls: list[str], secret: str | None = None, most_at_once: int = 40) -> None:
        """Brings updates to these replicas in turn, whatever address setWebhook names or named; [] ends it."""
        with self.lock:
            self._elsewhere = (urls, secret, most_at_once)
        asyncio.run_coroutine_threadsafe(self._redirect(), self._loop).result(10)

    def _added(self, entry: Entry) -> None:
        self._fresh.append(entry)
        self._wake()

    def _wake(self) -> None:
        with self.lock:
            if not self._woken and not self._loop.is_closed():
                self._woken = True
                self._loop.call_soon_threadsafe(self._bring)

    def _bring(self) -> None:
        """Hands new updates to whoever brings them; runs in the server's thread."""
        with self.lock:
            self._woken = False
            if self._delivery:
                while self._fresh:
                    self._delivery.add(self._fresh.popleft())
            else:
                self._fresh.clear()
                self.state.updates.serve_poll()

    async def _redirect(self, *, afresh: bool = False) -> None:
        """Begins to deliver to the webhook as it now is, or ends it. Nothing under way is broken off without need."""
        async with self._redirecting:
            wanted = self._destination()
            if wanted == self._delivered_as and not afresh:
                return
            before, self._delivery = self._delivery, None
            if before:
                await before.stop()
            with self.lock:
                self._delivered_as = wanted
                self._delivery = Delivery(*wanted, self._delivered) if wanted else None
                self._fresh = deque(self.state.updates.entries.values())
            self._bring()

    def _destination(self) -> tuple[list[str], str, int] | None:
        """(addresses, secret, most at once) of where updates go. An address outside this machine is kept, but never called."""
        with self.lock:
            urls, secret, most = self._elsewhere
            hook = self.state.webhook
            urls = urls or [url for url in [hook.get("url", "")] if url.startswith("http://")]
            secret = hook.get("secret_token", "") if secret is None else secret
            return (urls, secret, hook.get("max_connections", most)) if urls else None

    def _delivered(self, entry: Entry) -> None:
        with self.lock:
            self.state.updates.entries.pop(entry.serial, None)

    # --- requests, in the server's thread

    def _serve(self, request: Request, connection: Connection) -> None:
        with self.lock:
            if not request.path.startswith(self._prefix):
                self.strangers += 1
                known = request.path.startswith("/bot") and request.path.count("/") == 2
                _refuse(connection, Refused(401, "Unauthorized") if known else Refused(404, "Not Found"))
                return
            call = Call(request.path[len(self._prefix) :], {}, time.monotonic())
            self.state.calls.append(call)
            try:
                self._take(call, request, connection)
            except Refused as refused:
                self._refused(call, refused, connection)
            except Exception:  # a fault of the fake's own must not look like one of the bot's
                self.state.violations.append(f"{call.method}: the fake server failed\n{traceback.format_exc()}")
                _refuse(connection, Refused(500, "Internal Server Error"))

    def _take(self, call: Call, request: Request, connection: Connection) -> None:
        if call.method not in METHODS:
            raise Refused(404, "Not Found: method not found", violation="there is no such method")
        try:
            call.params = params_of(call.method, request.query, request.content_type, request.body)
            texts = check_call(call.method, call.params)
        except Problem as problem:
            words = f"{problem.place} {problem.text}".strip()
            raise Refused(400, f"Bad Request: {problem.answer or words}", violation=words) from None
        for fault in self._faults:
            if fault.strikes(call.method, call.params, self._random):
                self._strike(fault, call, texts, connection)
                return
        self._answer(call, texts, connection)

    def _answer(self, call: Call, texts: Formatted, connection: Connection) -> None:
        """Carries a call out and answers it."""
        if call.method == "getUpdates":
            self._require_no_webhook()
            self.state.updates.poll(call.params, connection, call)
            return
        result = self._carry_out(call, texts)
        call.ok = True
        connection.answer(200, b'{"ok":true,"result":%b}' % json.dumps(result, separators=(",", ":")).encode())

    def _carry_out(self, call: Call, texts: Formatted) -> Any:
        if call.method in {"setWebhook", "deleteWebhook"}:
            result: Any = self._set_webhook(call.params)
        else:
            result = carry_out(self.state, call.method, call.params, texts)
        call.carried_out = True
        return result

    def _set_webhook(self, params: dict[str, Any]) -> bool:
        self.state.updates.allow(params)
        if params.get("drop_pending_updates"):
            self.state.updates.drop_all()
        self.state.webhook = dict(params) if params.get("url") else {}
        afresh = bool(params.get("drop_pending_updates"))
        self._later = self._loop.create_task(self._redirect(afresh=afresh))  # held, so that it is not collected
        return True

    def _require_no_webhook(self) -> None:
        if self.state.webhook.get("url"):
            raise Refused(409, _WEBHOOK_ACTIVE)

    def _refused(self, call: Call, refused: Refused, connection: Connection) -> None:
        call.error = refused.description
        if refused.violation is not None:
            self.state.violations.append(f"{call.method}: {refused.violation}")
        _refuse(connection, refused)

    # --- faults

    def misbehave(self, fault: Fault) -> Fault:
        """From now on this happens to the bot's calls; gives the fault, whose `fired` counts."""
        with self.lock:
            self._faults.append(fault)
        return fault

    def behave(self) -> None:
        """Ends all faults."""
        with self.lock:
            self._faults.clear()

    def _strike(self, fault: Fault, call: Call, texts: Formatted, connection: Connection) -> None:
        callback = self.state.callbacks.get(call.params.get("callback_query_id", ""))
        if callback and fault.kind != "timeout":
            callback.excused = True
        if refusal := fault.refusal(call.params):
            raise refusal
        call.error = fault.kind
        if fault.kind == "502":
            connection.answer(502, BAD_GATEWAY, "text/html")
        elif fault.kind == "timeout":
            self._loop.call_later(fault.seconds, self._late, call, texts, connection)
        elif fault.kind == "lost" and call.method != "getUpdates":
            self._carry_out(call, texts)
            if callback:
                callback.heard = False
            connection.drop()
        else:
            if fault.kind == "lost":
                self.state.updates.confirm(call.params.get("offset", 0))
            connection.drop()

    def _late(self, call: Call, texts: Formatted, connection: Connection) -> None:
        """After a long silence: done after all, unless the bot has hung up."""
        with self.lock:
            if connection.lost:
                callback = self.state.callbacks.get(call.params.get("callback_query_id", ""))
                if callback:
                    callback.excused = True
                return
            call.error = ""
            try:
                self._answer(call, texts, connection)
            except Refused as refused:
                self._refused(call, refused, connection)

    # --- what happened

    @property
    def calls(self) -> list[Call]:
        """Every request with the right token, in order."""
        with self.lock:
            return [*self.state.calls]

    @property
    def violations(self) -> list[str]:
        """What broke Telegram's rules."""
        with self.lock:
            return [*self.state.violations]

    def sent(self, chat_id: int | str | None = None) -> list[Sent]:
        """The messages that the bot has truly sent, in order, of one chat or of all; deleted ones too."""
        with self.lock:
            return [*(self.state.sent if chat_id is None else self.state.sent_to.get(chat_id, []))]


def _refuse(connection: Connection, refused: Refused) -> None:
    body = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    connection.answer(refused.code, json.dumps(body).encode())

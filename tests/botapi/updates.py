"""The updates that wait for the bot, and getUpdates with its long polling.

An update stays until the bot confirms it: by an offset beyond it, or by a 2xx to the webhook's
request (delivery.py). One that comes again or out of order is handed out at least once, whatever the offset.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock
from typing import Any

from .records import Call, Refused
from .wire import Connection

FIRST_ID = 700_000_001
# Telegram keeps these back unless they are asked for.
_ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}
_TERMINATED = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(slots=True)
class Entry:
    """One delivery of an update. `again`: it must be handed out although its id may be behind the offset."""

    serial: int
    update_id: int
    chat_key: Any
    body: str
    again: bool
    handed: bool = False


@dataclass(slots=True)
class _Poll:
    connection: Connection
    call: Call
    limit: int
    timer: asyncio.TimerHandle


class Updates:
    """The queue. Its caller holds the lock; `poll` and `serve_poll` belong to the server's thread."""

    def __init__(self, on_add: Callable[[Entry], None], lock: RLock) -> None:
        self._lock = lock
        self._on_add = on_add
        self._serial = 0
        self._last_id = FIRST_ID - 1
        self._reached = 0
        self._poll: _Poll | None = None
        self.entries: dict[int, Entry] = {}
        self.known: dict[int, dict[str, Any]] = {}
        self.withheld: list[int] = []
        self.allowed: set[str] = set()

    def add(self, update: dict[str, Any], *, again: bool = False, hidden: bool = False) -> int:
        """Queues an update and gives it an id, if it has none; a hidden one, and one of a kind that the bot has not asked for, is withheld."""
        if "update_id" not in update:
            update = {"update_id": self._last_id + 1, **update}
        update_id: int = update["update_id"]
        self._last_id = max(self._last_id, update_id)
        self.known[update_id] = update
        if hidden or (not again and not self._wanted(update)):
            self.withheld.append(update_id)
            return update_id
        self._serial += 1
        body = json.dumps(update, separators=(",", ":"))
        entry = Entry(self._serial, update_id, _chat_key(update), body, again or update_id <= self._reached)
        self.entries[entry.serial] = entry
        self._on_add(entry)
        return update_id

    def _wanted(self, update: dict[str, Any]) -> bool:
        kinds = update.keys() - {"update_id"}
        return bool(kinds & self.allowed) if self.allowed else not kinds & _ON_REQUEST

    def allow(self, params: dict[str, Any]) -> None:
        """Takes allowed_updates over; without it, the last ones hold on."""
        if "allowed_updates" in params:
            self.allowed = set(params["allowed_updates"])

    def confirm(self, offset: int) -> None:
        """Forgets what is before the offset; a negative one counts from the end."""
        if offset < 0:
            ids = sorted(entry.update_id for entry in self.entries.values())
            offset = ids[max(len(ids) + offset, 0)] if ids else 0
        self._reached = max(self._reached, offset - 1)
        done = [e.serial for e in self.entries.values() if (e.handed if e.again else e.update_id < offset)]
        for serial in done:
            del self.entries[serial]

    def drop_all(self) -> None:
        self.entries.clear()

    def poll(self, params: dict[str, Any], connection: Connection, call: Call) -> None:
        """Answers getUpdates: at once when there is something, otherwise when something comes or the time is over."""
        self.allow(params)
        self.confirm(params.get("offset", 0))
        if self._poll and not self._poll.connection.lost:
            self._end(self._poll, Refused(409, _TERMINATED))
        call.carried_out = True
        timeout = max(params.get("timeout", 0), 0)
        timer = asyncio.get_running_loop().call_later(timeout, self._time_out)
        self._poll = poll = _Poll(connection, call, params.get("limit", 100), timer)
        connection.on_lost = lambda: self._forget(poll)
        if not timeout:
            self._expire()
        else:
            self.serve_poll()

    def _time_out(self) -> None:
        with self._lock:
            self._expire()

    def serve_poll(self) -> None:
        """Answers a waiting getUpdates, if there is something for it."""
        if self._poll and self.entries:
            self._expire()

    def _expire(self) -> None:
        poll = self._poll
        if not poll:
            return
        batch = [entry for _, entry in zip(range(poll.limit), self.entries.values(), strict=False)]
        for entry in batch:
            entry.handed = True
            self._reached = max(self._reached, entry.update_id)
        poll.call.ok = True
        self._forget(poll)
        poll.connection.answer(200, f'{{"ok":true,"result":[{",".join(entry.body for entry in batch)}]}}'.encode())

    def _forget(self, poll: _Poll) -> None:
        poll.timer.cancel()
        if self._poll is poll:
            self._poll = None

    def _end(self, poll: _Poll, refused: Refused) -> None:
        self._forget(poll)
        poll.call.error = refused.description
        body = {"ok": False, "error_code": refused.code, "description": refused.description}
        poll.connection.answer(refused.code, json.dumps(body).encode())


def _chat_key(update: dict[str, Any]) -> Any:
    """What an update is put in line by: its chat, otherwise its user."""
    for value in update.values():
        if isinstance(value, dict):
            for place in (value, value.get("message") or {}):
                if isinstance(place, dict) and isinstance(place.get("chat"), dict):
                    return place["chat"].get("id")
            return (value.get("from") or value.get("user") or {}).get("id")
    return None

"""What the fake Telegram remembers: chats, messages, callback queries, commands, the bot's profile, the webhook."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from threading import RLock
from typing import Any

from .people import blank, chat_of
from .records import Call, Callback, Sent
from .updates import Entry, Updates


class State:
    """One bot's world. Whoever touches it holds the server's lock."""

    def __init__(self, token: str, username: str, on_add: Callable[[Entry], None], lock: RLock) -> None:
        self.token = token
        self.bot_id = int(token.partition(":")[0])
        self.bot = {"id": self.bot_id, "is_bot": True, "first_name": "용산 시험", "username": username}
        self.me = blank("User", **self.bot, can_join_groups=True, can_read_all_group_messages=False, supports_inline_queries=False)
        self.me |= {"can_connect_to_business": False, "has_main_web_app": False}
        self.updates = Updates(on_add, lock)
        self.calls: list[Call] = []
        self.sent: list[Sent] = []
        self.sent_to: dict[int | str, list[Sent]] = {}
        self.messages: dict[tuple[int | str, int], Sent | dict[str, Any]] = {}
        self.callbacks: dict[str, Callback] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.webhook: dict[str, Any] = {}
        self.violations: list[str] = []
        self.members: dict[tuple[int | str, int], str] = {}
        self.languages: dict[int, str] = {}
        self._chats: dict[int | str, dict[str, Any]] = {}
        self._last_message: dict[int | str, int] = {}
        self._numbers = itertools.count(1)

    def number(self) -> int:
        """A number not given before."""
        return next(self._numbers)

    def chat(self, chat_id: int | str, kind: str | None = None) -> dict[str, Any]:
        """The chat of an id; a new one is private, or a supergroup when its id is negative."""
        chat = self._chats.get(chat_id)
        if chat is None or (kind and kind != chat["type"]):
            number = chat_id if isinstance(chat_id, int) else -1_002_000_000_000 - len(self._chats)
            chat = chat_of(number, kind or ("private" if number > 0 else "supergroup"))
            if isinstance(chat_id, str):
                chat["username"] = chat_id.lstrip("@")
            self._chats[chat_id] = chat
        return chat

    def next_message_id(self, chat_id: int | str) -> int:
        """Increases within a chat; chats begin far apart, so that a mix-up of two chats does not go unseen."""
        last = self._last_message.get(chat_id)
        number = len(self._last_message) * 1000 + 1 if last is None else last + 1
        self._last_message[chat_id] = number
        return number

    def keep(self, sent: Sent) -> None:
        self.sent.append(sent)
        self.sent_to.setdefault(sent.chat_id, []).append(sent)
        self.messages[sent.chat_id, sent.message_id] = sent

    def message(self, chat_id: int | str, message_id: int) -> dict[str, Any] | None:
        """The Message of an id, whoever sent it; None when there is none, or no longer."""
        found = self.messages.get((chat_id, message_id))
        return found.message if isinstance(found, Sent) else found

    def member_status(self, chat_id: int | str, user_id: int) -> str:
        return self.members.get((chat_id, user_id), "member")


def scope_key(scope: dict[str, Any] | None) -> str:
    """A command scope as a key; none is the default scope."""
    return json.dumps(scope or {"type": "default"}, sort_keys=True)

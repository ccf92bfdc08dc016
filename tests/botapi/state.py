"""What the fake Telegram remembers: chats, messages, callback queries, commands, the bot's profile, the webhook."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from threading import RLock
from typing import Any

from .groups import Group
from .people import blank, chat_of, person
from .records import Call, Callback, Sent
from .updates import Entry, Updates

DEFAULT_USER = 5_000_001  # who acts in a group, when the test does not care


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
        self.rights: dict[tuple[int | str, int], dict[str, bool]] = {}
        self.groups: dict[int, Group] = {}
        self.names: dict[str, int] = {}  # of public groups, in small letters
        self.absent: set[int | str] = set()
        self.migrated: dict[int, int] = {}
        self.removed: set[tuple[int | str, int]] = set()  # messages that people deleted: the bot cannot know
        self.inline: set[str] = set()  # inline messages that the bot was told of
        self.met: set[int] = set()  # who has opened a chat with the bot
        self.languages: dict[int, str] = {}
        self.first_names: dict[int, str] = {}  # of people who were given one
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

    def person(self, user_id: int, language_code: str | None = None) -> dict[str, Any]:
        """A user as the bot sees them; one who was given a name has that alone."""
        user = person(user_id, language_code or self.languages.get(user_id, "ko"))
        if user_id in self.first_names:
            user["first_name"] = self.first_names[user_id]
            del user["last_name"], user["username"]
        return user

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

    def remove(self, chat_id: int | str, message_id: int) -> None:
        """A message that people deleted: the bot gets no update, and may still try to do something with it."""
        found = self.messages.pop((chat_id, message_id), None)
        if isinstance(found, Sent):
            found.deleted = True
        self.removed.add((chat_id, message_id))

    def message(self, chat_id: int | str, message_id: int) -> dict[str, Any] | None:
        """The Message of an id, whoever sent it; None when there is none, or no longer."""
        found = self.messages.get((chat_id, message_id))
        return found.message if isinstance(found, Sent) else found

    def member_status(self, chat_id: int | str, user_id: int) -> str:
        """Of a group that was set up with its members everybody else is not there; elsewhere everybody is."""
        group = self.group(chat_id)
        return self.members.get((chat_id, user_id), "left" if group and group.closed_circle else "member")

    def group(self, chat_id: int | str) -> Group | None:
        """The group that was set up with this id; None for any other chat."""
        return self.groups.get(chat_id) if isinstance(chat_id, int) else None

    def set_group(self, group: Group, title: str | None = None) -> None:
        """Holds a group's chat to what was set up; its title stays as it was without a new one."""
        chat = self.chat(group.chat_id, group.kind)
        username = f"group_{abs(group.chat_id)}"
        fresh = group.chat(title or chat["title"], username)
        chat.clear()
        chat.update(fresh)
        self.groups[group.chat_id] = group
        if group.chat_id not in self._last_message:
            self.next_message_id(group.chat_id)  # that of its creation: 1 is the number of a forum's general topic
        if group.public:
            self.names[f"@{username}"] = group.chat_id

    def someone(self, chat_id: int) -> int:
        """Who acts in a chat, when the test does not care: the person themselves, or the first member that was named."""
        if chat_id > 0:
            return chat_id
        there = [one for (place, one), status in self.members.items() if place == chat_id and status not in {"left", "kicked"}]
        return next((one for one in there if one != self.bot_id), DEFAULT_USER)

    def resolved(self, chat_id: int | str) -> int | str:
        """The number of a public group that is named by its @username."""
        return self.names.get(chat_id.lower(), chat_id) if isinstance(chat_id, str) else chat_id


def scope_key(scope: dict[str, Any] | None) -> str:
    """A command scope as a key; none is the default scope."""
    return json.dumps(scope or {"type": "default"}, sort_keys=True)

"""The makers of running.py, and of updates as Telegram writes them, for every test of this folder."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botapi.people import chat_of, member, person
from running import api, make_bot, postgres, postgres_url, start_bot, store_url
from telegram import Update

from bot.channels.telegram.incoming import Self
from bot.store.database import Database

BOT = {"id": 9000, "is_bot": True, "first_name": "용산봇", "username": "yongsan_bot"}
RESIDENT, GROUP = 501, -1002
_NUMBERS = count(1)

SendUpdate = Callable[..., Update]


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory) -> Path:
    """An SQLite file with tables; made once, for making them takes a while."""
    database = Database(f"sqlite:///{(tmp_path_factory.mktemp('empty') / 'bot.sqlite').as_posix()}")
    database.upgrade()
    database.shrink()
    database.dispose()
    return database.file


@pytest.fixture
def me() -> Self:
    """The bot that the updates are for."""
    return Self(BOT["id"], BOT["username"])


@pytest.fixture
def send() -> SendUpdate:
    """Makes the update of a message: send("비상벨", chat=GROUP, marks=[("bot_command", "/help")]).

    chat   a positive id is a private chat, a negative one a group
    as_    the kind of update: message, edited_message, channel_post, …
    marks  (type, the part of the text that is marked, further fields …)
    other  fields of the message; from_=None leaves the author out
    """

    def make(text: str | None = None, chat: int = RESIDENT, as_: str = "message", marks: Any = (), update_id: int = 0, **other: Any) -> Update:
        message = {"message_id": 7, "date": 0, "chat": chat_of(chat, "private" if chat > 0 else "supergroup"), "from": person(RESIDENT)}
        words = other.get("caption") if text is None else text
        entities = [_entity(words or "", kind, part, *more) for kind, part, *more in marks]
        message |= {"caption_entities": entities} if text is None else {"text": text, "entities": entities}
        author = other.pop("from_", message["from"])
        message |= {"from": author, **other}
        return _read({"update_id": update_id or next(_NUMBERS), as_: {name: value for name, value in message.items() if value is not None}})

    return make


@pytest.fixture
def press() -> SendUpdate:
    """Makes the update of a pressed button; message=None, or other fields of the message that it stands under."""

    def make(data: str, chat: int = RESIDENT, update_id: int = 0, **message: Any) -> Update:
        under = {"message_id": 8, "date": 1, "chat": chat_of(chat, "private" if chat > 0 else "supergroup"), "from": BOT, "text": "답"}
        query = {"id": "77", "from": person(RESIDENT), "chat_instance": "1", "data": data, "message": {**under, **message}}
        return _read({"update_id": update_id or next(_NUMBERS), "callback_query": query})

    return make


@pytest.fixture
def standing() -> SendUpdate:
    """Makes the update of a change of the bot's standing: standing("left", "member", chat=GROUP)."""

    def make(old: str, new: str, chat: int = GROUP, kind: str = "supergroup") -> Update:
        members = {"old_chat_member": member(old, BOT), "new_chat_member": member(new, BOT)}
        change = {"chat": chat_of(chat, kind), "from": person(RESIDENT), "date": 0, **members}
        return _read({"update_id": next(_NUMBERS), "my_chat_member": change})

    return make


def _entity(text: str, kind: str, part: str, *more: dict[str, Any]) -> dict[str, Any]:
    """A mark on a part of a text; Telegram counts UTF-16 units."""
    units = lambda words: len(words.encode("utf-16-le", "surrogatepass")) // 2  # noqa: E731
    return {"type": kind, "offset": units(text[: text.index(part)]), "length": units(part), **(more[0] if more else {})}


def _read(value: dict[str, Any]) -> Update:
    update = Update.de_json(value, None)
    assert update is not None
    return update


__all__ = ["api", "make_bot", "postgres", "postgres_url", "start_bot", "store_url"]

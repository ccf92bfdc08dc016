"""What is remembered of a person: the conversation, what was told, what could not be answered; and how it is shown and forgotten.

Everything works on a transaction of the caller's. A person is a hash (keys.py).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema import conversations, deletions, inbox, outbox, questions, replies

_STATE = select(conversations.c.state).where((conversations.c.chat == bindparam("of")) & (conversations.c.person == bindparam("whose")))
_RECORD, _QUESTION = insert(replies), insert(questions)


def _saving(dialect: Any) -> Any:
    inserting = dialect.insert(conversations)
    newest = {name: inserting.excluded[name] for name in ("state", "updated_at")}
    return inserting.on_conflict_do_update(index_elements=["chat", "person"], set_=newest)


_SAVE = {"postgresql": _saving(postgresql), "sqlite": _saving(sqlite)}


@dataclass(frozen=True, slots=True)
class Told:
    """A reply, as it is recorded. question: the masked text where it could not be answered, or ""."""

    kind: str
    reason: str
    topics: tuple[str, ...]
    aspects: tuple[str, ...]
    language: str
    content: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds of a person.

    replies    how many replies are on record, and since when
    questions  (when, text as it was masked) of what could not be answered, newest first
    """

    talked_at: dt.datetime | None
    replies: int
    since: dt.datetime | None
    questions: tuple[tuple[dt.datetime, str], ...]


def load_state(connection: Connection, chat: str, person: str) -> str | None:
    """The state of a conversation as JSON, or None."""
    return connection.execute(_STATE, {"of": chat, "whose": person}).scalar()


def save_state(connection: Connection, chat: str, person: str, state: str, now: dt.datetime) -> None:
    """Keeps the state of a conversation in place of the earlier one."""
    connection.execute(_SAVE[connection.dialect.name], {"chat": chat, "person": person, "state": state, "updated_at": now})


def drop_state(connection: Connection, chat: str) -> None:
    """Forgets the conversations of a chat that is gone."""
    connection.execute(delete(conversations).where(conversations.c.chat == chat))


def record(connection: Connection, chat: str, person: str, told: Told, now: dt.datetime) -> int:
    """Puts a reply on record; its id."""
    common = {
        "at": now,
        "chat": chat,
        "person": person,
        "kind": told.kind,
        "language": told.language,
        "topics": json.dumps(told.topics),
        "aspects": json.dumps(told.aspects),
    }
    made = connection.execute(_RECORD, {**common, "reason": told.reason[:48], "content": told.content})
    key = made.inserted_primary_key
    reply_id = int(key[0]) if key else 0
    if told.question:
        connection.execute(_QUESTION, {**common, "reply_id": reply_id, "text": told.question})
    return reply_id


def held(connection: Connection, person: str) -> Held:
    """What is kept of a person, all chats together."""
    talked = connection.execute(select(func.max(conversations.c.updated_at)).where(conversations.c.person == person)).scalar()
    count, since = connection.execute(select(func.count(), func.min(replies.c.at)).where(replies.c.person == person)).one()
    rows = connection.execute(select(questions.c.at, questions.c.text).where(questions.c.person == person).order_by(questions.c.id.desc()))
    return Held(talked, count, since, tuple((row.at, row.text) for row in rows))


def forget(connection: Connection, person: str, now: dt.datetime) -> None:
    """Removes all that is kept of a person, replies on their way included, and notes that it was asked for."""
    for table in (conversations, replies, questions, outbox):
        connection.execute(delete(table).where(table.c.person == person))
    connection.execute(insert(deletions).values(person=person, at=now))


def move_chat(connection: Connection, chat: str, new_chat: str) -> None:
    """A group has got another id: its conversations go on there."""
    if chat == new_chat:
        return  # told a second time
    for table in (replies, questions):
        connection.execute(update(table).where(table.c.chat == chat).values(chat=new_chat))
    known = select(conversations.c.person).where(conversations.c.chat == new_chat)
    connection.execute(delete(conversations).where((conversations.c.chat == chat) & conversations.c.person.in_(known)))
    connection.execute(update(conversations).where(conversations.c.chat == chat).values(chat=new_chat))
    waiting = (inbox.c.chat == chat) & inbox.c.handled_at.is_(None)
    connection.execute(update(inbox).where(waiting).values(chat=new_chat))

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

from bot.store.schema import blocks, conversations, deletions, drafts, handoffs, inbox, messages, outbox, questions, replies, votes

_STATE = select(conversations.c.state).where((conversations.c.chat == bindparam("of")) & (conversations.c.person == bindparam("whose")))
_RECORD, _QUESTION = insert(replies), insert(questions)


def _saving(dialect: Any) -> Any:
    inserting = dialect.insert(conversations)
    newest = {name: inserting.excluded[name] for name in ("state", "updated_at")}
    return inserting.on_conflict_do_update(index_elements=["chat", "person"], set_=newest)


_SAVE = {"postgresql": _saving(postgresql), "sqlite": _saving(sqlite)}


@dataclass(frozen=True, slots=True)
class Told:
    """A reply, as it is recorded. question: the masked text where it could not be answered, or ""; its kind, where that is not the reply's."""

    kind: str
    reason: str
    topics: tuple[str, ...]
    aspects: tuple[str, ...]
    language: str
    content: str
    question: str = ""
    question_kind: str = ""


@dataclass(frozen=True, slots=True)
class HeldHandoff:
    """What the store holds of something that was passed on to staff.

    text     as it was masked and approved; "" once its time is over
    state    open, closed, declined or withdrawn
    answers  of the staff, in order
    """

    number: int
    at: dt.datetime
    text: str
    state: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds of a person.

    replies        how many replies are on record, and since when
    questions      (when, text as it was masked) of what could not be answered, newest first
    handoffs       newest first
    draft          what has been shown to the person and waits for the word to be sent on, or ""
    votes          how many replies the person has judged
    blocked_until  until when the person can pass nothing on to staff; past or None where they can
    """

    talked_at: dt.datetime | None
    replies: int
    since: dt.datetime | None
    questions: tuple[tuple[dt.datetime, str], ...]
    handoffs: tuple[HeldHandoff, ...] = ()
    draft: str = ""
    votes: int = 0
    blocked_until: dt.datetime | None = None


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
        connection.execute(_QUESTION, {**common, "kind": told.question_kind or told.kind, "reply_id": reply_id, "text": told.question})
    return reply_id


def held(connection: Connection, person: str) -> Held:
    """What is kept of a person, all chats together."""
    talked = connection.execute(select(func.max(conversations.c.updated_at)).where(conversations.c.person == person)).scalar()
    count, since = connection.execute(select(func.count(), func.min(replies.c.at)).where(replies.c.person == person)).one()
    rows = connection.execute(select(questions.c.at, questions.c.text).where(questions.c.person == person).order_by(questions.c.id.desc()))
    asked = tuple((row.at, row.text) for row in rows)
    shown = select(drafts.c.text).where((drafts.c.person == person) & drafts.c.text.is_not(None)).order_by(drafts.c.at.desc()).limit(1)
    draft = connection.execute(shown).scalar() or ""
    judged = connection.execute(select(func.count()).select_from(votes).where(votes.c.person == person)).scalar_one()
    until = connection.execute(select(blocks.c.until).where(blocks.c.person == person)).scalar()
    return Held(talked, count, since, asked, _held_handoffs(connection, person), draft, judged, until)


def _held_handoffs(connection: Connection, person: str) -> tuple[HeldHandoff, ...]:
    answers: dict[int, list[str]] = {}
    told = select(messages.c.handoff, messages.c.text).join(handoffs, handoffs.c.id == messages.c.handoff)
    for row in connection.execute(told.where((handoffs.c.person == person) & messages.c.text.is_not(None)).order_by(messages.c.id)):
        answers.setdefault(row.handoff, []).append(row.text)
    rows = connection.execute(select(handoffs).where(handoffs.c.person == person).order_by(handoffs.c.id.desc()))
    return tuple(HeldHandoff(row.id, row.at, row.text, row.state, tuple(answers.get(row.id, ()))) for row in rows)


def forget(connection: Connection, person: str, now: dt.datetime) -> None:
    """Removes all that is kept of a person, replies on their way included, and notes that it was asked for.

    A block stays until it is over: it holds a hash and a time only, and whoever could be rid of it in this way would not be blocked.
    """
    theirs = select(handoffs.c.id).where(handoffs.c.person == person)
    connection.execute(delete(messages).where(messages.c.handoff.in_(theirs)))
    for table in (conversations, replies, questions, outbox, handoffs, votes, drafts):
        connection.execute(delete(table).where(table.c.person == person))
    connection.execute(insert(deletions).values(person=person, at=now))


def move_chat(connection: Connection, chat: str, new_chat: str) -> None:
    """A group has got another id: its conversations go on there."""
    if chat == new_chat:
        return  # told a second time
    for table in (replies, questions, handoffs):  # what was written there has other ids in the group as it is now
        connection.execute(update(table).where(table.c.chat == chat).values(chat=new_chat))
    for table in (conversations, drafts):  # one of a person in a chat: of two, that of the chat as it is now stays
        known = select(table.c.person).where(table.c.chat == new_chat)
        connection.execute(delete(table).where((table.c.chat == chat) & table.c.person.in_(known)))
        connection.execute(update(table).where(table.c.chat == chat).values(chat=new_chat))
    waiting = (inbox.c.chat == chat) & inbox.c.handled_at.is_(None)
    connection.execute(update(inbox).where(waiting).values(chat=new_chat))

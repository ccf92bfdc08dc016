"""The inbox and the outbox: what came and is to be answered, and what is to be sent.

Promises: an update is kept once, however often it comes; those of a chat are taken in the order of their ids; what is to be sent to a chat
goes out in order, and nothing overtakes what is postponed. Text and address are erased as soon as they have served.
Everything works on a transaction of the caller's.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema import inbox, outbox, replies

# Statements of every message are made once: making one takes longer than carrying it out.
_OURS = (inbox.c.bot == bindparam("of")) & (inbox.c.chat == bindparam("to")) & inbox.c.handled_at.is_(None)
_NEXT = select(inbox).where(_OURS).order_by(inbox.c.update_id).limit(1)
_LETTER = (inbox.c.bot == bindparam("of")) & (inbox.c.update_id == bindparam("number"))
_HANDLED = update(inbox).where(_LETTER).values(handled_at=bindparam("now"), payload=None)
_WAITING = (outbox.c.bot == bindparam("of")) & (outbox.c.chat == bindparam("to")) & outbox.c.done_at.is_(None)
_PARCELS = select(outbox).where(_WAITING).order_by(outbox.c.id).limit(100)
_OPEN = (outbox.c.id == bindparam("number")) & outbox.c.done_at.is_(None)
_SENT = update(outbox).where(_OPEN).values(done_at=bindparam("now"), payload=None, failure=None, note=None)
_DELIVERED = update(replies).where((replies.c.id == bindparam("number")) & replies.c.delivered_at.is_(None)).values(delivered_at=bindparam("now"))
_POST = insert(outbox)
_OF_MESSAGES = ("message_id", "reply_to", "thread_id")  # in a payload: where messages have other ids they name other messages
# Without the option an INSERT's rowcount is -1 on PostgreSQL, whether or not it was kept.
_RECEIVE = {
    dialect.dialect.name: dialect.insert(inbox).on_conflict_do_nothing().execution_options(preserve_rowcount=True) for dialect in (postgresql, sqlite)
}


@dataclass(frozen=True, slots=True)
class Letter:
    """An update that waits to be handled. payload: what the channel needs to answer it."""

    bot: int
    update_id: int
    chat: str
    received_at: dt.datetime
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something that waits to be sent.

    method, payload  a request of the channel's and its parameters
    created_at       when that came which it answers
    reply_id         the record of the reply that it carries
    note             what is to be noted when it has arrived, or told when it cannot
    once             rather not at all than twice; begun: whether sending it has begun already, and may have come to its end
    """

    id: int
    chat: str
    method: str
    payload: dict[str, Any]
    created_at: dt.datetime
    attempts: int
    reply_id: int | None = None
    note: dict[str, Any] | None = None
    once: bool = False
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that could not be delivered, and that somebody wants to know of."""

    id: int
    reason: str
    note: dict[str, Any]


# -- the inbox -------------------------------------------------------------------------------------------------------


def receive(connection: Connection, bot: int, update_id: int, chat: str, payload: dict[str, Any], now: dt.datetime) -> bool:
    """Keeps an update; False where it is known already."""
    values = {"bot": bot, "update_id": update_id, "chat": chat, "received_at": now, "payload": json.dumps(payload, ensure_ascii=False)}
    return connection.execute(_RECEIVE[connection.dialect.name], values).rowcount == 1


def next_letter(connection: Connection, bot: int, chat: str, now: dt.datetime) -> Letter | None:
    """The first update of the chat that is not handled; None also where that one is postponed."""
    row = connection.execute(_NEXT, {"of": bot, "to": chat}).one_or_none()
    if row is None or (row.not_before is not None and row.not_before > now):
        return None
    return Letter(row.bot, row.update_id, row.chat, row.received_at, json.loads(row.payload or "{}"), row.attempts)


def handled(connection: Connection, letter: Letter, now: dt.datetime) -> None:
    """The update has been dealt with; of it only the id is left."""
    connection.execute(_HANDLED, {"of": letter.bot, "number": letter.update_id, "now": now})


def postpone_letter(connection: Connection, letter: Letter, until: dt.datetime) -> None:
    """Handling failed; another try later."""
    values = {"not_before": until, "attempts": inbox.c.attempts + 1}
    connection.execute(update(inbox).where(_LETTER).values(values), {"of": letter.bot, "number": letter.update_id})


# -- the outbox ------------------------------------------------------------------------------------------------------


def post(
    connection: Connection, bot: int, chat: str, person: str, method: str, payload: dict[str, Any], now: dt.datetime, reply_id: int | None = None,
    note: dict[str, Any] | None = None, once: bool = False,
) -> None:  # fmt: skip
    """Puts a request last in the queue of its chat. note, once: see Parcel."""
    values = {"bot": bot, "chat": chat, "person": person, "method": method, "created_at": now, "reply_id": reply_id, "once": once}
    values["note"] = None if note is None else json.dumps(note)
    connection.execute(_POST, {**values, "payload": json.dumps(payload, ensure_ascii=False)})


def parcels(connection: Connection, bot: int, chat: str, now: dt.datetime) -> list[Parcel]:
    """What may be sent to the chat now, in order."""
    found: list[Parcel] = []
    for row in connection.execute(_PARCELS, {"of": bot, "to": chat}):
        if row.not_before is not None and row.not_before > now:
            break  # nothing overtakes it
        note = json.loads(row.note) if row.note else None
        payload, begun = json.loads(row.payload or "{}"), row.begun_at is not None
        found.append(Parcel(row.id, row.chat, row.method, payload, row.created_at, row.attempts, row.reply_id, note, row.once, begun))
    return found


def begin(connection: Connection, parcel_id: int, now: dt.datetime) -> bool:
    """Sending of what goes only once begins; False where it is not to go any more: it was taken back, or has been begun already."""
    waits = (outbox.c.id == parcel_id) & outbox.c.done_at.is_(None) & outbox.c.begun_at.is_(None)
    return connection.execute(update(outbox).where(waits).values(begun_at=now)).rowcount == 1


def lost(connection: Connection, bot: int) -> list[Lost]:
    """What could not be delivered and is yet to be told; told no more by `told`."""
    which = (outbox.c.bot == bot) & outbox.c.note.is_not(None) & outbox.c.done_at.is_not(None)
    rows = connection.execute(select(outbox.c.id, outbox.c.failure, outbox.c.note).where(which).order_by(outbox.c.id).limit(100))
    return [Lost(row.id, row.failure or "", json.loads(row.note)) for row in rows]


def told(connection: Connection, one: Lost) -> bool:
    """Whoever wants to know of it, does; False where another process has told them."""
    return connection.execute(update(outbox).where((outbox.c.id == one.id) & outbox.c.note.is_not(None)).values(note=None)).rowcount == 1


def sent(connection: Connection, parcel: Parcel, now: dt.datetime) -> None:
    """It has arrived; neither text nor address is left of it."""
    connection.execute(_SENT, {"number": parcel.id, "now": now})
    if parcel.reply_id is not None:
        connection.execute(_DELIVERED, {"number": parcel.reply_id, "now": now})


def give_up(connection: Connection, parcel_id: int, reason: str, now: dt.datetime) -> None:
    """It cannot be delivered."""
    _close(connection, outbox.c.id == parcel_id, now, reason)


def give_up_chat(connection: Connection, bot: int, chat: str, reason: str, now: dt.datetime) -> None:
    """Nothing can be delivered to the chat any more: the bot was blocked, or the chat is gone."""
    _close(connection, (outbox.c.bot == bot) & (outbox.c.chat == chat), now, reason)


def _close(connection: Connection, which: Any, now: dt.datetime, failure: str) -> None:
    closed = update(outbox).where(which & outbox.c.done_at.is_(None)).values(done_at=now, payload=None, failure=failure)
    connection.execute(closed)


def postpone(connection: Connection, parcel_id: int, until: dt.datetime) -> None:
    """Sending failed; another try later. What is behind it in the chat waits too."""
    connection.execute(update(outbox).where(outbox.c.id == parcel_id).values(not_before=until, attempts=outbox.c.attempts + 1, begun_at=None))


def readdress(connection: Connection, bot: int, chat: str, new_chat: str, new_id: int) -> None:
    """A group has got another id: what waits for it, or to be answered, goes there. Messages have other ids there."""
    for table, key, done in ((inbox, inbox.c.update_id, inbox.c.handled_at), (outbox, outbox.c.id, outbox.c.done_at)):
        ours = (table.c.bot == bot) & table.c.chat.in_((chat, new_chat)) & done.is_(None)
        for row in connection.execute(select(key.label("key"), table.c.payload).where(ours)).all():
            payload = json.loads(row.payload or "{}")
            this, values = ours & (key == row.key), dict[str, Any]()
            if table is outbox and "message_id" in payload:
                if "text" not in payload:  # other buttons, in a message that has none any more
                    connection.execute(delete(table).where(this))
                    continue
                values["method"] = "sendMessage"  # said anew, for by its id another message would be changed
            if table is outbox:
                values["begun_at"] = None  # what was refused has not been carried out
                payload = {name: value for name, value in payload.items() if name not in _OF_MESSAGES}
            else:
                payload = {"was": payload.get("chat_id"), **payload}
            values["payload"] = json.dumps({**payload, "chat_id": new_id}, ensure_ascii=False)
            connection.execute(update(table).where(this).values(chat=new_chat, **values))


def recall(connection: Connection, bot: int, chat: str, noted: dict[str, Any]) -> list[dict[str, Any]]:
    """Takes back what waits for a chat under a note like that; the notes of what is left, being on its way already."""
    which = (outbox.c.bot == bot) & (outbox.c.chat == chat) & outbox.c.done_at.is_(None) & outbox.c.note.is_not(None)
    rows = connection.execute(select(outbox.c.id, outbox.c.note, outbox.c.begun_at).where(which)).all()
    found = [row for row in rows if noted.items() <= json.loads(row.note).items()]
    back = [row.id for row in found if row.begun_at is None]
    if back:
        connection.execute(delete(outbox).where(outbox.c.id.in_(back)))
    return [json.loads(row.note) for row in found if row.begun_at is not None]


def has_parcels(connection: Connection, bot: int, chat: str) -> bool:
    """Whether anything waits for the chat, now or later."""
    return (
        connection.execute(select(outbox.c.id).where((outbox.c.bot == bot) & (outbox.c.chat == chat) & outbox.c.done_at.is_(None)).limit(1)).first()
        is not None
    )


# -- both ------------------------------------------------------------------------------------------------------------


def busy_chats(connection: Connection, bot: int, now: dt.datetime, limit: int = 1000) -> list[str]:
    """Chats for which something can be done now, those that have waited longest first."""
    found: dict[str, dt.datetime] = {}
    places = ((inbox, inbox.c.update_id, inbox.c.handled_at, inbox.c.received_at), (outbox, outbox.c.id, outbox.c.done_at, outbox.c.created_at))
    for table, key, done, since in places:
        # Only the first of a chat counts: what is behind it waits with it, and must not crowd out other chats.
        waiting = done.is_(None) & (table.c.bot == bot)
        first = select(func.min(key)).where(waiting).group_by(table.c.chat)
        due = waiting & key.in_(first) & or_(table.c.not_before.is_(None), table.c.not_before <= now)
        for row in connection.execute(select(table.c.chat, since.label("since")).where(due).order_by(since).limit(limit)):
            found[row.chat] = min(row.since, found.get(row.chat, row.since))
    return sorted(found, key=lambda chat: found[chat])[:limit]


def has_work(connection: Connection, bot: int, chat: str, now: dt.datetime) -> bool:
    """Whether something can be done for the chat now."""
    return next_letter(connection, bot, chat, now) is not None or bool(parcels(connection, bot, chat, now))

"""Hand-offs: what residents pass on to staff, what staff answer, and which message is which on either side.

Everything works on a transaction of the caller's. Chats and people are hashes (keys.py); the address is kept for the answer, and only for it.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema import blocks, drafts, handoffs, messages, questions, replies

OPEN = "open"
# What the bot has written in the group of the staff; an answer to one of these goes to the resident.
IN_THE_GROUP = ("card", "further", "notice")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a resident may pass on, before it is approved.

    mark     which buttons are its own
    kind     question, or report of something wrong
    text     masked; None while it is waited for
    handoff  the number of the hand-off that it asks further, or None
    consent  version of the wording that was shown with it
    """

    chat: str
    person: str
    mark: str
    at: dt.datetime
    kind: str
    text: str | None
    language: str
    handoff: int | None = None
    topics: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    reply_kind: str = ""
    consent: str = ""


@dataclass(frozen=True, slots=True)
class Handoff:
    """One hand-off; its id is the number that people know it by.

    address  {"chat_id": …}; None where an answer can no longer go there
    state    open, closed, declined (without an answer) or withdrawn (by the resident)
    clerk    who has claimed it, a hash, and the name by which colleagues know them; "" for nobody
    """

    id: int
    bot: int
    at: dt.datetime
    chat: str
    person: str
    address: dict[str, Any] | None
    language: str
    kind: str
    text: str
    consent: str
    topics: tuple[str, ...]
    aspects: tuple[str, ...]
    reply_kind: str
    content: str
    state: str
    clerk: str
    clerk_name: str
    claimed_at: dt.datetime | None
    answered_at: dt.datetime | None
    touched_at: dt.datetime
    reminded_at: dt.datetime | None
    thread_id: int | None

    @property
    def is_open(self) -> bool:
        return self.state == OPEN


@dataclass(frozen=True, slots=True)
class Noted:
    """A message of a hand-off. role: card, further or notice (the bot's, in the group), answer (staff's), part (the bot's, to the resident).

    of, number  of a part: the note of the answer that it carries, and which part of it
    """

    id: int
    handoff: int
    role: str
    chat: str
    message_id: int
    of: int | None
    number: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that could not be answered, or only in part, as it was kept."""

    reply_id: int
    at: dt.datetime
    kind: str
    text: str
    topics: tuple[str, ...]
    aspects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that staff have answered: what a draft can be made of."""

    handoff: int
    at: dt.datetime
    question: str
    answer: str
    topics: tuple[str, ...]
    aspects: tuple[str, ...]


_HANDOFF = tuple(field.name for field in fields(Handoff))
_NOTED = tuple(field.name for field in fields(Noted))


# -- before it is approved -------------------------------------------------------------------------------------------


def save_draft(connection: Connection, draft: Draft) -> None:
    """Keeps a draft in place of the one before it."""
    values = {field.name: getattr(draft, field.name) for field in fields(Draft)}
    values |= {"topics": json.dumps(draft.topics), "aspects": json.dumps(draft.aspects)}
    inserting = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(drafts).values(values)
    newest = {name: inserting.excluded[name] for name in values if name not in ("chat", "person")}
    connection.execute(inserting.on_conflict_do_update(index_elements=["chat", "person"], set_=newest))


def draft(connection: Connection, chat: str, person: str, since: dt.datetime) -> Draft | None:
    """What the resident has before them to approve, or None; also where it is older than that time."""
    row = connection.execute(select(drafts).where((drafts.c.chat == chat) & (drafts.c.person == person))).one_or_none()
    if row is None or row.at < since:
        return None
    return Draft(
        row.chat, row.person, row.mark, row.at, row.kind, row.text, row.language, row.handoff, _ids(row.topics), _ids(row.aspects), row.reply_kind,
        row.consent,
    )  # fmt: skip


def talked_since(connection: Connection, chat: str, person: str, since: dt.datetime, *kinds: str) -> bool:
    """Whether the bot has replied to the person in this chat after that time. kinds: of replies that count; none given: all."""
    which = (replies.c.chat == chat) & (replies.c.person == person) & (replies.c.at > since)
    if kinds:
        which &= replies.c.kind.in_(kinds)
    return bool(connection.execute(select(exists().where(which))).scalar())


def drop_draft(connection: Connection, chat: str, person: str) -> None:
    """The draft has become a hand-off, or nothing."""
    connection.execute(delete(drafts).where((drafts.c.chat == chat) & (drafts.c.person == person)))


def question_of(connection: Connection, reply_id: int, person: str) -> Asked | None:
    """The person's question that this reply could not answer; None where it is another's, or no longer kept."""
    return _asked(connection, (questions.c.reply_id == reply_id) & (questions.c.person == person))


def last_question(connection: Connection, chat: str, person: str, since: dt.datetime) -> Asked | None:
    """The person's last question in this chat that could not be answered, or only in part."""
    return _asked(connection, (questions.c.chat == chat) & (questions.c.person == person) & (questions.c.at >= since))


def _asked(connection: Connection, which: Any) -> Asked | None:
    row = connection.execute(select(questions).where(which).order_by(questions.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Asked(row.reply_id, row.at, row.kind, row.text, _ids(row.topics), _ids(row.aspects))


# -- hand-offs -------------------------------------------------------------------------------------------------------


def create(connection: Connection, draft: Draft, bot: int, address: dict[str, Any], content: str, now: dt.datetime) -> Handoff:
    """Makes a hand-off of an approved draft."""
    values = {
        "bot": bot,
        "at": now,
        "touched_at": now,
        "chat": draft.chat,
        "person": draft.person,
        "address": json.dumps(address),
        "language": draft.language,
        "kind": draft.kind,
        "text": draft.text or "",
        "consent": draft.consent,
        "topics": json.dumps(draft.topics),
        "aspects": json.dumps(draft.aspects),
        "reply_kind": draft.reply_kind,
        "content": content,
        "state": OPEN,
    }
    made = connection.execute(insert(handoffs), values).inserted_primary_key
    found = get(connection, int(made[0]) if made else 0)
    assert found is not None
    return found


def get(connection: Connection, number: int) -> Handoff | None:
    """The hand-off of that number, or None."""
    row = connection.execute(select(handoffs).where(handoffs.c.id == number)).one_or_none()
    return None if row is None else _handoff(row)


def of_person(connection: Connection, bot: int, person: str) -> list[Handoff]:
    """A person's open hand-offs, oldest first."""
    theirs = (handoffs.c.person == person) & (handoffs.c.state == OPEN) & (handoffs.c.bot == bot)
    rows = connection.execute(select(handoffs).where(theirs).order_by(handoffs.c.id))
    return [_handoff(row) for row in rows]


def all_of_person(connection: Connection, person: str) -> list[Handoff]:
    """All of a person's hand-offs that are kept, oldest first."""
    return [_handoff(row) for row in connection.execute(select(handoffs).where(handoffs.c.person == person).order_by(handoffs.c.id))]


def all_open(connection: Connection, bot: int) -> list[Handoff]:
    """All open hand-offs, oldest first."""
    return [
        _handoff(row)
        for row in connection.execute(select(handoffs).where((handoffs.c.state == OPEN) & (handoffs.c.bot == bot)).order_by(handoffs.c.id))
    ]


def made_since(connection: Connection, bot: int, since: dt.datetime) -> list[Handoff]:
    """All hand-offs made since then that are kept, oldest first."""
    wanted = (handoffs.c.bot == bot) & (handoffs.c.at >= since)
    return [_handoff(row) for row in connection.execute(select(handoffs).where(wanted).order_by(handoffs.c.id))]


def change(connection: Connection, number: int, now: dt.datetime, **values: Any) -> None:
    """Sets columns of a hand-off."""
    connection.execute(update(handoffs).where(handoffs.c.id == number).values(touched_at=now, **values))


def claim(connection: Connection, number: int, clerk: str, name: str, now: dt.datetime) -> bool:
    """Gives an open hand-off that is nobody's to a clerk; False where a colleague was faster."""
    free = (handoffs.c.id == number) & (handoffs.c.clerk == "") & (handoffs.c.state == OPEN)
    values = {"clerk": clerk, "clerk_name": name[:64], "claimed_at": now, "touched_at": now}
    return connection.execute(update(handoffs).where(free).values(values)).rowcount == 1


def remind(connection: Connection, number: int, now: dt.datetime) -> bool:
    """Notes that staff are reminded of it; False where they were already, or it has been claimed."""
    due = (handoffs.c.id == number) & (handoffs.c.clerk == "") & handoffs.c.reminded_at.is_(None)
    return connection.execute(update(handoffs).where(due).values(reminded_at=now)).rowcount == 1


def expire(connection: Connection, number: int, state: str, limit: dt.datetime) -> bool:
    """Ends an open hand-off that nobody has touched since the limit; False where somebody has, or another bot was faster."""
    is_left = (handoffs.c.id == number) & (handoffs.c.state == OPEN) & (handoffs.c.touched_at < limit)
    return connection.execute(update(handoffs).where(is_left).values(state=state)).rowcount == 1


def without_card(connection: Connection, bot: int, group: str) -> list[Handoff]:
    """Open hand-offs of which the group (a hash) has no card."""
    has_card = exists().where((messages.c.handoff == handoffs.c.id) & (messages.c.role == "card") & (messages.c.chat == group))
    rows = connection.execute(select(handoffs).where((handoffs.c.state == OPEN) & (handoffs.c.bot == bot) & ~has_card).order_by(handoffs.c.id))
    return [_handoff(row) for row in rows]


# -- messages --------------------------------------------------------------------------------------------------------


def note(
    connection: Connection, handoff: int, role: str, chat: str, message_id: int, now: dt.datetime, of: int | None = None, number: int = 0,
    text: str | None = None,
) -> int:  # fmt: skip
    """Notes a message of a hand-off; the id of the note."""
    values = {"handoff": handoff, "at": now, "role": role, "chat": chat, "message_id": message_id, "of": of, "number": number, "text": text}
    made = connection.execute(insert(messages), values).inserted_primary_key
    return int(made[0]) if made else 0


def noted(connection: Connection, bot: int, chat: str, message_id: int) -> Noted | None:
    """Which message of which hand-off that is; None where it is none. Outside of supergroups every bot counts the messages by itself."""
    which = (messages.c.chat == chat) & (messages.c.message_id == message_id) & (handoffs.c.bot == bot)
    found = _notes().join(handoffs, handoffs.c.id == messages.c.handoff).where(which)
    row = connection.execute(found.order_by(messages.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Noted(*row)


def notes_of(connection: Connection, handoff: int, *roles: str, chat: str = "") -> list[Noted]:
    """The messages of a hand-off in these roles, in order. chat: only those of that chat; a group that moved left its messages behind."""
    which = (messages.c.handoff == handoff) & messages.c.role.in_(roles)
    if chat:
        which &= messages.c.chat == chat
    return [Noted(*row) for row in connection.execute(_notes().where(which).order_by(messages.c.id))]


def get_note(connection: Connection, note_id: int) -> Noted | None:
    row = connection.execute(_notes().where(messages.c.id == note_id)).one_or_none()
    return None if row is None else Noted(*row)


def rewrite_note(connection: Connection, note_id: int, text: str) -> None:
    """An answer was edited."""
    connection.execute(update(messages).where(messages.c.id == note_id).values(text=text))


def answers(connection: Connection, since: dt.datetime | None = None, number: int | None = None) -> list[Answered]:
    """What staff have answered since then, or ever, oldest first; several answers to one question are one. number: only of that hand-off."""
    wanted = (messages.c.role == "answer") & messages.c.text.is_not(None) & (messages.c.text != "") & (handoffs.c.text != "")
    if since is not None:
        wanted &= messages.c.at >= since
    if number is not None:
        wanted &= handoffs.c.id == number
    columns = (handoffs.c.id, handoffs.c.text, handoffs.c.topics, handoffs.c.aspects, messages.c.at, messages.c.text.label("answer"))
    rows = connection.execute(select(*columns).join(messages, messages.c.handoff == handoffs.c.id).where(wanted).order_by(messages.c.id))
    found: dict[int, Answered] = {}
    for row in rows:
        before = found.get(row.id)
        answer = f"{before.answer}\n{row.answer}" if before else row.answer
        found[row.id] = Answered(row.id, before.at if before else row.at, row.text, answer, _ids(row.topics), _ids(row.aspects))
    return [*found.values()]


# -- blocks ------------------------------------------------------------------------------------------------


def block(connection: Connection, person: str, until: dt.datetime | None) -> None:
    """Keeps a person from passing anything on until then; None lets them again."""
    connection.execute(delete(blocks).where(blocks.c.person == person))
    if until is not None:
        connection.execute(insert(blocks).values(person=person, until=until))


def blocked_until(connection: Connection, person: str, now: dt.datetime) -> dt.datetime | None:
    """Until when the person may pass nothing on; None where they may."""
    until = connection.execute(select(blocks.c.until).where(blocks.c.person == person)).scalar()
    return until if until is not None and until > now else None


def _notes() -> Any:
    return select(*(messages.c[name] for name in _NOTED))


def _handoff(row: Row[Any]) -> Handoff:
    values = {name: getattr(row, name) for name in _HANDOFF}
    values |= {"topics": _ids(row.topics), "aspects": _ids(row.aspects), "address": json.loads(row.address) if row.address else None}
    return Handoff(**values)


def _ids(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


__all__ = ["OPEN", "Answered", "Asked", "Draft", "Handoff", "Noted"]

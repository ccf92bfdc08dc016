"""The tables. What names a person stands in them only as a keyed hash, or only until it has been used.

    inbox          updates as they came, until they are handled; afterwards only their ids, so that none is answered twice
    conversations  what the engine remembers of a person in a chat
    outbox         what is to be sent, in order; once sent, neither text nor address is left
    replies        who (a hash) was told what, and from which content
    questions      what could not be answered, masked
    contents       the files of every content that replies were given from, or that was published
    publications   which content residents are answered from, and since when: the last row speaks
    proposals      changed contents that wait for staff's word, with what the suites say of them
    pauses         topics that staff have stopped ("*": the whole bot)
    votes          what residents think of a reply, one vote each
    drafts         what a resident may pass on to staff but has not approved yet
    handoffs       what was passed on to staff, masked, with the consent; the address only as long as an answer may go there
    messages       the messages of a hand-off, by their ids in Telegram, on both sides
    blocks         who (a hash) may pass nothing on, and until when
    notes          what the bot has to remember of itself
    deletions      who (a hash) asked to be forgotten, and when, so that a restored backup forgets them too
    marks          by which another key than the one that everything was hashed with is known (keys.py)

`chat` is the hash of a chat, `person` that of a person, whatever the chat.
A change here needs a migration in bot/store/migrations.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
)


class UTC(TypeDecorator[dt.datetime]):
    """An aware time, in UTC. SQLite keeps no zone, so that one is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        value = value.astimezone(dt.timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        stored: dt.datetime = value
        return stored.replace(tzinfo=dt.timezone.utc) if stored.tzinfo is None else stored.astimezone(dt.timezone.utc)


HASH = String(32)
# SQLite counts up only in an INTEGER.
ROW_ID = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}
)

inbox = Table(
    "inbox",
    metadata,
    Column("bot", BigInteger, primary_key=True, autoincrement=False),
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat", HASH, nullable=False),
    Column("received_at", UTC, nullable=False),
    Column("payload", Text),  # JSON of what is needed to answer; gone once handled
    Column("handled_at", UTC),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UTC),
)
# With the bot in front: without it SQLite goes through all that was ever handled, in the order of the primary key.
Index(
    "ix_inbox_waiting",
    inbox.c.bot,
    inbox.c.chat,
    inbox.c.update_id,
    sqlite_where=inbox.c.handled_at.is_(None),
    postgresql_where=inbox.c.handled_at.is_(None),
)
Index("ix_inbox_received_at", inbox.c.received_at)

conversations = Table(
    "conversations",
    metadata,
    Column("chat", HASH, primary_key=True),
    Column("person", HASH, primary_key=True, index=True),
    Column("state", Text, nullable=False),  # JSON of bot.dialogue.State
    Column("updated_at", UTC, nullable=False, index=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("bot", BigInteger, nullable=False),
    Column("chat", HASH, nullable=False),
    Column("person", HASH, nullable=False),
    Column("created_at", UTC, nullable=False, index=True),  # when that came which it answers
    Column("method", String(32), nullable=False),
    Column("payload", Text),  # JSON of the parameters, the address among them; gone once sent
    Column("reply_id", BigInteger),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UTC),
    Column("done_at", UTC),
    Column("failure", String(64)),  # why it could not be delivered
    Column("note", Text),  # JSON: what is to be noted when it has arrived, or told when it cannot; gone once that is done
    Column("once", Boolean, nullable=False, server_default=false()),  # rather not at all than twice
    Column("begun_at", UTC),  # of what goes once: sending has begun, and may have come to its end unseen
    sqlite_autoincrement=True,  # a bot remembers by id what has just arrived
)
Index(
    "ix_outbox_waiting",
    outbox.c.bot,
    outbox.c.chat,
    outbox.c.id,
    sqlite_where=outbox.c.done_at.is_(None),
    postgresql_where=outbox.c.done_at.is_(None),
)
Index("ix_outbox_noted", outbox.c.bot, sqlite_where=outbox.c.note.is_not(None), postgresql_where=outbox.c.note.is_not(None))

replies = Table(
    "replies",
    metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("at", UTC, nullable=False, index=True),
    Column("chat", HASH, nullable=False),
    Column("person", HASH, nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("reason", String(48), nullable=False, server_default=""),
    Column("topics", Text, nullable=False),  # JSON list of ids
    Column("aspects", Text, nullable=False),  # JSON list of ids
    Column("language", String(8), nullable=False),
    Column("content", String(16), nullable=False),  # version of the content it was told from
    Column("delivered_at", UTC),
    sqlite_autoincrement=True,  # ids are never used again: buttons carry them
)

questions = Table(
    "questions",
    metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("at", UTC, nullable=False, index=True),
    Column("chat", HASH, nullable=False),
    Column("person", HASH, nullable=False, index=True),
    Column("reply_id", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),  # fallback, partial where the asked side is not stated, or other: no question to the newsletter
    Column("text", Text, nullable=False),  # masked
    Column("language", String(8), nullable=False),
    Column("topics", Text, nullable=False),
    Column("aspects", Text, nullable=False),
)

contents = Table(
    "contents",
    metadata,
    Column("version", String(16), primary_key=True),
    Column("served_at", UTC, nullable=False),
    Column("files", LargeBinary, nullable=False),  # gzip of a JSON object, path to text
)

publications = Table(
    "publications",
    metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("version", String(16), nullable=False, index=True),
    Column("at", UTC, nullable=False),
    Column("how", String(16), nullable=False),  # start, saved, approved, rollback or command
    Column("person", HASH, nullable=False, server_default=""),  # who of the staff
    Column("note", Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("version", String(16), nullable=False, index=True),
    Column("base", String(16), nullable=False),  # version that was published when it was judged
    Column("at", UTC, nullable=False),
    Column("state", String(16), nullable=False),  # judging, open, published, declined, undone, replaced or withdrawn
    Column("judged_at", UTC),  # the last sign of life of whoever judges it
    Column("verdict", Text),  # JSON: what has changed, and how that was judged; holds residents' masked words
    Column("files", LargeBinary, nullable=False),
    Column("message_id", BigInteger),  # of the card in the group of the staff
    Column("decided_at", UTC),
    Column("decided_by", HASH, nullable=False, server_default=""),
    Column("clerk_name", String(64), nullable=False, server_default=""),
    sqlite_autoincrement=True,  # buttons carry them
)
_WAITS = proposals.c.state.in_(("judging", "open"))
Index("ix_proposals_undecided", proposals.c.version, unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS)

pauses = Table(
    "pauses",
    metadata,
    Column("scope", String(32), primary_key=True),
    Column("at", UTC, nullable=False),
    Column("person", HASH, nullable=False, server_default=""),
)

votes = Table(
    "votes",
    metadata,
    Column("reply_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UTC, nullable=False, index=True),
    Column("person", HASH, nullable=False, index=True),
    Column("vote", String(8), nullable=False),  # yes, no or wrong
    Column("topics", Text, nullable=False),
    Column("content", String(16), nullable=False),
    Column("told_at", UTC),  # staff: that it is wrong
)

drafts = Table(
    "drafts",
    metadata,
    Column("chat", HASH, primary_key=True),
    Column("person", HASH, primary_key=True, index=True),
    Column("mark", String(8), nullable=False),  # which buttons are its own
    Column("at", UTC, nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # question or report
    Column("text", Text),  # masked; None while it is waited for
    Column("handoff", BigInteger),  # which it asks further
    Column("topics", Text, nullable=False),
    Column("aspects", Text, nullable=False),
    Column("reply_kind", String(16), nullable=False, server_default=""),
    Column("language", String(8), nullable=False),
    Column("consent", String(16), nullable=False, server_default=""),  # version of the wording that is shown with it
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("bot", BigInteger, nullable=False),
    Column("at", UTC, nullable=False, index=True),
    Column("chat", HASH, nullable=False),
    Column("person", HASH, nullable=False, index=True),
    Column("address", Text),  # JSON of where an answer goes
    Column("language", String(8), nullable=False),
    Column("kind", String(16), nullable=False),  # question, or report of something wrong
    Column("text", Text, nullable=False),  # masked, as the resident has approved it
    Column("consent", String(16), nullable=False),  # version of the wording that was consented to
    Column("topics", Text, nullable=False),
    Column("aspects", Text, nullable=False),
    Column("reply_kind", String(16), nullable=False),
    Column("content", String(16), nullable=False),
    Column("state", String(16), nullable=False, index=True),  # open, closed, declined or withdrawn
    Column("clerk", HASH, nullable=False, server_default=""),  # who has claimed it
    Column("clerk_name", String(64), nullable=False, server_default=""),
    Column("claimed_at", UTC),
    Column("answered_at", UTC),  # first answer
    Column("touched_at", UTC, nullable=False, index=True),
    Column("reminded_at", UTC),
    Column("thread_id", BigInteger),  # in a group with topics
    sqlite_autoincrement=True,  # the number that residents are told
)

messages = Table(
    "messages",
    metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("handoff", BigInteger, nullable=False, index=True),
    Column("at", UTC, nullable=False),
    Column(
        "role", String(16), nullable=False
    ),  # card, further, notice (the bot's, in the group), answer (staff's), part (the bot's, to the resident)
    Column("chat", HASH, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("of", BigInteger),  # of a part: the note (id) of the answer that it carries
    Column("number", Integer, nullable=False, server_default="0"),  # of a part: which one
    Column("text", Text),  # of an answer
)
Index("ix_messages_message", messages.c.chat, messages.c.message_id)

blocks = Table(
    "blocks",
    metadata,
    Column("person", HASH, primary_key=True),
    Column("until", UTC, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

deletions = Table(
    "deletions",
    metadata,
    Column("id", ROW_ID, primary_key=True, autoincrement=True),
    Column("person", HASH, nullable=False),
    Column("at", UTC, nullable=False, index=True),
)

marks = Table(
    "marks",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("value", HASH, nullable=False),
)

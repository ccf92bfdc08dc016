"""What staff do: hand-offs, votes, pauses, publications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.schema import UTC

revision = "0002"
down_revision = "0001"

HASH = sa.String(length=32)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def _index(table: str, *columns: str, name: str = "") -> None:
    op.create_index(name or op.f(f"ix_{table}_{columns[0]}"), table, list(columns), unique=False)


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as outbox:
        outbox.add_column(sa.Column("note", sa.Text(), nullable=True))
        outbox.add_column(sa.Column("once", sa.Boolean(), server_default=sa.false(), nullable=False))
        outbox.add_column(sa.Column("begun_at", UTC(), nullable=True))
    noted = sa.text("note IS NOT NULL")
    op.create_index("ix_outbox_noted", "outbox", ["bot"], unique=False, sqlite_where=noted, postgresql_where=noted)
    _publishing()
    _residents()
    _handoffs()
    op.create_table(
        "notes",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notes")),
    )


def _publishing() -> None:
    op.create_table(
        "publications",
        _id(),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("at", UTC(), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("person", HASH, server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sqlite_autoincrement=True,
    )
    _index("publications", "version")
    op.create_table(
        "proposals",
        _id(),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("base", sa.String(length=16), nullable=False),
        sa.Column("at", UTC(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("judged_at", UTC(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", UTC(), nullable=True),
        sa.Column("decided_by", HASH, server_default="", nullable=False),
        sa.Column("clerk_name", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sqlite_autoincrement=True,
    )
    _index("proposals", "version")
    waits = sa.text("state IN ('judging', 'open')")
    op.create_index("ix_proposals_undecided", "proposals", ["version"], unique=True, sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "pauses",
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("at", UTC(), nullable=False),
        sa.Column("person", HASH, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_pauses")),
    )


def _residents() -> None:
    op.create_table(
        "votes",
        sa.Column("reply_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UTC(), nullable=False),
        sa.Column("person", HASH, nullable=False),
        sa.Column("vote", sa.String(length=8), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=16), nullable=False),
        sa.Column("told_at", UTC(), nullable=True),
        sa.PrimaryKeyConstraint("reply_id", name=op.f("pk_votes")),
    )
    _index("votes", "at")
    _index("votes", "person")
    op.create_table(
        "drafts",
        sa.Column("chat", HASH, nullable=False),
        sa.Column("person", HASH, nullable=False),
        sa.Column("mark", sa.String(length=8), nullable=False),
        sa.Column("at", UTC(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("handoff", sa.BigInteger(), nullable=True),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("aspects", sa.Text(), nullable=False),
        sa.Column("reply_kind", sa.String(length=16), server_default="", nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("consent", sa.String(length=16), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("chat", "person", name=op.f("pk_drafts")),
    )
    _index("drafts", "at")
    _index("drafts", "person")
    op.create_table(
        "blocks",
        sa.Column("person", HASH, nullable=False),
        sa.Column("until", UTC(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_blocks")),
    )


def _handoffs() -> None:
    op.create_table(
        "handoffs",
        _id(),
        sa.Column("bot", sa.BigInteger(), nullable=False),
        sa.Column("at", UTC(), nullable=False),
        sa.Column("chat", HASH, nullable=False),
        sa.Column("person", HASH, nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("consent", sa.String(length=16), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("aspects", sa.Text(), nullable=False),
        sa.Column("reply_kind", sa.String(length=16), nullable=False),
        sa.Column("content", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("clerk", HASH, server_default="", nullable=False),
        sa.Column("clerk_name", sa.String(length=64), server_default="", nullable=False),
        sa.Column("claimed_at", UTC(), nullable=True),
        sa.Column("answered_at", UTC(), nullable=True),
        sa.Column("touched_at", UTC(), nullable=False),
        sa.Column("reminded_at", UTC(), nullable=True),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
        sqlite_autoincrement=True,
    )
    for column in ("at", "person", "state", "touched_at"):
        _index("handoffs", column)
    op.create_table(
        "messages",
        _id(),
        sa.Column("handoff", sa.BigInteger(), nullable=False),
        sa.Column("at", UTC(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("chat", HASH, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("of", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    _index("messages", "handoff")
    _index("messages", "chat", "message_id", name="ix_messages_message")

"""What the bot has to remember of itself, by name (at most 32 characters). Everything works on a transaction of the caller's."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema import notes


def remember(connection: Connection, name: str, value: str) -> None:
    """Keeps it in place of what was remembered by that name."""
    inserting = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(notes).values(name=name, value=value)
    connection.execute(inserting.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def recall(connection: Connection, name: str) -> str:
    """What was remembered by that name, or ""."""
    return str(connection.execute(select(notes.c.value).where(notes.c.name == name)).scalar() or "")


def advance(connection: Connection, name: str, value: str) -> bool:
    """Keeps a value that sorts behind the one before it; False where it does not, as when another process was faster."""
    inserting = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(notes).values(name=name, value=value)
    # Told by RETURNING: what a rowcount says of an update that was not made differs between the two.
    later = inserting.on_conflict_do_update(index_elements=["name"], set_={"value": value}, where=notes.c.value < value).returning(notes.c.name)
    return connection.execute(later).first() is not None


def beginning_with(connection: Connection, start: str) -> dict[str, str]:
    """What is remembered by names that begin so, in their order."""
    rows = connection.execute(select(notes).where(notes.c.name.startswith(start, autoescape=True)).order_by(notes.c.name))
    return {row.name: row.value for row in rows}


def forget(connection: Connection, name: str) -> None:
    connection.execute(delete(notes).where(notes.c.name == name))


__all__ = ["advance", "beginning_with", "forget", "recall", "remember"]

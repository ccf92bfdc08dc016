"""What staff have stopped: topics, or the whole bot. Everything works on a transaction of the caller's."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema import pauses

WHOLE = "*"
_PAUSED = select(pauses.c.scope, pauses.c.at)  # asked with every message


def paused(connection: Connection) -> dict[str, dt.datetime]:
    """What is stopped (topic id, or WHOLE), and since when."""
    return {row.scope: row.at for row in connection.execute(_PAUSED)}


def pause(connection: Connection, scope: str, person: str, now: dt.datetime) -> bool:
    """Stops it; False where it was stopped already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(pauses).values(scope=scope, at=now, person=person).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return connection.execute(statement).rowcount == 1


def resume(connection: Connection, scope: str) -> bool:
    """Lets it go on; False where it was not stopped."""
    return connection.execute(delete(pauses).where(pauses.c.scope == scope)).rowcount > 0

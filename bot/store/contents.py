"""The files of every content that was served, so that a reply can be traced to them, and the last good one be served again.

Everything works on a transaction of the caller's. The files are bytes here; bot/content/snapshot.py packs them.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema import contents, publications


def keep(connection: Connection, version: str, files: bytes, now: dt.datetime) -> None:
    """Notes that a content is served from now on. Of one that is kept already only the time changes."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(contents).values(version=version, files=files, served_at=now)
    connection.execute(statement.on_conflict_do_update(index_elements=["version"], set_={"served_at": now}))


def renew(connection: Connection, version: str, files: bytes) -> None:
    """The files of a version that is kept have other remarks now, or drafts; what is told from them is the same."""
    connection.execute(update(contents).where(contents.c.version == version).values(files=files))


def last_good(connection: Connection) -> tuple[str, bytes] | None:
    """(version, files) of the content that is published; before the first publication, of the one that was served last. None: neither."""
    found = select(contents.c.version, contents.c.files)
    published = found.join(publications, publications.c.version == contents.c.version).order_by(publications.c.id.desc())
    newest = found.order_by(contents.c.served_at.desc(), contents.c.version)
    row = connection.execute(published.limit(1)).first() or connection.execute(newest.limit(1)).first()
    return None if row is None else (str(row.version), bytes(row.files))


def get(connection: Connection, version: str) -> bytes | None:
    """The files of that version, or None."""
    files = connection.execute(select(contents.c.files).where(contents.c.version == version)).scalar()
    return None if files is None else bytes(files)

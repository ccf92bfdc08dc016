"""Which content residents are answered from, since when, and who decided so: the last row of the table speaks.

Everything works on a transaction of the caller's. What was published once is kept for good (retention.py), so that it can be brought back.
The files are bytes here; bot/content/snapshot.py packs them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Row, Select, func, insert, select

from bot.errors import StoreError
from bot.store import contents
from bot.store.schema import contents as kept
from bot.store.schema import publications, replies

How = Literal["start", "saved", "approved", "rollback", "command"]
_SEE = "'yongsan-bot content versions'로 있는 판을 볼 수 있습니다."


@dataclass(frozen=True, slots=True)
class Publication:
    """One content that was published.

    how      start: what stood in the folder when the bot began; saved: by a saved file; approved: by staff's word; rollback, command
    person   a hash, or ""
    replies  how many replies were given from this version, whenever; only `versions` counts them
    """

    id: int
    version: str
    at: dt.datetime
    how: str
    person: str = ""
    note: str = ""
    replies: int = 0


def publish(connection: Connection, version: str, files: bytes, how: How, now: dt.datetime, person: str = "", note: str = "") -> Publication:
    """Makes this the content that residents are answered from; its files are kept."""
    contents.keep(connection, version, files, now)
    values = {"version": version, "at": now, "how": how, "person": person, "note": note}
    number = connection.execute(insert(publications).values(values).returning(publications.c.id)).scalar_one()
    return Publication(int(number), version, now, how, person, note)


def current(connection: Connection) -> Publication | None:
    """What is published now, or None where nothing was yet."""
    row = connection.execute(_newest_first().limit(1)).first()
    return None if row is None else _publication(row)


def versions(connection: Connection, limit: int | None = None) -> list[Publication]:
    """What was published, newest first, with how many replies were given from it. A version that was published twice stands there twice."""
    rows = connection.execute(_newest_first().limit(limit)).all()
    names = {row.version for row in rows}
    counting = select(replies.c.content, func.count()).where(replies.c.content.in_(names)).group_by(replies.c.content)
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(counting)}
    return [_publication(row, counts.get(row.version, 0)) for row in rows]


def before(connection: Connection, version: str) -> str | None:
    """The version that was published before that one was for the first time; None where there is none."""
    first = select(func.min(publications.c.id)).where(publications.c.version == version).scalar_subquery()
    found: str | None = connection.execute(
        select(publications.c.version).where(publications.c.id < first).order_by(publications.c.id.desc()).limit(1)
    ).scalar()
    return found


def files_of(connection: Connection, version_prefix: str) -> tuple[str, bytes]:
    """(version, files) of a content that is kept, by the beginning of its version. Raises StoreError where that is none's, or that of several."""
    matching = kept.c.version.startswith(version_prefix, autoescape=True)
    found = connection.execute(select(kept.c.version).where(matching).order_by(kept.c.version).limit(10)).scalars().all()
    if not found or not version_prefix:
        raise StoreError(f"판 '{version_prefix}'", "그런 판은 보관되어 있지 않습니다.", _SEE)
    if len(found) > 1 and version_prefix not in found:
        raise StoreError(f"판 '{version_prefix}'", f"그렇게 시작하는 판이 여럿입니다: {', '.join(found)}", "더 길게 적어 주세요.")
    version = version_prefix if version_prefix in found else str(found[0])
    files = contents.get(connection, version)
    assert files is not None
    return version, files


def _newest_first() -> Select[tuple[int, str, dt.datetime, str, str, str]]:
    return select(*(publications.c[name] for name in ("id", "version", "at", "how", "person", "note"))).order_by(publications.c.id.desc())


def _publication(row: Row[tuple[int, str, dt.datetime, str, str, str]], count: int = 0) -> Publication:
    return Publication(row.id, row.version, row.at, row.how, row.person, row.note, count)

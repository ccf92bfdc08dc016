"""Changed contents that wait for staff's word: who judges them, what the suites say of them, and what has become of them.

Promises: of one version one proposal waits, however many replicas have seen the change; it is judged by one of them, and by another where that
one has died; it is decided once. Everything works on a transaction of the caller's. Files are bytes here, verdicts JSON.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema import notes, proposals, publications

JUDGING, OPEN, PUBLISHED, DECLINED, UNDONE, REPLACED, WITHDRAWN = "judging", "open", "published", "declined", "undone", "replaced", "withdrawn"
UNDECIDED = (JUDGING, OPEN)
JUDGE_SECONDS = 60  # without a sign of life, after which another takes over
_PUT_BACK = "put_back"
_NAMES = "id version base at state judged_at message_id decided_at decided_by clerk_name".split()
_COLUMNS = (*(proposals.c[name] for name in _NAMES), proposals.c.verdict.is_not(None).label("is_judged"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """One changed content. All but its files and its verdict, which are long: `files_of`, `verdict_of`.

    base        the version that was published when it was judged
    judged_at   the last sign of life of whoever judges it
    is_judged   whether there is a verdict; it goes when residents' words in it are past their time
    message_id  of its card in the group
    decided_by  of what is undecided: who of the staff wants it looked at again, whatever stands in the folder
    """

    id: int
    version: str
    base: str
    at: dt.datetime
    state: str
    judged_at: dt.datetime | None
    message_id: int | None
    decided_at: dt.datetime | None
    decided_by: str
    clerk_name: str
    is_judged: bool

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED


def propose(connection: Connection, version: str, base: str, files: bytes, now: dt.datetime) -> bool:
    """A changed content waits to be judged; False where this version waits already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"version": version, "base": base, "files": files, "at": now, "state": JUDGING}
    adding = dialect.insert(proposals).values(values).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return connection.execute(adding).rowcount == 1


def get(connection: Connection, number: int) -> Proposal | None:
    row = connection.execute(select(*_COLUMNS).where(proposals.c.id == number)).one_or_none()
    return None if row is None else _proposal(row)


def files_of(connection: Connection, number: int) -> bytes:
    """Its packed files. Raises KeyError where there is no such proposal."""
    files = connection.execute(select(proposals.c.files).where(proposals.c.id == number)).scalar()
    if files is None:
        raise KeyError(number)
    return bytes(files)


def verdict_of(connection: Connection, number: int) -> str | None:
    """What the suites say of it, as JSON."""
    verdict: str | None = connection.execute(select(proposals.c.verdict).where(proposals.c.id == number)).scalar()
    return verdict


def undecided(connection: Connection) -> list[Proposal]:
    """What waits, oldest first."""
    rows = connection.execute(select(*_COLUMNS).where(proposals.c.state.in_(UNDECIDED)).order_by(proposals.c.id))
    return [_proposal(row) for row in rows]


def with_verdict(connection: Connection) -> list[Proposal]:
    """All of which the verdict is kept."""
    return [_proposal(row) for row in connection.execute(select(*_COLUMNS).where(proposals.c.verdict.is_not(None)).order_by(proposals.c.id))]


def claim(connection: Connection, number: int, now: dt.datetime) -> bool:
    """Takes a proposal to judge it; False where another does, and is alive."""
    free = or_(proposals.c.judged_at.is_(None), proposals.c.judged_at < now - dt.timedelta(seconds=JUDGE_SECONDS))
    which = (proposals.c.id == number) & (proposals.c.state == JUDGING) & free
    return connection.execute(update(proposals).where(which).values(judged_at=now)).rowcount == 1


def beat(connection: Connection, number: int, now: dt.datetime) -> None:
    """A sign of life of whoever judges it."""
    connection.execute(update(proposals).where((proposals.c.id == number) & (proposals.c.state == JUDGING)).values(judged_at=now))


def move(connection: Connection, number: int, before: tuple[str, ...], state: str, **values: Any) -> bool:
    """Takes it from one of these states to another, and sets columns; False where it is in none of them: somebody was faster."""
    which = (proposals.c.id == number) & proposals.c.state.in_(before)
    return connection.execute(update(proposals).where(which).values(state=state, **values)).rowcount == 1


def judged(connection: Connection, number: int, base: str, verdict: str) -> bool:
    """It has been held against that base; False where it waits no more, or for a judgement against another."""
    which = (proposals.c.id == number) & (proposals.c.state == JUDGING) & (proposals.c.base == base)
    return connection.execute(update(proposals).where(which).values(state=OPEN, verdict=verdict)).rowcount == 1


def change(connection: Connection, number: int, **values: Any) -> None:
    """Sets columns."""
    connection.execute(update(proposals).where(proposals.c.id == number).values(values))


def was_decided(connection: Connection, version: str) -> bool:
    """Whether staff have last said of this version that residents shall not get it: declined, or published and rolled back from."""
    last = connection.execute(select(proposals.c.version, proposals.c.state).order_by(proposals.c.id.desc()).limit(1)).first()
    return (last is not None and last.version == version and last.state in (DECLINED, UNDONE)) or was_rolled_back(connection, version)


def was_rolled_back(connection: Connection, version: str) -> bool:
    """Whether it was published by a saved file, and what is published now is what was rolled back to from it."""
    rows = connection.execute(select(publications.c.version, publications.c.how).order_by(publications.c.id.desc()).limit(100)).all()
    for now, before in zip(rows, rows[1:], strict=False):
        if now.how != "rollback":
            return False
        if before.version == version:
            return True
    return False


# -- files that are to be put back into the folder -------------------------------------------------------------------


def ask_put_back(connection: Connection, number: int) -> None:
    """Somebody wants the files of the folder to be those that are published; it waits for whoever has the folder."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    adding = dialect.insert(notes).values(name=_PUT_BACK, value=str(number))
    connection.execute(adding.on_conflict_do_update(index_elements=["name"], set_={"value": str(number)}))


def put_back_wanted(connection: Connection) -> int | None:
    """The proposal whose files are to be put back, or None."""
    found = connection.execute(select(notes.c.value).where(notes.c.name == _PUT_BACK)).scalar()
    return None if found is None else int(found)


def put_back_done(connection: Connection, number: int) -> bool:
    """That is done, or cannot be; False where another has said so already."""
    return connection.execute(delete(notes).where((notes.c.name == _PUT_BACK) & (notes.c.value == str(number)))).rowcount == 1


# -- what the group was told -----------------------------------------------------------------------------------------


def is_news(connection: Connection, name: str, value: str) -> bool:
    """Keeps under a name what the group is told now; False where that is what it was told last, by whichever replica. "": all is well."""
    changed = update(notes).where((notes.c.name == name) & (notes.c.value != value)).values(value=value)
    if connection.execute(changed).rowcount == 1:
        return True
    if not value or connection.execute(select(notes.c.name).where(notes.c.name == name)).first() is not None:
        return False
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    adding = dialect.insert(notes).values(name=name, value=value).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return connection.execute(adding).rowcount == 1


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(**row._asdict())


__all__ = ["Proposal"]

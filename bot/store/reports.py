"""What the database tells staff: what could not be answered, how much was, and who (a hash) was told what.

Promises: nothing is written, and the bot is not kept waiting. Times are UTC; days are those of Seoul.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from sqlalchemy import ColumnElement, Connection, String, cast, func, select, true

from bot.content.snapshot import unpack
from bot.errors import StoreError
from bot.store.database import Database
from bot.store.grouping import Group, Question, group
from bot.store.reading import reading
from bot.store.schema import contents, inbox, outbox, questions, replies

_DECIDED = ("answer", "partial", "fallback")
_PAGE = 1000  # rows


@dataclass(frozen=True, slots=True)
class ContentUse:
    """A content that replies were given from. served_at: None where its files are no longer kept."""

    version: str
    replies: int
    first: dt.datetime
    last: dt.datetime
    served_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures of the replies in a time, and of what waits now.

    days, kinds, topics, languages  (name, replies), days in order, the others most first
    shares       of the replies that answer, answer in part or do not, 0.0 to 1.0
    undelivered  (reason, messages) of the last days
    """

    replies: int
    people: int
    first: dt.datetime | None
    last: dt.datetime | None
    days: tuple[tuple[str, int], ...]
    kinds: tuple[tuple[str, int], ...]
    topics: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    shares: dict[str, float]
    waiting_inbox: int
    waiting_outbox: int
    waiting_since: dt.datetime | None
    undelivered: tuple[tuple[str, int], ...]
    contents: tuple[ContentUse, ...]


@dataclass(frozen=True, slots=True)
class ToldReply:
    """What a person was told.

    content       version of the content it was told from
    delivered_at  None where it has not arrived; failure says why, "" where it is on its way or nothing is known
    """

    at: dt.datetime
    person: str
    kind: str
    reason: str
    topics: tuple[str, ...]
    aspects: tuple[str, ...]
    language: str
    content: str
    delivered_at: dt.datetime | None
    failure: str
    waits: bool


def unanswered(
    database: Database, words: Callable[[str], Sequence[str]], since: dt.datetime | None = None, kind: str | None = None
) -> list[Group]:  # fmt: skip
    """Questions without an answer, put together by likeness, most asked first. words: see grouping.py."""
    wanted = (questions.c.at >= since if since else true()) & (questions.c.kind == kind if kind else questions.c.kind.in_(("fallback", "partial")))
    columns = [questions.c[name] for name in ("id", "at", "person", "kind", "text", "topics", "aspects", "language")]
    with reading(database) as connection:
        rows = connection.execute(select(*columns).where(wanted).order_by(questions.c.id)).all()
    asked = (Question(row.at, row.person, row.kind, row.text, _ids(row.topics), _ids(row.aspects), row.language, _key(row)) for row in rows)
    return group(asked, words)


def examples(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """The texts of the questions of these keys (Group.keys) that are still on record."""
    ids = {int(key.partition("-")[0]) for key in keys}
    rows = connection.execute(select(questions.c.id, questions.c.at, questions.c.text).where(questions.c.id.in_(ids)))
    return {key: row.text for row in rows if (key := _key(row)) in keys}


def told_topics(database: Database, since: dt.datetime | None = None) -> dict[str, int]:
    """How many replies spoke of a topic, by its id; the most first."""
    with reading(database) as connection:
        return dict(_topics(connection, replies.c.at >= since if since else true()))


def stats(database: Database, since: dt.datetime | None = None) -> Stats:
    """Figures of the replies since then, or of all."""
    wanted = replies.c.at >= since if since else true()
    with reading(database) as connection:
        people = func.count(replies.c.person.distinct())
        total = connection.execute(select(func.count(), people, func.min(replies.c.at), func.max(replies.c.at)).where(wanted)).one()
        kinds = _counted(connection, replies.c.kind, wanted)
        decided = sum(count for kind, count in kinds if kind in _DECIDED)
        waiting_inbox, inbox_since = connection.execute(_waiting(inbox.c.received_at, inbox.c.handled_at)).one()
        waiting_outbox, outbox_since = connection.execute(_waiting(outbox.c.created_at, outbox.c.done_at)).one()
        return Stats(
            replies=total[0],
            people=total[1],
            first=total[2],
            last=total[3],
            days=tuple(sorted(_counted(connection, _day(database), wanted))),
            kinds=kinds,
            topics=_topics(connection, wanted),
            languages=_counted(connection, replies.c.language, wanted),
            shares={kind: round(dict(kinds).get(kind, 0) / decided, 4) if decided else 0.0 for kind in _DECIDED},
            waiting_inbox=waiting_inbox,
            waiting_outbox=waiting_outbox,
            waiting_since=min((time for time in (inbox_since, outbox_since) if time), default=None),
            undelivered=_counted(connection, outbox.c.failure, outbox.c.failure.is_not(None) & (outbox.c.created_at >= since if since else true())),
            contents=_contents(connection, wanted),
        )


def told(
    database: Database, topic: str | None = None, version: str | None = None, person: str | None = None, since: dt.datetime | None = None
) -> Iterator[ToldReply]:  # fmt: skip
    """Who was told what, newest first; read page by page, so that whoever reads slowly keeps nobody waiting."""
    wanted = replies.c.at >= since if since else true()
    for column, value in ((replies.c.content, version), (replies.c.person, person)):
        wanted &= column == value if value else true()
    if topic is not None:
        wanted &= replies.c.topics.contains(json.dumps(topic), autoescape=True)
    with reading(database) as connection:
        failed = select(outbox.c.reply_id, outbox.c.failure).where(outbox.c.reply_id.is_not(None) & outbox.c.failure.is_not(None))
        failures = {row.reply_id: row.failure for row in connection.execute(failed)}
        waiting = select(outbox.c.reply_id).where(outbox.c.reply_id.is_not(None) & outbox.c.done_at.is_(None))
        waits = set(connection.execute(waiting).scalars())
    below: ColumnElement[bool] = true()
    while True:
        with reading(database) as connection:
            rows = connection.execute(select(replies).where(wanted & below).order_by(replies.c.id.desc()).limit(_PAGE)).all()
        for row in rows:
            given = (row.at, row.person, row.kind, row.reason, _ids(row.topics), _ids(row.aspects), row.language, row.content, row.delivered_at)
            yield ToldReply(*given, failure=failures.get(row.id, ""), waits=row.id in waits)
        if len(rows) < _PAGE:
            return
        below = replies.c.id < rows[-1].id


def topic_text(database: Database, version: str, topic: str) -> str | None:
    """What the topic said in that content, as it was written; None where the content or the topic is not kept."""
    with reading(database) as connection:
        packed = connection.execute(select(contents.c.files).where(contents.c.version == version)).scalar()
    if packed is None:
        return None
    try:
        files = unpack(packed).files
    except ValueError:
        raise StoreError(f"contents {version}", "보관된 내용을 읽을 수 없습니다.", "백업에서 되살려 주세요.") from None
    return next((block for _, text in sorted(files.items()) if (block := _block(text, topic))), None)


def _block(text: str, topic: str) -> str | None:
    """The lines of a knowledge file that make up a topic."""
    if topic not in text:
        return None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    items = _at(root, "topics")
    for item in items.value if isinstance(items, yaml.SequenceNode) else ():
        name = _at(item, "id")
        if isinstance(name, yaml.ScalarNode) and name.value == topic:
            lines = text.splitlines()[item.start_mark.line : max(item.end_mark.line, item.start_mark.line + 1)]
            while len(lines) > 1 and lines[-1].lstrip()[:1] in ("", "#"):  # what stands before the next topic
                lines.pop()
            margin = len(lines[0]) - len(lines[0].lstrip())
            return "\n".join(line[margin:] if not line[:margin].strip() else line for line in lines)
    return None


def _at(node: Any, key: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _key(row: Any) -> str:
    """Of a question; with its time, for SQLite gives the id of a deleted one away again."""
    return f"{row.id}-{int(row.at.timestamp())}"


def _ids(stored: str) -> tuple[str, ...]:
    return tuple(map(str, json.loads(stored)))


def _counted(connection: Connection, column: ColumnElement[Any], wanted: ColumnElement[bool]) -> tuple[tuple[str, int], ...]:
    # By its label: PostgreSQL does not see that two expressions with parameters are the same.
    rows = connection.execute(select(column.label("counted"), func.count()).where(wanted).group_by("counted")).all()
    return tuple(sorted(((str(row[0]), int(row[1])) for row in rows), key=lambda pair: (-pair[1], pair[0])))


def _topics(connection: Connection, wanted: ColumnElement[bool]) -> tuple[tuple[str, int], ...]:
    counter: Counter[str] = Counter()
    for stored, count in _counted(connection, replies.c.topics, wanted):
        counter.update(dict.fromkeys(_ids(stored), count))
    return tuple(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))


def _day(database: Database) -> ColumnElement[str]:
    if database.is_sqlite:
        return func.strftime("%Y-%m-%d", func.substr(cast(replies.c.at, String), 1, 19), "+9 hours")  # it would round parts of a second
    return func.to_char(func.timezone("Asia/Seoul", replies.c.at), "YYYY-MM-DD")


def _waiting(since: ColumnElement[dt.datetime], done: ColumnElement[Any]) -> Any:
    return select(func.count(), func.min(since)).where(done.is_(None))


def _contents(connection: Connection, wanted: ColumnElement[bool]) -> tuple[ContentUse, ...]:
    kept = {row.version: row.served_at for row in connection.execute(select(contents.c.version, contents.c.served_at))}
    columns = (replies.c.content, func.count(), func.min(replies.c.at), func.max(replies.c.at))
    rows = connection.execute(select(*columns).where(wanted).group_by(replies.c.content)).all()
    used = [ContentUse(row[0], row[1], row[2], row[3], kept.get(row[0])) for row in rows]
    return tuple(sorted(used, key=lambda use: use.last, reverse=True))

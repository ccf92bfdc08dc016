"""What residents think of a reply: one vote each, which they may change. Everything works on a transaction of the caller's."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema import replies, votes

VOTES = ("yes", "no", "wrong")


@dataclass(frozen=True, slots=True)
class Voted:
    """A reply that was voted on. before: the person's vote until now, or ""."""

    reply_id: int
    topics: tuple[str, ...]
    aspects: tuple[str, ...]
    content: str
    before: str


def vote(connection: Connection, reply_id: int, person: str, value: str, now: dt.datetime) -> Voted | None:
    """Counts a person's vote on a reply that they were given; None where it was given to somebody else, or is no longer on record."""
    found = connection.execute(select(replies).where((replies.c.id == reply_id) & (replies.c.person == person))).one_or_none()
    if found is None or value not in VOTES:
        return None
    before = connection.execute(select(votes.c.vote).where(votes.c.reply_id == reply_id)).scalar()
    inserting = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(votes)
    values = {"reply_id": reply_id, "at": now, "person": person, "vote": value, "topics": found.topics, "content": found.content}
    connection.execute(inserting.values(values).on_conflict_do_update(index_elements=["reply_id"], set_={"vote": value, "at": now}))
    return Voted(reply_id, tuple(json.loads(found.topics)), tuple(json.loads(found.aspects)), found.content, before or "")


def tell(connection: Connection, reply_id: int, now: dt.datetime) -> bool:
    """Notes that staff are told of the vote; False where they were already, however the vote has changed since."""
    untold = (votes.c.reply_id == reply_id) & votes.c.told_at.is_(None)
    return connection.execute(update(votes).where(untold).values(told_at=now)).rowcount == 1


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on replies that spoke of a topic. votes: all of them, for and against."""

    topic: str
    wrong: int
    no: int
    votes: int


def against(connection: Connection, since: dt.datetime) -> list[Tally]:
    """Topics that were voted against since then, those that were so most first. A reply on several topics counts for each."""
    rows = connection.execute(select(votes.c.topics, votes.c.vote, func.count()).where(votes.c.at >= since).group_by(votes.c.topics, votes.c.vote))
    found: dict[str, Counter[str]] = {}
    for stored, vote, count in rows:
        for topic in set(json.loads(stored)):
            found.setdefault(topic, Counter())[vote] += count
    tallies = [Tally(topic, counts["wrong"], counts["no"], counts.total()) for topic, counts in found.items()]
    return sorted((one for one in tallies if one.wrong + one.no), key=lambda one: (-one.wrong - one.no, -one.wrong, one.topic))

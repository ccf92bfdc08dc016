"""How long things are kept. Whatever is older goes, texts first.

What waits to be answered or sent goes as well when it is too old to be of use: it holds texts and addresses. A hand-off is not among that
as long as it is open, for an answer was promised: whoever serves the staff closes it in time and tells both sides, and what nobody has closed
is closed here. What has gone from here still stands in the group of the staff: `emptied` says of which hand-offs.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Delete, Update, delete, func, select, update

from bot.store.database import Database
from bot.store.deletions import shorten
from bot.store.schema import (
    blocks,
    contents,
    conversations,
    deletions,
    drafts,
    handoffs,
    inbox,
    messages,
    notes,
    outbox,
    proposals,
    publications,
    questions,
    replies,
    votes,
)

MAIL_DAYS = 3  # Telegram repeats an update for 24 hours
DRAFT_DAYS = 1
OPEN_TIMES = 3  # as long as a text is kept: a hand-off that nobody has touched for so long is closed
_IN_TIME = 0.9  # of that: then whoever serves the staff closes it. What is closed here is told to nobody
JOURNAL_DAYS = 31  # that the journal of deletions reaches back further than any record
EXPIRED = "expired"
_EMPTIED = "emptied handoffs"  # note: JSON list of numbers
_UNDECIDED = ("judging", "open")


def purge(database: Database, now: dt.datetime, text_days: int, record_days: int, journal: Path | None = None) -> dict[str, int]:
    """Removes what is older; how many rows of each table, and by other names what was given up or emptied.

    text_days    for questions and conversations, and for the texts of hand-offs that are no longer open
    record_days  for replies, votes, hand-offs, proposals and deletions
    journal      of deletions, which is shortened too

    Raises StoreError.
    """
    removed = {"closed": _close_untouched(database, now - dt.timedelta(days=OPEN_TIMES * text_days))}
    removed["handoff_texts"] = _empty(database, now - dt.timedelta(days=text_days))
    for name, statement in _steps(now, text_days, record_days):
        with database.begin(patient=True) as connection:  # one each: the bot waits for none of them long
            removed[name] = removed.get(name, 0) + connection.execute(statement).rowcount
    database.shrink()
    if journal is not None:
        removed["journal"] = shorten(journal, now - dt.timedelta(days=record_days + JOURNAL_DAYS))
    return removed


def untouched_since(now: dt.datetime, text_days: int) -> dt.datetime:
    """Whoever serves the staff closes an open hand-off that nobody has touched since then."""
    return now - dt.timedelta(days=OPEN_TIMES * text_days * _IN_TIME)


def emptied(connection: Connection) -> list[int]:
    """Numbers of hand-offs whose texts have gone because of their age; each is told once only."""
    value = connection.execute(select(notes.c.value).where(notes.c.name == _EMPTIED).with_for_update()).scalar()
    if value is None:
        return []
    connection.execute(delete(notes).where(notes.c.name == _EMPTIED))
    return [int(number) for number in json.loads(value)]


def _close_untouched(database: Database, limit: dt.datetime) -> int:
    with database.begin(patient=True) as connection:
        is_left = (handoffs.c.state == "open") & (handoffs.c.touched_at < limit)
        return connection.execute(update(handoffs).where(is_left).values(state="closed")).rowcount


def _empty(database: Database, limit: dt.datetime) -> int:
    """Of what is no longer open the texts, the address and the name go, for the figures need none of them; how many hand-offs."""
    is_over = (handoffs.c.state != "open") & (handoffs.c.touched_at < limit)
    holds = (handoffs.c.text != "") | handoffs.c.address.is_not(None) | (handoffs.c.clerk_name != "")
    emptying = update(handoffs).where(is_over & holds).values(text="", address=None, clerk_name="").returning(handoffs.c.id)
    with database.begin(patient=True) as connection:
        numbers = list(connection.execute(emptying).scalars())
        if numbers:
            noted = sorted({*emptied(connection), *numbers})
            connection.execute(notes.insert().values(name=_EMPTIED, value=json.dumps(noted)))
    return len(numbers)


def _steps(now: dt.datetime, text_days: int, record_days: int) -> list[tuple[str, Delete | Update]]:
    texts, records, mail, draft = (now - dt.timedelta(days=days) for days in (text_days, record_days, MAIL_DAYS, DRAFT_DAYS))
    erased: dict[str, Any] = {"payload": None}
    holds = proposals.c.verdict.is_not(None) | (proposals.c.clerk_name != "")  # residents' words, and a clerk's name
    is_told = outbox.c.note.is_(None) | (outbox.c.created_at < texts)
    return [
        ("questions", delete(questions).where(questions.c.at < texts)),
        ("conversations", delete(conversations).where(conversations.c.updated_at < texts)),
        ("drafts", delete(drafts).where(drafts.c.at < draft)),
        *_handoffs(texts, records),
        ("replies", delete(replies).where(replies.c.at < records)),
        ("votes", delete(votes).where(votes.c.at < records)),
        ("blocks", delete(blocks).where(blocks.c.until < now)),
        (
            "verdicts",
            update(proposals).where((func.coalesce(proposals.c.judged_at, proposals.c.at) < texts) & holds).values(verdict=None, clerk_name=""),
        ),
        (
            "proposals",
            delete(proposals).where(proposals.c.state.not_in(_UNDECIDED) & (func.coalesce(proposals.c.decided_at, proposals.c.at) < records)),
        ),
        ("deletions", delete(deletions).where(deletions.c.at < records)),
        # received_at is what the index holds, and never later than the other.
        ("inbox", delete(inbox).where((inbox.c.received_at < mail) & (inbox.c.handled_at < mail))),
        ("outbox", delete(outbox).where((outbox.c.created_at < mail) & (outbox.c.done_at < mail) & is_told)),
        ("expired", update(outbox).where((outbox.c.created_at < mail) & outbox.c.done_at.is_(None)).values(done_at=now, failure=EXPIRED, **erased)),
        ("expired", update(inbox).where((inbox.c.received_at < texts) & inbox.c.handled_at.is_(None)).values(handled_at=now, **erased)),
        ("contents", _unused_contents()),
    ]


def _handoffs(texts: dt.datetime, records: dt.datetime) -> list[tuple[str, Delete | Update]]:
    is_over = handoffs.c.state != "open"
    older, gone = (select(handoffs.c.id).where(is_over & (handoffs.c.touched_at < limit)) for limit in (texts, records))
    return [
        ("answers", update(messages).where(messages.c.text.is_not(None) & messages.c.handoff.in_(older)).values(text=None)),
        ("messages", delete(messages).where(messages.c.handoff.in_(gone))),
        ("handoffs", delete(handoffs).where(is_over & (handoffs.c.touched_at < records))),
    ]


def _unused_contents() -> Delete:
    """Contents that no reply was given from and that were never published, but for the newest."""
    newest = select(contents.c.version).order_by(contents.c.served_at.desc(), contents.c.version).limit(1).scalar_subquery()
    is_used = select(replies.c.id).where(replies.c.content == contents.c.version).exists()
    was_published = select(publications.c.id).where(publications.c.version == contents.c.version).exists()
    return delete(contents).where(~is_used & ~was_published & (contents.c.version != newest))

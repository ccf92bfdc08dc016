"""How long things are kept. Whatever is older goes, texts first.

What waits to be answered or sent goes as well when it is too old to be of use: it holds texts and addresses.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Delete, Update, delete, select, update

from bot.store.database import Database
from bot.store.schema import contents, conversations, deletions, inbox, outbox, questions, replies

MAIL_DAYS = 3  # Telegram repeats an update for 24 hours
EXPIRED = "expired"


def purge(database: Database, now: dt.datetime, text_days: int, record_days: int) -> dict[str, int]:
    """Removes what is older; how many rows of each table, "expired" for mail that was given up.

    text_days    for questions and conversations
    record_days  for replies and deletions
    """
    texts, records, mail = (now - dt.timedelta(days=days) for days in (text_days, record_days, MAIL_DAYS))
    erased: dict[str, Any] = {"payload": None}
    steps: list[tuple[str, Delete | Update]] = [
        ("questions", delete(questions).where(questions.c.at < texts)),
        ("conversations", delete(conversations).where(conversations.c.updated_at < texts)),
        ("replies", delete(replies).where(replies.c.at < records)),
        ("deletions", delete(deletions).where(deletions.c.at < records)),
        # received_at is what the index holds, and never later than the other.
        ("inbox", delete(inbox).where((inbox.c.received_at < mail) & (inbox.c.handled_at < mail))),
        ("outbox", delete(outbox).where((outbox.c.created_at < mail) & (outbox.c.done_at < mail))),
        ("expired", update(outbox).where((outbox.c.created_at < mail) & outbox.c.done_at.is_(None)).values(done_at=now, failure=EXPIRED, **erased)),
        ("expired", update(inbox).where((inbox.c.received_at < texts) & inbox.c.handled_at.is_(None)).values(handled_at=now, **erased)),
        ("contents", _unused_contents()),
    ]
    removed = dict.fromkeys((name for name, _ in steps), 0)
    for name, statement in steps:
        with database.begin(patient=True) as connection:  # one each: the bot waits for none of them long
            removed[name] += connection.execute(statement).rowcount
    database.shrink()
    return removed


def _unused_contents() -> Delete:
    """Contents that no reply was given from, but for the newest."""
    newest = select(contents.c.version).order_by(contents.c.served_at.desc(), contents.c.version).limit(1).scalar_subquery()
    is_used = select(replies.c.id).where(replies.c.content == contents.c.version).exists()
    return delete(contents).where(~is_used & (contents.c.version != newest))

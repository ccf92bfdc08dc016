"""Makers of rows: what a bot would have left in its tables."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import insert, select

from bot.content.snapshot import Snapshot
from bot.store.database import Database
from bot.store.schema import metadata

NOW = dt.datetime(2026, 3, 1, 3, 30, 0, 123456, tzinfo=dt.timezone.utc)  # half past noon in Seoul
FIRST = ("contents", "conversations", "replies", "questions", "deletions", "marks", "inbox")  # tables of revision 0001
KNOWLEDGE = """\
section: 안전
topics:
  # 등불
  - id: lamp
    title: 가로등
    answer: 등을 달았어요.

  - id: camera
    title: 카메라
    answer: |
      두 대 달았어요.
      밤에도 보여요.
  # 끝
"""


def days_ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def add(database: Database, table: str, **values: Any) -> None:
    """A row; lists become JSON."""
    row = {name: json.dumps(value) if isinstance(value, (list, tuple)) else value for name, value in values.items()}
    with database.begin() as connection:
        connection.execute(insert(metadata.tables[table]).values(row))


def add_reply(database: Database, at: dt.datetime = NOW, person: str = "p1", **values: Any) -> None:
    common = {"chat": "c", "kind": "answer", "topics": ["lamp"], "aspects": ["when"], "language": "ko", "content": "v1"}
    add(database, "replies", at=at, person=person, **{**common, **values})


def add_question(database: Database, text: str, at: dt.datetime = NOW, person: str = "p1", **values: Any) -> None:
    common = {"chat": "c", "reply_id": 1, "kind": "fallback", "topics": [], "aspects": [], "language": "ko"}
    add(database, "questions", text=text, at=at, person=person, **{**common, **values})


def add_mail(database: Database, update_id: int, at: dt.datetime = NOW, handled: dt.datetime | None = None) -> None:
    """An update that was handled, or one that waits with its text."""
    payload = None if handled else '{"text": "비밀 이야기"}'
    add(database, "inbox", bot=1, update_id=update_id, chat="c", received_at=at, handled_at=handled, payload=payload)


def add_parcel(database: Database, at: dt.datetime = NOW, done: dt.datetime | None = None, **values: Any) -> None:
    payload = None if done else '{"chat_id": 777, "text": "비밀 이야기"}'
    common = {"bot": 1, "chat": "c", "person": "p1", "method": "sendMessage"}
    add(database, "outbox", created_at=at, done_at=done, payload=payload, **{**common, **values})


def add_content(database: Database, version: str, at: dt.datetime = NOW, text: str = KNOWLEDGE) -> None:
    add(database, "contents", version=version, served_at=at, files=Snapshot({"knowledge/safety.yaml": text}).pack())


def add_state(database: Database, person: str, at: dt.datetime = NOW) -> None:
    add(database, "conversations", chat="c", person=person, state='{"version": 1}', updated_at=at)


def add_handoff(database: Database, at: dt.datetime = NOW, person: str = "p1", **values: Any) -> None:
    """Something that was passed on to staff: open, with the address of the resident, unless `values` say otherwise."""
    common = {"bot": 1, "chat": "c", "address": '{"chat_id": 777}', "language": "ko", "kind": "question", "text": "금액이 얼마예요", "consent": "1"}
    of_reply = {"topics": ["lamp"], "aspects": ["how_much"], "reply_kind": "partial", "content": "v1"}
    state = {"state": "open", "touched_at": at, "clerk": "s1", "clerk_name": "김담당"}
    add(database, "handoffs", at=at, person=person, **{**common, **of_reply, **state, **values})


def add_message(database: Database, handoff: int, role: str = "card", at: dt.datetime = NOW, **values: Any) -> None:
    add(database, "messages", handoff=handoff, role=role, at=at, **{"chat": "staff", "message_id": 10, **values})


def add_vote(database: Database, reply_id: int, at: dt.datetime = NOW, person: str = "p1") -> None:
    add(database, "votes", reply_id=reply_id, at=at, person=person, vote="yes", topics=["lamp"], content="v1")


def add_draft(database: Database, at: dt.datetime = NOW, person: str = "p1", **values: Any) -> None:
    common = {"chat": "c", "mark": "m", "kind": "question", "text": "아직 보내지 않은 글", "topics": [], "aspects": [], "language": "ko"}
    add(database, "drafts", at=at, person=person, **{**common, **values})


def add_proposal(database: Database, at: dt.datetime = NOW, **values: Any) -> None:
    common = {"version": "v3", "base": "v2", "state": "open", "files": Snapshot({"knowledge/safety.yaml": KNOWLEDGE}).pack()}
    add(database, "proposals", at=at, **{**common, **values})


def fill_staff(database: Database) -> None:
    """A little of everything that staff do."""
    add(database, "publications", version="v1", at=days_ago(9), how="start")
    add(database, "publications", version="v2", at=NOW, how="approved", person="s1", note="금액을 고침")
    add_proposal(database)
    add(database, "pauses", scope="lamp", at=days_ago(1), person="s1")
    add(database, "blocks", person="p9", until=days_ago(-3))
    add(database, "notes", name="digest", value="2026-W08")
    for number in range(1, 4):
        person, at = f"p{number}", days_ago(number)
        add_vote(database, number, at, person)
        add_draft(database, at, person)
        add_handoff(database, at, person, state="open" if number == 1 else "closed", answered_at=at)
        add_message(database, number, "card", at, message_id=10 * number)
        add_message(database, number, "answer", at, message_id=10 * number + 1, text=f"답 {number}")
        add_message(database, number, "part", at, chat="c", message_id=5, of=10 * number + 1, number=1)


def fill(database: Database) -> None:
    """A little of everything."""
    add_content(database, "v1", days_ago(9))
    add_content(database, "v2")
    for number in range(1, 4):
        add_state(database, f"p{number}", days_ago(number))
        add_reply(database, days_ago(number), f"p{number}", delivered_at=days_ago(number))
        add_question(database, f"강아지 등록 {number}", days_ago(number), f"p{number}")
    add(database, "deletions", person="gone", at=days_ago(5))
    add_mail(database, 1, days_ago(1), handled=days_ago(1))
    add_mail(database, 2)
    add_parcel(database, days_ago(1), done=days_ago(1))
    add_parcel(database)
    fill_staff(database)


def rows(database: Database, table: str) -> list[dict[str, Any]]:
    """All rows of a table, in order."""
    chosen = metadata.tables[table]
    with database.begin() as connection:
        return [dict(row) for row in connection.execute(select(chosen).order_by(*chosen.primary_key)).mappings()]


def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    return {name: rows(database, name) for name in metadata.tables}

"""Residents' own questions are put to a changed content."""

from __future__ import annotations

from bot.desk.asking import asked_in_vain
from bot.evaluation.gate import Asked
from bot.store.database import Database
from bot.store.reports import told_topics
from tests.store.filling import add_question, add_reply


def opened(tmp_path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'bot.sqlite'}")
    database.upgrade()
    return database


def test_like_questions_are_one_and_the_most_asked_comes_first(tmp_path):
    database = opened(tmp_path)
    for said, kind, language in [
        ("수영장 요금", "fallback", "ko"),
        ("강아지 등록 어디서", "fallback", "ko"),
        ("강아지 등록", "fallback", "ko"),
        ("수영장 요금", "partial", "ko"),
        ("수영장 요금", "partial", "ko"),
        ("dog tags", "fallback", "en"),
    ]:
        add_question(database, said, kind=kind, language=language)

    asked = asked_in_vain(database, str.split)

    assert asked[0] == Asked("수영장 요금", 3)
    assert (asked[1].count, asked[1].question[:6]) == (2, "강아지 등록")
    assert asked[2] == Asked("dog tags", 1, "en")
    database.dispose()


def test_topics_are_counted_by_the_replies_that_spoke_of_them(tmp_path):
    database = opened(tmp_path)
    add_reply(database, topics=["lamp", "bell"])
    add_reply(database, topics=["lamp"])
    add_reply(database, topics=[])

    assert told_topics(database) == {"lamp": 2, "bell": 1}
    database.dispose()

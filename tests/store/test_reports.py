"""What staff are told of the database, on both of them."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import delete, text

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.reading import open_existing, reading, revisions
from bot.store.reports import examples, stats, told, topic_text, unanswered
from bot.store.schema import questions
from tests.store.filling import NOW, add_content, add_mail, add_parcel, add_question, add_reply, days_ago, fill, rows


def split(said):
    return said.split()


def test_unanswered_questions_are_grouped_and_chosen_by_kind_and_time(database):
    add_question(database, "강아지 등록", days_ago(9), "a")
    add_question(database, "강아지  등록!", NOW, "b")
    add_question(database, "카메라 화질", NOW, "a", kind="partial", topics=["camera"], aspects=["quality"])

    both = unanswered(database, split)

    assert [(one.kind, one.count, one.people) for one in both] == [("fallback", 2, 2), ("partial", 1, 1)]
    assert (both[0].first, both[0].last) == (days_ago(9), NOW)
    assert [one.topics for one in unanswered(database, split, kind="partial")] == [("camera",)]
    assert [one.count for one in unanswered(database, split, days_ago(3), "fallback")] == [1]


def test_nothing_asked_is_no_group_and_no_figure(database):
    figures = stats(database)

    assert unanswered(database, split) == []
    assert list(told(database)) == []
    assert (figures.replies, figures.people, figures.days, figures.contents, figures.waiting_since) == (0, 0, (), (), None)
    assert set(figures.shares.values()) == {0.0}


def test_stats_count_by_day_of_seoul_kind_topic_and_language(database):
    midnight = dt.datetime(2026, 2, 1, 15, tzinfo=dt.timezone.utc)  # in Seoul
    add_content(database, "v1")
    add_reply(database, midnight - dt.timedelta(microseconds=1), "a", topics=["lamp", "camera"])
    add_reply(database, midnight, "a", kind="partial", topics=["camera"])
    add_reply(database, midnight, "b", kind="fallback", topics=[], language="en", content="v0")
    add_reply(database, midnight, "b", kind="chitchat", topics=[])

    figures = stats(database)

    assert (figures.replies, figures.people) == (4, 2)
    assert figures.days == (("2026-02-01", 1), ("2026-02-02", 3))
    assert dict(figures.kinds) == {"answer": 1, "partial": 1, "fallback": 1, "chitchat": 1}
    assert figures.topics == (("camera", 2), ("lamp", 1))
    assert figures.languages == (("ko", 3), ("en", 1))
    assert figures.shares == {"answer": 0.3333, "partial": 0.3333, "fallback": 0.3333}
    assert {(use.version, use.replies, use.served_at) for use in figures.contents} == {("v1", 3, NOW), ("v0", 1, None)}
    assert stats(database, midnight).replies == 3


def test_stats_show_what_waits_and_what_could_not_be_delivered(database):
    add_mail(database, 1, days_ago(2))
    add_mail(database, 2, handled=NOW)
    add_parcel(database, days_ago(1))
    for failure in ("blocked", "blocked", "expired", None):
        add_parcel(database, done=NOW, failure=failure)

    figures = stats(database)

    assert (figures.waiting_inbox, figures.waiting_outbox, figures.waiting_since) == (1, 1, days_ago(2))
    assert figures.undelivered == (("blocked", 2), ("expired", 1))


def test_told_is_chosen_by_topic_content_person_and_time(database):
    add_reply(database, days_ago(3), "a", topics=["lamp", "camera"], content="v1")
    add_reply(database, days_ago(2), "b", topics=["camera_2"], content="v1")
    add_reply(database, days_ago(1), "a", topics=["camera"], content="v2")

    def when(**chosen):
        return [(NOW - one.at).days for one in told(database, **chosen)]

    assert when() == [1, 2, 3]
    assert when(topic="camera") == [1, 3]
    assert when(topic="camera_2") == [2]
    assert when(topic="%") == []
    assert when(version="v1") == [2, 3]
    assert when(person="a", since=days_ago(2)) == [1]


def test_told_says_what_became_of_a_reply(database):
    for number in range(4):
        add_reply(database, delivered_at=NOW if number == 3 else None)
    first, second, *_ = (row["id"] for row in rows(database, "replies"))
    add_parcel(database, done=NOW, failure="blocked", reply_id=first)
    add_parcel(database, reply_id=second)

    fates = [(one.delivered_at, one.failure, one.waits) for one in told(database)]

    assert fates[::-1] == [(None, "blocked", False), (None, "", True), (None, "", False), (NOW, "", False)]


def test_told_goes_on_over_pages(database, monkeypatch):
    monkeypatch.setattr("bot.store.reports._PAGE", 2)
    for number in range(5):
        add_reply(database, days_ago(number), person=str(number))

    assert [one.person for one in told(database)] == ["4", "3", "2", "1", "0"]


def test_the_text_of_a_topic_is_as_it_was_written(database):
    add_content(database, "v1")

    assert topic_text(database, "v1", "lamp") == "- id: lamp\n  title: 가로등\n  answer: 등을 달았어요."
    assert topic_text(database, "v1", "camera") == "- id: camera\n  title: 카메라\n  answer: |\n    두 대 달았어요.\n    밤에도 보여요."
    assert topic_text(database, "v1", "title") is None
    assert topic_text(database, "v0", "lamp") is None


def test_a_content_that_cannot_be_read_is_one_error(database):
    with database.begin() as connection:
        connection.execute(text("INSERT INTO contents VALUES ('v1', '2026-01-01 00:00:00', :files)"), {"files": b"x"})

    with pytest.raises(StoreError, match="v1"):
        topic_text(database, "v1", "lamp")


def test_a_reader_sees_one_moment_and_keeps_nobody_waiting(database):
    fill(database)

    with reading(database) as connection:
        count = text("SELECT count(*) FROM replies")
        before = connection.execute(count).scalar_one()
        thread = threading.Thread(target=lambda: add_reply(database))
        thread.start()
        thread.join(3)
        assert not thread.is_alive()
        assert connection.execute(count).scalar_one() == before

    assert len(rows(database, "replies")) == before + 1


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    file = tmp_path / "none" / "bot.sqlite"

    with pytest.raises(StoreError, match="아직 데이터베이스가 없습니다"):
        open_existing(f"sqlite:///{file}")

    assert not file.parent.exists()


def test_a_database_without_tables_gets_none(tmp_path, postgres_url):
    (tmp_path / "empty.sqlite").touch()
    for address in (f"sqlite:///{tmp_path}/empty.sqlite", postgres_url()):
        with pytest.raises(StoreError, match="아직 데이터베이스에 표가 없습니다"):
            open_existing(address)
        opened = Database(address)
        assert opened.revision() is None
        opened.dispose()


def test_a_file_that_is_no_database_is_one_error(tmp_path):
    (tmp_path / "other.sqlite").write_text("no database " * 100, encoding="utf-8")

    with pytest.raises(StoreError):
        open_existing(f"sqlite:///{tmp_path}/other.sqlite")


@pytest.mark.parametrize(("revision", "said"), [("9999", "새 판"), ("0000", "db upgrade")])
def test_tables_of_another_version_are_left_alone(database, monkeypatch, revision, said):
    monkeypatch.setattr("bot.store.reading.revisions", lambda: ["0000", *revisions()])
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})

    with pytest.raises(StoreError, match=said):
        open_existing(database.url.render_as_string(hide_password=False))


def test_a_question_is_found_by_its_key_while_it_is_kept(database):
    for number, said in enumerate(("강아지 등록", "강아지 등록", "여권 갱신")):
        add_question(database, said, days_ago(3 - number), f"p{number}")
    groups = unanswered(database, str.split)
    first, *_ = groups[0].keys

    with database.begin() as connection:
        before = examples(connection, [first, groups[1].keys[0]])
        connection.execute(delete(questions).where(questions.c.text == "여권 갱신"))
    add_question(database, "새 질문")  # may get the id that has become free
    with database.begin() as connection:
        after = examples(connection, [first, groups[1].keys[0]])

    assert len(groups[0].keys) == 2
    assert [*before.values()] == ["강아지 등록", "여권 갱신"]
    assert after == {first: "강아지 등록"}

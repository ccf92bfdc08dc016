"""`content versions`, `show` and `rollback`, as staff start them."""

from __future__ import annotations

import json

import pytest

from bot.content.snapshot import Snapshot, take
from bot.store.publications import current, publish, versions
from tests.store.filling import NOW, add_reply, days_ago

LAMP = "section: 안전\ntopics:\n  - id: lamp\n    title: 보안등\n    answer: 보안등은 {} 곳에 달았어요.\n"


@pytest.fixture(scope="module")
def intents() -> dict[str, str]:
    return {name: text for name, text in take().files.items() if name.startswith("intents/")}


@pytest.fixture
def published(database, intents):
    """Two versions: aaa1 with 12, then bbb2 with 13."""
    with database.begin() as connection:
        for version, number, at in (("aaa1", 12, days_ago(2)), ("bbb2", 13, days_ago(1))):
            files = Snapshot({"knowledge/safety.yaml": LAMP.format(number), **intents})
            publish(connection, version, files.pack(), "approved", at, "s1", f"{number}곳으로 고침")
    return database


def output(run, *arguments: str) -> str:
    done = run(*arguments)
    assert (done.status, done.error) == (0, "")
    return done.text


def test_versions_are_listed_newest_first(call, published):
    add_reply(published, content="aaa1")

    text = output(call, "content", "versions").splitlines()
    values = json.loads(output(call, "content", "versions", "--json"))

    assert text[0].startswith("→ bbb2 · 2026-02-28 12:30 · 직원이 올려서 · 이 내용으로 한 답 0개 · 직원 s1 · 13곳으로 고침")
    assert text[1].startswith("  aaa1 · ")
    assert "한 답 1개" in text[1]
    assert [(one["version"], one["current"], one["replies"]) for one in values] == [("bbb2", True, 0), ("aaa1", False, 1)]
    assert values[0]["at"] == "2026-02-28T12:30:00.123456+09:00"


def test_a_limit_says_that_there_are_more(call, published):
    text = output(call, "content", "versions", "--limit", "1")

    assert "aaa1" not in text
    assert "--limit" in text
    assert len(json.loads(output(call, "content", "versions", "--limit", "1", "--json"))) == 1


def test_nothing_published_is_said(call):
    assert "아직 올린 내용이 없습니다" in output(call, "content", "versions")


def test_a_version_is_shown_by_what_changed_since_the_one_before(call, published):
    text = output(call, "content", "show", "b")

    assert "aaa1 → bbb2: 파일 1개가 다릅니다." in text
    assert "-    answer: 보안등은 12 곳에 달았어요." in text
    assert "+    answer: 보안등은 13 곳에 달았어요." in text


def test_the_first_version_is_shown_by_its_files(call, published):
    assert "knowledge/safety.yaml  5줄" in output(call, "content", "show", "aaa1")


def test_a_topic_is_shown_as_it_was_written(call, published):
    assert output(call, "content", "show", "aaa1", "--topic", "lamp").splitlines()[0] == "- id: lamp"
    assert "+  answer: 보안등은 12" in output(call, "content", "show", "aaa1", "--topic", "lamp", "--against", "bbb2")
    missing = call("content", "show", "aaa1", "--topic", "bell")
    assert (missing.status, "bell" in missing.error) == (2, True)


def test_the_files_of_a_version_are_written_out_and_nothing_is_overwritten(call, published, tmp_path):
    folder = tmp_path / "back"

    output(call, "content", "show", "aaa1", "--to", str(folder))
    again = call("content", "show", "bbb2", "--to", str(folder))

    assert (folder / "knowledge" / "safety.yaml").read_text(encoding="utf-8") == LAMP.format(12)
    assert (folder / "intents" / "urgent.yaml").exists()
    assert again.status == 2
    assert "덮어쓰지" in again.error


def test_a_version_that_is_not_kept_is_an_error(call, published):
    done = call("content", "show", "zzz")

    assert done.status == 2
    assert "보관되어 있지 않습니다" in done.error


def test_a_rollback_publishes_the_earlier_one_and_says_what_it_leaves(call, published):
    text = output(call, "content", "rollback", "aaa", "--yes")

    with published.begin() as connection:
        now = current(connection)
    assert (now.version, now.how) == ("aaa1", "rollback")
    assert "폴더의 파일은 바꾸지 않았습니다" in text
    assert "content show aaa1 --to" in text


def test_a_rollback_is_not_made_unasked_nor_twice(call, published):
    unasked = call("content", "rollback", "aaa1")
    same = call("content", "rollback", "bbb2", "--yes")

    assert unasked.status == 2
    assert "--yes" in unasked.error
    assert "이미 올라 있는" in same.text
    with published.begin() as connection:
        assert len(versions(connection)) == 2


def test_what_can_no_longer_be_answered_from_is_not_brought_back(call, published, intents):
    with published.begin() as connection:
        publish(connection, "ccc3", Snapshot({"knowledge/safety.yaml": "topics: [", **intents}).pack(), "saved", days_ago(3))
        publish(connection, "bbb2", b"", "saved", NOW)

    done = call("content", "rollback", "ccc3", "--yes")

    assert done.status == 2
    assert "knowledge/safety.yaml" in done.error
    with published.begin() as connection:
        assert current(connection).version == "bbb2"

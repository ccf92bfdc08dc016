"""`draft`, as staff start it over a real database and a copy of the real folder."""

from __future__ import annotations

import filecmp
import json
import shutil
from pathlib import Path

import pytest

from bot.content.load import packaged
from tests.store.filling import add_handoff, add_message, add_question, days_ago


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(packaged("knowledge"), tmp_path / "knowledge"))


def changed(folder):
    same = filecmp.dircmp(packaged("knowledge"), folder)
    return {*same.diff_files, *same.right_only}


def test_questions_become_drafts_and_drafts_answers(run_on, database, folder):
    for person in "abc":
        add_question(database, "여권은 어디서 갱신하나요?", days_ago(1), person)
    for person in "ab":
        add_question(database, "어르신 축하금 얼마", days_ago(1), person)
    where = ("--knowledge", str(folder))

    would = run_on("draft", "--from-unanswered", "--dry-run", "--json", *where)
    assert [one["kind"] for one in json.loads(would.stdout)] == ["topic", "names"], would.stderr.decode()
    assert changed(folder) == set()

    shown = run_on("draft", "--from-unanswered", "--limit", "2", *where).stdout.decode()
    assert "초안 2개를 적었습니다" in shown
    assert changed(folder) == {"drafts.yaml", "seniors.yaml"}
    before = (packaged("knowledge") / "seniors.yaml").read_text(encoding="utf-8").splitlines()
    assert [line for line in (folder / "seniors.yaml").read_text(encoding="utf-8").splitlines() if line in before] == before

    assert "'여권'" in run_on("ask", "여권은 어디서 갱신하나요?", *where).stdout.decode()
    listed = json.loads(run_on("draft", "--list", "--json", *where).stdout)
    assert [(one["topic_id"], one["to_fill"]) for one in listed] == [("yeogwon-gaengsin", ["answer", "document", "lines"]), ("longevity", [])]

    refused = run_on("draft", "--approve", "yeogwon-gaengsin", *where)
    assert (refused.returncode, "section" in refused.stderr.decode()) == (2, True)
    approved = run_on("draft", "--approve", "longevity", *where).stdout.decode()
    assert "'어르신 축하금'" in approved
    assert "--from-unanswered" in run_on("draft", "--approve", "none", "--knowledge", str(packaged("knowledge"))).stderr.decode()


def test_what_staff_answered_becomes_a_draft(run_on, database, folder):
    add_handoff(database, text="그늘막 어디 있어요", topics=["shade"], aspects=["where"])
    add_message(database, 1, "answer", text="역 앞에 있어요.")

    found = json.loads(run_on("draft", "--from-answers", "--json", "--knowledge", str(folder)).stdout)

    assert [(one["kind"], one["file"]) for one in found] == [("topic", "knowledge/smart.yaml")]
    assert "answer: 역 앞에 있어요." in (folder / "smart.yaml").read_text(encoding="utf-8")
    assert changed(folder) == {"smart.yaml"}


def test_only_one_topic_may_be_wanted(run_on, database, folder):
    for person in "ab":
        add_question(database, "여권 갱신", days_ago(1), person)
        add_question(database, "어르신 축하금 얼마", days_ago(1), person)

    found = json.loads(run_on("draft", "--from-unanswered", "--topic", "longevity", "--json", "--knowledge", str(folder)).stdout)

    assert [one["topic_id"] for one in found] == ["longevity"]


def test_a_file_that_cannot_be_changed_keeps_no_other_from_its_draft(run_on, database, folder):
    (folder / "drafts.yaml").write_text("section: 초안\ntopics:\n- id: a\n  title: 가\n  draft: true\n  answer: |\n    나", encoding="utf-8")
    for person in "abc":
        add_question(database, "여권 갱신", days_ago(1), person)
    for person in "ab":
        add_question(database, "어르신 축하금 얼마", days_ago(1), person)
    before = (folder / "drafts.yaml").read_bytes()

    shown = run_on("draft", "--from-unanswered", "--knowledge", str(folder)).stdout.decode()

    assert (folder / "drafts.yaml").read_bytes() == before
    assert "적지 못했습니다. knowledge/drafts.yaml 7번째 줄" in shown
    assert "초안 1개를 적었습니다" in shown


def test_the_packaged_folder_is_not_written_into(run_on, database):
    done = run_on("draft", "--from-unanswered")

    assert done.returncode == 2
    assert "yongsan-bot init" in done.stderr.decode()
    assert "초안이 없습니다" in run_on("draft", "--list").stdout.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--from-unanswered", "--list"),
        ("--from-unanswered", "--from-answers"),
        ("--list", "--limit", "1"),
        ("--from-unanswered", "--document", "x"),
        ("--approve", "a", "--into", "b"),
    ],
    ids=" ".join,
)
def test_options_that_do_not_go_together_are_a_mistake(run_bot, arguments):
    assert run_bot("draft", *arguments).returncode == 2

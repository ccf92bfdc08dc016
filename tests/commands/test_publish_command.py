"""`publish`: what would be answered otherwise is shown, and only what nothing stands against is published unasked."""

from __future__ import annotations

import json
import shutil

import pytest

from bot.content import load_content
from bot.content.load import packaged
from bot.content.snapshot import take
from bot.store.publications import current, publish, versions
from tests.store.filling import NOW, add_question, add_reply

KNOWLEDGE = """\
section: 안전
document: paper
topics:
  - id: bell
    title: 안전비상벨
    questions: [비상벨 몇 개 바꿨어요]
    answer: 안전비상벨은 12곳에서 바꿨어요.
"""
DOCUMENTS = "documents:\n  - id: paper\n    title: 구정 소식지\n    label: 마을\n    as_of: 2021-01\n"
SUITE = '{"id": "one", "kind": "single", "q": "비상벨 몇 개 바꿨어요?", "expect": "answer", "must": [["12곳"]]}\n'


@pytest.fixture
def town(tmp_path, database):
    """A folder of one's own, published as it stands, with suites and floors."""
    folder = tmp_path / "town"
    (folder / "knowledge").mkdir(parents=True)
    (folder / "suites").mkdir()
    shutil.copytree(packaged("intents"), folder / "intents")
    (folder / "knowledge" / "safety.yaml").write_text(KNOWLEDGE, encoding="utf-8")
    (folder / "knowledge" / "documents.yaml").write_text(DOCUMENTS, encoding="utf-8")
    (folder / "suites" / "mine.jsonl").write_text(SUITE, encoding="utf-8")
    (folder / "floors.yaml").write_text("mine:\n  answer: {resolved: 100, wrong: 100}\n", encoding="utf-8")
    (folder / "config.yaml").write_text("knowledge: knowledge\nintents: intents\ncontent: {suites: suites}\n", encoding="utf-8")
    with database.begin() as connection:
        publish(connection, version_of(folder), take(folder / "knowledge", folder / "intents").pack(), "start", NOW)
    return folder


@pytest.fixture
def run(call, town):
    return lambda *arguments: call("publish", "--config", str(town / "config.yaml"), *arguments)


def version_of(folder) -> str:
    return load_content(folder / "knowledge", folder / "intents").version


def change(folder, old: str, new: str, file: str = "safety.yaml") -> None:
    path = folder / "knowledge" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def published(database) -> list[tuple[str, str]]:
    with database.begin() as connection:
        return [(one.version, one.how) for one in versions(connection)]


def test_a_harmless_change_is_published(run, town, database):
    add_reply(database, topics=["bell"])
    change(town, "마을", "이웃", "documents.yaml")

    done = run()

    text = done.text
    assert done.status == 0, done.error
    assert "달라지는 답 1개 · 새로 틀림 0" in text
    assert "비상벨 몇 개 바꿨어요?  (mine/one · 이 주제로 답한 적 1번)" in text
    assert "전 [답함, 맞음]" in text
    assert published(database)[0] == (version_of(town), "command")


def test_a_change_that_answers_wrongly_waits_for_yes(run, town, database):
    change(town, "12곳", "13곳")

    objected, confirmed = run(), run("--yes")

    assert objected.status == 1
    assert "새로 틀림" in objected.text
    assert "--yes" in objected.text
    assert confirmed.status == 0
    assert published(database)[0] == (version_of(town), "command")
    assert len(published(database)) == 2


def test_a_broken_floor_waits_for_its_own_word(run, town, database):
    text = "knowledge: knowledge\nintents: intents\ncontent: {suites: suites, floors: floors.yaml}\n"
    (town / "config.yaml").write_text(text, encoding="utf-8")
    change(town, "12곳", "13곳")

    objected, confirmed = run("--yes"), run("--yes", "--confirm-floors")

    assert objected.status == 1
    assert "mine · answer: 맞는 답 100% → 0% (기준 100% 이상)" in objected.text
    assert "--confirm-floors" in objected.text
    assert confirmed.status == 0
    assert len(published(database)) == 2


def test_a_rehearsal_publishes_nothing_and_ends_with_the_same_status(run, town, database):
    change(town, "12곳", "13곳")
    add_question(database, "비상벨 13")

    done = run("--dry-run", "--json")

    value = json.loads(done.text)
    assert done.status == 1
    assert (value["published"], value["verdict"]["asked"], value["verdict"]["introduced"]) == (False, 2, 1)
    assert "비상벨 13" in [one["question"] for one in value["verdict"]["differences"]]
    assert len(published(database)) == 1


def test_what_is_published_already_is_not_published_again(run, town, database):
    done = run()

    assert done.status == 0
    assert "이미 올라 있는" in done.text
    assert len(published(database)) == 1


def test_faulty_files_are_told_with_their_line(run, town, database):
    change(town, "title: 안전비상벨", "titel: 안전비상벨")

    done = run()

    assert done.status == 2
    assert "knowledge/safety.yaml 4번째 줄" in done.error
    assert len(published(database)) == 1


def test_an_earlier_version_can_be_held_against(run, town, database):
    first = version_of(town)
    change(town, "12곳", "13곳")
    assert run("--yes").status == 0
    change(town, "13곳", "14곳")

    against_now = run("--dry-run")
    against_first = run("--dry-run", "--against", first[:6])

    assert against_now.status == 0  # it was wrong before
    assert against_first.status == 1


@pytest.mark.parametrize("part", ["", "knowledge"], ids=["a whole folder", "a knowledge folder"])
def test_a_folder_is_held_against_without_a_database(run_bot, town, tmp_path, part):
    shutil.copytree(town, tmp_path / "before")
    change(town, "12곳", "13곳")

    done = run_bot("publish", "--config", str(town / "config.yaml"), "--against", str(tmp_path / "before" / part))

    assert done.returncode == 1, done.stderr.decode()
    assert "1. 비상벨 몇 개 바꿨어요?" in done.stdout.decode()
    assert "올리지 않았습니다" in done.stdout.decode()
    assert not list(town.glob("*.sqlite"))


def test_without_a_database_it_is_said_how_one_comes_about(run_bot, town):
    done = run_bot("publish", "--config", str(town / "config.yaml"))

    assert done.returncode == 2
    assert "db upgrade" in done.stderr.decode()


def test_the_first_content_has_nothing_to_be_held_against(run, town, database):
    with database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM publications")
        connection.exec_driver_sql("DELETE FROM contents")

    done = run()

    assert done.status == 0
    assert "견줄 앞의 내용이 없습니다" in done.text
    with database.begin() as connection:
        assert current(connection).version == version_of(town)


def test_a_rehearsal_without_a_database_is_held_against_what_came_with_the_program(tmp_path, call, monkeypatch):
    monkeypatch.setenv("YONGSAN_BOT_STORE__URL", f"sqlite:///{(tmp_path / 'none.sqlite').as_posix()}")
    shutil.copytree(packaged("knowledge"), tmp_path / "own")

    done = call("publish", "--dry-run", "--knowledge", str(tmp_path / "own"))

    assert done.status == 0
    assert "처음의 내용과 견줍니다" in done.text
    assert "두 내용이 같습니다" in done.text
    assert not (tmp_path / "none.sqlite").exists()

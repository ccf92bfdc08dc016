"""`unanswered`, `stats` and `told`, as staff start them."""

from __future__ import annotations

import json

import pytest

from tests.store.filling import add_content, add_question, add_reply, days_ago

COMMANDS = (["unanswered"], ["stats"], ["told"])


def test_unanswered_is_for_people_who_know_no_sql(run_on, database):
    for person, said in enumerate(["강아지 등록 어디서 해요", "강아지등록 어떻게 하나요", "수영장 요금", "\x1b[31m여권\n재발급"]):
        add_question(database, said, days_ago(900), str(person))

    shown = run_on("unanswered", "--limit", "2").stdout.decode()
    groups = json.loads(run_on("unanswered", "--json", "--kind", "fallback").stdout)

    assert "4개를 비슷한 것끼리 3가지로" in shown
    assert "2번 · 2명 · 2023-09-13 · 답 없음" in shown
    assert "--limit 3" in shown
    assert "\x1b" not in shown
    assert groups[0]["count"] == 2
    assert groups[0]["first"] == "2023-09-13T12:30:00.123456+09:00"
    assert {"kind", "people", "last", "example", "topics"} <= set(groups[0])
    assert json.loads(run_on("unanswered", "--json", "--since", "30").stdout) == []


def test_told_shows_the_text_of_that_version(run_on, database):
    add_content(database, "v1", text="topics:\n  - id: lamp\n    answer: 옛 글\n")
    add_reply(database, content="v1")
    add_reply(database, content="v0", topics=["lamp", "camera"], reason="x")

    shown = run_on("told", "--topic", "lamp", "--text").stdout.decode()
    found = json.loads(run_on("told", "--version", "v1", "--json", "--text").stdout)

    assert "2026-03-01 12:30 · p1 · 답함 · lamp(when) · 내용 v1 · 전달된 기록 없음" in shown
    assert "answer: 옛 글" in shown
    assert "보관되어 있지 않습니다" in shown
    assert found[0]["texts"] == {"lamp": "- id: lamp\n  answer: 옛 글"}
    assert json.loads(run_on("told", "--person", "nobody", "--json").stdout) == []


def test_stats_shows_figures(run_on, database):
    add_reply(database)
    add_reply(database, kind="fallback", topics=[])

    shown = run_on("stats").stdout.decode()
    figures = json.loads(run_on("stats", "--json").stdout)

    assert "답 2개 · 사람 1명" in shown
    assert "답함 50.0%" in shown
    assert figures["days"] == {"2026-03-01": 2}
    assert figures["topics"] == {"lamp": 1}
    assert figures["contents"][0]["version"] == "v1"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_empty_database_says_so(run_on, command):
    done = run_on(*command)

    assert done.returncode == 0
    assert "아직" in done.stdout.decode()
    assert not done.stderr


@pytest.mark.parametrize("command", [["told"], ["db", "backup", "x.gz"], ["db", "purge"]], ids=" ".join)
def test_a_missing_database_is_one_error_and_is_not_made(run_bot, tmp_path, command):
    done = run_bot(*command, YONGSAN_BOT_STORE__URL=f"sqlite:///{tmp_path}/none.sqlite")

    assert done.returncode == 2
    assert "아직 데이터베이스가 없습니다" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert not list(tmp_path.glob("none*"))


def test_an_address_with_an_unescaped_password_is_one_error_that_hides_it(run_bot):
    done = run_bot("stats", YONGSAN_BOT_STORE__URL="postgresql://bot:p@ss:w0rdSECRET@db/bot")

    assert done.returncode == 2
    assert "store.url" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert "SECRET" not in done.stderr.decode()


def test_unanswered_works_though_a_knowledge_file_is_broken(run_on, database, tmp_path):
    folder = tmp_path / "facts"
    folder.mkdir()
    (folder / "safety.yaml").write_text("topics: [", encoding="utf-8")
    add_question(database, "강아지 등록")

    assert "강아지 등록" in run_on("unanswered", "--knowledge", str(folder)).stdout.decode()


def test_a_wrong_option_is_a_mistake_on_the_command_line(run_bot):
    assert run_bot("unanswered", "--since", "0").returncode == 2

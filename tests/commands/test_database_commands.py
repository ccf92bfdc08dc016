"""`yongsan-bot db`, as the operator starts it."""

from __future__ import annotations

from bot.store.backup import back_up
from bot.store.database import Database
from bot.store.deletions import append
from bot.store.running import RunLock
from tests.store.filling import NOW, add_question, add_reply, fill, rows


def test_upgrade_says_from_what_to_what(run_bot, sqlite_url):
    first = run_bot("db", "upgrade", YONGSAN_BOT_STORE__URL=sqlite_url).stdout.decode()
    second = run_bot("db", "upgrade", YONGSAN_BOT_STORE__URL=sqlite_url).stdout.decode()

    assert "없음 → 0002" in first
    assert "이미 새것입니다: 0002" in second


def test_a_backup_is_restored_once_that_is_confirmed(run_on, database, tmp_path):
    fill(database)
    file = str(tmp_path / "backup.gz")

    made, again = run_on("db", "backup", file), run_on("db", "backup", file)
    add_reply(database, person="later")
    asked = run_on("db", "restore", file)
    people = {row["person"] for row in rows(database, "replies")}
    done = run_on("db", "restore", file, "--yes")

    assert "답한 기록" in made.stdout.decode()
    assert (again.returncode, asked.returncode) == (2, 2)
    assert "--force" in again.stderr.decode()
    assert "--yes" in asked.stderr.decode()
    assert "later" in people
    assert done.returncode == 0, done.stderr.decode()
    assert {row["person"] for row in rows(database, "replies")} == {"p1", "p2", "p3"}


def test_the_journal_beside_an_sqlite_file_is_obeyed(run_bot, tmp_path, database):
    fill(database)
    back_up(database, tmp_path / "b.gz", NOW)
    fresh = tmp_path / "fresh" / "bot.sqlite"
    fresh.parent.mkdir()
    append(fresh.with_name("bot.deletions.jsonl"), "p1", NOW)

    done = run_bot("db", "restore", str(tmp_path / "b.gz"), "--yes", YONGSAN_BOT_STORE__URL=f"sqlite:///{fresh}")

    assert "기록 8개는 다시 지웠습니다" in done.stdout.decode()


def test_a_bot_moves_from_sqlite_to_postgresql(run_bot, run_on, tmp_path, database, postgres_url):
    fill(database)
    address = postgres_url()

    run_on("db", "backup", str(tmp_path / "b.gz"))
    done = run_bot("db", "restore", str(tmp_path / "b.gz"), "--yes", YONGSAN_BOT_STORE__URL=address)

    moved = Database(address)
    assert rows(moved, "replies") == rows(database, "replies")
    assert "2026" in done.stdout.decode()
    moved.dispose()


def test_a_restore_while_a_bot_runs_is_refused(run_on, database, tmp_path):
    fill(database)
    back_up(database, tmp_path / "b.gz", NOW)

    with RunLock(database).hold(shared=True):
        done = run_on("db", "restore", str(tmp_path / "b.gz"), "--yes")

    assert done.returncode == 2
    assert "봇을 멈춘" in done.stderr.decode()


def test_a_restore_of_something_else_is_one_error(run_on, tmp_path):
    (tmp_path / "other").write_text("something else", encoding="utf-8")

    done = run_on("db", "restore", str(tmp_path / "other"), "--yes")

    assert done.returncode == 2
    assert "백업 파일이 아닙니다" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_purge_counts_what_went(run_on, database):
    add_question(database, "옛 물음", NOW.replace(year=2020))

    done = run_on("db", "purge")

    assert "1  답하지 못한 질문" in done.stdout.decode()
    assert rows(database, "questions") == []

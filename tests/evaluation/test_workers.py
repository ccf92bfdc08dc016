"""Workers that die, hang or are stopped; and what they are told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import pytest

from bot.config import Settings
from bot.content.snapshot import take
from bot.errors import BotError, GateError
from bot.evaluation.workers import Errand, Workers

NOW = "2021-02-01T12:00:00+09:00"
SETTINGS = Settings.model_validate(
    {"telegram": {"token": "1:SECRET-TOKEN"}, "store": {"key": "SECRET-KEY-OF-THE-STORE"}, "office": {"name": "시험구청"}}
)


@pytest.fixture
def stand_in(monkeypatch, tmp_path):
    """Makes a program that runs in place of the worker: `said` is all of its input."""

    def make(code: str) -> None:
        path = tmp_path / "python"
        path.write_text(f"#!{sys.executable}\nimport json, os, sys, time\nsaid = sys.stdin.read()\n{code}\n", encoding="utf-8")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))

    return make


def failure(workers: Workers) -> BotError:
    with pytest.raises(BotError) as caught:
        workers.run([Errand(take())], NOW)
    return caught.value


def test_a_worker_hears_no_secret(stand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("YONGSAN_BOT_STORE__KEY", "SECRET-KEY-OF-THE-STORE")
    monkeypatch.setenv("yongsan_bot_telegram__token", "1:SECRET-TOKEN")
    heard = tmp_path / "heard"
    stand_in(f"open({str(heard)!r}, 'w').write(said + repr(os.environ) + repr(sys.argv))\nprint(json.dumps(dict(version='v', rows=[], notes=[])))")

    found = Workers(SETTINGS).run([Errand(take())], NOW)

    assert found[0].version == "v"
    text = heard.read_text(encoding="utf-8")
    assert "SECRET" not in text
    assert json.dumps("시험구청")[1:-1] in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("os._exit(9)", "9"),
        ("print('no json')", "도중에"),
        ("print(json.dumps(dict(crash='KeyError')))", "KeyError"),
        ("print(json.dumps(dict(error=['곳', '문제', '고치는 법'])))", "문제"),
    ],
    ids=["dies", "writes nonsense", "cannot answer", "finds a fault"],
)
def test_a_worker_that_fails_is_an_error_that_says_so(stand_in, code, words):
    stand_in(code)

    assert words in str(failure(Workers(SETTINGS)))


def test_a_worker_that_takes_too_long_is_ended(stand_in, monkeypatch):
    started = []

    class Recorded(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    stand_in("time.sleep(600)")

    error = failure(Workers(SETTINGS, seconds=0.2))

    assert isinstance(error, GateError)
    assert "오래" in error.problem
    assert [process.returncode for process in started] == [-9]


def test_a_program_that_cannot_be_started_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))

    assert isinstance(failure(Workers(SETTINGS)), GateError)


def test_what_is_under_way_ends_when_the_bot_stops(stand_in, tmp_path):
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    stand_in(f"open({str(begun)!r}, 'w').close()\ntime.sleep(600)")
    workers = Workers(SETTINGS)
    errors: list[BotError] = []
    thread = threading.Thread(target=lambda: errors.append(failure(workers)))
    thread.start()
    begun.open().close()  # waits for the worker to come as far

    workers.stop()
    thread.join(30)

    assert len(errors) == 1
    assert isinstance(failure(workers), GateError)  # and nothing begins anew

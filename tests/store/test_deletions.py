"""The journal of deletions."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest

from bot.config import StoreSettings
from bot.errors import StoreError
from bot.store.database import Database
from bot.store.deletions import Deletion, append, journal_path, read
from tests.store.filling import NOW


def test_what_is_appended_is_read_and_is_nobody_elses(tmp_path):
    file = tmp_path / "bot.deletions.jsonl"
    append(file, "p1", NOW.astimezone(dt.timezone(dt.timedelta(hours=9))))
    append(file, "p2", NOW)

    assert read(file) == [Deletion("p1", NOW), Deletion("p2", NOW)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_journal_that_is_not_there_is_empty(tmp_path):
    assert read(tmp_path / "none") == []


@pytest.mark.parametrize("size", range(1, 50, 7))
def test_a_line_that_was_cut_off_costs_no_other(tmp_path, size):
    file = tmp_path / "journal"
    append(file, "p1", NOW)
    append(file, "p2", NOW)
    append(file, "p3", NOW)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 2 // 3 + size - 1])
    before = read(file)

    append(file, "p4", NOW)

    assert before == [Deletion("p1", NOW), Deletion("p2", NOW)]
    assert read(file) == [*before, Deletion("p4", NOW)]


def test_a_line_that_somebody_broke_is_named(tmp_path):
    file = tmp_path / "journal"
    append(file, "p1", NOW)
    file.write_bytes(file.read_bytes() + b'{"person": "p2"}\n')

    with pytest.raises(StoreError, match="journal 2번째 줄"):
        read(file)


def test_a_folder_in_its_place_is_an_error(tmp_path):
    with pytest.raises(StoreError, match="쓸 수 없습니다"):
        append(tmp_path, "p1", NOW)
    with pytest.raises(StoreError, match="읽을 수 없습니다"):
        read(tmp_path)


def test_the_journal_is_beside_sqlite_or_where_it_is_set(tmp_path):
    beside = Database(f"sqlite:///{tmp_path}/bot.v1.sqlite")
    server = Database("postgresql://localhost/bot")

    assert journal_path(StoreSettings(), beside) == tmp_path / "bot.v1.deletions.jsonl"
    assert journal_path(StoreSettings(), server) is None
    assert journal_path(StoreSettings(deletions_file=Path("x")), server) == Path("x")

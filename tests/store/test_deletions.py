"""The journal of deletions."""

from __future__ import annotations

import datetime as dt
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.config import StoreSettings
from bot.errors import StoreError
from bot.store.database import Database
from bot.store.deletions import Deletion, append, journal_path, read, shorten
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


def test_a_shortened_journal_keeps_what_is_younger_and_its_rights(tmp_path):
    file = tmp_path / "journal"
    for person, age in (("p1", 3), ("p2", 2), ("p3", 1)):
        append(file, person, NOW - dt.timedelta(days=age))
    file.chmod(0o640)

    assert shorten(file, NOW - dt.timedelta(days=2)) == 1

    assert [one.person for one in read(file)] == ["p2", "p3"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_a_journal_with_nothing_old_or_that_is_not_there_is_not_written(tmp_path):
    file = tmp_path / "journal"
    append(file, "p1", NOW)
    file.write_bytes(file.read_bytes() + b'{"person"')
    before = file.read_bytes()

    assert shorten(file, NOW) == 0
    assert shorten(tmp_path / "none", NOW) == 0

    assert file.read_bytes() == before
    assert not (tmp_path / "none").exists()


def test_a_shortening_that_fails_leaves_the_journal_as_it_was(tmp_path, monkeypatch):
    file = tmp_path / "journal"
    append(file, "p1", NOW)
    before = file.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.store.deletions.os.fsync", fail)
    with pytest.raises(StoreError, match="No space"):
        shorten(file, NOW + dt.timedelta(days=1))

    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_a_journal_behind_a_link_is_shortened_where_it_is(tmp_path):
    (tmp_path / "far").mkdir()
    file, link = tmp_path / "far" / "journal", tmp_path / "link"
    append(file, "p1", NOW - dt.timedelta(days=1))
    append(file, "p2", NOW)
    link.symlink_to(file)

    assert shorten(link, NOW) == 1

    assert link.is_symlink()
    assert [one.person for one in read(file)] == ["p2"]


def test_no_deletion_is_lost_while_the_journal_is_shortened(tmp_path):
    file = tmp_path / "journal"

    def ask(bot: int) -> None:
        for number in range(30):
            append(file, f"old{bot}.{number}", NOW - dt.timedelta(days=1))
            append(file, f"new{bot}.{number}", NOW)

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask, bot) for bot in range(3)]
        while not all(one.done() for one in asking):
            shorten(file, NOW)
        for one in asking:
            one.result()

    shorten(file, NOW)
    assert {one.person for one in read(file)} == {f"new{bot}.{number}" for bot in range(3) for number in range(30)}


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

"""Keyed hashes, and where the key comes from."""

from __future__ import annotations

import datetime as dt
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import StoreSettings
from bot.errors import StoreError
from bot.store.backup import back_up
from bot.store.database import Database
from bot.store.keys import Keys, open_keys
from bot.store.records import save_state
from bot.store.restore import restore
from tests.store.filling import NOW

KEY = "sixteen letters!"
IDS = st.integers(-(2**52), 2**52)


@pytest.fixture
def file_database(sqlite_url):
    """An SQLite database with tables."""
    database = Database(sqlite_url)
    database.upgrade()
    yield database
    database.dispose()


@given(IDS, IDS)
def test_hash_tells_ids_apart_and_chats_from_persons(one, other):
    keys = Keys(KEY)

    assert (keys.person(one) == keys.person(other)) == (one == other)
    assert keys.person(one) == Keys(KEY).person(one)
    assert keys.person(one) != keys.chat(one)
    assert keys.person(one) != Keys(KEY + "x").person(one)
    assert re.fullmatch("[0-9a-f]{32}", keys.chat(one))


def test_trace_is_short_and_names_nobody():
    assert re.fullmatch("[0-9a-f]{8}", Keys(KEY).trace(501))
    assert not Keys(KEY).person(501).startswith(Keys(KEY).trace(501))


def test_key_shows_in_no_message():
    assert KEY not in repr(Keys(KEY))


def test_key_of_the_settings_comes_first(file_database, tmp_path):
    keys = open_keys(StoreSettings(key=KEY, key_file=tmp_path / "missing"), file_database)

    assert keys.person(501) == Keys(KEY).person(501)


def test_key_is_read_from_its_file_without_the_line_end(file_database, tmp_path):
    (tmp_path / "key").write_text(f" {KEY}\n", encoding="utf-8")

    keys = open_keys(StoreSettings(key_file=tmp_path / "key"), file_database)

    assert keys.person(501) == Keys(KEY).person(501)


def test_sqlite_makes_a_key_once_which_only_its_owner_reads(file_database):
    first = open_keys(StoreSettings(), file_database)
    second = open_keys(StoreSettings(), file_database)

    beside = file_database.file.with_suffix(".key")
    assert first.person(501) == second.person(501)
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    assert len(beside.read_text(encoding="utf-8").strip()) == 64


def test_key_that_is_lost_is_not_replaced_while_anybody_is_on_record(file_database):
    open_keys(StoreSettings(), file_database)
    with file_database.begin() as connection:
        save_state(connection, "a" * 32, "b" * 32, "{}", dt.datetime.now(dt.timezone.utc))
    file_database.file.with_suffix(".key").unlink()

    with pytest.raises(StoreError) as caught:
        open_keys(StoreSettings(), file_database)

    assert "되살려" in caught.value.remedy
    assert not file_database.file.with_suffix(".key").exists()


def test_another_key_than_the_first_is_refused(database):
    open_keys(StoreSettings(key=KEY), database)

    with pytest.raises(StoreError, match="처음 쓸 때의 비밀 키가 아닙니다") as caught:
        open_keys(StoreSettings(key=KEY + "x"), database)

    assert caught.value.place == "store.key"
    assert "처음의 키로" in caught.value.remedy
    assert open_keys(StoreSettings(key=KEY), database).person(501) == Keys(KEY).person(501)


def test_of_bots_that_start_at_once_with_different_keys_one_is_refused(database):
    start = Barrier(2)

    def open_one(key):
        start.wait()
        with suppress(StoreError):
            return open_keys(StoreSettings(key=key), database)

    with ThreadPoolExecutor(2) as pool:
        opened = [*pool.map(open_one, (KEY, KEY + "x"))]

    assert opened.count(None) == 1


def test_a_restored_backup_refuses_a_wrong_key(database, open_sqlite, tmp_path):
    open_keys(StoreSettings(key=KEY), database)
    back_up(database, tmp_path / "backup.gz", NOW)
    other = open_sqlite("other.sqlite")
    restore(other, tmp_path / "backup.gz", None, NOW)

    with pytest.raises(StoreError, match="없어졌습니다"):
        open_keys(StoreSettings(), other)
    with pytest.raises(StoreError, match="처음 쓸 때"):
        open_keys(StoreSettings(key=KEY + "x"), other)

    assert open_keys(StoreSettings(key=KEY), other).mark() == Keys(KEY).mark()


def test_two_databases_have_keys_of_their_own(open_sqlite):
    made = [open_sqlite(name) for name in ("a.sqlite", "b.sqlite")]
    for database in made:
        database.upgrade()

    assert len({open_keys(StoreSettings(), database).person(501) for database in made}) == 2


@pytest.mark.parametrize(
    ("content", "said"), [(None, "읽을 수 없습니다"), (b"", "짧습니다"), (b"short\n", "짧습니다"), (b"\xff" * 40, "읽을 수 없습니다")]
)
def test_key_file_that_cannot_be_used_is_named(file_database, tmp_path, content, said):
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(StoreError, match=said) as caught:
        open_keys(StoreSettings(key_file=file), file_database)

    assert caught.value.place == str(file)


def test_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file in the folder's place", encoding="utf-8")

    with pytest.raises(StoreError, match="쓸 수 없습니다"):
        open_keys(StoreSettings(), Database(f"sqlite:///{(tmp_path / 'taken' / 'bot.sqlite').as_posix()}"))


def test_postgresql_needs_a_key():
    with pytest.raises(StoreError, match="PostgreSQL"):
        open_keys(StoreSettings(), Database("postgresql://localhost/none"))

"""Backups: what is in them, and that nothing else is taken for one."""

from __future__ import annotations

import gzip
import io
import json
import stat
import threading
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from bot.errors import StoreError
from bot.store.backup import back_up, check
from bot.store.schema import replies
from tests.store.filling import FIRST, NOW, add_content, add_reply


def lines(path):
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def packed(*values):
    return io.BytesIO(gzip.compress(b"".join(json.dumps(value).encode() + b"\n" for value in values)))


HEAD = {"format": "yongsan-bot backup", "version": 1, "revision": "0002", "at": "2026-01-01T00:00:00+00:00"}
SECOND = (*FIRST, "publications", "pauses", "votes", "messages", "blocks", "handoffs")
OLDER, NONE = ({"rows": dict.fromkeys(names, 0)} for names in (FIRST, SECOND))


def test_a_backup_holds_all_but_what_is_on_its_way(backup):
    head, *rows, end = lines(backup)

    assert (head["format"], head["at"]) == ("yongsan-bot backup", NOW.isoformat())
    assert {name: end["rows"][name] for name in FIRST} == {
        "contents": 2, "conversations": 3, "replies": 3, "questions": 3, "deletions": 1, "marks": 0, "inbox": 1
    }  # fmt: skip
    assert {name: end["rows"][name] for name in SECOND if name not in FIRST} == {
        "publications": 2, "pauses": 1, "votes": 3, "messages": 9, "blocks": 1, "handoffs": 3
    }  # fmt: skip
    assert [row["update_id"] for table, row in rows if table == "inbox"] == [1]
    assert "비밀" not in json.dumps(rows, ensure_ascii=False)
    assert "777" not in json.dumps(rows)
    assert not any(said in json.dumps(rows, ensure_ascii=False) for said in ("김담당", "아직 보내지", "2026-W08"))
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in backup.parent.glob("*backup*")] == ["backup.gz"]


def test_an_existing_file_is_overwritten_only_when_asked_and_only_a_backup(database, backup, tmp_path):
    earlier = backup.read_bytes()
    key = tmp_path / "bot.key"
    key.write_text("secret", encoding="utf-8")
    add_reply(database)

    with pytest.raises(StoreError, match="--force"):
        back_up(database, backup, NOW)
    assert backup.read_bytes() == earlier
    back_up(database, backup, NOW, force=True)
    assert backup.read_bytes() != earlier
    with pytest.raises(StoreError, match="백업 파일이 아니"):
        back_up(database, key, NOW, force=True)
    with pytest.raises(StoreError, match="쓸 수 없습니다"):
        back_up(database, tmp_path / "nowhere" / "backup.gz", NOW)
    assert key.read_text(encoding="utf-8") == "secret"


def test_what_a_killed_backup_left_goes_with_the_next_of_that_name(database, tmp_path):
    left = tmp_path / ".b.gz.k3_x9z0a.part"
    others = [tmp_path / name for name in (".b.gz.part", ".b.gz.mine.part", ".bxgz.k3_x9z0a.part", "b.gz.k3_x9z0a.part", ".c.gz.k3_x9z0a.part")]
    for file in (left, *others):
        file.write_bytes(b"")

    back_up(database, tmp_path / "b.gz", NOW)

    assert not left.exists()
    assert all(file.exists() for file in others)


def test_a_file_that_comes_meanwhile_is_kept(database, tmp_path, monkeypatch):
    path = tmp_path / "backup.gz"
    monkeypatch.setattr("bot.store.backup._write", lambda *_: path.write_text("mine", encoding="utf-8") and {})

    with pytest.raises(StoreError, match="그사이"):
        back_up(database, path, NOW)

    assert path.read_text(encoding="utf-8") == "mine"
    assert [one for one in tmp_path.iterdir() if one.suffix == ".part"] == []


def test_a_backup_shows_one_moment_and_keeps_no_writer_waiting(database, tmp_path, monkeypatch):
    add_content(database, "v1")
    values = {"at": NOW, "chat": "c", "person": "p", "kind": "answer", "topics": "[]", "aspects": "[]", "language": "ko", "content": "v1"}
    with database.begin() as connection:
        connection.execute(insert(replies), [values] * 1200)
    written = threading.Event()

    def write_meanwhile(value):
        if not written.is_set() and isinstance(value, list):
            thread = threading.Thread(target=lambda: (add_reply(database), written.set()))
            thread.start()
            thread.join(3)
        return json.dumps(value).encode() + b"\n"

    monkeypatch.setattr("bot.store.backup._line", write_meanwhile)
    counted = back_up(database, tmp_path / "backup.gz", NOW)

    assert written.is_set()
    assert counted["replies"] == 1200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_whatever_is_cut_off_is_refused(backup, share):
    whole = backup.read_bytes()

    with pytest.raises(StoreError):
        check(io.BytesIO(whole[: int(len(whole) * share)]), "x")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_changed_byte_is_refused_or_changes_nothing(backup, place, flip):
    whole = bytearray(backup.read_bytes())
    good = check(io.BytesIO(bytes(whole)), "x")
    whole[int(len(whole) * place)] ^= flip

    with suppress(StoreError):
        assert check(io.BytesIO(bytes(whole)), "x") == good  # a byte of gzip's head: the time, the system


def test_a_backup_of_the_first_tables_is_read_too():
    first = {**HEAD, "revision": "0001"}

    assert check(packed(first, OLDER), "x").rows == NONE["rows"]
    for rows in (NONE, {"rows": {}}):
        with pytest.raises(StoreError, match="깨졌"):
            check(packed(first, rows), "x")
    with pytest.raises(StoreError, match="깨졌"):
        check(packed(first, ["blocks", {"person": "p", "until": HEAD["at"]}], {"rows": {**OLDER["rows"], "blocks": 1}}), "x")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (packed(HEAD, NONE, ["replies", {}]), "깨졌"),
        (packed(HEAD), "끊겼"),
        (packed(HEAD, {"rows": {}}), "깨졌"),
        (packed(HEAD, OLDER), "깨졌"),
        (packed(HEAD, ["handoffs", {"id": 1, "address": "{}"}], NONE), "깨졌"),
        (packed({**HEAD, "given": []}, NONE), "백업 파일이 아닙니다"),
        (packed(HEAD, ["users", {}], NONE), "깨졌"),
        (packed(HEAD, ["deletions", {"id": 1, "person": "p"}], NONE), "깨졌"),
        (packed(HEAD, ["deletions", {"id": "1", "person": "p", "at": HEAD["at"]}], NONE), "깨졌"),
        (packed(HEAD, ["deletions", {"id": 1, "person": "p", "at": "2026-01-01"}], NONE), "깨졌"),
        (packed(HEAD, ["deletions", {"id": 1, "person": None, "at": HEAD["at"]}], NONE), "깨졌"),
        (packed(HEAD, ["inbox", {"payload": "x"}], NONE), "깨졌"),
        (packed(HEAD, "text", NONE), "깨졌"),
        (packed({**HEAD, "revision": "9999"}, NONE), "새 판"),
        (packed({**HEAD, "version": 2}, NONE), "새 판"),
        (packed({**HEAD, "format": "other"}, NONE), "백업 파일이 아닙니다"),
        (packed([]), "백업 파일이 아닙니다"),
        (io.BytesIO(b"SQLite format 3"), "백업 파일이 아닙니다"),
        (io.BytesIO(b""), "백업 파일이 아닙니다"),
        (io.BytesIO(packed(HEAD, NONE).getvalue() + b"more"), "백업 파일이|깨졌"),
    ],
)
def test_a_file_that_could_not_be_restored_is_one_clear_error(file, said):
    with pytest.raises(StoreError, match=said):
        check(file, "backup.gz")

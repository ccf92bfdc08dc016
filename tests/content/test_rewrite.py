"""A file's text is replaced whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from bot.content import rewrite
from bot.content.rewrite import create_file, read_whole, replace_file
from bot.errors import ContentError

BEFORE, AFTER = "앞\n".encode(), "뒤\n".encode()


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "safety.yaml"
    path.write_bytes(BEFORE)
    path.chmod(0o640)
    return path


def test_the_text_is_replaced_and_the_mode_stays(file):
    replace_file(file, BEFORE, AFTER)

    assert read_whole(file).raw == AFTER
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["safety.yaml"]


def test_what_somebody_saved_meanwhile_is_never_written_over(file):
    file.write_bytes(b"other\n")

    with pytest.raises(ContentError, match="저장해"):
        replace_file(file, BEFORE, AFTER)

    assert file.read_bytes() == b"other\n"
    assert len([*file.parent.iterdir()]) == 1


def test_a_save_while_the_new_text_is_being_written_is_seen(file, monkeypatch):
    sync = os.fsync

    def save_meanwhile(handle):
        file.write_bytes(b"other\n")
        sync(handle)

    monkeypatch.setattr(rewrite.os, "fsync", save_meanwhile)
    with pytest.raises(ContentError):
        replace_file(file, BEFORE, AFTER)

    assert file.read_bytes() == b"other\n"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_stays_a_link_and_its_file_is_replaced(file):
    link = file.with_name("linked.yaml")
    link.symlink_to(file.name)

    replace_file(link, BEFORE, AFTER)

    assert link.is_symlink()
    assert file.read_bytes() == AFTER


def test_a_failure_leaves_the_file_and_nothing_beside_it(file, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rewrite.Path, "replace", fail)
    with pytest.raises(ContentError, match="No space"):
        replace_file(file, BEFORE, AFTER)

    assert [path.read_bytes() for path in file.parent.iterdir()] == [BEFORE]


def test_a_missing_file_is_one_error(tmp_path):
    with pytest.raises(ContentError):
        replace_file(tmp_path / "none.yaml", BEFORE, AFTER)


def test_a_new_file_is_readable_as_the_others_and_takes_no_others_place(file):
    create_file(file.with_name("drafts.yaml"), AFTER)

    assert file.with_name("drafts.yaml").read_bytes() == AFTER
    assert stat.S_IMODE(file.with_name("drafts.yaml").stat().st_mode) == 0o640
    with pytest.raises(ContentError):
        create_file(file, AFTER)
    assert file.read_bytes() == BEFORE
    assert len([*file.parent.iterdir()]) == 2

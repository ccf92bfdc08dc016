from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bot.content.load import packaged
from bot.content.putback import PutBack, put_back
from bot.content.snapshot import Snapshot, take
from bot.errors import ContentError

TOPIC = "section: 안전\ntopics:\n  - id: {id}\n    title: {id}\n    answer: 있어요.\n"


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "knowledge"
    made.mkdir()
    (made / "bell.yaml").write_text(TOPIC.format(id="bell"), encoding="utf-8")
    return made


@pytest.fixture
def published(folder) -> Snapshot:
    """What stood in the folder before something was changed, added and taken away there."""
    (folder / "lamp.yaml").write_text(TOPIC.format(id="lamp"), encoding="utf-8")
    (folder / "tree.yaml").write_text(TOPIC.format(id="tree"), encoding="utf-8")
    found = take(folder)
    (folder / "lamp.yaml").write_text(TOPIC.format(id="lamp") + "    contact: 120\n", encoding="utf-8")
    (folder / "pump.yaml").write_text(TOPIC.format(id="pump"), encoding="utf-8")
    (folder / "tree.yaml").unlink()
    return found


def test_changed_files_are_written_new_ones_go_and_lost_ones_come_back(folder, published):
    done = put_back(take(folder), published, folder, None)

    assert done == PutBack(("knowledge/lamp.yaml", "knowledge/tree.yaml"), ("knowledge/pump.yaml",))
    assert take(folder) == published
    assert sorted(path.name for path in folder.iterdir()) == ["bell.yaml", "lamp.yaml", "tree.yaml"]


def test_doing_it_twice_does_no_harm(folder, published):
    seen = take(folder)
    put_back(seen, published, folder, None)

    assert put_back(seen, published, folder, None) == PutBack((), ())


def test_a_folder_that_has_changed_since_is_left_alone(folder, published):
    seen = take(folder)
    (folder / "bell.yaml").write_text(TOPIC.format(id="bell") + "# 한 줄 더\n", encoding="utf-8")
    standing = take(folder)

    with pytest.raises(ContentError) as caught:
        put_back(seen, published, folder, None)

    assert "그 뒤에 파일이 또 바뀌었습니다" in caught.value.problem
    assert take(folder) == standing


def test_the_packaged_files_are_never_written_to(folder, published, tmp_path):
    intents = {path: path.read_bytes() for path in packaged("intents").iterdir() if path.is_file()}

    put_back(take(folder), Snapshot({**published.files, "intents/wording.yaml": "wording: {}\n"}), folder, None)
    with pytest.raises(ContentError, match="프로그램에 든 파일"):
        put_back(take(), published, None, None)

    assert {path: path.read_bytes() for path in intents} == intents


def test_packaged_files_that_stand_in_are_not_copied_into_an_office_folder(folder, published, tmp_path):
    own = tmp_path / "intents"
    own.mkdir()

    put_back(take(folder, own), Snapshot({**published.files}), folder, own)

    assert [*own.iterdir()] == []


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="who may do everything is refused nothing")
def test_a_folder_that_cannot_be_written_to_is_told(folder, published):
    folder.chmod(0o555)
    try:
        with pytest.raises(ContentError) as caught:
            put_back(take(folder), published, folder, None)
    finally:
        folder.chmod(0o755)

    assert "쓸 수 없습니다" in caught.value.problem


def test_a_write_that_fails_is_told_and_leaves_no_half_file(folder, published, monkeypatch):
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    standing = take(folder)
    monkeypatch.setattr(Path, "replace", full)

    with pytest.raises(ContentError, match="No space left") as caught:
        put_back(standing, published, folder, None)

    assert "아무것도 쓰지 않았습니다" in caught.value.problem
    assert take(folder) == standing
    assert len([*folder.iterdir()]) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="other rights there")
def test_rights_of_a_file_stay(folder, published):
    (folder / "lamp.yaml").chmod(0o640)

    put_back(take(folder), published, folder, None)

    assert (folder / "lamp.yaml").stat().st_mode & 0o777 == 0o640

from __future__ import annotations

import gzip
import json
import os

import pytest

from bot.content.load import INTENT_FILES, load_content, packaged
from bot.content.snapshot import Snapshot, fingerprint, take, unpack
from bot.errors import ContentError


def test_a_snapshot_holds_what_the_loader_reads_and_nothing_else(write_knowledge, write_intents, topic):
    knowledge = write_knowledge(safety=topic("cctv"))
    intents = write_intents(synonyms="synonyms: {}\n")
    for name in (".safety.yaml", "safety.yaml~", ".safety.yaml.swp", "#safety.yaml#", "safety.yaml.tmp", "4913", "notes.txt"):
        (knowledge / name).write_text("x", encoding="utf-8")

    files = take(knowledge, intents).files

    assert set(files) == {"knowledge/safety.yaml", *(f"intents/{name}" for name in INTENT_FILES)}
    assert files["intents/synonyms.yaml"] == "synonyms: {}\n"
    assert files["intents/urgent.yaml"] == (packaged("intents") / "urgent.yaml").read_bytes().decode("utf-8")


def test_what_is_written_out_is_the_same_content(tmp_path):
    packed = take().pack()

    folders = unpack(packed).write_to(tmp_path / "again")

    assert load_content(*folders).version == load_content().version
    assert take(*folders).pack() == packed


def test_line_ends_and_marks_come_back_as_they_were(tmp_path, write_knowledge):
    folder = write_knowledge()
    raw = b"\xef\xbb\xbfsection: \xed\x95\x9c\xea\xb8\x80\r\ntopics: []\r\n"
    (folder / "a.yml").write_bytes(raw)

    again, _ = unpack(take(folder).pack()).write_to(tmp_path / "again")

    assert (again / "a.yml").read_bytes() == raw


def test_the_order_of_the_files_does_not_change_the_bytes():
    one, other = {"knowledge/a.yaml": "1", "knowledge/b.yaml": "2"}, {"knowledge/b.yaml": "2", "knowledge/a.yaml": "1"}

    assert Snapshot(one).pack() == Snapshot(other).pack()


def _packed(value: object) -> bytes:
    return gzip.compress(json.dumps(value).encode())


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"no gzip",
        _packed({"knowledge/a.yaml": "x"})[:-9],
        gzip.compress(b"\xff"),
        gzip.compress(b"{"),
        _packed([]),
        _packed({"knowledge/a.yaml": 1}),
        _packed({"knowledge/../../a.yaml": "x"}),
        _packed({"/etc/a.yaml": "x"}),
        _packed({"knowledge/a.py": "x"}),
    ],
    ids=["nothing", "no gzip", "cut off", "no text", "no json", "no object", "a number", "upward", "absolute", "no yaml"],
)
def test_what_is_no_packed_snapshot_is_refused(packed):
    with pytest.raises(ValueError, match="not a packed snapshot"):
        unpack(packed)


def test_a_snapshot_is_not_mixed_with_files_that_stand_there(tmp_path):
    (tmp_path / "knowledge").mkdir()

    with pytest.raises(FileExistsError):
        take().write_to(tmp_path)


def test_what_cannot_be_read_is_told(tmp_path, write_knowledge):
    folder = write_knowledge()
    (folder / "a.yaml").write_bytes("section: 한글".encode("cp949"))

    with pytest.raises(ContentError, match="UTF-8"):
        take(folder)
    with pytest.raises(ContentError, match="폴더"):
        take(tmp_path / "nowhere")


def test_every_way_to_change_a_file_changes_the_fingerprint(write_knowledge, topic):
    folder = write_knowledge(a=topic("a"), b=topic("b"))
    file, seen = folder / "a.yaml", [fingerprint([folder])]

    def changed() -> bool:
        seen.append(fingerprint([folder]))
        return seen[-1] != seen[-2]

    assert not changed()
    old = file.stat()
    file.write_text(topic("c"), encoding="utf-8")
    os.utime(file, ns=(old.st_atime_ns, old.st_mtime_ns - 1))
    assert changed()
    file.replace(folder / "c.yaml")
    assert changed()
    (folder / "c.yaml").unlink()
    assert changed()
    (folder / ".b.yaml.swp").write_text("x")
    assert not changed()
    folder.rename(folder.with_name("elsewhere"))
    assert changed()
    folder.mkdir()
    assert changed()

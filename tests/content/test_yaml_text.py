from __future__ import annotations

import os
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from bot.content import yaml_text
from bot.content.yaml_text import MAX_BYTES, MAX_FAULTS, parse_file, parse_text, read_folder, read_raw


def test_every_scalar_is_text() -> None:
    parsed, faults = parse_text("a: 010\nb: no\nc: 2021-02-14\nd: 1_000\n", "f.yaml")

    assert parsed is not None
    assert parsed.data == {"a": "010", "b": "no", "c": "2021-02-14", "d": "1_000"}
    assert not faults


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        pytest.param("a: 1\n\tb: 2\n", 2, "탭", id="tab"),
        pytest.param("a: 1\na: 2\n", 2, "두 번", id="duplicate key"),
        pytest.param("a: &x [1]\nb: [*x, *x]\n", 1, "별칭", id="alias"),
        pytest.param("a: &x 1\n", 1, "별칭", id="anchor alone"),
        pytest.param("a: 1\nb: !!python/name:os.system x\n", 2, "꼬리표", id="tag"),
        pytest.param("a: !!str 1\n", 1, "꼬리표", id="plain tag"),
        pytest.param("a: '열림\nb: 1\n", 1, "따옴표", id="open quote"),
        pytest.param("a: [1, 2\nb: 3\n", 1, "대괄호", id="open bracket"),
        pytest.param("<<: {a: 1}\n", 1, "합치기", id="merge"),
        pytest.param("---\na: 1\n---\nb: 1\n", 3, "둘로", id="two documents"),
        pytest.param("a: 1\nb: \x00\n", 2, "제어 문자", id="null"),
        pytest.param("[" * 100_000, 1, "깊게", id="deep brackets"),
        pytest.param("- " * 100_000, 1, "깊게", id="deep dashes"),
        pytest.param("\n".join(" " * n + "a:" for n in range(3000)), 42, "깊게", id="deep mappings"),
        pytest.param("", 0, "빈 파일", id="empty"),
    ],
)
def test_a_slip_is_named_with_its_line(text: str, line: int, problem: str) -> None:
    _, faults = parse_text(text, "f.yaml")

    assert faults
    assert (faults[0].line, problem in faults[0].problem) == (line, True), faults[0]
    assert faults[0].remedy


def test_an_alias_bomb_is_refused_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{name}: &{name} [*{last}, *{last}]\n" for last, name in zip("abcdefghi", "bcdefghij", strict=True))

    _, faults = parse_text(bomb, "f.yaml")

    assert any("별칭" in fault.problem for fault in faults)


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbfa: \xea\xb0\x80\r\n", "a: 가\r\n".encode()], ids=["BOM", "CRLF"])
def test_bom_and_crlf_are_accepted(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "f.yaml").write_bytes(raw)

    parsed, faults = parse_file(tmp_path / "f.yaml", "f.yaml")

    assert parsed is not None
    assert (parsed.data, faults) == ({"a": "가"}, [])


def test_cp949_is_named_with_the_way_to_mend_it_in_notepad(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes("a: b\nc: 한글\n".encode("cp949"))

    parsed, faults = parse_file(tmp_path / "f.yaml", "f.yaml")

    assert parsed is None
    assert (faults[0].line, "CP949" in faults[0].problem) == (2, True)
    assert "메모장" in faults[0].remedy
    assert "UTF-8" in faults[0].remedy


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a:\n" + " [\n" * 200_000 + " ]\n" * 200_000, 42, id="a bracket a line"),
        pytest.param("a:\n" + " {b:\n" * 200_000, 42, id="a brace a line"),
        pytest.param("# " + "]" * 200_000 + "\na:\n" + " [\n" * 200_000, 43, id="closed in a remark"),
        pytest.param("\n".join(" " * 80 * n + "- " * 40 for n in range(300)), 2, id="dashes on many lines"),
    ],
)
def test_a_nesting_that_would_end_the_process_is_a_fault(text: str, line: int) -> None:
    parsed, faults = parse_text(text, "f.yaml")

    assert parsed is None
    assert (faults[0].line, "깊게" in faults[0].problem) == (line, True)


def test_brackets_in_texts_and_side_by_side_are_not_nesting() -> None:
    _, faults = parse_text("a:\n" + "".join(f"- '[ {{ {n}'\n- [{{b: c}}]\n" for n in range(500)), "f.yaml")

    assert not faults


def test_twenty_thousand_slips_are_told_quickly_and_not_all() -> None:
    begun = time.monotonic()

    _, faults = parse_text("".join(f"- {{a: 1, a: {n}}}\n" for n in range(20_000)) + "- !x 1\n" * 20_000, "f.yaml")

    assert len(faults) == MAX_FAULTS
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(("key", "is_shown"), [("이름", True), ("how_many", True), ("root:*:19000:0", False), ("k" * 41, False)])
def test_only_what_looks_like_a_key_is_quoted(key: str, is_shown: bool) -> None:
    _, faults = parse_text(f"{key}: 1\n{key}: 2\n", "f.yaml")

    assert (key in faults[0].problem) is is_shown


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name there")
def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.yaml")

    raw, fault = read_raw(tmp_path / "x.yaml", "x.yaml")

    assert raw == b""
    assert fault is not None
    assert "보통 파일이 아닙니다" in fault.problem


def test_of_a_huge_file_no_more_is_read_than_it_takes_to_refuse_it(tmp_path: Path) -> None:
    with (tmp_path / "x.yaml").open("wb") as file:
        file.truncate(700_000_000)

    tracemalloc.start()
    raw, fault = read_raw(tmp_path / "x.yaml", "x.yaml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (raw, fault is not None and "5MB" in fault.problem) == (b"", True)
    assert peak < 3 * MAX_BYTES


def test_too_many_files_and_too_large_ones_are_a_fault_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text("a: 1\n", encoding="utf-8")
    monkeypatch.setattr(yaml_text, "MAX_FOLDER_BYTES", 12)
    files, large = read_folder(tmp_path)
    monkeypatch.setattr(yaml_text, "MAX_FILES", 2)
    _, many = read_folder(tmp_path)

    assert files == []
    assert "합치면 너무 큽니다" in large[0].problem
    assert "3개, 2개까지" in many[0].problem


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_may_lead_about_in_the_folder_and_not_out_of_it(tmp_path: Path) -> None:
    """As Kubernetes lays out a ConfigMap, itself behind a link; beside it a secret."""
    (tmp_path / "secret").write_text("root:*:19000:\n", encoding="utf-8")
    folder = tmp_path / "map"
    (folder / "..1").mkdir(parents=True)
    (folder / "..1" / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    (folder / "..data").symlink_to("..1")
    (folder / "a.yaml").symlink_to("..data/a.yaml")
    (folder / "b.yaml").symlink_to("../secret")
    (folder / "c.yaml").symlink_to("c.yaml")
    (tmp_path / "knowledge").symlink_to("map")

    sound, outside, endless = read_folder(tmp_path / "knowledge")[0]

    assert (sound.raw, sound.fault) == (b"a: 1\n", None)
    assert outside.fault is not None
    assert "폴더 밖" in outside.fault.problem
    assert (endless.fault is not None, endless.raw, outside.raw) == (True, b"", b"")


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes there")
@pytest.mark.parametrize(
    "name", ["안전".encode("cp949"), b"\xff\xff", b"a\nb", b"a:b", b"a\\b"], ids=["CP949", "no text", "two lines", "colon", "backslash"]
)
def test_a_name_that_cannot_be_kept_is_a_fault_that_can_be_printed(tmp_path: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name + b".yaml")).write_text("a: 1\n", encoding="utf-8")

    [file] = read_folder(tmp_path)[0]

    assert file.fault is not None
    assert "파일 이름을 바꿔" in file.fault.remedy
    assert str(file.fault).encode("utf-8").count(b"\n") == 1
    assert name != "안전".encode("cp949") or "안전.yaml" in file.shown

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.yaml_text import parse_file, parse_text


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

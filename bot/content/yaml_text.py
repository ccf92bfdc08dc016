"""YAML as staff write it, read so that every slip can be shown with its line.

Promises: every scalar is text; duplicate keys, aliases, tags and other encodings are faults, never surprises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

try:  # PyYAML without its C part reads the same, some fourteen times slower
    from yaml import CSafeLoader as Loader
except ImportError:  # pragma: no cover
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ["str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value"]}
MAX_BYTES = 5_000_000
MAX_DEPTH = 40  # the deepest honest file nests seven levels; a thousand would exhaust the stack


@dataclass(frozen=True, slots=True)
class Fault:
    """One slip in one file.

    line    counted from 1; 0 where the whole file is meant
    """

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file} {self.line}번째 줄" if self.line else self.file
        return f"{place}: {self.problem}\n  고치는 법: {self.remedy}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's data, and the line of every place in it by path (("topics", 0, "id") → 4)."""

    file: str
    data: Any
    lines: dict[tuple[str | int, ...], int]

    def line(self, place: tuple[str | int, ...]) -> int:
        """The line of that place, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def parse_file(path: Path, shown: str) -> tuple[Parsed | None, list[Fault]]:
    """(data, faults) of one file; data is None where it cannot be read at all."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, [Fault(shown, 0, "파일이 너무 큽니다(5MB 초과).", "파일을 여러 개로 나눠 주세요.")]
        raw = path.read_bytes()
    except OSError as error:
        return None, [Fault(shown, 0, f"파일을 읽을 수 없습니다({error.strerror}).", "파일이 있는지, 읽기 권한이 있는지 확인해 주세요.")]
    text, fault = _decode(raw, shown)
    if fault:
        return None, [fault]
    return parse_text(text, shown)


def _decode(raw: bytes, shown: str) -> tuple[str, Fault | None]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", Fault(shown, 0, "UTF-16으로 저장된 파일입니다.", _SAVE_AS_UTF8)
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        try:
            raw.decode("cp949")
        except UnicodeDecodeError:
            return "", Fault(shown, line, "UTF-8이 아닌 글자가 들어 있습니다.", _SAVE_AS_UTF8)
        return "", Fault(shown, line, "CP949(EUC-KR, ANSI)로 저장된 파일입니다.", _SAVE_AS_UTF8)


_SAVE_AS_UTF8 = "메모장에서 [파일 > 다른 이름으로 저장]을 열고 인코딩을 'UTF-8'로 골라 저장해 주세요."


def parse_text(text: str, shown: str) -> tuple[Parsed | None, list[Fault]]:
    """(data, faults) of a YAML text."""
    bad = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        return None, [Fault(shown, line, f"보이지 않는 제어 문자(U+{ord(bad[0]):04X})가 있습니다.", "그 줄을 지우고 다시 써 주세요.")]
    deep = _too_deep(text)
    if deep:
        return None, [Fault(shown, deep, *_DEEP)]
    try:
        node = yaml.compose(text, Loader=Loader)
    except yaml.YAMLError as error:
        return None, [_syntax_fault(error, text, shown)]
    except (RecursionError, ValueError):
        return None, [Fault(shown, 1, *_DEEP)]
    if node is None:
        return None, [Fault(shown, 0, "빈 파일입니다.", "내용을 쓰거나 파일을 지워 주세요.")]
    reader = _Reader(shown, text)
    data = reader.value(node, ())
    return Parsed(shown, data, reader.lines), reader.faults


_DEEP = ("너무 깊게 겹친 구조입니다.", "대괄호와 중괄호의 짝을 확인해 주세요.")


def _too_deep(text: str) -> int:
    """The line where the nesting passes every honest depth, or 0: the parser itself recurses, and not only in Python."""
    for n, line in enumerate(text.split("\n"), 1):
        opened = line.count("[") + line.count("{") - line.count("]") - line.count("}")
        dashes = re.match(r"[ \t]*((?:[-?:][ \t]+)*)", line)
        if opened > MAX_DEPTH or (dashes and len(dashes[1].split()) > MAX_DEPTH):
            return n
    return 0


def _syntax_fault(error: yaml.YAMLError, text: str, shown: str) -> Fault:
    context = str(getattr(error, "context", "") or "")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if "quoted scalar" in context or "flow" in context:  # the parser notices it far below; the slip is where it was opened
        mark = getattr(error, "context_mark", None) or mark
    lines = text.rstrip("\n").split("\n")
    line = min(mark.line + 1 if mark else 1, len(lines))
    near = lines[line - 1]
    tabbed = next((n for n, one in enumerate(lines, 1) if re.match(r" *\t", one)), 0)
    problem = str(getattr(error, "problem", "") or "")
    if "\t" in near[: len(near) - len(near.lstrip())] or ("tab" in problem or "\\t" in problem) or (tabbed and tabbed <= line):
        return Fault(shown, tabbed or line, "들여쓰기에 탭이 있습니다.", "탭을 지우고 빈칸(스페이스)으로 맞춰 주세요.")
    if "single document" in context:
        return Fault(shown, line, "'---' 줄이 파일을 둘로 나눕니다.", "'---' 줄을 지우거나 파일을 나눠 주세요.")
    if "alias" in problem or "anchor" in problem:
        return Fault(shown, line, "별칭(*이름)은 쓸 수 없습니다.", "별표로 시작하는 글이면 따옴표로 감싸 주세요.")
    if "mapping values are not allowed" in problem:
        return Fault(shown, line, "쌍점(:)이 잘못된 자리에 있거나 들여쓰기가 맞지 않습니다.", "글 안에 쌍점이 있으면 글 전체를 따옴표로 감싸 주세요.")
    if "quoted scalar" in problem or "quoted scalar" in context:
        return Fault(shown, line, "따옴표가 닫히지 않았습니다.", "여는 따옴표와 닫는 따옴표의 짝을 맞춰 주세요.")
    if "expected ',' or" in problem or "flow" in context:
        return Fault(shown, line, "대괄호 [ ]나 중괄호 { }의 짝, 또는 쉼표가 맞지 않습니다.", "여는 괄호와 닫는 괄호, 사이의 쉼표를 확인해 주세요.")
    return Fault(shown, line, "YAML 문법에 맞지 않습니다.", "바로 위 줄까지 들여쓰기(빈칸 수), 쌍점 뒤의 빈칸, 따옴표를 확인해 주세요.")


class _Reader:
    """Walks the nodes once: data out, lines and faults on the side."""

    def __init__(self, shown: str, text: str) -> None:
        self.shown = shown
        self.rows = re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text)  # as YAML counts them
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.faults: list[Fault] = []
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, place: tuple[str | int, ...]) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(place, line)
        first = self._first_letter(node)
        if id(node) in self._seen or first == "&":
            self._fault(line, "별칭(&이름, *이름)은 쓸 수 없습니다.", "같은 글을 그 자리에 다시 써 주세요.")
            return ""
        self._seen.add(id(node))
        if node.tag not in _PLAIN_TAGS or first == "!":
            self._fault(line, f"꼬리표({node.tag[:40]})는 쓸 수 없습니다.", "느낌표(!)로 시작하는 글이면 따옴표로 감싸 주세요.")
            return ""
        if len(place) > MAX_DEPTH:
            self._fault(line, *_DEEP)
            return ""
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, n)) for n, item in enumerate(node.value)]
        return self._mapping(node, place)

    def _mapping(self, node: yaml.Node, place: tuple[str | int, ...]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(line, "항목 이름이 글이 아닙니다.", "'이름: 값' 꼴로 써 주세요.")
                continue
            key = key_node.value
            if self._first_letter(key_node) in ("&", "!") or id(key_node) in self._seen:
                self._fault(line, "항목 이름에 별칭(&, *)이나 꼬리표(!)는 쓸 수 없습니다.", "기호를 지우고 이름만 써 주세요.")
                continue
            if key == "<<":
                self._fault(line, "'<<'(합치기)는 쓸 수 없습니다.", "필요한 항목을 그 자리에 써 주세요.")
                continue
            here = (*place, key)
            if key in data:
                first = self.lines[here]
                self._fault(line, f"'{key}'이(가) {first}번째 줄에 이어 두 번 나옵니다.", "둘 중 하나를 지우거나 이름을 바꿔 주세요.")
                continue
            self.lines[here] = line
            data[key] = self.value(value_node, here)
        return data

    def _first_letter(self, node: yaml.Node) -> str:
        """The letter where a node begins: an anchor and a tag stand before the value."""
        mark = node.start_mark
        row = self.rows[mark.line] if mark.line < len(self.rows) else ""
        return row[mark.column : mark.column + 1]

    def _fault(self, line: int, problem: str, remedy: str) -> None:
        fault = Fault(self.shown, line, problem, remedy)
        if fault not in self.faults:  # every alias of one anchor points back to it
            self.faults.append(fault)

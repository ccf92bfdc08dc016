"""YAML as staff write it, read so that every slip can be shown with its line.

Promises: every scalar is text; duplicate keys, aliases, tags and other encodings are faults, never surprises. Nor does a file that is none,
too large, too deep or badly named hang the program, fill its memory or end it; and of a file that may be no content at all, nothing is quoted.
"""

from __future__ import annotations

import os
import re
import stat
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
MAX_FILES, MAX_FOLDER_BYTES = 500, 50_000_000
MAX_DEPTH = 40  # the deepest honest file nests seven levels; the C parser, which recurses, ends the process at some ten thousand
MAX_FAULTS = 200  # of one file: nobody reads more, and twenty thousand would take minutes to tell


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


@dataclass(frozen=True, slots=True)
class RawFile:
    """What stands in one file of a folder.

    shown   the name as staff are shown it: "knowledge/safety.yaml"
    fault   why nothing was read; None where `raw` is the whole file
    """

    name: str
    shown: str
    raw: bytes
    fault: Fault | None


def is_content_file(name: str) -> bool:
    """Whether a file of that name is read. Editors' temporary files and hidden ones are not."""
    return name.endswith((".yaml", ".yml")) and not name.startswith(".")


def content_names(folder: Path) -> list[str]:
    """The names of a folder's content files, in order. Raises OSError."""
    return sorted(path.name for path in folder.iterdir() if is_content_file(path.name))


def read_folder(folder: Path, is_packaged: bool = False) -> tuple[list[RawFile], list[Fault]]:
    """(content files, faults of the folder as a whole). No link may lead out of it, as those of a package may that an installer linked."""
    try:
        names = content_names(folder)
    except OSError as error:
        problem = f"폴더를 읽을 수 없습니다({error.strerror})."
        return [], [Fault(str(folder), 0, problem, "폴더가 있는지, 읽기 권한이 있는지 확인해 주세요.")]
    if len(names) > MAX_FILES:
        problem = f"YAML 파일이 너무 많습니다({len(names)}개, {MAX_FILES}개까지)."
        return [], [Fault(str(folder), 0, problem, "파일을 합치거나, 쓰지 않는 파일을 폴더 밖으로 옮겨 주세요.")]
    files: list[RawFile] = []
    total = 0
    for name in names:
        shown = f"{folder.name}/{_shown_name(name)}"
        if _BAD_NAME.search(name):
            fault = Fault(shown, 0, "파일 이름에 쓸 수 없는 글자가 있습니다.", "파일 이름을 바꿔 주세요. 예: safety.yaml")
            files.append(RawFile(name, shown, b"", fault))
            continue
        files.append(RawFile(name, shown, *read_raw(folder / name, shown, None if is_packaged else folder)))
        total += len(files[-1].raw)
        if total > MAX_FOLDER_BYTES:
            problem = f"YAML 파일을 모두 합치면 너무 큽니다({MAX_FOLDER_BYTES // 1_000_000}MB 초과)."
            return [], [Fault(str(folder), 0, problem, "쓰지 않는 파일을 폴더 밖으로 옮겨 주세요.")]
    return files, _hidden_by_their_names(folder)


def _hidden_by_their_names(folder: Path) -> list[Fault]:
    """Files that Notepad has saved as "privacy.yaml.txt": they would be passed over, and the packaged file would speak in their place."""
    names = sorted(path.name for path in folder.iterdir() if _SAVED_AS_TEXT.search(path.name))
    remedy = "파일 이름에서 끝의 .txt를 지워 주세요. 저장할 때 '모든 파일' 형식을 고르면 붙지 않습니다."
    return [Fault(f"{folder.name}/{_shown_name(name)}", 0, "이름이 .txt로 끝나 읽지 않습니다.", remedy) for name in names]


_SAVED_AS_TEXT = re.compile(r"\.ya?ml\.txt$", re.IGNORECASE)
# What a kept snapshot could not hold or write out again: control letters, bytes that are no UTF-8, and what leads elsewhere.
_BAD_NAME = re.compile(r"[\x00-\x1f\x7f\\:\ud800-\udfff]")


def _shown_name(name: str) -> str:
    """A file's name for staff; one that is not UTF-8 most likely came out of a Korean Windows."""
    if re.search(r"[\ud800-\udfff]", name):
        name = os.fsencode(name).decode("cp949", "replace")
    return re.sub(r"[\x00-\x1f\x7f]", "\ufffd", name)


def read_raw(path: Path, shown: str, within: Path | None = None) -> tuple[bytes, Fault | None]:
    """(bytes, None) of a whole regular file, else a fault. Waits for nobody, and never takes in more than MAX_BYTES.

    within  the folder that no link may lead out of; Kubernetes' links through ..data stay inside
    """
    try:
        if within is not None and not path.resolve().is_relative_to(within.resolve()):
            return b"", Fault(shown, 0, "폴더 밖을 가리키는 링크입니다.", "링크를 지우고, 파일 자체를 폴더에 넣어 주세요.")
        with open(path, "rb", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return b"", Fault(shown, 0, "보통 파일이 아닙니다(파이프나 장치).", "지우고, YAML 파일을 넣어 주세요.")
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        return b"", Fault(shown, 0, f"파일을 읽을 수 없습니다({error.strerror}).", "파일이 있는지, 읽기 권한이 있는지 확인해 주세요.")
    except RuntimeError:  # Python before 3.13, of links that lead to each other
        return b"", Fault(shown, 0, "끝없이 도는 링크입니다.", "링크를 지우고, 파일 자체를 폴더에 넣어 주세요.")
    if len(raw) > MAX_BYTES:
        return b"", Fault(shown, 0, "파일이 너무 큽니다(5MB 초과).", "파일을 여러 개로 나눠 주세요.")
    return raw, None


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe that nobody writes to would be waited for


def parse_file(path: Path, shown: str) -> tuple[Parsed | None, list[Fault]]:
    """(data, faults) of one file; data is None where it cannot be read at all."""
    raw, fault = read_raw(path, shown)
    return (None, [fault]) if fault else parse_raw(raw, shown)


def parse_raw(raw: bytes, shown: str) -> tuple[Parsed | None, list[Fault]]:
    """(data, faults) of what stands in a file."""
    text, fault = decode(raw, shown)
    return (None, [fault]) if fault else parse_text(text, shown)


def decode(raw: bytes, shown: str) -> tuple[str, Fault | None]:
    """(text without a byte order mark, why it is none)."""
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
    return parse_nodes(text, shown)[1:]


def parse_nodes(text: str, shown: str) -> tuple[yaml.Node | None, Parsed | None, list[Fault]]:
    """(root node, data, faults): the nodes' marks count characters of the text, which holds no byte order mark."""
    bad = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        return None, None, [Fault(shown, line, f"보이지 않는 제어 문자(U+{ord(bad[0]):04X})가 있습니다.", "그 줄을 지우고 다시 써 주세요.")]
    try:
        node = yaml.compose(text, Loader=_Bounded)
    except _TooDeep as error:
        return None, None, [Fault(shown, error.line, *_DEEP)]
    except yaml.YAMLError as error:
        return None, None, [_syntax_fault(error, text, shown)]
    except (RecursionError, ValueError):
        return None, None, [Fault(shown, 1, *_DEEP)]
    if node is None:
        return None, None, [Fault(shown, 0, "빈 파일입니다.", "내용을 쓰거나 파일을 지워 주세요.")]
    reader = _Reader(shown, text)
    data = reader.value(node, ())
    return node, Parsed(shown, data, reader.lines), reader.faults


_DEEP = ("너무 깊게 겹친 구조입니다.", "대괄호와 중괄호의 짝을 확인해 주세요.")


class _TooDeep(Exception):
    """The nesting passes every honest depth in that line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Bounded(Loader):
    """Counts the depth while nodes are put together: composing recurses, and a look at all events beforehand would cost as much again.

    Both methods are asked for every node, by the C part too; the base class has nothing to do for them here.
    """

    depth = 0
    yaml_implicit_resolvers: dict[str, Any] = {}  # every scalar is text, whatever it looks like

    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:
        if self.depth > MAX_DEPTH + 1:
            raise _TooDeep(current_node.start_mark.line + 1 if current_node else 1)
        self.depth += 1

    def ascend_resolver(self) -> None:
        self.depth -= 1


def named(key: str) -> str:
    """A key as a fault may show it: quoted where it looks like one. A line of a file that is no content could hold a password."""
    return f"'{key}'" if re.fullmatch(r"[\w.-]{1,40}", key) else "이 줄의 이름"


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
        self._told: set[Fault] = set()
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
                self._fault(line, f"{named(key)}이(가) {first}번째 줄에 이어 두 번 나옵니다.", "둘 중 하나를 지우거나 이름을 바꿔 주세요.")
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
        if fault not in self._told and len(self.faults) < MAX_FAULTS:  # every alias of one anchor points back to it
            self._told.add(fault)
            self.faults.append(fault)

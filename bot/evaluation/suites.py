"""Question suites: JSON Lines or YAML in, typed and checked cases out.

Promises that a suite with a slip never runs: every fault is named with its file and line, all of a file at once. What a reply must
hold is only read here; verdicts.py judges.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.content import Fault
from bot.content.yaml_text import parse_file
from bot.errors import SuiteError
from bot.times import SEOUL

EXPECTS = ("answer", "partial", "abstain", "chitchat")
KINDS = ("single", "dialogue")
NOW = dt.datetime(2021, 2, 1, 9, tzinfo=SEOUL)

_ASK_KEYS = ("q", "expect", "must", "must_not", "now")
_SINGLE_KEYS = ("id", "kind", "style", "topic", *_ASK_KEYS)
_DIALOGUE_KEYS = ("id", "kind", "style", "topic", "turns", "now")

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """One message and what its reply must be.

    must      of every group at least one alternative stands in the body
    must_not  none of these does; "^네" means: the body does not begin so
    now       aware; the time the reply is judged by
    """

    q: str
    expect: str
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    now: dt.datetime = NOW


@dataclass(frozen=True, slots=True)
class Case:
    """One question, or one dialogue of several.

    topic  a label of the suite's author, never compared with the topics of the knowledge
    line   where it stands in its file, counted from 1
    """

    id: str
    kind: str
    style: str
    topic: str
    asks: tuple[Ask, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Suite:
    """One file of cases; name is the file's without its ending."""

    name: str
    path: Path
    cases: tuple[Case, ...]


def load_suites(paths: Iterable[Path]) -> list[Suite]:
    """The suites of those files, in order. Raises SuiteError that names every fault of the first file with one."""
    suites = [load_suite(path) for path in paths]
    names: dict[str, Path] = {}
    for suite in suites:
        if suite.name in names:
            raise SuiteError(str(suite.path), f"'{suite.name}'이라는 문제집이 둘입니다({names[suite.name]}).", "한 파일의 이름을 바꿔 주세요.")
        names[suite.name] = suite.path
    return suites


def load_suite(path: Path) -> Suite:
    """The suite of one file. Raises SuiteError that names every fault."""
    suite, faults = read_suite(path)
    if suite is None:
        first = faults[0]
        more = "".join(f"\n{fault}" for fault in faults[1:])
        raise SuiteError(_place(first), first.problem, first.remedy + more)
    return suite


def read_suite(path: Path) -> tuple[Suite | None, list[Fault]]:
    """(suite, faults); suite is None where there is a fault."""
    reader = _Reader(str(path))
    if path.suffix in (".yaml", ".yml"):
        reader.read_yaml(path)
    elif path.suffix in (".jsonl", ".json"):
        reader.read_json_lines(path)
    else:
        reader.fault(0, f"'{path.suffix}'로 끝나는 파일은 읽을 수 없습니다.", "이름이 .jsonl이나 .yaml로 끝나야 합니다.")
    if not reader.cases and not reader.faults:
        reader.fault(0, "물음이 하나도 없습니다.", "한 줄에 하나씩 써 주세요.")
    suite = None if reader.faults else Suite(path.stem, path, tuple(reader.cases))
    return suite, sorted(reader.faults, key=lambda fault: fault.line)


def read_time(value: str) -> dt.datetime:
    """An aware time from ISO 8601; without an offset it is Seoul's, and Z is understood. Raises ValueError."""
    # Before Python 3.11 fromisoformat knows no Z.
    time = dt.datetime.fromisoformat(value[:-1] + "+00:00" if value[-1:] in ("Z", "z") else value)
    return time if time.tzinfo else time.replace(tzinfo=SEOUL)


def _place(fault: Fault) -> str:
    return f"{fault.file} {fault.line}번째 줄" if fault.line else fault.file


@dataclass
class _Reader:
    """Gathers the cases and faults of one file."""

    file: str
    cases: list[Case] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    def fault(self, line: int, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self.file, line, problem, remedy))

    # -- files ---------------------------------------------------------------------------------------------------

    def read_json_lines(self, path: Path) -> None:
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            return self.fault(0, f"파일을 읽을 수 없습니다({error.strerror}).", "파일이 있는지, 읽기 권한이 있는지 확인해 주세요.")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            return self.fault(line, "UTF-8이 아닌 글자가 들어 있습니다.", "파일을 UTF-8로 저장해 주세요.")
        # Not splitlines(): a question may hold U+2028 or U+0085.
        for number, raw in enumerate(text.split("\n"), 1):
            if raw.strip():
                self._json_line(raw, number)
        return None

    def _json_line(self, raw: str, number: int) -> None:
        twice: list[str] = []

        def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            keys = [key for key, _ in pairs]
            twice.extend(key for key in dict.fromkeys(keys) if keys.count(key) > 1)
            return dict(pairs)

        try:
            value = json.loads(raw, object_pairs_hook=unique)
        except (ValueError, RecursionError) as error:
            where = f" ({error.colno}번째 글자)" if isinstance(error, json.JSONDecodeError) else ""
            return self.fault(number, f"JSON 문법에 맞지 않습니다{where}.", "한 줄에 JSON 객체 하나를 써 주세요.")
        for key in twice:
            self.fault(number, f"'{key}'가 두 번 나옵니다.", "둘 중 하나를 지워 주세요.")
        self._case(value, (), lambda place: number)
        return None

    def read_yaml(self, path: Path) -> None:
        parsed, faults = parse_file(path, self.file)
        self.faults += faults
        if parsed is None:
            return
        if not isinstance(parsed.data, list):
            self.fault(1, "목록이 아닙니다.", "물음마다 '- id: …'로 시작해 주세요.")
            return
        for number, value in enumerate(parsed.data):
            self._case(value, (number,), parsed.line)

    # -- shapes --------------------------------------------------------------------------------------------------

    def _case(self, value: Any, place: Place, line: Callable[[Place], int]) -> None:
        at = line(place)
        before = len(self.faults)
        if not isinstance(value, dict):
            return self.fault(at, "'이름: 값'들의 묶음이 아닙니다.", "id, kind, style, q, expect, must를 갖춰 주세요.")
        kind = value.get("kind")
        if kind not in KINDS:
            return self.fault(line((*place, "kind")), _wrong("kind", value, KINDS), _choose(kind, KINDS))
        self._keys(value, _SINGLE_KEYS if kind == "single" else _DIALOGUE_KEYS, place, line)
        self._id(value, place, line)
        for key in ("style", "topic"):
            if not isinstance(value.get(key, ""), str):
                self.fault(line((*place, key)), f"'{key}'는 글이어야 합니다.", "따옴표로 감싸 주세요.")
        now = self._now(value, NOW, place, line)
        turns = value.get("turns") if kind == "dialogue" else None
        if kind == "dialogue" and (not isinstance(turns, list) or not turns):
            return self.fault(line((*place, "turns")), "dialogue에 'turns'가 없거나 비었습니다.", '{"q", "expect", "must"}의 목록을 써 주세요.')
        if turns is None:
            asks = [self._ask(value, now, place, line)]
        else:
            asks = [self._turn(turn, now, (*place, "turns", n), line) for n, turn in enumerate(turns)]
        if len(self.faults) == before:
            self.cases.append(Case(value["id"], kind, value.get("style", ""), value.get("topic", ""), tuple(a for a in asks if a), at))
        return None

    def _id(self, value: Mapping[str, Any], place: Place, line: Callable[[Place], int]) -> None:
        name, at = value.get("id"), line((*place, "id"))
        if not isinstance(name, str) or not name:
            return self.fault(at, "'id'가 없거나 글이 아닙니다.", "이 파일에 하나뿐인 id를 써 주세요.")
        if name in self.ids:
            return self.fault(at, f"id '{name}'는 {self.ids[name]}번째 줄에서 이미 쓰고 있습니다.", "둘 중 하나의 id를 바꿔 주세요.")
        self.ids[name] = at
        return None

    def _turn(self, value: Any, now: dt.datetime, place: Place, line: Callable[[Place], int]) -> Ask | None:
        if not isinstance(value, dict):
            self.fault(line(place), "turns의 항목이 '이름: 값'들의 묶음이 아닙니다.", '{"q", "expect", "must"}를 갖춰 주세요.')
            return None
        self._keys(value, _ASK_KEYS, place, line)
        return self._ask(value, self._now(value, now, place, line), place, line)

    def _ask(self, value: Mapping[str, Any], now: dt.datetime, place: Place, line: Callable[[Place], int]) -> Ask | None:
        q, expect, must, must_not = value.get("q"), value.get("expect"), value.get("must"), value.get("must_not", [])
        if not isinstance(q, str):
            self.fault(line((*place, "q")), "'q'(물음)가 없거나 글이 아닙니다.", "물음을 따옴표로 감싸 써 주세요.")
        if expect not in EXPECTS:
            self.fault(line((*place, "expect")), _wrong("expect", value, EXPECTS), _choose(expect, EXPECTS))
        if not isinstance(must, list) or not all(_is_texts(group) and group for group in must):
            self.fault(line((*place, "must")), "'must'는 글 목록의 목록이어야 합니다.", '예: [["223"], ["2곳", "두 곳"]]. 없으면 [].')
            must = []
        if not _is_texts(must_not):
            self.fault(line((*place, "must_not")), "'must_not'은 글의 목록이어야 합니다.", '예: ["^네", "500"]')
            must_not = []
        if not isinstance(q, str) or expect not in EXPECTS:
            return None
        return Ask(q, expect, tuple(tuple(group) for group in must), tuple(must_not), now)

    def _now(self, value: Mapping[str, Any], default: dt.datetime, place: Place, line: Callable[[Place], int]) -> dt.datetime:
        if "now" not in value:
            return default
        try:
            return read_time(value["now"])
        except (ValueError, TypeError):
            self.fault(line((*place, "now")), f"'now'의 시각 {value['now']!r}을 읽을 수 없습니다.", "예: 2021-02-01T09:00+09:00")
            return default

    def _keys(self, value: Mapping[str, Any], known: tuple[str, ...], place: Place, line: Callable[[Place], int]) -> None:
        for key in value:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                remedy = f"'{near[0]}'을(를) 쓰려던 건가요?" if near else f"쓸 수 있는 이름: {', '.join(known)}"
                self.fault(line((*place, key)), f"모르는 이름 '{key}'입니다.", remedy)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)


def _wrong(key: str, value: Mapping[str, Any], known: tuple[str, ...]) -> str:
    return f"'{key}'의 값 {value[key]!r}은 쓸 수 없습니다." if key in value else f"'{key}'가 없습니다."


def _choose(value: Any, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(value, known, 1) if isinstance(value, str) else []
    return f"'{near[0]}'을(를) 쓰려던 건가요?" if near else f"쓸 수 있는 값: {', '.join(known)}"

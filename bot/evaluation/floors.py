"""What each suite must reach: read from a file, with every slip named.

    clean-1:
      answer: {count: 227, resolved: 98.2, wrong: 0}

In per cent: at least `resolved`, at most `wrong`, of the messages of a suite that expect the same. With `tap: true` an option that leads
there counts as resolved too. `count` is how many messages there must be at least; only the project's own tests hold to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.yaml_text import Parsed, parse_file
from bot.errors import SuiteError

_KEYS = ("count", "resolved", "wrong", "tap")


@dataclass(frozen=True, slots=True)
class Bound:
    """The floor of one suite and slot (see verdicts.Outcome.slot), in per cent."""

    suite: str
    slot: str
    resolved: float
    wrong: float
    tap: bool = False

    @property
    def good(self) -> tuple[str, ...]:
        """The verdicts that count as resolved."""
        return ("resolved", "tap") if self.tap else ("resolved",)


def read_floors(path: Path) -> list[Bound]:
    """The floors of a file. Raises SuiteError at the first slip."""
    parsed, faults = parse_file(path, str(path))
    if parsed is None or faults:
        first = faults[0]
        raise SuiteError(f"{first.file} {first.line}번째 줄" if first.line else first.file, first.problem, first.remedy)
    return [_bound(parsed, suite, slot) for suite, slots in _items(parsed, ()) for slot, _ in _items(parsed, (suite,))]


def _items(parsed: Parsed, place: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    value = _at(parsed, place)
    if not isinstance(value, dict):
        raise _error(parsed, place, "'이름: 값'들의 묶음이 아닙니다.", "예: clean-1: {answer: {resolved: 98.2, wrong: 0}}")
    yield from value.items()


def _bound(parsed: Parsed, suite: str, slot: str) -> Bound:
    values = dict(_items(parsed, (suite, slot)))
    for key in values:
        if key not in _KEYS:
            raise _error(parsed, (suite, slot, key), f"모르는 이름 '{key}'입니다.", f"쓸 수 있는 이름: {', '.join(_KEYS)}")
    shares = {key: _share(parsed, (suite, slot, key), values) for key in ("resolved", "wrong")}
    return Bound(suite, slot, shares["resolved"], shares["wrong"], values.get("tap") == "true")


def _share(parsed: Parsed, place: tuple[str, str, str], values: dict[str, Any]) -> float:
    try:
        share = float(values[place[-1]])
    except (KeyError, TypeError, ValueError):
        share = -1.0
    if not 0 <= share <= 100:
        raise _error(parsed, place, f"'{place[-1]}'이(가) 없거나 0에서 100 사이의 수가 아닙니다.", "퍼센트로 적어 주세요. 예: 98.2")
    return share


def _at(parsed: Parsed, place: tuple[str, ...]) -> Any:
    value = parsed.data
    for key in place:
        value = value[key]
    return value


def _error(parsed: Parsed, place: tuple[str, ...], problem: str, remedy: str) -> SuiteError:
    return SuiteError(f"{parsed.file} {parsed.line(place)}번째 줄", problem, remedy)

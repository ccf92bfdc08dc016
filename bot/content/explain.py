"""A value of the wrong shape, told to staff: which line, what is wrong, what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from bot.content.yaml_text import Fault, Parsed, named

MAX_LINE = 100_000  # a line number above it is a slip, and a range up to it would fill the memory

_KINDS = {
    "string_type": "글이어야 합니다.", "tuple_type": "목록([가, 나])이어야 합니다.", "dict_type": "'이름: 값' 꼴이어야 합니다.",
    "model_type": "'이름: 값' 꼴이어야 합니다.", "model_attributes_type": "'이름: 값' 꼴이어야 합니다.", "bool_parsing": "true나 false여야 합니다.",
    "bool_type": "true나 false여야 합니다.", "list_type": "목록([가, 나])이어야 합니다.", "date_type": "날짜(2021-02-14)여야 합니다.",
}  # fmt: skip
_VALUES = {
    "id": ("id에는 영어 소문자, 숫자, 붙임표(-)만 32자까지 쓸 수 있습니다.", "예: bike-insurance"),
    "date": ("날짜를 읽을 수 없습니다.", "2021-02-14처럼 써 주세요."),
    "lines": ("줄 번호를 읽을 수 없습니다.", "15 또는 23-24처럼 써 주세요."),
}


def shape_fault(error: Any, parsed: Parsed, shape: type[BaseModel]) -> Fault:
    """One error of pydantic as a fault with its line and remedy."""
    place = tuple(error["loc"])
    if place[-1:] == ("[key]",):
        place = place[:-1]
    name = next((part for part in reversed(place) if isinstance(part, str)), "")
    line, kind, shown = parsed.line(place), error["type"], named(name or "파일")
    if kind == "extra_forbidden":
        return Fault(parsed.file, line, *_unknown_key(name, place, shape))
    if kind == "missing":
        return Fault(parsed.file, line, f"{shown}이(가) 빠졌습니다.", f"'{name}: …' 줄을 넣어 주세요.")
    if kind == "string_too_short":
        return Fault(parsed.file, line, f"{shown}이(가) 비어 있습니다.", "내용을 써 주세요.")
    if kind == "string_pattern_mismatch":
        return Fault(parsed.file, line, f"{shown}에는 숫자만 쓸 수 있습니다.", "쉼표와 단위를 빼고 써 주세요. 예: 16214")
    if kind == "value_error":
        reason = str(error["ctx"]["error"])
        if reason in _VALUES:
            return Fault(parsed.file, line, *_VALUES[reason])
        return Fault(parsed.file, line, f"{shown}의 날짜가 달력에 없습니다.", "2021-02-14처럼 있는 날짜를 써 주세요.")
    if kind == "literal_error":
        return Fault(parsed.file, line, f"{shown}에 쓸 수 없는 값입니다.", f"쓸 수 있는 값: {error['ctx']['expected'].replace(' or ', ', ')}")
    problem = _KINDS.get(kind, "값의 꼴이 맞지 않습니다.")
    return Fault(parsed.file, line, f"{shown}은(는) {problem}", "안내서의 예와 견주어 고쳐 주세요.")


def _unknown_key(name: str, place: tuple[str | int, ...], shape: type[BaseModel]) -> tuple[str, str]:
    """(problem, remedy) of a key that may not stand there."""
    here = _keys_at(place[:-1], shape)
    near = difflib.get_close_matches(name, here, 1, 0.6)
    allowed = f"여기에 쓸 수 있는 이름: {', '.join(sorted(here))}"
    if near:
        return f"{named(name)}은(는) 모르는 항목입니다.", f"'{near[0]}'을(를) 쓰려던 건가요?"
    if name in _all_keys(shape):
        return f"{named(name)}은(는) 이 자리에 쓸 수 없습니다.", f"들여쓰기를 확인해 주세요. {allowed}"
    return f"{named(name)}은(는) 모르는 항목입니다.", f"그 줄을 지우거나 이름을 고쳐 주세요. {allowed}"


def _keys_at(place: tuple[str | int, ...], shape: type[BaseModel]) -> set[str]:
    """The keys that may stand at that place of a file."""
    annotation: Any = shape
    for part in place:
        inside = [one for one in _parts(annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
        fields = {(info.alias or name): info.annotation for one in inside[:1] for name, info in one.model_fields.items()}
        if isinstance(part, str) and part in fields:
            annotation = fields[part]  # an index or the key of a mapping names nothing: the shape inside stays the same
    return {info.alias or name for one in _parts(annotation) if _is_shape(one) for name, info in one.model_fields.items()}


def _all_keys(shape: type[BaseModel]) -> set[str]:
    """Every key that may stand anywhere in a file of that shape."""
    names, todo, seen = set(), [shape], set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        for name, info in one.model_fields.items():
            names.add(info.alias or name)
            todo += [part for part in _parts(info.annotation) if _is_shape(part)]
    return names


def _is_shape(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _parts(annotation: Any) -> list[Any]:
    inner = getattr(annotation, "__args__", ())
    return [annotation, *(part for one in inner for part in _parts(one))]


def line_number_faults(parsed: Parsed) -> list[Fault]:
    """Line numbers that would mislead or fill the memory: looked at before the ranges are spelled out."""
    faults = []
    for place, lines in _line_numbers(parsed.data, ()):
        for part in lines if isinstance(lines, list) else lines.split(","):
            problem = _line_problem(str(part))
            if problem:
                faults.append(Fault(parsed.file, parsed.line(place), problem, "15 또는 23-24처럼 써 주세요."))
    return faults


def _line_numbers(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str | list[Any]]]:
    """(place, value) of everything called "lines"."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key == "lines" and isinstance(inner, (str, list)):
            yield (*place, key), inner
        elif isinstance(inner, (dict, list)):
            yield from _line_numbers(inner, (*place, key))


def _line_problem(part: str) -> str:
    match = re.fullmatch(r"\s*(\d+)\s*(?:[-~]\s*(\d+))?\s*", part)
    if not match:
        return ""  # the shape itself says so
    first, last = match[1], match[2] or match[1]
    if len(first) > 6 or len(last) > 6 or int(last) > MAX_LINE:
        return f"줄 번호 '{part.strip()[:30]}'이(가) 너무 큽니다."
    if int(first) > int(last):
        return f"줄 번호 '{part.strip()}'은(는) 시작이 끝보다 큽니다."
    return "줄 번호는 1부터입니다." if int(first) < 1 else ""


__all__ = ["line_number_faults", "shape_fault"]

"""Holds a request's parameters to the facts: names, types, required, limits, down to the last nested object.

Everything is compiled once: a type becomes one function, which later only looks into dicts. A fault
is raised as Problem with the place where it is, like "reply_markup.inline_keyboard[0][1].callback_data".
What the facts cannot say (exactly one action on a button) is in rules.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from .html import BadHtml, Entity, parse, trimmed, utf16_length
from .records import Upload

FACTS: dict[str, Any] = json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))
METHODS: dict[str, Any] = FACTS["methods"]
TYPES: dict[str, Any] = FACTS["types"]

Check = Callable[[Any], None]
Rule = Callable[[dict[str, Any]], None]
Formatted = dict[str, tuple[str, list[Entity]]]

RULES: dict[str, Rule] = {}  # by type; filled by rules.py before anything is compiled


class Problem(Exception):
    """One broken rule. `place` grows outward while it is raised; `answer` is what Telegram would say, if known."""

    def __init__(self, text: str, answer: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.answer = answer
        self.place = ""

    def inside(self, step: str) -> Problem:
        joint = "." if self.place and not self.place.startswith("[") else ""
        self.place = f"{step}{joint}{self.place}"
        return self


def _is_integer(value: Any) -> None:
    if type(value) is not int:
        raise Problem(f"must be an integer, not {_shown(value)}")


def _is_float(value: Any) -> None:
    if type(value) not in (int, float):
        raise Problem(f"must be a number, not {_shown(value)}")


def _is_string(value: Any) -> None:
    if type(value) is not str:
        raise Problem(f"must be a string, not {_shown(value)}")


def _is_boolean(value: Any) -> None:
    if type(value) is not bool:
        raise Problem(f"must be true or false, not {_shown(value)}")


def _is_upload(value: Any) -> None:
    if type(value) is not Upload:
        raise Problem(f"must be a file, not {_shown(value)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


_SCALARS: dict[str, tuple[tuple[type, ...], Check]] = {
    "Integer": ((int,), _is_integer),
    "Float": ((int, float), _is_float),
    "String": ((str,), _is_string),
    "Boolean": ((bool,), _is_boolean),
    "True": ((bool,), _is_boolean),
    "InputFile": ((Upload,), _is_upload),
}


@cache
def checker(types: str) -> Check:
    """The check of a value that may be any of the types, which are joined by "|"."""
    names = types.split("|")
    if all(name.startswith("Array of ") for name in names):
        return _list_check(checker("|".join(name[len("Array of ") :] for name in names)))
    if len(names) == 1:
        return _SCALARS[types][1] if types in _SCALARS else _object_check(types)
    return _union_check(names)


def _list_check(item: Check) -> Check:
    def check(value: Any) -> None:
        if type(value) is not list:
            raise Problem(f"must be a list, not {_shown(value)}")
        for number, element in enumerate(value):
            try:
                item(element)
            except Problem as problem:
                raise problem.inside(f"[{number}]") from None

    return check


def _union_check(names: list[str]) -> Check:
    by_python: dict[type, Check] = {}
    lists = [name for name in names if name.startswith("Array of ")]
    objects = [name for name in names if name not in _SCALARS and name not in lists]
    for name in names:
        if name in _SCALARS:
            by_python.update(dict.fromkeys(_SCALARS[name][0], _SCALARS[name][1]))

    def check(value: Any) -> None:
        kind = type(value)
        if kind is dict and objects:
            checker(_fitting(objects, value))(value)
        elif kind is list and lists:
            checker("|".join(lists))(value)
        elif kind in by_python:
            by_python[kind](value)
        else:
            raise Problem(f"must be one of {', '.join(names)}, not {_shown(value)}")

    return check


def _fitting(names: list[str], value: dict[str, Any]) -> str:
    """The type among several that an object is meant to be: the one whose constant and required fields it has."""
    flat: list[str] = [variant for name in names for variant in TYPES[name].get("subtypes", (name,)) if variant in TYPES]
    fits = [name for name in flat if _could_be(TYPES[name].get("fields", {}), value)]
    if not fits:
        raise Problem(f"is none of {', '.join(names)}: {_shown(value)}")
    # With a photo and a cached photo alike in their constants, the one that knows more of the fields is meant.
    return max(fits, key=lambda name: len(value.keys() & TYPES[name].get("fields", {}).keys()))


def _could_be(fields: dict[str, Any], value: dict[str, Any]) -> bool:
    for name, facts in fields.items():
        if facts.get("required") and name not in value:
            return False
        values = facts.get("values", ())
        if len(values) == 1 and value.get(name) != values[0]:
            return False
    return True


def _object_check(name: str) -> Check:
    if "subtypes" in TYPES[name]:
        return _union_check(TYPES[name]["subtypes"])
    fields = fields_check(TYPES[name]["fields"], name)
    rule = RULES.get(name)

    def check(value: Any) -> None:
        if type(value) is not dict:
            raise Problem(f"must be an object of type {name}, not {_shown(value)}")
        fields(value)
        if rule:
            rule(value)

    return check


def fields_check(fields: dict[str, Any], owner: str) -> Callable[[dict[str, Any]], Formatted]:
    """The check of an object's fields, or of a method's parameters; gives the texts in it after entity parsing."""
    checks: dict[str, Check] = {}  # filled at the first use: types may hold themselves
    required = [name for name, facts in fields.items() if facts.get("required")]
    formatted = [(name, *_mode_of(name, fields), facts) for name, facts in fields.items() if facts.get("unit") == "parsed"]

    def check(value: dict[str, Any]) -> Formatted:
        if not checks:
            checks.update({name: field_check(facts) for name, facts in fields.items()})
        name = ""
        try:
            for name, part in value.items():  # noqa: B007 - used when the check raises
                if name not in checks:
                    raise Problem(f"is not known to {owner}")
                checks[name](part)
            for name in required:
                if name not in value:
                    raise Problem("is missing")
            texts: Formatted = {}
            for name, mode, entities, facts in formatted:
                if name in value:
                    texts[name] = _formatted(value, name, mode, entities, facts)
        except Problem as problem:
            raise problem.inside(name) from None
        return texts

    return check


def field_check(facts: dict[str, Any]) -> Check:
    """Type and limits of one field."""
    kind = checker(facts["types"])
    limits = _limits(facts)
    if limits is None:
        return kind

    def check(value: Any) -> None:
        kind(value)
        limits(value)

    return check


def _limits(facts: dict[str, Any]) -> Check | None:
    low, high = facts.get("min", 0), facts.get("max", float("inf"))
    unit, values = facts.get("unit"), facts.get("values")
    chars = re.compile(f"[{facts['chars']}]*") if "chars" in facts else None
    if unit == "parsed" or not facts.keys() & {"min", "max", "values", "chars"}:
        return None  # a text with entities is measured when they are parsed

    def check(value: Any) -> None:
        if isinstance(value, str):
            size = len(value.encode()) if unit == "bytes" else utf16_length(value)
            if chars and not chars.fullmatch(value):
                raise Problem(f"may hold only {facts['chars']}: {_shown(value)}")
        else:
            size = len(value) if isinstance(value, list) else value
        if values and value not in values:
            raise Problem(f"must be one of {', '.join(map(str, values))}, not {_shown(value)}")
        if not values and not low <= size <= high:
            raise Problem(f"must be {low} to {high}{f' {unit}' if unit else ''}, but is {size}")

    return check


def _mode_of(name: str, fields: dict[str, Any]) -> tuple[str, str]:
    """Which fields hold the parse mode and the entities of a text."""
    mode = next((field for field in (f"{name}_parse_mode", "parse_mode") if field in fields), "")
    entities = next((field for field in (f"{name}_entities", "entities") if field in fields), "")
    return mode, entities


def _formatted(value: dict[str, Any], name: str, mode_name: str, entities_name: str, facts: dict[str, Any]) -> tuple[str, list[Entity]]:
    text, entities = value[name], value.get(entities_name) or []
    mode = value.get(mode_name) or ""
    if mode.lower() == "html":
        try:
            text, entities = parse(text)
        except BadHtml as error:
            raise Problem(f"is HTML that Telegram refuses: {error}", f"can't parse entities: {error}") from None
    elif mode:
        raise Problem(f"is in {mode}, which this server cannot judge: it knows HTML", f"unsupported parse_mode {mode}")
    text, entities = trimmed(text, entities)
    size = utf16_length(text)
    if not facts["min"] <= size <= facts["max"]:
        what = "message caption" if name == "caption" else "message"
        answer = f"{what} is too long" if size else f"{what} text is empty"
        raise Problem(f"must be {facts['min']} to {facts['max']} UTF-16 units after entity parsing, but is {size}", answer)
    return text, entities

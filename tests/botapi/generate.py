"""Turns a machine-readable description of the Bot API into the facts that the fake server judges by.

    python -m tests.botapi.generate SPEC.json

What is kept are facts only: methods, parameters, types, what is required and the limits. The limits
stand in the description's sentences, so they are read out of these; no sentence is kept. The same
description gives the same file, byte for byte.

facts.json: {"version", "methods": {name: {"returns", "fields"}}, "types": {name: {"fields"} or {"subtypes"}}}; a field has
    types     names joined by "|", for example "Integer|String" or "Array of BotCommand"
    required  true, or absent
    min, max  of a number, of a list's length, or of a string's length counted in `unit`
    unit      "parsed" (UTF-16 units after entity parsing), "characters" (UTF-16 units) or "bytes"
    chars     the characters allowed, as inside a regular expression's brackets
    values    the only values allowed
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

FACTS = Path(__file__).with_name("facts.json")

_LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)( after entit)?", re.I)
_RANGE = re.compile(r"(?:^|[,;.(] |Values between |in the range )(\d+)-(\d+)(?=$|[.,;)]| are accepted)")
_BETWEEN = re.compile(r"between (\d+) and (\d+)(?!\d|,? or | seconds)")
_ITEMS = re.compile(r"(?:^|list of |include |array of )(\d+)-(\d+)(?= )")
_AT_MOST = re.compile(r"(?:[Aa]t most|up to) (\d+) (?:\w+ ){0,3}?(?:identifiers|items|commands|amounts|can be)")
_QUOTED = re.compile(r'[“"]([\w/]+)[”"]')
_CHOICE = re.compile(r'(?:can be|one of|either)(?: one of)? [“"]')
_NUMBERS = re.compile(r"[Mm]ust be one of ((?:\d+(?: \(0x\w+\))?,? (?:or )?)+\d+)")
_CONSTANT = re.compile(r'(?:always|must be) [“"]?([a-z0-9_]+)[”"]?\.?$')
_CHARACTERS = {
    "Only characters A-Z, a-z, 0-9, _ and - are allowed": "A-Za-z0-9_-",
    "only A-Z, a-z, 0-9, _ and - are allowed": "A-Za-z0-9_-",
    "only lowercase English letters, digits and underscores": "a-z0-9_",
}


def facts_of(spec: dict[str, Any]) -> dict[str, Any]:
    """The facts of a whole description."""
    variants = {name for kind in spec["types"].values() for name in kind.get("subtypes", ())}
    methods = {name: {"returns": "|".join(method.get("returns", ())), "fields": _fields(method)} for name, method in sorted(spec["methods"].items())}
    types = {
        name: {"subtypes": kind["subtypes"]} if kind.get("subtypes") else {"fields": _fields(kind, constants=name in variants)}
        for name, kind in sorted(spec["types"].items())
    }
    return {"version": spec["version"], "methods": methods, "types": types}


def _fields(thing: dict[str, Any], *, constants: bool = False) -> dict[str, dict[str, Any]]:
    return {field["name"]: _field(field, constants=constants) for field in thing.get("fields", ())}


def _field(field: dict[str, Any], *, constants: bool) -> dict[str, Any]:
    types = field["types"]
    facts: dict[str, Any] = {"types": "|".join(types)}
    if field["required"]:
        facts["required"] = True
    description = field["description"]
    if any(name.startswith("Array of") for name in types):
        facts.update(_list_limits(description))
    elif "String" in types:
        facts.update(_text_limits(description))
        facts.update(_values(field["name"], description, constants=constants))
    elif "Integer" in types or "Float" in types:
        facts.update(_number_limits(description))
    return facts


def _list_limits(description: str) -> dict[str, int]:
    if found := _ITEMS.search(description):
        return {"min": int(found[1]), "max": int(found[2])}
    if found := _AT_MOST.search(description):
        return {"max": int(found[1])}
    return {}


def _text_limits(description: str) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if found := _LENGTH.search(description):
        unit = "parsed" if found[4] else found[3].lower()
        limits = {"min": int(found[1]), "max": int(found[2]), "unit": unit}
    for sentence, characters in _CHARACTERS.items():
        if sentence in description:
            limits["chars"] = characters
    return limits


def _number_limits(description: str) -> dict[str, Any]:
    if found := _NUMBERS.search(description):
        return {"values": [int(number) for number in re.findall(r"\b\d+\b(?!x)", re.sub(r"\(0x\w+\)", "", found[1]))]}
    ranges = _RANGE.findall(description) + _BETWEEN.findall(description)
    # Two ranges belong to two cases (a price in Stars or in coins), which one limit cannot tell apart.
    return {"min": int(ranges[0][0]), "max": int(ranges[0][1])} if len(ranges) == 1 else {}


def _values(name: str, description: str, *, constants: bool) -> dict[str, list[str]]:
    if constants and name in {"type", "source", "status"} and (found := _CONSTANT.search(description)):
        return {"values": [found[1]]}
    if _CHOICE.search(description) and len(values := _QUOTED.findall(description)) > 1:
        return {"values": list(dict.fromkeys(values))}
    return {}


def written(facts: dict[str, Any]) -> str:
    """The facts as they stand in the file: one method or type a line, so that a new version shows as lines in a diff."""
    parts = [f'{{"version":{json.dumps(facts["version"])}']
    for part in ("methods", "types"):
        lines = (
            f"{json.dumps(name)}:{json.dumps(fact, ensure_ascii=False, separators=(',', ':'), sort_keys=True)}" for name, fact in facts[part].items()
        )
        parts.append(f'"{part}":{{\n' + ",\n".join(lines) + "\n}")
    return ",\n".join(parts) + "}\n"


def main(arguments: list[str]) -> int:
    """Writes facts.json from the description named on the command line."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tests.botapi.generate SPEC.json\n")
        return 2
    spec = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    FACTS.write_text(written(facts_of(spec)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

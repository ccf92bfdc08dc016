"""The facts: read out of the descriptions, the same each time, and the file is what the generator gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .generate import FACTS, facts_of, main, written

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "telegram"


def field(name: str, types: str, description: str, *, required: bool = False) -> dict[str, object]:
    return {"name": name, "types": types.split("|"), "required": required, "description": description}


def spec(*fields: dict[str, object]) -> dict[str, object]:
    scope = {"name": "Scope", "subtypes": ["ScopeChat"], "description": []}
    chat = {"name": "ScopeChat", "fields": [field("type", "String", "Scope type, must be chat", required=True)]}
    method = {"name": "doIt", "returns": ["Message"], "fields": [*fields]}
    return {"version": "Bot API 0.1", "methods": {"doIt": method}, "types": {"Scope": scope, "ScopeChat": chat}}


@pytest.mark.parametrize(
    ("types", "description", "limits"),
    [
        ("String", "Text, 1-4096 characters after entities parsing", {"min": 1, "max": 4096, "unit": "parsed"}),
        ("String", "Data, 1-64 bytes", {"min": 1, "max": 64, "unit": "bytes"}),
        ("String", "A secret, 1-256 characters. Only characters A-Z, a-z, 0-9, _ and - are allowed.", None),
        ("String", 'Style. Must be one of "danger" (red) or "primary" (blue).', {"values": ["danger", "primary"]}),
        ("Integer", "Limit. Values between 1-100 are accepted. Defaults to 100.", {"min": 1, "max": 100}),
        ("Integer", "Heading. Must be between 1 and 360 if specified.", {"min": 1, "max": 360}),
        ("Integer", "Period, between 60 and 86400, or 0x7FFFFFFF for ever", {}),
        ("Integer", "Color, must be one of 7322096 (0x6FB9F0), 3, or 5", {"values": [7322096, 3, 5]}),
        ("Array of Integer", "A list of 2-10 identifiers", {"min": 2, "max": 10}),
        ("Array of BotCommand", "A list of commands. At most 100 commands can be specified.", {"max": 100}),
        ("String", "Text in 2-3 words", {}),
    ],
)
def test_limits_are_read_out_of_the_sentence(types, description, limits):
    facts = facts_of(spec(field("x", types, description)))["methods"]["doIt"]["fields"]["x"]

    if limits is None:
        limits = {"min": 1, "max": 256, "unit": "characters", "chars": "A-Za-z0-9_-"}
    assert facts == {"types": types, **limits}


def test_no_sentence_is_kept_and_required_is():
    text = written(facts_of(spec(field("chat_id", "Integer|String", "Unique identifier of the chat", required=True))))

    assert json.loads(text)["methods"]["doIt"] == {"returns": "Message", "fields": {"chat_id": {"types": "Integer|String", "required": True}}}
    assert "identifier" not in text


def test_a_variants_constant_is_its_only_value():
    types = facts_of(spec())["types"]

    assert types["Scope"] == {"subtypes": ["ScopeChat"]}
    assert types["ScopeChat"]["fields"]["type"]["values"] == ["chat"]


def test_the_command_needs_one_description(capsys):
    assert main([]) == 2
    assert "SPEC.json" in capsys.readouterr().err


def test_the_file_is_what_the_generator_gives():
    found = sorted(PUBLISHED.glob("bot-api-*.json"))
    if not found:
        pytest.skip("the description is not here")

    assert written(facts_of(json.loads(found[-1].read_text(encoding="utf-8")))) == FACTS.read_text(encoding="utf-8")

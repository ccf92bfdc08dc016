"""How commands show times, texts and JSON."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import click

from bot.times import SEOUL

LONGEST = 120  # characters of an example


def time_text(time: dt.datetime | None) -> str:
    return f"{time.astimezone(SEOUL):%Y-%m-%d %H:%M}" if time else ""


def one_line(text: str, longest: int = LONGEST) -> str:
    """The text on one line of a terminal, without what a terminal would obey."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def dump(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))

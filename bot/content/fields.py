"""What the shapes of the files are made of: texts and phrases by language, dates, line numbers, ids. Every scalar is text in the files."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

BLANK = re.compile("_{2,}")  # what an office has yet to fill in


class Shape(BaseModel):
    """Base of all shapes: frozen, and strict about keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Text(Shape):
    """One text by language. Written as plain text it is Korean."""

    ko: str = Field(min_length=1)
    en: str = ""

    def get(self, language: str) -> str:
        """The text in that language, or in Korean where there is none."""
        return self.en if language == "en" and self.en else self.ko


class Phrases(Shape):
    """Phrases by language. Written as a plain list they are Korean."""

    ko: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return self.ko + self.en


def as_text(value: Any) -> Any:
    return {"ko": value} if isinstance(value, str) else value


def _phrases(value: Any) -> Any:
    return {"ko": value} if isinstance(value, list) else value


def _lines(value: Any) -> Any:
    """Line numbers from "15", "23-24" or a list of such; none where a blank stands for them."""
    if isinstance(value, str) and BLANK.fullmatch(value.strip()):
        return ()
    parts = value if isinstance(value, list) else str(value).split(",")
    lines: list[int] = []
    for part in parts:
        match = re.fullmatch(r"\s*(\d+)\s*(?:[-~]\s*(\d+))?\s*", str(part))
        if not match:
            raise ValueError("lines")
        lines += range(int(match[1]), int(match[2] or match[1]) + 1)
    return tuple(lines)


def _date(value: Any) -> Any:
    if isinstance(value, str):
        match = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", value)
        if not match:
            raise ValueError("date")
        return dt.date(int(match[1]), int(match[2]), int(match[3] or 1))
    return value


def _id(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]{1,32}", value):
        raise ValueError("id")
    return value


def _aspect_id(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9_-]{1,32}", value):
        raise ValueError("id")
    return value


TextField = Annotated[Text, BeforeValidator(as_text)]
PhrasesField = Annotated[Phrases, BeforeValidator(_phrases)]
LinesField = Annotated[tuple[int, ...], BeforeValidator(_lines)]
DateField = Annotated[dt.date, BeforeValidator(_date)]
IdField = Annotated[str, AfterValidator(_id)]
AspectId = Annotated[str, AfterValidator(_aspect_id)]

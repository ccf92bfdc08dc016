"""Figures, dates and quoted names of a text, Korean or English, as values that can be compared.

Whole numbers only: 14 does not stand in 142. Thousands separators do not count; a date is one value however it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_MONTH = (
    "("
    + "|".join([name.capitalize() for name in _MONTHS] + ["Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept?", "Oct", "Nov", "Dec"])
    + r")\b\.?"
)
_DATES = (  # (pattern, which group is year, month, day; 0 where it is not written)
    (re.compile(r"(\d{4})\s?년\s?(\d{1,2})\s?월\s?(\d{1,2})\s?일"), (1, 2, 3)),
    (re.compile(r"(?<!\d)(\d{4})\s?[.\-/]\s?(\d{1,2})\s?[.\-/]\s?(\d{1,2})(?!\d)\.?"), (1, 2, 3)),
    (re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH},?\s(\d{{4}})"), (3, 2, 1)),
    (re.compile(rf"{_MONTH}\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s(\d{{4}})"), (3, 1, 2)),
    (re.compile(r"(\d{1,2})\s?월\s?(\d{1,2})\s?일"), (0, 1, 2)),
    (re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\."), (0, 1, 2)),
    (re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}"), (0, 2, 1)),
    (re.compile(rf"{_MONTH}\s(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"), (0, 1, 2)),
)
_SEPARATOR = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_QUOTED = re.compile(
    r"‘([^’]{1,60})’|「([^」]{1,60})」|『([^』]{1,60})』|<([^<>]{1,60})>|“([^”]{1,80})”|\"([^\"]{1,80})\"|(?<!\w)'([^']{1,80})'(?![a-z])"
)
_DENIED = re.compile(r"\s?(이|가)\s아니")  # "not 'this' but 'that'": the first of the two is not said to be printed


@dataclass(frozen=True, slots=True)
class Date:
    """A day; year 0 where it is not written."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return (f"{self.year}년 " if self.year else "") + f"{self.month}월 {self.day}일"


@dataclass(frozen=True, slots=True)
class Figures:
    """What figures a text holds."""

    dates: frozenset[Date]
    numbers: frozenset[str]

    def lacks(self, claimed: Figures) -> list[str]:
        """The figures of another text that do not stand in this one."""
        missing = [str(date) for date in claimed.dates if not self._has(date)]
        loose = {str(part) for date in self.dates for part in (date.year, date.month, date.day)}
        return sorted(missing) + sorted(claimed.numbers - self.numbers - loose)

    def _has(self, date: Date) -> bool:
        if date.year:
            return date in self.dates
        if any((one.month, one.day) == (date.month, date.day) for one in self.dates):
            return True
        return f"{date.month}.{date.day}" in self.numbers


def read_figures(text: str) -> Figures:
    """Every date and every other number of the text."""
    text = _SEPARATOR.sub("", text)
    dates = set()
    for pattern, (year, month, day) in _DATES:
        for match in list(pattern.finditer(text)):
            found = Date(int(match[year]) if year else 0, _month(match[month]), int(match[day]))
            if 1 <= found.month <= 12 and 1 <= found.day <= 31:
                dates.add(found)
                text = text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]
    return Figures(frozenset(dates), frozenset(_plain(number) for number in _NUMBER.findall(text)))


def _month(written: str) -> int:
    if written.isdigit():
        return int(written)
    return next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(written[:3].lower()))


def _plain(number: str) -> str:
    """Without leading zeros: 05 is the 5 of a date."""
    return number.lstrip("0") or "0" if number.isdigit() else number


def read_quoted(text: str) -> list[str]:
    """The names in quotation marks of a text, without those that it denies."""
    names = []
    for match in _QUOTED.finditer(text):
        name = next(group for group in match.groups() if group)
        if not _DENIED.match(text, match.end()):
            names.append(name.strip())
    return names


__all__ = ["Date", "Figures", "read_figures", "read_quoted"]

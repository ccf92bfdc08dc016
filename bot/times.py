"""The clock of Seoul, and how staff write days and hours in the settings.

Promises: whatever the machine's time zone, times are Seoul's. A text that cannot be read is a ValueError whose words (Korean, for staff) say
which bit of it is meant.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Korea keeps no summer time; a fixed offset needs no time zone data on the machine.
SEOUL = dt.timezone(dt.timedelta(hours=9), "KST")
DAY_MINUTES = 24 * 60
NEVER = ("없음", "none", "off")

_KOREAN = "월화수목금토일"
_ENGLISH = "monday tuesday wednesday thursday friday saturday sunday".split()
_GROUPS = {"평일": range(5), "주말": range(5, 7), "매일": range(7)}
_DASH = re.compile(r"\s*[-~–—−〜∼]\s*")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_RANGE = re.compile(r"\d{1,2}:\d{2}-\d{1,2}:\d{2}")


def seoul_now() -> dt.datetime:
    """The time in Seoul."""
    return dt.datetime.now(SEOUL)


def in_seoul(time: dt.datetime) -> dt.datetime:
    """The same moment on Seoul's clock. Raises ValueError for a time without an offset, which would be read by the machine's zone."""
    if time.tzinfo is None:
        raise ValueError("a time without an offset")
    return time.astimezone(SEOUL)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes of a day, 0 to 1440, the end not included."""

    start: int
    end: int


Week = tuple[tuple[Span, ...], ...]
"""For each day from Monday on: its open spans, in order, none touching another."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """A moment that comes once a week.

    weekday  0 is Monday; minute  of the day, 0 to 1439
    """

    weekday: int
    minute: int

    def latest(self, now: dt.datetime) -> dt.datetime:
        """The last one that is not after `now`, in Seoul's time."""
        now = in_seoul(now)
        day = now.date() - dt.timedelta(days=(now.weekday() - self.weekday) % 7)
        moment = dt.datetime.combine(day, dt.time(*divmod(self.minute, 60)), SEOUL)
        return moment if moment <= now else moment - dt.timedelta(days=7)

    def following(self, now: dt.datetime) -> dt.datetime:
        """The first one after `now`, in Seoul's time."""
        return self.latest(now) + dt.timedelta(days=7)


def read_week(text: str) -> Week:
    """Opening hours: "월-금 09:00-12:00 13:00-18:00, 토 09:00-13:00". Spans that touch or overlap become one. Raises ValueError."""
    days: list[list[Span]] = [[] for _ in range(7)]
    waiting: set[int] = set()  # "월, 수 09:00-18:00": the days of a part without hours wait for those of the next
    for part in _plain(text).split(","):
        words = part.split()
        named = [word for word in words if not _RANGE.fullmatch(word)]
        if not named or words[: len(named)] != named:
            raise ValueError(f"'{part.strip()}': 요일을 적고 그 뒤에 시각을 적습니다.")
        waiting.update(*map(_days, named))
        spans = [_span(word) for word in words[len(named) :]]
        for day in waiting if spans else ():
            days[day] += spans
        waiting = set() if spans else waiting
    if waiting:
        raise ValueError(f"'{part.strip()}': 시각이 없습니다.")
    return tuple(tuple(_joined(spans)) for spans in days)


def read_dates(text: str) -> frozenset[dt.date]:
    """Dates by comma or blank: "2026-12-31, 2027-01-02"; of an empty text none. Raises ValueError."""
    found = set()
    for word in unicodedata.normalize("NFKC", text).replace(",", " ").split():
        try:
            found.add(dt.datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=SEOUL).date())
        except ValueError:
            raise ValueError(f"'{word}': 그런 날짜는 없습니다.") from None
    return frozenset(found)


def read_weekly(text: str) -> Weekly | None:
    """A day and a time: "월 09:00"; None where the text is "없음", "none", "off" or empty. Raises ValueError."""
    words = _plain(text).split()
    if not words or (len(words) == 1 and words[0].lower() in NEVER):
        return None
    if len(words) != 2 or len(days := _days(words[0])) != 1:
        raise ValueError(f"'{text}': 요일 하나와 시각 하나를 적습니다.")
    minute = _minute(words[1])
    if minute == DAY_MINUTES:
        raise ValueError(f"'{words[1]}': 하루의 끝은 다음 날 00:00으로 적습니다.")
    return Weekly(min(days), minute)


def _plain(text: str) -> str:
    """Full-width signs made plain, one kind of dash and no blanks around it."""
    return _DASH.sub("-", unicodedata.normalize("NFKC", text)).strip()


def _days(word: str) -> set[int]:
    """The days that "월", "월-금", "평일" or "Mon-Fri" names; from Friday to Monday goes over the week's end."""
    if word in _GROUPS:
        return set(_GROUPS[word])
    first, *rest = (_day(name, word) for name in word.split("-", 1))
    last = rest[0] if rest else first
    return {(first + step) % 7 for step in range((last - first) % 7 + 1)}


def _day(name: str, word: str) -> int:
    short = name.lower().rstrip(".")
    for day, (korean, english) in enumerate(zip(_KOREAN, _ENGLISH, strict=True)):
        if name in (korean, f"{korean}요일") or (len(short) >= 3 and english.startswith(short)):
            return day
    raise ValueError(f"'{word}': 요일이나 시각으로 읽을 수 없습니다.")


def _span(word: str) -> Span:
    start, end = (_minute(clock) for clock in word.split("-"))
    if start >= end:
        raise ValueError(f"'{word}': 끝이 처음보다 늦어야 합니다. 자정을 넘기면 두 날로 나누어 적습니다.")
    return Span(start, end)


def _minute(word: str) -> int:
    """Minutes since midnight, up to those of 24:00."""
    clock = _CLOCK.fullmatch(word)
    minute = int(clock[1]) * 60 + int(clock[2]) if clock else -1
    if clock is None or int(clock[2]) > 59 or minute > DAY_MINUTES:
        raise ValueError(f"'{word}': 시각은 00:00에서 24:00까지입니다.")
    return minute


def _joined(spans: list[Span]) -> Iterator[Span]:
    """The spans in order, those that touch or overlap as one."""
    held: Span | None = None
    for span in sorted(spans):
        if held and span.start <= held.end:
            held = Span(held.start, max(held.end, span.end))
            continue
        if held:
            yield held
        held = span
    if held:
        yield held

"""When the office is open, by Seoul's clock: weekly hours, public holidays, and single dates that are otherwise.

Left to others: how the settings are written (bot/times.py). The library of holidays is loaded with the first question that needs it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

from bot.config import HandoffSettings
from bot.times import SEOUL, in_seoul, read_dates, read_week, read_weekly

# Public holidays on fixed dates (Act on Public Holidays, 2026), for years beyond what the library computes; the lunar ones are missing then.
_FIXED = ((1, 1), (3, 1), (5, 1), (5, 5), (6, 6), (7, 17), (8, 15), (10, 3), (10, 9), (12, 25))
_KOREAN_DAYS = "월화수목금토일"
_ENGLISH_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_ENGLISH_MONTHS = "January February March April May June July August September October November December".split()


class OfficeHours:
    """Office hours of the settings. Times that go in are aware, those that come out are Seoul's; a time without an offset is a ValueError."""

    def __init__(self, settings: HandoffSettings) -> None:
        self.week = read_week(settings.hours)
        self.digest = read_weekly(settings.digest)
        self._closed, self._open = read_dates(settings.closed), read_dates(settings.open)
        self._with_holidays = settings.holidays
        self._years: dict[int, frozenset[dt.date]] = {}

    def is_open(self, now: dt.datetime) -> bool:
        """Whether the office is open at that moment; at the minute of closing it is not."""
        now = in_seoul(now)
        return any(start <= now < end for start, end in self._spans(now.date()))

    def next_opening(self, now: dt.datetime) -> dt.datetime:
        """The first moment from `now` on at which the office is open: `now` itself where it is."""
        now = in_seoul(now)
        for days in itertools.count():
            for start, end in self._spans(now.date() + dt.timedelta(days=days)):
                if now < end:
                    return max(now, start)
        raise AssertionError  # a week has an opening, and only finitely many dates are taken from it

    def open_time(self, since: dt.datetime, until: dt.datetime) -> dt.timedelta:
        """How long the office is open between two moments; nothing where the second is not after the first."""
        since, until = in_seoul(since), in_seoul(until)
        total, day = dt.timedelta(), since.date()
        while day <= until.date():
            for start, end in self._spans(day):
                total += max(min(end, until) - max(start, since), dt.timedelta())
            day += dt.timedelta(days=1)
        return total

    def opening_text(self, now: dt.datetime, language: str) -> str:
        """The next opening for a resident: "2월 8일(월) 오전 9시", in every language but "ko" "Monday 8 February, 9 am". Another year is named."""
        now = in_seoul(now)
        return moment_text(self.next_opening(now), language, year=now.year)

    def _spans(self, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """From when till when the office is open on that day."""
        midnight = dt.datetime.combine(day, dt.time(), SEOUL)
        spans = self.week[day.weekday()]
        if day in self._open:
            spans = spans or next(spans for spans in self.week if spans)  # a Saturday that is worked is worked like the week's first day
        elif day in self._closed or (self._with_holidays and spans and day in self._holidays(day.year)):
            return
        for span in spans:
            yield midnight + dt.timedelta(minutes=span.start), midnight + dt.timedelta(minutes=span.end)

    def _holidays(self, year: int) -> frozenset[dt.date]:
        if year not in self._years:
            self._years[year] = _public_holidays(year)
        return self._years[year]


def moment_text(time: dt.datetime, language: str, year: int | None = None) -> str:
    """A moment in words, by Seoul's clock; its year is named where it is another than `year`."""
    time = in_seoul(time)
    half, hour, minute = time.hour >= 12, time.hour % 12 or 12, time.minute
    if language == "ko":
        clock = "낮 12시" if time.hour == 12 else f"오전 {time.hour}시" if not half else f"오후 {hour}시"
        clock += f" {minute}분" if minute else ""
        day = f"{time.month}월 {time.day}일({_KOREAN_DAYS[time.weekday()]})"
        return f"{day} {clock}" if year in (None, time.year) else f"{time.year}년 {day} {clock}"
    day = f"{_ENGLISH_DAYS[time.weekday()]} {time.day} {_ENGLISH_MONTHS[time.month - 1]}"
    clock = f"{hour}{f':{minute:02}' if minute else ''} {'pm' if half else 'am'}"
    clock = {"12 am": "midnight", "12 pm": "noon"}.get(clock, clock)
    return f"{day}, {clock}" if year in (None, time.year) else f"{day} {time.year}, {clock}"


def _public_holidays(year: int) -> frozenset[dt.date]:
    """South Korea's public holidays of a year, substitute and temporary ones among them."""
    from holidays import country_holidays

    known = country_holidays("KR", years=year, categories=("public",))
    if year > known.end_year:
        return frozenset(dt.date(year, month, day) for month, day in _FIXED)
    return frozenset(known)

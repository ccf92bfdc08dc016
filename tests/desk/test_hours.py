"""When the office is open: weeks, holidays, single dates, and whose clock counts."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import HandoffSettings
from bot.desk.hours import OfficeHours, moment_text
from bot.times import SEOUL

ROOT = Path(__file__).resolve().parents[2]
LUNCH = "월-금 09:00-12:00 13:00-18:00"
HOURS = OfficeHours(HandoffSettings(hours=f"{LUNCH}, 토 09:00-13:00", closed="2021-03-02", open="2021-05-05"))
MOMENTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(SEOUL))  # noqa: DTZ001


def hours(**settings) -> OfficeHours:
    return OfficeHours(HandoffSettings(**settings))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        pytest.param("2021-02-05T19:40", "2021-02-08T09:00", id="friday evening"),
        pytest.param("2021-02-05T17:59:59", "2021-02-05T17:59:59", id="just before closing"),
        pytest.param("2021-02-05T18:00", "2021-02-08T09:00", id="closing"),
        pytest.param("2021-02-05T08:59:59", "2021-02-05T09:00", id="just before opening"),
        pytest.param("2021-02-05T09:00", "2021-02-05T09:00", id="opening"),
        pytest.param("2021-02-10T18:00", "2021-02-15T09:00", id="the new year by the moon, Thursday to Saturday"),
        pytest.param("2021-02-12T10:00", "2021-02-15T09:00", id="the day itself"),
        pytest.param("2021-08-13T20:00", "2021-08-17T09:00", id="a substitute holiday"),
        pytest.param("2020-08-14T20:00", "2020-08-18T09:00", id="a temporary holiday"),
        pytest.param("2024-04-09T20:00", "2024-04-11T09:00", id="an election"),
        pytest.param("2020-12-31T18:30", "2021-01-04T09:00", id="the turn of the year"),
        pytest.param("2021-05-04T18:30", "2021-05-06T09:00", id="a holiday in the middle of the week"),
    ],
)
def test_the_next_opening_passes_over_nights_week_ends_and_holidays(now, opens):
    assert hours().next_opening(at(now)) == at(opens)
    assert hours().is_open(at(now)) == (now == opens)


def test_a_day_that_only_banks_keep_is_a_working_day():
    assert hours().is_open(at("2020-05-01T10:00"))  # Labour Day, a public holiday from 2026 on


def test_holidays_can_be_left_out():
    assert hours(holidays=False).is_open(at("2021-02-12T10:00"))


def test_a_lunch_break_is_closed():
    lunch = hours(hours=LUNCH)

    assert [lunch.is_open(at(f"2021-02-08T{clock}")) for clock in ("11:59", "12:00", "12:59", "13:00")] == [True, False, False, True]
    assert lunch.next_opening(at("2021-02-08T12:30")) == at("2021-02-08T13:00")


def test_dates_of_the_settings_come_before_the_week_and_the_holidays():
    special = hours(closed="2021-02-08", open="2021-02-12, 2021-02-06")

    assert special.next_opening(at("2021-02-07T10:00")) == at("2021-02-09T09:00")
    assert special.is_open(at("2021-02-12T10:00"))
    assert special.is_open(at("2021-02-06T10:00"))  # a Saturday, worked like a Monday


def test_an_office_that_never_closes():
    always = hours(hours="매일 00:00-24:00", holidays=False)

    assert always.is_open(at("2021-02-14T23:59:59"))
    assert always.open_time(at("2021-02-14T23:00"), at("2021-02-15T01:00")) == dt.timedelta(hours=2)


@pytest.mark.parametrize(
    ("since", "until", "worked"),
    [
        ("2021-02-05T17:00", "2021-02-08T10:30", 2.5),
        ("2021-02-05T19:40", "2021-02-08T09:00", 0),
        ("2021-02-10T09:00", "2021-02-15T09:00", 9),
        ("2021-02-08T00:00", "2021-02-09T00:00", 9),
        ("2021-02-08T10:00", "2021-02-08T10:45", 0.75),
        ("2021-02-09T10:00", "2021-02-08T10:00", 0),
        ("2020-12-31T17:00", "2021-01-04T10:00", 2),
    ],
)
def test_waiting_is_counted_in_office_hours(since, until, worked):
    assert hours().open_time(at(since), at(until)) == dt.timedelta(hours=worked)


@pytest.mark.parametrize("year", [2101, 2502])
def test_beyond_what_the_library_computes_weekdays_and_fixed_dates_still_count(year):
    first = at(f"{year}-08-15T10:00")
    opens = hours().next_opening(first)

    assert opens.date() > first.date()
    assert opens.weekday() < 5


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_the_clock_of_the_machine_does_not_count(monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()

    try:
        friday = dt.datetime.fromtimestamp(1612521600, dt.timezone.utc).astimezone()  # 2021-02-05 19:40 in Seoul
        assert HOURS.next_opening(friday) == at("2021-02-06T09:00")
        assert hours().opening_text(friday, "ko") == "2월 8일(월) 오전 9시"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("time", "year", "korean", "english"),
    [
        ("2021-02-08T09:00", 2021, "2월 8일(월) 오전 9시", "Monday 8 February, 9 am"),
        ("2021-02-08T13:30", None, "2월 8일(월) 오후 1시 30분", "Monday 8 February, 1:30 pm"),
        ("2021-01-04T12:00", 2020, "2021년 1월 4일(월) 낮 12시", "Monday 4 January 2021, noon"),
        ("2021-12-05T00:00", 2021, "12월 5일(일) 오전 0시", "Sunday 5 December, midnight"),
        ("2021-12-04T00:05", 2021, "12월 4일(토) 오전 0시 5분", "Saturday 4 December, 12:05 am"),
        ("2021-12-04T12:05", 2021, "12월 4일(토) 낮 12시 5분", "Saturday 4 December, 12:05 pm"),
    ],
)
def test_a_moment_in_words(time, year, korean, english):
    assert moment_text(at(time), "ko", year) == korean
    assert moment_text(at(time), "en", year) == english


@pytest.mark.parametrize(("now", "text"), [("2020-12-31T18:30", "Monday 4 January 2021, 9 am"), ("2021-01-03T18:30", "Monday 4 January, 9 am")])
def test_a_resident_is_told_the_year_only_where_it_is_another(now, text):
    assert hours().opening_text(at(now), "en") == text


def test_the_digest_comes_on_its_day_or_not_at_all():
    assert hours().digest.latest(at("2021-02-08T09:00")) == at("2021-02-08T09:00")
    assert hours(digest="없음").digest is None


@given(MOMENTS)
def test_the_next_opening_is_open_and_nothing_before_it_is(now):
    opens = HOURS.next_opening(now)

    assert opens >= now
    assert HOURS.is_open(opens)
    assert HOURS.open_time(now, opens) == dt.timedelta()
    assert HOURS.is_open(now) == (opens == now)


@given(st.lists(MOMENTS, min_size=3, max_size=3), st.integers(0, 40))
def test_time_that_was_worked_adds_up(moments, days):
    first = min(moments)
    inner = sorted([first, *(first + (one - first) % dt.timedelta(days=days + 1) for one in moments)])

    parts = sum((HOURS.open_time(a, b) for a, b in pairwise(inner)), dt.timedelta())

    assert parts == HOURS.open_time(inner[0], inner[-1])


def test_the_library_of_holidays_is_loaded_by_the_first_question_and_not_before():
    code = (
        "import sys, datetime as dt\nfrom bot.config import HandoffSettings\nfrom bot.desk.hours import OfficeHours\n"
        "hours = OfficeHours(HandoffSettings())\nbefore = 'holidays' in sys.modules\n"
        "hours.is_open(dt.datetime(2021, 2, 12, 1, tzinfo=dt.timezone.utc))\nprint(before, 'holidays' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True).stdout.split()

    assert said == ["False", "True"]

"""How staff write days and hours, and what is refused with which words."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.times import SEOUL, Span, Weekly, in_seoul, read_dates, read_week, read_weekly

NINE_TO_SIX, MORNING = Span(540, 1080), Span(540, 780)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    "text",
    ["월-금 09:00-18:00", "mon-fri 9:00-18:00", "Monday-Friday 09:00 - 18:00", "평일 09:00-18:00", "월요일~금요일 ０９:００～18：00",
     "월,화,수,목,금 09:00-18:00", "월 화 수-금 09:00-18:00", "월-금 09:00-12:00 12:00-18:00", "월-금 09:00-14:00, 월-금 12:00-18:00"],
)  # fmt: skip
def test_one_week_is_written_in_many_ways(text):
    assert read_week(text) == ((NINE_TO_SIX,),) * 5 + ((), ())


def test_a_lunch_break_and_a_saturday():
    week = read_week("월-금 13:00-18:00 09:00-12:00, 토 09:00-13:00")

    assert week[0] == (Span(540, 720), Span(780, 1080))
    assert week[5:] == ((MORNING,), ())


def test_days_may_go_over_the_end_of_the_week_and_hours_to_the_end_of_the_day():
    week = read_week("토-월 00:00-24:00")

    assert [day for day in range(7) if week[day] == (Span(0, 1440),)] == [0, 5, 6]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("월-금", "시각이 없습니다"),
        ("09:00-18:00", "요일을 적고"),
        ("월-금 09:00-18:00,", "요일을 적고"),
        ("월 09:00-12:00 화", "요일을 적고"),
        ("월-금 9-18", "'9-18'"),
        ("월-굼 09:00-18:00", "'월-굼'"),
        ("m-f 09:00-18:00", "'m-f'"),
        ("월-금 18:00-09:00", "두 날로"),
        ("월-금 09:00-09:00", "끝이 처음보다"),
        ("월-금 09:00-24:01", "'24:01'"),
        ("월-금 09:60-18:00", "'09:60'"),
        ("", "요일을 적고"),
    ],
)
def test_hours_that_cannot_be_read_are_refused_with_the_bit_that_is_wrong(text, meant):
    with pytest.raises(ValueError, match=meant):
        read_week(text)


def test_dates_by_comma_or_blank():
    assert read_dates("2026-12-31, 2027-01-02 2026-12-31") == {dt.date(2026, 12, 31), dt.date(2027, 1, 2)}
    assert read_dates("") == set()


@pytest.mark.parametrize("text", ["2026-02-30", "12-31", "2026-12-31;2027-01-02", "크리스마스"])
def test_a_date_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="그런 날짜는 없습니다"):
        read_dates(text)


@pytest.mark.parametrize(("text", "moment"), [("월 09:00", Weekly(0, 540)), ("Fri 16:30", Weekly(4, 990)), ("일요일 0:00", Weekly(6, 0))])
def test_a_moment_of_the_week(text, moment):
    assert read_weekly(text) == moment


@pytest.mark.parametrize("text", ["없음", "none", "OFF", ""])
def test_no_moment_of_the_week(text):
    assert read_weekly(text) is None


@pytest.mark.parametrize("text", ["월", "09:00", "월-금 09:00", "월 24:00", "월 9시", "월 09:00 18:00", "아무때나"])
def test_a_moment_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match="'"):
        read_weekly(text)


@pytest.mark.parametrize(
    ("now", "latest"),
    [
        ("2021-02-08T09:00", "2021-02-08T09:00"),
        ("2021-02-08T08:59:59", "2021-02-01T09:00"),
        ("2021-02-14T23:00", "2021-02-08T09:00"),
        ("2021-01-01T12:00", "2020-12-28T09:00"),
    ],
)
def test_the_latest_moment_of_the_week_and_the_one_that_follows(now, latest):
    weekly = Weekly(0, 540)

    assert weekly.latest(at(now)) == at(latest)
    assert weekly.following(at(now)) == at(latest) + dt.timedelta(days=7)


def test_the_week_turns_by_the_clock_of_seoul():
    sunday_night = dt.datetime(2021, 2, 8, 0, 30, tzinfo=dt.timezone.utc)  # half past nine on Monday in Seoul

    assert Weekly(0, 540).latest(sunday_night) == at("2021-02-08T09:00")


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        in_seoul(dt.datetime(2021, 2, 5, 9, 0))  # noqa: DTZ001

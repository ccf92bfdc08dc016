"""The digest as it stands in the group: within Telegram's limits whatever the week was like."""

from __future__ import annotations

import dataclasses
import datetime as dt

from bot.channels.telegram.layout import MAX_BUTTONS, MAX_DATA, MAX_UNITS
from bot.channels.telegram.staff.digest_text import filled, page
from bot.desk.digest import MOST, Digest, Ending, Inquiries
from bot.store.grouping import Group
from bot.store.votes import Tally
from bot.times import SEOUL

NOW = dt.datetime(2021, 2, 8, 9, tzinfo=SEOUL)
EMPTY = Digest(NOW - dt.timedelta(days=7), NOW, (), 0, (), (), (), Inquiries(0, 0, 0, 0, None, None))


def asked(number: int, text: str, kind: str = "fallback", topics: tuple[str, ...] = ()) -> Group:
    return Group(kind, 1234, 567, NOW, NOW, text, topics, keys=(f"{999_999_990 + number}-1612137600",))


def read(digest: Digest, content, stopped=()) -> str:
    found = page(digest, content, stopped)
    return filled(found.template, {one.keys[0]: one.example for one in digest.groups})


def buttons(digest: Digest, content, stopped=()) -> list[list[str]]:
    rows = page(digest, content, stopped).buttons
    return [one for row in rows for one in ([[*row]] if isinstance(row[0], str) else row)]


def full(content) -> Digest:
    """A week in which there is as much of everything as is ever shown."""
    topics = [*content.topics][:200]
    endings = tuple(Ending(topic, dt.date(2021, 12, 31)) for topic in topics)
    groups = tuple(asked(number, "👨‍👩‍👧‍👦" * 400, "partial" if number % 2 else "fallback", (topics[number],)) for number in range(MOST))
    against = tuple(Tally(topic, 10**6, 10**6, 10**7) for topic in topics[10 : 10 + MOST])
    inquiries = Inquiries(10**6, 10**5, 10**5, 10**6, dt.timedelta(hours=100, minutes=59), dt.timedelta(hours=1000, minutes=59))
    return dataclasses.replace(EMPTY, groups=groups, all_groups=10**6, against=against, over=endings, soon=endings[20:], inquiries=inquiries)


def test_the_fullest_week_fits_into_one_message(engine):
    digest = full(engine.content)

    assert len(read(digest, engine.content).encode("utf-16-le")) // 2 <= MAX_UNITS
    assert len(page(digest, engine.content, ()).buttons) <= MAX_BUTTONS
    assert all(len(data.encode("utf-8")) <= MAX_DATA for _, data in buttons(digest, engine.content))


def test_a_topic_that_is_stopped_has_no_button_to_stop_it(engine):
    digest = dataclasses.replace(EMPTY, against=(Tally("cctv", 2, 1, 9),), over=(Ending("cctv", NOW.date()), Ending("shade", NOW.date())))

    assert [data for _, data in buttons(digest, engine.content, {"cctv"})] == ["1|dp|shade"]
    assert read(digest, engine.content, {"cctv"}).count("(멈춰 있음)") == 2
    assert "내용이 틀려요 2, 아니에요 1 (평가 9개 가운데)" in read(digest, engine.content)


def test_times_are_told_in_hours_and_minutes(engine):
    inquiries = Inquiries(4, 2, 0, 3, dt.timedelta(seconds=20), dt.timedelta(minutes=61))

    text = read(dataclasses.replace(EMPTY, inquiries=inquiries), engine.content)

    assert text.splitlines()[2:] == [
        "직원에게 온 문의 4건",
        "· 답한 문의 2건: 업무 시간으로 첫 답까지 가운데값 1분 안, 가장 길게 1시간 1분",
        "· 답하지 않은 문의 2건",
        "· 지금 열린 문의 3건",
    ]


def test_a_marks_own_text_in_an_example_replaces_nothing_else(engine):
    groups = (asked(1, "⟦999999992-1612137600⟧"), asked(2, "여권 갱신"))

    text = read(dataclasses.replace(EMPTY, groups=groups, all_groups=2), engine.content)

    assert text.count("여권 갱신") == 1

"""When the week's digest is posted, how often, and what goes from it in time. A real SQLite, the real engine, and a clock that is set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy import delete

from bot.channels.telegram.mailroom import Arrived, Mailroom
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.staff.digest_text import GONE, HEAD
from bot.channels.telegram.staff.group import StaffGroup
from bot.config import Settings
from bot.store.database import Database
from bot.store.keys import Keys
from bot.store.mail import Parcel
from bot.store.schema import questions
from bot.times import SEOUL
from tests.store.filling import add_question

STAFF = -1009
SUNDAY, MONDAY = dt.datetime(2021, 2, 7, 20, tzinfo=SEOUL), dt.datetime(2021, 2, 8, 9, tzinfo=SEOUL)
ASKED = ("여권 갱신 어디서 해요", "강아지 등록")


class Place:
    """A group of staff and a database, with as many bots at it as are wanted."""

    def __init__(self, database: Database, engine, me) -> None:
        self.database, self.engine, self.me = database, engine, me
        self.now, self.keys = SUNDAY, Keys("the-key-of-the-tests")

    def bot(self, digest: str = "월 09:00", group: int | None = STAFF) -> Mailroom:
        settings = Settings.model_validate({"handoff": {"digest": digest}})
        made = Mailroom(
            self.database, self.keys, SimpleNamespace(engine=self.engine), settings, self.me, Metrics(), lambda: self.now, StaffGroup(group)
        )
        made.tick()
        return made

    def tick(self, now: dt.datetime, *bots: Mailroom) -> None:
        self.now = now
        for bot in bots:
            bot.tick()

    def arrived(self) -> list[Parcel]:
        """What waits for the group, which thereby arrives: as messages 900, …"""
        bot, sent = self.bot(), []
        while parcels := bot.work(self.keys.chat(STAFF)).parcels:
            for parcel in parcels:
                bot.sent(Arrived(parcel, 900 + len(sent)))
                sent.append(parcel)
        return sent


@pytest.fixture
def place(tmp_path, engine, me) -> Iterator[Place]:
    database = Database(f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}")
    database.upgrade()
    for number, text in enumerate(ASKED):
        add_question(database, text, SUNDAY - dt.timedelta(hours=number))
    yield Place(database, engine, me)
    database.dispose()


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


def digests(parcels: list[Parcel]) -> list[str]:
    return [one.payload["text"] for one in parcels if one.method == "sendMessage" and one.payload["text"].startswith(HEAD)]


def test_it_is_posted_at_its_time_and_once(place):
    bot = place.bot()
    place.tick(MONDAY - hours(0.1), bot)
    early = place.arrived()
    place.tick(MONDAY, bot)
    place.tick(MONDAY + hours(1), bot, place.bot())

    assert early == []
    (text,) = digests(place.arrived())
    assert all(asked in text for asked in ASKED)


def test_of_two_replicas_that_gather_it_at_once_one_posts_it(place):
    first, second = place.bot(), place.bot()
    errands = []
    first.on_errand = second.on_errand = errands.append

    place.tick(MONDAY, first, second)
    for bot, errand in zip((first, second), errands, strict=True):
        bot.act(bot.carry_out(errand))

    assert len(digests(place.arrived())) == 1


@pytest.mark.parametrize(("late", "count"), [(47, 1), (49, 0)])
def test_after_an_outage_it_comes_late_or_no_more(place, late, count):
    place.bot()
    place.now = MONDAY + hours(late)

    place.tick(place.now, place.bot())

    assert len(digests(place.arrived())) == count


def test_a_bot_that_is_new_has_missed_none(place):
    place.now = MONDAY + hours(3)

    place.tick(place.now + hours(1), place.bot())

    assert place.arrived() == []
    place.tick(MONDAY + hours(24 * 7), place.bot())
    assert len(digests(place.arrived())) == 1


@pytest.mark.parametrize("settings", [{"digest": "없음"}, {"group": None}], ids=["switched off", "no group"])
def test_without_a_time_or_a_group_none_is_posted(place, settings):
    bot = place.bot(**settings)

    place.tick(MONDAY, bot)

    assert bot.work(place.keys.chat(STAFF)).parcels == []


def test_what_cannot_be_gathered_is_tried_again_later_and_not_at_every_turn(place, monkeypatch):
    tried = []

    def fail(*arguments):
        tried.append(place.now)
        raise RuntimeError("a fault of the program")

    bot = place.bot()
    with monkeypatch.context() as patch:
        patch.setattr("bot.channels.telegram.staff.digests.gather", fail)
        for minutes in (0, 1, 11):
            place.tick(MONDAY + dt.timedelta(minutes=minutes), bot)

    place.tick(MONDAY + dt.timedelta(minutes=22), bot)

    assert [time - MONDAY for time in tried] == [dt.timedelta(), dt.timedelta(minutes=11)]
    assert len(digests(place.arrived())) == 1


def test_a_week_of_nothing_is_one_calm_line(place):
    with place.database.begin() as connection:
        connection.execute(delete(questions))
    place.engine = SimpleNamespace(
        content=SimpleNamespace(topics={}), understander=place.engine.understander, wording=place.engine.wording
    )  # a content without periods
    bot = place.bot()

    place.tick(MONDAY, bot)

    (text,) = digests(place.arrived())
    assert text == f"{HEAD} (2월 1일–2월 8일): 알려 드릴 일이 없습니다. 답하지 못한 질문도, 기다리는 문의도 없습니다."


def test_a_question_that_is_no_longer_kept_goes_from_the_group_and_the_rest_stays(place):
    bot = place.bot()
    place.tick(MONDAY, bot)
    place.arrived()

    with place.database.begin() as connection:
        connection.execute(delete(questions).where(questions.c.text == ASKED[1]))
    add_question(place.database, "새 질문", MONDAY)  # SQLite gives it the id that is free again
    place.tick(MONDAY + hours(1), bot)

    (edit,) = place.arrived()
    assert (edit.method, edit.payload["message_id"]) == ("editMessageText", 900)
    assert ASKED[0] in edit.payload["text"]
    assert ASKED[1] not in edit.payload["text"]
    assert GONE in edit.payload["text"]
    assert edit.payload["buttons"]
    place.tick(MONDAY + hours(2), bot)
    assert place.arrived() == []

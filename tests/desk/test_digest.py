"""The figures of a week, from a real database and the real content."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from bot.config import HandoffSettings
from bot.content.model import Period
from bot.desk.digest import endings, gather
from bot.desk.hours import OfficeHours
from bot.matching import subject_words
from bot.store.database import Database
from bot.times import SEOUL
from tests.store.filling import add, add_handoff, add_question, add_vote

NOW = dt.datetime(2021, 2, 8, 9, tzinfo=SEOUL)  # a Monday
BOT = 1


@pytest.fixture
def database(tmp_path):
    found = Database(f"sqlite:///{tmp_path / 'bot.sqlite'}")
    found.upgrade()
    yield found
    found.dispose()


def ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def digest(database, engine, content=None, **settings):
    return gather(database, content or engine.content, subject_words(engine.understander.lexicon), OfficeHours(HandoffSettings(**settings)), BOT, NOW)


def voted(database, number, vote, *topics, days=1):
    add(database, "votes", reply_id=number, at=ago(days), person=f"p{number}", vote=vote, topics=topics, content="v1")


def without_periods(content):
    return dataclasses.replace(content, topics={name: topic.model_copy(update={"period": None}) for name, topic in content.topics.items()})


def test_what_was_asked_in_vain_is_put_together_the_most_asked_first(database, engine):
    for person, text in enumerate(["여권 갱신 어디서 해요", "여권 갱신 하는 곳", "여권 갱신", "강아지 등록"]):
        add_question(database, text, ago(1 + person), f"p{person}")
    add_question(database, "강아지 등록", ago(7.1), "p9")
    add_question(database, "안녕", ago(1), kind="other")

    found = digest(database, engine)

    assert [(one.count, one.people) for one in found.groups] == [(3, 3), (1, 1)]
    assert found.groups[0].example.startswith("여권 갱신")
    assert found.all_groups == 2


def test_no_more_than_five_groups_are_listed_and_all_are_counted(database, engine):
    for text in ("여권 갱신", "강아지 등록", "수영장 요금", "운전면허 적성검사", "공인중개사 시험", "결혼식장 예약", "전기차 충전"):
        add_question(database, text, ago(1))

    found = digest(database, engine)

    assert (len(found.groups), found.all_groups) == (5, 7)


def test_votes_against_are_told_with_how_many_voted_at_all(database, engine):
    for number, vote in enumerate(["wrong", "no", "yes", "yes"], 1):
        voted(database, number, vote, "cctv")
    for number, vote in enumerate(["no", "no", "no"], 11):
        voted(database, number, vote, "longevity", "cctv" if number == 11 else "shade")
    voted(database, 21, "yes", "newsletter")
    voted(database, 22, "wrong", "gone-topic")
    voted(database, 23, "wrong", "newsletter", days=8)

    found = digest(database, engine).against

    assert [(one.topic, one.wrong, one.no, one.votes) for one in found] == [("cctv", 1, 2, 5), ("longevity", 0, 3, 3), ("shade", 0, 2, 2)]


@pytest.mark.parametrize(
    ("until", "place"),
    [
        pytest.param("2021-02-07", "over", id="yesterday"),
        pytest.param("2021-02-08", "soon", id="today"),
        pytest.param("2021-02-22", "soon", id="in fourteen days"),
        pytest.param("2021-02-23", "", id="later"),
    ],
)
def test_a_period_ends_by_seouls_date(engine, until, place):
    content = without_periods(engine.content)
    period = Period(until=dt.date.fromisoformat(until))
    content = dataclasses.replace(content, topics={**content.topics, "cctv": content.topics["cctv"].model_copy(update={"period": period})})

    over, soon = endings(content, NOW.date())

    assert [[one.topic for one in found] for found in (over, soon)] == [["cctv"] if place == name else [] for name in ("over", "soon")]


def test_first_answers_are_counted_in_office_hours(database, engine):
    friday = dt.datetime(2021, 2, 5, 17, tzinfo=SEOUL)
    for number, answered in enumerate([friday + dt.timedelta(minutes=20), friday + dt.timedelta(minutes=50), NOW + dt.timedelta(minutes=-1)]):
        add_handoff(database, friday, f"p{number}", answered_at=answered, state="closed")
    add_handoff(database, ago(2), "p5")
    add_handoff(database, ago(2), "p6", state="declined")
    add_handoff(database, ago(2), "p7", state="withdrawn")
    add_handoff(database, ago(9), "p8")
    add_handoff(database, ago(2), "p9", bot=BOT + 1)

    found = digest(database, engine).inquiries

    assert (found.made, found.answered, found.without_answer, found.withdrawn, found.open) == (6, 3, 2, 1, 2)
    assert (found.typical, found.longest) == (dt.timedelta(minutes=50), dt.timedelta(minutes=60))  # the weekend does not count


def test_a_week_without_anything_is_empty_and_one_old_open_inquiry_is_something(database, engine):
    quiet = without_periods(engine.content)
    add_question(database, "여권 갱신", ago(8))
    add_vote(database, 1, ago(1))

    assert digest(database, engine, quiet).is_empty
    add_handoff(database, ago(20))
    assert not digest(database, engine, quiet).is_empty

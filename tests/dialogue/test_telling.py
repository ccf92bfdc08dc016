from __future__ import annotations

import datetime as dt

import pytest

SEOUL = dt.timezone(dt.timedelta(hours=9))
LAST_DAY = dt.datetime(2021, 2, 14, 23, 59, 59, tzinfo=SEOUL)
NEXT_DAY = dt.datetime(2021, 2, 15, 0, 0, 0, tzinfo=SEOUL)


def test_a_side_that_is_stated_is_answered(talk):
    reply = talk("은하가로등 몇 개예요").reply

    assert (reply.kind, reply.body) == ("answer", "은하가로등은 40개소예요.")


def test_a_side_that_is_not_stated_is_partial_with_what_is_known(talk):
    reply = talk("튼튼진료소 얼마예요").reply

    assert (reply.kind, reply.aspects) == ("partial", ("cost",))
    assert "소식지에 없어요" in reply.body.split(".")[0]
    assert "튼튼진료소가 있다는 것까지만 나와요." in reply.body
    assert "2개소" not in reply.body
    assert "전화 777" in reply.text


def test_one_side_stated_and_one_not_are_both_told(talk):
    reply = talk("은하가로등 몇 개고 언제 달았어요").reply

    assert (reply.kind, reply.aspects) == ("partial", ("how_many", "when"))
    assert "40개소" in reply.body
    assert "시기" in reply.body


def test_two_sides_that_are_stated_are_both_told(talk):
    reply = talk("은하가로등 몇 개고 어디 있어요").reply

    assert reply.kind == "answer"
    assert "40개소" in reply.body
    assert "강변" in reply.body


def test_asked_in_general_the_general_answer_is_told(talk):
    assert talk("은하가로등이 뭐예요").reply.body == "은하가로등은 산책로를 밝히는 등이에요."


@pytest.mark.parametrize("place", ["이촌동", "한남동", "이태원동", "해방촌", "삼각지"])
@pytest.mark.parametrize("name", ["은하가로등", "튼튼진료소"])
def test_nothing_is_affirmed_of_one_place_within_the_district(talk, place, name):
    reply = talk(f"{place} {name} 몇 개예요").reply

    assert reply.kind in ("partial", "fallback")
    assert f"'{place[1:]}'" not in reply.body  # a place is named whole or not at all


# -- dates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["튼튼진료소 언제까지 해요", "튼튼진료소 지금도 하나요", "튼튼진료소 뭐예요"])
def test_a_period_that_is_over_is_told_as_past_and_prolongation_as_unknown(talk, text):
    body = talk(text, now=NEXT_DAY).reply.body

    assert "2021년 2월 14일까지였" in body
    assert "연장했는지는 알 수 없" in body
    assert "끝났" not in body


@pytest.mark.parametrize("text", ["튼튼진료소 언제까지 해요", "튼튼진료소 지금도 하나요", "튼튼진료소 뭐예요"])
def test_on_its_last_day_a_period_is_not_over(talk, text):
    assert "지났" not in talk(text, now=LAST_DAY).reply.body


def test_a_period_that_is_over_is_told_in_english_too(talk):
    body = talk("when does the sturdy clinic end? until when?", now=NEXT_DAY).reply.body

    assert "February 14, 2021" in body
    assert "isn't known" in body


# -- still -------------------------------------------------------------------------------------------------------


def test_still_is_partial_where_nothing_says_so(talk):
    assert talk("튼튼진료소 아직 하나요", now=dt.datetime(2021, 2, 10, tzinfo=SEOUL)).reply.kind == "partial"


def test_still_is_answered_where_it_is_done(talk):
    reply = talk("은하가로등 아직 있나요", now=dt.datetime(2026, 2, 10, tzinfo=SEOUL)).reply

    assert reply.kind == "answer"
    assert "완료" in reply.body


@pytest.mark.parametrize(("day", "missing"), [(15, False), (29, False), (30, True)], ids=["at once", "last fresh day", "a day later"])
def test_still_is_stated_while_the_paper_is_fresh(town, day, missing):
    now = dt.datetime(2021, 1, day, 12, tzinfo=SEOUL)
    clinic = town.content.topics["clinic"]

    assert town.policy.telling.states(clinic, "still", now) is not missing


def test_how_long_a_paper_is_fresh_is_a_setting(make_engine):
    now = dt.datetime(2021, 1, 16, 12, tzinfo=SEOUL)
    engine = make_engine(fresh_days=0)

    assert not engine.policy.telling.states(engine.content.topics["clinic"], "still", now)


def test_before_the_paper_was_out_it_was_not_fresh(town):
    before = dt.datetime(2021, 1, 14, 12, tzinfo=SEOUL)

    assert not town.policy.telling.states(town.content.topics["clinic"], "still", before)


def test_a_paper_one_year_old_is_over_a_year_old_in_english(talk):
    body = talk("is the Doran room still open", now=dt.datetime(2022, 1, 20, tzinfo=SEOUL)).reply.body

    assert "1 years" not in body

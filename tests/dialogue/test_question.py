from __future__ import annotations

import pytest

from bot.dialogue import Option, State


@pytest.fixture(scope="session")
def understand(town):
    return lambda text, state=State(): town.understander.understand(text, state)  # noqa: B008


@pytest.fixture
def offered() -> State:
    return State(options=(Option("포근둥지", "nest"), Option("이 중에 없어요", None)))


PICKS = {"2": 2, "2번": 2, "2번이요": 2, "두번째 거": 2, "두 번째": 2, "number 2": 2, "#2": 2, "12번": 12, "2.": 2, "2)": 2}


@pytest.mark.parametrize(("text", "number"), PICKS.items(), ids=PICKS.keys())
def test_a_number_picks(understand, offered, text, number):
    assert understand(text, offered).pick == number


@pytest.mark.parametrize("text", ["0", "00", "0번", "0."])
def test_nought_picks_nothing_that_is_there(understand, offered, text):
    assert understand(text, offered).pick == 0


def test_what_follows_the_number_is_asked_of_it(understand, offered):
    question = understand("2번 어떻게 신청해요", offered)

    assert question.pick == 2
    assert [cue.id for cue in question.aspects] == ["how"]


@pytest.mark.parametrize("text", ["2개소 늘었나요", "2월에 하나요", "20명 뽑나요", "은하가로등 2번"])
def test_a_number_that_counts_something_picks_nothing(understand, offered, text):
    assert understand(text, offered).pick is None


def test_without_a_list_a_number_within_a_question_is_no_pick(understand):
    assert understand("2번 출구 앞 은하가로등").pick is None


TWO = [
    ("은하가로등이랑 튼튼진료소 몇 개예요", ["lamp", "clinic"]),
    ("튼튼진료소하고 은하가로등 몇 개예요", ["clinic", "lamp"]),
    ("은하가로등 몇 개예요", ["lamp"]),
    ("galaxy lamp and sturdy clinic how many", ["lamp", "clinic"]),
]


@pytest.mark.parametrize(("text", "topics"), TWO, ids=[text for text, _ in TWO])
def test_every_topic_that_is_named_is_chosen_in_the_order_named(understand, text, topics):
    assert [candidate.topic_id for candidate in understand(text).chosen] == topics


def test_every_side_that_is_asked_is_found_in_the_order_asked(understand):
    assert [cue.id for cue in understand("은하가로등 몇 개고 언제 달았어요").aspects] == ["how_many", "when"]


def test_a_weak_side_yields_to_a_strong_one(understand):
    assert [cue.id for cue in understand("은하가로등이 뭔지 어디 있는지 알려줘").aspects] == ["where"]


@pytest.mark.parametrize("text", ["은하가로등 40개 맞죠?", "은하가로등 40개라면서요", "은하가로등 40개 달았다던데"])
def test_what_is_put_forward_for_a_yes_is_a_claim(understand, text):
    assert understand(text).claims


@pytest.mark.parametrize("text", ["은하가로등 몇 개예요", "은하가로등 어디죠", "은하가로등 알려줘"])
def test_an_open_question_is_no_claim(understand, text):
    assert not understand(text).claims


def test_a_correction_leaves_out_the_topic_just_told(understand):
    question = understand("아니 그거 말고 아이 데리고 놀 만한 데", State(topics=("nest",)))

    assert "nest" not in {candidate.topic_id for candidate in question.candidates}
    assert question.chosen[0].topic_id == "room"


def test_no_one_corrects_before_anything_was_said(understand):
    assert not understand("아니 은하가로등 어디예요").goes("correction")


@pytest.mark.parametrize(("text", "years"), [("은하가로등 2019년에 몇 개", ["2019"]), ("은하가로등 2021년에 몇 개", []), ("은하가로등 20190개", [])])
def test_a_year_that_the_paper_does_not_speak_of_is_found(understand, text, years):
    assert understand(text).other_years == years


def test_understanding_leaves_the_state_as_it_was(understand, offered):
    before = offered.as_json()

    understand("1번 어디예요", offered)

    assert offered.as_json() == before

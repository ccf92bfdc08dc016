from __future__ import annotations

import datetime as dt
import json

import pytest

from bot.dialogue import Option, State
from bot.dialogue.state import VERSION

TOPICS, ASPECTS = {"lamp", "clinic", "room"}, {"when", "where"}
FULL = State(
    language="ko",
    chosen=True,
    topics=("lamp",),
    aspects=("when",),
    earlier=("clinic",),
    options=(Option("진료소", "clinic", ("where",)), Option("이 중에 없어요", None)),
    numbered=("room", "clinic"),
    told=("where",),
    fallbacks=1,
    turns=7,
    contacted=True,
    urgent=True,
    at="2021-02-01T00:00:00+00:00",
)
NOW = dt.datetime(2021, 2, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=9)))


def load(value: object) -> State:
    return State.from_json(value, TOPICS, ASPECTS)


def stored(**changes: object) -> dict[str, object]:
    return {**FULL.as_json(), **changes}


@pytest.mark.parametrize("state", [State(), FULL], ids=["fresh", "full"])
def test_a_state_comes_back_from_json_as_it_was(state):
    assert load(json.loads(json.dumps(state.as_json()))) == state
    assert load(json.dumps(state.as_json())) == state


@pytest.mark.parametrize("version", [0, VERSION + 1, "1", None, [], "x"])
def test_an_unknown_version_is_dropped(version):
    assert load(stored(version=version)) == State()


def test_a_topic_that_is_gone_is_dropped_and_numbers_keep_their_meaning():
    value = stored(topics=["gone", "lamp"], earlier=["gone"], numbered=["room", "gone"])

    state = load(value)

    assert (state.topics, state.earlier, state.numbered) == (("lamp",), (), ("room", ""))
    assert state.language == "ko"


def test_an_aspect_that_is_gone_is_dropped():
    state = load(stored(aspects=["gone", "when"], told=["gone"]))

    assert (state.aspects, state.told) == (("when",), ())


def test_the_option_of_a_topic_that_is_gone_keeps_its_number():
    state = load(
        stored(options=[{"label": "사라진 것", "topic": "gone", "aspects": []}, {"label": "진료소", "topic": "clinic", "aspects": ["gone"]}])
    )

    assert state.options == (Option("사라진 것", ""), Option("진료소", "clinic"))


GARBAGE = {
    "none": None,
    "number": 3,
    "large number": 10**30,
    "infinity": float("inf"),
    "not a number": float("nan"),
    "text": "가나다",
    "bytes": b"\xff",
    "list": [[], {}, None],
    "map": {"a": [1]},
    "object": object(),
}


@pytest.mark.parametrize("field", FULL.as_json())
@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_in_any_field_is_dropped_without_an_error(field, garbage):
    assert isinstance(load(stored(**{field: garbage})).aged(NOW, 30), State)


@pytest.mark.parametrize("field", FULL.as_json())
def test_a_field_that_lacks_is_no_error(field):
    value = stored()
    del value[field]

    assert load(value) == State()


@pytest.mark.parametrize(
    "value", [None, 0, "", "{", "[]", "null", "NaN", [], b"{}", object(), "[" * 100_000, '{"version": 1}'], ids=lambda v: repr(v)[:12]
)
def test_garbage_in_place_of_a_state_is_a_fresh_one(value):
    assert load(value) == State()


def test_after_a_pause_only_a_chosen_language_is_left():
    later = NOW + dt.timedelta(minutes=31)

    assert FULL.aged(later, 30) == State(language="ko", chosen=True)


@pytest.mark.parametrize("minutes", [0, 1, 30])
def test_within_the_pause_nothing_is_forgotten(minutes):
    assert FULL.aged(NOW + dt.timedelta(minutes=minutes), 30) == FULL


@pytest.mark.parametrize("at", ["", "gestern", "2021-99-01", "2021-02-01T00:00:00"], ids=["none", "a word", "no date", "without zone"])
def test_a_time_that_cannot_be_read_is_no_error(at):
    assert isinstance(load(stored(at=at)).aged(NOW, 30), State)

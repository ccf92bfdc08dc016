from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.fuzzy import Speller, closeness, letters

NEAR = [
    ("쏠라표지뱡", "쏠라표지병"),
    ("쏠라표지벙", "쏠라표지병"),
    ("비상뻴", "비상벨"),
    ("어린이짐", "어린이집"),
    ("펌프쟝", "펌프장"),
]
FAR = ["강아지", "수영장", "보험", "벨", "", "가나다라마바사"]


@pytest.fixture
def speller() -> Speller:
    return Speller(["쏠라표지병", "비상벨", "어린이집", "펌프장", "보행"])


@pytest.mark.parametrize(("typo", "word"), NEAR, ids=[typo for typo, _ in NEAR])
def test_a_slip_of_the_finger_is_put_right(speller, typo, word):
    found = speller.correct(typo)

    assert found is not None
    assert found[0] == word
    assert 0.7 < found[1] <= 1


@pytest.mark.parametrize("word", FAR)
def test_another_word_is_left_alone(speller, word):
    assert speller.correct(word) is None


def test_a_known_word_is_itself(speller):
    assert speller.correct("어린이집") == ("어린이집", 1.0)


def test_the_nearest_of_two_is_taken():
    speller = Speller(["지원센터", "지원샌더"])

    assert speller.correct("지원쎈터") == ("지원센터", pytest.approx(0.9, abs=0.1))


def test_the_order_in_which_words_are_learnt_does_not_matter():
    words = ["자전거보험", "자전거보행", "자전거보협"]

    assert Speller(words).correct("자전거보헙") == Speller(words[::-1]).correct("자전거보헙")


def test_without_words_nothing_is_corrected():
    assert Speller([]).correct("쏠라표지병") is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_scores_are_shares(left, right):
    assert 0.0 <= closeness(left, right) <= 1.0
    assert closeness(left, right) == pytest.approx(closeness(right, left))
    assert closeness(left, left) == 1.0


@given(st.text(alphabet="가각갉힣ㄱㅏab1 ", max_size=40))
def test_any_word_may_be_asked_of_the_speller(word):
    found = Speller(["비상벨", "쏠라표지병"]).correct(word)

    assert found is None or 0.0 <= found[1] <= 1.0


def test_one_wrong_key_is_one_letter_of_many():
    assert closeness(letters("쏠라표지병"), letters("쏠라표지뱡")) > 0.85

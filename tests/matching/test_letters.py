from __future__ import annotations

import pytest

from bot.matching.letters import letter_bits, sounds


def shared(left: str, right: str) -> float:
    one, other = set(letter_bits(left)), set(letter_bits(right))
    return len(one & other) / len(one | other)


def test_bits_are_syllables_pairs_and_threes_of_letters_with_the_edges_marked():
    assert letter_bits("가방") == ["가", "방", "\x01가", "가방", "방\x01", "\x01ㄱㅏ", "ㄱㅏㅂ", "ㅏㅂㅏ", "ㅂㅏㅇ", "ㅏㅇ\x01"]


@pytest.mark.parametrize(("text", "plain"), [("CCTV3대?", "CCTV3대"), ("\U0001f600", ""), ("!", "")])
def test_marks_make_no_bits(text, plain):
    assert letter_bits(text) == letter_bits(plain)


def test_a_slip_leaves_more_in_common_than_another_word_has():
    assert shared("쏠라표지병", "쏠라표지뱡") > 0.5 > shared("쏠라표지병", "자전거보험")


@pytest.mark.parametrize(("written", "heard"), [("이름이", "이르미"), ("공원이", "공워니"), ("조직을", "조지글")])
def test_a_word_spelt_by_ear_has_the_same_sounds(written, heard):
    assert sounds(written) == sounds(heard)


def test_a_sounding_letter_stays():
    assert sounds("강") != sounds("가")

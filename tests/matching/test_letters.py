from __future__ import annotations

import numpy as np
import pytest

from bot.matching.letters import letter_codes, sounds


def shared(left: str, right: str) -> float:
    one, other = set(letter_codes(left).tolist()), set(letter_codes(right).tolist())
    return len(one & other) / len(one | other)


@pytest.mark.parametrize("text", ["", "가", "가가가가가", "쏠라표지병", "CCTV 3대", "\U0001f600"])
def test_every_bit_is_there_once_and_in_order(text):
    codes = letter_codes(text)

    assert np.all(codes[1:] > codes[:-1])


def test_a_slip_leaves_more_in_common_than_another_word_has():
    assert shared("쏠라표지병", "쏠라표지뱡") > 0.5 > shared("쏠라표지병", "자전거보험")


@pytest.mark.parametrize(("written", "heard"), [("이름이", "이르미"), ("공원이", "공워니"), ("조직을", "조지글")])
def test_a_word_spelt_by_ear_has_the_same_sounds(written, heard):
    assert sounds(written) == sounds(heard)


def test_a_sounding_letter_stays():
    assert sounds("강") != sounds("가")

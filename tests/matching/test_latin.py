from __future__ import annotations

import pytest

from bot.matching.latin import LatinWords

TOWN = """
section: 동네
topics:
  - id: hall
    title: 용산 청년지음
    names: {ko: [청년지음, 공영 주차장], en: [Cheongnyeon Jieum, youth space, rainwater playground]}
    words: {en: [security, camera, childcare, play, ground, rain, water]}
    answer: {ko: 모이는 곳이에요., en: It is a place to meet.}
    lines: "1"
  - id: person
    title: 이몽룡 역사공원
    answer: 공원이에요.
    lines: "2"
"""


@pytest.fixture(scope="module")
def latin(make_content) -> LatinWords:
    return LatinWords(make_content(TOWN), ("the", "where", "is"))


@pytest.mark.parametrize("written", ["chungnyun jieum", "cheong-nyeon-jieum", "cheongnyeonjieum", "chong nyon ji eum"])
def test_a_name_is_put_as_staff_wrote_it_in_latin_letters(latin, written):
    assert latin.put_right(f"where is {written}?") == "where is cheongnyeon jieum?"


@pytest.mark.parametrize(("written", "name"), [("gongyoung joochajang", "공영주차장"), ("lee mong ryong", "이몽룡"), ("yi mongryong", "이몽룡")])
def test_a_name_that_has_no_latin_spelling_is_put_in_hangul(latin, written, name):
    assert latin.put_right(f"where is {written}") == f"where is {name}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("securty", "security"),
        ("secuirty", "security"),
        ("childcar", "childcare"),
        ("securities", "securities"),
        ("secerity", "security"),
        ("maturity", "maturity"),
    ],
)
def test_a_slip_in_an_english_word_is_mended_and_another_word_is_not(latin, written, meant):
    assert latin.put_right(f"the {written}") == f"the {meant}"


@pytest.mark.parametrize("written", ["rain water", "rain-water"])
def test_a_compound_written_as_two_words_is_one(latin, written):
    assert latin.put_right(f"the {written}") == "the rainwater"


@pytest.mark.parametrize("text", ["", "카메라 몇 대", "cctv 몇 대", "where is the youth space", "garbage", "the harmony of packing", "ab 12"])
def test_what_is_known_or_unlike_anything_stays(latin, text):
    assert latin.put_right(text) == text


def test_a_neighbourhood_is_put_in_hangul_and_never_in_pieces(latin):
    assert latin.put_right("cctv in huam-dong") == "cctv in 후암동"

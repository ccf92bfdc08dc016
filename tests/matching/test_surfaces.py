from __future__ import annotations

import pytest

from bot.matching.surfaces import Surfaces, compact, spell, stem


@pytest.fixture
def find(read):
    """The given surfaces that are found in a text, in order."""

    def found(text: str, *surfaces: str, loose: bool = False) -> list[str]:
        known = Surfaces()
        for surface in surfaces:
            known.add(compact(surface), surface)
        reading = read(text)
        return [name for _, _, names in known.find(reading.compact, reading.edges, loose=loose) for name in names]

    return found


@pytest.mark.parametrize("text", ["쏠라표지병 뭐예요", "쏠라 표지병뭐예요", "골목에쏠라표지병있나요", "쏠라표지병은요"])
def test_a_name_is_found_with_and_without_spaces(find, text):
    assert find(text, "쏠라표지병") == ["쏠라표지병"]


HIDDEN = [
    ("대상포진 예방접종", "대상"),
    ("아이스크림 가게", "아이"),
    ("학교에서 울려요", "서울"),
    ("어린이가 방에 있어요", "가방"),
    ("산에 갔습니다", "니다"),
]


@pytest.mark.parametrize(("text", "word"), HIDDEN, ids=[f"{word} in {text}" for text, word in HIDDEN])
def test_a_short_word_does_not_hide_in_longer_nouns_particles_or_endings(find, text, word):
    assert find(text, word) == []


@pytest.mark.parametrize("text", ["지원 대상 알려줘", "대상은 누구", "대상"])
def test_a_short_word_that_stands_by_itself_is_found(find, text):
    assert find(text, "대상") == ["대상"]


@pytest.mark.parametrize(("text", "expected"), [("벨 눌러요", ["벨"]), ("벨기에 여행", []), ("라벨 붙이기", [])])
def test_one_syllable_is_a_word_only_between_edges(find, text, expected):
    assert find(text, "벨") == expected


@pytest.mark.parametrize(("text", "expected"), [("cctv 몇 개", ["cctv"]), ("cctvx 몇 개", []), ("xcctv 몇 개", [])])
def test_latin_letters_are_whole_words(find, text, expected):
    assert find(text, "cctv") == expected


def test_where_two_overlap_the_longer_stands(find):
    assert find("방범용 카메라 있나요", "방범용", "방범용 카메라") == ["방범용 카메라"]


def test_what_is_found_comes_in_the_order_of_the_text(find):
    assert find("어린이집 옆 산책로", "산책로", "어린이집") == ["어린이집", "산책로"]


def test_a_cue_may_end_inside_an_ending(find):
    assert find("어떻게 신청하는지", "신청하", loose=True) == ["신청하"]


def test_ids_that_share_a_surface_are_all_found():
    surfaces = Surfaces()
    surfaces.add("벨", "bell")
    surfaces.add("벨", "alarm")
    surfaces.add("벨", "bell")

    assert surfaces.ids("벨") == ["bell", "alarm"]


def test_within_a_text_of_the_contents_own_no_edges_are_asked_for():
    surfaces = Surfaces()
    surfaces.add("대상", "target")

    assert surfaces.within("대상포진") == {"target"}


@pytest.mark.parametrize(("left", "right"), [("찌개", "찌게"), ("않돼", "안되"), ("됬다", "됫다"), ("왠일", "웬일")])
def test_spellings_that_sound_alike_are_one(left, right):
    assert spell(left) == spell(right)


@pytest.mark.parametrize("text", ["", "않 왜 웨 됐습니다", "가나다 abc 123", "값없었"])
def test_spelling_leaves_the_length_unchanged(text):
    assert len(spell(text)) == len(text)


@pytest.mark.parametrize("text", ["방범용 CCTV", " 방범용  cctv ", "방범용CCTV"])
def test_compact_forgets_spaces_and_case(text):
    assert compact(text) == "방범용cctv"


@pytest.mark.parametrize(("word", "other"), [("bells", "bell"), ("installed", "installing")])
def test_english_words_meet_without_their_endings(word, other):
    assert stem(word) == stem(other)


def test_nothing_is_found_in_nothing(find):
    assert find("", "대상") == []

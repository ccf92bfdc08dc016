from __future__ import annotations

import pytest


def keys(reading) -> set[str]:
    return {term.key for term in reading.terms}


def cues(reading) -> set[str]:
    return {cue.id for cue in reading.cues}


NAMED = {
    "without spaces": "방범용CCTV몇개예요",
    "with other spaces": "방범 용 CCTV 몇 개예요",
    "in capitals": "방범용 CCTV",
    "in full width": "방범용 ＣＣＴＶ",
}


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED.keys())
def test_a_name_is_read_however_it_is_set(read, text):
    assert "cctv" in keys(read(text))


@pytest.mark.parametrize("text", ["ㅇㅎㄱㄹㄷ 어디", "은하가로등 어디"], ids=["initials", "letters"])
def test_initials_are_read_as_the_name_they_stand_for(read, text):
    assert "은하가로등" in read(text).utterance.text


def test_korean_typed_on_an_english_keyboard_is_read_as_korean(read):
    assert read("Thffkvywlquddl anjdPdy").utterance.text == "쏠라표지병이 뭐예요"


def test_a_latin_word_of_the_content_is_not_decoded(read):
    assert read("cctv 몇 개").compact.startswith("cctv")


@pytest.mark.parametrize("text", ["어린이집 근처 사람들이 정말 궁금해요", "혹시 우리 동네 어린이집 좀 알려주세요"])
def test_everyday_words_are_no_words_of_the_question(read, text):
    assert [term.key for term in read(text).terms if not term.soft] == ["어린이집"]


def test_a_word_that_the_content_lacks_is_not_known(read):
    terms = {term.key: term.known for term in read("어린이집 수족관").terms}

    assert terms == {"어린이집": True, "수족관": False}


def test_synonyms_are_one_word(make_index):
    synonyms = "synonyms:\n  산책로: [둘레길, 산보길]\n"
    lexicon = make_index(synonyms=synonyms).lexicon

    assert keys(lexicon.read("둘레길 있나요")) == keys(lexicon.read("산책로 있나요")) == {"산책로"}


def test_everyday_words_hide_the_short_names_inside_them(make_index):
    everyday = "words:\n  ko: [아이고]\nplaces: []\n"
    lexicon = make_index(everyday=everyday).lexicon

    assert "아이" not in keys(lexicon.read("아이고 어쩌나"))
    assert "아이" in keys(lexicon.read("아이 맡길 곳"))


ASKED = [
    ("몇 개예요", "how_many"),
    ("몇개에요", "how_many"),
    ("언제까지요", "until"),
    ("어디 있어요", "where"),
    ("어떻게 신청하나요", "how"),
    ("지금도 하나요", "still"),
    ("누가 운영해요", "who"),
    ("where is it", "where"),
]


@pytest.mark.parametrize(("text", "aspect"), ASKED, ids=[text for text, _ in ASKED])
def test_what_is_asked_is_found(read, text, aspect):
    assert aspect in cues(read(text))


def test_offsets_count_the_characters_without_spaces(read):
    reading = read("골목 에 쏠라표지병")

    term = next(term for term in reading.terms if term.key == "쏠라표지병")

    assert reading.compact[term.start : term.end] == "쏠라표지병"
    assert reading.words == [(0, 2), (2, 3), (3, 8)]


def test_terms_come_in_the_order_of_the_text(read):
    starts = [term.start for term in read("산책로 옆 어린이집 카메라").terms]

    assert starts == sorted(starts)


def test_the_name_of_a_larger_place_is_kept_apart(read):
    assert read("서울 어린이집").elsewhere == [(0, 2)]


@pytest.mark.parametrize("text", ["", " ", "\0\x01", "👍", "..."], ids=["empty", "blank", "controls", "emoji", "marks"])
def test_what_holds_no_word_has_no_terms(read, text):
    assert read(text).terms == []


def test_a_korean_question_does_without_what_only_unknown_latin_words_need(make_index):
    lexicon = make_index().lexicon

    lexicon.read("방범용 CCTV 몇 개예요")
    assert "written" not in vars(lexicon)

    lexicon.read("where is the cctvs")
    assert "written" in vars(lexicon)

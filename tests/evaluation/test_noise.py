import random
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from bot.evaluation.noise import BY_CHARACTER, BY_MESSAGE, KINDS, NEIGHBOURS, Noise, on_english_keys, strokes, without_spaces
from bot.korean.jamo import KEYS, compose, from_keys

QUESTIONS = [
    "방범용 카메라는 작년에 몇 군데나 새로 달았어요",
    "임시 선별진료소는 언제까지 문을 여나요",
    "우리아이 안심학교는 모두 몇 개 학교인가요",
    "생활치료센터에는 몇 명이 들어갈 수 있나요",
    "어르신 일자리는 어디에서 신청하면 되는지 알려 주세요",
    "공영주차장을 새로 짓는 동네가 어디인지 궁금해요",
]
ENGLISH = "How many awards did the district get last year?"
KEY_OF = {letter: key for key, letter in KEYS.items()}


def spoil(text, *kinds, rate=0.1, seed=1):
    return Noise(kinds or KINDS, rate, seed).spoil(text)


def letters(text):
    return strokes(text).replace(" ", "")


@pytest.mark.parametrize("kind", KINDS)
def test_one_seed_spoils_one_text_in_one_way_whatever_came_before(kind):
    first, second = Noise([kind], 0.2, 7), Noise([kind], 0.2, 7)
    for other in QUESTIONS[1:]:
        second.spoil(other)

    assert first.spoil(QUESTIONS[0]) == second.spoil(QUESTIONS[0])


@pytest.mark.parametrize("kind", BY_CHARACTER)
def test_another_seed_makes_other_errors(kind):
    assert len({spoil(" ".join(QUESTIONS), kind, seed=seed) for seed in range(5)}) == 5


@pytest.mark.parametrize("kind", ["keyboard", "drop", "double"])
@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2])
def test_the_rate_is_kept_on_average(kind, rate):
    changes = characters = 0
    for question in QUESTIONS:
        for seed in range(60):
            changes += Levenshtein.distance(letters(question), letters(spoil(question, kind, rate=rate, seed=seed)), weights=(1, 1, 1))
            characters += len(question)

    assert changes / characters == pytest.approx(rate, rel=0.12)


def test_all_kinds_by_character_are_drawn_alike_often():
    noise = Noise(BY_CHARACTER, 0.1, 1)
    counts = dict.fromkeys(BY_CHARACTER, 0)
    for seed in range(1500):
        for _, kind in noise._draw(QUESTIONS[seed % len(QUESTIONS)], random.Random(seed)):
            counts[kind] += 1

    assert max(counts.values()) < 1.25 * min(counts.values())


def test_speech_recognition_mishears_as_many_words_as_the_rate_says():
    text = " ".join(QUESTIONS)

    by_rate = [Levenshtein.distance(transcript, text) for transcript in (spoil(text, "speech", rate=rate) for rate in (0.0, 0.02, 0.05))]

    assert by_rate[0] == 0 < by_rate[1] < by_rate[2]


@pytest.mark.parametrize("text", ["", " ", "2", "예", "a", "👍", "\n"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_text_of_one_character_or_none_stays(text, kind):
    assert spoil(text, kind, rate=1.0) == text


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "speech"])
def test_emoji_and_marks_stay_whole(kind):
    text = "용산 🚶‍♀️👨‍👩‍👧 구청?! ㅋㅋ"

    marks = re.sub(r"[가-힣ㄱ-ㅣᄀ-ᇿa-zA-Z\s]", "", unicodedata.normalize("NFC", spoil(text, kind, rate=1.0)))

    assert marks == "🚶‍♀️👨‍👩‍👧?!"


@pytest.mark.parametrize("kind", ["phonetic", "nospace", "qwerty", "nfd"])
def test_english_has_no_errors_that_only_korean_can_have(kind):
    assert spoil(ENGLISH, kind, rate=1.0) == ENGLISH


@pytest.mark.parametrize("kind", ["keyboard", "drop", "double", "spacing"])
def test_english_has_the_errors_of_its_own_keyboard(kind):
    spoiled = spoil(ENGLISH, kind, rate=0.2)

    assert spoiled != ENGLISH
    assert spoiled.isascii()


@pytest.mark.parametrize("seed", range(20))
def test_keyboard_hits_a_key_beside_the_one_that_was_meant(seed):
    before, after = strokes("용산구청주차장"), strokes(spoil("용산구청주차장", "keyboard", rate=0.14, seed=seed))

    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]

    assert len(changed) <= 1
    assert all(KEY_OF[new].lower() in NEIGHBOURS[KEY_OF[old].lower()] for old, new in changed)


def test_a_key_is_beside_those_around_it_and_figures_are_among_themselves():
    assert set(NEIGHBOURS["s"]) == set("adwezx")
    assert set(NEIGHBOURS["1"]) == {"2"}
    assert all(key in NEIGHBOURS[other] for key, near in NEIGHBOURS.items() for other in near)


@pytest.mark.parametrize(("kind", "more"), [("drop", -1), ("double", 1)])
def test_drop_leaves_a_key_out_and_double_hits_it_twice(kind, more):
    for seed in range(20):
        before, after = strokes("용산구청 주차장"), strokes(spoil("용산구청 주차장", kind, rate=0.126, seed=seed))
        errors = abs(len(after) - len(before))

        assert errors in (1, 2)
        assert len(after) - len(before) == more * errors


def test_a_word_is_put_together_anew_as_a_keyboard_does():
    spoiled = {spoil("설치", "drop", rate=0.5, seed=seed) for seed in range(40)}

    assert "서리" in spoiled


def test_spacing_changes_nothing_but_spaces():
    for question in QUESTIONS:
        spoiled = spoil(question, "spacing", rate=0.3)

        assert spoiled != question
        assert without_spaces(spoiled) == without_spaces(question)


def test_phonetic_writes_as_it_sounds():
    spoiled = {spoil("같이 맞춤 돼요", "phonetic", rate=0.3, seed=seed) for seed in range(60)}

    words = {word for text in spoiled for word in text.split()}
    assert {"가치", "마춤", "되요"} <= words


def test_nospace_removes_every_space():
    assert spoil("비상벨 몇 개", "nospace") == "비상벨몇개"


def test_qwerty_is_read_back_by_the_keyboard():
    assert on_english_keys("비상벨 뭐예요 CCTV") == "qltkdqpf anjdPdy CCTV"
    assert from_keys(spoil("비상벨을 몇 개 바꿨어요?", "qwerty")) == "비상벨을 몇 개 바꿨어요?"


@given(st.text(max_size=60))
def test_nfd_has_the_same_nfc(text):
    assert unicodedata.normalize("NFC", spoil(text, "nfd")) == unicodedata.normalize("NFC", text)


@given(st.text("가각닭괘뷁까ㅋㅏaZ1 ?👍\u0301\ud800", max_size=40), st.sampled_from([0.0, 0.1, 1.0]))
def test_any_text_can_be_spoiled(text, rate):
    for kind in KINDS:
        assert isinstance(spoil(text, kind, rate=rate), str)


@given(st.text("가각닭값괘뷁까않았꿨왜웹", max_size=30))
def test_the_strokes_of_a_word_make_the_word_again(text):
    assert compose(strokes(text)) == text


def test_no_rate_makes_no_error():
    assert [spoil(question, rate=0.0) for question in QUESTIONS] == QUESTIONS


def test_among_others_a_kind_of_the_whole_message_hits_the_share_that_the_rate_says():
    texts = [f"비상벨 {number} 몇 개" for number in range(400)]

    hit = sum(spoil(text, *BY_MESSAGE[:3], rate=0.2) != text for text in texts)

    assert 0.13 < hit / len(texts) < 0.27


@pytest.mark.parametrize(("kinds", "rate"), [(["typo"], 0.1), ([], 0.1), (KINDS, -0.1), (KINDS, 1.1)])
def test_what_is_no_noise_is_refused(kinds, rate):
    with pytest.raises(ValueError, match="no kind|rate"):
        Noise(kinds, rate)

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.korean.jamo import KEYS, compose, decompose, fold, from_keys, initials, is_jamo

SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=40)


@given(SYLLABLES)
@example("각사 갃아 값이 까까 고아 와 뷁 갂")
def test_composing_undoes_decomposing(text):
    assert compose(decompose(text)) == text


@given(st.text("ㄱㄲㄳㄵㄼㄸㅉㅏㅗㅘㅢㅣㅡabZ 가각!", max_size=12))
def test_any_letters_compose_without_loss(letters):
    assert decompose(compose(letters)).count("!") == letters.count("!")
    assert compose(letters).replace(" ", "") or not letters.strip()


@given(st.text(max_size=60))
def test_what_is_not_hangul_stays(text):
    plain = "".join(char for char in text if not is_jamo(char) and not "가" <= char <= "힣")

    assert decompose(plain) == compose(plain) == plain


@given(SYLLABLES)
def test_initials_are_one_for_each_syllable(text):
    assert len(initials(text)) == len(text)


@pytest.mark.parametrize(
    ("letters", "word"),
    [
        ("ㄷㅏㅁ", "담"),
        ("ㅇㅗㅏ", "와"),
        ("ㄱㅏㅂㅅ", "값"),
        ("ㄱㅏㅂㅅㅣ", "갑시"),
        ("ㄲㅏㅏ", "까ㅏ"),
        ("ㄳㅏ", "ㄳㅏ"),
        ("ㄱㄱ", "ㄱㄱ"),
        ("ㄸ", "ㄸ"),
        ("ㅗㅏ", "ㅗㅏ"),
        ("", ""),
    ],
)
def test_letters_are_put_together_as_on_a_keyboard(letters, word):
    assert compose(letters) == word


def test_every_key_but_shift_is_a_letter():
    assert from_keys("anjdPdy?") == "뭐예요?"
    assert len(KEYS) == 52
    assert from_keys("A") == from_keys("a") == "ㅁ"


def test_sounds_alike_are_folded():
    assert fold(decompose("왜")) == fold(decompose("외"))

"""Slips that can be taken back whatever the word: keys hit twice (작녀ㅕㄴ, 친ㄴ구), and consonants written where they are heard (이르미)."""

from __future__ import annotations

import re

from bot.korean.jamo import BASE, LEADS, TAILS, compose, decompose, is_jamo, is_syllable

_SPOILT = re.compile(r"(?=\S*[가-힣])(?=\S*[ㄱ-ㅣ])[가-힣ㄱ-ㅣ]{2,}")
_VOWEL_TWICE = re.compile(r"([ㅏ-ㅣ])\1+")  # between two vowels a syllable has a consonant
_LAUGHS = "ㅋㅎㅠㅜㅡ"
_COMPOUND = {"ㅘㅏ": "ㅘ", "ㅝㅓ": "ㅝ", "ㅚㅣ": "ㅚ", "ㅟㅣ": "ㅟ", "ㅢㅣ": "ㅢ", "ㅙㅐ": "ㅙ", "ㅞㅔ": "ㅞ"}


def retype(text: str) -> str:
    """The text with repeated keys taken back, in words that hold a letter outside a syllable and where that makes syllables whole."""
    return _SPOILT.sub(lambda match: _word(match[0]), text)


def _word(word: str) -> str:
    plain = word.rstrip(_LAUGHS)  # 뭐예요ㅋㅋ
    return _whole(plain) + word[len(plain) :]


def _whole(word: str) -> str:
    letters = _VOWEL_TWICE.sub(r"\1", decompose(word))
    for twice, once in _COMPOUND.items():
        letters = letters.replace(twice, once)
    again = compose(letters)
    while (fewer := _without_repeats(again)) != again:
        again = fewer
    return again if sum(map(is_jamo, again)) < sum(map(is_jamo, word)) else word


def _without_repeats(word: str) -> str:
    """The word without lone consonants that the syllable before ends with or the one behind begins with."""
    kept = []
    for n, char in enumerate(word):
        if is_jamo(char):
            before, behind = word[n - 1 : n], word[n + 1 : n + 2]
            if is_syllable(before or "?") and decompose(before)[-1] == char:
                continue
            if is_syllable(behind or "?") and decompose(behind)[0] == char:
                continue
        kept.append(char)
    return "".join(kept)


def carry_back(first: str, second: str) -> tuple[str, str] | None:
    """Two syllables with the consonant of the second under the first: 르미 is 름이. None where the first has a consonant there already."""
    if not is_syllable(first) or not is_syllable(second):
        return None
    above, below = ord(first) - BASE, ord(second) - BASE
    lead = LEADS[below // 588]
    if above % 28 or lead not in TAILS or lead == "ㅇ":
        return None
    return chr(BASE + above + TAILS.index(lead)), chr(BASE + LEADS.index("ㅇ") * 588 + below % 588)

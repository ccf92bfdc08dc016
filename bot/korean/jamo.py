"""Hangul letters: syllables to letters and back, initials, and the two-set keyboard.

Offsets and lengths count characters. Source of the arithmetic: The Unicode Standard, section 3.12.
"""

from __future__ import annotations

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS: list[str] = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]

_LEAD_PLACE = {letter: place for place, letter in enumerate(LEADS)}
_VOWEL_PLACE = {letter: place for place, letter in enumerate(VOWELS)}
_TAIL_PLACE = {letter: place for place, letter in enumerate(TAILS)}

BASE, LAST = 0xAC00, 0xD7A3

COMPOUND_VOWELS = {"ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ"}
COMPOUND_TAILS = {
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ",
    "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip
SPLIT_TAILS = {whole: parts for parts, whole in COMPOUND_TAILS.items()}

# The Korean standard two-set keyboard (KS X 5002) by the English keys it shares.
KEYS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        strict=True,
    )
)
KEYS.update({key.upper(): letter for key, letter in KEYS.items() if key.islower() and key.upper() not in KEYS})

_TYPED = {ord(key): letter for key, letter in KEYS.items()}

# Letters that sound alike in everyday Korean, so that a spelling by ear still meets the word.
_SOUNDS = str.maketrans({"ㅐ": "ㅔ", "ㅒ": "ㅖ", "ㅙ": "ㅚ", "ㅞ": "ㅚ", "ㅆ": "ㅅ", "ㄲ": "ㄱ", "ㄸ": "ㄷ", "ㅃ": "ㅂ", "ㅉ": "ㅈ"})


class _Letters(dict[int, str]):
    """The letters of every syllable that was asked for; nothing of what is none."""

    def __missing__(self, code: int) -> str:
        if not BASE <= code <= LAST:
            return chr(code)
        letters = self[code] = _split(code - BASE)
        return letters


_LETTERS = _Letters()


def decompose(text: str) -> str:
    """The text with every Hangul syllable written as its letters; all else stays."""
    return text.translate(_LETTERS)


def _split(code: int) -> str:
    tail = TAILS[code % 28]
    return LEADS[code // 588] + VOWELS[code // 28 % 21] + tail


def fold(letters: str) -> str:
    """Decomposed letters with those that sound alike made one (ㅐ/ㅔ, ㅙ/ㅚ/ㅞ, doubled consonants)."""
    return letters.translate(_SOUNDS)


def initials(text: str) -> str:
    """The first consonant of every syllable; other letters, spaces and marks are left out."""
    return "".join(LEADS[(ord(c) - BASE) // 588] for c in text if BASE <= ord(c) <= LAST)


def is_syllable(char: str) -> bool:
    return BASE <= ord(char) <= LAST


def is_jamo(char: str) -> bool:
    """Whether the character is a lone letter of the compatibility block (ㄱ to ㅣ)."""
    return "ㄱ" <= char <= "ㅣ"


def compose(letters: str) -> str:
    """Syllables from letters typed one after another, as a keyboard would put them together.

    What is no Hangul letter ends a syllable and stays; letters that fit nowhere stay alone.
    """
    out: list[str] = []
    lead, vowel, tail = "", "", ""
    for letter in letters:
        if letter in _VOWEL_PLACE:
            if tail:
                parts = SPLIT_TAILS.get(tail, "")
                kept, moved = (parts[0], parts[1]) if parts else ("", tail)
                out.append(_syllable(lead, vowel, kept))
                lead, vowel, tail = moved, letter, ""
            elif vowel and lead and vowel + letter in COMPOUND_VOWELS:
                vowel = COMPOUND_VOWELS[vowel + letter]
            elif lead and not vowel:
                vowel = letter
            else:
                out.append(_syllable(lead, vowel, tail))
                lead, vowel = "", letter
        elif lead and vowel and not tail and letter in _TAIL_PLACE:
            tail = letter
        elif tail and tail + letter in COMPOUND_TAILS:
            tail = COMPOUND_TAILS[tail + letter]
        else:
            out.append(_syllable(lead, vowel, tail))
            lead, vowel, tail = (letter if letter in _LEAD_PLACE else ""), "", ""
            if not lead:
                out.append(letter)
    out.append(_syllable(lead, vowel, tail))
    return "".join(out)


def _syllable(lead: str, vowel: str, tail: str) -> str:
    if lead and vowel:
        return chr(BASE + _LEAD_PLACE[lead] * 588 + _VOWEL_PLACE[vowel] * 28 + _TAIL_PLACE[tail])
    return lead + vowel


def from_keys(text: str) -> str:
    """What the English-keyboard text says when its keys are read as Korean ones."""
    return compose(text.translate(_TYPED))

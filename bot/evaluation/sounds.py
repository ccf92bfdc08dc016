"""How Korean is misspelt by ear, and what speech recognition writes: the parts of the noise that know how a text sounds.

Only spellings are made here; noise.py says how many of them, and where. The rules are those of the standard pronunciation as far as
people are known to write them down (가치, 마춤, 조아, 업써), not a full account of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

from bot.korean.jamo import BASE, LEADS, TAILS, VOWELS, is_syllable

_NIEUN = {
    "ㄱ": "ㅇ",
    "ㄲ": "ㅇ",
    "ㅋ": "ㅇ",
    "ㅂ": "ㅁ",
    "ㅍ": "ㅁ",
    "ㅄ": "ㅁ",
    "ㄷ": "ㄴ",
    "ㅅ": "ㄴ",
    "ㅆ": "ㄴ",
    "ㅈ": "ㄴ",
    "ㅊ": "ㄴ",
    "ㅌ": "ㄴ",
}
_CARRIED = {"ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅄ": "ㅂㅆ"}
_BREATHED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅂ": "ㅍ", "ㅈ": "ㅊ"}
_TENSE = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
_WITHOUT_HIEUH = {"ㅎ": "", "ㄶ": "ㄴ", "ㅀ": "ㄹ"}
_SHUT = {
    "ㅆ": "ㅅ",
    "ㄲ": "ㄱ",
    "ㅋ": "ㄱ",
    "ㅍ": "ㅂ",
    "ㅄ": "ㅂ",
    "ㄶ": "ㄴ",
    "ㄵ": "ㄴ",
    "ㅀ": "ㄹ",
    "ㄺ": "ㄱ",
    "ㄻ": "ㅁ",
    "ㄼ": "ㄹ",
    "ㅊ": "ㄷ",
    "ㅌ": "ㄷ",
    "ㅈ": "ㄷ",
}
_VOWELS = {"ㅐ": "ㅔ", "ㅔ": "ㅐ", "ㅒ": "ㅖ", "ㅖ": "ㅔ", "ㅚ": "ㅙ", "ㅙ": "ㅚ", "ㅞ": "ㅚ", "ㅢ": "ㅣ"}

_SINO = "영 일 이 삼 사 오 육 칠 팔 구".split()
_NATIVE = "|한|두|세|네|다섯|여섯|일곱|여덟|아홉".split("|")
_NATIVE_TENS = "|열|스물|서른|마흔|쉰|예순|일흔|여든|아흔".split("|")
_MONTHS = {6: "유", 10: "시"}
_PHONE = re.compile(r"(?<![\d.,])(?:0\d{1,2}-\d{3,4}-\d{4}|0\d{1,2}-\d{3}|1\d{3}-\d{4})(?![\d-])")
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+)(?!\.))?(?=(\s*(?:개소|개월|개년|개|곳|명|가지|군데|살|시간|시(?!설)|달|번째|월))?)")
_COUNTED_NATIVELY = frozenset("개 곳 명 가지 군데 살 시간 시 달 번째".split())
_MOST_NATIVE = 20  # 스무 개 is still said so; 서른세 개소 hardly
_MARKS = re.compile(r"[^\w\s%㎡/]|_")


@dataclass(frozen=True, slots=True)
class Respelling:
    """A part of a text, [start, end), and what is written for it."""

    start: int
    end: int
    text: str


# -- by ear ----------------------------------------------------------------------------------------------------------


def by_ear(text: str, place: int) -> list[Respelling]:
    """The ways in which the syllable there, with the one behind it, is misspelt by ear; none where it is no Hangul syllable."""
    if not is_syllable(text[place]):
        return []
    lead, vowel, tail = _letters(text[place])
    found = _with_next(text, place, lead, vowel, tail) if text[place + 1 : place + 2] and is_syllable(text[place + 1]) else []
    alone = []
    if vowel in _VOWELS:
        alone.append(_syllable(lead, _VOWELS[vowel], tail))
    if vowel == "ㅢ" and lead == "ㅇ" and not tail:
        alone.append("에")
    if vowel == "ㅕ" and lead in "ㅈㅊ":
        alone.append(_syllable(lead, "ㅓ", tail))
    if tail in _SHUT:
        alone.append(_syllable(lead, vowel, _SHUT[tail]))
    return found + [Respelling(place, place + 1, one) for one in alone]


def _with_next(text: str, place: int, lead: str, vowel: str, tail: str) -> list[Respelling]:
    """What two syllables become where the first ends in a consonant."""
    next_lead, next_vowel, next_tail = _letters(text[place + 1])
    return [
        Respelling(place, place + 2, _syllable(lead, vowel, left) + _syllable(right, next_vowel, next_tail))
        for left, right in _meeting(tail, next_lead, next_vowel)
    ]


def _meeting(tail: str, lead: str, vowel: str) -> list[tuple[str, str]]:
    """(tail, lead) as they sound, of a tail and the lead behind it; none where they sound as they are written."""
    if not tail:
        return []
    if lead == "ㅇ":
        return _carried(tail, vowel)
    if tail in _WITHOUT_HIEUH:
        return [(_WITHOUT_HIEUH[tail], _BREATHED[lead])] if lead in _BREATHED else []
    if lead == "ㅎ":
        return [("", _BREATHED[tail])] if tail in _BREATHED else [("", "ㅌ")] if tail in "ㅅㅆㅌ" else []
    if tail in _NIEUN and lead in "ㄴㅁ":
        return [(_NIEUN[tail], lead)]
    if (tail, lead) in (("ㄴ", "ㄹ"), ("ㄹ", "ㄴ")):
        return [("ㄹ", "ㄹ")]
    if tail in "ㅈㅊㅅㅆ" and lead in "ㅈㅊ":
        return [("", lead)]  # 맞춤 → 마춤
    return [(tail, _TENSE[lead])] if tail in "ㄱㄷㅂㅅㅆㅈㅊㅌㅍ" and lead in _TENSE else []


def _carried(tail: str, vowel: str) -> list[tuple[str, str]]:
    """A tail that is said with the vowel behind it: 옷을 → 오슬, 같이 → 가치, 좋아 → 조아."""
    if tail in "ㄷㅌ" and vowel == "ㅣ":
        return [("", "ㅈ" if tail == "ㄷ" else "ㅊ")]
    if tail in _WITHOUT_HIEUH:
        left = _WITHOUT_HIEUH[tail]
        return [("", left)] if left else [("", "ㅇ")]
    if tail in _CARRIED:
        return [(_CARRIED[tail][0], _CARRIED[tail][1])]
    return [("", tail)] if tail != "ㅇ" else []


def _letters(syllable: str) -> tuple[str, str, str]:
    code = ord(syllable) - BASE
    return LEADS[code // 588], VOWELS[code // 28 % 21], TAILS[code % 28]


def _syllable(lead: str, vowel: str, tail: str) -> str:
    return chr(BASE + LEADS.index(lead) * 588 + VOWELS.index(vowel) * 28 + TAILS.index(tail))


# -- speech recognition ----------------------------------------------------------------------------------------------


def homophones(text: str) -> list[Respelling]:
    """Every word of the text that sounds like another, with each of those; where they overlap, the longest."""
    groups, pattern = _heard()
    return [Respelling(m.start(), m.end(), other) for m in pattern.finditer(text) for other in groups[m[0]]]


def transcribed(text: str) -> str:
    """The text as dictated: figures and abbreviations in words, no punctuation. English keeps its figures and loses its capitals."""
    if not any(map(is_syllable, text)) and any(char.isalpha() for char in text):
        return " ".join(_MARKS.sub("", text.replace("-", " ")).lower().split())
    text = _PHONE.sub(lambda m: " ".join("".join("공" if d == "0" else _SINO[int(d)] for d in part) for part in m[0].split("-")), text)
    text = _NUMBER.sub(_said, text)
    spoken, pattern = _abbreviations()
    text = pattern.sub(lambda m: spoken[m[0].lower()], text)
    return " ".join(_MARKS.sub(" ", text).split())


def _said(match: re.Match[str]) -> str:
    number, decimals, counter = int(match[1].replace(",", "")), match[2], (match[3] or "").strip()
    if decimals:
        return sino(number) + "점" + "".join(_SINO[int(d)] for d in decimals)
    if counter == "월" and number in _MONTHS:
        return _MONTHS[number]
    gap = "" if match[3] is None or match[3][:1].isspace() else " "
    if counter in _COUNTED_NATIVELY and 0 < number <= _MOST_NATIVE:
        return native(number) + gap
    return sino(number)


def sino(number: int) -> str:
    """A whole number of at most twelve digits in Sino-Korean words (223: 이백이십삼); longer ones digit by digit."""
    if number == 0 or number >= 10**12:
        return "".join(_SINO[int(digit)] for digit in str(number))
    parts: list[str] = []
    for size, name in ((10**8, "억"), (10**4, "만"), (1, "")):
        section = number // size % 10_000
        said = "".join(
            ("" if digit == 1 and unit else _SINO[digit]) + unit
            for digit, unit in ((section // 1000, "천"), (section // 100 % 10, "백"), (section // 10 % 10, "십"), (section % 10, ""))
            if digit
        )
        if section:
            parts.append("만" if name == "만" and section == 1 and not parts else said + name)
    return "".join(parts)


def native(number: int) -> str:
    """A number from 1 to 99 before what it counts: 한, 스무, 스물한."""
    return "스무" if number == 20 else _NATIVE_TENS[number // 10] + _NATIVE[number % 10]


@lru_cache(1)
def _file() -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((resources.files("bot.evaluation") / "sounds.yaml").read_text(encoding="utf-8"))
    return loaded


@lru_cache(1)
def _heard() -> tuple[dict[str, list[str]], re.Pattern[str]]:
    groups: dict[str, list[str]] = {}
    listed = _file()["homophones"]
    assert isinstance(listed, list)
    for group in listed:
        for word in group:
            groups[word] = [other for other in group if other != word]
    return groups, re.compile("|".join(sorted(map(re.escape, groups), key=len, reverse=True)))


@lru_cache(1)
def _abbreviations() -> tuple[dict[str, str], re.Pattern[str]]:
    listed = _file()["spoken"]
    assert isinstance(listed, dict)
    spoken = {str(word).lower(): str(said) for word, said in listed.items()}
    words = "|".join(re.escape(word) for word in sorted(spoken, key=len, reverse=True))
    return spoken, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.IGNORECASE)

"""Korean names in Latin letters: as the Revised Romanisation writes them, and how foreigners write them by ear.

`sound` makes spellings one that are meant alike (Cheongnyeon, Chungnyun, cheong-nyon). It is loose: only whole names are worth comparing by it.
Source of the rules: Revised Romanization of Korean, Ministry of Culture and Tourism, 2000-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.korean.jamo import BASE, LAST

_LEADS = "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" ")
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_TAILS = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ")
# The same before a vowel, where the last consonant is heard with it.
_LINKED = " g kk ks n nj n d r lg lm lb ls lt lp r m b ps s ss ng j ch k t p ".split(" ")
_SILENT = 11  # ㅇ that opens a syllable
_NASAL = {"k": "ng", "t": "n", "p": "m"}
_BREATHED = {"g": "k", "d": "t", "j": "ch"}  # behind ㅎ
_UNITS = {"동": "-dong", "로": "-ro", "길": "-gil", "구": "-gu"}  # always hyphened, and never changed by what stands before
_H_TAILS = {6: "n", 15: "l", 27: ""}  # ㄶ ㅀ ㅎ


def romanise(text: str, by_ear: bool = True) -> str:
    """The text with its Hangul in Latin letters; all else stays.

    by_ear  as it is spoken (국립 is gungnip), as the rules want it; else syllable by syllable (gukrip), as many write it
    """
    out: list[str] = []
    tail = 0  # of the syllable before, which the next one may change
    for lead, vowel, end, char in _syllables(text):
        if lead < 0:
            out += (_TAILS[tail], char)
        else:
            out += (*_join(tail, lead, vowel, by_ear), _VOWELS[vowel])
        tail = end
    return "".join(out) + _TAILS[tail]


def _syllables(text: str) -> Iterator[tuple[int, int, int, str]]:
    """(lead, vowel, tail, character); lead is -1 for what is no syllable."""
    for char in text:
        code = ord(char) - BASE
        if 0 <= code <= LAST - BASE:
            yield code // 588, code // 28 % 21, code % 28, char
        else:
            yield -1, 0, 0, char


def _join(tail: int, lead: int, vowel: int, by_ear: bool) -> tuple[str, str]:
    """The consonants where two syllables meet."""
    first, second = _TAILS[tail], _LEADS[lead]
    if not by_ear or not tail:
        return first, second
    if lead == _SILENT:
        palatal = {7: "j", 25: "ch"}.get(tail) if _VOWELS[vowel] == "i" else None  # 굳이, 같이
        return palatal or _LINKED[tail], ""
    if tail in _H_TAILS:
        return _H_TAILS[tail], _BREATHED.get(second, second)
    if second == "r" and first != "l":
        return ("l", "l") if first == "n" else (_NASAL.get(first, first), "n")
    if first == "l" and second in ("n", "r"):
        return "l", "l"
    return (_NASAL.get(first, first) if second in ("n", "m") else first), second


def name_in_latin(name: str) -> str:
    """The name of a place as a sign writes it: Hannam-dong, Hangang-ro."""
    unit = _UNITS.get(name[-1:]) if len(name) > 2 else None
    return romanise(name[:-1]).capitalize() + unit if unit else romanise(name).capitalize()


# In this order, then letter by letter, then the rest: consonants of one place are one letter, and so are o, u, eo and eu.
_PAIRS = (("sh", "s"), ("ch", "j"), ("ck", "k"), ("woo", "u"))
_LETTERS = str.maketrans("gcqdbfvzr", "kkktpppjl", " -'’.")
_ALIKE = (
    (re.compile(r"[^a-z0-9]|(?<=[ktpj])h"), ""),
    (re.compile(r"eui|ui(?![aeo])|ee|y(?![aeiou])"), "i"),
    (re.compile(r"ae|eh"), "e"),
    (re.compile(r"e[ou]|o[ou]|uh|u"), "o"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def sound(latin: str) -> str:
    """What spellings of one Korean name have in common."""
    latin = latin.lower()
    for pair, same in _PAIRS:
        latin = latin.replace(pair, same)
    latin = latin.translate(_LETTERS)
    for pattern, same in _ALIKE:
        latin = pattern.sub(same, latin)
    return latin

"""A text as bits of its letters, which survive typos and words that the tagger breaks: every syllable, every two, every three Hangul letters."""

from __future__ import annotations

import re

from bot.korean import decompose

_SILENT = re.compile(r"(?<=[ㄱ-ㅣ])ㅇ(?=[ㅏ-ㅣ])")
_EDGE = "\x01"


def letter_bits(text: str) -> list[str]:
    """Its bits; kinds are told apart by their length. The text is without spaces; its marks are left out."""
    plain = text if text.isalnum() else "".join(filter(str.isalnum, text))
    two, three = f"{_EDGE}{plain}{_EDGE}", f"{_EDGE}{sounds(plain)}{_EDGE}"
    return [*plain, *(two[n : n + 2] for n in range(len(two) - 1)), *(three[n : n + 3] for n in range(len(three) - 2))]


def sounds(text: str) -> str:
    """Its letters as they are heard: within a word ㅇ before a vowel is silent, so that 이름이 and 이르미 are one."""
    heard = decompose(text)
    return _SILENT.sub("", heard) if "ㅇ" in heard else heard

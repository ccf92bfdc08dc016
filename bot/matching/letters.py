"""A text as bits of its letters, which survive typos and words that the tagger breaks: every syllable, every two, every three Hangul letters."""

from __future__ import annotations

import re

import numpy as np

from bot.korean import decompose
from bot.matching.bags import Codes

_SILENT = re.compile(r"(?<=[ㄱ-ㅣ])ㅇ(?=[ㅏ-ㅣ])")
_EDGE = "\x01"
_TWO, _THREE = np.int64(1 << 61), np.int64(1 << 62)  # kinds are told apart by their highest bit


def letter_codes(text: str) -> Codes:
    """One number a bit, each once, ascending. The text is without spaces; its marks are left out."""
    plain = "".join(filter(str.isalnum, text))
    syllables = _points(plain)
    letters = _points(sounds(plain))
    two = syllables[:-1] << 21 | syllables[1:] | _TWO
    three = letters[:-2] << 40 | letters[1:-1] << 20 | letters[2:] | _THREE
    codes = np.concatenate((syllables[1:-1], two, three))
    codes.sort()
    if len(codes) < 2:
        return codes
    return codes[np.append(True, codes[1:] != codes[:-1])]


def sounds(text: str) -> str:
    """Its letters as they are heard: within a word ㅇ before a vowel is silent, so that 이름이 and 이르미 are one."""
    heard = decompose(text)
    return _SILENT.sub("", heard) if "ㅇ" in heard else heard


def _points(text: str) -> Codes:
    return np.frombuffer(f"{_EDGE}{text}{_EDGE}".encode("utf-32-le"), dtype="<u4").astype(np.int64)

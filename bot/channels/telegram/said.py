"""What a short message stands for: a word in place of a button, a wish with a question in it. Texts are compared without spaces and marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_QUIET = re.compile(r"[\W_]+")
_HANGUL, _LATIN = re.compile(r"[가-힣ㄱ-ㅣ]"), re.compile(r"[A-Za-z]")
_LONGEST = 24  # letters of a message that stands for a button
_SHORT = 40  # letters of a message that may be about an inquiry


def plain(text: str) -> str:
    """The letters and figures of a text, small."""
    return _QUIET.sub("", unicodedata.normalize("NFKC", text)).lower()


def is_said(text: str, phrases: Iterable[str]) -> bool:
    """Whether the message is one of the phrases, or several of them in a row ("네 네 보내 주세요")."""
    rest = plain(text)
    if not rest or len(rest) > _LONGEST:
        return False
    words = {plain(one) for one in phrases}
    ends = {0}  # up to where the message can be made of phrases
    for end in range(1, len(rest) + 1):
        if any(rest[start:end] in words for start in ends):
            ends.add(end)
    return len(rest) in ends


def has_parts(text: str, phrases: Iterable[str]) -> bool:
    """Whether all parts, parted by " + ", of one of the phrases stand in the message; never in a long one."""
    said = plain(text)
    return len(said) <= _SHORT and any(all(plain(part) in said for part in one.split("+")) for one in phrases)


def besides(text: str, phrases: Iterable[str]) -> int:
    """How many letters a message has besides these phrases."""
    rest = plain(text)
    for phrase in sorted({plain(one) for one in phrases} - {""}, key=len, reverse=True):
        rest = rest.replace(phrase, "")
    return len(rest)


def language_of(text: str, otherwise: str) -> str:
    """The language a message is written in, as far as its letters tell."""
    return "ko" if _HANGUL.search(text) else "en" if _LATIN.search(text) else otherwise

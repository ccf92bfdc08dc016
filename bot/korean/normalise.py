"""One spelling for one text, whatever the resident's keyboard or computer made of it.

Promises: the result is NFC, holds no control characters, lone surrogates or emoji, is lower case,
has single spaces, and is at most LIMIT characters long. Meaning is left to others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from bot.korean.jamo import compose
from bot.korean.keyboard import decode_keys
from bot.korean.retype import retype

__all__ = ["LIMIT", "decode_keys", "normalise"]

LIMIT = 1000  # characters; a tagger's memory grows with the longest text it ever saw
_READ = 4 * LIMIT  # a syllable may come as three letters, and a mark or two

# What needs none of the costly steps: syllables, lone letters, and ASCII without controls.
_ORDINARY = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ -~]*")
_FLOOD = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3,}")
_INSTEAD = {
    " ": "\u3000…·ㆍ・･‧•\u3164",
    "'": "‘’‚‛′´",
    '"': "“”„‟″「」『』《》〈〉«»",
    "-": "‐‑‒–—―−﹣",
    "~": "〜∼",
    "?": "❓❔⁇؟",
    "!": "❗❕‼",
    ".": "。",
    ",": "、",
}
_SAME = [*range(0xFF01, 0xFF5F), *range(0xFF66, 0xFF9E), *map(ord, "㎜㎝㎞㎎㎏㏄㎖㏊①②③④⑤⑥⑦⑧⑨")]  # full width, half-width katakana, units
_MARKS = {code: unicodedata.normalize("NFKC", chr(code)) for code in _SAME} | {ord(old): new for new, olds in _INSTEAD.items() for old in olds}
_KEPT_SYMBOLS = "㎡㎥㎢℃"
_CONJOINING = re.compile(r"[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uffa0-\uffdc]")
_LETTER_RUN = re.compile(r"[ㄱ-ㅣ]{2,}")
_LETTER = re.compile(r"[ㄱ-ㅣ]")
_LAUGHTER = re.compile(r"(ㅋㅋ+|ㅎㅎ+|ㅠㅠ+|ㅜㅜ+|ㅡㅡ+|[ㅋㅎㅠㅜㅡ]+[ㅋㅎ](?![ㅏ-ㅣ])|[ㅋㅎㅠㅜㅡ]{2,}(?![ㄱ-ㅣ]))")
_CASED = re.compile(r"[A-Za-zµ-῿Ⰰ-ⷿ]")
_LAUGHS = "ㅋㅎㅠㅜㅡ"
# No two marks or letters alike that were not typed one after another: digits stay as they are.
_TWICE = re.compile(r"(.)\1")
_REPEATED = re.compile(r"([^\w\s])\1+|([^\W\d_ㄱ-ㅎ])\2{3,}")  # ㄷㄷㄷㄷ may be initials


def normalise(text: str, latin_words: Collection[str] = ()) -> str:
    """The text in one spelling.

    latin_words  words in Latin letters that are meant as such (CCTV, bike), never decoded as Korean keys
    """
    if len(text) > LIMIT:
        text = text.lstrip()[:_READ]
    if not _ORDINARY.fullmatch(text):
        text = _plain(text)
    text = text[:LIMIT]
    if _LETTER_RUN.search(text):
        text = _LETTER_RUN.sub(_letters, _LETTER_RUN.sub(_letters, text))  # again for what stood before letters that became a syllable
    if _CASED.search(text):
        text = decode_keys(text, latin_words).lower().replace("i\u0307", "i")
        text = _LETTER_RUN.sub(_letters, text)
    if _LETTER.search(text):
        text = retype(text)
    if _TWICE.search(text):
        text = _REPEATED.sub(_shorter, text)
    return " ".join(text.split())[:LIMIT].rstrip()


def _shorter(match: re.Match[str]) -> str:
    return match[1] or match[2] * 2


def _letters(match: re.Match[str]) -> str:
    """Letters that stand alone: laughter and tears cut to two, spelled-out syllables put together, initials left."""
    out = []
    for piece in _LAUGHTER.split(match[0]):
        if _LAUGHTER.fullmatch(piece):
            out.append(piece[:2] + " ")
        elif len(piece) > 1 and piece.strip(_LAUGHS):
            out.append(compose(piece))
        else:
            out.append(piece)
    return "".join(out)


def _plain(text: str) -> str:
    """The text in NFC, its width and marks made one, without what no question is made of."""
    text = unicodedata.normalize("NFC", _FLOOD.sub("", text)).translate(_MARKS)
    text = "".join(map(_character, _CONJOINING.sub(_compatibility, text)))
    return unicodedata.normalize("NFC", text)


def _compatibility(match: re.Match[str]) -> str:
    """A conjoining or half-width letter as the one a keyboard types."""
    name = unicodedata.name(match[0], "").replace("HALFWIDTH ", "")
    for kind in ("CHOSEONG", "JUNGSEONG", "JONGSEONG"):
        name = name.replace(kind, "LETTER")
    try:
        return unicodedata.lookup(name).replace("\u3164", " ")
    except KeyError:
        return " "


@lru_cache(4096)
def _character(char: str) -> str:
    """The character, or a space for what no question is made of: controls, surrogates, emoji, private use."""
    if "가" <= char <= "힣" or " " <= char <= "~":
        return char
    if ord(char) > 0xFFFF:
        # Letters in fancy type (𝐡𝐨𝐰) are meant as plain ones.
        same = unicodedata.normalize("NFKC", char)
        return same if same.isascii() and same.isalnum() else " "
    category = unicodedata.category(char)
    if category in ("So", "Sk"):
        return char if char in _KEPT_SYMBOLS else " "
    if category[0] == "C":
        # A zero-width joiner or mark inside a word must not break it in two.
        return "" if category == "Cf" else " "
    if category == "Me" or category == "Mn" and (_FLOOD.match(char * 3) or ord(char) >= 0xFE00):
        return ""
    return char

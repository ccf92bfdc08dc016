"""One spelling for one text, whatever the resident's keyboard or computer made of it.

Promises: the result is NFC, holds no control characters, lone surrogates or emoji, is lower case,
has single spaces, and is at most LIMIT characters long. Meaning is left to others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from bot.korean.jamo import compose, from_keys, is_jamo, is_syllable

LIMIT = 1000  # characters; a tagger's memory grows with the longest text it ever saw

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_MARKS = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "…": " ", "·": " ", "ㆍ": " ", "・": " ", "？": "?"})
_LAUGHTER = re.compile(r"[ㅋㅎㅠㅜㅡ]{2,}")
_REPEATED_MARKS = re.compile(r"([^\w\s])\1+")
_REPEATED_LETTERS = re.compile(r"([^\W\d_])\1{3,}")
_SPELLED_OUT = re.compile(r"[ㄱ-ㅎ][ㅏ-ㅣ][ㄱ-ㅣ]*(?=[^ㄱ-ㅣ]|$)")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_CONJOINING = re.compile(r"[\u1100-\u11ff\uffa0-\uffdc]")


def normalise(text: str, latin_words: Collection[str] = ()) -> str:
    """The text in one spelling.

    latin_words  words in Latin letters that are meant as such (CCTV, bike), never decoded as Korean keys
    """
    text = unicodedata.normalize("NFC", text[: LIMIT * 4]).translate(_WIDTH).translate(_MARKS)
    text = _CONJOINING.sub(_compatibility, text)
    text = "".join(map(_plain, text))[:LIMIT]
    text = _SPELLED_OUT.sub(lambda match: compose(match[0]), text)
    text = decode_keys(text, latin_words).lower()
    text = _LAUGHTER.sub(lambda match: match[0][:2] + " ", text)
    text = _REPEATED_LETTERS.sub(r"\1\1", _REPEATED_MARKS.sub(r"\1", text))
    return " ".join(text.split())


def decode_keys(text: str, latin_words: Collection[str] = ()) -> str:
    """Korean typed on an English keyboard, read as Korean; English stays.

    English hardly ever gives whole syllables when read so: a text whose Latin words nearly all do is taken for Korean.
    """
    words = [word for word in _LATIN_WORD.findall(text) if word.lower() not in latin_words]
    if not words or any(map(is_syllable, text)) and not any(len(word) >= 6 for word in words):
        return text
    decoded = {word: from_keys(word) for word in words}
    clean = sum(len(word) for word in words if _is_clean(decoded[word]))
    total = sum(map(len, words))
    if total < 4 or clean < 0.75 * total or len(words) < len(_LATIN_WORD.findall(text)) / 2:
        return text
    return _LATIN_WORD.sub(lambda match: decoded.get(match[0], match[0]), text)


def _is_clean(decoded: str) -> bool:
    return not any(map(is_jamo, decoded)) and len(decoded) >= 1


def _compatibility(match: re.Match[str]) -> str:
    """A conjoining or half-width letter as the one a keyboard types."""
    name = unicodedata.name(match[0], "").replace("HALFWIDTH ", "")
    for kind in ("CHOSEONG", "JUNGSEONG", "JONGSEONG"):
        name = name.replace(kind, "LETTER")
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return " "


def _plain(char: str) -> str:
    """The character, or a space for what no question is made of: controls, surrogates, emoji, private use."""
    if "가" <= char <= "힣" or " " <= char <= "~":
        return char
    if ord(char) > 0xFFFF:
        return " "
    category = unicodedata.category(char)
    if category in ("So", "Sk") and char not in "㎡㎥㎢℃":
        return " "
    if category[0] == "C":
        # A zero-width joiner or mark inside a word must not break it in two.
        return "" if category == "Cf" else " "
    return "" if category == "Mn" and ord(char) >= 0xFE00 else char

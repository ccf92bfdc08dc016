"""What a resident typed, read: normalised, in which language, and in morphemes.

Initials (ㅅㅎㅇㅈㅈㅅ) and Korean typed on an English keyboard are read here. What the words mean is left to matching.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.korean.jamo import is_jamo, is_syllable
from bot.korean.normalise import normalise
from bot.korean.tokenise import Morpheme, Tagger

_INITIALS = re.compile(r"[ㄱ-ㅎ]{3,}")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message, read.

    text       normalised; offsets of morphemes count its characters
    language   ko, en or other; "" where the text does not tell (numbers, CCTV)
    script     for "other": zh, ja or "" (so that one line can be said in it)
    """

    text: str
    language: str
    script: str
    morphemes: tuple[Morpheme, ...]


def read(
    text: str,
    tagger: Tagger,
    latin_words: Collection[str] = (),
    names_by_initials: Mapping[str, str] | None = None,
    neutral_words: Collection[str] = (),
) -> Utterance:
    """The utterance that the text is.

    latin_words        words in Latin letters that are meant as such
    names_by_initials  the name that a word of initials stands for
    neutral_words      Latin words that Koreans use as they are (CCTV): they do not make a text English
    """
    plain = normalise(text, latin_words)
    if names_by_initials:
        plain = _INITIALS.sub(lambda match: names_by_initials.get(match[0], match[0]), plain)
    language, script = detect_language(plain, neutral_words)
    return Utterance(plain, language, script, tuple(tagger(plain)) if plain else ())


def detect_language(text: str, neutral_words: Collection[str] = ()) -> tuple[str, str]:
    """(language, script) of a normalised text."""
    hangul = sum(1 for c in text if is_syllable(c) or is_jamo(c))
    latin_words = [word for word in _WORD.findall(text) if word.isascii() and word not in neutral_words]
    latin = sum(map(len, latin_words))
    others = [c for c in text if c.isalpha() and not c.isascii() and not is_syllable(c) and not is_jamo(c)]
    if hangul and hangul * 3 >= latin and hangul >= len(others):
        return "ko", ""
    if len(others) > latin:
        if any("\u3040" <= c <= "\u30ff" for c in others):
            return "other", "ja"
        return "other", "zh" if any("\u4e00" <= c <= "\u9fff" for c in others) else ""
    if latin >= 2:
        return "en", ""
    return "", ""

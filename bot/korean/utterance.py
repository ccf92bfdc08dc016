"""What a resident typed, read: normalised, in which language, and in morphemes.

Initials (ㅅㅎㅇㅈㅈㅅ) and Korean typed on an English keyboard are read here. What the words mean is left to matching.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.korean.jamo import is_jamo, is_syllable
from bot.korean.keyboard import LOANS
from bot.korean.languages import by_script, by_words
from bot.korean.normalise import normalise
from bot.korean.tokenise import Morpheme, Tagger

_INITIALS = re.compile(r"[ㄱ-ㅎ]{3,}")
_WORD = re.compile(r"[^\W\d_]+")
_HANGUL = re.compile(r"[가-힣ㄱ-ㅣ]")
_FOREIGN = re.compile(r"[^\x00-@\[-`{-\xa9가-힣ㄱ-ㅣ]")  # a letter that is not Hangul
_ENDS_IN_HANGUL = re.compile(r"[가-힣]{2}\W*$")
_ASKS_IN_KOREAN = re.compile(r"[가-힣](?:요|까|다|나|니|죠|지|냐|해|줘|어|소|데|래|야|유|임|음)\W*$")  # 市場 어디예요
_ASKS_IN_CHINESE = re.compile("[在哪吗嗎怎么麼请請问問是的]")
_HAN = re.compile("[\u4e00-\u9fff]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*")
# Whoever puts a Korean name into an English sentence is answered in English.
_ENGLISH = frozenset(
    """what where when who which why how is are was were do does did can could will would should the a an of in on at for to and
    there this that it many much i you my any please tell about have has need get""".split()
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message, read.

    text       normalised; offsets of morphemes count its characters
    language   ko, en or other; "" where the text does not tell (numbers, CCTV)
    script     for "other": zh, zh-hant, ja, vi, ru, th, mn, uz, es, fr or "" (so that one line can be said in it)
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
    plain = normalise(_ADDRESS.sub(" ", text) if "://" in text or "www." in text else text, latin_words)
    if names_by_initials:
        plain = _INITIALS.sub(lambda match: names_by_initials.get(match[0], match[0]), plain)
    language, script = detect_language(plain, neutral_words)
    morphemes = tagger(plain) if plain else ()
    if language == "ko" and _HAN.search(plain):
        plain = _in_hangul(plain, morphemes)
        morphemes = tagger(plain)
    return Utterance(plain, language, script, tuple(morphemes))


def _in_hangul(text: str, morphemes: Sequence[Morpheme]) -> str:
    """The text with its Chinese characters as they are read in Korean, where the tagger knows (市場 is 시장)."""
    letters = list(text)
    for morpheme in morphemes:
        if len(morpheme.text) == morpheme.end - morpheme.start and _HAN.match(text, morpheme.start):
            letters[morpheme.start : morpheme.end] = morpheme.text
    return "".join(letters)


def detect_language(text: str, neutral_words: Collection[str] = ()) -> tuple[str, str]:
    """(language, script) of a normalised text.

    Latin letters are English unless a good part of their words carries accents (French, Vietnamese), or several are words of another
    language: then they are other. Where Hangul asks, the text is Korean, whatever else stands in it.
    """
    if not _FOREIGN.search(text):
        return ("ko", "") if _HANGUL.search(text) else ("", "")
    words = _WORD.findall(text)
    latin = [word for word in words if word.isascii() and word not in neutral_words and word not in LOANS]
    letters = sum(map(len, latin))
    hangul = len(_HANGUL.findall(text))
    others = [char for char in text if char >= "\u00aa" and char.isalpha() and not is_syllable(char) and not is_jamo(char)]
    english = len(_ENGLISH.intersection(latin))
    asks = hangul >= 3 and _ASKS_IN_KOREAN.search(text)
    mostly = asks or hangul >= len(others) and not (others and _ASKS_IN_CHINESE.search(text))
    if hangul and mostly and english < 2 and (hangul * 3 >= letters or _ENDS_IN_HANGUL.search(text)):
        return "ko", ""
    if hangul and english >= 2 and english < sum(map(is_syllable, (word[-1] for word in words))):
        return "ko", ""
    accented = sum(1 for word in words if not word.isascii() and word[0] < "\u0250")
    if len(others) > letters or accented * 4 >= len(words) and accented:
        return "other", by_script(others, words)
    if letters >= 2 and not english and (language := by_words(words)):
        return "other", language
    return ("en", "") if letters >= 2 else ("", "")

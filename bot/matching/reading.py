"""What a text is to the matcher: its words as terms, the places where something is asked, and how it was written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.korean import Morpheme, Utterance
from bot.matching.surfaces import Edges

CONTENT_KINDS = frozenset(("noun", "name", "place", "verb", "adjective", "foreign", "root", "number", "unknown"))
_OFFICES = ("구청", "시청", "군청", "도청")
_DISTRICT_ENDINGS = "구시군도읍면"
_LATIN_DISTRICT = re.compile(r"-(?:gu|si|do|gun)")  # Gangnam-gu


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a text that says something about its subject.

    key    the word, one for all its synonyms
    start  in characters of the text without spaces; end exclusive
    kind   noun, name, place, verb, adjective, foreign, root, number or unknown
    known  whether the content holds it anywhere
    soft   an everyday word: it speaks for a topic that has it, and against none
    """

    key: str
    start: int
    end: int
    kind: str
    known: bool
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """A place where an aspect (or another intent) is asked for."""

    id: str
    start: int
    end: int


@dataclass(slots=True)
class Reading:
    """A text as the lexicon sees it.

    compact    the text without spaces; all offsets count its characters
    words      (start, end) of the words that spaces part
    cut        morphemes that a known word covers in part: signs of a misspelling
    elsewhere  everyday names of larger places (서울): before a name they make it another one
    respelt    it was written otherwise, and is read as it may have been meant
    """

    utterance: Utterance
    compact: str
    terms: list[Term]
    cues: list[Cue]
    words: list[tuple[int, int]]
    morphemes: list[Morpheme]
    edges: Edges
    cut: list[tuple[int, int]] = field(default_factory=list)
    elsewhere: list[tuple[int, int]] = field(default_factory=list)
    respelt: bool = False


def is_place(term: Term, text: str) -> bool:
    """Whether the word names a place, by the dictionary or by what stands behind it (강동구, 마포+구청)."""
    if term.kind == "place" or text[term.end : term.end + 2] in _OFFICES or _LATIN_DISTRICT.match(text, term.end):
        return True
    return term.kind == "name" and term.key[-1] in _DISTRICT_ENDINGS and len(term.key) > 2


def without_spaces(text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """(place of every character without spaces, (start, end) of every word) of a text with single spaces."""
    place: list[int] = []
    words = []
    count = word_start = 0
    for char in text:
        place.append(count)
        if char == " ":
            words.append((word_start, count))
            word_start = count
        else:
            count += 1
    place.append(count)
    if count > word_start:
        words.append((word_start, count))
    return place, words

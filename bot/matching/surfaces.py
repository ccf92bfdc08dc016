"""Ways to write a word, looked for in a text without its spaces, so that neither missing spaces nor the tagger's idea of a new word
(쏠라표지병) hides it. What may be a word where is decided by the edges of morphemes."""

from __future__ import annotations

from collections.abc import Iterator

import Stemmer

from bot.korean import Morpheme
from bot.korean.jamo import BASE, LAST, LEADS, TAILS, VOWELS

VERBAL = frozenset(("verb", "adjective"))
NOUNLIKE = frozenset(("noun", "name", "place", "foreign", "suffix", "root", "bound", "number", "prefix"))
_FUNCTION = frozenset(("particle", "ending", "auxiliary", "suffix", "mark"))
_LONG_NOUNS = frozenset(("noun", "name", "place", "foreign"))
_PARTICLES = frozenset("요 은 는 이 가 을 를 도 만 은요 는요 이요 도요 이에요 예요 에요 이야 야 인가요 인가 랑 이랑 하고".split())
_STEM = Stemmer.Stemmer("english").stemWord


def stem(word: str) -> str:
    """An English word without its ending."""
    return str(_STEM(word))


def _same_sound() -> dict[int, str]:
    vowels = {"ㅐ": "ㅔ", "ㅒ": "ㅖ", "ㅙ": "ㅚ", "ㅞ": "ㅚ"}
    tails = {"ㅆ": "ㅅ", "ㄶ": "ㄴ", "ㅄ": "ㅂ", "ㄲ": "ㄱ", "ㅀ": "ㄹ", "ㄵ": "ㄴ"}
    table = {}
    for code in range(LAST - BASE + 1):
        lead, vowel, tail = code // 588, VOWELS[code // 28 % 21], TAILS[code % 28]
        if vowel in vowels or tail in tails:
            new_vowel, new_tail = VOWELS.index(vowels.get(vowel, vowel)), TAILS.index(tails.get(tail, tail))
            table[BASE + code] = chr(BASE + (lead * 21 + new_vowel) * 28 + new_tail)
    table.update(dict.fromkeys(map(ord, "몆멷멫몃"), "몇"))  # asked so often that it is misspelt in every way
    return table


_SAME_SOUND = _same_sound()
assert len(LEADS) == 19


def spell(text: str) -> str:
    """The text with spellings that sound alike made one (ㅐ/ㅔ, 않/안), length unchanged."""
    return text.translate(_SAME_SOUND)


def compact(text: str) -> str:
    """The text as surfaces are compared: lower case, no spaces, like sounds alike."""
    return spell("".join(text.lower().split()))


class Edges:
    """Where morphemes and words begin and end, in a text without spaces: what may be a word there."""

    def __init__(self, text: str, morphemes: list[Morpheme], words: list[tuple[int, int]]) -> None:
        self.pairs = [text[start : start + 2] for start in range(len(text) - 1)]
        self.starts = {start for start, _ in words}
        self.ends = {end for _, end in words}
        self.words = {start for start, _ in words}
        self.gaps = [start for start, _ in words[1:]]
        self._single = set()
        self._long = []
        # 센서요, which a tagger may take for a verb: a whole word but for a particle.
        self._heads = {(start, start + 2) for start, end in words if text[start + 2 : end] in _PARTICLES}
        self._parts = bytearray(words[-1][1] if words else 0)  # 0 in a noun, 1 in a verb, 2 in a particle or an ending
        for _, kind, start, end in morphemes:
            self.starts.add(start)
            self.ends.add(end)
            self._single.add((start, end))
            if kind in VERBAL or kind in _FUNCTION:
                self._parts[start:end] = (b"\x01" if kind in VERBAL else b"\x02") * (end - start)
            elif end - start >= 3 and kind in _LONG_NOUNS:
                self._long.append((start, end, 2 if kind in ("name", "place") else 3))

    def allow(self, start: int, end: int, latin: bool, loose: bool, endings: bool = False) -> bool:
        """Whether a surface may stand there.

        loose    it is a cue: once it begins at an edge it may end anywhere
        endings  it may be part of an ending (…다며, …라며)
        """
        begins, stops, length = start in self.starts, end in self.ends, end - start
        if latin:  # total is not in "to talk"
            return begins and (stops or (loose and length >= 5 and not any(end - 4 < gap < end for gap in self.gaps)))
        if length == 1:
            return begins and stops and not (loose and self._parts[start] == 1)  # 넵, but not 냅니까
        if length == 2 and any(first <= start and end <= last and (last - first > least or start > first) for first, last, least in self._long):
            return False  # 대상 is not in 대상포진, 전시 not in 대전시
        if length <= 3 and not (begins and stops) and any(start < gap < end for gap in self.gaps):
            return loose and start in self.words  # 몇 대나, but not 그 이유
        if loose:
            return length >= 3 or (begins and (self._parts[start] < 2 or start in self.words)) or (stops and (endings or not self._parts[start]))
        if length == 2:
            return (start, end) in self._single or (start, end) in self._heads or ((begins or stops) and not any(self._parts[start:end]))
        return True


class Surfaces:
    """Ways to write things, each with the ids it stands for."""

    def __init__(self) -> None:
        self._ids: dict[str, list[str]] = {}
        self._single: set[str] = set()
        self._lengths: dict[str, list[int]] = {}

    def add(self, surface: str, name: str) -> None:
        ids = self._ids.setdefault(surface, [])
        if name not in ids:
            ids.append(name)
        # Looked up by their first two letters: a text has few pairs that begin one.
        if len(surface) > 1:
            lengths = self._lengths.setdefault(surface[:2], [])
            if len(surface) not in lengths:
                lengths.append(len(surface))
        else:
            self._single.add(surface)

    def __contains__(self, surface: str) -> bool:
        return surface in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def ids(self, surface: str) -> list[str]:
        return self._ids.get(surface, [])

    def find(self, text: str, edges: Edges, loose: bool = False, endings: bool = False) -> list[tuple[int, int, list[str]]]:
        """(start, end, ids) in order, not overlapping: where two overlap, the longer stands. The edges are those of the text."""
        found = []
        ids = self._ids
        for char in self._single.intersection(text):
            for start in (n for n, other in enumerate(text) if other == char):
                if edges.allow(start, start + 1, char.isascii(), loose):
                    found.append((start, start + 1, ids[char]))
        for start, lengths in enumerate(map(self._lengths.get, edges.pairs)):
            for length in lengths or ():
                surface = text[start : start + length]
                names = ids.get(surface)
                if names is not None and len(surface) == length and edges.allow(start, start + length, surface[0].isascii(), loose, endings):
                    found.append((start, start + length, names))
        if len(found) < 2:
            return found
        found.sort(key=lambda one: (one[0] - one[1], one[0]))
        taken: list[tuple[int, int, list[str]]] = []
        for one in found:
            if all(one[1] <= other[0] or one[0] >= other[1] for other in taken):
                taken.append(one)
        taken.sort()
        return taken

    def within(self, text: str) -> set[str]:
        """Ids of all surfaces of two letters or more that a text of the content's own holds; no edges are asked for."""
        found: set[str] = set()
        for start in range(len(text)):
            for length in self._lengths.get(text[start : start + 2], ()):
                found.update(self._ids.get(text[start : start + length], ()))
        return found

"""Misspelt words of a question, put right by the words that the content knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from bot.korean import Utterance
from bot.korean.retype import carry_back
from bot.matching.fuzzy import Speller
from bot.matching.lexicon import Lexicon
from bot.matching.reading import Reading, Term, is_place
from bot.matching.surfaces import compact

LONGEST_WORD = 24  # letters; trying every part of a longer one costs more than it finds
_MINOR = frozenset(("particle", "ending", "suffix", "auxiliary", "determiner"))

Tried = dict[str, "tuple[str, float] | None"]  # part of a word → the known word it is near to


class Spelling:
    """Mends questions.

    names  whole names worth correcting to; every surface of the lexicon, everyday word and cue is besides
    """

    def __init__(self, lexicon: Lexicon, names: Iterable[str]) -> None:
        self._lexicon, self.everyday, self._names = lexicon, lexicon.everyday, tuple(names)

    # Made when the first doubtful word is met; should two threads meet one at once, both make the same.

    @cached_property
    def _words(self) -> list[str]:
        names = [compact(part) for name in self._names for part in {name, *name.split()}]
        lexicon = self._lexicon
        return [word for word in (*names, *lexicon.words, *lexicon.everyday, *lexicon.cues) if not word.isascii() and 2 <= len(word) <= 16]

    @cached_property
    def known(self) -> set[str]:
        return {compact(word) for word in self._words} | set(self._lexicon.lemmas)

    @cached_property
    def speller(self) -> Speller:
        return Speller(self._words)

    def prepare(self) -> None:
        """Makes what is else made where the first doubtful word is met."""
        _ = self.known, self.speller

    def readings(self, reading: Reading, falls_apart: bool) -> Iterator[Reading]:
        """The text as it may have been meant: with misspelt words put right, and where it falls apart also as the tagger would set its spaces."""
        tried: Tried = {}
        first = self.mend(reading, tried)
        if first:
            yield self._reread(first)
        if not falls_apart or len(reading.words) < 2:
            return
        together = self._reread(reading.utterance.text.replace(" ", ""))
        if _told_by(together) != _told_by(reading):
            yield together
        mended = self.mend(together, tried)
        if mended and mended != (first or "").replace(" ", ""):
            yield self._reread(mended)

    def _reread(self, text: str) -> Reading:
        reading = self._lexicon.annotate(Utterance(text, "ko", "", tuple(self._lexicon.tagger(text))))
        reading.respelt = True
        return reading

    def mend(self, reading: Reading, tried: Tried | None = None) -> str | None:
        """The question with its misspelt words put right, or None where there is nothing to mend.

        tried  what was found for parts of words, kept by whoever mends several readings of one message
        """
        tried = {} if tried is None else tried
        doubtful = self._doubtful(reading)
        if not doubtful:
            return None
        mended = []
        for word, (start, end) in zip(reading.utterance.text.split(), reading.words, strict=True):
            doubts = [place - start for place in doubtful if start <= place < end]
            mend = doubts and len(word) <= LONGEST_WORD and not word.isascii()
            mended.append(self._mend_word(word, start, reading, doubts, tried) if mend else word)
        text = " ".join(mended)
        return text if text != reading.utterance.text else None

    def _doubtful(self, reading: Reading) -> set[int]:
        """Places of letters that no known word accounts for, and that a slip of the finger may have made."""
        doubtful: set[int] = set()
        for term in reading.terms:
            if (
                term.known
                or term.kind == "number"
                or (term.kind == "name" and len(term.key) > 2)
                or is_place(term, reading.compact)
                or self._is_known_word(reading, term)
            ):
                continue
            doubtful.update(range(term.start, term.end))
        for first, last in reading.cut:
            doubtful.update(range(first, last))
        words = iter(reading.words)
        start, end = next(words, (0, 0))
        for n, morpheme in enumerate(reading.morphemes[:-1]):
            while morpheme.start >= end and (step := next(words, None)):
                start, end = step
            following = reading.morphemes[n + 1]
            if (
                end - start >= 4
                and following.start < end
                and morpheme.kind in _MINOR
                and following.kind in ("noun", "root", "name")
                and following.text not in self.everyday
            ):
                doubtful.update(range(morpheme.start, morpheme.end))  # an ending before a noun: the tagger lost the word
        for cue in reading.cues:
            doubtful -= set(range(cue.start, cue.end))
        return doubtful

    @staticmethod
    def _is_known_word(reading: Reading, term: Term) -> bool:
        """Whether the word begins with a known one of three letters or more and little stands behind it (한강로로)."""
        start, end = next(((s, e) for s, e in reading.words if s <= term.start < e), (0, 0))
        known = max((t.end for t in reading.terms if t.known and t.start == start and t.end - start >= 3), default=end)
        rest = [m for m in reading.morphemes if known <= m.start < end]
        return known < end and all(m.kind in _MINOR for m in rest) and end - known <= 2

    def _unlink(self, word: str) -> str | None:
        """A word as it is written where it was spelt by ear (이르미, 어리니집): a known word, one consonant of it carried over."""
        for cut in range(min(len(word) - 1, 8), 0, -1):
            parts = carry_back(word[cut - 1], word[cut])
            if parts is not None:
                written = word[: cut - 1] + "".join(parts) + word[cut + 1 :]
                if any(compact(written[:end]) in self.known for end in range(len(written), max(cut, 2) - 1, -1)):
                    return written
        return None

    def _mend_word(self, word: str, start: int, reading: Reading, doubts: list[int], tried: Tried) -> str:
        """The word with its longest misspelt part replaced; particles and endings behind it stay."""
        inside = [m for m in reading.morphemes if start <= m.start and m.end <= start + len(word)]
        written = self._unlink(word)
        if written:
            return written
        solid = [m for m in inside if m.kind not in _MINOR]
        if len(solid) == 1 and solid[0].kind == "noun" and solid[0].end - solid[0].start == 2:
            return word  # a real word of two syllables: its neighbours are other real words
        nouns = [m for m in inside if m.kind == "noun" and m.end - m.start >= 2]
        # 국민+연금: words of their own, where nothing but particles stands behind them.
        real = len(nouns) > 1 and inside[: len(nouns)] == nouns and all(m.kind in _MINOR for m in inside[len(nouns) :])
        ends = sorted({m.end - start for m in inside} | {len(word), len(word) - 1, len(word) - 2}, reverse=True)
        begins = sorted({m.start - start for m in inside} | {0})
        best: tuple[float, int, int, str] | None = None
        whole = {(m.start - start, m.end - start) for m in inside if m.kind in ("noun", "name", "place")}  # 망원 is no slip for 만원
        parts = [(end - begin, begin, end) for begin in begins for end in ends if end - begin >= 2 and (begin, end) not in whole]
        parts.sort(key=lambda part: -part[0])  # the longest first: once one is met, the others need not be tried
        for size, begin, end in parts:
            if best is not None and size < best[0]:
                break
            if not any(begin <= doubt < end for doubt in doubts):
                continue
            if real and (begin > nouns[0].start - start or end < nouns[-1].end - start):
                continue
            part = compact(word[begin:end])
            if part not in tried:
                tried[part] = self.speller.correct(part)
            hit = tried[part]
            if hit and (best is None or (size * hit[1], -begin) > (best[0], -best[1])):
                best = (size * hit[1], begin, end, hit[0])
        if best is None:
            return word
        return word[: best[1]] + best[3] + word[best[2] :]


def _told_by(reading: Reading) -> set[str]:
    """The words that a text is understood by: what has the same is understood alike."""
    return {*(term.key for term in reading.terms), *(f"?{cue.id}" for cue in reading.cues)}

"""Near spellings. The only importer of rapidfuzz; scores are 0.0 to 1.0, higher is nearer.

Compared are Hangul letters with like sounds made one, so that a slip of one key is one letter of many.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from bot.korean import decompose, fold

# Letters that may differ, by the length of the shorter text: a two-syllable word has too many honest neighbours for more.
_ONE_SLIP = 8  # letters up to which only one may differ
_ALLOWED = ((5, 0), (_ONE_SLIP, 1), (24, 2), (99, 3))
_LONGEST = 110  # letters; no word is longer that any text is held against


def letters(text: str) -> str:
    return fold(decompose(text))


class Speller:
    """Finds the known word that a misspelt one was meant to be.

    Words are kept by their first and by their last letters, the shortest first: of two letters one slip leaves one end whole, of one letter two do.
    """

    def __init__(self, words: Iterable[str]) -> None:
        groups: dict[tuple[str, bool], list[tuple[int, str, str]]] = {}
        for word in set(words):
            spelled = letters(word)
            if len(spelled) >= 5:
                for edge in (*_ends(spelled, 1), *(_ends(spelled, 2) if len(spelled) <= _ONE_SLIP + 1 else ())):
                    groups.setdefault(edge, []).append((len(spelled), word, spelled))
        self._words: dict[tuple[str, bool], list[str]] = {}
        self._letters: dict[tuple[str, bool], list[str]] = {}
        self._starts: dict[tuple[str, bool], list[int]] = {}  # by length: where words of that length begin
        for edge, group in groups.items():
            group.sort()
            self._words[edge] = [word for _, word, _ in group]
            self._letters[edge] = [spelled for _, _, spelled in group]
            sizes = [size for size, _, _ in group]
            self._starts[edge] = [bisect_left(sizes, size) for size in range(_LONGEST + 2)]

    def correct(self, word: str) -> tuple[str, float] | None:
        """(known word, similarity), or None where none is near enough. Of words as near the shortest."""
        spelled = letters(word)
        size = len(spelled)
        allowed = next((limit for longest, limit in _ALLOWED if size <= longest), _ALLOWED[-1][1])
        if not allowed:
            return None
        best: tuple[int, int, str] | None = None  # letters that differ, length, word
        for edge in _ends(spelled, 2 if allowed == 1 else 1):
            starts = self._starts.get(edge)
            if starts is None:
                continue
            first, end = starts[min(size - allowed, _LONGEST)], starts[min(size + allowed, _LONGEST) + 1]
            # One call over all lengths: a call costs as much as some fifty words.
            hit = process.extractOne(spelled, self._letters[edge][first:end], scorer=OSA.distance, score_cutoff=allowed if best is None else best[0])
            if hit is not None:
                found = int(hit[1]), len(hit[0]), self._words[edge][first + hit[2]]
                best = found if best is None else min(best, found)
        return None if best is None else (best[2], 1 - best[0] / max(size, 1))


def _ends(spelled: str, size: int) -> tuple[tuple[str, bool], tuple[str, bool]]:
    return (spelled[:size], False), (spelled[-size:], True)


def closeness(left: str, right: str) -> float:
    """1.0 less the share of letters that differ."""
    return float(Levenshtein.normalized_similarity(left, right))

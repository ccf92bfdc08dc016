"""Near spellings. The only importer of rapidfuzz; scores are 0.0 to 1.0, higher is nearer.

Compared are Hangul letters with like sounds made one, so that a slip of one key is one letter of many.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, Levenshtein

from bot.korean import decompose, fold

# Letters that may differ, by the length of the shorter text: a two-syllable word has too many honest neighbours for more.
_ALLOWED = ((5, 0), (8, 1), (24, 2), (99, 3))


def letters(text: str) -> str:
    return fold(decompose(text))


class Speller:
    """Finds the known word that a misspelt one was meant to be.

    Words are kept by length and by their first and last letter: a slip or two leaves one of them whole.
    """

    def __init__(self, words: Iterable[str]) -> None:
        groups: dict[tuple[int, str], list[tuple[str, str]]] = {}
        for word in sorted(set(words)):
            spelled = letters(word)
            if len(spelled) >= 5:
                for edge in {spelled[0], spelled[-1].upper() + "$"}:
                    groups.setdefault((len(spelled), edge), []).append((spelled, word))
        self._words = {key: [word for _, word in group] for key, group in groups.items()}
        self._letters = {key: [spelled for spelled, _ in group] for key, group in groups.items()}

    def correct(self, word: str) -> tuple[str, float] | None:
        """(known word, similarity), or None where none is near enough."""
        spelled = letters(word)
        allowed = next(limit for size, limit in _ALLOWED if len(spelled) <= size or size == 99)
        if not allowed:
            return None
        best: tuple[int, str] | None = None
        for size in range(len(spelled) - allowed, len(spelled) + allowed + 1):
            for edge in (spelled[0], spelled[-1].upper() + "$"):
                group = self._letters.get((size, edge))
                cutoff = allowed if best is None else best[0] - 1
                if not group or cutoff < 0:
                    continue
                hit = process.extractOne(spelled, group, scorer=OSA.distance, score_cutoff=cutoff)
                if hit is not None:
                    best = (int(hit[1]), self._words[size, edge][hit[2]])
        return None if best is None else (best[1], 1 - best[0] / max(len(spelled), 1))


def likeness(left: str, right: str) -> float:
    """How alike two lists of words are, whatever their order: 1.0 is the same words."""
    return fuzz.token_sort_ratio(left, right) / 100


def closeness(left: str, right: str) -> float:
    """1.0 less the share of letters that differ."""
    return float(Levenshtein.normalized_similarity(left, right))

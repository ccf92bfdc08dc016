"""Likeness of letters: n-grams of Hangul letters, weighted by rarity, as flat arrays.

Finds phrasings in spite of typos and of words the tagger breaks. Scores are cosines, 0.0 to 1.0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bot.korean import decompose

SIZES = (3, 4)
_FEW = 50
_Array = np.ndarray


def _codes(text: str) -> _Array:
    """Every n-gram of the decomposed text as one number (a byte a letter), each once."""
    points = np.frombuffer(decompose(text).encode("utf-32-le"), dtype="<u4")
    small = np.where(points < 128, points, (points - np.uint32(0x3131)) % np.uint32(127) + np.uint32(128)).astype(np.uint32)
    grams = []
    for size in SIZES:
        if len(small) < size:
            break
        count = len(small) - size + 1
        code = small[:count].copy()
        for offset in range(1, size):
            code <<= np.uint32(8)
            code |= small[offset : count + offset]
        grams.append(code)
    if not grams:
        return np.empty(0, dtype=np.uint32)
    codes = np.concatenate(grams)
    codes.sort()
    first = np.empty(len(codes), dtype=bool)
    first[0] = True
    np.not_equal(codes[1:], codes[:-1], out=first[1:])
    return codes[first]


class LetterIndex:
    """Phrasings by their letters.

    texts   phrasings without spaces
    owners  the topic number of each, ascending
    """

    def __init__(self, texts: Sequence[str], owners: Sequence[int], topics: int) -> None:
        bags = [_codes(text) for text in texts]
        self.size = len(bags)
        codes = np.concatenate(bags) if bags else np.empty(0, dtype=np.uint32)
        phrases = np.repeat(np.arange(self.size, dtype=np.int32), [len(bag) for bag in bags])
        order = np.argsort(codes, kind="stable")
        codes, phrases = codes[order], phrases[order]
        del bags, order
        _, counts = np.unique(codes, return_counts=True)
        # What stands in a sixth of all phrasings tells none from another, and costs most.
        telling = np.repeat(counts <= max(_FEW, self.size // 6), counts)
        codes, self._phrases = codes[telling], phrases[telling]
        self._codes, starts, counts = np.unique(codes, return_index=True, return_counts=True)
        self._ends = np.append(starts, len(codes))
        self._rarity = np.log(1 + self.size / np.maximum(counts, 1)) ** 2
        self._unseen = math.log(1 + max(self.size, 1)) ** 2
        weights = np.repeat(self._rarity.astype(np.float32), counts)
        norms = np.sqrt(np.bincount(self._phrases, weights=weights, minlength=self.size))
        self._weights = (weights / np.maximum(norms[self._phrases], 1e-9)).astype(np.float32)
        numbers = np.asarray(owners, dtype=np.int32)
        self._first = np.searchsorted(numbers, np.arange(topics))
        self._many = np.maximum(np.bincount(numbers, minlength=topics), 1)
        self._topics = topics

    def search(self, text: str) -> tuple[_Array, _Array]:
        """(best, mean) likeness by topic number."""
        codes = _codes(text)
        zeros = np.zeros(self._topics)
        if not len(codes) or not len(self._codes):
            return zeros, zeros
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        places = places[self._codes[places] == codes]
        if not len(places):
            return zeros, zeros
        norm = math.sqrt(float(self._rarity[places].sum()) + self._unseen * (len(codes) - len(places)))
        starts, lengths = self._ends[places], self._ends[places + 1] - self._ends[places]
        # All postings of the question's n-grams, as one run of indices.
        run = np.repeat(starts - np.append(0, lengths.cumsum()[:-1]), lengths) + np.arange(int(lengths.sum()))
        scores = np.bincount(self._phrases[run], weights=self._weights[run], minlength=self.size) / norm
        return np.maximum.reduceat(scores, self._first), np.add.reduceat(scores, self._first) / self._many

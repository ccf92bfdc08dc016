"""Phrasings as bags of features (words, or bits of letters), weighted by rarity, and how like a question they are.

Few topics are looked at closely, however many there are: first those that share the question's rarest features are found, then each of
them is compared in full. All values are 0.0 to 1.0, higher is more alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

# What comparing a topic tells, by column:
# best    likeness (cosine) of its most alike phrasing
# second  of the next one; of the same where there is one only
# mean    over its phrasings
# cover   share of the question that its phrasings hold together
# common  share of what half of its phrasings or more have in common that the question holds
MEASURES = ("best", "second", "mean", "cover", "common")

_BUDGET = 20_000  # entries read to find topics, the rarest features first


class Bags:
    """The bags of all phrasings.

    bags    codes of each phrasing's features, none twice
    owners  the topic number of each, ascending; every topic has a phrasing
    """

    def __init__(self, bags: Sequence[Codes], owners: Sequence[int], topics: int) -> None:
        self.size, self.topics = len(bags), topics
        lengths = np.array([len(bag) for bag in bags], dtype=np.int64)
        self._codes, features = np.unique(np.concatenate(bags) if bags else np.empty(0, dtype=np.int64), return_inverse=True)
        self._features = features.astype(np.int32)
        counts = np.bincount(self._features, minlength=len(self._codes))
        self._rarity = np.log(1 + self.size / np.maximum(counts, 1)).astype(np.float32)
        self._unseen = float(np.log(1 + max(self.size, 1)))
        phrase = np.repeat(np.arange(self.size, dtype=np.int32), lengths)
        rarity = self._rarity[self._features]
        norms = np.sqrt(np.bincount(phrase, weights=rarity * rarity, minlength=self.size)).astype(np.float32)
        self._shares = rarity / np.maximum(norms[phrase], 1e-6)  # of each feature of a phrasing in its vector
        self._starts = np.append(0, lengths.cumsum())  # of each phrasing in both
        numbers = np.asarray(owners, dtype=np.int64)
        self._first = np.searchsorted(numbers, np.arange(topics + 1))  # of each topic among the phrasings
        self._many = np.diff(self._first)
        self._index_topics(numbers[phrase])

    def _index_topics(self, topic: Codes) -> None:
        """By topic its features, each once; by feature the topics that have it."""
        width = max(len(self._codes), 1)
        pairs, place, uses = np.unique(topic * width + self._features, return_inverse=True, return_counts=True)
        share = np.bincount(place, weights=self._shares, minlength=len(pairs))
        topic, feature = pairs // width, (pairs % width).astype(np.int32)
        self._own, self._own_starts = feature, np.searchsorted(topic, np.arange(self.topics + 1))
        self._own_common = (uses * 2 >= self._many[topic]) if len(pairs) else np.empty(0, dtype=bool)
        self._common = np.bincount(topic, weights=np.where(self._own_common, self._rarity[feature], 0), minlength=self.topics)
        order = np.argsort(feature, kind="stable")
        self._owners = topic[order].astype(np.int32)
        self._says = (share / np.sqrt(self._many[topic]))[order].astype(np.float32)
        self._ends = np.append(0, np.bincount(feature, minlength=len(self._codes)).cumsum())

    def read(self, codes: Codes) -> Question:
        """A question's features, codes each once."""
        places = np.minimum(np.searchsorted(self._codes, codes), max(len(self._codes) - 1, 0))
        features = places[self._codes[places] == codes] if len(self._codes) else places[:0]
        weights = self._rarity[features]
        missing = len(codes) - len(features)
        norm = float(np.sqrt(float(weights @ weights) + missing * self._unseen**2))
        return Question(features, weights, max(norm, 1e-6), max(float(weights.sum()) + missing * self._unseen, 1e-6))

    def find(self, question: Question, count: int) -> Codes:
        """Numbers of the topics that may be most alike, at most `count`, in no order."""
        features = question.features
        lengths = self._ends[features + 1] - self._ends[features]
        if int(lengths.sum()) > _BUDGET:
            rarest = np.argsort(lengths, kind="stable")
            rarest = rarest[: max(1, int(np.searchsorted(lengths[rarest].cumsum(), _BUDGET)))]
            features, lengths = features[rarest], lengths[rarest]
        if not len(features):
            return np.empty(0, dtype=np.int64)
        run = _run(self._ends[features], lengths)
        weights = np.repeat(self._rarity[features], lengths) * self._says[run]
        said = np.bincount(self._owners[run], weights=weights, minlength=self.topics)
        if len(said) > count:
            best = np.argpartition(said, -count)[-count:]
            return best[said[best] > 0]
        return np.flatnonzero(said)

    def compare(self, question: Question, topics: Codes) -> Floats:
        """MEASURES by topic: one row each."""
        held = np.zeros(len(self._codes), dtype=np.float32)
        held[question.features] = question.weights
        many = self._many[topics]
        phrases = _run(self._first[topics], many)
        lengths = self._starts[phrases + 1] - self._starts[phrases]
        run = _run(self._starts[phrases], lengths)
        # Sums by phrasing, by differences of a running sum: a phrasing may be empty.
        sums = np.append(0.0, (held[self._features[run]] * self._shares[run]).cumsum(dtype=np.float64))
        ends = lengths.cumsum()
        alike = (sums[ends] - sums[ends - lengths]) / question.norm
        bounds = np.append(0, many.cumsum())[:-1]
        best = np.maximum.reduceat(alike, bounds)
        is_best = alike == np.repeat(best, many)
        second = np.where(np.add.reduceat(is_best, bounds, dtype=np.int64) > 1, best, np.maximum.reduceat(np.where(is_best, -1.0, alike), bounds))
        second = np.where(many > 1, second, best)
        mean = np.add.reduceat(alike, bounds) / many
        sizes = self._own_starts[topics + 1] - self._own_starts[topics]
        run = _run(self._own_starts[topics], sizes)
        weights = held[self._own[run]]
        row = np.repeat(np.arange(len(topics)), sizes)
        cover = np.bincount(row, weights=weights, minlength=len(topics)) / question.total
        common = np.bincount(row, weights=weights * self._own_common[run], minlength=len(topics)) / np.maximum(self._common[topics], 1e-6)
        return np.column_stack((best, second, mean, cover, common)).astype(np.float32)


class Question:
    """A question as a bag: numbers of its known features, their weights, the length and the sum of all weights, unknown ones included."""

    __slots__ = ("features", "norm", "total", "weights")

    def __init__(self, features: Codes, weights: Floats, norm: float, total: float) -> None:
        self.features, self.weights, self.norm, self.total = features, weights, norm, total


def _run(starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> Codes:
    """Indices of several stretches, one after another."""
    ends = lengths.cumsum()
    return np.repeat(starts - ends + lengths, lengths) + np.arange(int(ends[-1]) if len(ends) else 0)

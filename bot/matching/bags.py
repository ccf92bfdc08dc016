"""Phrasings as bags of features (words, or bits of letters), weighted by rarity, and how like a question they are.

Few topics are looked at closely, however many there are: first those that share the question's rarest features are found, then each of
them is compared in full. Several views of the phrasings are kept and compared as one, each topic having a row in each: a question's
features are few, and what a call of numpy costs by itself would count most. All values are 0.0 to 1.0, higher is more alike.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# What comparing a topic tells, by column:
# best    likeness (cosine) of its most alike phrasing
# second  of the next one; of the same where there is one only
# mean    over its phrasings
# cover   share of the question that its phrasings hold together
# common  share of what half of its phrasings or more have in common that the question holds
MEASURES = ("best", "second", "mean", "cover", "common")

_BUDGET = 20_000  # entries read to find topics in one view, the rarest features first
_CHUNK = 1_000  # topics; so many are sorted at once, or a large base would need a gigabyte to be built


class Bags:
    """The bags of all phrasings.

    views   of each view the features of every phrasing, in order; read once
    owners  the topic number of each phrasing, ascending; every topic has a phrasing
    """

    def __init__(self, views: Sequence[Iterable[Sequence[str]]], owners: Sequence[int], topics: int) -> None:
        self.size, self.topics, self.views = len(owners), topics, len(views)
        number = count().__next__
        self._numbers: list[dict[str, int]] = []  # by view: feature → number
        features, lengths = array("i"), array("i")
        for bags in views:
            numbers = defaultdict(number)
            for bag in bags:
                before = len(features)
                features.extend([numbers[one] for one in dict.fromkeys(bag)])
                lengths.append(len(features) - before)
            self._numbers.append(dict(numbers))
        # From here on the phrasings of the second view follow those of the first, and so do its topics.
        phrase_features = np.frombuffer(features, dtype=np.int32) if features else np.empty(0, dtype=np.int32)
        known = sum(map(len, self._numbers))
        counts = np.bincount(phrase_features, minlength=known)
        self._rarity = np.log(1 + self.size / np.maximum(counts, 1))
        self._unseen = float(np.log(1 + max(self.size, 1)))
        rows = np.tile(np.asarray(owners, dtype=np.int64), self.views) + np.repeat(np.arange(self.views) * topics, self.size)
        self._first = np.searchsorted(rows, np.arange(self.views * topics + 1))  # of each row among the phrasings
        self._many = np.diff(self._first)
        self._index(phrase_features, np.append(0, np.cumsum(lengths, dtype=np.int64)))
        self._index_topics(known)

    def _index(self, features: npt.NDArray[np.int32], starts: Numbers) -> None:
        """By row its features, each once, ascending; by these the phrasings that have them."""
        self._norms = np.empty(len(starts) - 1)  # of the phrasings, inverse
        own, sizes, uses, users, says = [], [], [], [], []
        for row in range(0, len(self._many), _CHUNK):
            many = self._many[row : row + _CHUNK]
            first, last = self._first[row], self._first[row + len(many)]
            lengths = np.diff(starts[first : last + 1])
            phrase = np.repeat(np.arange(first, last, dtype=np.int32), lengths)
            feature = features[starts[first] : starts[last]]
            squares = np.bincount(phrase - first, weights=self._rarity[feature] ** 2, minlength=last - first)
            self._norms[first:last] = 1 / np.maximum(np.sqrt(squares), 1e-6)
            pairs = np.repeat(np.repeat(np.arange(len(many)), many), lengths) * len(self._rarity) + feature
            order = np.argsort(pairs, kind="stable")
            pairs, places, used = np.unique(pairs[order], return_index=True, return_counts=True)
            pair_row, pair_feature = np.divmod(pairs, max(len(self._rarity), 1))
            users.append(phrase[order])
            uses.append(used.astype(np.int32))
            own.append(pair_feature.astype(np.int32))
            sizes.append(np.bincount(pair_row, minlength=len(many)))
            share = np.add.reduceat(self._norms[users[-1]], places) if len(places) else np.empty(0)
            says.append((self._rarity[pair_feature] ** 2 * share / np.sqrt(many[pair_row])).astype(np.float32))
        self._users = _joined(users, np.int32)
        self._user_starts = np.append(0, np.cumsum(_joined(uses, np.int32), dtype=np.int64)).astype(np.int32)
        self._own = _joined(own, np.int32)
        self._own_starts = np.append(0, np.cumsum(_joined(sizes, np.int64)))
        self._says = _joined(says, np.float32)

    def _index_topics(self, known: int) -> None:
        """By feature the rows that have it, and how much that says for each."""
        row = np.repeat(np.arange(len(self._many), dtype=np.int32), np.diff(self._own_starts))
        common = np.diff(self._user_starts) * 2 >= self._many[row]
        self._common = np.maximum(np.bincount(row, weights=np.where(common, self._rarity[self._own], 0), minlength=len(self._many)), 1e-6)
        order = np.argsort(self._own, kind="stable")
        self._owners, self._says = row[order], self._says[order]
        self._ends = np.append(0, np.bincount(self._own, minlength=known).cumsum())

    def read(self, bags: Sequence[Sequence[str]]) -> Question:
        """A question's features, by view; each counts once."""
        parts, norms, totals = [], [], []
        for numbers, bag in zip(self._numbers, bags, strict=True):
            distinct = dict.fromkeys(bag)
            features = np.array([n for n in map(numbers.get, distinct) if n is not None], dtype=np.int64)
            weights = self._rarity[features]
            missing = len(distinct) - len(features)
            parts.append(features)
            norms.append(max(float(weights @ weights) + missing * self._unseen**2, 1e-12) ** 0.5)
            totals.append(max(float(weights.sum()) + missing * self._unseen, 1e-6))
        return Question(parts, norms, totals)

    def find(self, question: Question, count: int) -> set[int]:
        """Numbers of the topics that may be most alike in one view or another, at most `count` for each."""
        features = np.concatenate([self._rarest(part) for part in question.parts])
        lengths = self._ends[features + 1] - self._ends[features]
        run = _run(self._ends[features], lengths)
        said = np.bincount(self._owners[run], weights=self._says[run], minlength=len(self._many))
        found: set[int] = set()
        for start in range(0, len(said), max(self.topics, 1)):
            view = said[start : start + self.topics]
            alike = view.nonzero()[0]
            if len(alike) > count:
                alike = alike[view[alike].argpartition(-count)[-count:]]
            found.update(alike.tolist())
        return found

    def _rarest(self, features: Numbers) -> Numbers:
        """The features whose entries are read: all, or the rarest where that would be too many."""
        lengths = self._ends[features + 1] - self._ends[features]
        if int(lengths.sum()) <= _BUDGET:
            return features
        order = np.argsort(lengths, kind="stable")
        return features[order[: max(1, int(np.searchsorted(lengths[order].cumsum(), _BUDGET)))]]

    def compare(self, question: Question, topics: Sequence[int]) -> Floats:
        """MEASURES of the first view, then of the others: one row a topic."""
        held = np.zeros(len(self._rarity), dtype=bool)
        for part in question.parts:
            held[part] = True
        rows = np.array([view * self.topics + topic for view in range(self.views) for topic in topics], dtype=np.int64)
        here = np.arange(len(rows))
        starts, stops = self._own_starts[rows], self._own_starts[rows + 1]
        own = np.concatenate([self._own[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)])
        met = held[own].nonzero()[0]  # of what a topic has, little stands in the question
        weights = self._rarity[own[met]]
        ends = (stops - starts).cumsum()
        row = ends.searchsorted(met, side="right")
        pair = met + (stops - ends)[row]
        first = self._user_starts[pair]
        uses = self._user_starts[pair + 1] - first
        # A row of likeness a topic, a column a phrasing, the rest of it zeros.
        many = self._many[rows]
        width = int(many.max())
        phrase = self._users[_run(first, uses)]
        places = phrase + (here * width - self._first[rows])[row].repeat(uses)
        alike = np.bincount(places, (weights * weights).repeat(uses) * self._norms[phrase], len(rows) * width).reshape(len(rows), width)
        norms = np.repeat(question.norms, len(topics))
        out = np.empty((len(rows), len(MEASURES)))
        highest = alike.argmax(axis=1)
        out[:, 0] = alike[here, highest] / norms
        out[:, 2] = alike.sum(axis=1) / (many * norms)
        alike[here, highest] = 0
        out[:, 1] = np.where(many > 1, alike.max(axis=1) / norms, out[:, 0])
        out[:, 3] = np.bincount(row, weights=weights, minlength=len(rows)) / np.repeat(question.totals, len(topics))
        out[:, 4] = np.bincount(row, weights=weights * (uses * 2 >= many[row]), minlength=len(rows)) / self._common[rows]
        return out.reshape(self.views, len(topics), len(MEASURES)).swapaxes(0, 1).reshape(len(topics), -1)


class Question:
    """A question as bags: by view the numbers of its known features, the length and the sum of all weights, unknown ones included."""

    __slots__ = ("norms", "parts", "totals")

    def __init__(self, parts: list[Numbers], norms: list[float], totals: list[float]) -> None:
        self.parts, self.norms, self.totals = parts, norms, totals


def _run(starts: npt.NDArray[np.signedinteger], lengths: npt.NDArray[np.signedinteger]) -> Numbers:
    """Indices of several stretches, one after another."""
    ends = lengths.cumsum()
    return (starts - ends + lengths).repeat(lengths) + np.arange(int(ends[-1]) if len(ends) else 0)


def _joined(parts: Sequence[npt.NDArray[np.generic]], kind: type[np.generic]) -> npt.NDArray[np.generic]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)

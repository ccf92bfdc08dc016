"""Phrasings as bags of features (words, or bits of letters), weighted by rarity, and how like a question they are.

Of a small base all phrasings are compared. Of a large one few topics are: those that share the question's rarest features, so that the
cost does not grow with the base. Several views of the phrasings are kept and compared as one, each topic having a row in each: a question's
features are few, and what a call of numpy costs by itself would count most. All values are 0.0 to 1.0, higher is more alike.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from math import hypot
from typing import Any

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

_SMALL = 5_000  # phrasings up to which all of them are compared; from about there on it would cost more
_BUDGET = 20_000  # entries read to find topics in one view, the rarest features first
_CHUNK = 25  # topics; so many are sorted at once, as sorting takes much room


class Bags:
    """The bags of all phrasings.

    views   of each view the features of every phrasing, in order; read once
    owners  the topic number of each phrasing, ascending; every topic has a phrasing
    small   how many phrasings are all compared
    """

    def __init__(self, views: Sequence[Iterable[Sequence[str]]], owners: Sequence[int], topics: int, small: int = _SMALL) -> None:
        self.topics, self._views = topics, len(views)
        self._numbers: list[dict[str, int]] = []  # by view: feature → number
        features, lengths = self._read_views(views)
        # From here on the phrasings of the second view follow those of the first, and so do its topics.
        counts = np.bincount(features, minlength=sum(map(len, self._numbers)))
        self._rarity = np.log(1 + len(owners) / np.maximum(counts, 1))
        self._unseen = float(np.log(1 + max(len(owners), 1)))
        rows = np.tile(np.asarray(owners, dtype=np.int64), self._views) + np.repeat(np.arange(self._views) * topics, len(owners))
        first = np.searchsorted(rows, np.arange(self._views * topics + 1))
        pairs = _Pairs(features, np.append(0, np.cumsum(lengths, dtype=np.int64)), first, self._rarity)
        self._base: _Small | _Large = _Small(pairs, self._rarity) if len(owners) <= small else _Large(pairs, self._rarity)

    def _read_views(self, views: Sequence[Iterable[Sequence[str]]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """(numbers of the features, phrasing after phrasing; how many each has)."""
        number = count().__next__
        features, lengths = array("i"), array("i")
        for bags in views:
            numbers: defaultdict[str, int] = defaultdict(number)
            for bag in bags:
                before = len(features)
                features.extend([numbers[one] for one in dict.fromkeys(bag)])
                lengths.append(len(features) - before)
            self._numbers.append(dict(numbers))
        return np.asarray(features, dtype=np.int32), np.asarray(lengths, dtype=np.int32)

    def read(self, bags: Sequence[Sequence[str]]) -> Question:
        """A question's features, by view; each counts once."""
        parts, norms, totals = [], [], []
        for numbers, bag in zip(self._numbers, bags, strict=True):
            distinct = dict.fromkeys(bag)
            features = np.array([n for n in map(numbers.get, distinct) if n is not None], dtype=np.int64)
            weights = self._rarity[features].tolist() + [self._unseen] * (len(distinct) - len(features))
            parts.append(features)
            norms.append(max(hypot(*weights), 1e-6))  # BLAS has to be fetched for so few
            totals.append(max(sum(weights), 1e-6))
        return Question(parts, norms, totals)

    def compare(self, question: Question, also: set[int], most: int) -> tuple[list[int], Floats]:
        """(numbers of topics, ascending; MEASURES of the first view, then of the others: one row a topic).

        also  topics that are compared in any case; besides them those most alike, at most that many in each view
        """
        topics, rows, alike, sums, cover, common = self._base.compare(question, also, most, self.topics)
        here = np.arange(len(rows))
        many, common_all = self._base.many[rows], self._base.common[rows]
        norms = np.array(question.norms).repeat(len(topics))
        out = np.empty((len(rows), len(MEASURES)))
        highest = alike.argmax(axis=1)
        out[:, 0] = best = alike[here, highest] / norms
        out[:, 2] = sums / (many * norms)
        alike[here, highest] = 0
        out[:, 1] = np.where(many > 1, alike.max(axis=1, initial=0) / norms, best)
        out[:, 3] = cover / np.array(question.totals).repeat(len(topics))
        out[:, 4] = common / common_all
        return topics, out.reshape(self._views, len(topics), len(MEASURES)).swapaxes(0, 1).reshape(len(topics), self._views * len(MEASURES))


class Question:
    """A question as bags: by view the numbers of its known features, the length and the sum of all weights, unknown ones included."""

    __slots__ = ("norms", "parts", "totals")

    def __init__(self, parts: list[Numbers], norms: list[float], totals: list[float]) -> None:
        self.parts, self.norms, self.totals = parts, norms, totals


class _Pairs:
    """By row (a topic in a view) its features, each once, ascending; by these the phrasings that have them.

    first        of each row among the phrasings
    norms        of the phrasings, inverse
    own, starts  the features, and where those of each row begin
    users, uses  the phrasings, and where those of each feature of a row begin
    common       sum of what half of a row's phrasings have in common
    """

    def __init__(self, features: npt.NDArray[np.int32], starts: Numbers, first: Numbers, rarity: Floats) -> None:
        self.first, self.many = first, np.diff(first)
        self.norms = np.empty(len(starts) - 1)
        own, sizes, uses, users = [], [], [], []
        for row in range(0, len(self.many), _CHUNK):
            many = self.many[row : row + _CHUNK]
            low, high = first[row], first[row + len(many)]
            lengths = np.diff(starts[low : high + 1])
            phrase = np.repeat(np.arange(low, high, dtype=np.int32), lengths)
            feature = features[starts[low] : starts[high]]
            squares = np.bincount(phrase - low, weights=rarity[feature] ** 2, minlength=high - low)
            self.norms[low:high] = 1 / np.maximum(np.sqrt(squares), 1e-6)
            pairs = np.repeat(np.repeat(np.arange(len(many)), many), lengths) * len(rarity) + feature
            order = np.argsort(pairs, kind="stable")
            pairs, used = np.unique(pairs[order], return_counts=True)
            pair_row, pair_feature = np.divmod(pairs, max(len(rarity), 1))
            users.append(phrase[order])
            uses.append(used.astype(np.int32))
            own.append(pair_feature.astype(np.int32))
            sizes.append(np.bincount(pair_row, minlength=len(many)))
        self.users, self.own = _joined(users, np.int32), _joined(own, np.int32)
        self.uses = np.append(0, np.cumsum(_joined(uses, np.int32), dtype=np.int32))
        self.starts = np.append(0, np.cumsum(_joined(sizes, np.int64)))
        self.row = np.repeat(np.arange(len(self.many), dtype=np.int32), np.diff(self.starts))
        self.is_common = np.diff(self.uses) * 2 >= self.many[self.row]
        weights = np.where(self.is_common, rarity[self.own], 0)
        self.common = np.maximum(np.bincount(self.row, weights=weights, minlength=len(self.many)), 1e-6)


class _Small:
    """Pairs by feature: a question's entries are read, some thousands, and every row compared at once."""

    def __init__(self, pairs: _Pairs, rarity: Floats) -> None:
        self.many, self.common, self._rarity = pairs.many, pairs.common, rarity
        order = np.argsort(pairs.own, kind="stable")
        sizes = np.diff(pairs.uses)[order]
        users = pairs.users[_run(pairs.uses[:-1][order], sizes)]
        row = pairs.row[order]
        self._row, self._is_common = row, pairs.is_common[order]
        self._starts = np.append(0, np.bincount(pairs.own, minlength=len(rarity)).cumsum())  # of each feature among the pairs
        self._uses = np.append(0, sizes.cumsum())[self._starts]  # and among the phrasings
        self._width = int(self.many.max(initial=1))
        self._place = (users - (pairs.first[row] - row * np.int64(self._width)).repeat(sizes)).astype(np.int32)  # in a table of rows and phrasings
        self._share = (rarity[pairs.own[order]].repeat(sizes) ** 2 * pairs.norms[users]).astype(np.float32)
        self._root = np.sqrt(self.many)

    def compare(self, question: Question, also: set[int], most: int, topics: int) -> tuple[list[int], Numbers, Floats, Floats, Floats, Floats]:
        """(topics, their rows; by row the likeness of each phrasing; the sum of it; weight of the question that is held; of it what is common)."""
        features = np.concatenate(question.parts)
        first = self._uses[features]
        run = _run(first, self._uses[features + 1] - first)
        alike = _sums(self._place[run], self._share[run], len(self.many) * self._width).reshape(-1, self._width)
        sums = alike.sum(axis=1)
        said: Floats = (sums / self._root).reshape(len(question.parts), topics)
        alikest = said.argpartition(-most, axis=1)[:, -most:].tolist() if topics > most else [range(topics)] * len(said)
        found = sorted(also.union(n for view, ns in zip(said.tolist(), alikest, strict=True) for n in ns if view[n]))
        rows = _rows(found, len(question.parts), topics)
        first = self._starts[features]
        lengths = self._starts[features + 1] - first
        run = _run(first, lengths)
        row, weights = self._row[run], self._rarity[features].repeat(lengths)
        cover, common = _sums(row, weights, len(self.many)), _sums(row, weights * self._is_common[run], len(self.many))
        return found, rows, alike[rows], sums[rows], cover[rows], common[rows]


class _Large:
    """Pairs by row, and by feature the rows: topics are found by their rarest features, and only those compared."""

    def __init__(self, pairs: _Pairs, rarity: Floats) -> None:
        self.many, self.common, self._rarity = pairs.many, pairs.common, rarity
        self._first, self._norms = pairs.first, pairs.norms
        self._own, self._starts, self._users, self._uses, self._is_common = pairs.own, pairs.starts, pairs.users, pairs.uses, pairs.is_common
        # How much a feature says for a row; in short floats and in place, or building would need most memory here.
        norms, squares, roots = (one.astype(np.float32) for one in (self._norms, rarity**2, np.sqrt(self.many)))
        says = np.add.reduceat(norms[self._users], self._uses[:-1]) if len(self._own) else np.empty(0, dtype=np.float32)
        says *= squares[self._own]
        says /= roots[pairs.row]
        order = np.argsort(self._own, kind="stable")
        self._owners, self._says = pairs.row[order], says[order]
        self._ends = np.append(0, np.bincount(self._own, minlength=len(rarity)).cumsum())

    def compare(self, question: Question, also: set[int], most: int, topics: int) -> tuple[list[int], Numbers, Floats, Floats, Floats, Floats]:
        """As of _Small."""
        found = sorted(also | self._find(question, most, topics))
        rows = _rows(found, len(question.parts), topics)
        held = np.zeros(len(self._rarity), dtype=bool)
        for part in question.parts:
            held[part] = True
        starts, stops = self._starts[rows], self._starts[rows + 1]
        own = np.concatenate([self._own[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)] or [self._own[:0]])
        met = held[own].nonzero()[0]  # of what a topic has, little stands in the question
        weights = self._rarity[own[met]]
        ends = (stops - starts).cumsum()
        row = ends.searchsorted(met, side="right")
        pair = met + (stops - ends)[row]
        first = self._uses[pair]
        uses = self._uses[pair + 1] - first
        # A row of likeness a topic, a column a phrasing, the rest of it zeros.
        width = int(self.many[rows].max(initial=1))
        phrase = self._users[_run(first, uses)]
        places = phrase + (np.arange(len(rows)) * width - self._first[rows])[row].repeat(uses)
        alike = _sums(places, (weights * weights).repeat(uses) * self._norms[phrase], len(rows) * width).reshape(len(rows), width)
        cover = _sums(row, weights, len(rows))
        return found, rows, alike, alike.sum(axis=1), cover, _sums(row, weights * self._is_common[pair], len(rows))

    def _find(self, question: Question, most: int, topics: int) -> set[int]:
        features = np.concatenate([self._rarest(part) for part in question.parts])
        lengths = self._ends[features + 1] - self._ends[features]
        run = _run(self._ends[features], lengths)
        return _most(_sums(self._owners[run], self._says[run], len(self.many)), most, topics)

    def _rarest(self, features: Numbers) -> Numbers:
        """The features whose entries are read: all, or the rarest where that would be too many."""
        lengths = self._ends[features + 1] - self._ends[features]
        if int(lengths.sum()) <= _BUDGET:
            return features
        order = np.argsort(lengths, kind="stable")
        return features[order[: max(1, int(lengths[order].cumsum().searchsorted(_BUDGET)))]]


def _rows(topics: Sequence[int], views: int, width: int) -> Numbers:
    """The rows of those topics: those in the first view, then those in the others."""
    return np.array([view * width + topic for view in range(views) for topic in topics], dtype=np.int64)


def _most(said: Floats, most: int, topics: int) -> set[int]:
    """The topics for which most is said, at most that many in each view, none for which nothing is."""
    found: set[int] = set()
    for start in range(0, len(said), max(topics, 1)):
        view = said[start : start + topics]
        told = view.nonzero()[0]  # a partition of mostly zeros takes long
        if len(told) > most:
            told = told[view[told].argpartition(-most)[-most:]]
        found.update(told.tolist())
    return found


def _run(starts: npt.NDArray[Any], lengths: npt.NDArray[Any]) -> Numbers:
    """Indices of several stretches, one after another."""
    ends = lengths.cumsum()
    run: Numbers = (starts - ends + lengths).repeat(lengths)
    run += np.arange(len(run))
    return run


def _sums(places: npt.NDArray[Any], weights: npt.NDArray[Any], size: int) -> Floats:
    """By place the sum of its weights; floats even where there is none."""
    return np.bincount(places, weights, size).astype(np.float64, copy=False)


def _joined(parts: Sequence[npt.NDArray[Any]], kind: type[np.generic]) -> npt.NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)

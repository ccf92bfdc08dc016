"""Fits what topics are ranked by, on questions whose right topics among the candidates are known.

A ridge-regularised softmax over the candidates of a question, by Newton's steps; a question may have several right ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.matching import Candidate
from bot.matching.index import RANKED, RANKED_BY_MEANING

RIDGE = 0.3
STEPS = 60

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates of one question.

    table  candidates × RANKED, or × RANKED_BY_MEANING where that was asked
    right  for every candidate whether it answers the question
    """

    group: str
    table: Array
    right: tuple[bool, ...]


def choice(group: str, candidates: Sequence[Candidate], right: Sequence[bool]) -> Choice:
    """The choice among those candidates."""
    names = RANKED_BY_MEANING if any(candidate.meaning for candidate in candidates) else RANKED
    rows = [candidate.measures for candidate in candidates]
    table = [[row[name] for name in names] for row in rows]
    return Choice(group, np.array(table, dtype=np.float64).reshape(len(candidates), len(names)), tuple(right))


def fit_ranking(choices: Sequence[Choice]) -> dict[str, float]:
    """Weights of the columns by name, none below nothing, summing to 1.0, so that scores go from 0.0 to 1.0. Empty where nothing can be learnt."""
    usable = [one for one in choices if any(one.right) and not all(one.right)]
    names = RANKED_BY_MEANING[: usable[0].table.shape[1]] if usable else ()
    active = list(range(len(names)))
    weights = np.zeros(len(names))
    while usable and active:
        weights = np.zeros(len(names))
        weights[active] = _climb(usable, active)
        worst = min(active, key=lambda n: weights[n])
        if weights[worst] >= 0:
            break
        active.remove(worst)  # more likeness never speaks against a topic
    total = float(weights.sum())
    return {name: float(weight) / total for name, weight in zip(names, weights, strict=True)} if total > 0 else {}


def _climb(choices: Sequence[Choice], active: Sequence[int]) -> Array:
    """The weights where the likelihood, less the ridge, is flat."""
    tables = [one.table[:, active] for one in choices]
    rights = [np.array(one.right, dtype=bool) for one in choices]
    weights = np.zeros(len(active))
    for _ in range(STEPS):
        slope = -RIDGE * weights
        curve = RIDGE * np.eye(len(active))
        for table, right in zip(tables, rights, strict=True):
            share = _softmax(table @ weights)
            wanted = np.where(right, share, 0.0)
            wanted /= max(float(wanted.sum()), 1e-300)
            slope += (wanted - share) @ table
            mean = share @ table
            # The part of all candidates only: the likelihood of several right ones is not concave, this bound of it is.
            curve += (table.T * share) @ table - np.outer(mean, mean)
        step = np.linalg.solve(curve, slope)
        size = float(np.abs(step).max())
        weights += step * min(1.0, 3.0 / size) if size else step
        if size < 1e-6:
            break
    return weights


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), dtype=np.float64)

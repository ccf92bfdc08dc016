"""What a matcher's answers are worth: accuracy, telling in scope from out of scope, and wrong answers at a given coverage.

Pure. Scores need no scale: only their order counts, and questions of one score are answered together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from bot.evaluation.calibrate import auroc

T = TypeVar("T")
FALSE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Marked:
    """One question with what a matcher made of it.

    in_scope  whether it has an answer
    right     whether the topic found gives it; never out of scope
    score     the matcher's own, higher is surer
    """

    in_scope: bool
    right: bool
    score: float


@dataclass(frozen=True, slots=True)
class Quality:
    """top1: right in scope; auroc: of the score, in scope against out; right_at_5: right in scope where 5% out of scope are answered."""

    top1: float
    auroc: float
    right_at_5: float


@dataclass(frozen=True, slots=True)
class Point:
    """Counts where everything from one score on is answered.

    right      in scope, answered right
    wrong      in scope, answered otherwise
    false      out of scope, answered
    """

    right: int
    wrong: int
    false: int

    @property
    def errors(self) -> int:
        return self.wrong + self.false


def quality(marked: Sequence[Marked]) -> Quality:
    """The figures of the ParaKQC task. Needs questions of both sorts."""
    inside = [one for one in marked if one.in_scope]
    outside = sorted((one.score for one in marked if not one.in_scope), reverse=True)
    if not inside or not outside:
        raise ValueError("questions in scope and out of it are needed")
    threshold = outside[int(len(outside) * FALSE_SHARE)]
    return Quality(
        top1=sum(one.right for one in inside) / len(inside),
        auroc=auroc([one.score for one in marked], [one.in_scope for one in marked]),
        right_at_5=sum(one.right and one.score > threshold for one in inside) / len(inside),
    )


def curve(marked: Sequence[Marked]) -> list[Point]:
    """The counts at every threshold, from nothing answered to everything."""
    points = [Point(0, 0, 0)]
    ordered = sorted(marked, key=lambda one: one.score, reverse=True)
    for _, tied in groupby(ordered, key=lambda one: one.score):
        last, group = points[-1], list(tied)
        right = sum(one.in_scope and one.right for one in group)
        inside = sum(one.in_scope for one in group)
        points.append(Point(last.right + right, last.wrong + inside - right, last.false + len(group) - inside))
    return points


def at_coverage(marked: Sequence[Marked], right: int) -> tuple[Point, bool]:
    """(counts at the highest threshold at which so many are answered right, True); where no threshold reaches that, the counts at the
    highest one of those that answer most right, and False."""
    points = curve(marked)
    reached = next((point for point in points if point.right >= right), None)
    if reached is not None:
        return reached, True
    most = max(point.right for point in points)
    return next(point for point in points if point.right == most), False


def at_errors(marked: Sequence[Marked], errors: int) -> Point:
    """The counts at the threshold that answers most right with no more wrong answers than so many."""
    return max((point for point in curve(marked) if point.errors <= errors), key=lambda point: point.right)


def thin(items: Sequence[T], most: int) -> list[T]:
    """At most so many of them, evenly, with the first and the last."""
    if len(items) <= most:
        return list(items)
    return [items[round(n * (len(items) - 1) / (most - 1))] for n in range(most)]

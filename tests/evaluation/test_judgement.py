"""Two runs over the same messages: what differs, what is worse by it, and in which order staff see it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.evaluation.floors import Bound
from bot.evaluation.judgement import CONFIRMED, FALSE_ALARM, Answered, Floor, Told, Verdict, broken_floors, hold_against


def row(key: str, body: str = "답", verdict: str = "resolved", topics: tuple[str, ...] = (), marks: tuple[str, ...] = (), kind="answer") -> Answered:
    suite = key.partition("/")[0] if "/" in key else ""
    return Answered(key, suite, "answer" if suite else "", f"{key}?", Told(kind, body, topics, verdict, marks))


def keys(found) -> list[str]:
    return [one.key for one in found]


def test_only_what_reads_otherwise_differs():
    before = [row("a/1"), row("a/2"), row("a/3", "1. 가\n2. 나", "tap")]
    after = [row("a/1"), row("a/2", "다른 답"), row("a/3", "1. 가\n2. 나", "missed")]

    found = hold_against(before, after, {}, {})

    assert keys(found) == ["a/2", "a/3"]
    assert (found[0].before.body, found[0].after.body) == ("답", "다른 답")


def test_what_goes_wrong_comes_first_and_then_what_is_asked_most():
    before = [row("a/1", topics=("bell",)), row("a/2", topics=("cctv",)), row("a/3"), row("residents:1", verdict="")]
    after = [
        row("a/1", "가", topics=("bell",)),
        row("a/2", "나", topics=("lamp",)),
        row("a/3", "다", "wrong"),
        row("residents:1", "라", verdict=""),
    ]

    found = hold_against(before, after, {"residents:1": 5}, {"bell": 3, "lamp": 9})

    assert [(one.key, one.count) for one in found] == [("a/3", 0), ("a/2", 9), ("residents:1", 5), ("a/1", 3)]
    assert [one.is_residents for one in found] == [False, False, True, False]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (row("a/1"), row("a/1", "x", "wrong"), ("introduced", "lost")),
        (row("a/1", verdict="wrong"), row("a/1", "x", "wrong"), ()),
        (row("a/1", verdict="missed"), row("a/1", "x", "wrong"), ("introduced",)),
        (row("a/1"), row("a/1", "x", "missed"), ("lost",)),
        (row("a/1", verdict="missed"), row("a/1", "x"), ("gained",)),
        (row("a/1"), row("a/1", "x", marks=(CONFIRMED,)), ("introduced",)),
        (row("a/1"), row("a/1", "x", marks=(FALSE_ALARM,)), ("introduced",)),
        (row("a/1", marks=(CONFIRMED,)), row("a/1", "x", marks=(CONFIRMED,)), ()),
        (row("a/1"), row("a/1", "x"), ()),
    ],
)
def test_what_is_introduced_lost_and_gained(before, after, expected):
    verdict = Verdict("v1", "v2", 1, tuple(hold_against([before], [after], {}, {})))

    assert tuple(name for name in ("introduced", "lost", "gained") if getattr(verdict, name)) == expected
    assert verdict.objects is ("introduced" in expected)


BOUNDS = [Bound("a", "answer", 75, 0), Bound("b", "answer", 100, 0, tap=True), Bound("gone", "answer", 100, 0)]


def rows(suite: str, *verdicts: str) -> list[Answered]:
    return [row(f"{suite}/{n}", verdict=verdict) for n, verdict in enumerate(verdicts)]


def test_a_floor_is_broken_by_a_figure_below_it_that_was_not_so_low():
    before = rows("a", "resolved", "resolved", "resolved", "missed") + rows("b", "resolved", "tap")

    assert broken_floors(before, before, BOUNDS) == []
    assert broken_floors(before, rows("a", "resolved", "resolved", "missed", "wrong") + rows("b", "tap", "tap"), BOUNDS) == [
        Floor("a", "answer", "resolved", 75, 75, 50),
        Floor("a", "answer", "wrong", 0, 0, 25),
    ]


def test_what_was_below_its_floor_already_is_not_held_against_the_change():
    before = rows("a", "resolved", "resolved", "missed", "wrong")
    better = rows("a", "resolved", "resolved", "missed", "missed")
    worse = rows("a", "resolved", "missed", "missed", "wrong")

    assert broken_floors(before, before, BOUNDS) == broken_floors(before, better, BOUNDS) == []
    assert [floor.what for floor in broken_floors(before, worse, BOUNDS)] == ["resolved"]


def test_a_verdict_comes_back_from_its_json():
    found = hold_against([row("a/1"), row("residents:1", verdict="")], [row("a/1", "x", "wrong", ("t",)), row("residents:1", "y", "")], {}, {})
    verdict = Verdict("v1", "v2", 2, tuple(found), (Floor("a", "answer", "wrong", 0, 0, 25.5),), 3, ("참고",))

    assert Verdict.from_json(json.dumps(verdict.as_json())) == Verdict.from_json(verdict.as_json()) == verdict
    assert replace(verdict, floors=()).is_safe
    assert not verdict.is_safe


@pytest.mark.parametrize("value", ["[]", '{"verdict": 1}', '{"verdict": 99}', "nonsense", {"verdict": 1, "differences": [{}]}])
def test_something_else_is_no_verdict(value):
    with pytest.raises(ValueError, match=r"not a verdict|Expecting"):
        Verdict.from_json(value)

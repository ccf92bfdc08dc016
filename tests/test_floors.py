"""Holds the question suites to their floors, so that no change can quietly make answers worse."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.evaluation import run
from bot.evaluation.report import Report, Tally

SUITES = Path(__file__).parent / "suites"
FLOORS = yaml.safe_load((Path(__file__).parent / "floors.yaml").read_text(encoding="utf-8"))
NAMES = sorted(path.stem for path in SUITES.glob("*.jsonl"))


@pytest.fixture(scope="module")
def report(engine) -> Report:
    return run(engine, [SUITES / f"{name}.jsonl" for name in NAMES])


def tally(report: Report, suite: str, slot: str = "") -> Tally:
    verdicts: dict[str, int] = {}
    for outcome in report.outcomes:
        if outcome.suite == suite and slot in ("", outcome.slot):
            verdicts[outcome.verdict] = verdicts.get(outcome.verdict, 0) + 1
    return Tally(sum(verdicts.values()), verdicts)


def test_every_suite_has_its_floors():
    assert sorted(FLOORS) == NAMES


@pytest.mark.parametrize(("suite", "slot"), [(suite, slot) for suite in NAMES for slot in FLOORS.get(suite, {})])
def test_no_suite_falls_below_its_floor(report, suite, slot):
    floor = FLOORS[suite][slot]

    found = tally(report, suite, slot)

    assert found.count >= floor["count"]
    good = ("resolved", "tap") if floor.get("tap") else ("resolved",)  # a name that stood there twice would count twice
    assert found.rate(*good) * 100 >= floor["resolved"], found.text(suite)
    assert found.rate("wrong") * 100 <= floor["wrong"], found.text(suite)


def test_no_false_premise_is_confirmed(report):
    assert report.premises()["confirmed"] == 0


def test_ordinary_messages_are_not_taken_for_urgent(report):
    urgent = report.urgent()

    assert urgent["near_false"] <= 0.01 * urgent["near"]
    assert urgent["caught"] >= 0.98 * urgent["urgent"]


def test_replies_are_short(report):
    lengths = report.lengths()

    assert lengths["median"] <= 200
    assert lengths["long"] == 0


def test_the_folder_of_suites_holds_nothing_but_suites():
    assert {path.suffix for path in SUITES.iterdir()} == {".jsonl"}

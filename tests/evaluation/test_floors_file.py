"""Floors are read with every slip named."""

from __future__ import annotations

import pytest

from bot.content.load import packaged
from bot.errors import SuiteError
from bot.evaluation.floors import Bound, read_floors


def write(tmp_path, text: str):
    path = tmp_path / "floors.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_floors_are_read(tmp_path):
    path = write(tmp_path, "a:\n  answer: {count: 2, resolved: 98.5, wrong: 0}\n  dialogue turn: {resolved: 100, wrong: 1, tap: true}\n")

    assert read_floors(path) == [Bound("a", "answer", 98.5, 0), Bound("a", "dialogue turn", 100, 1, tap=True)]


def test_the_packaged_floors_are_of_the_packaged_suites():
    named = {bound.suite for bound in read_floors(packaged("floors.yaml"))}

    assert named == {path.stem for path in packaged("suites").iterdir()}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("- a\n", "1번째 줄", "묶음"),
        ("a: x\n", "1번째 줄", "묶음"),
        ("a:\n  answer: {resolved: 98.5, wrng: 0}\n", "2번째 줄", "wrng"),
        ("a:\n  answer: {resolved: 98.5}\n", "2번째 줄", "wrong"),
        ("a:\n  answer: {resolved: 많이, wrong: 0}\n", "2번째 줄", "resolved"),
        ("a:\n  answer: {resolved: 101, wrong: 0}\n", "2번째 줄", "resolved"),
        ("a: [\n", "", ""),
    ],
)
def test_a_slip_is_named_with_its_line(tmp_path, text, line, word):
    with pytest.raises(SuiteError) as caught:
        read_floors(write(tmp_path, text))

    assert "floors.yaml" in caught.value.place
    assert line in caught.value.place
    assert word in caught.value.problem

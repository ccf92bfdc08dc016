from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.content.load import read_files
from bot.evaluation.collisions import check_all, find_collisions
from bot.korean import open_tagger
from bot.matching import Index, Lexicon, load_coefficients

BELL = "  - {id: bell, title: 안전비상벨, answer: 네.}\n"
BIKE = "  - {id: bike, title: 자전거 보험, questions: [길에서 넘어지면요], answer: 네.}\n"


class FakeIndex:
    """Scores the phrase of BIKE as told, and every other phrase for its own topic."""

    def __init__(self, **scores: float) -> None:
        self.lexicon = SimpleNamespace(read=lambda phrase: phrase)
        self.scores = scores

    def search(self, phrase: str) -> list[Any]:
        scores = self.scores if phrase == "길에서 넘어지면요" else {"bell" if "벨" in phrase else "bike": 0.9}
        found = [SimpleNamespace(topic_id=name, score=score, best="비상벨") for name, score in scores.items()]
        return sorted(found, key=lambda candidate: -candidate.score)


def write(folder: Path, *topics: str) -> Path:
    folder.mkdir()
    (folder / "a.yaml").write_text("section: 안전\ntopics:\n" + "".join(topics), encoding="utf-8")
    return folder


def test_a_phrasing_that_leads_elsewhere_names_both_topics_with_file_and_line(tmp_path: Path) -> None:
    loaded = read_files(write(tmp_path / "knowledge", BELL, BIKE))

    (fault,) = find_collisions(loaded, FakeIndex(bell=0.6, bike=0.5))  # type: ignore[arg-type]

    assert (fault.file, fault.line) == ("knowledge/a.yaml", 4)
    assert "길에서 넘어지면요" in fault.problem
    assert "bell(knowledge/a.yaml 3번째 줄" in fault.problem


@pytest.mark.parametrize("own", [0.56, 0.6, 0.7], ids=["offered as a choice", "equal", "its own is better"])
def test_a_near_or_better_own_topic_is_no_collision(tmp_path: Path, own: float) -> None:
    loaded = read_files(write(tmp_path / "knowledge", BELL, BIKE))

    assert find_collisions(loaded, FakeIndex(bell=0.6, bike=own)) == []  # type: ignore[arg-type]


def test_a_group_and_its_member_do_not_collide(tmp_path: Path) -> None:
    loaded = read_files(write(tmp_path / "knowledge", BELL.replace("answer", "members: [bike], answer"), BIKE))

    assert find_collisions(loaded, FakeIndex(bell=0.9, bike=0.1)) == []  # type: ignore[arg-type]


def test_the_packaged_knowledge_has_no_collision() -> None:
    loaded = read_files()
    assert loaded.content is not None

    index = Index(loaded.content, Lexicon(loaded.content, open_tagger()), load_coefficients().ranking)

    assert [str(fault) for fault in find_collisions(loaded, index)] == []


def test_collisions_are_skipped_while_a_file_is_broken(tmp_path: Path) -> None:
    report = check_all(write(tmp_path / "knowledge", "  - {id: [\n"), None)

    assert report.faults
    assert report.skipped[0].startswith("SKIPPED")

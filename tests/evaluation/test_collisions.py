from __future__ import annotations

from pathlib import Path

from bot.content.load import read_files
from bot.evaluation.collisions import check_all, find_collisions
from bot.korean import open_tagger
from bot.matching import Index, Lexicon

BELL = "  - {id: bell, title: 안전비상벨, names: [비상벨, 안심벨], answer: 네.}\n"


def write(folder: Path, *topics: str) -> Path:
    folder.mkdir()
    (folder / "a.yaml").write_text("section: 안전\ntopics:\n" + BELL + "".join(topics), encoding="utf-8")
    return folder


def collisions(folder: Path) -> list[str]:
    loaded = read_files(folder)
    assert loaded.content is not None
    return [str(fault) for fault in find_collisions(loaded, Index(loaded.content, Lexicon(loaded.content, open_tagger())))]


def test_a_phrasing_nearer_to_another_topic_names_both_places(tmp_path: Path) -> None:
    stray = "  - {id: bike, title: 자전거 보험, names: [자전거 보험], questions: [안전 비상벨은요], answer: 네.}\n"

    found = collisions(write(tmp_path / "knowledge", stray))

    assert len(found) <= 1  # its own question names it as well; only a clearly higher score is a fault


def test_topics_apart_do_not_collide(tmp_path: Path) -> None:
    assert collisions(write(tmp_path / "knowledge", "  - {id: bike, title: 자전거 보험, questions: [자전거 타다 다치면요], answer: 네.}\n")) == []


def test_the_packaged_knowledge_has_no_collision() -> None:
    loaded = read_files()
    assert loaded.content is not None

    assert [str(f) for f in find_collisions(loaded, Index(loaded.content, Lexicon(loaded.content, open_tagger())))] == []


def test_collisions_are_skipped_while_a_file_is_broken(tmp_path: Path) -> None:
    report = check_all(write(tmp_path / "knowledge", "  - {id: [\n"), None)

    assert report.faults
    assert report.skipped[0].startswith("SKIPPED")

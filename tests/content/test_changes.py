from __future__ import annotations

import pytest

from bot.content.changes import Changes, changes_between
from bot.content.snapshot import Snapshot, take
from bot.errors import ContentError

TOPIC = "  - id: {id}\n    title: {title}\n    answer: {title}이 있어요.\n"


@pytest.fixture
def contents(tmp_path):
    """Makes a content of these topics (id, title)."""

    def make(*topics: tuple[str, str], section: str = "안전") -> Snapshot:
        folder = tmp_path / "knowledge"
        folder.mkdir(exist_ok=True)
        text = f"section: {section}\ntopics:\n" + "".join(TOPIC.format(id=one, title=title) for one, title in topics)
        (folder / "safety.yaml").write_text(text, encoding="utf-8")
        return take(folder)

    return make


def test_topics_are_told_by_their_titles_and_files_by_their_names(contents):
    before = contents(("bell", "비상벨"), ("lamp", "보안등"), ("pump", "펌프"))
    after = contents(("bell", "비상벨"), ("lamp", "가로등"), ("tree", "나무"))

    assert changes_between(before, after) == Changes(("knowledge/safety.yaml",), ("나무",), ("가로등",), ("펌프",))


def test_a_remark_changes_a_file_and_no_topic(contents):
    before = contents(("bell", "비상벨"))
    after = Snapshot({**before.files, "knowledge/safety.yaml": before.files["knowledge/safety.yaml"] + "# 확인함\n"})

    assert changes_between(before, after) == Changes(("knowledge/safety.yaml",))


def test_a_topic_in_another_chapter_has_changed(contents):
    assert changes_between(contents(("bell", "비상벨")), contents(("bell", "비상벨"), section="교통")).changed == ("비상벨",)


def test_what_cannot_be_read_is_a_fault(contents):
    with pytest.raises(ContentError):
        changes_between(contents(("bell", "비상벨")), Snapshot({"knowledge/safety.yaml": "section: ["}))


def test_json_and_back(contents):
    found = changes_between(contents(("bell", "비상벨")), contents(("lamp", "보안등")))

    assert Changes.from_json(found.as_json()) == found

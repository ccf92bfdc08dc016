"""Nothing goes live without an answer and a source."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content.check import check_folders
from bot.content.draft import Skeleton, add_phrases, add_topic, new_file
from bot.content.load import packaged, read_files
from bot.desk.approving import approve
from bot.desk.shelf import Shelf
from bot.errors import ContentError

PAPER = "  - {id: notice, title: 공고, as_of: 2026-11, label: 2026년 11월}\n"


@pytest.fixture
def shelf(tmp_path) -> Shelf:
    folder = Path(shutil.copytree(packaged("knowledge"), tmp_path / "knowledge"))
    with (folder / "documents.yaml").open("a", encoding="utf-8") as file:
        file.write(PAPER)
    text = (folder / "welfare.yaml").read_text(encoding="utf-8")
    drafted = add_topic(text, "welfare.yaml", Skeleton("passport", "여권", ("여권 갱신",), answer="여권은 민원실에서 갱신해요.", comments=("메모",)))
    (folder / "welfare.yaml").write_text(drafted.text, encoding="utf-8")
    return Shelf(folder)


def edit(shelf, name, old, new):
    path = shelf.folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refusal(shelf, *arguments):
    before = {path: path.read_bytes() for path in shelf.folder.iterdir()}
    with pytest.raises(ContentError) as caught:
        approve(shelf, *arguments)
    assert {path: path.read_bytes() for path in shelf.folder.iterdir()} == before
    assert caught.value.remedy
    return str(caught.value)


def test_with_a_source_it_goes_live(shelf):
    done = approve(shelf, "passport", "new-yongsan-2021", "12")

    topic = read_files(shelf.folder).topics["passport"]
    assert (topic.document, topic.lines, done.file, done.is_topic) == ("new-yongsan-2021", (12,), "knowledge/welfare.yaml", True)
    assert "초안" not in (shelf.folder / "welfare.yaml").read_text(encoding="utf-8")
    assert not check_folders(shelf.folder, None).faults


def test_a_document_that_nobody_cites_by_line_needs_none(shelf):
    approve(shelf, "passport", "notice")

    topic = read_files(shelf.folder).topics["passport"]
    assert (topic.document, topic.lines) == ("notice", ())
    assert not check_folders(shelf.folder, None).faults


def test_a_source_that_stands_in_the_file_is_enough(shelf):
    edit(shelf, "welfare.yaml", "    document: ____\n    lines: ____\n", "    document: new-yongsan-2021\n    lines: 12-13\n")

    approve(shelf, "passport")

    assert read_files(shelf.folder).topics["passport"].lines == (12, 13)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param((), "문서가 적혀 있지 않아", id="no document"),
        pytest.param(("new-yongsan-2021",), "몇 번째 줄", id="the newsletter without lines"),
        pytest.param(("new-yongsan-2012", "12"), "'new-yongsan-2021'을(를) 쓰려던", id="unknown document"),
        pytest.param(("new-yongsan-2021", "열둘"), "줄 번호", id="no number"),
        pytest.param(("new-yongsan-2021", "12, 9-3"), "시작이 끝보다", id="a range that runs backwards"),
    ],
)
def test_without_a_source_it_stays_a_draft(shelf, arguments, told):
    assert told in refusal(shelf, "passport", *arguments)


def test_a_blank_answer_stays_a_draft(shelf):
    edit(shelf, "welfare.yaml", "여권은 민원실에서 갱신해요.", "여권은 ____에서 갱신해요.")

    assert "'answer'에 채우지" in refusal(shelf, "passport", "notice")


def test_what_check_would_refuse_is_not_approved(shelf):
    edit(shelf, "welfare.yaml", "names: [여권 갱신]", "names: [방범용 CCTV]")

    assert "두 주제가" in refusal(shelf, "passport", "notice")


def test_a_topic_of_the_file_of_drafts_is_moved_first(shelf):
    (shelf.folder / "drafts.yaml").write_text(new_file(Skeleton("licence", "면허", answer="면허는 여기서 해요.")), encoding="utf-8")

    assert "section" in refusal(shelf, "licence", "notice")


def test_names_rest_on_the_source_of_their_topic(shelf):
    path = shelf.folder / "smart.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(add_phrases(before, "smart.yaml", "shade", {"names": ["햇빛 가림 우산"]}).text, encoding="utf-8")
    assert "새 이름" in refusal(shelf, "shade", "notice")

    done = approve(shelf, "shade")

    topic = read_files(shelf.folder).topics["shade"]
    assert (done.is_topic, topic.names.ko[-1], topic.drafts.all) == (False, "햇빛 가림 우산", ())


def test_what_is_no_draft_is_told_with_what_is(shelf):
    assert "'passport'을(를) 쓰려던" in refusal(shelf, "pasport")
    assert "초안이 없습니다" in refusal(shelf, "shade")

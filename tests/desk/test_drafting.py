"""Questions and staff's answers become drafts in a copy of the real folder; residents see nothing of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import filecmp
import json
import shutil
from pathlib import Path

import pytest

from bot.commands.opening import open_engine
from bot.config import Settings
from bot.content.check import check_folders
from bot.content.load import packaged, read_files
from bot.desk.drafting import Drafter
from bot.errors import ContentError
from bot.store.grouping import Question, group
from bot.store.handoffs import Answered
from tests.store.filling import NOW

SUITES = Path(__file__).parents[1] / "suites"


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(packaged("knowledge"), tmp_path / "knowledge"))


@pytest.fixture
def drafter(engine, folder) -> Drafter:
    return Drafter(engine, folder)


def asked(drafter, *texts, **values):
    """The group of what different people asked; (text, people) or a text of one."""
    common = {"kind": "fallback", "topics": (), "aspects": (), **values}
    pairs = [text if isinstance(text, tuple) else (text, 1) for text in texts]
    questions = [
        Question(NOW - dt.timedelta(days=n), f"{n}-{m}", text=text, **common) for n, (text, people) in enumerate(pairs) for m in range(people)
    ]
    (one,) = group(questions, drafter.words)
    return one


def changed(folder):
    return {path.name for path in folder.iterdir() if not filecmp.cmp(path, packaged("knowledge") / path.name, shallow=False)}


def test_a_subject_that_is_new_becomes_a_topic_in_a_file_of_drafts(drafter, folder):
    done = drafter.from_group(asked(drafter, ("여권은 어디서 갱신하나요?", 3), "여권 갱신 어떻게 해요"))

    loaded = read_files(folder)
    assert (done.kind, done.file, done.topic_id) == ("topic", "knowledge/drafts.yaml", "yeogwon-gaengsin")
    assert (folder / "drafts.yaml").read_text(encoding="utf-8").splitlines()[done.line - 1] == "  - id: yeogwon-gaengsin"
    assert loaded.drafts["yeogwon-gaengsin"].title.ko == "여권 갱신"
    assert loaded.drafts["yeogwon-gaengsin"].questions.ko == ("여권은 어디서 갱신하나요",)
    assert "4명이 4번" in (folder / "drafts.yaml").read_text(encoding="utf-8")
    assert not check_folders(folder, None).faults


def test_what_one_person_wrote_is_never_taken_over_but_for_its_subject(drafter, folder):
    drafter.from_group(
        asked(drafter, ("여권 재발급 신청", 3), "여권 재발급 신청 김영희", "여권 재발급 신청 어떻게 해요 죽고싶어요", "여권 재발급 신청 태평빌라")
    )

    text = (folder / "drafts.yaml").read_text(encoding="utf-8")
    assert "names: [여권 발급]" in text
    assert not [word for word in ("김영희", "죽고", "태평") if word in text]


def test_a_masked_phrasing_is_not_taken_over_however_many_sent_it(drafter, folder):
    drafter.from_group(asked(drafter, ("여권 갱신 *** 로 연락주세요", 3)))

    assert "***" not in (folder / "drafts.yaml").read_text(encoding="utf-8")


def test_a_lone_question_gives_its_subject_without_names(drafter, folder):
    done = drafter.from_group(asked(drafter, "저는 김영희예요 보일러 고장 상담"))

    assert "보일러" in done.summary
    assert "김영희" not in (folder / "drafts.yaml").read_text(encoding="utf-8")


def test_what_the_bot_nearly_knew_becomes_names_of_that_topic(drafter, folder):
    done = drafter.from_group(asked(drafter, ("어르신 축하금 얼마", 2)))

    assert (done.kind, done.topic_id, changed(folder)) == ("names", "longevity", {"seniors.yaml"})
    assert read_files(folder).topics["longevity"].drafts.names.ko == ("어르신 축하금",)


def test_a_topic_that_is_named_is_taken(drafter, folder):
    done = drafter.from_group(asked(drafter, ("쿨링포그 어디", 2)), topic="shade")

    assert (done.kind, done.topic_id) == ("names", "shade")


def test_where_the_topic_was_known_nothing_is_written_and_the_place_is_told(drafter, folder):
    done = drafter.from_group(asked(drafter, ("스마트 그늘막은 어디에 있어요", 3), kind="partial", topics=("shade",), aspects=("where",)))

    assert (done.kind, done.file, done.topic_id) == ("nothing", "knowledge/smart.yaml", "shade")
    assert changed(folder) == set()


def test_the_same_group_is_put_down_once(drafter, folder):
    for questions in ([("여권은 어디서 갱신하나요", 3)], [("어르신 축하금 얼마", 2)]):
        drafter.from_group(asked(drafter, *questions))
        before = {path: path.read_bytes() for path in folder.iterdir()}

        assert drafter.from_group(asked(drafter, *questions)).kind == "nothing"
        assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_ids_are_unique_and_of_latin_letters(drafter, folder):
    (folder / "drafts.yaml").write_text("section: 초안\ntopics: [{id: yeogwon, title: 다른 것, answer: 나, draft: true}]\n", encoding="utf-8")

    assert drafter.from_group(asked(drafter, ("여권", 2))).topic_id == "yeogwon-2"
    assert drafter.from_group(asked(drafter, ("護照", 2))).topic_id == "draft-1"


def test_a_file_may_be_chosen(drafter, folder):
    done = drafter.from_group(asked(drafter, ("여권 갱신", 2)), into="welfare.yaml")

    assert (done.file, changed(folder)) == ("knowledge/welfare.yaml", {"welfare.yaml"})


@pytest.mark.parametrize("into", ["none.yaml", "documents.yaml", "../secret.yaml"])
def test_a_file_that_holds_no_topics_is_refused(drafter, folder, into):
    with pytest.raises(ContentError):
        drafter.from_group(asked(drafter, ("여권 갱신", 2)), into=into)

    assert changed(folder) == set()


def test_an_answer_of_staff_becomes_a_topic_beside_the_one_it_is_about(drafter, folder):
    answered = Answered(14, NOW, "그늘막 어디 있어요", "역 앞에 있어요.\n전화 010-1234-5678", ("shade",), ("where",))

    done = drafter.from_answer(answered)

    draft = read_files(folder).drafts[done.topic_id]
    assert (done.file, draft.title.ko, draft.related) == ("knowledge/smart.yaml", "스마트 그늘막 위치", ("shade",))
    assert draft.answer.ko == "역 앞에 있어요. 전화 ***"
    assert draft.document == "____"
    assert "# 초안: 문의 14에 직원이 2026-03-01에 답한" in (folder / "smart.yaml").read_text(encoding="utf-8")
    assert not check_folders(folder, None).faults
    assert drafter.from_answer(answered).kind == "nothing"


def test_an_answer_about_something_new_is_named_by_its_question(drafter, folder):
    done = drafter.from_answer(Answered(15, NOW, "여권 갱신 되나요", "민원실에서 해요.", (), ()))

    assert read_files(folder).drafts[done.topic_id].title.ko == "여권 갱신"


def test_a_faulty_file_elsewhere_does_not_stop_a_draft_and_a_faulty_target_does(drafter, folder):
    (folder / "covid.yaml").write_text("section: [", encoding="utf-8")

    assert drafter.from_group(asked(drafter, ("여권 갱신", 2))).kind == "topic"
    with pytest.raises(ContentError, match="covid"):
        drafter.from_group(asked(drafter, ("운전면허 갱신", 2)), into="covid.yaml")


def test_residents_see_nothing_of_drafts(engine, drafter, folder, now):
    for texts in ([("여권은 어디서 갱신하나요", 3)], [("어르신 축하금 얼마", 2)], [("쏠라 길바닥 반짝이 등", 2)], [("쿨링포그 그늘막 어디", 2)]):
        drafter.from_group(asked(drafter, *texts))
    drafter.from_answer(Answered(14, NOW, "그늘막 어디 있어요", "역 앞에 있어요.", ("shade",), ("where",)))
    questions = [json.loads(line).get("q") for path in sorted(SUITES.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()[:8]]
    questions = [*filter(None, questions), "여권은 어디서 갱신하나요", "쏠라 길바닥 반짝이 등", "그늘막 위치"]

    drafted = open_engine(Settings(knowledge=folder))

    assert len(questions) > 200
    assert drafted.content.version == engine.content.version
    assert drafted.content.sections == engine.content.sections
    for question in questions:
        before, after = (dataclasses.asdict(one.reply(question, None, now).reply) for one in (engine, drafted))
        assert before == after, question

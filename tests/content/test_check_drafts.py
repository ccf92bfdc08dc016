"""What is not finished does not reach residents, whoever takes the mark away."""

from __future__ import annotations

import pytest

from bot.content.check import check_folders
from bot.content.check_drafts import open_drafts
from bot.content.draft import Skeleton, new_file
from bot.content.load import read_files

PAPER = "documents:\n  - {id: paper, title: 새, as_of: 2021-01, label: 올해}\n"
DRAFT = new_file(Skeleton("passport", "여권", ("여권",))).replace("section: 초안", "section: 민원")


def faults(folder):
    return "\n".join(map(str, check_folders(folder, None).faults))


def test_a_draft_may_have_blanks_and_is_a_note(write_knowledge):
    report = check_folders(write_knowledge(drafts=DRAFT), None)

    assert not [fault for fault in report.faults if fault.file.startswith("knowledge/")]
    assert any("초안이 1개 있습니다: passport(knowledge/drafts.yaml 4번째 줄)" in note for note in report.notes)


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        pytest.param({}, ["'____'(이)라는 문서가", "'answer'에 채우지", "'lines'에 채우지"], id="nothing"),
        pytest.param({"answer": "답"}, ["'____'(이)라는 문서가", "'lines'에 채우지"], id="an answer without a source"),
        pytest.param({"answer": "답", "document": "paper"}, ["'lines'에 채우지"], id="a document without lines"),
        pytest.param({"document": "paper", "lines": "15"}, ["'answer'에 채우지"], id="a source without an answer"),
        pytest.param({"answer": "____에서 해요.", "document": "paper", "lines": "15"}, ["'answer'에 채우지"], id="half an answer"),
    ],
)
def test_whoever_deletes_the_mark_by_hand_is_told_what_is_left(write_knowledge, filled, told):
    text = DRAFT.replace("    draft: true\n", "")
    for key, value in filled.items():
        text = text.replace(f"{key}: ____", f"{key}: {value}")

    found = faults(write_knowledge(drafts=text, documents=PAPER))

    assert [bit for bit in told if bit not in found] == []
    assert found.count("passport") + found.count("____'(이)라는") == len(told)


def test_a_finished_topic_is_no_fault(write_knowledge):
    text = DRAFT.replace("    draft: true\n", "").replace("answer: ____", "answer: 답").replace("document: ____", "document: paper")

    assert not faults(write_knowledge(drafts=text.replace("lines: ____", "lines: 15"), documents=PAPER))


@pytest.mark.parametrize("more", ["known: ____", "facts: {when: ____}", "claim: 값은 ____원", "title: ____"])
def test_a_blank_anywhere_that_is_told_is_a_fault_with_its_line(write_knowledge, topic, more):
    text = topic("bell", more=more) if "title" not in more else topic("bell").replace("bell 주제", "____")

    report = check_folders(write_knowledge(a=text), None)

    assert [(fault.file, fault.remedy != "") for fault in report.faults if "밑줄" in fault.problem] == [("knowledge/a.yaml", True)]


def test_the_section_of_drafts_is_not_shown_to_residents(write_knowledge):
    assert "'초안'으로 주민에게 보입니다" in faults(write_knowledge(a="section: 초안\ntopics: [{id: a, title: 가, answer: 나}]\n"))


def test_draft_names_are_known_to_nobody_and_listed(write_knowledge, topic):
    folder = write_knowledge(a=topic("bell", more="drafts: {names: [새종], questions: [새종 어디예요]}"))

    loaded = read_files(folder)

    assert loaded.topics["bell"].names.all == ()
    assert [(one.topic_id, one.line, one.phrases) for one in open_drafts(loaded)] == [("bell", 6, ("새종", "새종 어디예요"))]


def test_an_empty_draft_name_is_a_fault(write_knowledge, topic):
    assert "빈 표현" in faults(write_knowledge(a=topic("bell", more="drafts: {names: ['']}")))


@pytest.mark.parametrize("name", ["a", "z"])
def test_the_draft_of_the_next_issue_leaves_the_topic_as_it_is(write_knowledge, name):
    """Whichever of the two files comes first."""
    paper = PAPER + "  - {id: next, title: 다음, as_of: 2022-01, label: 이듬해, supersedes: [paper]}\n"
    old = "section: 안전\ndocument: paper\ntopics: [{id: bell, title: 종, answer: 옛 답}]\n"
    new = "section: 안전\ndocument: next\ntopics: [{id: bell, title: 종, answer: ____, draft: true}]\n"

    loaded = read_files(write_knowledge(documents=paper, m=old, **{name: new}))

    assert not loaded.faults
    assert loaded.topics["bell"].answer.ko == "옛 답"
    assert loaded.topic_line("bell", "answer")[0] == "knowledge/m.yaml"
    assert [one.file for one in open_drafts(loaded)] == [f"knowledge/{name}.yaml"]


def test_a_draft_makes_no_new_version_and_its_approval_does(write_knowledge, topic):
    before = read_files(write_knowledge(a=topic("bell"))).content.version

    drafted = read_files(write_knowledge(a=topic("bell", more="drafts: {names: [새종]}"), drafts=DRAFT)).content.version
    approved = read_files(write_knowledge(a=topic("bell", more="names: [새종]"))).content.version

    assert before == drafted
    assert before != approved

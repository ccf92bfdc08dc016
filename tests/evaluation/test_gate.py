"""A changed content is held against the one that is served: what a resident would read otherwise is named, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import Settings
from bot.content.load import packaged
from bot.content.snapshot import Snapshot, take
from bot.evaluation.gate import Asked, Gate, Verdict, open_gate
from bot.evaluation.workers import Workers

KNOWLEDGE = """\
section: 안전
document: paper
topics:
  - id: bell
    title: 안전비상벨
    questions: [비상벨 몇 개 바꿨어요]
    answer: 안전비상벨은 12곳에서 바꿨어요.  # a remark
  - id: lamp
    title: 보안등
    questions: [보안등 몇 개 달았어요]
    answer: 보안등은 30곳에 달았어요.
"""
DOCUMENTS = "documents:\n  - id: paper\n    title: 구정 소식지\n    label: 「마을」\n    as_of: 2021-01\n"
SUITE = [
    {"id": "one", "kind": "single", "q": "비상벨 몇 개 바꿨어요?", "expect": "answer", "must": [["12곳"]]},
    {"id": "two", "kind": "single", "q": "보안등 몇 개 달았나요", "expect": "answer", "must": [["30곳"]]},
    {"id": "bye", "kind": "single", "q": "고마워요", "expect": "chitchat", "must": []},
    {
        "id": "talk",
        "kind": "dialogue",
        "turns": [{"q": "안녕하세요", "expect": "chitchat", "must": []}, {"q": "비상벨은요", "expect": "answer", "must": [["12"]]}],
    },
]
FLOORS = "mine:\n  answer: {resolved: 100, wrong: 0}\n"
ASKED = (Asked("비상벨", 4), Asked("보안등", 9), Asked("여권은 어디서", 20))


@pytest.fixture(scope="module")
def suites(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("judging") / "suites"
    folder.mkdir()
    (folder / "mine.jsonl").write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in SUITE), encoding="utf-8")
    (folder.parent / "floors.yaml").write_text(FLOORS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Snapshot:
    folder = tmp_path_factory.mktemp("served")
    (folder / "safety.yaml").write_text(KNOWLEDGE, encoding="utf-8")
    (folder / "documents.yaml").write_text(DOCUMENTS, encoding="utf-8")
    return take(folder)


@pytest.fixture(scope="module")
def judge(suites, served) -> Callable[..., Verdict]:
    """Judges a change of one piece of text, by a gate that knows what is served."""
    gate = Gate(Settings(), [suites], suites.parent / "floors.yaml")
    gate.warm(served)

    def judge(old: str, new: str, asked=(), told=None) -> Verdict:
        return gate.judge(served, changed(served, old, new), asked, told)

    return judge


@pytest.fixture
def errands(monkeypatch) -> list[list[int]]:
    """What the workers are sent to ask, as it is sent: of each content how many suites, and how many questions besides."""
    sent: list[list[int]] = []
    run = Workers.run

    def record(self, errands, now):
        sent.extend([len(errand.suites), len(errand.asked)] for errand in errands)
        return run(self, errands, now)

    monkeypatch.setattr(Workers, "run", record)
    return sent


def changed(snapshot: Snapshot, old: str, new: str) -> Snapshot:
    assert any(old in text for text in snapshot.files.values())
    return Snapshot({name: text.replace(old, new) for name, text in snapshot.files.items()})


def test_a_change_that_breaks_an_answer_is_named(judge):
    verdict = judge("12곳에서", "13곳에서")

    assert [one.key for one in verdict.introduced] == ["mine/one", "mine/talk#1"]
    one = verdict.differences[0]
    assert (one.question, one.before.verdict, one.after.verdict) == ("비상벨 몇 개 바꿨어요?", "resolved", "wrong")
    assert "12곳" in one.before.body
    assert "13곳" in one.after.body
    assert [(floor.suite, floor.slot, floor.what, floor.before, floor.after) for floor in verdict.floors] == [
        ("mine", "answer", "resolved", 100, 50),
        ("mine", "answer", "wrong", 0, 50),
    ]
    assert verdict.before != verdict.after
    assert verdict.asked == 5
    assert verdict.objects
    assert not verdict.is_safe


def test_another_remark_changes_nothing(judge):
    verdict = judge("# a remark", "# another one")

    assert (verdict.differences, verdict.floors, verdict.notes) == ((), (), ())
    assert verdict.before == verdict.after


def test_another_source_line_is_a_difference_and_nothing_wrong(judge):
    verdict = judge("label: 「마을」", "label: 「이웃」")

    assert [one.key for one in verdict.differences] == ["mine/one", "mine/two", "mine/talk#1"]
    assert "「마을」" in verdict.differences[0].before.body
    assert "「이웃」" in verdict.differences[0].after.body
    assert not verdict.objects


def test_what_residents_asked_is_asked_too_and_the_most_asked_comes_first(judge):
    verdict = judge("label: 「마을」", "label: 「이웃」", ASKED, {"lamp": 7, "bell": 5})

    assert [(one.question, one.count) for one in verdict.differences] == [
        ("보안등", 9),
        ("보안등 몇 개 달았나요", 7),
        ("비상벨 몇 개 바꿨어요?", 5),
        ("비상벨은요", 5),
        ("비상벨", 4),
    ]
    assert [one.question for one in verdict.differences if one.is_residents] == ["보안등", "비상벨"]
    assert verdict.asked == 8


def test_a_resident_is_answered_in_their_language(judge):
    verdict = judge("I did not understand it", "I do not follow", [Asked("?", 1), Asked("?", 1, "en")])

    assert [one.key for one in verdict.differences if one.is_residents] == ["residents:2"]
    assert "I do not follow" in verdict.differences[0].after.body


def test_only_the_changed_content_is_asked_when_a_change_comes(suites, served, errands):
    gate = Gate(Settings(), [suites])
    gate.warm(served)
    change, next_one = changed(served, "12곳에서", "13곳에서"), changed(served, "12곳에서", "14곳에서")

    gate.judge(served, change, ASKED[:1])
    gate.judge(served, change, ASKED[:1])
    gate.judge(change, next_one, ASKED[:1])

    assert errands == [[1, 0], [0, 1], [1, 1], [1, 1]]


def test_another_suite_is_asked_of_both(suites, served, errands, tmp_path):
    own = tmp_path / "suites"
    own.mkdir()
    path = own / "mine.jsonl"
    path.write_bytes((suites / "mine.jsonl").read_bytes())
    gate = Gate(Settings(), [own])
    gate.warm(served)
    path.write_text(json.dumps(SUITE[0]), encoding="utf-8")

    verdict = gate.judge(served, changed(served, "30곳", "31곳"))

    assert errands == [[1, 0], [1, 0], [1, 0]]
    assert (verdict.asked, verdict.differences) == (1, ())


@pytest.mark.parametrize("is_there", [False, True], ids=["missing", "empty"])
def test_without_suites_residents_questions_are_judged_and_the_rest_is_said(served, tmp_path, is_there):
    folder = tmp_path / "none"
    if is_there:
        folder.mkdir()

    verdict = Gate(Settings(), [folder]).judge(served, changed(served, "30곳", "31곳"), ASKED)

    assert [one.question for one in verdict.differences] == ["보안등"]
    assert str(folder) in verdict.notes[0]
    assert "주민" in verdict.notes[1]


def test_a_suite_with_a_slip_and_floors_with_one_are_named_and_the_rest_is_judged(suites, served, tmp_path):
    slip, floors = tmp_path / "slip.jsonl", tmp_path / "floors.yaml"
    slip.write_text('{"id": "x"}', encoding="utf-8")
    floors.write_text("mine: 100", encoding="utf-8")

    verdict = Gate(Settings(), [suites, slip], floors).judge(served, changed(served, "30곳", "31곳"))

    assert [one.key for one in verdict.introduced] == ["mine/two"]
    assert any("slip.jsonl" in note for note in verdict.notes)
    assert any("floors.yaml" in note for note in verdict.notes)


def test_the_settings_name_the_suites_and_the_floors(suites, tmp_path):
    def named(**content):
        gate = open_gate(Settings.model_validate({"content": content}))
        return gate._suites, gate._floors

    assert named() == ((packaged("suites"),), packaged("floors.yaml"))
    assert named(suites=suites) == ((suites,), None)
    assert named(suites=suites, floors=tmp_path) == ((suites,), tmp_path)


def test_the_settings_reach_the_answers(suites, served):
    shy = Gate(Settings.model_validate({"matching": {"answer_from": 1, "offer_from": 1}}), [suites])

    assert shy.judge(served, changed(served, "30곳", "31곳")).differences == ()

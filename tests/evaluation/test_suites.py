import datetime as dt
import json

import pytest

from bot.errors import SuiteError
from bot.evaluation import load_suite, load_suites, read_suite
from bot.evaluation.suites import NOW, SEOUL, read_time

SINGLE = {"id": "a", "kind": "single", "style": "polite", "q": "몇 곳이에요?", "expect": "answer", "topic": "cctv", "must": [["223"]]}


@pytest.fixture
def write(tmp_path):
    def make(*cases, name="suite.jsonl"):
        path = tmp_path / name
        path.write_text("".join((c if isinstance(c, str) else json.dumps(c, ensure_ascii=False)) + "\n" for c in cases), encoding="utf-8")
        return path

    return make


def test_a_single_becomes_a_case_of_one_message(write):
    case = load_suite(write({**SINGLE, "must_not": ["^네"]})).cases[0]

    assert (case.id, case.kind, case.style, case.topic, case.line) == ("a", "single", "polite", "cctv", 1)
    assert (case.asks[0].must, case.asks[0].must_not, case.asks[0].now) == ((("223",),), ("^네",), NOW)


def test_the_time_of_a_dialogue_holds_for_its_turns(write):
    turn = {"q": "언제까지요", "expect": "partial", "must": []}
    case = load_suite(write({"id": "d", "kind": "dialogue", "now": "2026-11-24T14:00", "turns": [turn, turn]})).cases[0]

    assert [ask.now for ask in case.asks] == [dt.datetime(2026, 11, 24, 14, tzinfo=SEOUL)] * 2


def test_yaml_has_the_same_keys(write):
    text = "- id: a\n  kind: single\n  style: polite\n  q: 몇 곳이에요?\n  expect: answer\n  topic: cctv\n  must: [[223]]"

    from_yaml, from_json = load_suite(write(text, name="one.yaml")), load_suite(write(SINGLE, name="two.jsonl"))

    assert from_yaml.cases == from_json.cases


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"musst": []}, "musst"),
        ({"q": None}, "'q'"),
        ({"q": 3}, "'q'"),
        ({"expect": "anwser"}, "anwser"),
        ({"kind": "dialog"}, "dialog"),
        ({"must": [["223"], []]}, "must"),
        ({"must": "223"}, "must"),
        ({"must_not": "네"}, "must_not"),
        ({"now": "yesterday"}, "yesterday"),
        ({"id": ""}, "id"),
        ({"kind": "dialogue", "turns": []}, "turns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_is_named_with_file_and_line(write, change, word):
    path = write(SINGLE, "", {**SINGLE, "id": "b", **change})

    with pytest.raises(SuiteError) as caught:
        load_suite(path)

    assert caught.value.place == f"{path} 3번째 줄"
    assert word in str(caught.value).removeprefix(str(path))


def test_a_misspelt_key_comes_with_the_right_one(write):
    _, faults = read_suite(write({**SINGLE, "musst_not": []}))

    assert "must_not" in faults[0].remedy


def test_all_faults_of_a_file_are_named_at_once(write):
    suite, faults = read_suite(write({**SINGLE, "q": None}, "not json", SINGLE, SINGLE, "[1]"))

    assert suite is None
    assert [fault.line for fault in faults] == [1, 2, 3, 4, 5]


def test_a_duplicate_id_names_the_line_of_the_first(write):
    _, faults = read_suite(write(SINGLE, {**SINGLE, "id": "b"}, SINGLE))

    assert faults[0].line == 3
    assert "1번째 줄" in faults[0].problem


def test_a_yaml_fault_names_its_own_line(write):
    _, faults = read_suite(write("- id: a\n  kind: single\n  q: 몇 곳\n  expect: anser\n  must: []", name="suite.yaml"))

    assert (faults[0].line, faults[0].remedy) == (4, "'answer'을(를) 쓰려던 건가요?")


@pytest.mark.parametrize(("name", "content"), [("a.jsonl", b""), ("a.txt", b"x"), ("a.jsonl", "질문".encode("cp949")), ("gone.jsonl", None)])
def test_a_file_that_is_no_suite_is_refused(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(SuiteError, match=name):
        load_suite(tmp_path / name)


def test_two_suites_of_one_name_are_refused(write):
    path = write(SINGLE)

    with pytest.raises(SuiteError, match="suite"):
        load_suites([path, path])


def test_a_time_with_z_is_understood():
    assert read_time("2021-02-01T00:00Z") == NOW

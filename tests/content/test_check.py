from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

from bot.content import yaml_text
from bot.content.check import check_folders
from bot.content.load import packaged, read_ids

Write = Callable[..., Path]
Make = Callable[..., str]
WORDING = packaged("intents") / "wording.yaml"


def problems(report: object) -> str:
    return "\n".join(str(fault) for fault in report.faults)  # type: ignore[attr-defined]


def test_the_packaged_knowledge_is_without_fault() -> None:
    report = check_folders(None, None)

    assert [str(fault) for fault in report.faults if fault.file.startswith("knowledge/")] == []


def test_the_report_is_json(write_knowledge: Write, topic: Make) -> None:
    report = check_folders(write_knowledge(a=topic("cctv", more="x: 1")), None)

    told = json.loads(json.dumps(report.as_json()))

    assert {"file", "line", "problem", "remedy"} == set(told["faults"][0])


def test_a_phrasing_that_two_topics_claim_names_both(write_knowledge: Write, topic: Make) -> None:
    folder = write_knowledge(a=topic("cctv", more="names: [방범 카메라]"), b=topic("bell", more="names: [방범카메라]"))

    report = check_folders(folder, None)

    assert "knowledge/b.yaml 6번째 줄" in problems(report)
    assert "knowledge/a.yaml 6번째 줄" in problems(report)


def test_a_group_may_share_a_name_with_its_member(write_knowledge: Write, topic: Make) -> None:
    folder = write_knowledge(a=topic("all", more="names: [안전]\nmembers: [bell]") + topic("bell", more="names: [안전]"))

    assert "두 주제가" not in problems(check_folders(folder, None))


@pytest.mark.parametrize("answer", ["null", "~", "' '"])
def test_an_answer_that_says_nothing_is_a_fault(write_knowledge: Write, topic: Make, answer: str) -> None:
    assert "비어 있습니다" in problems(check_folders(write_knowledge(a=topic("cctv", answer)), None))


def test_a_placeholder_in_a_topic_is_a_fault(write_knowledge: Write, topic: Make) -> None:
    assert "{contact}" in problems(check_folders(write_knowledge(a=topic("cctv", "'{contact}에 물어보세요.'")), None))


def test_an_unknown_superseded_document_is_a_fault(write_knowledge: Write, topic: Make) -> None:
    paper = "documents:\n  - {id: new, title: 새, as_of: 2021-01, label: 올해, supersedes: [old]}\n"

    report = check_folders(write_knowledge(a=topic("cctv"), documents=paper), None)

    assert [(fault.file, fault.line) for fault in report.faults if "old" in fault.problem] == [("knowledge/documents.yaml", 2)]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param("  age:", "  agee:", "'age'이(가) 없습니다", id="missing key"),
        pytest.param("  age:", "  agee:", "'agee'은(는) 프로그램이 쓰지 않는", id="unknown key"),
        pytest.param("{contact}에 연락해", "{contct}에 연락해", "{contct}", id="unknown slot"),
        pytest.param("You can ask: {contact}", "You can ask", "다른 언어에는 있는 '{contact}'", id="slot of one language only"),
        pytest.param("'{word}' 이야기", "'{word' 이야기", "짝", id="open brace"),
    ],
)
def test_wording_that_the_engine_cannot_use_is_a_fault(write_intents: Write, old: str, new: str, problem: str) -> None:
    text = WORDING.read_text(encoding="utf-8")
    assert old in text

    report = check_folders(None, write_intents(wording=text.replace(old, new)))

    assert problem in problems(report)


def test_the_packaged_wording_has_no_fault() -> None:
    assert not [fault for fault in check_folders(None, None).faults if fault.file.startswith("intents/wording")]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param("id: restart", "id: restrat", "'restart' 항목이 없습니다", id="needed id is missing"),
        pytest.param("id: restart", "id: restrat", "'restrat'은(는) 프로그램이 모르는", id="unknown id"),
        pytest.param("id: stop", "id: restart", "두 번", id="id twice"),
    ],
)
def test_navigation_that_the_engine_cannot_use_is_a_fault(write_intents: Write, old: str, new: str, problem: str) -> None:
    text = (packaged("intents") / "navigation.yaml").read_text(encoding="utf-8")

    assert problem in problems(check_folders(None, write_intents(navigation=text.replace(old, new))))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("- <낯선 사람> + 껴안", "- <낯선사람들> + 껴안", "'<낯선사람들>'이라는 목록이 없습니다"),
        ("lists:\n", "lists:\n  빈 것: []\n", "'빈 것' 목록이 비었거나"),
        ("lists:\n", "lists:\n  짝: [누가 + 따라와]\n", "'짝' 목록에 '+'나"),
    ],
)
def test_lists_of_urgent_words_are_there_and_hold_words(write_intents: Write, old: str, new: str, problem: str) -> None:
    text = (packaged("intents") / "urgent.yaml").read_text(encoding="utf-8")
    assert old in text

    assert problem in problems(check_folders(None, write_intents(urgent=text.replace(old, new))))


def test_cues_are_there_and_belong_to_one_aspect(write_intents: Write) -> None:
    text = (packaged("intents") / "aspects.yaml").read_text(encoding="utf-8")
    more = (
        "  - {id: one, label: 하나, cues: [], or: [hwo]}\n  - {id: two, label: 둘, cues: [가나다라]}\n  - {id: three, label: 셋, cues: [가나다라]}\n"
    )

    report = check_folders(None, write_intents(aspects=text + more))

    assert "'one'에 알아볼 말" in problems(report)
    assert "'hwo'" in problems(report)
    assert "'가나다라'을(를) 두 측면이 씁니다: three, two" in problems(report)


def test_an_absent_source_is_skipped_not_failed(write_knowledge: Write, topic: Make, tmp_path: Path) -> None:
    report = check_folders(write_knowledge(a=topic("cctv")), None, tmp_path / "none.txt")

    assert report.skipped[0].startswith("SKIPPED")


def test_ids_that_vanished_are_named_where_they_stood(copy_knowledge: Path, tmp_path: Path) -> None:
    earlier = Path(shutil.copytree(copy_knowledge, tmp_path / "earlier"))
    (copy_knowledge / "youth.yaml").unlink()

    report = check_folders(copy_knowledge, None, None, earlier)

    place, line = read_ids(earlier)["jieum"]
    gone = [fault for fault in report.faults if '"jieum"' in fault.problem]
    assert [(Path(fault.file).name, fault.line) for fault in gone] == [(Path(place).name, line)]


# -- mutations ------------------------------------------------------------------------------------------------------

SEED, MUTATIONS = 20210114, 300
JUNK = [
    "\t",
    "\x00",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "*a",
    "&a ",
    "!!python/object:os.x ",
    "!x ",
    ": ",
    "- ",
    "#",
    "|",
    ">",
    "null",
    "~",
    "\ud55c",
    "?",
    "%",
    "@",
    "`",
]


def mutate(raw: bytes, rng: random.Random) -> bytes:
    """One slip of the kind that hands and programs make."""
    rows = raw.split(b"\n")
    n, kind = rng.randrange(len(rows)), rng.randrange(9)
    if kind == 0:
        del rows[n : n + rng.randint(1, 30)]
    elif kind == 1:
        rows.insert(n, rows[n])
    elif kind == 2:
        other = rng.randrange(len(rows))
        rows[n], rows[other] = rows[other], rows[n]
    elif kind == 3:
        rows[n] = b" " * rng.randint(0, 8) + rows[n].lstrip()
    elif kind == 4:
        rows[n] = rows[n].decode().encode("cp949", "replace")
    elif kind == 5:
        start = rng.randrange(len(raw))
        return raw[:start] + raw[start + rng.randint(1, 400) :]
    elif kind == 6:
        return raw[: rng.randrange(len(raw))]
    else:
        text = rows[n].decode()
        at = rng.randint(0, len(text))
        rows[n] = (text[:at] + rng.choice(JUNK) + text[at:]).encode()
    return b"\n".join(rows)


def test_no_mutation_of_a_file_is_a_traceback_and_a_vanished_topic_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "parse_text", lru_cache(yaml_text.parse_text))  # only one file differs from run to run
    rng = random.Random(SEED)
    before = read_ids(packaged("knowledge"))
    folders = {name: Path(shutil.copytree(packaged(name), tmp_path / name)) for name in ("knowledge", "intents")}
    files = sorted(path for folder in folders.values() for path in folder.glob("*.yaml"))

    for _ in range(MUTATIONS):
        path = rng.choice(files)
        raw = path.read_bytes()
        path.write_bytes(mutate(raw, rng))

        report = check_folders(folders["knowledge"], folders["intents"], None, packaged("knowledge"))

        named = set(re.findall(r'주제 "([^"]+)"이\(가\) 사라', problems(report)))
        gone = set(before) - set(read_ids(folders["knowledge"]))
        assert gone <= named
        assert all(fault.problem and fault.remedy for fault in report.faults)
        path.write_bytes(raw)

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content.load import load_content, read_content, read_files
from bot.content.snapshot import take
from bot.content.yaml_text import MAX_FAULTS
from bot.errors import ContentError

Write = Callable[..., Path]
Make = Callable[..., str]


def test_the_smallest_file_loads(write_knowledge: Write) -> None:
    folder = write_knowledge(
        a="section: 안전\ntopics:\n  - id: cctv\n    title: 방범용 CCTV\n    questions: [씨씨티비 몇 대 늘었어요]\n    answer: 네.\n"
    )

    content = load_content(folder)

    assert content.topics["cctv"].is_simple


def test_duplicate_id_names_both_places_and_the_remedy(write_knowledge: Write, topic: Make) -> None:
    folder = write_knowledge(safety=topic("bell") + topic("cctv"), smart=topic("cctv"))

    with pytest.raises(ContentError) as caught:
        load_content(folder)

    assert caught.value.place == "knowledge/smart.yaml 3번째 줄"
    assert "knowledge/safety.yaml 6번째 줄" in caught.value.problem
    assert "id" in caught.value.remedy


@pytest.mark.parametrize(
    ("more", "line", "problem", "remedy"),
    [
        pytest.param("anser: 예", 6, "anser", "answer", id="misspelt key"),
        pytest.param("facts:\n  when: {ko: 예, lnes: 3}", 7, "lnes", "'lines'", id="misspelt inside a fact"),
        pytest.param("facts:\n  when: {ko: 예, questions: 3}", 7, "이 자리에", "ko, lines", id="right elsewhere"),
        pytest.param("related: [bel]", 6, "'bel'", "'bell'", id="unknown topic"),
        pytest.param("members: [cctv]", 6, "자기 자신", "지워", id="own member"),
        pytest.param("facts: {how_mani: 예}", 6, "how_mani", "'how_many'", id="unknown aspect"),
        pytest.param("period: {from: 2021-02-14, until: 2020-12-14}", 6, "늦습니다", "바꿔", id="period reversed"),
        pytest.param("period: {from: 2021-02-30}", 6, "달력", "있는 날짜", id="no such day"),
        pytest.param("lines: 24-23", 6, "시작이 끝보다", "23-24", id="lines reversed"),
        pytest.param("lines: 1-9999999999", 6, "너무 큽니다", "23-24", id="endless lines"),
        pytest.param("document: paper", 3, "paper", "documents.yaml", id="unknown document"),
        pytest.param("status: finished", 6, "status", "planned", id="unknown status"),
    ],
)
def test_a_fault_of_a_topic_names_line_and_remedy(write_knowledge: Write, topic: Make, more: str, line: int, problem: str, remedy: str) -> None:
    folder = write_knowledge(a=topic("cctv", more=more), b=topic("bell"))

    faults = read_files(folder).faults

    assert len(faults) == 1, faults
    assert faults[0].line == line, faults[0]
    assert problem in faults[0].problem
    assert remedy in faults[0].remedy


@pytest.mark.parametrize("name", ["a" * 33, "CCTV", "방범"])
def test_a_bad_id_is_refused(write_knowledge: Write, topic: Make, name: str) -> None:
    faults = read_files(write_knowledge(a=topic(name))).faults

    assert any("32자" in fault.problem and fault.line == 3 for fault in faults)


def test_faults_of_all_files_are_told_at_once_and_a_sound_topic_beside_a_bad_one_is_read(write_knowledge: Write, topic: Make) -> None:
    folder = write_knowledge(a=topic("one", more="x: 1") + topic("two", more="related: [none]"), b="a: [", c=topic("three", more="related: [one]"))

    faults = read_files(folder).faults

    assert [(fault.file, fault.line) for fault in faults] == [("knowledge/a.yaml", 6), ("knowledge/a.yaml", 10), ("knowledge/b.yaml", 1)]


def test_a_missing_folder_says_how_to_make_one(tmp_path: Path) -> None:
    faults = read_files(tmp_path / "none").faults

    assert "init" in faults[0].remedy


@pytest.mark.skipif(sys.platform != "linux", reason="pipes, links and file names as bytes")
def test_what_is_no_file_of_content_is_a_fault_of_both_folders_and_shows_nothing_of_itself(tmp_path, write_knowledge, write_intents, topic):
    secret = tmp_path / "shadow"
    secret.write_text("root:*:19000:0:99999:7:::\n", encoding="utf-8")
    folders = write_knowledge(a=topic("cctv")), write_intents()
    for folder in folders:
        os.mkfifo(folder / "pipe.yaml")
        (folder / "link.yaml").symlink_to(secret)
        Path(os.fsdecode(os.fsencode(folder) + "/안전.yaml".encode("cp949"))).write_text("a: 1\n", encoding="utf-8")

    told = "\n".join(map(str, read_files(*folders).faults))

    assert "knowledge/안전.yaml: 파일 이름에" in told
    assert "knowledge/pipe.yaml: 보통 파일이" in told
    assert "knowledge/link.yaml: 폴더 밖" in told
    assert told.count("모르는 파일입니다") == 3
    assert "root" not in told
    with pytest.raises(ContentError):
        take(*folders)


def test_an_unknown_key_is_quoted_only_where_it_looks_like_one(write_knowledge):
    faults = read_files(write_knowledge(a="root:*:19000:0: x\nsectoin: x\n")).faults

    assert not any("19000" in str(fault) for fault in faults)
    assert any("'sectoin'은(는) 모르는 항목" in fault.problem for fault in faults)


@pytest.mark.parametrize("more", ["x{n}: 1", "related: [x{n}]"], ids=["keys", "links"])
def test_of_many_faults_of_a_file_the_first_are_told(write_knowledge, topic, more):
    folder = write_knowledge(a="section: 안전\ntopics:\n" + "".join(topic(f"t{n}", more=more.format(n=n)) for n in range(300)))

    assert len(read_files(folder).faults) == MAX_FAULTS


def test_what_intents_lack_comes_from_the_packaged(write_knowledge: Write, write_intents: Write, topic: Make) -> None:
    loaded = read_files(write_knowledge(a=topic("cctv")), write_intents(everyday="words: [좀]\n"))

    assert loaded.content is not None
    assert loaded.content.everyday.ko == ("좀",)
    assert "how_many" in loaded.content.aspects


def test_of_two_documents_on_one_topic_the_newer_speaks(tmp_path):
    (tmp_path / "documents.yaml").write_text(
        "documents:\n"
        "  - {id: old, title: 옛 소식지, as_of: 2021-01, label: 2021년 초}\n"
        "  - {id: new, title: 새 소식지, as_of: 2022-01, label: 2022년 초, supersedes: [old]}\n",
        encoding="utf-8",
    )
    for name, document, figure in (("a", "new", 240), ("b", "old", 223)):
        text = f"section: 안전\ndocument: {document}\ntopics:\n  - {{id: cctv, title: CCTV, answer: {figure}개소예요.}}\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    content = load_content(tmp_path)

    assert content.topics["cctv"].answer.ko == "240개소예요."
    assert content.topics["cctv"].document == "new"


def test_file_that_notepad_has_saved_as_text_is_not_passed_over(tmp_path):
    (tmp_path / "privacy.yaml.txt").write_text("privacy: {}\n", encoding="utf-8")

    _, faults = read_content(None, tmp_path)

    assert [(fault.file, ".txt" in fault.remedy) for fault in faults] == [(f"{tmp_path.name}/privacy.yaml.txt", True)]

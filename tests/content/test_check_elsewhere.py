from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content.check import CheckReport, check_folders
from bot.content.load import load_content
from bot.korean import open_tagger

Write = Callable[..., Path]
Make = Callable[..., str]


def of_the_file(report: CheckReport) -> list[str]:
    return [str(fault) for fault in report.faults if "elsewhere" in fault.file]


def test_a_folder_without_the_file_has_the_packaged_names(write_intents: Write) -> None:
    content = load_content(None, write_intents(everyday="words: [알려주세요]\n"))

    assert {"중구", "의왕", "부평구", "하노이"} <= set(content.elsewhere.ko)
    assert {"busan", "gangnam-gu", "new york"} <= set(content.elsewhere.en)


def test_an_own_file_stands_in_the_place_of_the_packaged_one(write_intents: Write) -> None:
    content = load_content(None, write_intents(elsewhere="elsewhere: [가람시]\n"))

    assert content.elsewhere.all == ("가람시",)


def test_the_packaged_names_have_no_fault_and_are_no_words_of_the_newsletter() -> None:
    report = check_folders(None, None)

    assert not of_the_file(report)
    assert not [note for note in report.notes if "elsewhere" in note]


@pytest.mark.parametrize(
    ("words", "line", "problem"),
    [
        pytest.param("[가람시,\n  중]", 2, "'중'은(는) 한 글자", id="one letter"),
        pytest.param("[가람시,\n  ' ']", 2, "빈 말", id="blank"),
        pytest.param("[가람시,\n  가람 시]", 2, "'가람 시'이(가) 두 번 나옵니다(1번째 줄)", id="twice"),
        pytest.param("{ko: [가람시],\n  en: [Garam, garam]}", 2, "'garam'이(가) 두 번", id="twice but for capitals"),
        pytest.param("[가람시,\n  후암동]", 2, "'후암동'은(는) 용산구 안의 곳으로도", id="a place of the district"),
        pytest.param("[가람시,\n  서울]", 2, "'서울'은(는) 어느 물음에나", id="an everyday word"),
    ],
)
def test_a_name_that_would_silence_the_bot_is_a_fault_with_its_line(write_intents: Write, words: str, line: int, problem: str) -> None:
    report = check_folders(None, write_intents(elsewhere=f"elsewhere: {words}\n"))

    (fault,) = of_the_file(report)
    assert f"elsewhere.yaml {line}번째 줄: " in fault
    assert problem in fault
    assert "지워 주세요" in fault


def test_a_place_of_both_lists_names_the_line_of_the_other_one(write_intents: Write) -> None:
    everyday = "words: [알려주세요]\nplaces:\n  ko:\n    - 나루동\n    - 가람동\n"

    report = check_folders(None, write_intents(everyday=everyday, elsewhere="elsewhere: [가람동]\n"))

    assert "everyday.yaml 5번째 줄" in of_the_file(report)[0]


@pytest.mark.parametrize(
    "more",
    [
        "names: [가람시]",
        "questions: [가람시에서 온 수레요]",
        "words: [수레, 가람시]",
        "names: {en: [Carts of Garam City]}",
        "questions: [가람 시의 수레]",
    ],
)
def test_a_word_of_a_topic_is_a_note_with_both_lines_and_stops_nothing(write_knowledge: Write, write_intents: Write, topic: Make, more: str) -> None:
    folders = write_knowledge(a=topic("cart", more=more)), write_intents(elsewhere="elsewhere:\n  ko: [가람시]\n  en: [garam city]\n")

    report = check_folders(*folders)

    assert not of_the_file(report)
    (note,) = [note for note in report.notes if "elsewhere" in note]
    assert "knowledge/a.yaml 6번째 줄" in note
    assert "elsewhere.yaml 3번째 줄" in note if "en" in more else "elsewhere.yaml 2번째 줄" in note


@pytest.mark.parametrize("question", ["가람시장 가는 길", "새가람시 수레", "가람시민의 수레"])
def test_a_longer_word_of_a_topic_is_another_one(write_knowledge: Write, write_intents: Write, topic: Make, question: str) -> None:
    folders = write_knowledge(a=topic("cart", more=f"questions: [{question}]")), write_intents(elsewhere="elsewhere: [가람시]\n")

    assert not [note for note in check_folders(*folders).notes if "elsewhere" in note]


def test_no_packaged_name_is_how_people_ask() -> None:
    """Neither a verb's form nor a word with its particle: 나주(세요), 구로, 대만 늘었나요."""
    tagger = open_tagger("mecab")
    names = [name for name in load_content().elsewhere.ko if len(name) == 2]

    asked = {name for name in names for morpheme in tagger(name)[:1] if morpheme.kind in ("verb", "adjective", "auxiliary")}
    never = {
        "나주",
        "구로",
        "대만",
        "하남",
        "거제",
        "진해",
        "이천",
        "예산",
        "장수",
        "수영",
        "구리",
        "화성",
        "공주",
        "인제",
        "연제",
        "상주",
        "고성",
        "가나",
        "인도",
    }

    assert not asked
    assert not never & set(names)

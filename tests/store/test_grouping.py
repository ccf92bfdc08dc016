"""Questions put together by likeness. The words are found as the commands find them."""

from __future__ import annotations

import datetime as dt
import random
import time

import pytest

from bot.commands.reports import subject_words
from bot.config import Settings
from bot.store.grouping import Question, group
from tests.store.filling import NOW

WANTS = [
    ["강아지 등록 어떻게 해요", "강아지등록은 어디서 하나요", "강아지 등록 하려면요?", "강아지 등룩 방법", "등록 강아지!!"],
    ["고양이 등록 되나요", "고양이 등록은 어디서", "고양이도 등록해야 하나요"],
    ["여권 재발급 신청 방법 알려주세요", "여권 재발급 어디서 해요?", "여권재발급 하고싶은데요", "여권 재 발급 ㅠㅠ"],
    ["대형폐기물 버리는 법", "대형 폐기물 수거 신청", "대형 폐기물 스티커 어디서 사요", "대형폐기물 수수료"],
    ["재활용쓰레기 언제 버려요", "재활용 쓰레기 배출요일이 궁금합니다", "재활용 쓰레기 무슨 요일에 내놓나요"],
    ["전입신고 준비물", "전입 신고 하러 갈때 뭐 필요해요", "전입신고는 온라인으로 되나요"],
    ["종합부동산세 언제 내요", "종합부동산세 납부 기간", "종합부둥산세 언제까지 내죠"],
    ["주차 단속 문자 알림 신청", "주차단속 알림 문자 받고 싶어요", "주차단속문자알림서비스 신청"],
    ["How do I renew my passport?", "how can i renew a passport", "renew passport where"],
    ["수영장 이용 요금", "수영장 요금이 얼마예요", "수영장 얼마"],
    ["재산세 납부 어디서", "재산세는 언제 내나요"],
    ["주민세 납부 어디서", "주민세 어떻게 내나요"],
]


@pytest.fixture(scope="module")
def words():
    return subject_words(Settings())


def question(text, person="p", kind="fallback", at=NOW, topics=(), aspects=()):
    return Question(at, person, kind, text, topics, aspects)


def test_like_questions_come_together_and_others_stay_apart(words):
    found = group([question(text) for texts in WANTS for text in texts], words)

    assert sorted(one.count for one in found) == sorted(map(len, WANTS))
    assert {one.example for one in found} <= {text for texts in WANTS for text in texts}
    assert all(sum(one.example in texts for one in found) == 1 for texts in WANTS)


def test_a_group_knows_how_often_by_how_many_and_when(words):
    earlier = NOW - dt.timedelta(days=3)
    asked = [
        question("여권 재발급?", "a", at=NOW, topics=("x", "y")),
        question("여권  재발급", "a", at=earlier, topics=("y",)),
        question("여권 재발급 신청", "b"),
    ]

    (one,) = group(asked, words)

    assert (one.count, one.people, one.first, one.last, one.topics) == (3, 2, earlier, NOW, ("y", "x"))


def test_the_most_asked_comes_first_and_kinds_stay_apart(words):
    asked = [question("수영장 요금"), question("재산세 납부"), question("재산세 납부?"), question("수영장 요금", kind="partial")]

    assert [(one.kind, one.count) for one in group(asked, words)] == [("fallback", 2), ("fallback", 1), ("partial", 1)]


def test_the_example_is_the_most_typical(words):
    texts = ["수영장 요금 얼마", "수영장 요금 얼마예요", "수영장 요금", "수영장 요금이랑 도서관 위치"]

    assert "도서관" not in group([question(text) for text in texts], words)[0].example


def test_what_is_asked_of_one_topic_needs_less_likeness(words):
    texts = ["카메라 화질 어때요", "카메라 위치 지도"]
    apart = [question(text, kind="partial") for text in texts]
    within = [question(text, kind="partial", topics=("cctv",), aspects=("quality",)) for text in texts]

    assert len(group(within, words)) <= len(group(apart, words))


@pytest.mark.parametrize("text", ["", "???", "ㅋㅋ", "***", "🙂", "a" * 5000])
def test_texts_without_words_are_grouped_by_themselves(words, text):
    assert [one.count for one in group([question(text), question(text)], words)] == [2]


def test_five_thousand_questions_take_no_long_while(words):
    nouns = "강아지 고양이 여권 쓰레기 주차 수영장 전입 도서관 세금 가로수 공원 버스 정류장 병원 약국 학교 급식 모기 소음 공사 보도 신호등".split()
    chosen = random.Random(1)
    asked = [question(f"용산역 앞 {' '.join(chosen.sample(nouns, 3))} 문제 {number}", str(number)) for number in range(5000)]
    start = time.process_time()

    found = group(asked, words)

    assert time.process_time() - start < 5  # under 1 on a quiet machine
    assert sum(one.count for one in found) == 5000

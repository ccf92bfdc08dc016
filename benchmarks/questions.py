"""Distinct questions for benchmarks: those of the suites, then names of the knowledge put into templates."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice, product
from pathlib import Path

from bot.content import Content
from bot.evaluation import read_suite

SUITES = Path(__file__).resolve().parents[1] / "tests" / "suites"

_ASKED = (
    "{} 몇 개예요?", "{} 어디에 있어요", "{} 언제부터 해요?", "{} 얼마예요", "{} 신청은 어떻게 하나요?", "{} 누가 운영하나요",
    "{} 지금도 하나요?", "{} 뭐예요", "{} 전화번호 알려주세요", "{} 왜 하는 거예요?", "{} 언제 끝나요", "{} 좀 자세히 알려 주세요",
)  # fmt: skip
_BEFORE = ("", "저기요 ", "혹시 ", "안녕하세요, ", "어머니가 물어보시는데 ", "강남구에도 ", "작년에 이사 왔는데요 ", "인터넷에서 봤는데 ")
_OTHER = (
    "여권", "전기차 충전소", "주민등록등본", "쓰레기 배출", "도서관", "수영장", "건강검진", "재산세", "반려동물 등록", "불법 주차",
    "헬스장", "산후조리원", "캠핑장", "버스 노선", "음식점", "날씨", "미세먼지", "운전면허", "국민연금", "부동산 시세",
)  # fmt: skip


def distinct(content: Content, count: int, suites: Sequence[Path] = (), seed: int = 7) -> list[str]:
    """That many questions, none twice, in an order that the seed decides. Raises ValueError where there are not so many."""
    asked = list(dict.fromkeys(q for q in _of_suites(suites or sorted(SUITES.glob("*.jsonl"))) if q.strip()))
    known = set(asked)
    made = list(dict.fromkeys(q for q in _of_templates(content) if q not in known))
    shuffle = random.Random(seed).shuffle
    shuffle(made)
    questions = list(islice([*asked, *made], count))
    if len(questions) < count:
        raise ValueError(f"only {len(questions)} distinct questions")
    shuffle(questions)
    return questions


def _of_suites(paths: Sequence[Path]) -> Iterator[str]:
    for path in paths:
        suite, _ = read_suite(path)
        for case in suite.cases if suite else ():
            yield from (ask.q for ask in case.asks)


def _of_templates(content: Content) -> Iterator[str]:
    names = [name for topic in content.topics.values() for name in (topic.title.ko, *topic.names.ko)]
    for before, name, asked in product(_BEFORE, dict.fromkeys([*names, *_OTHER]), _ASKED):
        yield before + asked.format(name)

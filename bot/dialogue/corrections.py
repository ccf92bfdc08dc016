"""Figures that a message takes for granted, held against those that are printed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.content import Topic
from bot.content.model import Count
from bot.dialogue.question import Question
from bot.korean.numerals import Quantity

Opening = tuple[str, dict[str, str]]
# Numbers that count no thing: dates, ages, hours, places in a row.
_NO_COUNT = frozenset("년 월 일 개월 달 주 주일 회 살 세 시 시간 분 번 층 호 위 배 등".split())
_LARGEST_BARE = 31  # a number without a unit up to this may be a day, an age or a pick


def corrections(topics: Sequence[Topic], question: Question, language: str) -> tuple[Opening, ...]:
    """What the reply must open with, as (wording key, values): at most one correction of a number or a unit.

    A number in a question that asks openly ("how many") is no claim; one that is put forward for a yes is.
    """
    if not question.claims and question.goes("asking"):
        return ()
    counts = [count for topic in topics for count in topic.counts]
    printed = " ".join(_printed(topic) for topic in topics).replace(",", "")
    for quantity in question.quantities:
        same = [count for count in counts if float(count.number) == quantity.value]
        if same:
            if quantity.unit not in _NO_COUNT and not _fits(quantity, same[0]):
                return (("wrong_unit", _values(quantity, same[0], language)),)
        elif _counts(quantity, question.claims) and not _stands(f"{quantity.value:.10g}", printed):
            if counts:
                fitting = [count for count in counts if quantity.unit in count.units or not count.units] or counts
                return (("wrong_number", _values(quantity, fitting[0], language)),)
            if question.claims:
                return (("unknown_number", {"claimed": quantity.written}),)
    return ()


def _fits(quantity: Quantity, count: Count) -> bool:
    unit = quantity.unit
    return not unit or not count.units or any(unit in known or known in unit for known in count.units)


def _counts(quantity: Quantity, claims: bool) -> bool:
    if quantity.unit:
        return quantity.unit not in _NO_COUNT
    return claims and quantity.value > _LARGEST_BARE


def _values(quantity: Quantity, count: Count, language: str) -> dict[str, str]:
    note = count.note.get(language) if count.note else ""
    return {"claimed": quantity.written, "printed": count.printed.get(language), "note": note}


def _printed(topic: Topic) -> str:
    return " ".join((topic.title.ko, *topic.names.ko, topic.answer.ko, *(fact.ko for fact in topic.facts.values())))


def _stands(number: str, text: str) -> bool:
    return re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text) is not None

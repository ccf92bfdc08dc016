"""The week's digest as the group reads it: one message for a telephone, with a button for whatever can be done at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.telegram.layout import shorten
from bot.channels.telegram.staff.parts import data
from bot.content import Content
from bot.desk.digest import MOST, SOON_DAYS, Digest, Ending
from bot.store.grouping import Group

HEAD = "지난 한 주"
GONE = "(지워진 글)"
_EXAMPLE, _TITLE = 80, 40  # characters
_IN_A_ROW = 2  # buttons
_MARK = re.compile(r"⟦(\d+-\d+)⟧")


@dataclass(frozen=True, slots=True)
class Page:
    """What is posted. template: the text, with a mark in place of each example, so that it can be kept without residents' words.

    shown    keys of the questions that are shown as examples
    buttons  as layout.Row has them
    """

    template: str
    shown: tuple[str, ...]
    buttons: list[Any]


def page(digest: Digest, content: Content, stopped: Collection[str]) -> Page:
    """The message. stopped: ids of topics that are stopped already."""
    span = f"{HEAD} ({digest.since.month}월 {digest.since.day}일–{digest.until.month}월 {digest.until.day}일)"
    if digest.is_empty:
        return Page(f"{span}: 알려 드릴 일이 없습니다. 답하지 못한 질문도, 기다리는 문의도 없습니다.", (), [])
    over, soon = digest.over[:MOST], digest.soon[:MOST]
    blocks = [
        _block("답하지 못한 질문", [_asked(n, one, content) for n, one in enumerate(digest.groups, 1)], digest.all_groups),
        _block("주민이 아니라고 한 답", [_against(one.wrong, one.no, one.votes, _title(one.topic, content, stopped)) for one in digest.against]),
        _block("기간이 지난 주제", [_ending(one, content, stopped) for one in over], len(digest.over)),
        _block(f"{SOON_DAYS}일 안에 기간이 끝나는 주제", [_ending(one, content, stopped) for one in soon], len(digest.soon)),
        _inquiries(digest),
    ]
    drafts = [[_draft_label(n, one), data("dg", one.keys[0])] for n, one in enumerate(digest.groups, 1)]
    topics = dict.fromkeys([*(one.topic for one in digest.against), *(one.topic for one in over)])
    pauses: list[Any] = [(shorten(f"멈추기: {content.topics[one].title.ko}"), data("dp", one)) for one in topics if one not in stopped]
    rows = [drafts[start : start + _IN_A_ROW] for start in range(0, len(drafts), _IN_A_ROW)]
    waiting = [("열린 문의 보기", data("hv", ""))] if digest.inquiries.open else []
    return Page("\n\n".join([span, *filter(None, blocks)]), tuple(one.keys[0] for one in digest.groups), [*rows, *pauses, *waiting])


def filled(template: str, examples: Mapping[str, str]) -> str:
    """The text with its examples, by key; those that are missing are no longer kept."""

    def example(mark: re.Match[str]) -> str:
        return f"“{_clipped(examples[mark[1]], _EXAMPLE)}”" if mark[1] in examples else GONE

    return _MARK.sub(example, template)  # in one go: what residents write may look like a mark


def _block(head: str, lines: list[str], count: int = 0) -> str:
    more = [f"이 밖에 {count - len(lines)}가지"] if count > len(lines) else []
    return "\n".join([head, *lines, *more]) if lines else ""


def _asked(number: int, one: Group, content: Content) -> str:
    topics = [_clipped(content.topics[topic].title.ko, _TITLE) for topic in one.topics if topic in content.topics][:1]
    half = f" · 일부만 답함{f'({topics[0]})' if topics else ''}" if one.kind == "partial" else ""
    return f"{number}. {_mark(one.keys[0])} {one.count:,}번 · {one.people:,}명{half}"


def _draft_label(number: int, one: Group) -> str:
    """Of what the bot could answer in part no draft is made: it is told where the rest can be written."""
    return f"{number} 적을 곳 보기" if one.kind == "partial" else f"{number} 초안 만들기"


def _against(wrong: int, no: int, votes: int, title: str) -> str:
    told = [f"내용이 틀려요 {wrong:,}"] if wrong else []
    told += [f"아니에요 {no:,}"] if no else []
    return f"· {title}: {', '.join(told)} (평가 {votes:,}개 가운데)"


def _ending(one: Ending, content: Content, stopped: Collection[str]) -> str:
    return f"· {_title(one.topic, content, stopped)}: {one.until.year}년 {one.until.month}월 {one.until.day}일까지"


def _inquiries(digest: Digest) -> str:
    found = digest.inquiries
    if not (found.made or found.open):
        return ""
    lines = [f"직원에게 온 문의 {found.made:,}건"]
    if found.typical is not None and found.longest is not None:
        typical, longest = _duration(found.typical), _duration(found.longest)
        times = f"첫 답까지 가운데값 {typical}, 가장 길게 {longest}" if found.answered > 1 else f"첫 답까지 {typical}"
        lines.append(f"· 답한 문의 {found.answered:,}건: 업무 시간으로 {times}")
    if found.without_answer:
        lines.append(f"· 답하지 않은 문의 {found.without_answer:,}건")
    if found.withdrawn:
        lines.append(f"· 주민이 취소한 문의 {found.withdrawn:,}건")
    return "\n".join([*lines, f"· 지금 열린 문의 {found.open:,}건"])


def _duration(time: dt.timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    if minutes < 1:
        return "1분 안"
    hours, minutes = divmod(minutes, 60)
    return " ".join([*([f"{hours}시간"] if hours else []), *([f"{minutes}분"] if minutes else [])])


def _title(topic: str, content: Content, stopped: Collection[str]) -> str:
    return _clipped(content.topics[topic].title.ko, _TITLE) + (" (멈춰 있음)" if topic in stopped else "")


def _clipped(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _mark(key: str) -> str:
    return f"⟦{key}⟧"


__all__ = ["GONE", "HEAD", "Page", "filled", "page"]

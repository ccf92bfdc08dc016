"""What staff read of a hand-off: the card, and lines about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bot.channels.session import SEOUL
from bot.channels.telegram.layout import Button
from bot.channels.telegram.staff.parts import data
from bot.content import Content
from bot.store.handoffs import Handoff

STATES = {"open": "열려 있습니다", "closed": "닫은 문의입니다", "declined": "답 없이 닫은 문의입니다", "withdrawn": "주민이 취소한 문의입니다"}
HOW = "이 글에 '답장'하면 주민에게 갑니다. 그냥 쓴 글은 가지 않습니다."
_KINDS = {"partial": "소식지에 없음", "fallback": "소식지에서 찾지 못함", "other": "소식지 밖의 말", "paused": "멈춘 주제"}
_REASONS = {
    "blocked": "주민이 봇을 막아",
    "chat_closed": "주민의 대화방이 닫혀",
    "expired": "오래되어",
    "refused": "텔레그램이 받아 주지 않아",
    "left": "주민이 봇을 막아",
}
_NAME_LENGTH = 100  # characters of a topic's name; Telegram takes 128


def about(found: Handoff, content: Content) -> str:
    """What the bot understood of it: topics, sides, and how far it could answer."""
    topics = [content.topics[one].title.ko for one in found.topics if one in content.topics][:3]
    aspects = [content.aspects[one].label.ko for one in found.aspects if one in content.aspects][:3]
    parts = [", ".join(topics) or "주제를 알 수 없음", *([", ".join(aspects)] if aspects else [])]
    how = "틀렸다는 말" if found.kind == "report" else _KINDS.get(found.reply_kind, "")
    return " · ".join(parts) + (f" ({how})" if how else "")


def card(found: Handoff, content: Content) -> tuple[str, list[Any]]:
    """(text, buttons) of the card, as the hand-off stands now."""
    lines = [f"문의 {found.id} · {about(found, content)}"]
    lines.append(f"“{found.text}”" if found.text else "(글이 지워졌습니다)")
    if found.language != "ko":
        lines.append("영어로 물었습니다.")
    if not found.is_open:
        return "\n".join([*lines, f"{STATES[found.state]}."]), _closed_buttons(found)
    if found.clerk:
        lines.append(f"맡은 사람: {found.clerk_name or '직원'}")
    if found.answered_at is not None:
        lines.append("답을 보냈습니다.")
    return "\n".join([*lines, HOW]), _open_buttons(found)


def looks(found: Handoff) -> str:
    """By which it is known whether a card shows how things stand."""
    return f"{found.state}{'c' if found.clerk else ''}{'a' if found.answered_at else ''}"


def thread_name(found: Handoff, content: Content) -> str:
    """The name of the topic in a group with topics; the resident's words are not in it."""
    return f"문의 {found.id} · {about(found, content)}"[:_NAME_LENGTH]


def further(found: Handoff, text: str) -> str:
    return f"문의 {found.id} · 주민이 더 물었습니다\n“{text}”\n{HOW}"


def gone(number: int, why: str = "주민이 글을 거두어") -> str:
    return f"문의 {number}\n({why} 지웠습니다)"


def lost(found: Handoff, reason: str) -> str:
    """That an answer could not be delivered, and why."""
    if reason == "unknown":
        return f"문의 {found.id}: 답을 보내는 중에 연결이 끊겨, 전해졌는지 알 수 없습니다. 두 번 가지 않도록 다시 보내지 않았습니다."
    return f"문의 {found.id}: {_REASONS.get(reason, '알 수 없는 까닭으로')} 답을 전하지 못했습니다."


def line(found: Handoff, content: Content, now: dt.datetime) -> str:
    """One line of a list."""
    waited = now - found.at
    hours = int(waited.total_seconds() // 3600)
    how_long = f"{waited.days}일 전" if waited.days else f"{hours}시간 전" if hours else "한 시간 안"
    who = f"맡은 사람 {found.clerk_name or '직원'}" if found.clerk else "맡은 사람 없음"
    state = "답함" if found.answered_at else who
    return f"· 문의 {found.id} · {about(found, content)} · {found.at.astimezone(SEOUL):%m월 %d일 %H:%M}({how_long}) · {state}"


def _open_buttons(found: Handoff) -> list[Any]:
    first: Button = ("내려놓기", data("hu", found.id)) if found.clerk else ("제가 맡을게요", data("hc", found.id))
    close: Button = ("문의 닫기" if found.answered_at else "답 없이 닫기", data("hx", found.id))
    return [[list(first), list(close)], ("이 주민 막기", data("hb", found.id))]


def _closed_buttons(found: Handoff) -> list[Any]:
    if found.state == "withdrawn":  # whoever sends and withdraws again and again can be stopped
        return [("이 주민 막기", data("hb", found.id))]
    can_open = found.address is not None and found.state in ("closed", "declined")
    can_draft = found.state == "closed" and found.answered_at is not None and bool(found.text)
    buttons: list[Button] = [("다시 열기", data("ho", found.id))] if can_open else []
    return [*buttons, ("답을 초안으로", data("da", found.id))] if can_draft else buttons

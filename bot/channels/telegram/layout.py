"""How a reply looks in Telegram: escaped HTML within the limits, buttons with data that says all it needs.

A request is a method and its parameters as JSON, so that it can wait in the outbox; delivery.py turns it into a call.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.dialogue import Option, Pick, Reply

VERSION = "1"  # of the data in buttons
MAX_UNITS = 4096  # of a message, in UTF-16 units
MAX_DATA = 64  # bytes
MAX_LABEL = 40  # characters
MAX_BUTTONS = 20

_LONGEST_LETTER = 40  # characters: an emoji of a family is one of 7, with its colours 11
# A letter as it is seen: a flag is two characters; variants, skin tones, accents and the later parts of a decomposed syllable belong to
# the character before them, and a joiner ties two together.
_LETTER = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|.)(?:\u200d.|[\ufe00-\ufe0f\u20d0-\u20ff\u0300-\u036f\u1160-\u11ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f])*",
    re.DOTALL,
)

_BRACKETS = re.compile(r"\s*\([^()]*\)")

Button = tuple[str, str]  # label, data
Row = Button | list[list[str]]  # a button with a row of its own, or several ([label, data]) that share one
REPLY = "@"  # in a button's data: stands for the id of the reply that it is under, which is known only once that is on record


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the Bot API."""

    method: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes. reply_to: the message it answers, or None."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None


def message(place: Place, text: str, buttons: Iterable[Row] = (), small: str = "") -> list[Request]:
    """Plain text as one message, or as many as it needs; buttons stand under the last. small: a line at its end, set back."""
    if _units(small) > MAX_UNITS // 4:
        text, small = f"{text}\n{small}", ""
    parts = split(text, MAX_UNITS - (_units(small) + 1 if small else 0))
    pages = [html.escape(part, quote=False) for part in parts]
    if small:
        pages[-1] += f"\n<i>{html.escape(small, quote=False)}</i>"
    requests = []
    for n, page in enumerate(pages):
        payload: dict[str, Any] = {"chat_id": place.chat_id, "text": page}
        if place.thread_id is not None:
            payload["thread_id"] = place.thread_id
        if place.reply_to is not None and n == 0:
            payload["reply_to"] = place.reply_to
        requests.append(Request("sendMessage", payload))
    rows = [[*row] for row in buttons][:MAX_BUTTONS]
    if rows:
        requests[-1].payload["buttons"] = rows
    return requests


def extended(request: Request, text: str, buttons: Iterable[Row]) -> Request:
    """The request with a line more, and with these buttons."""
    payload = {**request.payload, "text": f"{request.payload['text']} {html.escape(text, quote=False)}", "buttons": [[*row] for row in buttons]}
    return Request(request.method, payload)


def with_reply(request: Request, reply_id: int | None) -> Request:
    """The request with the id of the reply in the data of its buttons."""
    rows = request.payload.get("buttons")
    if reply_id is None or not rows:
        return request

    def named(row: Any) -> Any:
        return (
            [named(one) for one in row]
            if isinstance(row[0], list)
            else [row[0], "|".join(str(reply_id) if part == REPLY else part for part in row[1].split("|"))]
        )

    return Request(request.method, {**request.payload, "buttons": [named(row) for row in rows]})


def edit(chat_id: int, message_id: int, text: str, buttons: Iterable[Row], thread_id: int | None = None) -> Request:
    """Another text and other buttons in a message that stands already."""
    payload = {"chat_id": chat_id, "message_id": message_id, "text": html.escape(text, quote=False), "buttons": [list(one) for one in buttons]}
    return Request("editMessageText", payload if thread_id is None else {**payload, "thread_id": thread_id})


def rebutton(chat_id: int, message_id: int, buttons: Iterable[Row]) -> Request:
    """Other buttons under a message that stands already."""
    return Request("editMessageReplyMarkup", {"chat_id": chat_id, "message_id": message_id, "buttons": [list(one) for one in buttons]})


def acknowledge(query: str, text: str = "", brief: bool = False) -> Request:
    """The answer that every press of a button needs; with text, shown over the chat until it is closed, or brief: for a moment."""
    payload: dict[str, Any] = {"query": query, "text": text[:200]} if text else {"query": query}
    return Request("answerCallbackQuery", {**payload, "brief": True} if text and brief else payload)


def reply_messages(place: Place, reply: Reply, buttons: Iterable[Row], before: str = "", body: str = "") -> list[Request]:
    """A reply with its buttons. before: a line ahead of it; body: in place of its own."""
    lines = [before, body or reply.body] if before else [body or reply.body]
    lines += [f"{n}. {option.label}" for n, option in enumerate(reply.options, 1)]
    lines += [line for line in (*reply.links, reply.contact) if line]
    return message(place, "\n".join(lines), buttons, reply.source)


def reply_buttons(reply: Reply, titles: dict[str, str]) -> list[Button]:
    """The buttons under a reply, in the order of its numbers. titles: by topic id."""
    if reply.urgent:
        return []
    if reply.options:
        return [button(option, f"{n}. ") for n, option in enumerate(reply.options, 1)]
    if reply.numbered:
        return [button(Option(titles[topic], topic), f"{n}. ") for n, topic in enumerate(reply.numbered, 1) if topic in titles]
    return [button(option) for option in reply.related[:3]]


def button(option: Option, number: str = "") -> Button:
    """An option as a button."""
    return shorten(number + option.label), pick_data(option.topic, option.aspects)


def shorten(label: str) -> str:
    """The label as a button has room for it; what stands in brackets goes first, whole."""
    if len(label) > MAX_LABEL:
        label = _BRACKETS.sub("", label).strip() or label
    return label if len(label) <= MAX_LABEL else label[: MAX_LABEL - 1].rstrip() + "…"


def pick_data(topic: str | None, aspects: Iterable[str] = ()) -> str:
    """The data of a button that picks a topic (None: none of these); aspects that have no room are left out."""
    if topic is None:
        return f"{VERSION}|n"
    data = f"{VERSION}|t|{topic}|"
    for aspect in aspects:
        longer = f"{data}{',' if data[-1] != '|' else ''}{aspect}"
        if len(longer.encode("utf-8")) > MAX_DATA:
            break
        data = longer
    return data


def read_pick(data: str) -> Pick | None:
    """The pick that a button's data stands for, or None where it is none."""
    parts = data.split("|")
    if parts == [VERSION, "n"]:
        return Pick(None)
    if len(parts) == 4 and parts[:2] == [VERSION, "t"] and parts[2]:
        return Pick(parts[2], tuple(name for name in parts[3].split(",") if name))
    return None


def split(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` UTF-16 units, parted between lines, else words, else letters; never empty."""
    parts: list[str] = []
    rest = text.strip() or "…"
    while _units(rest) > limit:
        head = _head(rest, limit)
        at = max(head.rfind("\n"), 0) or max(head.rfind(" "), 0) or _edge(rest, len(head))
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [part for part in (*parts, rest) if part]


def _edge(text: str, at: int) -> int:
    """The last place up to `at` that parts no letter as it is seen; `at` itself where all of that is one letter."""
    ends = [letter.end() for letter in _LETTER.finditer(text[: at + _LONGEST_LETTER])]
    return max((end for end in ends if end <= at), default=max(at, 1))


def _head(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units that ends between characters."""
    units = text.encode("utf-16-le", "replace")[: limit * 2]
    return units.decode("utf-16-le", "ignore")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2

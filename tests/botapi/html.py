"""Telegram's HTML parse mode, as strict as Telegram is, and the lengths and offsets that go with it.

`parse` gives the text a resident would see and its entities, or raises BadHtml with the words that
Telegram answers after "Bad Request: can't parse entities: ". Lengths and offsets are UTF-16 code
units, as everywhere in the Bot API. An entity that Telegram does not know (&nbsp;) is no fault: it
stays in the text as it was written. Joining neighbouring entities, as Telegram's clients do, is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]

_SPACE = " \t\n\r\v\0"
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]*)|#([0-9]*)|([A-Za-z]+));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_START = re.compile(r"[^ \t\n\r\v\0>]*")
_ATTRIBUTE = re.compile(r"[^ \t\n\r\v\0=>/\"']*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_SPACES = re.compile(rf"[{_SPACE}]*")
_MARK = re.compile(r"[<&]")
_URL = re.compile(r"(?:(?:https?|ftp)://)?[^\s/?#@]+\.[^\s/?#.@]{2,}(?:[/?#]\S*)?|(?:tg|ton|mailto|tel):\S+", re.I)
_KINDS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}


class BadHtml(Exception):
    """What Telegram answers to HTML that it refuses."""


@dataclass
class _Open:
    """A start tag that waits for its end."""

    tag: str
    argument: str
    offset: int
    begin: int


@dataclass
class _Reader:
    source: str
    text: list[str] = field(default_factory=list)
    units: int = 0
    entities: list[Entity] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)

    def bad(self, message: str, position: int) -> BadHtml:
        return BadHtml(f"{message} at byte offset {len(self.source[:position].encode())}")

    def add(self, text: str) -> None:
        self.text.append(text)
        self.units += utf16_length(text)

    def skip(self, pattern: re.Pattern[str], position: int) -> int:
        found = pattern.match(self.source, position)
        return found.end() if found else position

    def at(self, position: int) -> str:
        return self.source[position] if position < len(self.source) else ""


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(source: str) -> tuple[str, list[Entity]]:
    """(plain text, entities) of a text in Telegram's HTML; raises BadHtml."""
    if not _MARK.search(source):
        return source, []
    reader = _Reader(source)
    position = 0
    while found := _MARK.search(source, position):
        start = found.start()
        reader.add(source[position:start])
        if found[0] == "&":
            character, position = _decoded(source, start)
            reader.add(character)
        elif reader.at(start + 1) == "/":
            position = _end_tag(reader, start)
        else:
            position = _start_tag(reader, start)
    reader.add(source[position:])
    if reader.open:
        raise BadHtml(f'Can\'t find end tag corresponding to start tag "{reader.open[-1].tag}"')
    for entity in reader.entities:
        if entity["type"] == "code":
            entity.pop("language", None)  # only a block of code has one
    return "".join(reader.text), sorted(reader.entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _decoded(source: str, position: int) -> tuple[str, int]:
    """(character, position behind it) of the entity at `position`; what is no entity is the sign & itself."""
    found = _ENTITY.match(source, position)
    if not found:
        return "&", position + 1
    hexadecimal, decimal, name = found.groups()
    if name is not None:
        return (_NAMED[name], found.end()) if name in _NAMED else ("&", position + 1)
    number = int(hexadecimal, 16) if hexadecimal else int(decimal or 0)
    too_long = found.end() - position - found[0].endswith(";") >= 10
    if not 0 < number < 0x10FFFF or too_long:
        return "&", position + 1
    return chr(number), found.end()


def _start_tag(reader: _Reader, start: int) -> int:
    """Reads a start tag; the position behind it."""
    position = reader.skip(_START, start + 1)
    if not reader.at(position):
        raise reader.bad("Unclosed start tag", start)
    tag = reader.source[start + 1 : position].lower()
    if tag not in _KINDS:
        raise reader.bad(f'Unsupported start tag "{tag}"', start)
    argument = ""
    while (position := reader.skip(_SPACES, position)) < len(reader.source) and reader.at(position) != ">":
        name, value, position = _attribute(reader, tag, start, position)
        argument = _argument(tag, name, value) or argument
    if not reader.at(position):
        raise reader.bad("Unclosed start tag", start)
    if tag == "span" and argument != "spoiler":
        raise reader.bad('Tag "span" must have class "tg-spoiler"', start)
    if tag == "tg-emoji" and not argument.isdecimal():
        raise BadHtml("Invalid custom emoji identifier specified")
    reader.open.append(_Open(tag, argument, reader.units, len(reader.text)))
    return position + 1


def _attribute(reader: _Reader, tag: str, start: int, position: int) -> tuple[str, str, int]:
    """(name, value, position behind them) of one attribute."""
    end = reader.skip(_ATTRIBUTE, position)
    name = reader.source[position:end].lower()
    if not name:
        raise reader.bad(f'Empty attribute name in the tag "{tag}"', start)
    end = reader.skip(_SPACES, end)
    if reader.at(end) != "=":
        return name, "", end
    end = reader.skip(_SPACES, end + 1)
    quote = reader.at(end)
    if quote in {'"', "'"}:
        close = reader.source.find(quote, end + 1)
        if close < 0:
            raise reader.bad("Unclosed start tag", start)
        return name, _unescaped(reader.source[end + 1 : close]), close + 1
    value_end = reader.skip(_TOKEN, end)
    if reader.at(value_end) and reader.at(value_end) not in _SPACE + ">":
        raise reader.bad("Unexpected end of name token", end)
    return name, reader.source[end:value_end].lower(), value_end


def _argument(tag: str, name: str, value: str) -> str:
    """What an attribute says about its tag; attributes that mean nothing to Telegram are passed over, as there."""
    if (tag, name) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value[len("language-") :]
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value[len("tg-") :]
    return "expandable" if (tag, name) == ("blockquote", "expandable") else ""


def _unescaped(text: str) -> str:
    pieces, position = [], 0
    while (found := text.find("&", position)) >= 0:
        character, behind = _decoded(text, found)
        pieces += [text[position:found], character]
        position = behind
    return "".join([*pieces, text[position:]])


def _end_tag(reader: _Reader, start: int) -> int:
    """Reads an end tag and closes the entity; the position behind it."""
    if not reader.open:
        raise reader.bad("Unexpected end tag", start)
    end = reader.skip(_START, start + 2)
    name = reader.source[start + 2 : end].lower()
    end = reader.skip(_SPACES, end)
    if reader.at(end) != ">":
        raise reader.bad("Unclosed end tag", start)
    opened = reader.open.pop()
    if name and name != opened.tag:
        message = f'Unmatched end tag at byte offset {len(reader.source[:start].encode())}, expected "</{opened.tag}>", found "</{name}>"'
        raise BadHtml(message)
    if reader.units > opened.offset:
        _close(reader, opened)
    return end + 1


def _close(reader: _Reader, opened: _Open) -> None:
    entity: Entity = {"type": _KINDS[opened.tag], "offset": opened.offset, "length": reader.units - opened.offset}
    if opened.tag == "a":
        url = opened.argument or "".join(reader.text[opened.begin :])
        if not is_url(url):
            return
        entity["url"] = url
    elif opened.tag == "tg-emoji":
        entity["custom_emoji_id"] = opened.argument
    elif opened.tag == "blockquote" and opened.argument:
        entity["type"] = "expandable_blockquote"
    elif opened.tag == "pre":
        _take_language(reader, entity)
    elif opened.tag == "code" and opened.argument:
        entity["language"] = opened.argument
    reader.entities.append(entity)


def _take_language(reader: _Reader, entity: Entity) -> None:
    """<pre><code class="language-x">…</code></pre> is one entity of its own kind."""
    last = reader.entities[-1] if reader.entities else {}
    if last.get("type") == "code" and (last["offset"], last["length"]) == (entity["offset"], entity["length"]):
        reader.entities.pop()
        if "language" in last:
            entity["language"] = last["language"]


def is_url(text: str) -> bool:
    """Whether Telegram takes a text for a link; one that it does not take becomes no link, without a word."""
    return bool(_URL.fullmatch(text))


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Text and entities without white space around them, which Telegram cuts off before it counts."""
    plain = text.strip()
    if len(plain) == len(text):
        return text, entities
    cut = utf16_length(text[: len(text) - len(text.lstrip())])
    end = utf16_length(plain)
    kept = []
    for entity in entities:
        first = max(entity["offset"] - cut, 0)
        last = min(entity["offset"] + entity["length"] - cut, end)
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return plain, kept

"""Changes a YAML text at the places of its nodes, so that all the rest stays as somebody wrote it, to the byte.

A change is a list of edits. Whether the result is what was meant is not left to care: `Sheet.changed` reads it again, and refuses a text that
says anything but the old data with the change. A library that writes YAML anew is no help here: it sets comments, quotes and spaces its own way.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.content.yaml_text import Fault, parse_nodes
from bot.errors import ContentError

BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")  # as YAML 1.1 counts lines
MARK = "# 초안: "  # begins every comment that comes with a draft, and so goes with it
WIDEST = 150  # characters of a line that a list on several lines is let grow to
_REST = re.compile(r"[ \t]*(?:#.*)?")
_COMMENT = re.compile(r"( *)#")
_BOM = "\ufeff"
# Without the letters that mean something to YAML anywhere. What begins with a hyphen or ends with a blank is quoted too.
_PLAIN = re.compile(r"[가-힣A-Za-z0-9_](?:[가-힣A-Za-z0-9 .·%~()/+_-]*[가-힣A-Za-z0-9.·%~)_])?")


@dataclass(frozen=True, slots=True)
class Edit:
    """What takes the place of text[start:end]; nothing is removed where they are the same."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Spliced:
    """A changed text. line: of what was changed, from 1. spans: (start, end) of what is new in it, in characters."""

    text: str
    line: int
    spans: tuple[tuple[int, int], ...]


def refused(fault: Fault) -> ContentError:
    """A fault as an error."""
    return ContentError(f"{fault.file} {fault.line}번째 줄" if fault.line else fault.file, fault.problem, fault.remedy)


def scalar(text: str) -> str:
    """The text as YAML on one line: plain where that cannot be misread, else in double quotes."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def flow_list(items: Iterable[str]) -> str:
    return f"[{', '.join(map(scalar, items))}]"


class Sheet:
    """A YAML file's text with its nodes. Raises ContentError where it cannot be read as a content file is."""

    def __init__(self, text: str, shown: str) -> None:
        self._bom = _BOM if text.startswith(_BOM) else ""
        self.text, self.shown = text.removeprefix(_BOM), shown
        root, parsed, faults = parse_nodes(self.text, shown)
        if root is None or parsed is None or faults:
            raise refused(faults[0])
        self.root, self.parsed = root, parsed
        self._starts = [0, *(found.end() for found in BREAK.finditer(self.text))]

    # -- places --------------------------------------------------------------------------------------------------

    def row(self, at: int) -> int:
        """The line of a place, from 0."""
        return bisect_right(self._starts, at) - 1

    def line_start(self, at: int) -> int:
        return self._starts[self.row(at)]

    def line_end(self, at: int) -> int:
        """Where the line ends, before its break."""
        found = BREAK.search(self.text, at)
        return found.start() if found else len(self.text)

    def next_line(self, at: int) -> int:
        """Where the next line begins; the end of the text where there is none."""
        found = BREAK.search(self.text, at)
        return found.end() if found else len(self.text)

    def newline(self, at: int) -> str:
        """The line break that is used before a place, or else in the file."""
        before = self.text[:at]
        if before.endswith("\r\n"):
            return "\r\n"
        if before.endswith(("\n", "\r")):
            return before[-1]
        found = next((one[0] for one in BREAK.finditer(self.text) if one[0] in ("\r\n", "\n", "\r")), "\n")
        return str(found)

    def end_of(self, node: yaml.Node) -> int:
        """Where a node's last letter has been written. The mark of a block collection stands behind the comments that follow."""
        if isinstance(node, yaml.ScalarNode):
            return self._end_of_scalar(node)
        if is_flow(node) or not node.value:
            return int(node.end_mark.index)
        last = node.value[-1]
        if isinstance(last, tuple):
            key, value = last
            return max(self.end_of(key), self.end_of(value))  # an empty value stands nowhere
        return self.end_of(last)

    def _end_of_scalar(self, node: yaml.ScalarNode) -> int:
        start, end = node.start_mark.index, node.end_mark.index
        if node.style not in ("|", ">"):
            return int(end)
        if self.line_start(end) != end and not self.text[self.line_start(end) : end].strip():
            end = self.line_start(end)
        if not self.keeps_blanks(node):
            while end == self.line_start(end) > self.next_line(start) and not self.text[self.line_start(end - 1) : end].strip():
                end = self.line_start(end - 1)
        return int(end)

    def keeps_blanks(self, node: yaml.Node) -> bool:
        """Whether blank lines below a node would be part of it: its last text is a block that keeps them."""
        return "+" in self._header(node)

    def _header(self, node: yaml.Node) -> str:
        """The signs that open a node's last text, where it is a block: |, >-, |2+."""
        while isinstance(node, yaml.CollectionNode) and node.value and not is_flow(node):
            last = node.value[-1]
            node = last[1] if isinstance(last, tuple) else last
        is_block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
        return self.text[node.start_mark.index :][:3] if is_block else ""

    def below(self, node: yaml.Node, column: int = -1) -> int:
        """Where lines can be put below a node: a line's start, or the end of the text.

        column  comments below the node that begin in this column or further right belong to it, unless it is below 0
        """
        end = self.end_of(node)
        at = end
        if not (end == self.line_start(end) and end > node.start_mark.index):
            if not _REST.fullmatch(self.text, end, self.line_end(end)):
                raise self.unsafe(node)
            at = self.next_line(end)
            if at == end and "-" not in (self._header(node) or "-"):
                remedy = "파일의 맨 끝에서 줄을 한 번 바꾸고(Enter) 저장한 다음 다시 해 주세요. 파일은 그대로 두었습니다."
                raise refused(Fault(self.shown, self.row(end) + 1, "마지막 줄이 끝나지 않아, 무엇을 이어 적으면 그 글이 달라집니다.", remedy))
        if column < 0 or at == len(self.text):
            return at
        look = at
        while look < len(self.text):
            line = self.text[look : self.line_end(look)]
            found = _COMMENT.match(line)
            look = self.next_line(look)
            if found and len(found[1]) >= column:
                at = look
            elif line.strip():
                break
        return at

    def dash_of(self, item: yaml.Node) -> tuple[int, int] | None:
        """(column of the hyphen before an item, columns from it to the item); None where it stands on another line."""
        before = self.text[self.line_start(item.start_mark.index) : item.start_mark.index]
        found = re.fullmatch(r"( *)-( +)", before)
        return (len(found[1]), len(found[2]) + 1) if found else None

    def follows_blank(self, item: yaml.Node) -> bool:
        """Whether a blank line stands before an item and the comments above it."""
        start = self.line_start(item.start_mark.index)
        while start:
            start = self.line_start(start - 1)
            line = self.text[start : self.line_end(start)].strip()
            if not line.startswith("#"):
                return not line
        return False

    def comments_above(self, at: int) -> int:
        """The start of the draft's comment lines that stand right above a line; the start of the line itself where there are none."""
        start = self.line_start(at)
        while start and self.text[self.line_start(start - 1) : start].lstrip(" ").startswith(MARK):
            start = self.line_start(start - 1)
        return start

    # -- edits ---------------------------------------------------------------------------------------------------

    def lines_at(self, at: int, lines: Sequence[str]) -> Edit:
        """Whole lines, put in at a place that `below` found."""
        newline = self.newline(at)
        if at == self.line_start(at):
            return Edit(at, at, "".join(line + newline for line in lines))
        return Edit(at, at, "".join(newline + line for line in lines))  # the last line has no break, and so it stays

    def into_flow(self, node: yaml.Node, text: str, closing: str = "") -> Edit:
        """One more entry before the closing bracket. text: the entry, maybe with line breaks and comments; closing: what follows it."""
        close = node.end_mark.index - 1
        if not node.value:
            return Edit(close, close, text + closing)
        last = node.value[-1]
        end = self._end_of_pair(last) if isinstance(last, tuple) else self.end_of(last)
        between = self.text[end:close]
        comma = re.match(r"\s*,", between)
        lead = ("" if comma else ",") + ("" if text[:1] in "\r\n" else " ")
        if "#" not in between:
            at = end + comma.end() if comma else end
            return Edit(at, at, lead + text + ("," if comma else "") + ("" if between.strip(", ") else closing))
        if not comma and "," in re.sub(r"#[^\r\n\x85\u2028\u2029]*", "", between):
            lead = lead[1:]
        return Edit(close, close, lead + text + closing)  # below the comments, which belong to what stands above them

    def into_list(self, node: yaml.Node, items: Sequence[str], comments: Sequence[str] = ()) -> Edit:
        """More texts at the end of a list."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.unsafe(node)
        if not is_flow(node):
            dash = self.dash_of(node.value[-1])
            column, gap = dash or (node.start_mark.column, 2)
            margin = " " * column
            lines = [*(margin + comment for comment in comments), *(f"{margin}-{' ' * (gap - 1)}{scalar(item)}" for item in items)]
            return self.lines_at(self.below(node), lines)
        texts = ", ".join(map(scalar, items))
        if not node.value:
            return self.into_flow(node, texts)
        end = self.end_of(node.value[-1])
        comma = re.match(r"[ \t]*,", self.text[end : node.end_mark.index - 1])
        at = end + comma.end() if comma else end
        start, stop = self.line_start(at), self.line_end(at)
        is_wide = self.row(node.end_mark.index) > self.row(at) and stop - start + len(texts) > WIDEST and at == stop
        line = self.text[start:stop]
        gap_text = self.newline(start) + line[: len(line) - len(line.lstrip())] if is_wide else " "
        return Edit(at, at, f"{gap_text}{texts}," if comma else f",{gap_text}{texts}")

    def set_value(self, pair: tuple[yaml.Node, yaml.Node], text: str) -> Edit:
        """Another scalar in the place of a key's value."""
        value = pair[1]
        if isinstance(value, yaml.MappingNode) or (isinstance(value, yaml.SequenceNode) and not is_flow(value)):
            raise self.unsafe(value)
        if isinstance(value, yaml.ScalarNode) and value.style in ("|", ">"):
            raise self.unsafe(value)
        start, end = value.start_mark.index, value.end_mark.index
        return Edit(start, end, (" " if self.text[start - 1 : start] == ":" else "") + text)

    def without(self, node: yaml.Node, pair: tuple[yaml.Node, yaml.Node]) -> Edit:
        """A key with its value taken out of a mapping, and the draft's comments above it."""
        pairs = node.value
        place, key = pairs.index(pair), pair[0]
        end = max(self.end_of(key), self.end_of(pair[1]))
        if is_flow(node):
            if place:
                return Edit(self._end_of_pair(pairs[place - 1]), end, "")
            return Edit(key.start_mark.index, pairs[1][0].start_mark.index if len(pairs) > 1 else end, "")
        stop = self.below(pair[1] if end == self.end_of(pair[1]) else key)
        start = self.comments_above(key.start_mark.index)
        if self.text[self.line_start(key.start_mark.index) : key.start_mark.index].strip():  # behind the hyphen of an item
            if len(pairs) == 1 or self.text[stop : pairs[1][0].start_mark.index].strip():
                raise self.unsafe(node)
            return Edit(key.start_mark.index, pairs[1][0].start_mark.index, "")
        if stop == len(self.text) != self.line_start(stop) and start:
            start = self.line_end(self.line_start(start - 1))  # the line before it becomes the last, without a break as this one was
        return Edit(start, stop, "")

    def _end_of_pair(self, pair: tuple[yaml.Node, yaml.Node]) -> int:
        return max(self.end_of(pair[0]), self.end_of(pair[1]))

    def changed(self, edits: Sequence[Edit], data: Any, place: tuple[str | int, ...], node: yaml.Node) -> Spliced:
        """The text with the edits. Raises ContentError, naming the line of a node, where it would not say just `data`.

        place  what the line of the result is that of
        """
        out: list[str] = []
        spans: list[tuple[int, int]] = []
        at, size = 0, len(self._bom)
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            if edit.start < at and (edit.text or edit.end < at):
                raise self.unsafe(node)
            start = max(at, edit.start)  # of two removals that share a line break
            out += (self.text[at:start], edit.text)
            size += start - at
            spans += [(size, size + len(edit.text))] if edit.text else []
            size += len(edit.text)
            at = edit.end
        text = "".join([*out, self.text[at:]])
        _, parsed, faults = parse_nodes(text, self.shown)
        if faults or parsed is None or parsed.data != data:
            raise self.unsafe(node)
        return Spliced(self._bom + text, parsed.line(place), tuple(spans))

    def unsafe(self, node: yaml.Node) -> ContentError:
        """That nothing can be put in there without touching the rest."""
        remedy = "그 주제를 안내서의 예처럼 '이름: 값'을 줄마다 적어 주시거나, 다른 파일을 골라 주세요. 파일은 그대로 두었습니다."
        return refused(Fault(self.shown, node.start_mark.line + 1, "이 자리의 글은 꼴이 낯설어, 나머지를 건드리지 않고 고칠 수 없습니다.", remedy))


def is_flow(node: yaml.Node) -> bool:
    """Whether a list or a mapping stands in brackets."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def value_of(node: yaml.Node, key: str) -> yaml.Node | None:
    """The value of a key of a mapping."""
    pair = pair_of(node, key)
    return pair[1] if pair else None


def pair_of(node: yaml.Node, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    """(key, value) of a mapping."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((pair for pair in pairs if isinstance(pair[0], yaml.ScalarNode) and pair[0].value == key), None)


__all__ = ["MARK", "Edit", "Sheet", "Spliced", "flow_list", "is_flow", "pair_of", "refused", "scalar", "value_of"]

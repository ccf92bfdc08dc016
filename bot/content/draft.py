"""Drafts, written into the files of staff: text in, text out, and all that stood there stays to the byte.

A draft is checked and never told to a resident: a topic with `draft: true`, or what stands under a topic's `drafts`. Where it comes from is said in
comment lines above it. Approving takes the mark, and these lines, away. What a blank (____) is still left in cannot be approved, and `check`
refuses it where somebody takes the mark away by hand.

Every function raises ContentError, with file, line and remedy, where the file cannot be changed without touching the rest.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.content.fields import BLANK
from bot.content.splice import MARK, Edit, Sheet, Spliced, flow_list, is_flow, pair_of, refused, scalar, value_of
from bot.content.yaml_text import Fault

TO_FILL = "____"
KINDS = ("names", "questions", "words")  # of phrases that a draft may add to a topic
SECTION = "초안"  # of the file that drafts go into where no other fits
_HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")

_Value = str | list[str] | dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A topic to be written as a draft.

    answer    as far as it is known
    comments  where it comes from, a line each
    """

    id: str
    title: str
    names: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    answer: str = TO_FILL
    comments: tuple[str, ...] = ()

    def pairs(self) -> dict[str, _Value]:
        """Its keys, in the order they are written."""
        lists: dict[str, _Value] = {key: _by_language(getattr(self, key)) for key in ("names", "questions") if getattr(self, key)}
        related: dict[str, _Value] = {"related": [*self.related]} if self.related else {}
        return {
            "id": self.id, "title": self.title, **lists, "answer": self.answer, "document": TO_FILL, "lines": TO_FILL, **related, "draft": "true",
        }  # fmt: skip


def tidy(text: str) -> str:
    """A text as it can stand in a file: on one line, without letters that do not show."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _by_language(phrases: Sequence[str]) -> list[str] | dict[str, list[str]]:
    """Phrases as a topic has them: a plain list is Korean."""
    korean = [phrase for phrase in phrases if _HANGUL.search(phrase)]
    others = [phrase for phrase in phrases if not _HANGUL.search(phrase)]
    return {**({"ko": korean} if korean else {}), "en": others} if others else korean


def new_file(skeleton: Skeleton) -> str:
    """A knowledge file that holds only the draft."""
    head = (
        f"# 봇이 적은 초안입니다. 답과 근거를 채운 다음, 알맞은 파일로 옮기거나 section을 장의 이름으로 바꿔 주세요.\nsection: {SECTION}\ntopics:\n"
    )
    return head + "".join(line + "\n" for line in _block(skeleton, 2, 2, is_flow=True))


def add_topic(text: str, shown: str, skeleton: Skeleton) -> Spliced:
    """The file with one topic more at the end of its list, in the way the others are written."""
    sheet = Sheet(text, shown)
    topics = value_of(sheet.root, "topics")
    if not isinstance(topics, yaml.SequenceNode):
        raise refused(
            Fault(
                shown, sheet.parsed.line(("topics",)), "주제의 목록(topics)이 없습니다.", "'topics:'와 주제를 하나 적거나, 다른 파일을 골라 주세요."
            )
        )
    data = copy.deepcopy(sheet.parsed.data)
    if any(isinstance(topic, dict) and topic.get("id") == skeleton.id for topic in data["topics"]):
        raise refused(Fault(shown, sheet.parsed.line(("topics",)), f"'{skeleton.id}'은(는) 이미 있는 주제입니다.", "다른 id를 쓰세요."))
    data["topics"].append(skeleton.pairs())
    edit = _into_flow(sheet, topics, skeleton) if is_flow(topics) else _below(sheet, topics, skeleton)
    return sheet.changed([edit], data, ("topics", len(topics.value)), topics)


def add_phrases(text: str, shown: str, topic_id: str, phrases: Mapping[str, Sequence[str]], comments: Sequence[str] = ()) -> Spliced:
    """The file with more names, questions or words for a topic (by kind), under its `drafts`."""
    sheet = Sheet(text, shown)
    number, topic = _find(sheet, topic_id)
    data = copy.deepcopy(sheet.parsed.data)
    mine = data["topics"][number].setdefault("drafts", {})
    known = pair_of(topic, "drafts")
    if known is not None and not isinstance(known[1], yaml.MappingNode):
        raise sheet.unsafe(known[0])
    drafts = known[1] if known else None
    edits: list[Edit] = []
    missing: dict[str, list[str]] = {}
    for kind, texts in ((kind, phrases[kind]) for kind in KINDS if phrases.get(kind)):
        place = value_of(drafts, kind) if drafts else None
        if place is None:
            missing[kind] = mine[kind] = [*texts]
            continue
        edits += _append(sheet, place, texts, mine, kind)
    if missing:
        edits.append(_new_keys(sheet, topic, drafts, missing, comments))
    return sheet.changed(edits, data, ("topics", number, "drafts"), topic)


def approve_topic(text: str, shown: str, topic_id: str, document: str | None = None, lines: str | None = None) -> Spliced:
    """The file with a topic's draft mark taken away, and its source written where one is given (lines "": of a document without any)."""
    sheet = Sheet(text, shown)
    number, topic = _find(sheet, topic_id)
    data = copy.deepcopy(sheet.parsed.data)
    mine = data["topics"][number]
    draft = pair_of(topic, "draft")
    if draft is None:
        raise refused(Fault(shown, topic.start_mark.line + 1, f"'{topic_id}'은(는) 초안이 아닙니다.", "'yongsan-bot draft --list'로 초안을 보세요."))
    edits = [sheet.without(topic, draft), *_without_comments(sheet, topic)]
    del mine["draft"]
    added: dict[str, str] = {}
    for key, value in (("document", document), ("lines", lines)):
        pair = pair_of(topic, key)
        if value is None or (value == "" and pair is None):
            continue
        if value == "" and pair is not None:
            edits.append(sheet.without(topic, pair))
            del mine[key]
            continue
        mine[key] = value
        if pair is not None:
            edits.append(sheet.set_value(pair, scalar(value)))
        else:
            added[key] = value
    if added:
        edits.append(_new_values(sheet, topic, added))
    _refuse_blanks(sheet, ("topics", number), mine)
    return sheet.changed(edits, data, ("topics", number), topic)


def approve_phrases(text: str, shown: str, topic_id: str) -> Spliced:
    """The file with all that stands under a topic's `drafts` moved to its names, questions and words."""
    sheet = Sheet(text, shown)
    number, topic = _find(sheet, topic_id)
    data = copy.deepcopy(sheet.parsed.data)
    mine = data["topics"][number]
    drafts = pair_of(topic, "drafts")
    if drafts is None or not isinstance(mine["drafts"], dict):
        raise refused(Fault(shown, topic.start_mark.line + 1, f"'{topic_id}'에는 초안이 없습니다.", "'yongsan-bot draft --list'로 초안을 보세요."))
    _refuse_blanks(sheet, ("topics", number, "drafts"), mine["drafts"])
    edits = [sheet.without(topic, drafts)]
    missing: dict[str, _Value] = {}
    for kind, texts in mine.pop("drafts").items():
        parts = [*texts.values()] if isinstance(texts, dict) else [texts]
        if not all(isinstance(part, list) for part in parts):
            raise sheet.unsafe(drafts[0])
        wanted = [one for part in parts for one in part]
        place = value_of(topic, kind)
        if place is None:
            if wanted:
                missing[kind] = mine[kind] = _by_language(wanted)
        elif wanted:
            edits += _append(sheet, place, wanted, mine, kind)
    if missing:
        edits.append(_new_values(sheet, topic, missing))
    return sheet.changed(edits, data, ("topics", number), topic)


# -- finding --------------------------------------------------------------------------------------------------------


def _find(sheet: Sheet, topic_id: str) -> tuple[int, yaml.MappingNode]:
    topics = value_of(sheet.root, "topics")
    for number, topic in enumerate(topics.value if isinstance(topics, yaml.SequenceNode) else ()):
        name = value_of(topic, "id")
        if isinstance(name, yaml.ScalarNode) and name.value == topic_id:
            return number, topic
    raise refused(Fault(sheet.shown, 0, f"'{topic_id}'(이)라는 주제가 없습니다.", "주제의 id를 확인해 주세요."))


def _refuse_blanks(sheet: Sheet, place: tuple[str | int, ...], value: Any) -> None:
    for where, text in _scalars(value, place):
        if BLANK.search(text) and "links" not in where:
            name = next((part for part in reversed(where) if isinstance(part, str)), "")
            problem = f"'{name}'에 채우지 않은 밑줄({TO_FILL})이 있어 승인할 수 없습니다."
            remedy = "근거가 된 글에 적힌 대로 채운 다음 다시 해 주세요."
            if name in ("document", "lines"):
                remedy = "근거를 파일에 적거나 --document 문서의id --lines 줄번호로 알려 주세요."
            raise refused(Fault(sheet.shown, sheet.parsed.line(where), problem, remedy))


def _scalars(value: Any, place: tuple[str | int, ...]) -> Iterable[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield place, value
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _scalars(inner, (*place, key))


# -- writing --------------------------------------------------------------------------------------------------------


def _below(sheet: Sheet, topics: yaml.SequenceNode, skeleton: Skeleton) -> Edit:
    """The draft below the last topic."""
    last = topics.value[-1]
    column, step = sheet.dash_of(last) or (topics.start_mark.column, 2)
    at = sheet.below(topics, column if column or sheet.root.value[-1][1] is topics else 1)
    lines = _block(skeleton, column, step, _writes_flow(topics), is_flow(last))
    is_apart = sheet.follows_blank(last) if len(topics.value) > 1 else sheet.row(sheet.end_of(last)) > sheet.row(last.start_mark.index) + 2
    if is_apart and not sheet.keeps_blanks(last) and sheet.text[sheet.line_start(at - 1) : at].strip():
        lines = ["", *lines]  # as between the others
    return sheet.lines_at(at, lines)


def _block(skeleton: Skeleton, column: int, step: int, is_flow: bool, is_whole_flow: bool = False) -> list[str]:
    """The lines of the draft as an item whose hyphen stands in that column."""
    margin, inner = " " * column, " " * (column + step)
    lines = [f"{margin}{MARK}{comment}" for comment in skeleton.comments]
    if is_whole_flow:
        return [*lines, f"{margin}-{' ' * (step - 1)}{{{_entries(skeleton.pairs())}}}"]
    own = [line for key, value in skeleton.pairs().items() for line in _key(key, value, inner, is_flow)]
    return [*lines, f"{margin}-{' ' * (step - 1)}{own[0].lstrip()}", *own[1:]]


def _key(key: str, value: _Value, margin: str, is_flow: bool = True) -> list[str]:
    if isinstance(value, str) or is_flow:
        return [f"{margin}{key}: {_inline(value)}"]
    if isinstance(value, dict):
        return [f"{margin}{key}:", *(line for inner, texts in value.items() for line in _key(inner, texts, margin + "  ", is_flow))]
    return [f"{margin}{key}:", *(f"{margin}  - {scalar(one)}" for one in value)]


def _inline(value: _Value) -> str:
    if isinstance(value, str):
        return scalar(value)
    return flow_list(value) if isinstance(value, list) else f"{{{_entries(value)}}}"


def _writes_flow(topics: yaml.SequenceNode) -> bool:
    """Whether lists of phrases stand in brackets in this file; they do where there are none."""
    found = [value for topic in reversed(topics.value) for kind in KINDS if (value := value_of(topic, kind)) is not None]
    lists = [one for value in found[:1] for one in ([inner for _, inner in value.value] if isinstance(value, yaml.MappingNode) else [value])]
    return next((is_flow(one) for one in lists if isinstance(one, yaml.SequenceNode)), True)


def _entries(pairs: Mapping[str, Any]) -> str:
    """Keys and values inside braces, on one line."""
    return ", ".join(f"{key}: {_inline(value)}" for key, value in pairs.items())


def _into_flow(sheet: Sheet, topics: yaml.SequenceNode, skeleton: Skeleton) -> Edit:
    """The draft at the end of a list in brackets, on lines of its own, so that its comments can stand above it."""
    newline = sheet.newline(sheet.line_start(topics.start_mark.index))
    line = sheet.text[sheet.line_start(topics.start_mark.index) :]
    margin = " " * (len(line) - len(line.lstrip(" ")))
    lines = [*(f"{margin}  {MARK}{comment}" for comment in skeleton.comments), f"{margin}  {{{_entries(skeleton.pairs())}}}"]
    return sheet.into_flow(topics, newline + newline.join(lines), newline + margin)


def _new_keys(
    sheet: Sheet, topic: yaml.MappingNode, drafts: yaml.Node | None, missing: Mapping[str, list[str]], comments: Sequence[str]
) -> Edit:  # fmt: skip
    """Kinds of phrases that `drafts` lacks, and `drafts` itself where there is none yet."""
    if drafts is not None:
        return _new_values(sheet, drafts, missing)
    if is_flow(topic):
        return sheet.into_flow(topic, f"drafts: {{{_entries(missing)}}}")
    margin = " " * topic.start_mark.column
    lines = [f"{margin}{MARK}{comment}" for comment in comments]
    lines += [f"{margin}drafts:", *(line for kind, texts in missing.items() for line in _key(kind, texts, margin + "  "))]
    return sheet.lines_at(sheet.below(topic, topic.start_mark.column), lines)


def _new_values(sheet: Sheet, mapping: yaml.Node, values: Mapping[str, Any]) -> Edit:
    """More keys at the end of a mapping."""
    if is_flow(mapping):
        return sheet.into_flow(mapping, _entries(values))
    margin = " " * mapping.start_mark.column
    return sheet.lines_at(sheet.below(mapping), [line for key, value in values.items() for line in _key(key, value, margin)])


def _append(sheet: Sheet, place: yaml.Node, texts: Sequence[str], owner: dict[str, Any], kind: str) -> list[Edit]:
    """Texts at the end of a topic's phrases, by language where they are so written; the data is changed alike."""
    if isinstance(place, yaml.SequenceNode):
        owner[kind] += texts
        return [sheet.into_list(place, texts)]
    if not isinstance(place, yaml.MappingNode):
        raise sheet.unsafe(place)
    edits: list[Edit] = []
    missing: dict[str, list[str]] = {}
    for language, own in (("ko", [one for one in texts if _HANGUL.search(one)]), ("en", [one for one in texts if not _HANGUL.search(one)])):
        inner = value_of(place, language)
        if own and inner is None:
            missing[language] = owner[kind][language] = own
        elif own and inner is not None:
            edits.append(sheet.into_list(inner, own))
            owner[kind][language] += own
    return [*edits, *([_new_values(sheet, place, missing)] if missing else [])]


def _without_comments(sheet: Sheet, topic: yaml.MappingNode) -> list[Edit]:
    """The draft's comments above an item taken away."""
    line = sheet.line_start(topic.start_mark.index)
    start = sheet.comments_above(line)
    return [Edit(start, line, "")] if start < line and re.fullmatch(r" *(?:- *)?", sheet.text[line : topic.start_mark.index]) else []


__all__ = ["KINDS", "SECTION", "TO_FILL", "Skeleton", "add_phrases", "add_topic", "approve_phrases", "approve_topic", "new_file", "tidy"]

"""Drafts among the topics: which wait for approval, and what went live before it was finished.

A blank ("____") in a topic that residents see is a fault: whoever takes the draft mark away by hand, and fills nothing in, is refused here.
(An unfilled `document` is refused by load.py, which knows no document of that name.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.content.draft import KINDS, SECTION, TO_FILL
from bot.content.fields import BLANK
from bot.content.load import Loaded
from bot.content.model import Topic
from bot.content.yaml_text import Fault

_TOLD = ("title", "answer", "known", "claim", "facts", "counts", "audience", "contact", "lines")  # keys that residents see, or that are a source
_NAMED = 5  # drafts in a note
_Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """Something that waits for approval.

    phrases  of a topic that residents see already; empty where the whole topic is a draft
    to_fill  the keys that a blank is left in
    """

    topic_id: str
    title: str
    file: str
    line: int
    phrases: tuple[str, ...] = ()
    to_fill: tuple[str, ...] = ()


def open_drafts(loaded: Loaded) -> list[OpenDraft]:
    """Every draft of the folder, in the order of files and lines."""
    found = []
    for topic in loaded.drafts.values():
        file, place = loaded.draft_paths[topic.id]
        keys = dict.fromkeys(str(where[0]) for where, _ in _blanks(_raw(loaded, file, place), (*_TOLD, "document")))
        found.append(OpenDraft(topic.id, topic.title.ko, file, loaded.parsed[file].line((*place, "id")), (), tuple(keys)))
    for topic in loaded.topics.values():
        if topic.drafts.all:
            found.append(OpenDraft(topic.id, topic.title.ko, *loaded.topic_line(topic.id, "drafts"), topic.drafts.all))
    return sorted(found, key=lambda one: (one.file, one.line))


def check_drafts(loaded: Loaded) -> tuple[list[Fault], list[str]]:
    """(faults, notes)"""
    faults = [fault for topic in loaded.topics.values() for fault in (*_unfilled(loaded, topic), *_in_draft_section(loaded, topic))]
    for topic in (*loaded.topics.values(), *loaded.drafts.values()):
        faults += _empty_phrases(loaded, topic)
    drafts = open_drafts(loaded)
    if not drafts:
        return faults, []
    named = ", ".join(f"{one.topic_id}({one.file} {one.line}번째 줄)" for one in drafts[:_NAMED])
    more = f" 외 {len(drafts) - _NAMED}개" if len(drafts) > _NAMED else ""
    return faults, [f"초안이 {len(drafts)}개 있습니다: {named}{more}. 승인하기 전에는 주민에게 보이지 않습니다."]


def _unfilled(loaded: Loaded, topic: Topic) -> Iterator[Fault]:
    for where, _ in _blanks(_raw(loaded, *loaded.paths[topic.id]), _TOLD):
        problem = f"'{where[0]}'에 채우지 않은 밑줄({TO_FILL})이 있습니다({topic.id})."
        remedy = "근거에 적힌 대로 채워 주세요. 다 쓸 때까지는 'draft: true'를 넣어 두면 주민에게 보이지 않습니다."
        if where[0] == "lines":
            remedy = "근거가 된 줄의 번호를 써 주세요. 줄을 세지 않는 문서이면 이 줄을 지워 주세요."
        yield Fault(*loaded.topic_line(topic.id, *where), problem, remedy)


def _in_draft_section(loaded: Loaded, topic: Topic) -> Iterator[Fault]:
    if loaded.sections[topic.id].ko == SECTION:
        problem = f"이 주제의 장 이름이 '{SECTION}'으로 주민에게 보입니다({topic.id})."
        remedy = "주제를 알맞은 파일로 옮기거나, 파일 위의 section을 장의 이름으로 바꿔 주세요."
        yield Fault(*loaded.topic_line(topic.id, "id"), problem, remedy)


def _empty_phrases(loaded: Loaded, topic: Topic) -> Iterator[Fault]:
    file, place = loaded.draft_paths[topic.id] if topic.draft else loaded.paths[topic.id]
    for kind in KINDS:
        if any(not phrase.strip() for phrase in getattr(topic.drafts, kind).all):
            line = loaded.parsed[file].line((*place, "drafts", kind))
            yield Fault(file, line, f"빈 표현이 있습니다({topic.id}).", "빈 칸을 지워 주세요.")


def _raw(loaded: Loaded, file: str, place: _Place) -> dict[str, Any]:
    """A topic as it stands in its file."""
    data = loaded.parsed[file].data
    for part in place:
        data = data[part]
    return dict(data)


def _blanks(topic: dict[str, Any], keys: tuple[str, ...]) -> Iterator[tuple[_Place, str]]:
    for key in topic:
        yield from ((where, text) for where, text in _scalars(topic[key], (key,)) if key in keys and BLANK.search(text))


def _scalars(value: Any, place: _Place) -> Iterator[tuple[_Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _scalars(inner, (*place, key))


__all__ = ["OpenDraft", "check_drafts", "open_drafts"]

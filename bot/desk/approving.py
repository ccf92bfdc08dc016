"""Drafts that become what residents are told: only with a source.

A topic needs a document of documents.yaml, and the lines in it where its other topics cite it by line, as they do the newsletter. Phrases for a topic
that residents see already rest on that topic's own source.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from bot.content.check_drafts import open_drafts
from bot.content.draft import SECTION, approve_phrases, approve_topic
from bot.content.fields import BLANK
from bot.content.load import Loaded
from bot.content.model import Topic
from bot.content.splice import Spliced, refused
from bot.content.yaml_text import Fault
from bot.desk.shelf import Shelf

_LINES = re.compile(r"\s*\d{1,6}\s*(?:[-~]\s*\d{1,6}\s*)?(?:,\s*\d{1,6}\s*(?:[-~]\s*\d{1,6}\s*)?)*")


@dataclass(frozen=True, slots=True)
class Approved:
    """What residents are told from now on, and where it stands. is_topic: a whole topic; else phrases of one."""

    file: str
    line: int
    topic_id: str
    is_topic: bool
    summary: str


def approve(shelf: Shelf, topic_id: str, document: str | None = None, lines: str | None = None) -> Approved:
    """Takes a draft's mark away.

    document  id of the document that it rests on; None: as the file says
    lines     the lines in it ("15", "23-24"); None: as the file says

    Raises ContentError, with nothing written, where the draft has no answer or no source, or what came of it would be refused by `check`.
    """
    loaded = shelf.read()
    draft = loaded.drafts.get(topic_id)
    if draft is not None:
        file, place = loaded.draft_paths[topic_id]
        source = _source(loaded, draft, document, lines, Fault(file, loaded.parsed[file].line((*place, "id")), "", ""))
        spliced = shelf.change(shelf.path(file), lambda text, shown: approve_topic(text, shown, topic_id, *source), loaded, checked=True)
        return Approved(file, spliced.line, topic_id, True, f"주제 '{draft.title.ko}'을(를) 승인했습니다({topic_id}).")
    topic = loaded.topics.get(topic_id)
    if topic is None or not topic.drafts.all:
        raise refused(Fault(shelf.folder.name, 0, f"'{topic_id}'(이)라는 초안이 없습니다.", _others(loaded, topic_id)))
    if document is not None or lines is not None:
        remedy = "--document와 --lines 없이 다시 해 주세요. 새 이름은 그 주제에 이미 적힌 근거를 따릅니다."
        raise refused(Fault(*loaded.topic_line(topic_id, "drafts"), f"'{topic_id}'의 초안은 새 이름이라 근거를 따로 적지 않습니다.", remedy))
    file = loaded.paths[topic_id][0]

    def splice(text: str, shown: str) -> Spliced:
        return approve_phrases(text, shown, topic_id)

    spliced = shelf.change(shelf.path(file), splice, loaded, checked=True)
    told = ", ".join(f"'{phrase}'" for phrase in topic.drafts.all)
    return Approved(file, spliced.line, topic_id, False, f"주제 '{topic.title.ko}'의 새 이름을 승인했습니다({topic_id}): {told}")


def _source(loaded: Loaded, draft: Topic, document: str | None, lines: str | None, here: Fault) -> tuple[str | None, str | None]:
    """(document, lines) to be written; None: as the file has it; lines "": of a document that is not counted in lines."""
    if loaded.parsed[here.file].data.get("section") == SECTION or _title(loaded, here.file) == SECTION:
        remedy = "주제를 알맞은 파일로 옮기거나, 파일 위의 section을 장의 이름으로 바꾼 다음 다시 해 주세요."
        raise refused(Fault(here.file, here.line, f"'{SECTION}' 장에 있어, 승인하면 주민에게 출처가 '{SECTION}'으로 보입니다.", remedy))
    known = [one.id for one in loaded.documents]
    listed = f"있는 문서: {', '.join(known)}" if known else "documents.yaml에 문서를 먼저 적어 주세요."
    name = document if document is not None else draft.document
    if not name or BLANK.search(name):
        remedy = f"--document 문서의id를 붙이거나 파일의 document에 적어 주세요. {listed}"
        raise refused(Fault(here.file, here.line, f"근거가 된 문서가 적혀 있지 않아 승인할 수 없습니다({draft.id}).", remedy))
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        remedy = f"'{near[0]}'을(를) 쓰려던 건가요?" if near else f"documents.yaml에 있는 id를 써 주세요. {listed}"
        raise refused(Fault(here.file, here.line, f"'{name}'(이)라는 문서가 documents.yaml에 없습니다.", remedy))
    if lines is not None:
        if not _LINES.fullmatch(lines):
            raise refused(Fault(here.file, here.line, f"줄 번호 '{lines[:30]}'을(를) 읽을 수 없습니다.", "15, 23-24, 12, 15처럼 써 주세요."))
        return document, lines.strip()
    if draft.lines or any(fact.lines for fact in draft.facts.values()):
        return document, None
    if any(topic.document == name and (topic.lines or any(fact.lines for fact in topic.facts.values())) for topic in loaded.topics.values()):
        remedy = "--lines 줄번호를 붙이거나 파일의 lines에 적어 주세요. 예: --lines 15"
        raise refused(Fault(here.file, here.line, f"'{name}'의 몇 번째 줄이 근거인지 적혀 있지 않아 승인할 수 없습니다({draft.id}).", remedy))
    return document, ""


def _title(loaded: Loaded, file: str) -> str:
    section = loaded.parsed[file].data.get("section")
    return str(section.get("ko", "")) if isinstance(section, dict) else ""


def _others(loaded: Loaded, topic_id: str) -> str:
    names = [one.topic_id for one in open_drafts(loaded)]
    near = difflib.get_close_matches(topic_id, names, 1)
    if near:
        return f"'{near[0]}'을(를) 쓰려던 건가요?"
    return f"있는 초안: {', '.join(names)}" if names else "초안이 하나도 없습니다. 'yongsan-bot draft --from-unanswered'로 만들 수 있습니다."


__all__ = ["Approved", "approve"]

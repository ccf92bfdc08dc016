"""Reads knowledge/ and intents/ as a whole, or says what is wrong with them, all at once.

A file that would mislead a resident is refused. What an intents folder lacks comes from the packaged one.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.content import model
from bot.content.explain import line_number_faults, shape_fault
from bot.content.fields import Shape, Text
from bot.content.model import Content, Topic
from bot.content.yaml_text import MAX_FAULTS, Fault, Parsed, RawFile, parse_raw, read_folder, read_raw
from bot.errors import ContentError

__all__ = ["Fault", "Loaded", "load_content", "packaged", "read_content", "read_files", "read_ids"]

S = TypeVar("S", bound=BaseModel)

INTENT_FILES: dict[str, type[Shape]] = {
    "aspects.yaml": model.Aspects,
    "synonyms.yaml": model.Synonyms,
    "everyday.yaml": model.Everyday,
    "elsewhere.yaml": model.Elsewhere,
    "smalltalk.yaml": model.SmalltalkFile,
    "navigation.yaml": model.NavigationFile,
    "urgent.yaml": model.UrgentFile,
    "wording.yaml": model.WordingFile,
    "telegram.yaml": model.TelegramFile,
    "handoff.yaml": model.HandoffFile,
    "privacy.yaml": model.PrivacyFile,
}

_YES = frozenset(("true", "yes", "on", "1", "t", "y"))  # what pydantic takes for it


def packaged(name: str) -> Path:
    """What travels with the package: the folders "knowledge", "intents" and "suites", and "floors.yaml".

    A checkout has them where they are edited: the last two under tests/.
    """
    inside = Path(str(resources.files("bot"))) / "defaults" / name
    checkout = Path(__file__).resolve().parents[2]
    return inside if inside.exists() else checkout / ("tests" if name in ("suites", "floors.yaml") else "") / name


@dataclass
class Loaded:
    """What was read, with the places of everything, for checks that name lines."""

    faults: list[Fault] = field(default_factory=list)
    parsed: dict[str, Parsed] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)  # topic id → (file, line)
    paths: dict[str, tuple[str, tuple[str | int, ...]]] = field(default_factory=dict)  # topic id → (file, place in it)
    ids: dict[str, tuple[str, int]] = field(default_factory=dict)  # every topic id, also of files that cannot be used
    topics: dict[str, Topic] = field(default_factory=dict)  # the topics that can be read, whatever else is wrong
    drafts: dict[str, Topic] = field(default_factory=dict)  # the topics that residents do not see yet
    draft_paths: dict[str, tuple[str, tuple[str | int, ...]]] = field(default_factory=dict)  # of a draft, which may be the next issue's of a topic
    sections: dict[str, Text] = field(default_factory=dict)  # by topic id
    documents: tuple[model.Document, ...] = ()
    words: dict[str, Any] = field(default_factory=dict)  # the intents files that can be read, by name
    word_files: dict[str, str] = field(default_factory=dict)  # the same, as they are shown
    content: Content | None = None

    def topic_line(self, topic_id: str, *key: str | int) -> tuple[str, int]:
        """(file, line) of a place inside a topic."""
        file, place = self.paths[topic_id]
        return file, self.parsed[file].line((*place, *key))


def load_content(knowledge: Path | None = None, intents: Path | None = None) -> Content:
    """The content of the two folders (default: the packaged ones). Raises ContentError at the first fault."""
    content, faults = read_content(knowledge, intents)
    if content is None or faults:
        first = faults[0]
        place = f"{first.file} {first.line}번째 줄" if first.line else first.file
        more = f" (이 밖에 {len(faults) - 1}곳 더: yongsan-bot check)" if len(faults) > 1 else ""
        raise ContentError(place, first.problem, first.remedy + more)
    return content


def read_content(knowledge: Path | None = None, intents: Path | None = None) -> tuple[Content | None, list[Fault]]:
    """(content, faults); content is None where there is a fault."""
    loaded = read_files(knowledge, intents)
    return loaded.content, loaded.faults


def read_files(knowledge: Path | None = None, intents: Path | None = None) -> Loaded:
    """Everything that was read, and every fault of every file."""
    loaded = Loaded()
    digest = hashlib.sha256()
    sections = _read_knowledge(knowledge, loaded, digest)
    loaded.words = words = _read_intents(intents, loaded, digest)
    topics, titles = _gather_topics(sections, loaded)
    content = None
    if len(words) == len(INTENT_FILES):
        content = Content(
            documents={document.id: document for document in loaded.documents},
            topics=topics,
            sections=titles,
            aspects={aspect.id: aspect for aspect in words["aspects.yaml"].aspects},
            synonyms=words["synonyms.yaml"].synonyms,
            everyday=words["everyday.yaml"].words,
            places=words["everyday.yaml"].places,
            elsewhere=words["elsewhere.yaml"].elsewhere,
            smalltalk=words["smalltalk.yaml"].smalltalk,
            navigation=words["navigation.yaml"].navigation,
            urgent=words["urgent.yaml"].urgent,
            urgent_unless=words["urgent.yaml"].unless,
            wording={**words["wording.yaml"].wording, **words["telegram.yaml"].wording, **words["handoff.yaml"].wording},
            commands=words["telegram.yaml"].commands,
            privacy=words["privacy.yaml"],
            handoff=words["handoff.yaml"],
            version=digest.hexdigest()[:12],
        )
    loaded.faults += islice(_broken_links(loaded), MAX_FAULTS)
    loaded.faults.sort(key=lambda fault: (fault.file, fault.line))
    loaded.content = None if loaded.faults else content
    return loaded


def read_ids(folder: Path) -> dict[str, tuple[str, int]]:
    """Every topic id of a knowledge folder that a resident could get an answer from, with file and line; broken files too."""
    loaded = Loaded()
    _gather_topics(_read_knowledge(folder, loaded, hashlib.sha256()), loaded)
    return {name: place for name, place in loaded.ids.items() if name in loaded.topics or name not in loaded.places}


# A section and its topics, each with its number in the file.
_Chapter = tuple[str, model.Section, list[tuple[int, Topic]]]


def _read_knowledge(folder: Path | None, loaded: Loaded, digest: Any) -> list[_Chapter]:
    own = folder or packaged("knowledge")
    if not own.is_dir():
        problem = "폴더가 없습니다." if not own.exists() else "폴더가 아닙니다."
        loaded.faults.append(Fault(str(own), 0, problem, "경로를 확인하거나, 'yongsan-bot init 폴더'로 새로 만들어 주세요."))
        return []
    files, faults = read_folder(own, is_packaged=folder is None)
    loaded.faults += faults
    if not files and not faults:
        remedy = "YAML 파일을 넣거나, 'yongsan-bot init 폴더'로 새로 만들어 주세요."
        loaded.faults.append(Fault(str(own), 0, "YAML 파일이 하나도 없습니다.", remedy))
    chapters: list[_Chapter] = []
    for file in files:
        if Path(file.name).stem == "documents":
            documents = _read_shape(file, model.Documents, loaded, digest)
            loaded.documents = documents.documents if documents else ()
            continue
        section = _read_shape(file, model.Section, loaded, digest)
        if section is not None:
            chapters.append((file.shown, section, list(enumerate(section.topics))))
        else:
            chapters += _salvage(file, loaded)
    return chapters


def _salvage(file: RawFile, loaded: Loaded) -> list[_Chapter]:
    """The sound topics of a file with a fault, so that the rest of it is looked at too, and the ids of the others."""
    shown = file.shown
    parsed = loaded.parsed.get(shown)
    if parsed is None:
        for n, line in enumerate(file.raw.decode("utf-8", "replace").splitlines(), 1):
            match = re.match(r"\s*-\s*(?:\{\s*)?id\s*:\s*[\"']?([a-z0-9-]+)", line)
            if match:
                loaded.ids.setdefault(match[1], (shown, n))
        return []
    found = parsed.data.get("topics") if isinstance(parsed.data, dict) else None
    sound = []
    for n, raw in enumerate(found if isinstance(found, list) else []):
        if isinstance(raw, dict) and isinstance(raw.get("id"), str):
            loaded.ids.setdefault(raw["id"], (shown, parsed.line(("topics", n, "id"))))
        try:
            if not line_number_faults(Parsed(shown, raw, {})):
                sound.append((n, Topic.model_validate(raw)))
        except ValidationError:
            continue  # told already, with the whole file
    document = parsed.data.get("document", "") if isinstance(parsed.data, dict) else ""
    section = model.Section.model_construct(section=Text(ko=Path(shown).stem), document=document if isinstance(document, str) else "", topics=())
    return [(shown, section, sound)]


def _read_intents(folder: Path | None, loaded: Loaded, digest: Any) -> dict[str, Any]:
    own = folder or packaged("intents")
    if not own.is_dir():
        loaded.faults.append(Fault(str(own), 0, "폴더가 없습니다.", "경로를 확인하거나, 'yongsan-bot init 폴더'로 새로 만들어 주세요."))
        return {}
    files, faults = read_folder(own, is_packaged=folder is None)
    loaded.faults += faults
    for file in files:
        if file.name not in INTENT_FILES:
            near = difflib.get_close_matches(file.name, INTENT_FILES, 1)
            remedy = f"'{near[0]}'의 이름을 잘못 쓰셨나요?" if near else f"쓸 수 있는 이름: {', '.join(INTENT_FILES)}"
            loaded.faults.append(Fault(file.shown, 0, "모르는 파일입니다.", remedy))
    found = {file.name: file for file in files}
    values = {}
    for name, shape in INTENT_FILES.items():
        file = found.get(name) or _packaged_words(name)
        value = _read_shape(file, shape, loaded, digest)
        if value is not None:
            values[name] = value
            loaded.word_files[name] = file.shown
    return values


def _packaged_words(name: str) -> RawFile:
    shown = f"intents/{name}"
    return RawFile(name, shown, *read_raw(packaged("intents") / name, shown))


def _read_shape(file: RawFile, shape: type[S], loaded: Loaded, digest: Any) -> S | None:
    parsed, faults = (None, [file.fault]) if file.fault else parse_raw(file.raw, file.shown)
    loaded.faults += faults
    if parsed is None:
        return None
    loaded.parsed[file.shown] = parsed
    told = _without_drafts(parsed.data) if shape is model.Section else parsed.data
    if told is not None:
        digest.update(repr(told).encode("utf-8", "surrogatepass"))
    faults = line_number_faults(parsed)
    if faults:
        loaded.faults += faults[:MAX_FAULTS]
        return None
    try:
        return shape.model_validate(parsed.data)
    except ValidationError as error:
        loaded.faults += [shape_fault(one, parsed, shape) for one in error.errors()[:MAX_FAULTS]]
        return None


def _without_drafts(data: Any) -> Any:
    """A knowledge file as far as residents are told of it; None where they are told nothing. So a draft makes no new version."""
    topics = data.get("topics") if isinstance(data, dict) else None
    if not isinstance(topics, list) or not all(isinstance(topic, dict) for topic in topics):
        return data
    live = [{key: value for key, value in topic.items() if key != "drafts"} for topic in topics if not _is_draft(topic)]
    return {**data, "topics": live} if live or not topics else None


def _is_draft(topic: dict[str, Any]) -> bool:
    return str(topic.get("draft", "")).lower() in _YES


def _gather_topics(chapters: list[_Chapter], loaded: Loaded) -> tuple[dict[str, Topic], dict[str, Text]]:
    titles = loaded.sections
    for file, section, found in chapters:
        for n, topic in found:
            line = loaded.parsed[file].line(("topics", n, "id"))
            document = topic.document or section.document
            earlier = loaded.topics.get(topic.id) or loaded.drafts.get(topic.id)
            if earlier is not None and earlier.document in _replaced(document, loaded.documents):
                pass  # of two documents on one topic the newer speaks
            elif earlier is not None and document in _replaced(earlier.document, loaded.documents):
                if not earlier.draft:
                    continue
            elif topic.id in loaded.places:
                where, first = loaded.places[topic.id]
                problem = f'id "{topic.id}"는 {where} {first}번째 줄에서 이미 쓰고 있습니다.'
                remedy = "둘 중 하나의 id를 바꿔 주세요. id는 모든 파일을 통틀어 하나뿐이어야 합니다."
                loaded.faults.append(Fault(file, line, problem, remedy))
                continue
            whole = topic if topic.document == document else topic.model_copy(update={"document": document})
            if topic.draft:
                loaded.drafts[topic.id], loaded.draft_paths[topic.id] = whole, (file, ("topics", n))
                loaded.places.setdefault(topic.id, (file, line))
                loaded.ids.setdefault(topic.id, (file, line))
                continue
            loaded.places[topic.id] = loaded.ids[topic.id] = (file, line)
            loaded.paths[topic.id] = (file, ("topics", n))
            loaded.topics[topic.id] = whole
            titles[topic.id] = section.section
    return loaded.topics, titles


def _replaced(document: str, documents: Iterable[model.Document]) -> set[str]:
    """Ids of the documents that this one supersedes, directly or through others."""
    earlier = {one.id: one.supersedes for one in documents}
    found: set[str] = set()
    todo = list(earlier.get(document, ()))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += earlier.get(name, ())
    return found


def _broken_links(loaded: Loaded) -> Iterator[Fault]:
    """Every id that a topic names must exist, and a period must run forward."""
    aspects = loaded.words.get("aspects.yaml")
    known_aspects = {aspect.id for aspect in aspects.aspects} if aspects else None
    documents = {document.id for document in loaded.documents}
    is_whole = not any(fault.file.endswith(("/documents.yaml", "/documents.yml")) for fault in loaded.faults)
    for topic in loaded.topics.values():
        for key, known in (("related", loaded.ids), ("members", loaded.ids), ("facts", known_aspects)):
            for n, name in enumerate(getattr(topic, key)):
                if known is not None and name not in known:
                    what = "측면이" if key == "facts" else "주제가"
                    near = difflib.get_close_matches(name, known, 1)
                    remedy = f"'{near[0]}'을(를) 쓰려던 건가요?" if near else f"있는 {what[:-1]}의 id를 쓰거나 지워 주세요."
                    place = loaded.topic_line(topic.id, key, name if key == "facts" else n)
                    yield Fault(*place, f"'{name}'(이)라는 {what} 없습니다.", remedy)
        for n, name in enumerate(topic.members):
            if name == topic.id or (name in loaded.places and name not in loaded.topics):
                problem = "묶음이 자기 자신을 담고 있습니다." if name == topic.id else f"묶음에 든 '{name}'은(는) 아직 초안(draft)입니다."
                yield Fault(*loaded.topic_line(topic.id, "members", n), problem, "members에서 지워 주세요.")
        if topic.document and topic.document not in documents and is_whole:
            problem = f"'{topic.document}'(이)라는 문서가 documents.yaml에 없습니다."
            yield Fault(*loaded.topic_line(topic.id), problem, "documents.yaml에 문서를 넣거나 id를 고쳐 주세요.")
        if topic.period and topic.period.start and topic.period.until and topic.period.start > topic.period.until:
            problem = "기간의 시작(from)이 끝(until)보다 늦습니다."
            yield Fault(*loaded.topic_line(topic.id, "period"), problem, "두 날짜를 바꿔 주세요.")

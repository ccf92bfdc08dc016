"""Reads knowledge/ and intents/ as a whole, or says what is wrong with them, all at once.

A file that would mislead a resident is refused. What an intents folder lacks comes from the packaged one.
"""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.content import model
from bot.content.model import Content, Text, Topic
from bot.content.yaml_text import Fault, Parsed, parse_file
from bot.errors import ContentError

__all__ = ["Fault", "Loaded", "load_content", "packaged", "read_content", "read_files"]

S = TypeVar("S", bound=BaseModel)

INTENT_FILES: dict[str, type[model.Shape]] = {
    "aspects.yaml": model.Aspects,
    "synonyms.yaml": model.Synonyms,
    "everyday.yaml": model.Everyday,
    "smalltalk.yaml": model.SmalltalkFile,
    "navigation.yaml": model.NavigationFile,
    "urgent.yaml": model.UrgentFile,
    "wording.yaml": model.WordingFile,
}


def packaged(name: str) -> Path:
    """The folder that travels with the package: "knowledge" or "intents"."""
    inside = Path(str(resources.files("bot"))) / "defaults" / name
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / name


@dataclass
class Loaded:
    """What was read, with the places of everything, for checks that name lines."""

    faults: list[Fault] = field(default_factory=list)
    parsed: dict[str, Parsed] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)  # topic id → (file, line)
    paths: dict[str, tuple[str, tuple[str | int, ...]]] = field(default_factory=dict)  # topic id → (file, place in it)
    content: Content | None = None


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
    sections, documents = _read_knowledge(knowledge or packaged("knowledge"), loaded, digest)
    words = _read_intents(intents, loaded, digest)
    topics, titles = _gather_topics(sections, loaded)
    content = None
    if len(words) == len(INTENT_FILES):
        content = Content(
            documents={document.id: document for document in documents},
            topics=topics,
            sections=titles,
            aspects={aspect.id: aspect for aspect in words["aspects.yaml"].aspects},
            synonyms=words["synonyms.yaml"].synonyms,
            everyday=words["everyday.yaml"].words,
            places=words["everyday.yaml"].places,
            smalltalk=words["smalltalk.yaml"].smalltalk,
            navigation=words["navigation.yaml"].navigation,
            urgent=words["urgent.yaml"].urgent,
            urgent_unless=words["urgent.yaml"].unless,
            wording=words["wording.yaml"].wording,
            version=digest.hexdigest()[:12],
        )
        _check_links(content, loaded)
    loaded.faults.sort(key=lambda fault: (fault.file, fault.line))
    loaded.content = None if loaded.faults else content
    return loaded


def _read_knowledge(folder: Path, loaded: Loaded, digest: Any) -> tuple[list[tuple[str, model.Section]], tuple[model.Document, ...]]:
    if not folder.is_dir():
        problem = "폴더가 없습니다." if not folder.exists() else "폴더가 아닙니다."
        loaded.faults.append(Fault(str(folder), 0, problem, "경로를 확인하거나, 'yongsan-bot init 폴더'로 새로 만들어 주세요."))
        return [], ()
    files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and not path.name.startswith("."))
    if not files:
        remedy = "YAML 파일을 넣거나, 'yongsan-bot init 폴더'로 새로 만들어 주세요."
        loaded.faults.append(Fault(str(folder), 0, "YAML 파일이 하나도 없습니다.", remedy))
    sections, documents = [], ()
    for path in files:
        shape = model.Documents if path.stem == "documents" else model.Section
        value = _read_shape(path, f"{folder.name}/{path.name}", shape, loaded, digest)
        if isinstance(value, model.Documents):
            documents = value.documents
        elif isinstance(value, model.Section):
            sections.append((f"{folder.name}/{path.name}", value))
    return sections, documents


def _read_intents(folder: Path | None, loaded: Loaded, digest: Any) -> dict[str, Any]:
    own = folder or packaged("intents")
    if not own.is_dir():
        loaded.faults.append(Fault(str(own), 0, "폴더가 없습니다.", "경로를 확인하거나, 'yongsan-bot init 폴더'로 새로 만들어 주세요."))
        return {}
    for path in sorted(own.iterdir()):
        if path.suffix in (".yaml", ".yml") and path.name not in INTENT_FILES and not path.name.startswith("."):
            near = difflib.get_close_matches(path.name, INTENT_FILES, 1)
            remedy = f"'{near[0]}'의 이름을 잘못 쓰셨나요?" if near else f"쓸 수 있는 이름: {', '.join(INTENT_FILES)}"
            loaded.faults.append(Fault(f"{own.name}/{path.name}", 0, "모르는 파일입니다.", remedy))
    values = {}
    for name, shape in INTENT_FILES.items():
        path = own / name if (own / name).exists() else packaged("intents") / name
        value = _read_shape(path, f"{path.parent.name}/{name}", shape, loaded, digest)
        if value is not None:
            values[name] = value
    return values


def _read_shape(path: Path, shown: str, shape: type[S], loaded: Loaded, digest: Any) -> S | None:
    parsed, faults = parse_file(path, shown)
    loaded.faults += faults
    if parsed is None:
        return None
    loaded.parsed[shown] = parsed
    digest.update(path.read_bytes())
    try:
        return shape.model_validate(parsed.data)
    except ValidationError as error:
        loaded.faults += [_shape_fault(one, parsed, shape) for one in error.errors()]
        return None


_KINDS = {
    "string_type": "글이어야 합니다.", "tuple_type": "목록([가, 나])이어야 합니다.", "dict_type": "'이름: 값' 꼴이어야 합니다.",
    "model_type": "'이름: 값' 꼴이어야 합니다.", "model_attributes_type": "'이름: 값' 꼴이어야 합니다.", "bool_parsing": "true나 false여야 합니다.",
    "bool_type": "true나 false여야 합니다.", "list_type": "목록([가, 나])이어야 합니다.", "date_type": "날짜(2021-02-14)여야 합니다.",
}  # fmt: skip
_VALUES = {
    "id": ("id에는 영어 소문자, 숫자, 붙임표(-)만 32자까지 쓸 수 있습니다.", "예: bike-insurance"),
    "date": ("날짜를 읽을 수 없습니다.", "2021-02-14처럼 써 주세요."),
    "lines": ("줄 번호를 읽을 수 없습니다.", "15 또는 23-24처럼 써 주세요."),
}


def _shape_fault(error: Any, parsed: Parsed, shape: type[BaseModel]) -> Fault:
    place = tuple(error["loc"])
    name = next((part for part in reversed(place) if isinstance(part, str)), "")
    line, kind = parsed.line(place), error["type"]
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name, _field_names(shape), 1, 0.6)
        remedy = f"'{near[0]}'을(를) 쓰려던 건가요?" if near else "그 줄을 지우거나 이름을 고쳐 주세요."
        return Fault(parsed.file, line, f"'{name}'은(는) 모르는 항목입니다.", remedy)
    if kind == "missing":
        return Fault(parsed.file, line, f"'{name}'이(가) 빠졌습니다.", f"'{name}: …' 줄을 넣어 주세요.")
    if kind == "string_too_short":
        return Fault(parsed.file, line, f"'{name}'이(가) 비어 있습니다.", "내용을 써 주세요.")
    if kind == "value_error":
        reason = str(error["ctx"]["error"])
        if reason in _VALUES:
            return Fault(parsed.file, line, *_VALUES[reason])
        return Fault(parsed.file, line, f"'{name}'의 날짜가 달력에 없습니다.", "2021-02-14처럼 있는 날짜를 써 주세요.")
    if kind == "literal_error":
        return Fault(parsed.file, line, f"'{name}'에 쓸 수 없는 값입니다.", f"쓸 수 있는 값: {error['ctx']['expected'].replace(' or ', ', ')}")
    problem = _KINDS.get(kind, "값의 꼴이 맞지 않습니다.")
    return Fault(parsed.file, line, f"'{name or '파일'}'은(는) {problem}", "안내서의 예와 견주어 고쳐 주세요.")


def _field_names(shape: type[BaseModel]) -> set[str]:
    """Every key that may stand anywhere in a file of that shape."""
    names, todo, seen = set(), [shape], set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        for name, info in one.model_fields.items():
            names.add(info.alias or name)
            todo += [part for part in _parts(info.annotation) if isinstance(part, type) and issubclass(part, BaseModel)]
    return names


def _parts(annotation: Any) -> list[Any]:
    inner = getattr(annotation, "__args__", ())
    return [annotation, *(part for one in inner for part in _parts(one))]


def _gather_topics(sections: list[tuple[str, model.Section]], loaded: Loaded) -> tuple[dict[str, Topic], dict[str, Text]]:
    topics: dict[str, Topic] = {}
    titles: dict[str, Text] = {}
    for file, section in sections:
        parsed = loaded.parsed[file]
        for n, topic in enumerate(section.topics):
            line = parsed.line(("topics", n, "id"))
            if topic.id in topics:
                where, first = loaded.places[topic.id]
                problem = f'id "{topic.id}"는 {where} {first}번째 줄에서 이미 쓰고 있습니다.'
                remedy = "둘 중 하나의 id를 바꿔 주세요. id는 모든 파일을 통틀어 하나뿐이어야 합니다."
                loaded.faults.append(Fault(file, line, problem, remedy))
                continue
            loaded.places[topic.id] = (file, line)
            loaded.paths[topic.id] = (file, ("topics", n))
            if topic.draft:
                continue
            document = topic.document or section.document
            topics[topic.id] = topic if topic.document == document else topic.model_copy(update={"document": document})
            titles[topic.id] = section.section
    return topics, titles


def _check_links(content: Content, loaded: Loaded) -> None:
    """Every id that a topic or an aspect names must exist, and a period must run forward."""

    def fault(topic_id: str, key: tuple[str | int, ...], problem: str, remedy: str) -> None:
        file, place = loaded.paths[topic_id]
        loaded.faults.append(Fault(file, loaded.parsed[file].line((*place, *key)), problem, remedy))

    for topic in content.topics.values():
        for key, known, what in (("related", loaded.places, "주제"), ("members", loaded.places, "주제"), ("facts", content.aspects, "측면")):
            for n, name in enumerate(getattr(topic, key)):
                if name not in known:
                    near = difflib.get_close_matches(name, known, 1)
                    remedy = f"'{near[0]}'을(를) 쓰려던 건가요?" if near else f"있는 {what}의 id를 쓰거나 지워 주세요."
                    fault(topic.id, (key, name if key == "facts" else n), f"'{name}'이라는 {what}가 없습니다.".replace("측면가", "측면이"), remedy)
        if topic.document and topic.document not in content.documents:
            fault(topic.id, (), f"'{topic.document}'이라는 문서가 documents.yaml에 없습니다.", "documents.yaml에 문서를 넣거나 id를 고쳐 주세요.")
        if topic.period and topic.period.start and topic.period.until and topic.period.start > topic.period.until:
            fault(topic.id, ("period",), "기간의 시작(from)이 끝(until)보다 늦습니다.", "두 날짜를 바꿔 주세요.")

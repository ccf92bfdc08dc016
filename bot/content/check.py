"""Every fault of knowledge/ and intents/ at once, told to the staff who write them: what the check command prints.

What load.py must refuse is told by it; here is what would load, and yet mislead a resident or a member of staff.
Collisions that only the matcher can see are looked for by bot.evaluation.collisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.content.check_drafts import check_drafts
from bot.content.check_elsewhere import check_elsewhere
from bot.content.check_intents import check_intents
from bot.content.fields import Phrases
from bot.content.load import Loaded, read_files, read_ids
from bot.content.model import Topic
from bot.content.provenance import check_provenance
from bot.content.source import read_source
from bot.content.yaml_text import Fault

_SAYS_NOTHING = {"null", "~", "none", "todo", "…", "..."}
_SLOT = re.compile(r"\{\w+(:[^}]*)?\}")


@dataclass
class CheckReport:
    """What check found.

    faults   in the order of files and lines
    notes    worth knowing, nothing to mend
    skipped  what was not looked at, and why
    """

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"faults": [asdict(fault) for fault in self.faults], "notes": self.notes, "skipped": self.skipped}

    def add(self, faults: list[Fault]) -> None:
        """Takes in more faults, each once, in order."""
        self.faults = sorted({*self.faults, *faults}, key=lambda fault: (fault.file, fault.line, fault.problem))


def check_folders(knowledge: Path | None, intents: Path | None, source: Path | None = None, against: Path | None = None) -> CheckReport:
    """All that can be said of the two folders (None: the packaged ones) without a matcher."""
    return check_loaded(read_files(knowledge, intents), source, against)


def check_loaded(loaded: Loaded, source: Path | None = None, against: Path | None = None) -> CheckReport:
    """The same, of what was read already."""
    report = CheckReport()
    report.add(loaded.faults)
    report.add([*_topics(loaded), *_documents(loaded), *_claimed_twice(loaded)])
    for look in (check_intents, check_elsewhere, check_drafts):
        faults, notes = look(loaded)
        report.add(faults)
        report.notes += notes
    if source is not None:
        _hold_against_source(loaded, source, report)
    if against is not None:
        _hold_against_earlier(loaded, against, report)
    return report


def _topics(loaded: Loaded) -> Iterator[Fault]:
    for topic in loaded.topics.values():
        for place, text in _texts(topic):
            if text.strip().lower() in {"", *_SAYS_NOTHING}:
                yield Fault(*loaded.topic_line(topic.id, *place), f"글이 비어 있습니다({topic.id}).", "내용을 쓰거나 항목을 지워 주세요.")
            slot = _SLOT.search(text)
            if slot:
                remedy = "주제의 글에는 자리표시를 쓸 수 없습니다. 중괄호를 지우고 그대로 써 주세요."
                yield Fault(*loaded.topic_line(topic.id, *place), f"'{slot[0]}'이(가) 그대로 보이게 됩니다({topic.id}).", remedy)
        for n, link in enumerate(topic.links):
            if not re.match(r"https?://\S+$", link):
                yield Fault(
                    *loaded.topic_line(topic.id, "links", n), f"'{link[:60]}'은(는) 주소가 아닙니다.", "https://로 시작하는 주소를 써 주세요."
                )
        for key in ("names", "questions"):
            if any(not squeeze_phrase(phrase) for phrase in getattr(topic, key).all):
                yield Fault(*loaded.topic_line(topic.id, key), f"빈 표현이 있습니다({topic.id}).", "빈 칸을 지워 주세요.")


def _texts(topic: Topic) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for key in ("title", "answer", "known", "claim", "audience", "contact"):
        value = getattr(topic, key)
        if value is not None:
            yield (key,), value.ko
            if value.en:
                yield (key, "en"), value.en
    for name, fact in topic.facts.items():
        yield ("facts", name), fact.ko
        if fact.en:
            yield ("facts", name, "en"), fact.en


def _documents(loaded: Loaded) -> Iterator[Fault]:
    file = next((name for name in loaded.parsed if Path(name).stem == "documents"), "documents.yaml")
    known: set[str] = set()
    every = {document.id for document in loaded.documents}
    for n, document in enumerate(loaded.documents):
        line = loaded.parsed[file].line(("documents", n, "id"))
        if document.id in known:
            yield Fault(file, line, f'문서 id "{document.id}"이(가) 두 번 나옵니다.', "둘 중 하나의 id를 바꿔 주세요.")
        known.add(document.id)
        for m, earlier in enumerate(document.supersedes):
            if earlier == document.id or earlier not in every:
                what = "자기 자신입니다" if earlier == document.id else "없는 문서입니다"
                place = loaded.parsed[file].line(("documents", n, "supersedes", m))
                yield Fault(file, place, f"supersedes의 '{earlier}'은(는) {what}.", "documents에 있는 앞 문서의 id를 써 주세요.")


def squeeze_phrase(phrase: str) -> str:
    """A phrasing as it is compared: without spaces and closing marks, lower-cased."""
    return re.sub(r"[\s?!.]+", "", phrase).casefold()


def is_kin(loaded: Loaded, one: str, other: str) -> bool:
    """Whether one topic is the other's group: they may share a name, the bot offers the choice."""
    return other in loaded.topics[one].members or one in loaded.topics[other].members


def phrasings(topic: Topic) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """(place in the topic, phrasing): title, names and questions."""
    yield ("title",), topic.title.ko
    for key in ("names", "questions"):
        value: Phrases = getattr(topic, key)
        for language in ("ko", "en"):
            for n, phrase in enumerate(getattr(value, language)):
                yield (key, language, n), phrase


def _claimed_twice(loaded: Loaded) -> Iterator[Fault]:
    """A phrasing that two topics claim word for word."""
    first: dict[str, tuple[str, tuple[str | int, ...]]] = {}
    for topic in loaded.topics.values():
        for place, phrase in phrasings(topic):
            key = squeeze_phrase(phrase)
            other, there = first.setdefault(key, (topic.id, place))
            if key and other != topic.id and not is_kin(loaded, other, topic.id):
                file, line = loaded.topic_line(other, *there)
                problem = f"'{phrase}'을(를) 두 주제가 씁니다: {topic.id}, {other}({file} {line}번째 줄)."
                yield Fault(*loaded.topic_line(topic.id, *place), problem, "한쪽에서 지우거나, 둘을 가를 말을 덧붙여 주세요.")


def _hold_against_source(loaded: Loaded, path: Path, report: CheckReport) -> None:
    if not path.exists():
        report.skipped.append(f"SKIPPED 원문 대조: {path}이(가) 없습니다.")
        return
    try:
        source = read_source(path)
    except (OSError, UnicodeDecodeError) as error:
        report.add([Fault(str(path), 0, f"원문을 읽을 수 없습니다({type(error).__name__}).", "UTF-8로 저장한 글 파일을 골라 주세요.")])
        return
    faults, notes = check_provenance(loaded, source, path.name, path.stem)
    report.add(faults)
    report.notes += notes


def _hold_against_earlier(loaded: Loaded, folder: Path, report: CheckReport) -> None:
    if not folder.is_dir():
        report.add([Fault(str(folder), 0, "견줄 폴더가 없습니다.", "--against에는 knowledge의 이전 사본을 써 주세요.")])
        return
    now = {name for name in loaded.ids if name in loaded.topics or name not in loaded.places}
    for name, (file, line) in read_ids(folder).items():
        if name not in now:
            place = str(folder / Path(file).name)
            became = " 지금은 초안(draft)입니다." if name in loaded.places else ""
            remedy = "일부러 지운 것이 아니면 그 줄부터의 내용을 되돌려 주세요. id는 호가 바뀌어도 그대로 둡니다."
            report.add([Fault(place, line, f'주제 "{name}"이(가) 사라졌습니다.{became}', remedy)])


__all__ = ["CheckReport", "check_folders", "check_loaded", "is_kin", "phrasings", "squeeze_phrase"]

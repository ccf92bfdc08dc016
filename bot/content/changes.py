"""What was changed between two contents, as staff know it: files, and topics by their titles."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.content.load import load_content
from bot.content.model import Content, Drafts
from bot.content.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Changes:
    """files: names ("knowledge/safety.yaml"); added, changed, removed: titles of topics, in the order of the files."""

    files: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Changes:
        """What `as_json` made. Raises KeyError or TypeError."""
        return cls(**{name: tuple(value[name]) for name in ("files", "added", "changed", "removed")})


def changes_between(before: Snapshot, after: Snapshot) -> Changes:
    """What was changed. Raises ContentError where one of the two cannot be read."""
    files = sorted(name for name in before.files.keys() | after.files.keys() if before.files.get(name) != after.files.get(name))
    earlier, later = _content(before), _content(after)
    added = [topic.title.ko for one, topic in later.topics.items() if one not in earlier.topics]
    removed = [topic.title.ko for one, topic in earlier.topics.items() if one not in later.topics]
    changed = [topic.title.ko for one, topic in later.topics.items() if one in earlier.topics and _told(earlier, one) != _told(later, one)]
    return Changes(tuple(files), tuple(added), tuple(changed), tuple(removed))


def _told(content: Content, topic_id: str) -> tuple[Any, ...]:
    topic = content.topics[topic_id].model_copy(update={"drafts": Drafts()})  # which nobody is told
    return topic, content.sections.get(topic_id), content.documents.get(topic.document)


def _content(snapshot: Snapshot) -> Content:
    with tempfile.TemporaryDirectory(prefix="yongsan-bot-") as folder:
        return load_content(*snapshot.write_to(Path(folder)))


__all__ = ["Changes", "changes_between"]

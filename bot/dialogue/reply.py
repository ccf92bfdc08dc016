"""A reply as structure and plain text. Channels escape and lay out; nothing here is markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """One thing the resident may pick; topic is None for "none of these"."""

    label: str
    topic: str | None
    aspects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """An option that was tapped rather than typed."""

    topic: str | None
    aspects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a reply stands: document id, chapter, line numbers of the source text."""

    document: str
    chapter: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says.

    kind         answer, partial, clarify, fallback or chitchat
    body         the reply itself, lists included
    options      what may be picked, in the order shown
    contact      whom to ask, or ""
    source       the source line, or ""
    candidates   (topic, score) of the five best topics, best first
    confidence   calibrated probability that the best one is right, 0.0 to 1.0
    urgent       id of the urgent entry that was answered, or ""
    numbered     topics of the numbered answer, in order
    links        addresses that belong to the topics
    related      topics a resident may want next; a channel may offer them, the text does not
    """

    kind: str
    body: str
    language: str
    topics: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    contact: str = ""
    source: str = ""
    sources: tuple[Source, ...] = ()
    candidates: tuple[tuple[str, float], ...] = ()
    confidence: float = 0.0
    urgent: str = ""
    numbered: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    related: tuple[Option, ...] = ()

    @property
    def text(self) -> str:
        """The whole reply as a reader sees it."""
        lines = [self.body]
        lines += [f"{n}. {option.label}" for n, option in enumerate(self.options, 1)]
        lines += [line for line in (*self.links, self.contact, self.source) if line]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The fields of the batch interface, without the question and the time."""
        return {
            "kind": self.kind,
            "text": self.text,
            "body": self.body,
            "topics": list(self.topics),
            "aspects": list(self.aspects),
            "options": [{"label": o.label, "topic": o.topic, "aspects": list(o.aspects)} for o in self.options],
            "candidates": [{"topic": topic, "score": round(score, 4)} for topic, score in self.candidates],
            "confidence": round(self.confidence, 4),
            "sources": [{"document": s.document, "chapter": s.chapter, "lines": list(s.lines)} for s in self.sources],
            "lang": self.language,
        }

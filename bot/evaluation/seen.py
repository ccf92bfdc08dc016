"""What the engine saw in a message that went wrong, in the few values a person needs to say why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.engine import Trace

_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """The evidence of one reply.

    read         the message as the engine read it, normalised
    met          its words that the topics found explain; unexplained: those that nothing explains
    aspects      what it was taken to ask
    features     (name, value, what it added to the log odds) of the evidence, the strongest first; those that added nothing are left out
    candidates   (topic, score, phrasing met best) of the best topics
    reason       of the decision, as the engine names it
    """

    read: str
    met: tuple[str, ...]
    unexplained: tuple[str, ...]
    aspects: tuple[str, ...]
    features: tuple[tuple[str, float, float], ...]
    candidates: tuple[tuple[str, float, str], ...]
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "met": list(self.met),
            "unexplained": list(self.unexplained),
            "aspects": list(self.aspects),
            "features": [{"name": name, "value": round(value, 3), "adds": round(adds, 3)} for name, value, adds in self.features],
            "candidates": [{"topic": topic, "score": round(score, 3), "best": best} for topic, score, best in self.candidates],
            "reason": self.reason,
        }


def look(trace: Trace) -> Seen | None:
    """What a trace holds; None where the message was no question (a pick)."""
    question = trace.question
    if question is None:
        return None
    evidence = question.evidence
    features = [(name, evidence.features[name], adds) for name, adds in evidence.adds().items()] if evidence else []
    explained = set().union(*(candidate.met for candidate in question.chosen))
    return Seen(
        read=question.said,
        met=tuple(dict.fromkeys(term.key for term in question.reading.terms if term.key in explained)),
        unexplained=tuple(dict.fromkeys(term.key for term in (evidence.unexplained if evidence else question.residual))),
        aspects=tuple(cue.id for cue in question.aspects),
        features=tuple(sorted((f for f in features if abs(f[2]) > 0.005), key=lambda f: -abs(f[2]))),
        candidates=tuple((c.topic_id, c.score, c.best) for c in question.candidates[:_CANDIDATES]),
        reason=trace.decision.reason,
    )

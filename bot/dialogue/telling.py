"""What is told of a topic: what the newsletter states of the sides asked for, and what it does not.

The promise: never a fact that was not asked in place of the one that was, and no yes to what is not printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.content import Content, Topic
from bot.dialogue.corrections import corrections
from bot.dialogue.decision import Decision, Part
from bot.dialogue.question import Question


class Telling:
    """Decides between answer and partial, by what is stated."""

    def __init__(self, content: Content, fresh_days: int) -> None:
        self.content, self.fresh_days = content, fresh_days

    def tell(
        self, topics: Sequence[Topic], aspects: Sequence[Sequence[str]], question: Question | None, now: dt.datetime, language: str,
        reason: str = "",
    ) -> Decision:  # fmt: skip
        """Answer or partial about the topics, each with the aspects asked of it."""
        parts = tuple(self._part(topic, asked, now) for topic, asked in zip(topics, aspects, strict=True))
        simple = all(topic.is_simple for topic in topics)
        openings = corrections(topics, question, language) if question and not simple else ()
        partial = any(part.missing for part in parts) or any(key == "unknown_number" for key, _ in openings)
        if not openings:
            partial = partial or self._unconfirmed(topics, parts, question)
        if question and not partial:
            limit = self._limit(topics, parts, question, told_enough=bool(openings) or reason == "inherited")
            partial = limit is not None
            openings = (*openings, limit) if limit else openings
        return Decision(
            kind="partial" if partial else "answer",
            act="tell",
            language=language,
            parts=parts,
            aspects=tuple(dict.fromkeys(aspect for asked in aspects for aspect in asked)),
            openings=openings,
            closings=(("danger", {}),) if question and question.goes("fear") and any(topic.if_afraid for topic in topics) else (),
            claims=bool(question and question.claims and self.puts_right(topics, parts)),
            contact=partial,
            reason=reason,
        )

    def states(self, topic: Topic, aspect: str, now: dt.datetime) -> bool:
        """Whether the newsletter states that side of the topic."""
        return topic.is_simple or self._fact(topic, aspect, now) is not None

    def _unconfirmed(self, topics: Sequence[Topic], parts: Sequence[Part], question: Question | None) -> bool:
        """Whether what is stated does not bear out what was asked: a claim, an opinion, a plan asked about as if done."""
        if question and question.claims and self.puts_right(topics, parts):
            return True
        for part in parts:
            for aspect, _ in part.stated:
                if aspect and self.content.aspects[aspect].alone:
                    return True
                if aspect == "status" and self.content.topics[part.topic].status != "done":
                    return True
        return False

    def puts_right(self, topics: Sequence[Topic], parts: Sequence[Part]) -> bool:
        """Whether a claim is met by the topic's own correction: it is, unless a side was asked that is stated."""
        stated = any(fact and not self.content.aspects[aspect].weak for part in parts for aspect, fact in part.stated)
        return not stated and any(topic.claim for topic in topics)

    def _limit(self, topics: Sequence[Topic], parts: Sequence[Part], question: Question, told_enough: bool) -> tuple[str, dict[str, str]] | None:
        """What of the question goes beyond the topic: words it does not hold, or one place of many."""
        if any(topic.is_simple for topic in topics):
            return None
        if not told_enough and self._goes_beyond(topics, parts, question):
            return "beyond", {}
        texts = " ".join(f"{t.title.ko} {t.answer.ko} " + " ".join(fact.ko for fact in t.facts.values()) for t in topics)
        place = next((place for place in question.places if place.removesuffix("동") not in texts), None)
        return ("place_not_stated", {"place": place}) if place else None

    def _goes_beyond(self, topics: Sequence[Topic], parts: Sequence[Part], question: Question) -> bool:
        """Whether the question asks for something that neither the topic nor a known aspect covers."""
        if question.evidence is None or any(topic.members for topic in topics):
            return False
        if any(fact and not self.content.aspects[aspect].weak for part in parts for aspect, fact in part.stated):
            return False
        rest = [t for t in question.evidence.unexplained if not t.known and t.kind not in ("name", "place")]
        nouns = [t for t in rest if t.kind in ("noun", "foreign", "root")]
        named = all(candidate.named >= 0.99 for candidate in question.chosen)
        return bool(nouns) or len(rest) > 1 or (named and bool(question.beyond))

    # -- one topic -----------------------------------------------------------------------------------------------

    def _part(self, topic: Topic, aspects: Sequence[str], now: dt.datetime) -> Part:
        if topic.is_simple:
            return Part(topic.id, (("", ""),))
        stated: list[tuple[str, str]] = []
        missing: list[str] = []
        for name in aspects:
            fact = self._fact(topic, name, now)
            if fact is None:
                missing.append(name)
            else:
                stated.append((name, fact))
        return Part(topic.id, tuple(stated), tuple(missing))

    def _fact(self, topic: Topic, aspect: str, now: dt.datetime) -> str | None:
        """The fact that answers the aspect, "" for the general answer, None where it is not stated."""
        if aspect == "still":
            return self._still(topic, now)
        if aspect in topic.facts:
            return aspect
        if aspect == "for_whom" and topic.audience:
            return "audience"
        definition = self.content.aspects[aspect]
        for other in definition.alternatives:
            if other in topic.facts:
                return other
            if other == "what":
                return ""
        if topic.members and aspect in ("how_many", "number"):
            return ""  # the list shows how many there are
        return "" if definition.weak and definition.not_stated is None else None

    def _still(self, topic: Topic, now: dt.datetime) -> str | None:
        """Whether "still" is answered: by a completed fact, or by a source so fresh that it speaks of today."""
        if "still" in topic.facts:
            return "still"
        document = self.content.documents.get(topic.document)
        fresh = document is not None and 0 <= (now.date() - document.as_of).days <= self.fresh_days
        if topic.status == "done" or fresh:
            return "status" if "status" in topic.facts else ""
        return None

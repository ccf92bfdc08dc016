"""The two tasks: ParaKQC, and the newsletter's own knowledge with the question suites.

What is right is said here, for the bot and its peers alike. On ParaKQC it is the topic. On the newsletter it is what is said: a matcher
that finds a topic gets our own wording of it for the question, and that must meet the suite, so that matching alone is compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.parakqc import read_groups, split
from benchmarks.peers.figures import Marked, Point
from bot.content import Content, load_content
from bot.dialogue import Reply, State
from bot.engine import Engine
from bot.evaluation.suites import Ask, load_suites
from bot.evaluation.verdicts import URGENT_LABELS, meets

TOLD = ("answer", "partial")


@dataclass(frozen=True)
class ParaKqc:
    """asked: (topic or "out-…", question)."""

    base: dict[str, list[str]]
    asked: list[tuple[str, str]]
    name: str = "parakqc"

    def request(self) -> dict[str, Any]:
        return {"name": self.name, "base": self.base, "questions": [question for _, question in self.asked]}

    def mark(self, result: dict[str, Any]) -> list[Marked]:
        """How each question was answered."""
        pairs = zip(self.asked, result["predictions"], strict=True)
        return [Marked(not topic.startswith("out-"), topic == found, score) for (topic, _), (found, score) in pairs]


@dataclass
class Newsletter:
    """The packaged knowledge; questions that are single, neither small talk nor a cry for help."""

    base: dict[str, list[str]]
    asks: list[Ask]
    engine: Engine
    name: str = "newsletter"
    _known: dict[tuple[int, str], bool] = field(default_factory=dict)

    def request(self) -> dict[str, Any]:
        questions, nows = [ask.q for ask in self.asks], [ask.now.isoformat() for ask in self.asks]
        return {"name": self.name, "packaged": True, "base": self.base, "questions": questions, "nows": nows}

    def mark(self, result: dict[str, Any]) -> list[Marked]:
        """How each question was answered by the topic found, or by the bot's own reply where there is one."""
        own = _own(self.asks, result)
        return [
            Marked(ask.expect != "abstain", ask.expect != "abstain" and (own[n] or self._right(n, topic)), score)
            for n, (ask, (topic, score)) in enumerate(zip(self.asks, result["predictions"], strict=True))
        ]

    def own_point(self, result: dict[str, Any]) -> Point | None:
        """The counts of the bot's own replies; None for a peer."""
        if "replies" not in result:
            return None
        good = _own(self.asks, result)
        told = [kind in TOLD for kind, _ in result["replies"]]
        rows = list(zip(self.asks, told, good, strict=True))
        return Point(
            right=sum(right for _, _, right in rows),
            wrong=sum(ask.expect != "abstain" and said and not right for ask, said, right in rows),
            false=sum(ask.expect == "abstain" and said for ask, said, _ in rows),
        )

    def _right(self, number: int, topic: str) -> bool:
        known = self._known.get((number, topic))
        if known is None:
            ask = self.asks[number]
            reply = reply_about(self.engine, topic, ask)
            known = self._known[number, topic] = reply is not None and resolves(reply.kind, reply.body, ask)
        return known


def _own(asks: Sequence[Ask], result: dict[str, Any]) -> list[bool]:
    """Whether the bot's own reply to each question in scope resolves it; False throughout for a peer."""
    replies = result.get("replies") or [("", "")] * len(asks)
    return [ask.expect != "abstain" and resolves(kind, body, ask) for ask, (kind, body) in zip(asks, replies, strict=True)]


def resolves(kind: str, body: str, ask: Ask) -> bool:
    """Whether a reply to a question in scope is right, by the rules of the suites."""
    return kind in TOLD and (ask.expect == "answer" or kind == "partial") and meets(body, ask.must, ask.must_not)


def reply_about(engine: Engine, topic: str, ask: Ask) -> Reply | None:
    """What the bot says of that topic to that question, as if it were surely the one meant; None where there is no such topic."""
    question = engine.reply(ask.q, None, ask.now).trace.question
    if question is None or topic not in engine.content.topics:
        return None
    language = engine.policy.language(question, State())
    decision = engine.policy.pick(topic, question, State(), ask.now, language, None)
    return engine.wording.word(decision, State(), ask.now)


def phrasings(content: Content) -> dict[str, list[str]]:
    """By topic its title, names and questions, in both languages, each once."""
    return {
        topic.id: [text for text in dict.fromkeys((topic.title.ko, topic.title.en, *topic.names.all, *topic.questions.all)) if text.strip()]
        for topic in content.topics.values()
    }


def open_parakqc(tsv: Path) -> ParaKqc:
    """The task over that file. Raises OSError."""
    return ParaKqc(*split(read_groups(tsv)))


def open_newsletter(suites: Sequence[Path]) -> Newsletter:
    """The task over those suites. Raises SuiteError."""
    from bot.building import engine_over
    from bot.commands.opening import start_tagger
    from bot.config import Settings

    content, settings = load_content(), Settings()
    asks = [
        case.asks[0]
        for suite in load_suites(suites)
        for case in suite.cases
        if case.kind == "single" and case.asks[0].expect != "chitchat" and case.topic not in URGENT_LABELS
    ]
    return Newsletter(phrasings(content), asks, engine_over(content, start_tagger(settings), settings))

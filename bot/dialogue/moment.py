"""One message in its conversation: what every step of the policy looks at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.content import Content, Topic
from bot.dialogue.decision import Decision
from bot.dialogue.question import Question
from bot.dialogue.state import State

NOUNS = ("noun", "name", "place", "foreign", "root")


@dataclass(frozen=True, slots=True)
class Moment:
    """A message understood, the conversation before it, the time it is judged by, and the language of the reply."""

    question: Question
    state: State
    now: dt.datetime
    language: str
    content: Content

    @property
    def aspects(self) -> list[str]:
        """The aspects asked for, in order."""
        return [cue.id for cue in self.question.aspects]

    @property
    def strong(self) -> list[str]:
        """Those that are asked for in their own right."""
        return [name for name in self.aspects if not self.content.aspects[name].weak]

    @property
    def alone(self) -> str:
        """The first aspect that is answered without a topic (an opinion, a comparison, another task), or ""."""
        return next((name for name in self.aspects if self.content.aspects[name].alone), "")

    @property
    def topics(self) -> list[Topic]:
        """The topics that the message is about."""
        return [self.content.topics[candidate.topic_id] for candidate in self.question.chosen]

    @property
    def confidence(self) -> float:
        return self.question.evidence.probability if self.question.evidence else 0.0

    def of(self, topic_ids: Sequence[str]) -> list[Topic]:
        return [self.content.topics[topic_id] for topic_id in topic_ids]

    def say(self, kind: str, *keys: str, reason: str, **values: str) -> Decision:
        """A decision that only says something, by its wording keys."""
        return Decision(kind, "say", self.language, say=tuple((key, values) for key in keys), reason=reason)

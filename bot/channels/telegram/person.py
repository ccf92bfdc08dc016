"""A resident at one message: who writes, from where, and in which language they are answered."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.telegram.conversation import Conversation
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import Place, Row, message
from bot.channels.telegram.step import Step
from bot.content.model import HandoffFile


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes, from where, and in which language they are answered."""

    incoming: Incoming
    chat: str
    language: str
    talk: Conversation

    @property
    def id(self) -> str:
        return self.incoming.person

    @property
    def words(self) -> HandoffFile:
        """What residents say around hand-offs."""
        return self.talk.engine.content.handoff

    def sentence(self, key: str, **values: str) -> str:
        return self.talk.sentence(key, self.language, **values)

    def tell(self, step: Step, text: str, buttons: list[Row] | None = None) -> None:
        """Says something to the person."""
        place = Place(self.incoming.chat_id, self.incoming.thread_id)
        step.post(place.chat_id, message(place, text, buttons or []), self.id)

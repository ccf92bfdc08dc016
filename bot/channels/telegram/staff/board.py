"""What stands in the group about a hand-off: its card, which always shows how things stand, and lines about it.

Every message of the bot's is noted, so that an answer to it is known to be one to this hand-off.
"""

from __future__ import annotations

from typing import Any

from bot.channels.serving import Serving
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.staff import cards
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Button, change, say
from bot.channels.telegram.step import Step
from bot.content import Content
from bot.store import handoffs
from bot.store.handoffs import Handoff

NAME = "handoff"  # of the part (see Part) that its notes are for
LONGEST_NUMBER = 12  # digits, in the data of a button


class Board:
    """The group, as far as hand-offs are told there."""

    def __init__(self, serving: Serving, group: StaffGroup) -> None:
        self.serving, self.group = serving, group

    @property
    def content(self) -> Content:
        return self.serving.engine.content

    def post_card(self, step: Step, found: Handoff) -> None:
        """A new card; an earlier one stays, and is kept up to date with it."""
        text, buttons = cards.card(found, self.content)
        say(step, self.group, text, buttons, found.thread_id, note=_card_note(found), person=found.person)

    def renew_cards(self, step: Step, number: int) -> None:
        """Has every card of a hand-off show how things stand now."""
        found = handoffs.get(step.connection, number)
        if found is None:
            return
        text, buttons = cards.card(found, self.content)
        for noted in handoffs.notes_of(step.connection, number, "card", chat=step.keys.chat(self.group.chat_id or 0)):
            change(step, self.group, noted.message_id, text, buttons, found.thread_id, _card_note(found))

    def tell(self, step: Step, found: Handoff, text: str, buttons: list[Button] | None = None, reply_to: int | None = None) -> None:
        """A line about a hand-off, which may be answered like its card."""
        say(step, self.group, text, buttons, found.thread_id, reply_to, _note(found, "notice"))

    def tell_further(self, step: Step, found: Handoff, text: str) -> None:
        """What the resident has asked further."""
        say(step, self.group, cards.further(found, text), thread_id=found.thread_id, note=_note(found, "further"), person=found.person)

    def wipe(self, step: Step, found: Handoff, *roles: str, why: str = "주민이 글을 거두어") -> None:
        """Takes the resident's words out of the messages of these roles."""
        for noted in handoffs.notes_of(step.connection, found.id, *roles, chat=step.keys.chat(self.group.chat_id or 0)):
            change(step, self.group, noted.message_id, cards.gone(found.id, why), thread_id=found.thread_id)

    def reply(self, step: Step, incoming: Incoming, text: str, found: Handoff | None = None) -> None:
        """Says something to whoever wrote in the group."""
        say(step, self.group, text, None, incoming.thread_id, incoming.message_id, _note(found, "notice") if found is not None else None)


def is_under(step: Step, incoming: Incoming, found: Handoff) -> bool:
    """Whether something was pressed under a message of this hand-off. After a database was lost its number is another one's in old cards."""
    chat, message_id = step.keys.chat(incoming.numbered_in), incoming.message_id
    noted = handoffs.noted(step.connection, step.bot, chat, message_id) if message_id is not None else None
    return noted is not None and noted.handoff == found.id


def _note(found: Handoff, role: str) -> dict[str, Any]:
    return {"part": NAME, "id": found.id, "role": role}


def _card_note(found: Handoff) -> dict[str, Any]:
    return {**_note(found, "card"), "looks": cards.looks(found)}

"""What residents think of a reply: a press of one of the words under it.

Promises: one vote a reply, of the person to whom it was given, who may change it; staff hear once of a reply that is called wrong, and
nothing of what the resident wrote.
"""

from __future__ import annotations

from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import VERSION, acknowledge, rebutton
from bot.channels.telegram.person import Person
from bot.channels.telegram.staff.feedback import Notices
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.step import Step
from bot.store import votes

_CHOSEN = "✓ "  # before the word that was pressed
_DIGITS = 18  # of an id that a database takes


class Feedback:
    """Counts votes. notices: by which staff hear of what is called wrong."""

    def __init__(self, group: StaffGroup, notices: Notices) -> None:
        self.group, self.notices = group, notices

    def press(self, step: Step, person: Person) -> bool:
        """Whether a pressed button was one of these; then it has been dealt with."""
        incoming, parts = person.incoming, person.incoming.name.split("|")
        if len(parts) != 4 or parts[:2] != [VERSION, "v"]:
            return False
        reply, value = parts[2:]
        number = int(reply) if reply.isdecimal() and len(reply) <= _DIGITS else 0
        voted = votes.vote(step.connection, number, person.id, value, step.now)
        if voted is None:
            step.post(incoming.chat_id, [acknowledge(incoming.query, person.sentence("vote_gone"))], person.id)
            return True
        told = value == "wrong" and self.group.is_usable
        sentence = person.sentence(f"voted_{value}" if told or value != "wrong" else "voted_wrong_only")
        # Only what has consequences must be clicked away.
        step.post(incoming.chat_id, [acknowledge(incoming.query, sentence, brief=not told)], person.id)
        self._show(step, incoming, value)
        if told and votes.tell(step.connection, number, step.now):
            self.notices.tell(step, voted, incoming.said)
        return True

    def _show(self, step: Step, incoming: Incoming, value: str) -> None:
        """Marks the word that was pressed; the other buttons stay as they are."""
        rows = [[_marked(label, data, value) for label, data in row] for row in incoming.buttons]
        if incoming.message_id is not None and rows != incoming.buttons:
            step.post(incoming.chat_id, [rebutton(incoming.chat_id, incoming.message_id, rows)], incoming.person)


def _marked(label: str, data: str, value: str) -> list[str]:
    if not data.startswith(f"{VERSION}|v|"):
        return [label, data]
    word = label.removeprefix(_CHOSEN)
    return [_CHOSEN + word if data.endswith(f"|{value}") else word, data]

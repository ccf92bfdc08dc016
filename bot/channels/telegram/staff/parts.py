"""What the parts of the staff's side have in common: they answer presses and commands of the group, and hear what became of what they sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import VERSION, Button, Place, Request, acknowledge, edit, message
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.step import Step
from bot.store import mail

# What a pressed button (its data, parted) or a command of a member of the group leads to.
Press = Callable[[Step, Incoming, list[str]], None]
Command = Callable[[Step, Incoming], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what staff can do.

    name      under which its notes in the outbox are found again (mail.Parcel.note["part"])
    presses   by the second field of a button's data ("1|hc|14")
    commands  by name, with what is shown beside it in Telegram's list
    arrived   called when something noted has arrived: the note, and the id of the message (0: not known)
    lost      called when something noted could not be delivered
    tick      called every half minute
    """

    name: str
    presses: Mapping[str, Press] = field(default_factory=dict)
    commands: Mapping[str, tuple[Command, str]] = field(default_factory=dict)
    arrived: Callable[[Step, Mapping[str, Any], int], None] = lambda step, note, message_id: None
    lost: Callable[[Step, mail.Lost], None] = lambda step, lost: None
    tick: Callable[[Step], None] = lambda step: None


def data(kind: str, *values: object) -> str:
    """The data of a button."""
    return "|".join([VERSION, kind, *map(str, values)])


def say(
    step: Step, group: StaffGroup, text: str, buttons: list[Any] | None = None, thread_id: int | None = None, reply_to: int | None = None,
    note: Mapping[str, Any] | None = None, person: str = "",
) -> None:  # fmt: skip
    """Says something in the group. note: see Part; person: a resident, with whose records it goes while it waits."""
    if group.chat_id is None:
        return
    place = Place(group.chat_id, thread_id, reply_to)
    step.post(group.chat_id, message(place, text, buttons or []), person, dict(note) if note else None)


def toast(step: Step, incoming: Incoming, text: str = "") -> None:
    """Answers a press; with text, shown over the chat."""
    step.post(incoming.chat_id, [acknowledge(incoming.query, text)])


def change(
    step: Step, group: StaffGroup, message_id: int, text: str, buttons: list[Any] | None = None, thread_id: int | None = None,
    note: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Gives a message of the bot's in the group another text and other buttons."""
    if group.chat_id is not None:
        step.post(group.chat_id, [edit(group.chat_id, message_id, text, buttons or [], thread_id)], note=dict(note) if note else None)


__all__ = ["Button", "Command", "Part", "Press", "Request", "change", "data", "say", "toast"]

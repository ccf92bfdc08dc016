"""What comes from the group of the staff, handed to the part that it concerns; and what becomes of what was sent there.

Promises: only a member of the group, at the moment of the press, gets anything done; what concerns no part changes nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

import structlog
from telegram import BotCommand

from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import VERSION
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Command, Part, Press, say, toast
from bot.channels.telegram.step import Step
from bot.store import mail

_HELP = "여기는 직원 방입니다. 주민의 문의가 카드로 올라오고, 카드에 '답장'한 글만 주민에게 갑니다. 그냥 쓴 글은 봇이 읽지도 남기지도 않습니다."

log = structlog.get_logger()


class StaffRoom:
    """The parts of the staff's side. answer: what is done with an explicit answer to a message of the bot's."""

    def __init__(self, group: StaffGroup, parts: Sequence[Part], answer: Callable[[Step, Incoming], None]) -> None:
        self.group, self.parts, self.answer = group, {part.name: part for part in parts}, answer
        self._presses: dict[str, Press] = {kind: press for part in parts for kind, press in part.presses.items()}
        self._commands: dict[str, tuple[Command, str]] = {name: command for part in parts for name, command in part.commands.items()}
        self._commands |= {"help": (self._help, "이 방에서 할 수 있는 일"), "start": (self._help, "")}

    @property
    def commands(self) -> list[BotCommand]:
        """For Telegram's list beside the field where staff write."""
        return [BotCommand(name, shown) for name, (_, shown) in self._commands.items() if shown]

    def respond(self, step: Step, incoming: Incoming) -> None:
        """Does what somebody in the group wants done."""
        if not incoming.staff:
            if incoming.kind == "press":
                toast(step, incoming, "이 단추는 직원 방의 구성원만 쓸 수 있습니다.")
            return
        if incoming.kind == "press":
            self._press(step, incoming)
        elif incoming.kind == "command":
            self._command(step, incoming)
        elif incoming.kind == "answer":
            self.answer(step, incoming)

    def _press(self, step: Step, incoming: Incoming) -> None:
        parts = incoming.name.split("|")
        handler = self._presses.get(parts[1]) if len(parts) > 2 and parts[0] == VERSION else None
        if handler is None:
            toast(step, incoming, "오래된 단추라 쓸 수 없습니다.")
        else:
            handler(step, incoming, parts)

    def _command(self, step: Step, incoming: Incoming) -> None:
        if incoming.name in self._commands:
            self._commands[incoming.name][0](step, incoming)
            return
        near = difflib.get_close_matches(incoming.name, self._commands, 1, 0.6)
        text = f"모르는 명령입니다. /{near[0]} 를 쓰려던 건가요?" if near else "모르는 명령입니다. 할 수 있는 일은 /help 로 볼 수 있습니다."
        if incoming.answers is not None:
            text += "\n'/'로 시작하는 글이어서 주민에게 보내지 않았습니다."
        say(step, self.group, text, None, incoming.thread_id, incoming.message_id)

    def _help(self, step: Step, incoming: Incoming) -> None:
        lines = [f"/{name} – {shown}" for name, (_, shown) in self._commands.items() if shown]
        say(step, self.group, "\n".join([_HELP, "", *lines]), None, incoming.thread_id)

    # -- what becomes of what was sent ---------------------------------------------------------------------------

    def arrived(self, step: Step, parcel: mail.Parcel, message_id: int) -> None:
        """Something noted has arrived."""
        part = self.parts.get((parcel.note or {}).get("part", ""))
        if part is not None and parcel.note is not None:
            part.arrived(step, parcel.note, message_id)

    def tell_lost(self, step: Step) -> None:
        """Tells of everything noted that could not be delivered."""
        for one in mail.lost(step.connection, step.bot):
            part = self.parts.get(one.note.get("part", ""))
            if mail.told(step.connection, one) and part is not None:
                part.lost(step, one)

    def failed(self, step: Step, incoming: Incoming) -> None:
        """What somebody wanted done could not be, by a fault of the program."""
        if incoming.kind == "press":
            toast(step, incoming, "봇의 잘못으로 하지 못했습니다. 다시 눌러 주세요.")
        elif incoming.staff:
            text = "봇의 잘못으로 이 글을 처리하지 못했습니다. 답장이었다면 주민에게 가지 않았습니다."
            say(step, self.group, text, None, incoming.thread_id, incoming.message_id)

    def tick(self, step: Step) -> None:
        """What is done as time goes by."""
        self.tell_lost(step)
        for part in self.parts.values():
            part.tick(step)

"""Hand-offs as staff see them: who sees to which, what is still open, and when it ends.

Promises: a hand-off is claimed by one clerk, however many press at once; each has a card, posted anew where it got lost; one that nobody has
claimed is called to mind once; no name of staff goes out. What staff write to residents is in answers.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.channels.serving import Serving
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import Request
from bot.channels.telegram.staff import cards
from bot.channels.telegram.staff.answers import Answers
from bot.channels.telegram.staff.board import LONGEST_NUMBER, NAME, Board, is_under
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Part, change, data, say, toast
from bot.channels.telegram.step import Step
from bot.config import Settings
from bot.desk.hours import OfficeHours
from bot.store import handoffs, mail
from bot.store.handoffs import Handoff
from bot.store.retention import emptied, untouched_since

_AGED = "오래되어"
CARD_AGAIN = dt.timedelta(minutes=10)  # after which a hand-off that has no card gets one again


class Inquiries:
    """What becomes of hand-offs in the group."""

    def __init__(self, settings: Settings, serving: Serving, group: StaffGroup, hours: OfficeHours) -> None:
        self.settings, self.serving, self.group, self.hours = settings, serving, group, hours
        self.board = Board(serving, group)
        self.answers = Answers(serving, self.board)
        self.part = Part(
            NAME,
            presses={
                "hc": self._claim,
                "hu": self._unclaim,
                "hx": self._close,
                "hb": self._ask_block,
                "hB": self._block,
                "ho": self._reopen,
                "hl": self._show_card,
                "hv": self._show_open,
                "hr": self.answers.resend,
            },
            commands={"open": (self._list_open, "열린 문의 보기")},
            arrived=self._arrived,
            lost=self._lost,
            tick=self._tick,
        )

    # -- what residents do ---------------------------------------------------------------------------------------

    def announce(self, step: Step, made: Handoff) -> None:
        """A new hand-off: its card, in a topic of its own where the group has topics."""
        if self.group.is_forum and self.group.chat_id is not None:
            name = cards.thread_name(made, self.serving.engine.content)
            opening = Request("createForumTopic", {"chat_id": self.group.chat_id, "name": name})
            step.post(self.group.chat_id, [opening], made.person, {"part": NAME, "id": made.id, "role": "topic"}, once=True)
        else:
            self.board.post_card(step, made)

    def ask_further(self, step: Step, found: Handoff, text: str) -> None:
        """The resident asks further within an open hand-off."""
        handoffs.change(step.connection, found.id, step.now)
        self.board.tell_further(step, found, text)

    def withdraw(self, step: Step, found: Handoff) -> None:
        """The resident withdraws: what staff could see of it goes."""
        if self.group.chat_id is not None:  # what has not gone out yet is not to go
            for role in ("card", "further"):
                mail.recall(step.connection, step.bot, step.keys.chat(self.group.chat_id), {"part": NAME, "id": found.id, "role": role})
        self._end(step, found, "withdrawn", text="", address=None)
        self.board.wipe(step, found, "further")
        self.board.tell(step, found, f"문의 {found.id}: 주민이 이 문의를 취소했습니다.")

    def solved(self, step: Step, found: Handoff) -> None:
        """The resident is content."""
        self._end(step, found, "closed")
        self.board.tell(step, found, f"문의 {found.id}: 주민이 해결됐다고 했습니다. 문의를 닫았습니다.")

    def forgotten(self, step: Step, person: str) -> None:
        """The resident has all records deleted: call it before that is done."""
        for found in handoffs.all_of_person(step.connection, person):
            self.board.wipe(replace(step, bot=found.bot), found, "card", "further")  # each bot changes its own messages

    # -- what staff press ----------------------------------------------------------------------------------------

    def _claim(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts)
        if found is None:
            return
        if handoffs.claim(step.connection, found.id, incoming.person, incoming.who, step.now):
            toast(step, incoming, "")
            self.board.renew_cards(step, found.id)
            return
        is_own = found.clerk == incoming.person
        toast(step, incoming, "이미 맡으셨습니다." if is_own else f"{found.clerk_name or '다른 직원'} 님이 먼저 맡았습니다.")

    def _unclaim(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts)
        if found is None:
            return
        if found.clerk and found.clerk != incoming.person:
            toast(step, incoming, f"{found.clerk_name} 님이 맡은 문의입니다. 맡은 사람만 내려놓을 수 있습니다.")
            return
        handoffs.change(step.connection, found.id, step.now, clerk="", clerk_name="", claimed_at=None, reminded_at=None)
        toast(step, incoming)
        self.board.renew_cards(step, found.id)

    def _close(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts)
        if found is None:
            return
        toast(step, incoming)
        is_answered = found.answered_at is not None
        self._end(step, found, "closed" if is_answered else "declined")
        self.answers.tell_resident(step, found, "handoff_closed" if is_answered else "handoff_declined")

    def _reopen(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts, is_open=False)
        if found is None:
            return
        if found.is_open or found.address is None or found.state == "withdrawn":
            toast(step, incoming, "이미 열려 있습니다." if found.is_open else "다시 열 수 없는 문의입니다.")
            return
        handoffs.change(step.connection, found.id, step.now, state=handoffs.OPEN)
        toast(step, incoming)
        self.board.renew_cards(step, found.id)
        self._turn_topic(step, found, "reopenForumTopic")  # in a closed one only administrators can write

    def _ask_block(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts, is_open=False)
        if found is None:
            return
        toast(step, incoming)
        days = self.settings.handoff.block_days
        text = f"문의 {found.id}: 이 주민이 {days}일 동안 직원에게 글을 보내지 못하게 할까요?"
        text += " 이 문의는 답 없이 닫습니다." if found.is_open else ""
        buttons = [(f"{days}일 동안 막기", data("hB", found.id))]
        self.board.tell(step, found, text, buttons)

    def _block(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts, is_open=False)
        if found is None:
            return
        handoffs.block(step.connection, found.person, step.now + dt.timedelta(days=self.settings.handoff.block_days))
        toast(step, incoming)
        if incoming.message_id is not None:
            text = f"문의 {found.id}: {self.settings.handoff.block_days}일 동안 막았습니다."
            change(step, self.group, incoming.message_id, text, thread_id=found.thread_id)
        if found.is_open:  # else closed, or withdrawn to be rid of the block
            self._end(step, found, "declined")
            self.answers.tell_resident(step, found, "handoff_declined")

    def _list_open(self, step: Step, incoming: Incoming) -> None:
        found = handoffs.all_open(step.connection, step.bot)
        lines = [cards.line(one, self.serving.engine.content, step.now) for one in found]
        buttons = [(f"문의 {one.id} 카드 다시 보기", data("hl", one.id)) for one in found[:20]]
        say(step, self.group, "\n".join([f"열린 문의 {len(found)}건", *lines]) if found else "열린 문의가 없습니다.", buttons, incoming.thread_id)

    def _show_open(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        toast(step, incoming)
        self._list_open(step, incoming)

    def _show_card(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts, in_list=True)
        if found is not None:
            toast(step, incoming)
            self.board.post_card(step, found)

    def _pressed(self, step: Step, incoming: Incoming, parts: list[str], is_open: bool = True, in_list: bool = False) -> Handoff | None:
        """The hand-off of a button; None where nothing can be done with it, which is told. in_list: not under a message of the hand-off's own."""
        is_number = len(parts) == 3 and parts[2].isdecimal() and len(parts[2]) < LONGEST_NUMBER
        found = handoffs.get(step.connection, int(parts[2])) if is_number else None
        if found is None or found.bot != step.bot:
            toast(step, incoming, "그런 문의가 없습니다. 지워졌을 수 있습니다.")
            return None
        if not in_list and not is_under(step, incoming, found):
            toast(step, incoming, "봇이 모르는 카드여서 아무것도 하지 않았습니다. /open 으로 지금의 카드를 다시 볼 수 있습니다.")
            return None
        if is_open and not found.is_open:
            toast(step, incoming, f"이미 {cards.STATES[found.state]}.")
            self.board.renew_cards(step, found.id)
            return None
        return found

    # -- what becomes of what was sent ---------------------------------------------------------------------------

    def _arrived(self, step: Step, note: Mapping[str, Any], message_id: int) -> None:
        found = handoffs.get(step.connection, int(note["id"]))
        role, chat = note["role"], step.keys.chat(self.group.chat_id or 0)
        if found is None:
            if message_id and role in ("card", "further"):  # forgotten while it was on its way
                change(step, self.group, message_id, cards.gone(int(note["id"])))
            return
        if role == "topic":
            handoffs.change(step.connection, found.id, step.now, thread_id=message_id or None)
            self.board.post_card(step, handoffs.get(step.connection, found.id) or found)
        elif role == "part":
            self.answers.arrived(step, found, note, message_id)
        elif message_id:
            known = handoffs.noted(step.connection, step.bot, chat, message_id)
            if known is None:
                handoffs.note(step.connection, found.id, role, chat, message_id, step.now)
            if role == "card" and note.get("looks") != cards.looks(found):
                self.board.renew_cards(step, found.id)  # it has changed while the card was on its way
            if role == "further" and not found.text:  # withdrawn while it was on its way
                self.board.wipe(step, found, role)

    def _lost(self, step: Step, lost: mail.Lost) -> None:
        found = handoffs.get(step.connection, int(lost.note["id"]))
        if found is None:
            return
        if lost.note["role"] == "topic":
            self.board.post_card(step, found)
        elif lost.note["role"] == "part":
            self.answers.lost(step, found, lost.note, lost.reason)

    # -- as time goes by -----------------------------------------------------------------------------------------

    def _tick(self, step: Step) -> None:
        if not self.group.is_usable:
            return
        limit = dt.timedelta(hours=self.settings.handoff.remind_hours)
        for found in handoffs.all_open(step.connection, step.bot):
            late = not found.clerk and found.reminded_at is None and self.hours.open_time(found.at, step.now) >= limit
            if late and handoffs.remind(step.connection, found.id, step.now):
                text = f"문의 {found.id}: 업무 시간으로 {self.settings.handoff.remind_hours}시간이 지나도록 맡은 사람이 없습니다."
                buttons = [("제가 맡을게요", data("hc", found.id))]
                self.board.tell(step, found, text, buttons)
                self.answers.tell_resident(step, found, "handoff_waiting")
        group = step.keys.chat(self.group.chat_id or 0)
        for found in handoffs.without_card(step.connection, step.bot, group):
            if step.now - found.touched_at > CARD_AGAIN and not mail.has_parcels(step.connection, step.bot, group):
                handoffs.change(step.connection, found.id, step.now)
                self.board.post_card(step, found)
        self._age(step)

    def _age(self, step: Step) -> None:
        """Closes what nobody has touched for too long, and takes out of the group what is no longer kept."""
        limit = untouched_since(step.now, self.settings.store.text_days)
        for found in handoffs.all_open(step.connection, step.bot):
            state = "closed" if found.answered_at is not None else "declined"
            if found.touched_at < limit and handoffs.expire(step.connection, found.id, state, limit):
                self.answers.tell_resident(step, found, f"handoff_{state}")
                self._end(step, found, state, text="", address=None)
                self.board.wipe(step, found, "further", why=_AGED)
                days = (step.now - found.touched_at).days
                self.board.tell(step, found, f"문의 {found.id}: {days}일 동안 움직임이 없어 닫고, 주민의 글을 지웠습니다.")
        for number in emptied(step.connection):
            self.board.renew_cards(step, number)
            old = handoffs.get(step.connection, number)
            if old is not None:
                self.board.wipe(step, old, "further", why=_AGED)

    # -- what they share -----------------------------------------------------------------------------------------

    def _end(self, step: Step, found: Handoff, state: str, **values: Any) -> None:
        handoffs.change(step.connection, found.id, step.now, state=state, **values)
        self.board.renew_cards(step, found.id)
        self._turn_topic(step, found, "closeForumTopic")

    def _turn_topic(self, step: Step, found: Handoff, method: str) -> None:
        if found.thread_id is not None and self.group.is_forum and self.group.chat_id is not None:
            step.post(self.group.chat_id, [Request(method, {"chat_id": self.group.chat_id, "thread_id": found.thread_id})])

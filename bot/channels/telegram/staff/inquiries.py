"""Hand-offs as staff see them: cards in the group, and the answers that go to residents.

Promises: what goes to a resident is an explicit answer of a member of the group to one of the bot's messages of that hand-off, and nothing
else; it goes once, or its failure is told in the group; a hand-off is claimed by one clerk; no name of staff goes out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from bot.channels.serving import Serving
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import MAX_UNITS, Place, Request, message, split
from bot.channels.telegram.staff import cards
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Part, change, data, say, toast
from bot.channels.telegram.step import Step
from bot.config import Settings
from bot.desk.hours import OfficeHours
from bot.dialogue.wording import fill
from bot.store import handoffs, mail
from bot.store.handoffs import Handoff, Noted

NAME = "handoff"
CARD_AGAIN = dt.timedelta(minutes=10)  # after which a hand-off that has no card gets one again


class Inquiries:
    """What becomes of hand-offs in the group."""

    def __init__(self, settings: Settings, serving: Serving, group: StaffGroup, hours: OfficeHours) -> None:
        self.settings, self.serving, self.group, self.hours = settings, serving, group, hours
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
                "hr": self._resend,
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
            self._post_card(step, made)

    def ask_further(self, step: Step, found: Handoff, text: str) -> None:
        """The resident asks further within an open hand-off."""
        handoffs.change(step.connection, found.id, step.now)
        note = {"part": NAME, "id": found.id, "role": "further"}
        say(step, self.group, cards.further(found, text), thread_id=found.thread_id, note=note, person=found.person)

    def withdraw(self, step: Step, found: Handoff) -> None:
        """The resident withdraws: what staff could see of it goes."""
        self._end(step, found, "withdrawn", text="", address=None)
        for noted in handoffs.notes_of(step.connection, found.id, "further"):
            change(step, self.group, noted.message_id, cards.gone(found), thread_id=found.thread_id)
        self._notify(step, found, "주민이 이 문의를 취소했습니다.")

    def solved(self, step: Step, found: Handoff) -> None:
        """The resident is content."""
        self._end(step, found, "closed")
        self._notify(step, found, "주민이 해결됐다고 했습니다. 문의를 닫았습니다.")

    def forgotten(self, step: Step, person: str) -> None:
        """The resident has all records deleted: call it before that is done."""
        for found in handoffs.all_of_person(step.connection, person):
            for noted in handoffs.notes_of(step.connection, found.id, "card", "further"):
                change(step, self.group, noted.message_id, cards.gone(found), thread_id=found.thread_id)

    # -- what staff write ----------------------------------------------------------------------------------------

    def answer(self, step: Step, incoming: Incoming) -> None:
        """An explicit answer to a message of the bot's, or an edit of one."""
        assert incoming.answers is not None
        assert incoming.message_id is not None
        chat = step.keys.chat(incoming.chat_id)
        noted = handoffs.noted(step.connection, chat, incoming.answers)
        is_ours = noted is not None and noted.role in handoffs.IN_THE_GROUP
        found = handoffs.get(step.connection, noted.handoff) if noted is not None and is_ours else None
        before = handoffs.noted(step.connection, chat, incoming.message_id)
        if found is None:
            if not incoming.edited:
                self._reply(step, incoming, "이 글은 주민의 문의에 단 답장이 아니어서 아무에게도 보내지 않았습니다.")
        elif incoming.name == "media":
            self._reply(step, incoming, f"문의 {found.id}: 사진과 파일은 전하지 못합니다. 보내지 않았습니다. 글로 답장해 주세요.", found)
        elif before is not None and before.role == "answer":
            self._edit_answer(step, incoming, found, before)
        elif found.address is None or not found.is_open:
            self._refuse_closed(step, incoming, found)
        else:
            self._send_answer(step, incoming, found, chat)

    def _refuse_closed(self, step: Step, incoming: Incoming, found: Handoff) -> None:
        why = {"withdrawn": "주민이 취소한 문의여서"}.get(found.state, "이미 닫은 문의여서")
        can_open = found.address is not None and found.state in ("closed", "declined")
        buttons = [("문의 다시 열기", data("ho", found.id))] if can_open else []
        then = " 다시 연 뒤에 한 번 더 답장해 주세요." if can_open else ""
        text = f"문의 {found.id}: {why} 답을 보내지 않았습니다.{then}"
        say(step, self.group, text, buttons, found.thread_id, incoming.message_id, {"part": NAME, "id": found.id, "role": "notice"})

    def _send_answer(self, step: Step, incoming: Incoming, found: Handoff, chat: str) -> None:
        assert incoming.message_id is not None
        handoffs.note(step.connection, found.id, "answer", chat, incoming.message_id, step.now, text=incoming.text)
        if not found.clerk:
            handoffs.claim(step.connection, found.id, incoming.person, incoming.who, step.now)
        values = {} if found.answered_at else {"answered_at": step.now}
        handoffs.change(step.connection, found.id, step.now, **values)
        self._post_parts(step, found, incoming.message_id, incoming.text)
        self._renew_card(step, found.id)

    def _post_parts(self, step: Step, found: Handoff, answer: int, text: str, head: str = "answer_head", first: int = 0) -> None:
        """Sends an answer, in as many messages as it needs, from part number `first` on; each of them once."""
        parts = self._parts_of(found, text, head)
        for number, request in list(enumerate(parts))[first:]:
            note = {"part": NAME, "id": found.id, "role": "part", "of": answer, "number": number, "parts": len(parts), "text": _digest(text)}
            step.post(request.payload["chat_id"], [request], found.person, note, once=True)

    def _parts_of(self, found: Handoff, text: str, head: str = "answer_head") -> list[Request]:
        assert found.address is not None
        place = Place(int(found.address["chat_id"]))
        whole = f"{self._sentence(found, head, number=str(found.id))}\n{text}"
        buttons = [(self._sentence(found, "solved_button"), data("hk", found.id)), (self._sentence(found, "further_button"), data("hm", found.id))]
        pages = split(whole, MAX_UNITS)
        return [one for n, page in enumerate(pages) for one in message(place, page, buttons if n == len(pages) - 1 else [])]

    def _edit_answer(self, step: Step, incoming: Incoming, found: Handoff, before: Noted) -> None:
        """A clerk has corrected an answer: so is what the resident sees; what has not gone out yet goes out corrected."""
        if before.text == incoming.text:
            return
        if found.address is None:
            self._refuse_closed(step, incoming, found)
            return
        handoffs.rewrite_note(step.connection, before.id, incoming.text)
        sent = [one for one in handoffs.notes_of(step.connection, found.id, "part") if one.of == before.message_id]
        begun = mail.recall(step.connection, step.bot, found.chat, {"part": NAME, "role": "part", "of": before.message_id})
        for one in sent:
            self._correct(step, found, one, incoming.text)
        self._post_parts(step, found, before.message_id, incoming.text, "answer_head_edited" if sent or begun else "answer_head", len(sent) + begun)
        if sent and not begun:
            self._reply(step, incoming, f"문의 {found.id}: 주민에게 간 답을 고쳤습니다.", found)

    def _correct(self, step: Step, found: Handoff, part: Noted, text: str) -> None:
        """Gives a part that the resident has seen the text that the answer has now."""
        new = self._parts_of(found, text, "answer_head_edited")
        payload = new[part.number].payload if part.number < len(new) else {"text": self._sentence(found, "answer_gone")}
        chat_id = int((found.address or {})["chat_id"])
        request = Request("editMessageText", {"buttons": [], **payload, "chat_id": chat_id, "message_id": part.message_id})
        step.post(chat_id, [request], found.person)

    # -- what staff press ----------------------------------------------------------------------------------------

    def _claim(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts)
        if found is None:
            return
        if handoffs.claim(step.connection, found.id, incoming.person, incoming.who, step.now):
            toast(step, incoming, "")
            self._renew_card(step, found.id)
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
        self._renew_card(step, found.id)

    def _close(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts)
        if found is None:
            return
        toast(step, incoming)
        is_answered = found.answered_at is not None
        self._end(step, found, "closed" if is_answered else "declined")
        self._tell_resident(step, found, "handoff_closed" if is_answered else "handoff_declined")

    def _reopen(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts, is_open=False)
        if found is None:
            return
        if found.is_open or found.address is None or found.state == "withdrawn":
            toast(step, incoming, "이미 열려 있습니다." if found.is_open else "다시 열 수 없는 문의입니다.")
            return
        handoffs.change(step.connection, found.id, step.now, state=handoffs.OPEN)
        toast(step, incoming)
        self._renew_card(step, found.id)

    def _ask_block(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts)
        if found is None:
            return
        toast(step, incoming)
        days = self.settings.handoff.block_days
        text = f"문의 {found.id}: 이 주민이 {days}일 동안 직원에게 글을 보내지 못하게 할까요? 이 문의는 답 없이 닫습니다."
        buttons = [(f"{days}일 동안 막기", data("hB", found.id))]
        say(step, self.group, text, buttons, found.thread_id, note={"part": NAME, "id": found.id, "role": "notice"})

    def _block(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts)
        if found is None:
            return
        handoffs.block(step.connection, found.person, step.now + dt.timedelta(days=self.settings.handoff.block_days))
        toast(step, incoming)
        if incoming.message_id is not None:
            change(
                step,
                self.group,
                incoming.message_id,
                f"문의 {found.id}: {self.settings.handoff.block_days}일 동안 막았습니다.",
                thread_id=found.thread_id,
            )
        self._end(step, found, "declined")
        self._tell_resident(step, found, "handoff_declined")

    def _resend(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        """An answer of which nobody knows whether it has arrived, or that could not be delivered, is sent once more."""
        noted = handoffs.get_note(step.connection, int(parts[2])) if parts[2].isdecimal() else None
        found = handoffs.get(step.connection, noted.handoff) if noted is not None else None
        if noted is None or found is None or found.address is None or not noted.text:
            toast(step, incoming, "이제는 다시 보낼 수 없습니다.")
            return
        toast(step, incoming)
        sent = [one for one in handoffs.notes_of(step.connection, found.id, "part") if one.of == noted.message_id]
        self._post_parts(step, found, noted.message_id, noted.text, first=len(sent))
        if incoming.message_id is not None:
            change(step, self.group, incoming.message_id, f"문의 {found.id}: 답을 다시 보냅니다.", thread_id=found.thread_id)

    def _list_open(self, step: Step, incoming: Incoming) -> None:
        found = handoffs.all_open(step.connection, step.bot)
        lines = [cards.line(one, self.serving.engine.content, step.now) for one in found]
        buttons = [(f"문의 {one.id} 카드 다시 보기", data("hl", one.id)) for one in found[:20]]
        say(step, self.group, "\n".join([f"열린 문의 {len(found)}건", *lines]) if found else "열린 문의가 없습니다.", buttons, incoming.thread_id)

    def _show_card(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._pressed(step, incoming, parts)
        if found is not None:
            toast(step, incoming)
            self._post_card(step, found)

    def _pressed(self, step: Step, incoming: Incoming, parts: list[str], is_open: bool = True) -> Handoff | None:
        """The hand-off of a button; None where nothing can be done with it, which is told."""
        found = handoffs.get(step.connection, int(parts[2])) if len(parts) == 3 and parts[2].isdecimal() and len(parts[2]) < 12 else None
        if found is None or found.bot != step.bot:
            toast(step, incoming, "그런 문의가 없습니다. 지워졌을 수 있습니다.")
            return None
        if is_open and not found.is_open:
            toast(step, incoming, f"이미 {cards.STATES[found.state]}.")
            self._renew_card(step, found.id)
            return None
        return found

    # -- what becomes of what was sent ---------------------------------------------------------------------------

    def _arrived(self, step: Step, note: Mapping[str, Any], message_id: int) -> None:
        found = handoffs.get(step.connection, int(note["id"]))
        if found is None:
            return
        role, chat = note["role"], step.keys.chat(self.group.chat_id or 0)
        if role == "topic":
            handoffs.change(step.connection, found.id, step.now, thread_id=message_id or None)
            self._post_card(step, handoffs.get(step.connection, found.id) or found)
        elif role == "part":
            self._part_arrived(step, found, note, message_id)
        elif message_id:
            known = handoffs.noted(step.connection, chat, message_id)
            if known is None:
                handoffs.note(step.connection, found.id, role, chat, message_id, step.now)
            if role == "card" and note.get("looks") != cards.looks(found):
                self._renew_card(step, found.id)  # it has changed while the card was on its way

    def _part_arrived(self, step: Step, found: Handoff, note: Mapping[str, Any], message_id: int) -> None:
        handoffs.note(step.connection, found.id, "part", found.chat, message_id, step.now, of=note["of"], number=note["number"])
        answer = self._answer_of(step, found, note["of"])
        if answer is not None and answer.text and _digest(answer.text) != note["text"] and found.address is not None:
            part = handoffs.notes_of(step.connection, found.id, "part")[-1]
            self._correct(step, found, part, answer.text)  # it was edited while it was on its way
        if note["number"] == note["parts"] - 1:
            text = f"문의 {found.id}에 전했어요."
            say(step, self.group, text, None, found.thread_id, note["of"], {"part": NAME, "id": found.id, "role": "notice"})

    def _answer_of(self, step: Step, found: Handoff, message_id: int) -> Noted | None:
        return next((one for one in handoffs.notes_of(step.connection, found.id, "answer") if one.message_id == message_id), None)

    def _lost(self, step: Step, lost: mail.Lost) -> None:
        found = handoffs.get(step.connection, int(lost.note["id"]))
        if found is None:
            return
        role = lost.note["role"]
        if role == "topic":
            self._post_card(step, found)
        elif role == "part":
            answer = self._answer_of(step, found, lost.note["of"])
            if lost.note["number"] and not any(one.of == lost.note["of"] for one in handoffs.notes_of(step.connection, found.id, "part")):
                return  # told with the first part
            buttons = [("답 다시 보내기", data("hr", answer.id))] if answer is not None and found.address is not None else []
            note = {"part": NAME, "id": found.id, "role": "notice"}
            say(step, self.group, cards.lost(found, lost.reason), buttons, found.thread_id, lost.note["of"], note)

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
                say(step, self.group, text, buttons, found.thread_id, note={"part": NAME, "id": found.id, "role": "notice"})
                self._tell_resident(step, found, "handoff_waiting")
        group = step.keys.chat(self.group.chat_id or 0)
        for found in handoffs.without_card(step.connection, step.bot, group):
            if step.now - found.touched_at > CARD_AGAIN and not mail.has_parcels(step.connection, step.bot, group):
                handoffs.change(step.connection, found.id, step.now)
                self._post_card(step, found)

    # -- what they share -----------------------------------------------------------------------------------------

    def _end(self, step: Step, found: Handoff, state: str, **values: Any) -> None:
        handoffs.change(step.connection, found.id, step.now, state=state, **values)
        self._renew_card(step, found.id)
        if found.thread_id is not None and self.group.is_forum and self.group.chat_id is not None:
            step.post(self.group.chat_id, [Request("closeForumTopic", {"chat_id": self.group.chat_id, "thread_id": found.thread_id})])

    def _tell_resident(self, step: Step, found: Handoff, key: str) -> None:
        if found.address is not None:
            place = Place(int(found.address["chat_id"]))
            step.post(place.chat_id, message(place, self._sentence(found, key, number=str(found.id))), found.person)

    def _post_card(self, step: Step, found: Handoff) -> None:
        text, buttons = cards.card(found, self.serving.engine.content)
        note = {"part": NAME, "id": found.id, "role": "card", "looks": cards.looks(found)}
        say(step, self.group, text, buttons, found.thread_id, note=note, person=found.person)

    def _renew_card(self, step: Step, number: int) -> None:
        found = handoffs.get(step.connection, number)
        if found is None:
            return
        text, buttons = cards.card(found, self.serving.engine.content)
        for noted in handoffs.notes_of(step.connection, number, "card"):
            note = {"part": NAME, "id": found.id, "role": "card", "looks": cards.looks(found)}
            change(step, self.group, noted.message_id, text, buttons, found.thread_id, note)

    def _notify(self, step: Step, found: Handoff, text: str) -> None:
        note = {"part": NAME, "id": found.id, "role": "notice"}
        say(step, self.group, f"문의 {found.id}: {text}", thread_id=found.thread_id, note=note)

    def _reply(self, step: Step, incoming: Incoming, text: str, found: Handoff | None = None) -> None:
        note = {"part": NAME, "id": found.id, "role": "notice"} if found is not None else None
        say(step, self.group, text, None, incoming.thread_id, incoming.message_id, note)

    def _sentence(self, found: Handoff, key: str, **values: str) -> str:
        engine = self.serving.engine
        contact = engine.wording.office.reached(found.language)
        return fill(engine.content.say(key, found.language), {"contact": contact, **values})


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()[:8]

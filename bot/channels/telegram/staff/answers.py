"""Staff's answers on their way to residents.

Promises: what goes to a resident is an explicit answer of a member of the group to one of the bot's messages of that hand-off, and nothing
else; it goes once, or its failure is told in the group, where it can be sent again with a press; a correction corrects what the resident sees.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

from bot.channels.serving import Serving
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import Place, Request, message
from bot.channels.telegram.staff import cards
from bot.channels.telegram.staff.board import LONGEST_NUMBER, NAME, Board, is_under
from bot.channels.telegram.staff.parts import change, data, toast
from bot.channels.telegram.step import Step
from bot.dialogue.wording import fill
from bot.store import handoffs, mail
from bot.store.handoffs import Handoff, Noted


class Answers:
    """What staff have written to residents."""

    def __init__(self, serving: Serving, board: Board) -> None:
        self.serving, self.board = serving, board

    def answer(self, step: Step, incoming: Incoming) -> None:
        """An explicit answer to a message of the bot's, or an edit of one."""
        assert incoming.answers is not None
        assert incoming.message_id is not None
        chat = step.keys.chat(incoming.numbered_in)
        noted = handoffs.noted(step.connection, step.bot, chat, incoming.answers)
        is_ours = noted is not None and noted.role in handoffs.IN_THE_GROUP
        found = handoffs.get(step.connection, noted.handoff) if noted is not None and is_ours else None
        before = handoffs.noted(step.connection, step.bot, chat, incoming.message_id)
        if found is None:
            if not incoming.edited:
                self.board.reply(step, incoming, "이 글은 주민의 문의에 단 답장이 아니어서 아무에게도 보내지 않았습니다.")
        elif incoming.name == "media":
            self.board.reply(step, incoming, f"문의 {found.id}: 사진과 파일은 전하지 못합니다. 보내지 않았습니다. 글로 답장해 주세요.", found)
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
        self.board.tell(step, found, text, buttons, incoming.message_id)

    def _send_answer(self, step: Step, incoming: Incoming, found: Handoff, chat: str) -> None:
        assert incoming.message_id is not None
        answer = handoffs.note(step.connection, found.id, "answer", chat, incoming.message_id, step.now, text=incoming.text)
        if not found.clerk:
            handoffs.claim(step.connection, found.id, incoming.person, incoming.who, step.now)
        values = {} if found.answered_at else {"answered_at": step.now}
        handoffs.change(step.connection, found.id, step.now, **values)
        self._post_parts(step, found, answer, incoming.text)
        self.board.renew_cards(step, found.id)

    def _post_parts(self, step: Step, found: Handoff, answer: int, text: str, head: str = "answer_head", skip: Collection[int] = ()) -> None:
        """Sends an answer, in as many messages as it needs, but for the parts number `skip`; each of them once."""
        parts = self._parts_of(found, text, head)
        for number, request in enumerate(parts):
            if number in skip:
                continue
            note = {"part": NAME, "id": found.id, "role": "part", "of": answer, "number": number, "parts": len(parts), "text": _digest(text)}
            step.post(request.payload["chat_id"], [request], found.person, note, once=True)

    def _parts_of(self, found: Handoff, text: str, head: str = "answer_head") -> list[Request]:
        assert found.address is not None
        place = Place(int(found.address["chat_id"]))
        whole = f"{self._sentence(found, head, number=str(found.id))}\n{text}"
        buttons = [(self._sentence(found, "solved_button"), data("hk", found.id)), (self._sentence(found, "further_button"), data("hm", found.id))]
        return message(place, whole, buttons)

    def _edit_answer(self, step: Step, incoming: Incoming, found: Handoff, before: Noted) -> None:
        """A clerk has corrected an answer: so is what the resident sees; what has not gone out yet goes out corrected."""
        if before.text == incoming.text:
            return
        if found.address is None:
            self._refuse_closed(step, incoming, found)
            return
        handoffs.rewrite_note(step.connection, before.id, incoming.text)
        sent, begun = self._sent(step, found, before.id), self._take_back(step, found, before.id)
        for one in sent:
            self._correct(step, found, one, incoming.text)
        head = "answer_head_edited" if sent or begun else "answer_head"
        self._post_parts(step, found, before.id, incoming.text, head, begun.union(one.number for one in sent))
        if sent and not begun:
            self.board.reply(step, incoming, f"문의 {found.id}: 주민에게 간 답을 고쳤습니다.", found)

    def _correct(self, step: Step, found: Handoff, part: Noted, text: str) -> None:
        """Gives a part that the resident has seen the text that the answer has now."""
        new = self._parts_of(found, text, "answer_head_edited")
        payload = new[part.number].payload if part.number < len(new) else {"text": self._sentence(found, "answer_gone")}
        chat_id = int((found.address or {})["chat_id"])
        request = Request("editMessageText", {"buttons": [], **payload, "chat_id": chat_id, "message_id": part.message_id})
        step.post(chat_id, [request], found.person)

    # -- what becomes of it --------------------------------------------------------------------------------------

    def arrived(self, step: Step, found: Handoff, note: Mapping[str, Any], message_id: int) -> None:
        """A part of an answer has reached the resident."""
        handoffs.note(step.connection, found.id, "part", found.chat, message_id, step.now, of=note["of"], number=note["number"])
        answer, parts = handoffs.get_note(step.connection, note["of"]), note["parts"]
        sent = self._sent(step, found, note["of"])
        if answer is not None and answer.text and found.address is not None:
            parts = len(self._parts_of(found, answer.text))
            if _digest(answer.text) != note["text"]:
                self._correct(step, found, sent[-1], answer.text)  # it was edited while it was on its way
        if {one.number for one in sent} >= {*range(parts)}:
            self.board.tell(step, found, f"문의 {found.id}에 전했어요.", reply_to=self._message_of(step, answer))

    def _sent(self, step: Step, found: Handoff, answer: int) -> list[Noted]:
        """The parts of an answer (the id of its note) that the resident has."""
        return [one for one in handoffs.notes_of(step.connection, found.id, "part") if one.of == answer]

    def _take_back(self, step: Step, found: Handoff, answer: int) -> set[int]:
        """Takes back the parts of an answer that wait; the numbers of those that are on their way already."""
        return {note["number"] for note in mail.recall(step.connection, step.bot, found.chat, {"part": NAME, "role": "part", "of": answer})}

    def _message_of(self, step: Step, answer: Noted | None) -> int | None:
        """The clerk's message; None where it stands in the group as it was before it got another id."""
        is_here = answer is not None and answer.chat == step.keys.chat(self.board.group.chat_id or 0)
        return answer.message_id if answer is not None and is_here else None

    def lost(self, step: Step, found: Handoff, note: Mapping[str, Any], reason: str) -> None:
        """A part of an answer could not be delivered."""
        answer = handoffs.get_note(step.connection, note["of"])
        if not {one.number for one in self._sent(step, found, note["of"])} >= {*range(note["number"])}:
            return  # told with the part before
        buttons = [("답 다시 보내기", data("hr", answer.id))] if answer is not None and found.address is not None else []
        self.board.tell(step, found, cards.lost(found, reason), buttons, self._message_of(step, answer))

    def resend(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        """An answer of which nobody knows whether it has arrived, or that could not be delivered, is sent once more."""
        noted = handoffs.get_note(step.connection, int(parts[2])) if parts[2].isdecimal() and len(parts[2]) < LONGEST_NUMBER else None
        found = handoffs.get(step.connection, noted.handoff) if noted is not None else None
        if noted is None or found is None or found.address is None or not noted.text or not is_under(step, incoming, found):
            toast(step, incoming, "이제는 다시 보낼 수 없습니다.")
            return
        toast(step, incoming)
        under_way = self._take_back(step, found, noted.id)  # by whoever has pressed before
        self._post_parts(step, found, noted.id, noted.text, skip=under_way.union(one.number for one in self._sent(step, found, noted.id)))
        if incoming.message_id is not None:
            change(step, self.board.group, incoming.message_id, f"문의 {found.id}: 답을 다시 보냅니다.", thread_id=found.thread_id)

    # -- what they share -----------------------------------------------------------------------------------------

    def tell_resident(self, step: Step, found: Handoff, key: str) -> None:
        """Says one of the sentences of the content to the resident."""
        if found.address is not None:
            place = Place(int(found.address["chat_id"]))
            step.post(place.chat_id, message(place, self._sentence(found, key, number=str(found.id))), found.person)

    def _sentence(self, found: Handoff, key: str, **values: str) -> str:
        engine = self.serving.engine
        contact = engine.wording.office.reached(found.language)
        return fill(engine.content.say(key, found.language), {"contact": contact, **values})


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()[:8]

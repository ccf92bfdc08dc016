"""The resident's side of a hand-off: from the wish to ask staff to the consent, and what may follow.

Promises: nothing of a resident's goes to staff but the masked text that was shown and approved, under the button that belongs to it; who may
not or cannot pass anything on is told whom to ask instead, and is promised nothing.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from hashlib import sha256

from bot.channels.telegram.conversation import Conversation, plain
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import VERSION, Button, Place, acknowledge, message
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.inquiries import Inquiries
from bot.channels.telegram.step import Step
from bot.config import Settings
from bot.desk.hours import OfficeHours, moment_text
from bot.store import handoffs
from bot.store.handoffs import Draft, Handoff
from bot.store.masking import MASK

_OWN_WORDS = 25  # letters from which on a message that asks for staff is taken for what is to be asked
_CONSENT = ("ask", "terms", "terms_masked", "under_age")  # what is approved with a press


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

    def sentence(self, key: str, **values: str) -> str:
        return self.talk.sentence(key, self.language, **values)


class Asking:
    """Passes residents' questions on."""

    def __init__(self, settings: Settings, group: StaffGroup, inquiries: Inquiries, hours: OfficeHours) -> None:
        self.settings, self.group, self.inquiries, self.hours = settings, group, inquiries, hours
        self.presses = {
            "ha": self._ask_reply,
            "hs": self._send,
            "hq": self._stop,
            "hw": self._rewrite,
            "hk": self._solved,
            "hm": self._further,
            "hz": self._withdraw,
        }

    # -- what comes in -------------------------------------------------------------------------------------------

    def press(self, step: Step, person: Person) -> bool:
        """Whether a pressed button was one of these; then it has been dealt with."""
        parts = person.incoming.name.split("|")
        handler = self.presses.get(parts[1]) if len(parts) == 3 and parts[0] == VERSION else None
        if handler is None:
            return False
        step.post(person.incoming.chat_id, [acknowledge(person.incoming.query)], person.id)
        handler(step, person, parts[2])
        return True

    def typed(self, step: Step, person: Person) -> bool:
        """Whether a text belongs to a hand-off that is being written or that it answers; then it has been dealt with."""
        incoming, said = person.incoming, plain(person.incoming.text)
        words = person.talk.engine.content.handoff
        draft = self._draft(step, person)
        if draft is not None and said in {plain(one) for one in words.stop.all}:
            self._stop(step, person, draft.mark)
        elif draft is not None and draft.text is None:
            self._preview(step, person, replace(draft, text=incoming.text))
        elif draft is not None and draft.kind == "question" and said in {plain(one) for one in words.send.all}:
            self._send(step, person, draft.mark)
        else:
            return self._answers(step, person)
        return True

    def begin(self, step: Step, person: Person) -> None:
        """The resident wishes to ask staff: the question that could not be answered, or what they write."""
        asked = handoffs.last_question(step.connection, person.chat, person.id, self._since(step))
        if asked is not None and any(one.text == asked.text for one in handoffs.of_person(step.connection, person.id)):
            asked = None  # it is with the staff already
        own = plain(person.incoming.text.replace(MASK, ""))
        if person.incoming.kind == "text" and len(own) > _OWN_WORDS:
            self._open(step, person, person.incoming.text)
        elif asked is not None:
            masked = MASK in person.incoming.text
            self._open(step, person, asked.text, asked.topics, asked.aspects, asked.kind, masked)
        else:
            self._open(step, person, None)

    def cancel(self, step: Step, person: Person) -> None:
        """The resident withdraws: what is being written, or what was sent."""
        draft, found = self._draft(step, person), handoffs.of_person(step.connection, person.id)
        if draft is not None:
            self._stop(step, person, draft.mark)
        elif not found:
            self._say(step, person, person.sentence("handoff_nothing"))
        elif len(found) == 1:
            self._withdraw(step, person, str(found[0].id))
        else:
            buttons = [(person.sentence("handoff_label", number=str(one.id)), f"{VERSION}|hz|{one.id}") for one in found]
            self._say(step, person, person.sentence("handoff_which"), buttons)

    def offer_report(self, step: Step, person: Person, topics: tuple[str, ...]) -> list[Button]:
        """The buttons under "shall I tell the staff?": for the message just sent, and nothing else."""
        draft = self._new(step, person, person.incoming.text, kind="report", topics=topics)
        handoffs.save_draft(step.connection, draft)
        return [(person.sentence("report_button"), f"{VERSION}|hs|{draft.mark}"), (person.sentence("report_no_button"), f"{VERSION}|hq|{draft.mark}")]

    # -- before the consent --------------------------------------------------------------------------------------

    def _open(
        self, step: Step, person: Person, text: str | None, topics: tuple[str, ...] = (), aspects: tuple[str, ...] = (), reply_kind: str = "",
        masked: bool = False, handoff: int | None = None,
    ) -> None:  # fmt: skip
        refusal = self._refusal(step, person, handoff)
        if refusal:
            self._say(step, person, refusal)
            return
        draft = self._new(step, person, text, topics=topics, aspects=aspects, reply_kind=reply_kind, handoff=handoff)
        if text is None:
            handoffs.save_draft(step.connection, draft)
            self._say(step, person, person.sentence("handoff_write"), [self._stop_button(person, draft)])
        else:
            self._preview(step, person, draft, masked)

    def _refusal(self, step: Step, person: Person, handoff: int | None = None) -> str:
        """Why the resident can pass nothing on, or ""."""
        if person.incoming.group:
            return person.sentence("handoff_group")
        if not self.group.is_usable:
            return person.sentence("handoff_unavailable")
        until = handoffs.blocked_until(step.connection, person.id, step.now)
        if until is not None:
            return person.sentence("handoff_blocked", until=moment_text(until, person.language))
        waiting = len(handoffs.of_person(step.connection, person.id))
        if handoff is None and waiting >= self.settings.handoff.open_at_once:
            return person.sentence("handoff_too_many", count=str(waiting))
        return ""

    def _preview(self, step: Step, person: Person, draft: Draft, masked: bool = False) -> None:
        """Shows what would be sent, to the letter."""
        text = (draft.text or "").strip()
        if not text:
            return
        if self._is_child(person, text):
            handoffs.drop_draft(step.connection, person.chat, person.id)
            self._say(step, person, person.sentence("under_age_only"))
            return
        draft = replace(draft, text=text, mark=_mark(), at=step.now)
        handoffs.save_draft(step.connection, draft)
        terms = person.sentence("terms_masked" if masked or MASK in text else "terms")
        shown = person.sentence("ask", text=text, terms=terms, under_age=person.sentence("under_age"))
        buttons = [(person.sentence("send_button"), f"{VERSION}|hs|{draft.mark}"), self._stop_button(person, draft)]
        self._say(step, person, shown, [*buttons, (person.sentence("rewrite_button"), f"{VERSION}|hw|{draft.mark}")])

    def _is_child(self, person: Person, text: str) -> bool:
        words, said = person.talk.engine.content.handoff, plain(text)
        if any(plain(one) in said for one in words.under_age_unless.all):
            return False
        return any(all(plain(part) in said for part in one.split("+")) for one in words.under_age.all)

    def _ask_reply(self, step: Step, person: Person, reply: str) -> None:
        """The button under a reply."""
        asked = handoffs.question_of(step.connection, int(reply), person.id) if reply.isdecimal() else None
        if asked is None:
            self._open(step, person, None)
        else:
            self._open(step, person, asked.text, asked.topics, asked.aspects, asked.kind)

    def _rewrite(self, step: Step, person: Person, mark: str) -> None:
        draft = self._draft(step, person, mark)
        if draft is None:
            self._stale(step, person)
            return
        handoffs.save_draft(step.connection, replace(draft, text=None, mark=_mark(), at=step.now))
        self._say(step, person, person.sentence("handoff_write"), [self._stop_button(person, draft)])

    def _stop(self, step: Step, person: Person, mark: str) -> None:
        draft = self._draft(step, person)
        if draft is not None:
            handoffs.drop_draft(step.connection, person.chat, person.id)
        self._say(step, person, person.sentence("report_not_sent" if draft and draft.kind == "report" else "handoff_stopped"))

    # -- the consent, and after it -------------------------------------------------------------------------------

    def _send(self, step: Step, person: Person, mark: str) -> None:
        draft = self._draft(step, person, mark)
        if draft is None or not draft.text:
            self._stale(step, person)
            return
        further = handoffs.get(step.connection, draft.handoff) if draft.handoff is not None else None
        further = further if further is not None and further.is_open and further.person == person.id else None
        refusal = self._refusal(step, person, further.id if further else None)
        if refusal:
            self._say(step, person, refusal)
            return
        handoffs.drop_draft(step.connection, person.chat, person.id)
        if further is not None:
            self.inquiries.ask_further(step, further, draft.text)
            self._say(step, person, person.sentence("handoff_further", number=str(further.id), when=self._when(step, person)))
            return
        content = person.talk.engine.content
        made = handoffs.create(
            step.connection, draft, step.bot, {"chat_id": person.incoming.chat_id}, consent_version(person), content.version, step.now
        )
        self.inquiries.announce(step, made)
        key = "report_sent" if draft.kind == "report" else "handoff_sent"
        self._say(step, person, person.sentence(key, number=str(made.id), when=self._when(step, person)))

    def _when(self, step: Step, person: Person) -> str:
        if self.hours.is_open(step.now):
            return person.sentence("when_open")
        return person.sentence("when_closed", time=self.hours.opening_text(step.now, person.language))

    def _withdraw(self, step: Step, person: Person, number: str) -> None:
        found = self._own(step, person, number)
        if found is None:
            self._stale(step, person)
        elif not found.is_open:
            self._say(step, person, person.sentence("handoff_over", number=number))
        else:
            self.inquiries.withdraw(step, found)
            self._say(step, person, person.sentence("handoff_withdrawn", number=number))

    def _solved(self, step: Step, person: Person, number: str) -> None:
        found = self._own(step, person, number)
        if found is None:
            self._stale(step, person)
        elif not found.is_open:
            self._say(step, person, person.sentence("handoff_over", number=number))
        else:
            self.inquiries.solved(step, found)
            self._say(step, person, person.sentence("handoff_solved", number=number))

    def _further(self, step: Step, person: Person, number: str) -> None:
        found = self._own(step, person, number)
        self._open(step, person, None, handoff=found.id if found is not None and found.is_open else None)

    def _answers(self, step: Step, person: Person) -> bool:
        """Whether the message explicitly answers what staff have written: then it is to go to them, once it is approved."""
        if person.incoming.answers is None or person.incoming.group or not person.incoming.text:
            return False
        noted = handoffs.noted(step.connection, person.chat, person.incoming.answers)
        found = handoffs.get(step.connection, noted.handoff) if noted is not None and noted.role == "part" else None
        if found is None or found.person != person.id:
            return False
        self._open(step, person, person.incoming.text, found.topics, found.aspects, handoff=found.id if found.is_open else None)
        return True

    # -- what they share -----------------------------------------------------------------------------------------

    def _own(self, step: Step, person: Person, number: str) -> Handoff | None:
        found = handoffs.get(step.connection, int(number)) if number.isdecimal() and len(number) < 12 else None
        return found if found is not None and found.person == person.id else None

    def _draft(self, step: Step, person: Person, mark: str = "") -> Draft | None:
        draft = handoffs.draft(step.connection, person.chat, person.id, self._since(step))
        return draft if draft is not None and mark in ("", draft.mark) else None

    def _new(
        self, step: Step, person: Person, text: str | None, kind: str = "question", topics: tuple[str, ...] = (), aspects: tuple[str, ...] = (),
        reply_kind: str = "", handoff: int | None = None,
    ) -> Draft:  # fmt: skip
        return Draft(person.chat, person.id, _mark(), step.now, kind, text, person.language, handoff, topics, aspects, reply_kind)

    def _since(self, step: Step) -> dt.datetime:
        return step.now - dt.timedelta(minutes=self.settings.conversation.idle_minutes)

    def _stop_button(self, person: Person, draft: Draft) -> Button:
        return person.sentence("stop_button"), f"{VERSION}|hq|{draft.mark}"

    def _stale(self, step: Step, person: Person) -> None:
        self._say(step, person, person.sentence("stale"))

    def _say(self, step: Step, person: Person, text: str, buttons: list[Button] | None = None) -> None:
        step.post(person.incoming.chat_id, message(Place(person.incoming.chat_id, person.incoming.thread_id), text, buttons or []), person.id)


def consent_version(person: Person) -> str:
    """By which it is known later which wording was approved."""
    content = person.talk.engine.content
    wording = "\n".join(content.say(key, person.language) for key in _CONSENT)
    return sha256(wording.encode("utf-8")).hexdigest()[:12]


def _mark() -> str:
    return secrets.token_hex(4)

"""The resident's side of a hand-off: from the wish to ask staff to the consent, and what may follow.

Promises: nothing of a resident's goes to staff but the masked text that was shown and approved, under the button that belongs to it; who may
not or cannot pass anything on is told whom to ask instead, and is promised nothing.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import replace

from bot.channels.telegram.consent import REPORT, is_current, wording_version
from bot.channels.telegram.layout import VERSION, Button, acknowledge
from bot.channels.telegram.person import Person
from bot.channels.telegram.said import besides, is_said, language_of, plain
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.inquiries import Inquiries
from bot.channels.telegram.standing import asks_how_it_stands, excerpt, standing, withdrawals
from bot.channels.telegram.step import Step
from bot.config import Settings
from bot.desk.hours import OfficeHours, moment_text
from bot.engine import Turn
from bot.store import handoffs
from bot.store.handoffs import Draft, Handoff
from bot.store.masking import MASK

_OWN_WORDS = 6  # letters, besides the wish for staff, from which on a message is taken for what is to be asked
_NEW_WORDS = 12  # the same, where there is a question that could not be answered
_GOES_ON = dt.timedelta(minutes=3)  # after which what is written is no longer taken for the rest of a text
_DIGITS = 18  # of an id that a database takes


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
        """Whether a message belongs to a hand-off that is being written or that it answers; then it has been dealt with."""
        if self._writes(step, person):
            return True
        return person.incoming.kind == "text" and (self._answers(step, person) or self._about_sent(step, person))

    def _writes(self, step: Step, person: Person) -> bool:
        """What is said while a text is waited for, or stands to be approved: only as long as the bot has said nothing else meanwhile."""
        draft, said, words = self._at_hand(step, person), person.incoming.text, person.words
        if draft is None or not said or person.talk.is_command(said):
            return False
        person = replace(person, language=draft.language)
        if person.incoming.kind == "media":
            if draft.text is None:
                person.tell(step, person.sentence("handoff_no_media"))
                self._preview(step, person, replace(draft, text=said))
            return draft.text is None
        agreed = (*words.send.all, *(words.report.all if draft.kind == "report" else ()))
        if is_said(said, words.stop.all):
            self._stop(step, person, draft.mark)
        elif draft.text is None and is_said(said, (*words.not_yet.all, *agreed)):
            person.tell(step, person.sentence("handoff_write_now"), [self._stop_button(person, draft)])
        elif draft.text is None:
            self._preview(step, person, replace(draft, text=said))
        elif is_said(said, agreed):
            self._send(step, person, draft.mark)
        elif _is_rest(step, draft, person):
            self._preview(step, person, replace(draft, text=f"{draft.text}\n{said}"))
        else:
            return False
        return True

    def _about_sent(self, step: Step, person: Person) -> bool:
        """What is said of an inquiry that was sent: that it is solved, that there is more to ask, how it stands."""
        said, words = person.incoming.text, person.words
        is_solved = is_said(said, (*words.solved.all, *words.send.all)) and not is_said(said, words.send.all)  # "ok solved"
        if is_solved or is_said(said, words.further.all):
            found = handoffs.of_person(step.connection, step.bot, person.id)
            answered = [one for one in found if one.answered_at is not None] or (found if len(found) == 1 else [])
            answered = answered or ([] if found else handoffs.all_of_person(step.connection, person.id))
            if answered:
                (self._solved if is_solved else self._further)(step, person, str(answered[-1].id))
            return bool(answered)
        if is_said(said, words.withdraw.all):
            return self._just_sent(step, person) and self._cancel(step, person, perhaps=True)
        if not person.talk.is_command(said) and asks_how_it_stands(step, person):
            self.show(step, replace(person, language="en" if language_of(said, "") == "en" else person.language))
            return True
        return False

    def _just_sent(self, step: Step, person: Person) -> bool:
        """Whether the last thing that the bot did was to pass something on."""
        waiting = [one.at for one in handoffs.of_person(step.connection, step.bot, person.id) if one.answered_at is None]
        return bool(waiting) and not handoffs.talked_since(step.connection, person.chat, person.id, max(waiting))

    def goes_on(self, step: Step, person: Person, turn: Turn) -> bool:
        """Whether the first thing said after an answer of the staff's goes on with it, as far as the bot cannot answer it; then it is shown."""
        reply, incoming = turn.reply, person.incoming
        is_open = reply.kind == "fallback" or any(part.missing for part in turn.trace.decision.parts)
        if incoming.group or incoming.kind != "text" or reply.urgent or reply.kind == "chitchat" or not is_open or self._refusal(step, person, 0):
            return False
        answered = [one for one in handoffs.of_person(step.connection, step.bot, person.id) if one.answered_at is not None]
        found = max(answered, key=lambda one: one.touched_at, default=None)
        if found is None or found.touched_at < self._since(step) or not set(reply.topics) <= set(found.topics):
            return False
        if handoffs.talked_since(step.connection, person.chat, person.id, found.touched_at):
            return False
        self._open(step, person, incoming.text, found.topics, reply.aspects, handoff=found.id)
        return True

    def grant(self, step: Step, person: Person, wish: str) -> bool:
        """Does what the resident wishes for; False where that is only perhaps meant, and there is nothing of the kind."""
        name, _, perhaps = wish.partition(" ")
        if name == "inquiries":
            self.show(step, person)
        elif name == "cancel":
            return self._cancel(step, person, bool(perhaps))
        elif perhaps and not self.group.is_usable:
            return False
        else:
            self._begin(step, person)
        return True

    def show(self, step: Step, person: Person) -> None:
        """How the resident's inquiries stand."""
        if person.incoming.group:
            person.tell(step, person.sentence("inquiries_group"))
            return
        person.tell(step, *standing(step, person, self.hours))

    def _begin(self, step: Step, person: Person) -> None:
        """The resident wishes to ask staff: the question that could not be answered, or what they write."""
        asked = handoffs.last_question(step.connection, person.chat, person.id, self._since(step))
        if asked is not None and self._there(step, person, asked.text) is not None:
            asked = None  # it is with the staff already
        draft = self._at_hand(step, person)
        own = besides(person.incoming.text.replace(MASK, ""), person.words.wish.all) if person.incoming.kind == "text" else 0
        if own >= (_OWN_WORDS if asked is None else _NEW_WORDS):
            self._open(step, person, person.incoming.text)
        elif draft is not None and draft.text and not self._refusal(step, person, draft.handoff):
            self._preview(step, person, draft)
        elif asked is not None:
            masked = MASK in person.incoming.text
            self._open(step, person, asked.text, asked.topics, asked.aspects, asked.kind, masked)
        elif draft is not None and draft.text is None and not self._refusal(step, person):
            handoffs.save_draft(step.connection, replace(draft, at=step.now))
            person.tell(step, person.sentence("handoff_write_now"), [self._stop_button(person, draft)])
        else:
            self._open(step, person, None)

    def _cancel(self, step: Step, person: Person, perhaps: bool) -> bool:
        """The resident withdraws: what is being written, or what was sent; on a guess only after a question."""
        draft, found = self._at_hand(step, person), handoffs.of_person(step.connection, step.bot, person.id)
        if perhaps and draft is None and not found:
            return False
        if draft is not None:
            self._stop(step, person, draft.mark)
        elif not found:
            person.tell(step, person.sentence("handoff_nothing"))
        elif len(found) > 1:
            lines = [] if person.incoming.group else [person.sentence("handoff_line", number=str(one.id), text=excerpt(one.text)) for one in found]
            person.tell(step, "\n".join([person.sentence("handoff_which"), *lines]), withdrawals(person, found))
        elif perhaps:
            person.tell(step, person.sentence("handoff_cancel_ask", number=str(found[0].id)), withdrawals(person, found))
        else:
            self._withdraw(step, person, str(found[0].id))
        return True

    def offer_report(self, step: Step, person: Person, topics: tuple[str, ...]) -> list[Button]:
        """The buttons under "shall I tell the staff?": for the message just sent, and nothing else; none where it could not be passed on."""
        if self._refusal(step, person):
            return []
        draft = self._new(step, person, person.incoming.text, kind="report", topics=topics)
        draft = replace(draft, consent=wording_version(person.talk.engine.content, person.language, REPORT))
        handoffs.save_draft(step.connection, draft)
        return [(person.sentence("report_button"), f"{VERSION}|hs|{draft.mark}"), (person.sentence("report_no_button"), f"{VERSION}|hq|{draft.mark}")]

    # -- before the consent --------------------------------------------------------------------------------------

    def _open(
        self, step: Step, person: Person, text: str | None, topics: tuple[str, ...] = (), aspects: tuple[str, ...] = (), reply_kind: str = "",
        masked: bool = False, handoff: int | None = None, prompt: str = "",
    ) -> None:  # fmt: skip
        refusal = self._refusal(step, person, handoff)
        if refusal:
            person.tell(step, refusal)
            return
        draft = self._new(step, person, text, topics=topics, aspects=aspects, reply_kind=reply_kind, handoff=handoff)
        if text is None:
            handoffs.save_draft(step.connection, draft)
            person.tell(step, prompt or person.sentence("handoff_write"), [self._stop_button(person, draft)])
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
        waiting = sum(one.answered_at is None for one in handoffs.of_person(step.connection, step.bot, person.id))
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
            person.tell(step, person.sentence("under_age_only"))
            return
        person = replace(person, language=language_of(text, draft.language))
        consent = wording_version(person.talk.engine.content, person.language)
        draft = replace(draft, text=text, mark=_mark(), at=step.now, language=person.language, consent=consent)
        handoffs.save_draft(step.connection, draft)
        terms = person.sentence("terms_masked" if masked or MASK in text else "terms")
        shown = person.sentence("ask", text=text, terms=terms, under_age=person.sentence("under_age"))
        buttons = [(person.sentence("send_button"), f"{VERSION}|hs|{draft.mark}"), self._stop_button(person, draft)]
        person.tell(step, shown, [*buttons, (person.sentence("rewrite_button"), f"{VERSION}|hw|{draft.mark}")])

    def _is_child(self, person: Person, text: str) -> bool:
        words, said = person.words, plain(text)
        if any(plain(one) in said for one in words.under_age_unless.all):
            return False
        return any(all(plain(part) in said for part in one.split("+")) for one in words.under_age.all)

    def _ask_reply(self, step: Step, person: Person, reply: str) -> None:
        """The button under a reply."""
        asked = handoffs.question_of(step.connection, int(reply), person.id) if reply.isdecimal() and len(reply) < _DIGITS else None
        there = self._there(step, person, asked.text) if asked is not None else None
        if asked is None:
            self._open(step, person, None)
        elif there is not None:
            person.tell(step, person.sentence("handoff_there", number=str(there.id)))
        else:
            self._open(step, person, asked.text, asked.topics, asked.aspects, asked.kind)

    def _rewrite(self, step: Step, person: Person, mark: str) -> None:
        draft = self._draft(step, person, mark)
        if draft is None:
            person.tell(step, person.sentence("handoff_gone"))
            return
        handoffs.save_draft(step.connection, replace(draft, text=None, mark=_mark(), at=step.now))
        person.tell(step, person.sentence("handoff_write"), [self._stop_button(person, draft)])

    def _stop(self, step: Step, person: Person, mark: str) -> None:
        draft = self._draft(step, person)
        if draft is not None:
            handoffs.drop_draft(step.connection, person.chat, person.id)
        person.tell(step, person.sentence("report_not_sent" if draft and draft.kind == "report" else "handoff_stopped"))

    # -- the consent, and after it -------------------------------------------------------------------------------

    def _send(self, step: Step, person: Person, mark: str) -> None:
        draft = self._draft(step, person, mark) if mark else None
        if draft is None or not draft.text:
            person.tell(step, person.sentence("handoff_gone"))
            return
        if not is_current(person.talk.engine.content, draft):
            self._preview(step, person, draft)  # what was not shown is not consented to
            return
        person = replace(person, language=draft.language)
        further = handoffs.get(step.connection, draft.handoff) if draft.handoff is not None else None
        further = further if further is not None and further.is_open and further.person == person.id else None
        refusal = self._refusal(step, person, further.id if further else None)
        if refusal:
            person.tell(step, refusal)
            return
        handoffs.drop_draft(step.connection, person.chat, person.id)
        if further is not None:
            self.inquiries.ask_further(step, further, draft.text)
            person.tell(step, person.sentence("handoff_further", number=str(further.id), when=self._when(step, person)))
            return
        content = person.talk.engine.content
        made = handoffs.create(step.connection, draft, step.bot, {"chat_id": person.incoming.chat_id}, content.version, step.now)
        self.inquiries.announce(step, made)
        key = "report_sent" if draft.kind == "report" else "handoff_sent"
        person.tell(step, person.sentence(key, number=str(made.id), when=self._when(step, person)))

    def _when(self, step: Step, person: Person) -> str:
        if self.hours.is_open(step.now):
            return person.sentence("when_open")
        return person.sentence("when_closed", time=self.hours.opening_text(step.now, person.language))

    def _withdraw(self, step: Step, person: Person, number: str) -> None:
        self._end(step, person, number, self.inquiries.withdraw, "handoff_withdrawn")

    def _solved(self, step: Step, person: Person, number: str) -> None:
        self._end(step, person, number, self.inquiries.solved, "handoff_solved")

    def _end(self, step: Step, person: Person, number: str, end: Callable[[Step, Handoff], None], said: str) -> None:
        """Ends one of the resident's open hand-offs; of one that is over already, says so."""
        found = self._own(step, person, number)
        if found is None:
            self._stale(step, person)
        elif not found.is_open:
            person.tell(step, person.sentence("handoff_over", number=number))
        else:
            end(step, found)
            person.tell(step, person.sentence(said, number=number))

    def _further(self, step: Step, person: Person, number: str) -> None:
        found = self._own(step, person, number)
        if found is None or found.is_open:
            self._open(step, person, None, handoff=found.id if found is not None else None)
        else:  # a new one, of which staff see what it was about
            self._open(step, person, None, found.topics, found.aspects, prompt=person.sentence("handoff_anew", number=number))

    def _answers(self, step: Step, person: Person) -> bool:
        """Whether the message explicitly answers what staff have written: then it is to go to them, once it is approved."""
        if person.incoming.answers is None or person.incoming.group or not person.incoming.text:
            return False
        noted = handoffs.noted(step.connection, step.bot, person.chat, person.incoming.answers)
        found = handoffs.get(step.connection, noted.handoff) if noted is not None and noted.role == "part" else None
        if found is None or found.person != person.id:
            return False
        self._open(step, person, person.incoming.text, found.topics, found.aspects, handoff=found.id if found.is_open else None)
        return True

    # -- what they share -----------------------------------------------------------------------------------------

    def _own(self, step: Step, person: Person, number: str) -> Handoff | None:
        found = handoffs.get(step.connection, int(number)) if number.isdecimal() and len(number) < 12 else None
        return found if found is not None and found.person == person.id and found.bot == step.bot else None

    def _there(self, step: Step, person: Person, text: str) -> Handoff | None:
        """The person's open hand-off of that very text."""
        return next((one for one in handoffs.of_person(step.connection, step.bot, person.id) if one.text == text), None)

    def _draft(self, step: Step, person: Person, mark: str = "") -> Draft | None:
        draft = handoffs.draft(step.connection, person.chat, person.id, self._since(step))
        return draft if draft is not None and mark in ("", draft.mark) else None

    def _at_hand(self, step: Step, person: Person) -> Draft | None:
        """The draft that the resident has before them: the bot has said nothing else since."""
        draft = self._draft(step, person)
        return None if draft is None or handoffs.talked_since(step.connection, person.chat, person.id, draft.at) else draft

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
        person.tell(step, person.sentence("stale"))


def _is_rest(step: Step, draft: Draft, person: Person) -> bool:
    """Whether what is written goes on with a text that the resident has just written themselves."""
    is_own = draft.kind == "question" and not draft.reply_kind
    whole = len(draft.text or "") + len(person.incoming.text)
    return is_own and step.now - draft.at <= _GOES_ON and whole <= person.talk.settings.limits.message_length


def _mark() -> str:
    return secrets.token_hex(4)

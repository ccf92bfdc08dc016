"""Between Telegram and the store: takes updates in, answers them, and keeps account of what was sent. Blocking; run in worker threads.

Promises: an update is stored before `take` returns; its answer, the new state of the conversation and the records of both are written in
one transaction, so that a crash leaves all of it or nothing. A message that fails again and again is given up with an apology, and holds
up nothing but its own chat for a few seconds.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

import structlog
from sqlalchemy import Connection
from telegram import Update

from bot.channels.serving import Serving
from bot.channels.session import SEOUL, seoul_now
from bot.channels.telegram.asking import Asking
from bot.channels.telegram.conversation import Conversation, Response
from bot.channels.telegram.feedback import Feedback
from bot.channels.telegram.incoming import Incoming, Self
from bot.channels.telegram.intake import FLOW, Intake
from bot.channels.telegram.layout import Place, Request, acknowledge, extended, message, with_reply
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.person import Person
from bot.channels.telegram.publishing import Publishing
from bot.channels.telegram.staff.approval import Approval
from bot.channels.telegram.staff.digests import Digests
from bot.channels.telegram.staff.drafts import Drafts
from bot.channels.telegram.staff.feedback import Notices
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.inquiries import Inquiries
from bot.channels.telegram.staff.pausing import Pausing
from bot.channels.telegram.staff.room import StaffRoom
from bot.channels.telegram.staff.versions import Versions
from bot.channels.telegram.step import Act, Errand, Step
from bot.config import Settings, publishes_on_approval
from bot.desk.hours import OfficeHours
from bot.dialogue.pausing import REASON, Paused
from bot.engine import Turn
from bot.errors import StoreError
from bot.store import mail, notes, pauses, records
from bot.store.database import Database
from bot.store.deletions import append as note_deletion
from bot.store.deletions import journal_path
from bot.store.keys import Keys

T = TypeVar("T")
TRIES = 3  # to answer a message
# Why a question counts as one that the newsletter does not answer.
UNANSWERED = {"not in the newsletter", "not found, again", "unsure", "other year", "aspect without topic"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Work:
    """What one step for a chat led to: whether a message was answered, what may be sent now, and which other chats got something to do."""

    answered: bool
    parcels: list[mail.Parcel] = field(default_factory=list)
    visits: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Something that Telegram has taken, and the id of the message that it has become (0: not known)."""

    parcel: mail.Parcel
    message_id: int = 0


class Mailroom:
    """The store's side of the channel. on_errand: begins an errand, from any thread; by itself it is done at once."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        serving: Serving,
        settings: Settings,
        bot: Self,
        metrics: Metrics,
        clock: Callable[[], dt.datetime] = seoul_now,
        staff: StaffGroup | None = None,
        publishing: Publishing | None = None,
    ) -> None:
        self.database, self.keys, self.serving, self.settings, self.bot, self.metrics, self.clock = (
            database, keys, serving, settings, bot, metrics, clock,
        )  # fmt: skip
        self.staff = staff or StaffGroup(None)
        hours = OfficeHours(settings.handoff)
        inquiries = Inquiries(settings, serving, self.staff, hours)
        self.inquiries = inquiries
        self.asking = Asking(settings, self.staff, inquiries, hours)
        pausing = Pausing(serving, self.staff)
        notices = Notices(serving, self.staff, pausing)
        self.feedback = Feedback(self.staff, notices)
        drafts, digests = Drafts(settings, serving, self.staff, database), Digests(serving, self.staff, hours, database, pausing)
        self.approval = Approval(serving, self.staff)
        self.versions = Versions(publishing or Publishing(serving, database, publishes_on_approval(settings), clock), self.staff)
        parts = [inquiries.part, pausing.part, notices.part, self.approval.part, self.versions.part, drafts.part, digests.part]
        self.room = StaffRoom(self.staff, parts, inquiries.answers.answer)
        self.intake = Intake(bot, keys, self.staff, settings.limits, metrics)
        self.on_errand: Callable[[Errand], object] = lambda errand: self.act(self.carry_out(errand))
        self._conversation: Conversation | None = None
        self._journal = journal_path(settings.store, database)

    # -- taking in -----------------------------------------------------------------------------------------------

    def take(self, update: Update, is_staff: bool = False) -> str | None:
        """Stores an update; the hash of its chat, or None where nothing is to be done. Raises StoreError: then it is not stored.

        is_staff  whether whoever did it belongs to the group of the staff at this moment
        """
        taken = self.intake.read(update, is_staff)
        if taken is None:
            return None
        with self.database.begin() as connection:
            is_new = mail.receive(connection, self.bot.id, update.update_id, taken.chat, taken.incoming.as_json(), self.clock())
        if not is_new:
            self.metrics.dropped("duplicate")
            return taken.chat
        self.intake.count(update, taken)
        self.metrics.update("staff" if taken.in_group else taken.incoming.kind)
        return taken.chat

    # -- answering -----------------------------------------------------------------------------------------------

    def work(self, chat: str, arrived: Arrived | None = None) -> Work:
        """Notes what has arrived, and answers the next message of the chat, if one waits; then what may be sent to it. Raises StoreError."""
        letter = None
        try:
            with self._step() as step:
                self._note_arrived(step, arrived)
                letter = mail.next_letter(step.connection, self.bot.id, chat, self.clock())
                if letter is not None:
                    self._answer(step, letter)
                return Work(letter is not None, mail.parcels(step.connection, self.bot.id, chat, self.clock()), _others(step, chat))
        except StoreError:
            raise
        except Exception:
            if letter is None:
                raise
            log.exception("message failed", trace=self.keys.trace(letter.update_id), attempt=letter.attempts + 1)
            self.metrics.error("answer")
        return self._failed(letter, arrived)

    @contextlib.contextmanager
    def _step(self) -> Iterator[Step]:
        with self.database.begin() as connection:
            step = Step(connection, self.clock().astimezone(SEOUL), self.bot.id, self.keys)
            yield step
        for errand in step.errands:
            self.on_errand(errand)

    def _note_arrived(self, step: Step, arrived: Arrived | None) -> None:
        if arrived is not None:
            mail.sent(step.connection, arrived.parcel, step.now)
            if arrived.parcel.note is not None:
                self.room.arrived(step, arrived.parcel, arrived.message_id)

    def _failed(self, letter: mail.Letter, arrived: Arrived | None) -> Work:
        """A message that could not be answered, by a fault of the program: tried again, and at last given up with an apology."""
        with self._step() as step:
            self._note_arrived(step, arrived)  # what is true whatever became of the message
            if letter.attempts + 1 < TRIES:
                mail.postpone_letter(step.connection, letter, step.now + dt.timedelta(seconds=2**letter.attempts))
                return Work(True, visits=_others(step, letter.chat))
            mail.handled(step.connection, letter, step.now)
            if {"kind", "chat_id"} <= letter.payload.keys():
                incoming = Incoming.from_json(letter.payload)
                if self.staff.is_here(incoming.chat_id):
                    self.room.failed(step, incoming)
                else:
                    self._apologise(step, letter, incoming)
            return Work(True, mail.parcels(step.connection, self.bot.id, letter.chat, self.clock()), _others(step, letter.chat))

    def _apologise(self, step: Step, letter: mail.Letter, incoming: Incoming) -> None:
        requests = [acknowledge(incoming.query)] if incoming.query else []
        if incoming.kind in ("text", "command", "media", "press"):
            requests += self._sentence(step.connection, letter.chat, incoming, "failed")
        self._post(step, letter, incoming, requests, None)

    def _answer(self, step: Step, letter: mail.Letter) -> None:
        start, connection = time.perf_counter(), step.connection
        incoming = Incoming.from_json(letter.payload)
        kind = incoming.kind
        if incoming.kind == "moved" and incoming.new_id is not None:
            self._move(connection, letter.chat, incoming.new_id)
        elif incoming.kind == "left" and not self.staff.is_here(incoming.chat_id):  # what staff are to know of waits for their group
            mail.give_up_chat(connection, self.bot.id, letter.chat, "left", step.now)
            records.drop_state(connection, letter.chat)
        elif self.staff.is_here(incoming.chat_id):
            self.room.respond(step, incoming)
            kind = "staff"
        else:
            kind = self._reply(step, letter, incoming)
        mail.handled(connection, letter, step.now)
        self.metrics.reply(kind, time.perf_counter() - start)
        log.info("handled", trace=self.keys.trace(letter.update_id), kind=kind, ms=round((time.perf_counter() - start) * 1000, 1))

    def _reply(self, step: Step, letter: mail.Letter, incoming: Incoming) -> str:
        """Answers a resident; the kind of the reply."""
        connection, person, talk = step.connection, incoming.person, self._talk()
        stored = records.load_state(connection, letter.chat, person)
        asks = Person(incoming, letter.chat, talk.language(incoming, stored, step.now), talk)
        if self._passes_on(step, asks):
            return incoming.kind
        response = self._respond(step, talk, letter.chat, incoming, stored)
        if response.wish and self.asking.grant(step, replace(asks, language=response.language or asks.language), response.wish):
            return response.wish.split()[0]
        if response.turn is not None and self.asking.goes_on(step, asks, response.turn):
            return "staff"
        if response.forget:
            self.inquiries.forgotten(step, person)
            self.approval.forgotten(step)
            records.forget(connection, person, step.now)
            self._note_deletion(person, step.now)
        if response.state is not None:
            records.save_state(connection, letter.chat, person, json.dumps(response.state.as_json(), ensure_ascii=False), step.now)
        told = _told(response.turn, incoming, talk.engine.content.version) if response.turn else None
        reply_id = records.record(connection, letter.chat, person, told, step.now) if told else None
        self._post(step, letter, incoming, self._with_offer(step, asks, response), reply_id)
        return told.kind if told else incoming.kind

    def _with_offer(self, step: Step, asks: Person, response: Response) -> list[Request]:
        """The requests; who says that a reply is wrong is asked whether staff shall hear of it."""
        turn, requests = response.turn, response.requests
        if turn is None or turn.trace.decision.reason != "wrong" or asks.incoming.group or not requests or not self.staff.is_usable:
            return requests
        asks = replace(asks, language=turn.reply.language)
        buttons = self.asking.offer_report(step, asks, turn.state.topics)
        if not buttons:
            return requests
        return [*requests[:-1], extended(requests[-1], asks.sentence("report_ask"), buttons)]

    def _passes_on(self, step: Step, asks: Person) -> bool:
        """Whether a message is one of those by which a resident passes something on to staff."""
        incoming = asks.incoming
        if incoming.group or incoming.kind not in ("text", "media", "press"):
            return False
        if incoming.kind == "press":
            return self.asking.press(step, asks) or self.feedback.press(step, asks)
        # Whoever cries for help is answered before anything else.
        return not asks.talk.is_urgent(incoming.text) and self.asking.typed(step, asks)

    def _respond(self, step: Step, talk: Conversation, chat: str, incoming: Incoming, stored: str | None) -> Response:
        if incoming.kind == FLOW:
            said = self._sentence(step.connection, chat, incoming, "flow")
            return Response([acknowledge(incoming.query, said[0].payload["text"])] if incoming.query else said)
        stopped = pauses.paused(step.connection).keys()
        paused = Paused(frozenset(stopped) - {pauses.WHOLE}, pauses.WHOLE in stopped)
        return talk.respond(incoming, stored, step.now, lambda: records.held(step.connection, incoming.person), paused)

    def _talk(self) -> Conversation:
        """The conversation over the content that is served now; one message sees one content from its beginning to its end."""
        engine = self.serving.engine
        if self._conversation is None or self._conversation.engine is not engine:
            self._conversation = Conversation(engine, self.settings, self.bot.username, lambda: self.staff.is_usable)
        return self._conversation

    def _post(self, step: Step, letter: mail.Letter, incoming: Incoming, requests: list[Request], reply_id: int | None) -> None:
        sent = [with_reply(request, reply_id) for request in requests]
        step.post(incoming.chat_id, sent, incoming.person, reply_id=reply_id, since=letter.received_at)

    def _sentence(self, connection: Connection, chat: str, incoming: Incoming, key: str) -> list[Request]:
        """A sentence in the language of the conversation."""
        talk = self._talk()
        state = talk.engine.load_state(records.load_state(connection, chat, incoming.person))
        return message(Place(incoming.chat_id, incoming.thread_id), talk.sentence(key, state.language or incoming.language or "ko"))

    def _note_deletion(self, person: str, now: dt.datetime) -> None:
        """Notes a deletion for the day a backup is restored. Where the journal cannot be written it is done all the same, and told."""
        if self._journal is None:
            return
        try:
            note_deletion(self._journal, person, now)
        except StoreError as error:
            log.error("deletion not in the journal", place=error.place, problem=error.problem, remedy=error.remedy)
            self.metrics.error("store")

    # -- sending -------------------------------------------------------------------------------------------------

    def sent(self, arrived: Arrived) -> list[str]:
        """Notes that something has arrived; the chats that have got something to do by that."""
        with self._step() as step:
            self._note_arrived(step, arrived)
            return step.visits

    def begin(self, parcel: mail.Parcel) -> bool:
        """What goes only once begins to go; False where it is not to go any more."""
        with self.database.begin() as connection:
            return mail.begin(connection, parcel.id, self.clock())

    def postpone(self, parcel: mail.Parcel, seconds: float) -> None:
        with self.database.begin() as connection:
            mail.postpone(connection, parcel.id, self.clock() + dt.timedelta(seconds=seconds))

    def give_up(self, parcel: mail.Parcel, reason: str, whole_chat: bool = False) -> list[str]:
        """Notes that something cannot be delivered; with it all else for the chat, where the chat is closed to the bot.

        The chats that have got something to do by that.
        """
        with self._step() as step:
            if whole_chat:
                mail.give_up_chat(step.connection, self.bot.id, parcel.chat, reason, step.now)
                records.drop_state(step.connection, parcel.chat)
            else:
                mail.give_up(step.connection, parcel.id, reason, step.now)
            self.room.tell_lost(step)
            return step.visits

    def tick(self) -> list[str]:
        """What is done as time goes by; the chats that have got something to do by that."""
        with self._step() as step:
            self.room.tick(step)
            return step.visits

    def act(self, do: Callable[[Step], T]) -> tuple[T, list[str]]:
        """Does something in a step; what came of it, and the chats that have got something to do by that."""
        with self._step() as step:
            return do(step), step.visits

    def carry_out(self, errand: Errand) -> Act:
        """Does what takes long, outside of any step; what is to be done in one then."""
        try:
            return errand.do()
        except StoreError as error:
            log.warning("errand failed", problem=error.problem)
            return errand.failed
        except Exception:
            log.exception("errand failed")
            self.metrics.error("staff")
            return errand.failed

    def remember(self, name: str, value: str) -> None:
        with self.database.begin() as connection:
            notes.remember(connection, name, value)

    def moved(self, parcel: mail.Parcel, new_id: int) -> str:
        """The group has another id; its hash."""
        with self.database.begin() as connection:
            return self._move(connection, parcel.chat, new_id)

    def _move(self, connection: Connection, chat: str, new_id: int) -> str:
        new_chat = self.keys.chat(new_id)
        records.move_chat(connection, chat, new_chat)
        mail.readdress(connection, self.bot.id, chat, new_chat, new_id)
        return new_chat

    def busy_chats(self) -> list[str]:
        with self.database.begin() as connection:
            return mail.busy_chats(connection, self.bot.id, self.clock())

    def has_work(self, chat: str) -> bool:
        with self.database.begin() as connection:
            return mail.has_work(connection, self.bot.id, chat, self.clock())

    def outage_sentence(self, language: str) -> str:
        return self._talk().sentence("outage", language)


def _others(step: Step, chat: str) -> list[str]:
    return [one for one in step.visits if one != chat]


def _told(turn: Turn, incoming: Incoming, version: str) -> records.Told:
    """What goes on record. A question is kept only where it was not answered; what is urgent is kept by nobody."""
    decision, reply = turn.trace.decision, turn.reply
    is_open = reply.kind == "fallback" or (reply.kind == "partial" and any(part.missing for part in decision.parts))
    is_withheld = bool(decision.withheld or decision.reason == REASON) and reply.kind != "chitchat"
    asked = incoming.text if (is_open or is_withheld) and not reply.urgent and incoming.kind in ("text", "media") else ""
    # What is no question to the newsletter may still be asked of staff; it is none of those that a topic is missing for.
    is_other = reply.kind == "fallback" and decision.reason not in UNANSWERED
    other = "paused" if is_withheld and not (is_open and reply.kind == "partial") else "other" if is_other else ""
    return records.Told(reply.kind, decision.reason, reply.topics, reply.aspects, reply.language, version, asked, other)

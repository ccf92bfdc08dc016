"""The life of a question, in one screen: text → utterance → candidates × aspects → decision → reply.

Pure: no I/O, no clock, no globals. What lasts between two messages is the State that goes in and comes out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.content import Content
from bot.dialogue import Option, Pick, Reply, State
from bot.dialogue.decision import Decision
from bot.dialogue.pausing import NOTHING, REASON, Paused, withhold
from bot.dialogue.policy import Policy, Thresholds
from bot.dialogue.question import Question, Understander
from bot.dialogue.wording import Office, Wording
from bot.korean import Tagger
from bot.matching import Index, Lexicon, load_coefficients
from bot.matching.urgent import UrgentSigns

if TYPE_CHECKING:
    from bot.matching.meaning import Meaning
    from bot.matching.semantic import Encoder


@dataclass(frozen=True, slots=True)
class Trace:
    """Why the reply is what it is."""

    question: Question | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class Turn:
    """A reply, the state after it, and why."""

    reply: Reply
    state: State
    trace: Trace


class Engine:
    """Answers messages from one content.

    encoder  for likeness of meaning, which counts as soon as it is ready; None: words alone
    """

    def __init__(
        self, content: Content, tagger: Tagger, office: Office, fresh_days: int = 14, idle_minutes: int = 30, thresholds: Thresholds | None = None,
        encoder: Encoder | None = None,
    ) -> None:  # fmt: skip
        self.content, self.idle_minutes = content, idle_minutes
        lexicon, coefficients = Lexicon(content, tagger), load_coefficients()
        index = Index(content, lexicon, coefficients.ranking)
        self.urgent = UrgentSigns(content.urgent, content.urgent_unless)
        meaning: Meaning | None = None
        if encoder is not None:
            from bot.matching.meaning import Meaning

            meaning = Meaning(index, encoder, coefficients.ranking)
        self.understander = Understander(content, lexicon, index, coefficients.evidence, meaning)
        self.policy = Policy(content, fresh_days, thresholds or Thresholds(), index.vocabulary_of)
        self.wording = Wording(content, office)

    def reply(self, message: str | Pick, state: State | None, now: dt.datetime, paused: Paused = NOTHING) -> Turn:
        """Answer one message. `now` is aware; its own zone decides what day it is. paused: what staff have stopped.

        Every step a question passes is here; none of them does I/O.
        """
        state = (state or State()).aged(now, self.idle_minutes)
        if isinstance(message, Pick):
            return self._picked(message, state, now, paused)
        question = self.understander.understand(message, state)  # normalised, tokenised; topics and aspects, with evidence
        decision = self._urgent(question, state) or self.policy.decide(question, state, now)  # answer, partial, clarify, …
        decision = withhold(decision, paused, self.policy.telling, now)
        reply = self.wording.word(decision, state, now)
        reply = replace(
            reply,
            candidates=tuple((c.topic_id, min(1.0, c.score)) for c in question.candidates[:5]),
            confidence=question.evidence.probability if question.evidence else 0.0,
        )
        return Turn(reply, self._after(state, decision, reply, question, now), Trace(question, decision))

    def prepare(self) -> None:
        """Makes what is else made where it is first needed, so that nobody waits for it: for those who answer more than one message."""
        self.understander.prepare()
        self.urgent.prepare()

    def wait(self, seconds: float | None = None) -> bool:
        """Whether all that is to count does, after at most that time: where answers must not hang on the moment."""
        meaning = self.understander.meaning
        return meaning is None or meaning.wait(seconds)

    def load_state(self, value: Any) -> State:
        """The state that was stored as JSON; what no longer exists in it is dropped."""
        return State.from_json(value, self.content.topics, self.content.aspects)

    def _urgent(self, question: Question, state: State) -> Decision | None:
        found = self.urgent.find(question.said)
        if found is None:
            return None
        language = question.language if question.language in ("ko", "en") else state.language or "ko"
        return Decision("fallback", "urgent", language, say=((found.reply.get(language), {}),), urgent=found.id, reason=f"urgent: {found.id}")

    def _picked(self, pick: Pick, state: State, now: dt.datetime, paused: Paused) -> Turn:
        topic = pick.topic if pick.topic is None or pick.topic in self.content.topics else ""
        language = state.language or "ko"
        if topic == "":
            decision = Decision("fallback", "say", language, say=(("forgotten", {}),), reason="topic is gone")
        else:
            option = next((o for o in state.options if o.topic == topic), None)
            option = replace(option, aspects=pick.aspects) if option and pick.aspects else option or Option("", topic, pick.aspects)
            decision = self.policy.pick(topic, None, state, now, language, option)
        decision = withhold(decision, paused, self.policy.telling, now)
        reply = self.wording.word(decision, state, now)
        return Turn(reply, self._after(state, decision, reply, None, now), Trace(None, decision))

    def _after(self, state: State, decision: Decision, reply: Reply, question: Question | None, now: dt.datetime) -> State:
        """What the conversation remembers after this reply."""
        told = bool(decision.parts)
        topics = reply.topics if told else state.topics
        moved = told and topics != state.topics
        restart = decision.reason == "restart"
        earlier = tuple(dict.fromkeys((*(state.topics if moved else ()), *state.earlier)))[:6]
        stated = tuple(fact for part in decision.parts for _, fact in part.stated if fact)
        return State(
            language=reply.language,
            chosen=state.chosen or decision.reason == "language",
            topics=() if restart else topics,
            aspects=() if restart else (decision.aspects if told else state.aspects),
            earlier=() if restart else earlier,
            options=reply.options,
            numbered=reply.numbered or (() if restart or reply.options else state.numbered),
            told=tuple(dict.fromkeys((*(() if moved else state.told), *stated)))[:20] if told else state.told,
            fallbacks=state.fallbacks + 1 if reply.kind == "fallback" and not reply.urgent and decision.reason != REASON else 0,
            turns=state.turns + 1,
            contacted=bool(reply.contact) if told else state.contacted and reply.language == state.language,
            urgent=bool(reply.urgent),
            at=now.astimezone(dt.timezone.utc).isoformat(timespec="seconds"),
        )

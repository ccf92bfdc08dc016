"""What to do about a message: answer, answer in part, offer a choice, decline, or make conversation.

The order is the promise: danger first, then what the message does to the conversation, then the question itself. What the newsletter
states decides between answer and partial; confidence decides whether a topic is spoken of at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.content import Content, Topic
from bot.dialogue.decision import Decision, Part
from bot.dialogue.question import LAST, NO_PICK, Question, is_bare
from bot.dialogue.reply import Option
from bot.dialogue.state import State
from bot.dialogue.telling import Telling
from bot.matching import VERBAL

UNNAMED = 12
MAX_OPTIONS = 3  # and "none of these"
WEAK_TALK = ("laugh", "praise", "complaint", "help", "greeting")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which a topic is spoken of, and from which it is offered.

    partial  needed to say that something is not stated of a topic which the question does not name
    close    gap in score below which two topics are told apart by asking
    """

    answer: float = 0.4
    offer: float = 0.25
    partial: float = 0.75
    close: float = 0.035


class Policy:
    """Decides about understood messages of one content."""

    def __init__(self, content: Content, fresh_days: int, thresholds: Thresholds, vocabulary: Callable[[Sequence[str]], set[str]]) -> None:
        self.content, self.thresholds, self.vocabulary = content, thresholds, vocabulary
        self.telling = Telling(content, fresh_days)

    # -- the order -----------------------------------------------------------------------------------------------

    def decide(self, question: Question, state: State, now: dt.datetime) -> Decision:
        """The decision about one message."""
        language = self.language(question, state)
        steps = (self._empty, self._picked, self._switched, self._foreign, self._conversed, self._elsewhen, self._about_earlier, self._asked)
        for step in steps:
            decision = step(question, state, now, language)
            if decision is not None:
                return decision
        return self._fallback(question, state, language)

    def language(self, question: Question, state: State) -> str:
        """The language to reply in."""
        if question.goes("korean") and not question.goes("english"):
            return "ko"
        if question.goes("english") and not question.chosen_strongly(self.thresholds.answer):
            return "en"
        spoken = question.language
        return spoken if spoken in ("ko", "en") else state.language or "ko"

    # -- steps ---------------------------------------------------------------------------------------------------

    def _empty(self, question: Question, state: State, now: dt.datetime, language: str) -> Decision | None:
        if question.reading.compact or question.pick != NO_PICK:
            return None
        return Decision("fallback", "say", language, say=(("empty", {}),), reason="empty")

    def _picked(self, question: Question, state: State, now: dt.datetime, language: str) -> Decision | None:
        """A number, or words that fit one of the options."""
        if question.pick != NO_PICK:
            language = state.language or language
            offered = [option.topic for option in state.options] or list(state.numbered)
            if not offered:
                return None if question.reading.terms else Decision("fallback", "say", language, say=(("no_list", {}),), reason="no list")
            number = len([topic for topic in offered if topic]) if question.pick == LAST else question.pick
            if not 1 <= number <= len(offered):
                return Decision("fallback", "say", language, say=(("fallback_pick", {}),), reason="no such number")
            option = state.options[number - 1] if state.options else None
            return self.pick(offered[number - 1], question, state, now, language, option)
        if state.options and len(question.reading.words) <= 4:
            if question.goes("none"):
                return self.pick(None, question, state, now, language, None)
            if question.goes("yes") and not question.residual:
                offered = [o for o in state.options if o.topic]
                return self.pick(offered[0].topic, question, state, now, language, offered[0]) if len(offered) == 1 else None
            fits = [o for o in state.options if o.topic and self._fits(o.topic, question)]
            if len(fits) == 1:
                return self.pick(fits[0].topic, question, state, now, language, fits[0])
        return None

    def _fits(self, topic_id: str, question: Question) -> bool:
        nouns = [t for t in question.reading.terms if t.kind not in VERBAL and not t.soft]
        candidate = next((c for c in question.candidates if c.topic_id == topic_id), None)
        return bool(nouns) and candidate is not None and all(t.key in candidate.met for t in nouns)

    def pick(
        self, topic_id: str | None, question: Question | None, state: State, now: dt.datetime, language: str, option: Option | None
    ) -> Decision:
        """What a picked option leads to."""
        if topic_id == "":
            return Decision("fallback", "say", language, say=(("forgotten", {}),), reason="topic is gone")
        if topic_id is None:
            return Decision("fallback", "say", language, say=(("none_chosen", {}),), reason="none of these")
        aspects = [cue.id for cue in question.aspects] if question else []
        aspects = aspects or list(option.aspects if option else ())
        return self.telling.tell([self.content.topics[topic_id]], [aspects], question, now, language)

    def _switched(self, question: Question, state: State, now: dt.datetime, language: str) -> Decision | None:
        """A wish for another language says the last reply again in it."""
        if not question.goes("korean", "english") or [t for t in question.residual if not t.known] or question.chosen_strongly(self.thresholds.answer):
            return None
        key = f"language_{language}"
        if state.topics:
            topics = [self.content.topics[t] for t in state.topics]
            told = self.telling.tell(topics, [list(state.aspects)] * len(topics), None, now, language)
            return replace(told, closings=((key, {}),), reason="language")
        return Decision("chitchat", "say", language, say=((key, {}),), reason="language")

    def _foreign(self, question: Question, state: State, now: dt.datetime, language: str) -> Decision | None:
        utterance = question.reading.utterance
        if utterance.language != "other":
            return None
        key = f"other_{utterance.script}" if utterance.script else "other_language"
        return Decision("fallback", "say", language, say=((key, {}),), reason="another language")

    def _conversed(self, question: Question, state: State, now: dt.datetime, language: str) -> Decision | None:
        """Small talk and navigation, where nothing is asked besides."""
        asks = [cue for cue in question.aspects if not self.content.aspects[cue.id].weak]
        sure = question.chosen_strongly(self.thresholds.answer)
        if question.goes("wrong") and state.topics and not asks:
            same = not question.chosen or question.chosen[0].topic_id in state.topics or not sure
            if same:
                return Decision("chitchat", "say", language, say=(("claimed_wrong", {}),), reason="wrong")
        if question.residual and any(t.known or t.kind in ("noun", "name", "place", "foreign") for t in question.residual):
            return None
        if question.goes("correction") and state.topics and not question.smalltalk and not asks and not sure:
            return Decision("chitchat", "say", language, say=(("corrected", {}),), reason="correction")
        talk = question.smalltalk[0].id if question.smalltalk else ""
        for name in ("thanks", "goodbye", "safe", "who", "complaint", "praise", "greeting", "laugh", "help"):
            if any(cue.id == name for cue in question.smalltalk):
                talk = name
                break
        if talk in ("who", "help") and question.aspects and state.topics and not self._addresses(question):
            return None
        if talk and not (asks and state.topics and talk not in ("thanks", "goodbye", "who")) and not (talk in WEAK_TALK and question.goes("more", "back") and state.topics):
            if not any(self.content.aspects[c.id].alone for c in asks):
                return Decision("chitchat", "say", language, say=(("smalltalk:" + talk, {}),), reason=talk)
        for name in ("restart", "stop", "person"):
            if question.goes(name) and not asks:
                return Decision("chitchat", "say", language, say=(("navigation:" + name, {}),), reason=name)
        return None

    def _elsewhen(self, question: Question, state: State, now: dt.datetime, language: str) -> Decision | None:
        """A question about a year that the newsletter does not speak of."""
        if not question.other_years or str(now.year) in question.other_years:
            return None
        return Decision("fallback", "say", language, say=(("other_year", {"year": question.other_years[0]}), ("fallback_way", {})), reason="other year")

    def _addresses(self, question: Question) -> bool:
        """Whether the message speaks to the bot itself ("네 이름이 뭐야") rather than of the topic ("이름이 뭐예요")."""
        return question.goes("you")

    def _about_earlier(self, question: Question, state: State, now: dt.datetime, language: str) -> Decision | None:
        """What leans on what was said before: an aspect alone, "that one", "more"."""
        if question.goes("correction") and question.chosen_strongly(self.thresholds.offer):
            return None
        nouns = [t for t in question.residual if t.kind in ("noun", "name", "place", "foreign", "root")]
        own = self.vocabulary(state.topics)
        strange = [t for t in nouns if t.key not in own]
        topics = [self.content.topics[t] for t in state.topics]
        offered = [o.topic for o in state.options if o.topic]
        if len(offered) == 1:
            topics = [self.content.topics[offered[0]]]
        aspects = [cue.id for cue in question.aspects]
        if any(self.content.aspects[a].alone for a in aspects):
            if not topics or not question.goes("back") and "sum" not in aspects:
                return None
        named = question.chosen_strongly(self.thresholds.answer) and question.chosen[0].named >= 0.5
        if question.chosen and nouns and question.chosen[0].topic_id in {m for topic in topics for m in topic.members}:
            return self.telling.tell([self.content.topics[question.chosen[0].topic_id]], [aspects], question, now, language)
        if question.chosen_strongly(0.75) or named or not topics or (strange and not (question.goes("back") and aspects)):
            return None
        if question.goes("back") and ("처음" in question.reading.compact or "first" in question.reading.compact) and state.earlier:
            topics = [self.content.topics[state.earlier[-1]]]
        if question.goes("both") and state.earlier:
            ids = dict.fromkeys((*state.topics, *state.earlier))
            both = [self.content.topics[topic_id] for topic_id in list(ids)[: 3 if "셋" in question.reading.compact else 2]]
            return self.telling.tell(both, [aspects] * len(both), question, now, language)
        if question.goes("more") and not [a for a in aspects if not self.content.aspects[a].weak]:
            return self._more(topics[0], state, now, language)
        if question.goes("repeat") and not aspects:
            return replace(self.telling.tell(topics, [list(state.aspects)] * len(topics), question, now, language), reason="repeat")
        if aspects or nouns or question.goes("back", "claim") or question.quantities:
            return self.telling.tell(topics, [aspects] * len(topics), question, now, language)
        return None

    def _more(self, topic: Topic, state: State, now: dt.datetime, language: str) -> Decision:
        """What has not been told of the topic yet."""
        told = set(state.told)
        texts = {topic.facts[a].get(language) for a in told if a in topic.facts}
        if topic.is_simple:
            return self.telling.tell([topic], [[]], None, now, language)
        rest = [a for a in topic.facts if a not in told and topic.facts[a].get(language) not in texts][:2]
        if topic.members:
            return self.telling.tell([topic], [[]], None, now, language)
        if not rest:
            return Decision("partial", "tell", language, (Part(topic.id),), openings=(("more_none", {}),), contact=True, reason="more", more=True)
        return Decision("answer", "tell", language, (Part(topic.id, tuple((a, a) for a in rest)),), tuple(rest), reason="more", more=True)

    def _asked(self, question: Question, state: State, now: dt.datetime, language: str) -> Decision | None:
        """A question that names its topic, surely enough."""
        aspects = [cue.id for cue in question.aspects]
        alone = next((a for a in aspects if self.content.aspects[a].alone), "")
        if not question.chosen or question.evidence is None:
            return self._alone(alone, language)
        confidence = question.evidence.probability
        topics = [self.content.topics[c.topic_id] for c in question.chosen]
        gate = self.gate(question)
        if gate == "group":
            return self._suggest(topics[0], aspects, language)
        if gate or confidence < self.thresholds.offer:
            return self._alone(alone, language)
        rivals = self._rivals(question)
        lacking = not all(self.telling.states(topics[0], aspect, now) for aspect in aspects)
        best = question.chosen[0]
        if lacking and confidence < self.thresholds.partial and best.named < 0.5:
            return self._suggest(topics[0], aspects, language)
        if rivals and len(topics) == 1 and (confidence >= self.thresholds.offer):
            options = [self._option(self.content.topics[c.topic_id], aspects, language) for c in [question.chosen[0], *rivals]]
            return self._choice(options, language)
        if confidence < self.thresholds.answer:
            return self._suggest(topics[0], aspects, language)
        if not aspects and is_bare(question) and state.aspects and not topics[0].members:
            inherited = [a for a in state.aspects if not self.content.aspects[a].weak]
            return self.telling.tell(topics, [inherited] * len(topics), question, now, language, "inherited")
        return self.telling.tell(topics, self._aspects_by_topic(question, len(topics)), question, now, language)

    def gate(self, question: Question) -> str:
        """Why the topics found are not told however sure they are: place, year, alone or group; "" where they may be.

        place  another place's programme is not in the newsletter, however alike
        group  a group's general name with a noun more is another programme (청년 월세), unless the list is asked for
        """
        assert question.evidence is not None
        topics = [self.content.topics[c.topic_id] for c in question.chosen]
        aspects = [cue.id for cue in question.aspects]
        if question.evidence.features["unknown_places"]:
            return "place"
        if question.other_years:
            return "year"
        if any(self.content.aspects[a].alone and a != "sum" and not any(a in topic.facts for topic in topics) for a in aspects):
            return "alone"
        if topics[0].members and "which" not in aspects and any(t.kind not in VERBAL for t in question.evidence.unexplained):
            return "group"
        return ""

    def _alone(self, aspect: str, language: str) -> Decision | None:
        if not aspect:
            return None
        return Decision("fallback", "say", language, say=(("alone:" + aspect, {}),), aspects=(aspect,), reason=aspect)

    def _rivals(self, question: Question) -> list:
        """Topics as near as the best one, which the question does not tell apart from it."""
        best = question.chosen[0]
        if len(question.chosen) > 1:
            return []
        unnamed = best.named < 0.5
        near = []
        for other in question.candidates:
            # Words that describe both alike tell neither from the other, whatever the scores.
            close = self.thresholds.close * (UNNAMED if unnamed and best.met <= other.met else 1)
            if other.topic_id == best.topic_id or best.score - other.score > close or other.named < best.named - 0.3:
                continue
            if best.named >= 0.99 > other.named or not best.met <= other.met:
                continue
            if self.content.topics[other.topic_id].members or self.content.topics[best.topic_id].members:
                continue
            near.append(other)
        return near[: MAX_OPTIONS - 1]

    def _option(self, topic: Topic, aspects: Sequence[str], language: str) -> Option:
        return Option(topic.title.get(language), topic.id, tuple(aspects))

    def _choice(self, options: list[Option], language: str) -> Decision:
        none = Option(self.content.say("none_of_these", language), None)
        return Decision("clarify", "choose", language, options=(*options, none), reason="close")

    def _suggest(self, topic: Topic, aspects: Sequence[str], language: str) -> Decision:
        """Declines, and offers the one topic that may have been meant."""
        options = (self._option(topic, aspects, language), Option(self.content.say("none_of_these", language), None))
        return Decision("fallback", "say", language, say=(("fallback", {}), ("suggest", {})), options=options, reason="unsure")

    def _aspects_by_topic(self, question: Question, count: int) -> list[list[str]]:
        """The aspects asked of each topic: where there are as many as topics, each goes with the topic before it."""
        cues = question.aspects
        if count < 2 or len(cues) < 2:
            return [[cue.id for cue in cues]] * count
        places = [
            max((t.start for t in question.reading.terms if t.key in c.met and t.key not in set().union(*(o.met for o in question.chosen if o is not c))), default=0)
            for c in question.chosen
        ]
        shares: list[list[str]] = [[] for _ in range(count)]
        for cue in cues:
            before = [n for n, place in enumerate(places) if place <= cue.start]
            shares[max(before, key=lambda n: places[n]) if before else 0].append(cue.id)
        every = [cue.id for cue in cues]
        return [share or every for share in shares]

    # -- declining -----------------------------------------------------------------------------------------------

    def _fallback(self, question: Question, state: State, language: str) -> Decision:
        """Says that it does not know, and the way on; a second time in a row otherwise than the first."""
        strong = [cue.id for cue in question.aspects if not self.content.aspects[cue.id].weak]
        alone = next((a for a in strong if self.content.aspects[a].alone), "")
        if alone:
            return Decision("fallback", "say", language, say=(("alone:" + alone, {}),), aspects=(alone,), reason=alone)
        if state.fallbacks:
            return Decision("fallback", "say", language, say=(("fallback_again", {}),), reason="not found, again")
        subject = self._subject(question, language)
        if strong and not question.residual and not question.chosen:
            return Decision("fallback", "say", language, say=(("which_topic", {}),), reason="aspect without topic")
        first = ("fallback_subject", {"subject": subject}) if subject else ("fallback", {})
        return Decision("fallback", "say", language, say=(first, ("fallback_way", {})), reason="not in the newsletter")

    def _subject(self, question: Question, language: str) -> str:
        """The word of the question that is not in the newsletter, where one stands out."""
        rest = [t for t in question.residual if not t.known and t.kind in ("noun", "name", "place", "foreign") and 2 <= t.end - t.start <= 12]
        if not rest or question.reading.utterance.language != language:
            return ""
        longest = max(rest, key=lambda t: (t.kind in ("name", "place"), t.end - t.start))
        word = longest.key if longest.kind != "foreign" else question.reading.compact[longest.start : longest.end]
        return word if word.isalpha() else ""

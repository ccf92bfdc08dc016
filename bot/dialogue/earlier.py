"""What leans on what was said before: an aspect alone, "that one", "more", a number or words of an option."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.content import Content, Topic
from bot.dialogue.decision import Decision, Part
from bot.dialogue.moment import NOUNS, Moment
from bot.dialogue.picks import LAST
from bot.dialogue.question import Question, is_bare
from bot.dialogue.reply import Option
from bot.dialogue.state import State
from bot.dialogue.telling import Telling
from bot.matching import VERBAL

_SURE = 0.75  # from here on a topic found is meant for itself, whatever was said before
_ALSO = "도"  # 보광초도 들어가요: one more of what is talked about
_SHORT = 4  # words of a message that may pick an option
_MOST_AT_ONCE = 3  # topics told in one reply


class Earlier:
    """Follows a conversation back.

    vocabulary  every word that topics have, by their ids
    """

    def __init__(self, content: Content, telling: Telling, vocabulary: Callable[[Sequence[str]], set[str]], sure_from: float) -> None:
        self.content, self.telling, self.vocabulary, self.sure_from = content, telling, vocabulary, sure_from

    # -- options -------------------------------------------------------------------------------------------------

    def picked(self, moment: Moment) -> Decision | None:
        """A number, "yes", or words that fit one of the options."""
        question, options = moment.question, moment.state.options
        if len(question.picks) > 1 or (options and question.goes("both") and not question.residual):
            return self._several_picked(moment)
        if question.pick is not None:
            return self._numbered(question.pick, replace(moment, language=moment.state.language or moment.language))
        if not options or len(question.reading.words) > _SHORT:
            return None
        if question.goes("none"):
            return self._pick(moment, None, None)
        fits = [option for option in options if option.topic and (self._agrees(question) or self._fits(option.topic, question))]
        return self._pick(moment, fits[0].topic, fits[0]) if len(fits) == 1 else None

    def _several_picked(self, moment: Moment) -> Decision:
        """Several numbers of a list, or all that was offered."""
        state, question = moment.state, moment.question
        offered = [option.topic for option in state.options] or list(state.numbered)
        numbers = question.picks or range(1, len([topic for topic in offered if topic]) + 1)
        picked = [offered[number - 1] for number in numbers if 1 <= number <= len(offered)]
        topics = [topic for topic in picked if topic]
        if len(topics) < len(numbers):
            return moment.say("fallback", "fallback_pick", reason="no such number")
        aspects = moment.aspects or list(state.options[0].aspects if state.options else ())
        language = state.language or moment.language
        return self.telling.tell(moment.of(topics[:_MOST_AT_ONCE]), [aspects] * len(topics[:_MOST_AT_ONCE]), question, moment.now, language)

    def _numbered(self, number: int, moment: Moment) -> Decision | None:
        offered = [option.topic for option in moment.state.options] or list(moment.state.numbered)
        if not offered:
            return None if moment.question.reading.terms else moment.say("fallback", "no_list", reason="no list")
        if number == LAST:
            number = len([topic for topic in offered if topic])
        if not 1 <= number <= len(offered):
            return moment.say("fallback", "fallback_pick", reason="no such number")
        return self._pick(moment, offered[number - 1], moment.state.options[number - 1] if moment.state.options else None)

    @staticmethod
    def _agrees(question: Question) -> bool:
        return question.goes("yes") and not question.residual

    @staticmethod
    def _fits(topic_id: str, question: Question) -> bool:
        """Whether all the nouns of the message are words of that topic."""
        terms = [term for term in question.reading.terms if not term.soft]
        nouns = [term for term in terms if term.kind not in VERBAL] or terms
        candidate = next((c for c in question.candidates if c.topic_id == topic_id), None)
        return bool(nouns) and candidate is not None and all(term.key in candidate.met for term in nouns)

    def _pick(self, moment: Moment, topic_id: str | None, option: Option | None) -> Decision:
        return self.pick(topic_id, moment.question, moment.state, moment.now, moment.language, option)

    def pick(self, topic_id: str | None, question: Question | None, state: State, now: dt.datetime, language: str, option: Option | None) -> Decision:
        """What a picked option leads to; "" is a topic that is gone, None is "none of these"."""
        if not topic_id:
            key, reason = ("none_chosen", "none of these") if topic_id is None else ("forgotten", "topic is gone")
            return Decision("fallback", "say", language, say=((key, {}),), reason=reason)
        aspects = [cue.id for cue in question.aspects] if question else []
        aspects = aspects or list(option.aspects if option else ())
        return self.telling.tell([self.content.topics[topic_id]], [aspects], question, now, language)

    # -- what was talked about -----------------------------------------------------------------------------------

    def follow(self, moment: Moment) -> Decision | None:
        """What is asked of the topics at hand, or None where the message names its own."""
        question, state, aspects = moment.question, moment.state, moment.aspects
        topics = self._at_hand(moment)
        member = self._member(moment, topics)
        if member is not None:
            inherited = [name for name in state.aspects if not self.content.aspects[name].weak] if is_bare(question) else []
            return self.telling.tell([member], [inherited or aspects], question, moment.now, moment.language, "inherited" if inherited else "")
        if not topics or self._stands_alone(moment):
            return None
        if question.goes("both") and state.earlier:
            return self._tell(moment, self._several(moment))
        if question.goes("more") and not moment.strong:
            return self._more(topics[0], moment)
        if question.goes("repeat") and not aspects:
            return self.telling.tell(topics, [state.aspects] * len(topics), question, moment.now, moment.language, "repeat")
        own_words = any(term.kind in NOUNS for term in question.residual)
        if aspects or own_words or question.goes("back", "claim") or question.quantities:
            return self._tell(moment, topics)
        return None

    def _at_hand(self, moment: Moment) -> list[Topic]:
        state, text = moment.state, moment.question.reading.compact
        offered = [option.topic for option in state.options if option.topic]
        if len(offered) == 1:
            return moment.of(offered)
        if moment.question.goes("back") and ("처음" in text or "first" in text) and state.earlier:
            return moment.of(state.earlier[-1:])
        return moment.of(state.topics)

    def _member(self, moment: Moment, topics: Sequence[Topic]) -> Topic | None:
        """The one of the topics just listed, or offered, that the message names."""
        question, state = moment.question, moment.state
        if not question.chosen or moment.alone:
            return None
        best = question.chosen[0]
        members = {member for topic in topics for member in topic.members}
        if best.topic_id in members and any(term.kind in NOUNS for term in question.residual):
            return self.content.topics[best.topic_id]
        members.update(member for topic in moment.of(state.earlier) for member in topic.members)
        listed = {*members, *state.numbered, *(option.topic for option in state.options)}
        back = question.goes("back")
        if back:
            listed.update(state.earlier)
        short = len(question.reading.words) <= _SHORT + 2
        fits = short and (self._fits(best.topic_id, question) or (back and best.named >= 0.99))
        return self.content.topics[best.topic_id] if best.topic_id in listed and fits else None

    def _stands_alone(self, moment: Moment) -> bool:
        """Whether the message names its own topic, or something that the topics at hand do not have."""
        question = moment.question
        if question.goes("correction") and question.chosen:
            return True
        if moment.alone and moment.alone != "sum" and not question.goes("back"):
            return True
        if question.evidence is not None and question.evidence.features["unknown_places"]:
            return True  # another place's is asked for
        if question.is_sure(_SURE) or (question.is_sure(self.sure_from) and question.chosen[0].named >= 0.5):
            return True
        own = self.vocabulary(moment.state.topics)
        if question.is_sure(self.sure_from) and len(question.chosen[0].met) > 1 and question.chosen[0].met - own and not question.goes("back"):
            return True  # words of another topic, and not all of them of the one at hand
        text = question.reading.compact
        strange = [term for term in question.residual if term.kind in NOUNS and term.key not in own and text[term.end : term.end + 1] != _ALSO]
        return bool(strange) and not (question.goes("back") and moment.aspects)

    def _several(self, moment: Moment) -> list[Topic]:
        ids = list(dict.fromkeys((*moment.state.topics, *moment.state.earlier)))
        return moment.of(ids[: 3 if "셋" in moment.question.reading.compact else 2])

    def _tell(self, moment: Moment, topics: Sequence[Topic]) -> Decision:
        return self.telling.tell(topics, [moment.aspects] * len(topics), moment.question, moment.now, moment.language)

    def _more(self, topic: Topic, moment: Moment) -> Decision:
        """What has not been told of the topic yet."""
        language, told = moment.language, set(moment.state.told)
        if topic.is_simple or topic.members:
            return self.telling.tell([topic], [[]], None, moment.now, language)
        texts = {topic.facts[name].get(language) for name in told if name in topic.facts}
        rest = [name for name in topic.facts if name not in told and topic.facts[name].get(language) not in texts][:2]
        if not rest:
            return Decision("partial", "tell", language, (Part(topic.id),), openings=(("more_none", {}),), contact=True, reason="more", more=True)
        return Decision("answer", "tell", language, (Part(topic.id, tuple((name, name) for name in rest)),), tuple(rest), reason="more", more=True)

"""What to do about a message: answer, answer in part, offer a choice, decline, or make conversation.

The order is the promise: first what the message does to the conversation, then what it leans on, then the question itself; urgent messages
never come here. What the newsletter states decides between answer and partial; confidence decides whether a topic is spoken of at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.content import Content, Topic
from bot.dialogue.decision import Decision
from bot.dialogue.earlier import Earlier
from bot.dialogue.moment import Moment
from bot.dialogue.question import Question, is_bare
from bot.dialogue.reply import Option
from bot.dialogue.state import State
from bot.dialogue.talk import Talk
from bot.dialogue.telling import Telling
from bot.korean.jamo import is_jamo
from bot.matching import VERBAL, Candidate

MAX_OPTIONS = 3  # and "none of these"
_HINT = 0.02  # confidence from which a group is offered for a programme that it may hold
_VOWELS = frozenset("aeiouy")
_UNNAMED_CLOSE = 10  # how much wider a gap still counts as close where the words describe both topics alike


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which a topic is spoken of, and from which it is offered.

    partial  needed to say that something is not stated of a topic which the question does not name
    close    gap in score below which two topics are told apart by asking
    """

    answer: float = 0.5
    offer: float = 0.25
    partial: float = 0.85
    close: float = 0.015


class Policy:
    """Decides about understood messages of one content."""

    def __init__(self, content: Content, fresh_days: int, thresholds: Thresholds, vocabulary: Callable[[Sequence[str]], set[str]]) -> None:
        self.content, self.thresholds = content, thresholds
        self.telling = Telling(content, fresh_days)
        self.talk = Talk(self.telling, thresholds.answer)
        self.earlier = Earlier(content, self.telling, vocabulary, thresholds.answer)
        self.pick = self.earlier.pick

    def decide(self, question: Question, state: State, now: dt.datetime) -> Decision:
        """The decision about one message."""
        moment = Moment(question, state, now, self.language(question, state), self.content)
        talk, earlier = self.talk, self.earlier
        steps = (self._empty, earlier.picked, talk.switch, talk.foreign, talk.converse, self._another_year, earlier.follow, self._asked)
        for step in steps:
            decision = step(moment)
            if decision is not None:
                return decision
        return self._fallback(moment)

    def language(self, question: Question, state: State) -> str:
        """The language to reply in."""
        names_it = question.language == "en" and any(cue.id == "name" for cue in question.aspects)  # what is it called in Korean
        if question.goes("korean") and not question.goes("english") and not names_it:
            return "ko"
        if question.goes("english") and not question.is_sure(self.thresholds.answer):
            return "en"
        if question.language in ("ko", "en"):
            return question.language
        # Who writes Chinese is nearer to the English contact than to the Korean one.
        return state.language or ("en" if question.language == "other" else "ko")

    def gate(self, question: Question) -> str:
        """Why the topics found are not told however sure they are: place, year, alone or group; "" where they may be.

        place  another place's programme is not in the newsletter, however alike
        group  a group's general name with a noun more is another programme (청년 월세), unless the list is asked for
        """
        assert question.evidence is not None
        topics = [self.content.topics[candidate.topic_id] for candidate in question.chosen]
        aspects = [cue.id for cue in question.aspects]
        if question.evidence.features["unknown_places"]:
            return "place"
        if question.other_years or question.far_year:
            return "year"
        uncounted = not any(topic.counts for topic in topics)
        if any(self.content.aspects[a].alone and (a != "sum" or uncounted) and not any(a in topic.facts for topic in topics) for a in aspects):
            return "alone"
        if topics[0].members and "which" not in aspects and any(term.kind not in VERBAL for term in question.evidence.unexplained):
            return "group"
        return ""

    # -- steps ---------------------------------------------------------------------------------------------------

    def _empty(self, moment: Moment) -> Decision | None:
        if moment.question.reading.compact or moment.question.pick is not None:
            return None
        return moment.say("fallback", "empty", reason="empty")

    def _another_year(self, moment: Moment) -> Decision | None:
        """A question about a year that the newsletter does not speak of."""
        years = moment.question.other_years
        if moment.question.far_year and not years:
            return moment.say("fallback", "far_year", "fallback_way", reason="other year")
        if not years or str(moment.now.year) in years:
            return None
        return moment.say("fallback", "other_year", "fallback_way", reason="other year", year=years[0])

    def _asked(self, moment: Moment) -> Decision | None:
        """A question that names or describes its topic."""
        question, topics = moment.question, moment.topics
        gate = self.gate(question) if question.evidence else "nothing found"
        if gate == "group" and moment.confidence >= _HINT:
            return self._suggest(moment)
        if gate or moment.confidence < self.thresholds.offer:
            return None
        told = self.telling.tell(topics, _aspects_by_topic(question), question, moment.now, moment.language)
        if moment.confidence < self.thresholds.partial and _may_be_another(question, told):
            return self._suggest(moment)
        rivals = self._rivals(question)
        if rivals:
            options = (self._option(self.content.topics[c.topic_id], moment) for c in (question.chosen[0], *rivals))
            return Decision("clarify", "choose", moment.language, options=(*options, self._none(moment)), reason="close")
        if moment.confidence < self.thresholds.answer:
            return self._suggest(moment)
        if is_bare(question) and moment.state.aspects and not topics[0].members:
            inherited = [name for name in moment.state.aspects if not self.content.aspects[name].weak]
            return self.telling.tell(topics, [inherited] * len(topics), question, moment.now, moment.language, "inherited")
        return told

    # -- choices -------------------------------------------------------------------------------------------------

    def _rivals(self, question: Question) -> list[Candidate]:
        """Topics as near as the best one, which the question does not tell apart from it."""
        best = question.chosen[0]
        if len(question.chosen) > 1 or self.content.topics[best.topic_id].members:
            return []
        return [other for other in question.candidates if other.topic_id != best.topic_id and self._is_rival(best, other)][: MAX_OPTIONS - 1]

    def _is_rival(self, best: Candidate, other: Candidate) -> bool:
        if not best.met <= other.met or self.content.topics[other.topic_id].members:
            return False
        if best.named >= 0.99 > other.named or other.named < best.named - 0.3:
            return False
        # Words that describe both alike tell neither from the other, whatever the scores.
        close = self.thresholds.close * (_UNNAMED_CLOSE if best.named < 0.5 else 1)
        return best.score - other.score <= close

    def _option(self, topic: Topic, moment: Moment) -> Option:
        return Option(topic.title.get(moment.language), topic.id, tuple(moment.aspects))

    def _none(self, moment: Moment) -> Option:
        return Option(self.content.say("none_of_these", moment.language), None)

    def _suggest(self, moment: Moment) -> Decision:
        """Declines, and offers the one topic that may have been meant."""
        options = (self._option(moment.topics[0], moment), self._none(moment))
        return replace(moment.say("fallback", "fallback", "suggest", reason="unsure"), options=options)

    # -- declining -----------------------------------------------------------------------------------------------

    def _fallback(self, moment: Moment) -> Decision:
        """Says that it does not know, and the way on; a second time in a row otherwise than the first."""
        question = moment.question
        if moment.state.urgent:
            return moment.say("fallback", "after_urgent", reason="after urgent")
        if moment.alone:
            return replace(moment.say("fallback", "alone:" + moment.alone, reason=moment.alone), aspects=(moment.alone,))
        if moment.state.fallbacks:
            return moment.say("fallback", "fallback_again", reason="not found, again")
        if moment.strong and not question.residual and not question.chosen:
            return moment.say("fallback", "which_topic", reason="aspect without topic")
        subject = self._subject(moment)
        return moment.say("fallback", "fallback_subject" if subject else "fallback", "fallback_way", reason="not in the newsletter", subject=subject)

    def _subject(self, moment: Moment) -> str:
        """The word of the question that is not in the newsletter, where one stands out."""
        reading = moment.question.reading
        kinds = ("noun", "name", "place", "foreign")
        rest = [t for t in moment.question.residual if not t.known and t.kind in kinds and 2 <= t.end - t.start <= 12]
        if not rest or reading.utterance.language != moment.language:
            return ""
        longest = max(rest, key=lambda term: (term.kind in ("name", "place"), term.end - term.start))
        word = longest.key if longest.kind != "foreign" else reading.compact[longest.start : longest.end]
        return word if _is_word(word) else ""


def _is_word(word: str) -> bool:
    """Whether it may be repeated to whoever wrote it: no 가가, no rd, no hjkl."""
    if not word.isalpha() or len(set(word)) < 2:
        return False
    return len(word) > 2 and not _VOWELS.isdisjoint(word) if word.isascii() else not any(map(is_jamo, word))


def _may_be_another(question: Question, told: Decision) -> bool:
    """Whether what is asked is not stated, and the question may be of another thing: it names no topic, or goes beyond one whose name
    it has with a word before it (마포+사랑상품권).
    """
    if question.chosen[0].named < 0.5:
        return bool(told.parts[0].missing)
    beyond = any(key == "beyond" for key, _ in told.openings)
    return beyond and not question.claims and bool(question.evidence and question.evidence.features["modifiers"])


def _aspects_by_topic(question: Question) -> list[list[str]]:
    """The aspects asked of each topic: all of them of each, but where both are several, each goes with the topic before it."""
    every, chosen = [cue.id for cue in question.aspects], question.chosen
    if len(chosen) < 2 or len(every) < 2:
        return [every] * len(chosen)
    places = [_place(question, candidate) for candidate in chosen]
    shares: list[list[str]] = [[] for _ in chosen]
    for cue in question.aspects:
        before = [n for n, place in enumerate(places) if place <= cue.start]
        shares[max(before, key=lambda n: places[n]) if before else 0].append(cue.id)
    return [share or every for share in shares]


def _place(question: Question, candidate: Candidate) -> int:
    """Where the question names that topic: the last word that none of the other topics has."""
    others = set().union(*(other.met for other in question.chosen if other is not candidate))
    return max((term.start for term in question.reading.terms if term.key in candidate.met - others), default=0)

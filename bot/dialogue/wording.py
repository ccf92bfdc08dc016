"""From a decision to the words of a reply. Every sentence stands in intents/ and knowledge/; here they are only put together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.content import Content, Text, Topic
from bot.dialogue.decision import Decision, Part
from bot.dialogue.reply import Option, Reply, Source
from bot.dialogue.state import State
from bot.korean.romanise import name_in_latin

_SLOT = re.compile(r"\{(\w+)(?::([^}]+))?\}")
_HANGUL = re.compile("[가-힣]")
_BEHIND = re.compile(r"\(([^()]*[가-힣][^()]*)\)\s*$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
# How the last letter of a Latin word sounds in Korean, for the particle behind it.
_SOUNDS = dict(zip("abcdefghijklmnopqrstuvwxyz", "이비씨디이프지치이이이엘엠엔오피유알스티유이유스이트", strict=True))
_UNIT_SOUNDS = {"%": "퍼센트", "s": "초", "m": "미터", "g": "그램"}


@dataclass(frozen=True, slots=True)
class Office:
    """Who runs the bot: told when greeted, and named as the contact."""

    name: str
    contact: str
    official: bool
    contact_en: str = ""
    name_en: str = ""

    def called(self, language: str) -> str:
        """Its name in that language."""
        return self.name_en if language == "en" and self.name_en else self.name

    def reached(self, language: str) -> str:
        """Whom to ask, in that language."""
        return self.contact_en if language == "en" and self.contact_en else self.contact


def attach(word: str, particle: str) -> str:
    """The word with the form of the particle that its last sound asks for."""
    import tossi  # takes long, and few replies need it

    last = word.rstrip("'\"’”」)").strip()[-1:].lower()
    measured = re.search(r"\d\s*[a-z㎡/%]+$", word.rstrip("'\"’”」)").lower())
    spoken = _UNIT_SOUNDS.get(last) if measured else None
    spoken = spoken or (_SOUNDS.get(last) if last.isascii() and last.isalpha() else _UNIT_SOUNDS.get(last))
    if not spoken:
        return str(tossi.postfix(word, particle))
    shown = str(tossi.postfix(spoken, particle))
    return word + shown[len(spoken) :]


def fill(sentence: str, values: dict[str, str]) -> str:
    """The sentence with its slots filled; {name:은} puts the particle right."""

    def one(match: re.Match[str]) -> str:
        value = values.get(match[1], "")
        return attach(value, match[2]) if match[2] and value else value

    return _SLOT.sub(one, sentence)


class Wording:
    """Words the decisions of one content."""

    def __init__(self, content: Content, office: Office) -> None:
        self.content, self.office = content, office
        self.talk = {"smalltalk:" + item.id: item for item in content.smalltalk}
        self.talk |= {"navigation:" + item.id: item for item in content.navigation}

    def word(self, decision: Decision, state: State, now: dt.datetime) -> Reply:
        """The reply that says the decision."""
        language = decision.language
        if decision.act == "tell":
            return self._tell(decision, state, now)
        if decision.act == "choose":
            body = self.content.say("clarify", language)
            return Reply("clarify", body, language, options=decision.options)
        if decision.act == "urgent":
            return Reply("fallback", decision.say[0][0], language, urgent=decision.urgent)
        body = " ".join(self._said(key, values, decision, state) for key, values in decision.say)
        topics = tuple(part.topic for part in decision.parts)
        return Reply(decision.kind, body, language, topics, decision.aspects, decision.options)

    # -- parts of a reply ----------------------------------------------------------------------------------------

    def _said(self, key: str, values: dict[str, str], decision: Decision, state: State) -> str:
        language = decision.language
        values = {"contact": self._contact(language), "office": self.office.called(language), "intro": self._intro(language), **values}
        if key.startswith("alone:"):
            alone = self.content.aspects[key[6:]].alone
            return fill(alone.get(language), values) if alone else ""
        if key in self.talk:
            replies = self.talk[key].replies
            choices = (replies.en if language == "en" and replies.en else replies.ko) or (self.content.say("fallback", language),)
            return fill(choices[state.turns % len(choices)], values)
        return fill(self.content.say(key, language), values)

    def _intro(self, language: str) -> str:
        key = "official" if self.office.official else "unofficial"
        return fill(self.content.say(key, language), {"office": self.office.called(language)})

    def _contact(self, language: str) -> str:
        return self.office.reached(language)

    def _tell(self, decision: Decision, state: State, now: dt.datetime) -> Reply:
        language = decision.language
        topics = [self.content.topics[part.topic] for part in decision.parts]
        always = {"contact": self._contact(language)}
        sentences: list[str] = []
        for key, values in decision.openings:
            if language == "en" and "place" in values:
                values = {**values, "place": f"{name_in_latin(values['place'])} ({values['place']})"}
            sentences.append(fill(self.content.say(key, language), {**always, **values}))
            if values.get("note"):
                sentences.append(values["note"])
        numbered: tuple[str, ...] = ()
        lines: list[str] = []
        for part, topic in zip(decision.parts, topics, strict=True):
            sentences += self._part(part, topic, decision, state, now)
            if topic.members and not numbered:
                numbered = topic.members
                lines = [f"{n}. {self.content.topics[m].title.get(language)}" for n, m in enumerate(numbered, 1)]
        if language == "en" and not _HANGUL.search(" ".join(sentences)):
            sentences += [
                fill(self.content.say("korean_name", language), {"name": _shown(topic)}) for topic in topics if topic.title.en and not topic.members
            ]
        sentences += [fill(self.content.say(key, language), {**always, **values}) for key, values in decision.closings]
        body = " ".join(_once(sentences))
        if lines:
            body = "\n".join([body, *lines, self.content.say("pick_number", language)])
        contact = ""
        if decision.contact and self._contact(language) not in body and not state.contacted:
            topic_contact = next((t.contact.get(language) for t in topics if t.contact), self._contact(language))
            contact = fill(self.content.say("contact", language), {"contact": topic_contact})
        return Reply(
            decision.kind,
            body,
            language,
            topics=tuple(topic.id for topic in topics),
            aspects=decision.aspects,
            contact=contact,
            source=self.source_line(topics, language, now),
            sources=tuple(self._source(part) for part in decision.parts),
            numbered=numbered,
            links=tuple(dict.fromkeys(link for topic in topics for link in topic.links)),
            related=self._related(topics, language),
        )

    def _related(self, topics: Sequence[Topic], language: str) -> tuple[Option, ...]:
        told = {topic.id for topic in topics}
        near = dict.fromkeys(name for topic in topics for name in topic.related if name not in told and name in self.content.topics)
        return tuple(Option(self.content.topics[name].title.get(language), name) for name in near)

    def _part(self, part: Part, topic: Topic, decision: Decision, state: State, now: dt.datetime) -> list[str]:
        """The sentences about one topic, what was asked first."""
        language = decision.language
        sentences: list[str] = []
        over = self._is_over(topic, now)
        missing = {name: self.content.aspects[name] for name in part.missing if name != "still"}
        plain = [name for name, aspect in missing.items() if not aspect.not_stated]
        if plain:  # in one sentence with those whose own would say much the same
            plain = [name for name, aspect in missing.items() if not aspect.not_stated or not aspect.alone]
            sides = [self.content.aspects[a].label.get(language) for a in plain]
            sentences.append(fill(self.content.say("not_stated", language), {"sides": self._join(sides, language)}))
        for name in part.missing:
            aspect = self.content.aspects[name]
            if name == "still":
                sentences.append(self._still(topic, over, language, now))
            elif aspect.not_stated and name not in plain:
                sentences.append(aspect.not_stated.get(language))
        if decision.claims and topic.claim and not decision.openings:
            sentences.append(topic.claim.get(language))
        told = [topic.says(fact, language) for _, fact in part.stated]
        sentences += told
        if told and not topic.is_simple and all(self.content.aspects[name].weak for name, _ in part.stated if name):
            sentences.append(topic.answer.get(language))  # asked in general: the short answer belongs with it
        short = topic.known or topic.answer if decision.kind == "partial" else topic.answer
        if not told or (decision.more and decision.kind == "partial"):
            sentences.append(short.get(language))
        asked = {name for name in (*(name for name, _ in part.stated), *part.missing) if name and not self.content.aspects[name].weak}
        if over and "still" not in asked and (not asked or asked & {"until", "when", "status", "finish", "where", "how", "hours"}):
            sentences.append(self._period("period_over", topic, language))
        return sentences

    def _join(self, sides: list[str], language: str) -> str:
        if len(sides) < 2:
            return "".join(sides)
        if language == "en":
            return ", ".join(sides[:-1]) + self.content.say("list_join", language) + sides[-1]
        return ", ".join([*sides[:-2], attach(sides[-2], "와") + " " + sides[-1]])

    def _still(self, topic: Topic, over: bool, language: str, now: dt.datetime) -> str:
        if over:
            return self._period("period_still", topic, language)
        years = self._years(topic, now)
        if years:
            document = self.content.documents[topic.document]
            values = {"years": str(years), "when": document.label.get(language), "contact": self._contact(language)}
            return fill(self.content.say("still_old", language), values)
        return self.content.say("still_new", language)

    def _period(self, key: str, topic: Topic, language: str) -> str:
        until = topic.period.until if topic.period else None
        assert until is not None
        shown = f"{until.year}년 {until.month}월 {until.day}일" if language == "ko" else f"{until:%B} {until.day}, {until.year}"
        return fill(self.content.say(key, language), {"until": shown, "contact": self._contact(language)})

    def _is_over(self, topic: Topic, now: dt.datetime) -> bool:
        return bool(topic.period and topic.period.until and topic.period.until < now.date())

    # -- sources -------------------------------------------------------------------------------------------------

    def _source(self, part: Part) -> Source:
        topic = self.content.topics[part.topic]
        lines = {line for _, fact in part.stated if fact for line in (topic.facts[fact].lines if fact in topic.facts else ()) or topic.lines}
        lines |= set() if lines else set(topic.lines)
        return Source(topic.document, self.content.sections[topic.id].ko, tuple(sorted(lines)))

    def _years(self, topic: Topic, now: dt.datetime) -> int:
        """Full years since the document speaks."""
        document = self.content.documents.get(topic.document)
        if document is None:
            return 0
        today, then = now.date(), document.as_of
        return max(0, today.year - then.year - ((today.month, today.day) < (then.month, then.day)))

    def source_line(self, topics: Iterable[Topic], language: str, now: dt.datetime) -> str:
        """Where the reply stands and how old that is, in full years."""
        topics = list(topics)
        chapters = dict.fromkeys(self.content.sections[topic.id].get(language) for topic in topics)
        document = self.content.documents.get(topics[0].document)
        title = document.title.get(language) if document else ""
        when = document.label.get(language) if document else ""
        years = self._years(topics[0], now)
        age = fill(self.content.say("age_one" if years == 1 else "age", language), {"years": str(years)}) if years else ""
        values = {"title": title, "when": when, "age": age, "chapter": " · ".join(chapters)}
        line = fill(self.content.say("source", language), values)
        return re.sub(r"\s+", " ", line) if document else re.sub(r"[\s,–]*,\s*", " ", line).strip()


def _shown(topic: Topic) -> str:
    """The Korean name that an English reader can show at a counter: the one staff put behind the English title."""
    match = _BEHIND.search(topic.title.en)
    return match[1] if match else topic.title.ko


def _once(sentences: list[str]) -> list[str]:
    """The sentences, none of them twice."""
    seen: set[str] = set()
    out = []
    for text in sentences:
        kept = [one for one in _SENTENCE.split(text) if one not in seen]
        seen.update(kept)
        if kept:
            out.append(" ".join(kept))
    return out


__all__ = ["Office", "Text", "Wording", "attach", "fill"]

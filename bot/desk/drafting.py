"""What residents asked in vain, and what staff answered by hand, put down as drafts in the knowledge folder.

A draft says nothing to residents until somebody at the office has approved it (approving.py).

What is taken over of residents' texts, which are masked but may hold a name, an address or a fate: a phrasing only where it shows no mask and two
people or more have sent it alike, as what several say tells of none of them; else the words of its subject, and of a question that several asked only
those that several used. Names of persons are left out. A knowledge file is kept for years, copied and shown around; the record of a question is not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bot.content.check import squeeze_phrase
from bot.content.draft import SECTION, TO_FILL, Skeleton, add_phrases, add_topic, new_file, tidy
from bot.content.load import Loaded
from bot.desk.shelf import Shelf
from bot.engine import Engine
from bot.errors import ContentError
from bot.korean.romanise import romanise
from bot.matching import VERBAL, subject_words
from bot.store.grouping import Group
from bot.store.handoffs import Answered
from bot.store.masking import mask
from bot.times import SEOUL

_SAME_TOPIC = 0.25  # probability from which a question is taken to be about a topic, as where the bot asks "혹시 이것을 찾으세요?"
_NEAR_FILE = 0.05  # and from which it belongs into the file of that topic
_MASK = "***"
_QUESTIONS, _WORDS, _ASPECTS = 5, 4, 2  # taken over at most
_LONGEST_TITLE, _LONGEST_ANSWER = 40, 1_000
DRAFTS = "drafts.yaml"
_CLOSING = " ?!.~"


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was written.

    kind      topic: a new one; names: more for a topic; nothing: there was nothing to write, and summary says why
    file      as staff are shown it; "" where nothing was written or points there
    line      from 1
    topic_id  of the new topic, or of the one that it is about
    summary   in Korean, for staff
    """

    kind: Literal["topic", "names", "nothing"]
    file: str
    line: int
    topic_id: str
    summary: str


class Drafter:
    """Writes drafts into a folder. engine: over what the folder holds, for the words of a question and the topic that is nearest to it.

    Every method raises ContentError, with nothing written, where a file cannot be changed without touching the rest.
    """

    def __init__(self, engine: Engine, knowledge: Path, intents: Path | None = None) -> None:
        self._engine, self._shelf = engine, Shelf(knowledge, intents)
        self.words = subject_words(engine.understander.lexicon)  # what groups of questions are put together by

    def about(self, group: Group) -> str | None:
        """The topic that a group of questions is about, as far as can be told."""
        return next((topic for topic in group.topics if topic in self._engine.content.topics), None) or self._nearest(group.example, _SAME_TOPIC)

    def from_group(self, group: Group, topic: str | None = None, into: str | None = None) -> Drafted:
        """A draft for one group of questions without an answer.

        topic  the topic that it is to be a name of; None: as it shows
        into   the file of a new topic; None: the nearest
        """
        loaded = self._shelf.read()
        phrases = [phrase for phrase in dict.fromkeys(map(_phrase, group.shared)) if phrase and _MASK not in phrase][:_QUESTIONS]
        words = self._subject(group.example, set(group.subject) if group.people > 1 else None)
        name = " ".join(words)[:_LONGEST_TITLE].strip()
        if not (name or phrases):
            return Drafted("nothing", "", 0, "", "옮겨 적을 말이 없습니다(여럿이 함께 쓴 말이 아니거나, 가려진 글입니다).")
        owner = topic or self.about(group)
        if owner is not None and owner not in loaded.topics:
            raise ContentError(f"topic {owner}", f"'{owner}'(이)라는 주제가 없습니다.", "주제의 id를 확인해 주세요.")
        if topic is None and owner is not None and group.kind == "partial":
            place = loaded.topic_line(owner, "id")
            return Drafted("nothing", *place, owner, f"주제 {owner}은(는) 이미 알아듣습니다. 물은 쪽이 근거에 있으면 facts에 적어 주세요.")
        owner = owner or _owner(loaded, name or phrases[0])
        first, last = _day(group.first), _day(group.last)
        when = f"{first}에" if first == last else f"{first}부터 {last}까지"
        since = f"{when} {group.people}명이 {group.count}번 물었습니다"
        if owner is not None and owner in loaded.topics:
            return self._names(loaded, owner, [name] if name else [], phrases, f"답하지 못한 질문에서 적은 말입니다. {since}.")
        if owner is not None:
            return Drafted("nothing", *_draft_line(loaded, owner), owner, f"'{name or phrases[0]}'은(는) 이미 초안에 있습니다({owner}).")
        comment = f"답하지 못한 질문에서 적었습니다. {since}."
        skeleton = Skeleton(_new_id(loaded, name), name or phrases[0][:_LONGEST_TITLE], (name,) if name else (), tuple(phrases), comments=(comment,))
        return self._topic(loaded, skeleton, into, group.example)

    def from_answer(self, answered: Answered, topic: str | None = None, into: str | None = None) -> Drafted:
        """A draft of a new topic with what staff answered to one question. topic, into: as above; a topic is named as related."""
        loaded = self._shelf.read()
        near = topic or next((one for one in answered.topics if one in loaded.topics), None)
        name = self._title(loaded, near, answered)
        if not name:
            return Drafted("nothing", "", 0, "", "무엇에 대한 물음인지 알 수 있는 말이 없습니다.")
        owner = _owner(loaded, name)
        if owner is not None:
            place = _draft_line(loaded, owner) if owner in loaded.drafts else loaded.topic_line(owner, "id")
            return Drafted("nothing", *place, owner, f"'{name}'은(는) 이미 있습니다({owner}).")
        comment = f"문의 {answered.handoff}에 직원이 {_day(answered.at)}에 답한 글입니다. 한 분의 사정이 남아 있으면 지우고, 근거가 있는 것만 두세요."
        answer = mask(tidy(answered.answer))[:_LONGEST_ANSWER] or TO_FILL
        related = (near,) if near else ()
        return self._topic(loaded, Skeleton(_new_id(loaded, name), name, (name,), (), related, answer, (comment,)), into, answered.question)

    # -- writing -------------------------------------------------------------------------------------------------

    def _topic(self, loaded: Loaded, skeleton: Skeleton, into: str | None, question: str) -> Drafted:
        blanks = "answer, document, lines" if TO_FILL in skeleton.answer else "document, lines"
        after = f"승인하기 전에는 주민에게 보이지 않습니다. {blanks}를 채운 다음: yongsan-bot draft --approve {skeleton.id}"
        skeleton = replace(skeleton, comments=(*skeleton.comments, after))
        path = self._file(loaded, into, skeleton, question)
        if path.exists():
            spliced = self._shelf.change(path, lambda text, shown: add_topic(text, shown, skeleton), loaded)
            line = spliced.line
        else:
            text = new_file(skeleton)
            self._shelf.create(path, text, loaded)
            line = text[: text.index("id: ")].count("\n") + 1
        shown = f"{self._shelf.folder.name}/{path.name}"
        return Drafted("topic", shown, line, skeleton.id, f"새 주제 '{skeleton.title}'의 초안을 적었습니다({skeleton.id}).")

    def _names(self, loaded: Loaded, topic: str, names: Sequence[str], questions: Sequence[str], comment: str) -> Drafted:
        title = loaded.topics[topic].title.ko
        taken = _taken(loaded)
        phrases = {kind: [one for one in texts if squeeze_phrase(one) not in taken] for kind, texts in (("names", names), ("questions", questions))}
        count = sum(map(len, phrases.values()))
        if not count:
            return Drafted("nothing", *loaded.topic_line(topic, "id"), topic, f"주제 '{title}'이(가) 이미 아는 말입니다({topic}).")
        comments = (comment, f"승인하기 전에는 이 말로 알아듣지 않습니다: yongsan-bot draft --approve {topic}")
        path = self._shelf.path(loaded.paths[topic][0])
        spliced = self._shelf.change(path, lambda text, shown: add_phrases(text, shown, topic, phrases, comments), loaded)
        told = ", ".join(f"'{one}'" for texts in phrases.values() for one in texts)
        return Drafted("names", loaded.paths[topic][0], spliced.line, topic, f"주제 '{title}'의 새 이름으로 초안을 적었습니다({topic}): {told}")

    def _file(self, loaded: Loaded, into: str | None, skeleton: Skeleton, question: str) -> Path:
        """Where a new topic goes: as it is told, into the file of the nearest topic or section, or into a file of drafts."""
        if into is not None:
            path = self._shelf.path(Path(into).as_posix())
            if path.stem == "documents" or (path.name != DRAFTS and not path.is_file()):
                raise ContentError(into, "knowledge 폴더에 그런 주제 파일이 없습니다.", f"있는 파일의 이름이나 {DRAFTS}를 써 주세요. 예: safety.yaml")
            return path
        near = next(iter(skeleton.related), None) or self._nearest(question, _NEAR_FILE)
        if near is not None and near in loaded.paths:
            return self._shelf.path(loaded.paths[near][0])
        own = {squeeze_phrase(word) for word in skeleton.title.split()}
        for topic, section in loaded.sections.items():
            if section.ko != SECTION and own & {squeeze_phrase(word) for word in section.ko.split()}:
                return self._shelf.path(loaded.paths[topic][0])
        return self._shelf.folder / DRAFTS

    # -- finding words -------------------------------------------------------------------------------------------

    def _nearest(self, text: str, least: float) -> str | None:
        reply = self._engine.reply(text, None, dt.datetime.now(SEOUL)).reply
        return reply.candidates[0][0] if reply.candidates and reply.confidence >= least else None

    def _subject(self, text: str, shared: set[str] | None) -> list[str]:
        """The words that name the subject, as they were typed; shared: those that may be told."""
        reading = self._engine.understander.lexicon.read(text)
        typed = reading.utterance.text
        places = [place for place, char in enumerate(typed) if not char.isspace()]  # terms count letters without spaces
        found: dict[str, str] = {}
        for term in reading.terms:
            is_name = term.kind == "name" and not term.known
            if term.kind in VERBAL or term.kind == "number" or is_name or term.soft or len(term.key) < 2:
                continue
            if shared is None or term.key in shared:
                found.setdefault(term.key, tidy(typed[places[term.start] : places[term.end - 1] + 1]))
        return [word for word in found.values() if word and _MASK not in word][:_WORDS]

    def _title(self, loaded: Loaded, topic: str | None, answered: Answered) -> str:
        """What an answer is about: a topic and what was asked of it, or the words of the question."""
        if topic is not None and topic in loaded.topics and "aspects.yaml" in loaded.words:
            labels = {aspect.id: aspect.label.ko for aspect in loaded.words["aspects.yaml"].aspects}
            asked = [labels[aspect] for aspect in answered.aspects if aspect in labels][:_ASPECTS]
            if asked:
                return f"{loaded.topics[topic].title.ko} {', '.join(asked)}"[:_LONGEST_TITLE]
        return " ".join(self._subject(answered.question, None))[:_LONGEST_TITLE].strip()


def _phrase(text: str) -> str:
    return tidy(text).rstrip(_CLOSING)


def _day(time: dt.datetime) -> str:
    return f"{time.astimezone(SEOUL):%Y-%m-%d}"


def _phrasings(loaded: Loaded) -> Iterable[tuple[str, str]]:
    """(topic, phrasing) of all topics and drafts."""
    for topic in (*loaded.topics.values(), *loaded.drafts.values()):
        for phrase in (topic.title.ko, topic.title.en, *topic.names.all, *topic.questions.all, *topic.drafts.all):
            yield topic.id, phrase


def _taken(loaded: Loaded) -> set[str]:
    return {squeeze_phrase(phrase) for _, phrase in _phrasings(loaded)}


def _owner(loaded: Loaded, name: str) -> str | None:
    """The topic or draft that bears that very name."""
    wanted = squeeze_phrase(name)
    return next((topic for topic, phrase in _phrasings(loaded) if wanted and squeeze_phrase(phrase) == wanted), None)


def _draft_line(loaded: Loaded, topic: str) -> tuple[str, int]:
    file, place = loaded.draft_paths[topic]
    return file, loaded.parsed[file].line((*place, "id"))


def _new_id(loaded: Loaded, name: str) -> str:
    """An id that no topic has, from the name as it sounds in Latin letters."""
    base = re.sub(r"[^a-z0-9]+", "-", romanise(name).lower()).strip("-")[:28].strip("-")
    taken = {*loaded.ids, *loaded.places, *loaded.drafts}
    names = [base] if base else []
    names += [f"{base or 'draft'}-{number}" for number in range(2 if base else 1, len(taken) + 3)]
    return next(one for one in names if one not in taken)


__all__ = ["DRAFTS", "Drafted", "Drafter"]

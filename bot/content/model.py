"""What staff write, as data: topics with their facts, and the words residents and the bot use.

The classes are both the shape of the YAML files (an unknown key is a fault) and what the program reads.
Every scalar is text in the files; numbers, dates and yes/no become so here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ModelWrapValidatorHandler, model_validator

from bot.content.fields import (
    AspectId,
    DateField,
    IdField,
    LinesField,
    Phrases,
    PhrasesField,
    Shape,
    Text,
    TextField,
    as_text,
)  # fmt: skip

LANGUAGES = ("ko", "en")
LIST_NAME = re.compile(r"<([^<>]*)>")  # in a sign: a list of words of urgent.yaml


class Document(Shape):
    """A paper the office published.

    as_of     when it speaks of; inferred where the paper does not print it
    label     how that is said ("2021년 초")
    """

    id: IdField
    title: TextField
    as_of: DateField
    label: TextField
    inferred: bool = False
    supersedes: tuple[IdField, ...] = ()


class Fact(Shape):
    """What the paper states of one side of a topic, and the source lines it rests on."""

    ko: str = Field(min_length=1)
    en: str = ""
    lines: LinesField = ()

    def get(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.ko


class Count(Shape):
    """A printed figure and what it counts: a claim with another number or unit is put right by it.

    number  as printed, without separators
    units   what may stand behind the number in a true claim; empty where the paper prints no unit
    printed the figure with its unit as the reply says it
    note    what the figure does not say
    """

    number: str = Field(pattern=r"^\d+(\.\d+)?$")
    units: tuple[str, ...] = ()
    printed: TextField
    note: TextField | None = None


class Period(Shape):
    """Printed dates; either end may be open."""

    start: DateField | None = Field(default=None, alias="from")
    until: DateField | None = None


class Drafts(Shape):
    """What may become names, questions and words of a topic. Checked, and matched by nothing until it has been approved."""

    names: PhrasesField = Phrases()
    questions: PhrasesField = Phrases()
    words: PhrasesField = Phrases()

    @property
    def all(self) -> tuple[str, ...]:
        return self.names.all + self.questions.all + self.words.all


class Topic(Shape):
    """One thing a resident may ask about.

    names      what residents call it; questions: whole phrasings; words: what often stands near it
    answer     the short answer to someone who asks in general
    known      what is said behind "the newsletter does not state that"; the answer where it is left out
    claim      what is said to someone who takes more for granted than is printed
    facts      by aspect
    status     how far it is by the paper: planned, ongoing or done
    members    topics of a group, in the order they are listed
    if_afraid  whether someone who says to be afraid is told of 112 beneath it
    draft      whether residents do not see it yet; drafts: phrases that wait for approval
    """

    id: IdField
    title: TextField
    answer: TextField
    names: PhrasesField = Phrases()
    questions: PhrasesField = Phrases()
    words: PhrasesField = Phrases()
    known: TextField | None = None
    claim: TextField | None = None
    facts: dict[AspectId, Annotated[Fact, BeforeValidator(as_text)]] = {}
    counts: tuple[Count, ...] = ()
    status: Literal["planned", "ongoing", "done"] | None = None
    period: Period | None = None
    audience: TextField | None = None
    members: tuple[IdField, ...] = ()
    related: tuple[IdField, ...] = ()
    contact: TextField | None = None
    links: tuple[str, ...] = ()
    lines: LinesField = ()
    document: str = ""
    if_afraid: bool = False
    draft: bool = False
    drafts: Drafts = Drafts()

    def says(self, fact: str, language: str) -> str:
        """The text of a fact; of "" the short answer, of "audience" whom it is for."""
        if not fact:
            return self.answer.get(language)
        if fact == "audience" and self.audience:
            return self.audience.get(language)
        return self.facts[fact].get(language)

    @cached_property
    def is_simple(self) -> bool:
        """A bare question-and-answer pair: it answers or abstains, and is never partial for want of a fact."""
        return not self.facts and not self.members and not self.lines


class Section(Shape):
    """One knowledge file: a chapter of a document."""

    section: TextField
    document: str = ""
    topics: tuple[Topic, ...]


class Documents(Shape):
    documents: tuple[Document, ...]


class Aspect(Shape):
    """A side of a topic that residents ask about.

    label       its name behind which 은/는 can stand ("신청 방법")
    cues        how residents ask for it; spaces do not count; a verb in its dictionary form (…다) stands for its forms
    or          aspects whose fact answers just as well, tried in order
    not_stated  said in place of the general "not in the newsletter"
    alone       said (as a fallback) where no topic is asked about
    weak        a cue that yields to any other aspect of the same question
    """

    id: AspectId
    label: TextField
    cues: PhrasesField
    alternatives: tuple[AspectId, ...] = Field(default=(), alias="or")
    not_stated: TextField | None = None
    alone: TextField | None = None
    weak: bool = False


class Aspects(Shape):
    aspects: tuple[Aspect, ...]


class Synonyms(Shape):
    """word: the other words for it, misspellings too."""

    synonyms: dict[str, tuple[str, ...]]


class Everyday(Shape):
    """Words that say nothing about the subject of a question, and names of places inside the district."""

    words: PhrasesField
    places: PhrasesField = Phrases()


class Elsewhere(Shape):
    """Names of places outside the district: who asks about one does not ask about the newsletter."""

    elsewhere: PhrasesField


class Smalltalk(Shape):
    """What is no question about the newsletter: greetings, thanks, navigation.

    replies  several wordings, used in turn
    """

    id: IdField
    cues: PhrasesField
    replies: PhrasesField = Phrases()


class SmalltalkFile(Shape):
    smalltalk: tuple[Smalltalk, ...]


class NavigationFile(Shape):
    navigation: tuple[Smalltalk, ...]


class Number(Shape):
    """A telephone number the urgent replies name, with the day staff last checked it."""

    number: str
    checked: DateField


class Urgent(Shape):
    """A message that must not wait.

    signs    each is a list of parts parted by " + ": all of them stand in the message, in any order;
             a part may offer alternatives parted by "/", and "<name>" is all the words of that list
    unless   where one of these stands, the signs are not meant so
    yields   where one of these stands, a later entry that is found too has precedence
    reply    the whole reply; nothing is added to it
    """

    id: IdField
    signs: PhrasesField
    unless: PhrasesField = Phrases()
    yields: PhrasesField = Phrases()
    reply: TextField
    numbers: tuple[str, ...] = ()


class UrgentFile(Shape):
    """The signs, `unless` and `yields` of the file once read: a list that is named in them ("<가족>") has given way to its words.

    lists  words by name; a name that no list bears stays as it was written
    """

    lists: dict[str, tuple[str, ...]] = {}
    numbers: tuple[Number, ...] = ()
    unless: PhrasesField = Phrases()
    urgent: tuple[Urgent, ...]

    @model_validator(mode="wrap")
    @classmethod
    def _with_words(cls, data: Any, handler: ModelWrapValidatorHandler[UrgentFile]) -> UrgentFile:
        file = handler(data)

        def filled(phrases: Phrases) -> Phrases:
            return Phrases(ko=tuple(map(words, phrases.ko)), en=tuple(map(words, phrases.en)))

        def words(phrase: str) -> str:
            return LIST_NAME.sub(lambda name: "/".join(file.lists.get(name[1].strip(), (name[0],))), phrase)

        urgent = tuple(one.model_copy(update={name: filled(getattr(one, name)) for name in ("signs", "unless", "yields")}) for one in file.urgent)
        return file.model_copy(update={"unless": filled(file.unless), "urgent": urgent})


class WordingFile(Shape):
    wording: dict[str, TextField]


class Command(Shape):
    """A command of the messenger's.

    description  shown beside it
    typed        what residents write in its place; the whole message, spaces and marks aside
    near         parts, parted by " + ", of a message in which the command may be meant; the bot then asks whether it is
    """

    id: Annotated[str, Field(pattern="^[a-z0-9_]{1,32}$")]
    description: TextField
    typed: PhrasesField = Phrases()
    near: PhrasesField = Phrases()


class TelegramFile(Shape):
    """The commands, and sentences that only Telegram needs."""

    commands: tuple[Command, ...]
    wording: dict[str, TextField]


class HandoffFile(Shape):
    """What is said when a resident's words are passed on to staff.

    send, stop, report  what residents write in place of the buttons; the whole message, or several in a row, spaces and marks aside
    not_yet             what they write before their question; wish: what a message that wants a person has besides a question
    state, waiting      what asks how an inquiry stands: parts, parted by " + ", of a short message; the whole message of who waits
    withdraw            what takes back what was just sent; the whole message
    solved, further     what they write in place of the buttons under an answer of the staff's
    under_age           parts, parted by " + ", of a message whose writer is under 14, unless one of under_age_unless stands in it
    """

    send: PhrasesField
    stop: PhrasesField
    report: PhrasesField = Phrases()
    not_yet: PhrasesField = Phrases()
    wish: PhrasesField = Phrases()
    state: PhrasesField = Phrases()
    waiting: PhrasesField = Phrases()
    withdraw: PhrasesField = Phrases()
    solved: PhrasesField = Phrases()
    further: PhrasesField = Phrases()
    under_age: PhrasesField = Phrases()
    under_age_unless: PhrasesField = Phrases()
    wording: dict[str, TextField]


class PrivacyFile(Shape):
    """What the office says about personal data. "____" is a blank that it has yet to fill in."""

    privacy: dict[str, TextField]
    headings: dict[str, TextField]
    not_filled: TextField


@dataclass(frozen=True, slots=True)
class Content:
    """Everything staff wrote, checked as a whole.

    topics     by id, in the order of the files
    sections   the chapter title by topic id
    places     names of places inside the district; elsewhere: of places outside it
    version    a digest of the files, without the drafts in them
    """

    documents: dict[str, Document]
    topics: dict[str, Topic]
    sections: dict[str, Text]
    aspects: dict[str, Aspect]
    synonyms: dict[str, tuple[str, ...]]
    everyday: Phrases
    places: Phrases
    elsewhere: Phrases
    smalltalk: tuple[Smalltalk, ...]
    navigation: tuple[Smalltalk, ...]
    urgent: tuple[Urgent, ...]
    urgent_unless: Phrases
    wording: dict[str, Text]
    commands: tuple[Command, ...]
    privacy: PrivacyFile
    handoff: HandoffFile
    version: str

    def say(self, key: str, language: str = "ko") -> str:
        """The wording of that key."""
        return self.wording[key].get(language)

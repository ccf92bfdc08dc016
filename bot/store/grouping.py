"""Questions that ask for the same, put together: many people word one want in many ways.

Compared are the words that name a subject, whatever their order, with a slip of the fingers forgiven. Every question is held against the
few groups that share a word with it, never against all.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from bot.content.source import squeeze
from bot.korean.normalise import normalise
from bot.matching.fuzzy import Speller, closeness, letters

_ALIKE, _ALIKE_WITHIN_TOPIC = 0.65, 0.5
_LETTERS_A_SLIP, _TOO_SHORT = 15, 5  # a slip more for so many letters; none in words of two syllables, which have honest neighbours
_LEAST_LIKE, _LEFT_OVER = 0.83, 1  # to a word that others used; letters of a typed word that no word explains
_LOOKED_AT, _COMPARED = 100, 12  # groups: by one word, and in all


@dataclass(frozen=True, slots=True)
class Question:
    """A question without an answer, as it is on record. person: a hash; text: masked; key: by which its record is found again."""

    at: dt.datetime
    person: str
    kind: str
    text: str
    topics: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    language: str = "ko"
    key: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What several people asked in like words.

    people   how many different ones
    example  the text that stands for the others best; language: in which it was answered
    topics   ids, those spoken of most first
    shared   texts that several people have sent alike, spaces and marks aside; most asked first
    subject  words of the subject that several people have used, those used most first
    keys     of the questions, that of the example first
    """

    kind: str
    count: int
    people: int
    first: dt.datetime
    last: dt.datetime
    example: str
    topics: tuple[str, ...]
    language: str = "ko"
    shared: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(slots=True)
class _Wording:
    """Questions of the very same text. All in letters: words, its subject's; whole, the same in one; typed, what spaces part in it."""

    words: tuple[str, ...]
    typed: tuple[str, ...]
    questions: list[Question] = field(default_factory=list)
    whole: str = ""

    @property
    def about(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self.questions[0].topics, self.questions[0].aspects


def group(questions: Iterable[Question], words: Callable[[str], Sequence[str]]) -> list[Group]:
    """The groups, most asked first.

    words  the words of a text that name its subject; none where there is no telling
    """
    wordings: dict[tuple[str, str], _Wording] = {}
    spelt: dict[str, str] = {}
    for question in questions:
        plain = normalise(question.text)
        key = (question.kind, squeeze(plain) or plain)
        if key not in wordings:
            found = {letters(word): word for word in words(question.text)}
            spelt.update(found)
            own = tuple(found)
            wordings[key] = _Wording(own or (letters(key[1]),), tuple(map(letters, plain.split())))
        wordings[key].questions.append(question)
    _mend(wordings.values())
    grouper: dict[str, _Grouper] = {}
    for (kind, _), wording in sorted(wordings.items(), key=lambda item: -len(item[1].questions)):
        grouper.setdefault(kind, _Grouper()).add(wording)
    groups = [_summary(members, spelt) for one in grouper.values() for members in one.groups]
    return sorted(groups, key=lambda one: (-one.count, -one.people, -one.last.timestamp()))


def _mend(wordings: Collection[_Wording]) -> None:
    """Puts in place of the pieces of a misspelt word, as the tagger breaks it, the word that others have asked with."""
    speller = Speller(word for wording in wordings for word in wording.words)

    @cache
    def meant(typed: str) -> str | None:
        found = speller.correct(typed)
        return found[0] if found is not None and found[1] >= _LEAST_LIKE else None

    for wording in wordings:
        for typed in wording.typed:
            pieces = [word for word in wording.words if word in typed]
            if len(typed) - sum(map(len, pieces)) > _LEFT_OVER and (word := meant(typed)):
                wording.words = tuple(dict.fromkeys([*(one for one in wording.words if one not in pieces), word]))
        wording.whole = "".join(wording.words)


class _Grouper:
    """Groups of wordings, each around its first, which is the most asked."""

    def __init__(self) -> None:
        self.groups: list[list[_Wording]] = []
        self._same: dict[tuple[str, ...], int] = {}
        self._by_part: dict[str, list[int]] = {}

    def add(self, wording: _Wording) -> None:
        """Puts the wording into the group that it is most like, or into a new one."""
        signature = tuple(sorted(wording.words))
        place = self._same.get(signature)
        if place is None:
            place = self._nearest(wording)
        if place is None:
            place = len(self.groups)
            self.groups.append([])
            for part in _parts(wording):
                self._by_part.setdefault(part, []).append(place)
        self.groups[place].append(wording)
        self._same[signature] = place

    def _nearest(self, wording: _Wording) -> int | None:
        shared: Counter[int] = Counter()
        for part in _parts(wording):
            shared.update(self._by_part.get(part, ())[:_LOOKED_AT])
        best, place = 0.0, None
        for number, _ in shared.most_common(_COMPARED):
            first = self.groups[number][0]
            is_within = bool(wording.about[1]) and wording.about == first.about
            score = _likeness(wording, first) / (_ALIKE_WITHIN_TOPIC if is_within else _ALIKE)
            if score >= 1 and score > best:
                best, place = score, number
        return place


def _parts(wording: _Wording) -> set[str]:
    """What two like texts share at least one of: a word, or where a slip may be in it one of its ends."""
    long = [word for word in (*wording.words, wording.whole) if len(word) > _TOO_SHORT]
    return {*wording.words, *("^" + word[:4] for word in long), *(word[-4:] + "$" for word in long)}


def _likeness(left: _Wording, right: _Wording) -> float:
    """Share of letters in words that both have, 0.0 to 1.0."""
    if _same(left.whole, right.whole):
        return 1.0  # spaces in other places, which break words in other places
    met = 0
    rest = [word for word in right.words if word not in left.words]
    for word in left.words:
        twin = word if word in right.words else next((other for other in rest if _same(word, other)), None)
        if twin is not None:
            met += len(word) + len(twin)
            rest = [other for other in rest if other != twin]
    return met / (len(left.whole) + len(right.whole))


def _same(left: str, right: str) -> bool:
    """Whether they are one word but for slips."""
    size, least = (len(left), len(right)) if len(left) > len(right) else (len(right), len(left))
    slips = size // _LETTERS_A_SLIP + 1
    if left == right or size <= _TOO_SHORT or size - least > slips:
        return left == right
    return (1 - closeness(left, right)) * size < slips + 0.5


def _summary(members: list[_Wording], spelt: Mapping[str, str]) -> Group:
    questions = sorted((question for wording in members for question in wording.questions), key=lambda question: question.at)
    shares: Counter[str] = Counter()
    users: dict[str, set[str]] = {}
    for wording in members:
        shares.update(dict.fromkeys(wording.words, len(wording.questions) / len(questions)))
        for word in wording.words:
            users.setdefault(word, set()).update(question.person for question in wording.questions)
    shared = [wording for wording in members if len({question.person for question in wording.questions}) > 1]

    def typical(wording: _Wording) -> tuple[float, int, bool]:
        """How many of the group's words it has, and how few others; then how often it was asked, and whether it is in Hangul."""
        score = sum(shares[word] for word in wording.words) / (len(wording.words) + shares.total())
        return score, len(wording.questions), any("가" <= char <= "힣" for char in wording.questions[-1].text)

    topics = Counter(topic for question in questions for topic in question.topics)
    example = max(members, key=typical).questions[-1]
    return Group(
        kind=questions[0].kind,
        count=len(questions),
        people=len({question.person for question in questions}),
        first=questions[0].at,
        last=questions[-1].at,
        example=example.text,
        topics=tuple(topic for topic, _ in topics.most_common()),
        language=example.language,
        shared=tuple(wording.questions[-1].text for wording in sorted(shared, key=lambda wording: -len(wording.questions))),
        subject=tuple(spelt[word] for word, _ in shares.most_common() if len(users[word]) > 1 and word in spelt),
        keys=(example.key, *(question.key for question in questions if question is not example)),
    )

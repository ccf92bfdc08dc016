"""Which topics a question may be about, best first, each with its evidence.

Three views are ranked together: how much of the question the topic's words explain and how well one of its phrasings is met, how alike
the words are, and how alike the letters are (typos, words the tagger breaks). None of them is a probability; evidence.py makes one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from bot.content import Content, Topic
from bot.matching.bags import MEASURES, Bags
from bot.matching.letters import letter_bits
from bot.matching.lexicon import Lexicon
from bot.matching.reading import CONTENT_KINDS, Reading, Term
from bot.matching.spelling import Spelling
from bot.matching.surfaces import compact

SHORTLIST = 8
KIND_WEIGHT = {"verb": 0.45, "adjective": 0.45, "root": 0.7, "number": 0.3}
SOFT_WEIGHT = 0.6
_CALLED = {"name": 1.0, "question": 0.85, "word": 0.6, "text": 0.35}

# What topics are ranked by:
# explained  share of the question's weight that the topic's words explain
# called     the same, counting only words of its names and phrasings
# phrase     how well its best phrasing is met
# name       share of its best-met name that stands in the question, by how telling the words there are
# lists      1.0 for a group that is named, where "what is there" is asked
# letters_…, words_…  likeness of letters and of words, see bags.MEASURES
LIKENESS = tuple(f"{view}_{name}" for view in ("letters", "words") for name in MEASURES)
RANKED = ("explained", "called", "phrase", "name", "lists", *LIKENESS)
# Likeness of meaning, where that was asked (meaning.py); the first two rank too.
MEANING = ("meaning_best", "meaning_mean", "meaning_tight", "meaning_first")
RANKED_BY_MEANING = (*RANKED, *MEANING[:2])
_NEGATIONS = frozenset(("말", "마", "마라", "않"))
_NEGATING = frozenset(("verb", "auxiliary"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way a topic is called or asked for.

    total     weight of its words
    is_name   a name (all of it in a question names the topic) rather than a whole question
    """

    topic: int
    text: str
    total: float
    is_name: bool


class Candidate(NamedTuple):
    """One topic that may answer a question.

    score        0.0 to about 1.0; not a probability
    row          RANKED, each 0.0 to 1.0; meaning: MEANING, or nothing; measures: both by name
    named        share of its best-met name that stands in the question
    name_weight  weight of the words of that name that stand there
    met          keys of the question that the topic explains
    best         the phrasing that was met
    """

    topic_id: str
    score: float
    row: Sequence[float]
    named: float
    name_weight: float
    met: frozenset[str]
    best: str
    meaning: Sequence[float] = ()

    @property
    def measures(self) -> dict[str, float]:
        named = dict(zip(RANKED, self.row, strict=True))
        if self.meaning:
            named.update(zip(MEANING, self.meaning, strict=True))
        return named


@dataclass(frozen=True, slots=True)
class _Question:
    """Words of a question with their weights, those of them that are no subject, and the weight of the others."""

    weights: dict[str, float]
    soft: frozenset[str]
    asked: float
    lists: bool


class _Found(NamedTuple):
    """What _look_at tells of a topic: the first of RANKED, its best-met name, keys of the question that it has, its best phrasing."""

    shares: tuple[float, ...]
    named: float
    name_weight: float
    met: frozenset[str]
    best: Phrase | None


class Index:
    """All topics of a content, ready to be searched.

    ranking  weights of RANKED: of topics with facts, and of mere lists of phrasings
    """

    def __init__(self, content: Content, lexicon: Lexicon, ranking: Mapping[str, Mapping[str, float]]) -> None:
        self.lexicon = lexicon
        self.topics = list(content.topics.values())
        self._ids = [topic.id for topic in self.topics]
        self.number = {topic.id: n for n, topic in enumerate(self.topics)}
        self.vocabulary: list[dict[str, float]] = [{} for _ in self.topics]
        self.stated: list[set[str]] = [set() for _ in self.topics]  # words of its names and texts, by topic
        self._ranking: dict[str, np.ndarray] = {}
        for kind, weights in ranking.items():
            self.rank_by(kind, weights)
        self._is_list = np.array([topic.is_simple for topic in self.topics], dtype=bool)
        self._pairs: list[set[tuple[str, str]]] = [set() for _ in self.topics]
        self._written: list[str] = [""] * len(self.topics)
        raw: list[tuple[int, str, list[Term], bool]] = []
        words: list[list[str]] = []
        negated = np.zeros(len(self.topics))
        for n, topic in enumerate(self.topics):
            phrasings = []
            for text, is_name in _phrasings(topic):
                reading = lexicon.learn(text)
                phrasings.append((n, text, lexicon.kept(reading.terms, is_name), is_name))
                words.append(_words(reading))
                negated[n] += negates(reading)
            self._learn(n, topic, phrasings)
            if not topic.is_simple:
                self._learn_compounds(n, topic, phrasings)
            raw += phrasings
        lexicon.known = {key for vocabulary in self.vocabulary for key in vocabulary}
        self._weigh()
        self._index_phrases(raw)
        del raw  # of 100,000 phrasings 50 MB, and what follows takes most
        owners = [phrase.topic for phrase in self.phrases]
        self.bags = Bags((map(_letters, self.phrases), words), owners, len(self.topics))
        self.negated = negated / np.maximum(np.bincount(owners, minlength=len(self.topics)), 1)  # share of a topic's phrasings
        self.spelling = Spelling(lexicon, (name for topic in self.topics for name in (topic.title.ko, *topic.names.ko)))

    # -- building ------------------------------------------------------------------------------------------------

    def _learn(self, n: int, topic: Topic, phrasings: list[tuple[int, str, list[Term], bool]]) -> None:
        vocabulary, stated = self.vocabulary[n], self.stated[n]
        if not topic.is_simple:
            for text in _texts(topic):
                stated |= self.lexicon.text_keys(text)
            vocabulary.update(dict.fromkeys(stated, _CALLED["text"]))
        for text in topic.words.all:
            vocabulary.update(dict.fromkeys(self.lexicon.word_keys(text), _CALLED["word"]))
        for called in ("question", "name"):
            for _, _, terms, is_name in phrasings:
                if is_name == (called == "name"):
                    vocabulary.update((term.key, _CALLED[called]) for term in terms)
                    if is_name:
                        stated.update(term.key for term in terms)

    def _learn_compounds(self, n: int, topic: Topic, phrasings: list[tuple[int, str, list[Term], bool]]) -> None:
        """Which of its words stand beside one another in a topic's phrasings, and all that is written of it."""
        for _, _, terms, _ in phrasings:
            self._pairs[n].update((a.key, b.key) for a, b in pairwise(terms))
        self._written[n] = " ".join(compact(text) for text in (*(text for _, text, _, _ in phrasings), *_texts(topic), *topic.words.ko))

    def is_compound(self, topic_id: str, first: Term, second: Term, text: str) -> bool:
        """Whether a topic with facts has those two words of a text beside one another."""
        n = self.number[topic_id]
        return (first.key, second.key) in self._pairs[n] or text[first.start : second.end] in self._written[n]

    def holds(self, topic_id: str, text: str) -> bool:
        """Whether that stands in what is written of a topic with facts, spaces left out."""
        return text in self._written[self.number[topic_id]]

    def _weigh(self) -> None:
        """Weights words by how few topics use them."""
        count: dict[str, int] = {}
        for vocabulary in self.vocabulary:
            for key, called in vocabulary.items():
                if called >= _CALLED["word"]:
                    count[key] = count.get(key, 0) + 1
        total = max(len(self.topics), 2)
        self.rarity = {key: math.log(1 + total / n) / math.log(1 + total) for key, n in count.items()}

    def weight(self, term: Term) -> float:
        """What a word of a question weighs: rare words and nouns more."""
        kind = "noun" if term.kind == "number" and term.known and len(term.key) > 3 else term.kind  # a printed figure tells its topic
        weight = self.rarity.get(term.key, 1.0) * KIND_WEIGHT.get(kind, 1.0)
        return weight * SOFT_WEIGHT if term.soft else weight

    def _index_phrases(self, raw: list[tuple[int, str, list[Term], bool]]) -> None:
        self.phrases: list[Phrase] = []
        by_key: list[dict[str, dict[float, list[int]]]] = [{} for _ in self.topics]
        seen: set[tuple[bool, frozenset[tuple[str, float]]]] = set()
        for number, (n, text, terms, is_name) in enumerate(raw):
            weights = {term.key: self.weight(term) for term in terms}
            if not self.phrases or self.phrases[-1].topic != n:
                seen.clear()
            self.phrases.append(Phrase(n, text, sum(weights.values()), is_name))
            alike = is_name, frozenset(weights.items())
            if alike in seen:
                continue  # of the same words as another: it is met as that one is
            seen.add(alike)
            for key, weight in weights.items():
                by_key[n].setdefault(key, {}).setdefault(weight, []).append(number)
        # By topic: word → (its weight, the phrasings it stands in) for each weight; two at most, as it may be an everyday one in a name.
        self._by_key = [{key: tuple((held, tuple(ns)) for held, ns in found.items()) for key, found in keys.items()} for keys in by_key]
        owners: dict[str, list[int]] = {}
        for n, vocabulary in enumerate(self.vocabulary):
            for key in vocabulary:
                owners.setdefault(key, []).append(n)
        # By word: the topics that have it, and how much that says for each.
        self.by_word = {key: (np.array(ns), np.array([self.vocabulary[n][key] for n in ns])) for key, ns in owners.items()}

    def rank_by(self, kind: str, weights: Mapping[str, float]) -> None:
        """Ranks topics of that kind by those weights of RANKED from now on."""
        self._ranking[kind] = np.array([weights.get(name, 0.0) for name in RANKED])

    def vocabulary_of(self, topic_ids: Sequence[str]) -> set[str]:
        """Every word that those topics have."""
        return set().union(*(self.vocabulary[self.number[topic_id]] for topic_id in topic_ids))

    # -- searching -----------------------------------------------------------------------------------------------

    def search(self, reading: Reading) -> list[Candidate]:
        """The topics that may be meant, best first, at most SHORTLIST."""
        question = self._weigh_question(reading)
        bags = self.bags.read((letter_bits(reading.compact), _words(reading)))
        pool, likeness = self.bags.compare(bags, self._explaining(question), 4)
        if not pool:
            return []
        found = [self._look_at(n, question) for n in pool]
        table = np.column_stack(([one.shares for one in found], likeness))
        scores = np.where(self._is_list[pool], table @ self._ranking["lists"], table @ self._ranking["topics"]).tolist()
        rows = table.tolist()
        best = sorted((-score, self._ids[n], row) for row, (score, n) in enumerate(zip(scores, pool, strict=True)))[:SHORTLIST]
        return [self._candidate(pool[row], -score, rows[row], found[row]) for score, _, row in best]

    def _weigh_question(self, reading: Reading) -> _Question:
        weights: dict[str, float] = {}
        soft: set[str] = set()
        for term in reading.terms:
            weight = self.weight(term)
            if weight > weights.get(term.key, 0.0):
                weights[term.key] = weight
            if term.soft or any(cue.start <= term.start and term.end <= cue.end for cue in reading.cues):
                soft.add(term.key)  # an aspect asked for is no subject
        asked = sum(weight for key, weight in weights.items() if key not in soft)
        lists = any(cue.id == "which" for cue in reading.cues)  # "what is there for …" means the group
        return _Question(weights, frozenset(soft), asked, lists)

    def _explaining(self, question: _Question) -> set[int]:
        """Numbers of the topics whose words explain most of the question, at most SHORTLIST."""
        known = [(self.by_word[key], weight) for key, weight in question.weights.items() if key in self.by_word]
        if not known:
            return set()
        owners, says = np.concatenate([ns for (ns, _), _ in known]), np.concatenate([weight * called for (_, called), weight in known])
        explained = np.bincount(owners, says, len(self.topics))
        best = explained.nonzero()[0]
        if len(best) > SHORTLIST:
            best = best[explained[best].argpartition(-SHORTLIST)[-SHORTLIST:]]
        return set(best.tolist())

    def _look_at(self, n: int, question: _Question) -> _Found:
        """How well the topic explains the question, and its phrasing that does best."""
        vocabulary, by_key = self.vocabulary[n], self._by_key[n]
        explained = called = 0.0
        asked = question.asked
        met = []
        phrases: dict[int, float] = {}
        for key, weight in question.weights.items():
            how = vocabulary.get(key)
            if how is None:
                continue
            met.append(key)
            explained += weight * how
            if how > _CALLED["word"]:
                called += weight
            if key in question.soft:
                asked += weight
            for held, numbers in by_key.get(key, ()):
                for number in numbers:
                    phrases[number] = phrases.get(number, 0.0) + held
        asked = asked or 1.0
        value = cover_named = weight_named = 0.0
        best = None
        for number, weight in phrases.items():
            phrase = self.phrases[number]
            cover, share = weight / phrase.total, min(1.0, weight / asked)
            match = 1.2 * cover * share / (cover + share) + 0.4 * cover * min(1.0, weight)
            if match > value:
                value, best = match, phrase
            if phrase.is_name and cover >= cover_named and (cover > cover_named or weight > weight_named):
                cover_named, weight_named = cover, weight
        lists = float(question.lists and cover_named >= 0.99 and bool(self.topics[n].members))
        shares = explained / asked, called / asked, value, cover_named * min(1.0, weight_named), lists
        return _Found(shares, cover_named, weight_named, frozenset(met), best)

    def _candidate(self, n: int, score: float, row: Sequence[float], found: _Found) -> Candidate:
        topic = self.topics[n]
        return Candidate(topic.id, score, row, found.named, found.name_weight, found.met, found.best.text if found.best else topic.title.ko)


def _letters(phrase: Phrase) -> list[str]:
    return letter_bits(compact(phrase.text))


def negates(reading: Reading) -> bool:
    """Whether a text sets something aside or forbids it (A 말고 B, 하지 마); a question in the negative (안 되나요) does not."""
    return any(m.text in _NEGATIONS and m.kind in _NEGATING for m in reading.morphemes)


def _words(reading: Reading) -> list[str]:
    """The words of a text as they stand, and what is asked in it."""
    return [m.text for m in reading.morphemes if m.kind in CONTENT_KINDS] + [f"?{cue.id}" for cue in reading.cues]


def _texts(topic: Topic) -> list[str]:
    """Everything that is said of a topic, in all languages."""
    texts = [text for one in (topic.answer, topic.known, topic.claim) if one for text in (one.ko, one.en)]
    return texts + [text for fact in topic.facts.values() for text in (fact.ko, fact.en)]


def _phrasings(topic: Topic) -> list[tuple[str, bool]]:
    """(phrase, whether it is a name) of a topic, the title first."""
    names = [topic.title.ko, *topic.names.ko, *topic.names.en]
    if topic.title.en:
        names.append(topic.title.en.split("(")[0])
    names += [count.number for count in topic.counts if len(count.number) >= 3]  # "977이라는 숫자"
    seen: dict[str, bool] = {}
    for name in names:
        seen.setdefault(name, True)
    for question in topic.questions.all:
        seen.setdefault(question, False)
    if topic.is_simple and topic.questions.all:
        seen[topic.title.ko] = topic.title.ko in topic.names.ko
    return list(seen.items())

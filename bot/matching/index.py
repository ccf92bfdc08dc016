"""Which topics a question may be about, best first, each with its evidence.

Three views are summed: how much of the question the topic's words explain, how well one of its phrasings is met, and how alike the
letters are (typos, words the tagger breaks). None of them is a probability; evidence.py makes one of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.content import Content, Topic
from bot.matching.fuzzy import Speller, likeness
from bot.matching.letters import LetterIndex
from bot.matching.lexicon import Lexicon, Reading, Term, is_place
from bot.matching.surfaces import compact

SHORTLIST = 12
KIND_WEIGHT = {"verb": 0.45, "adjective": 0.45, "root": 0.7, "number": 0.3}
_MINOR = frozenset(("particle", "ending", "suffix", "auxiliary", "determiner"))
SOFT_WEIGHT = 0.6
LONGEST_WORD = 24  # letters; trying every part of a longer one costs more than it finds
_CALLED = {"name": 1.0, "question": 0.85, "word": 0.6, "text": 0.35}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way a topic is called or asked for.

    keys      its words and their weights
    is_name   a name (all of it in a question names the topic) rather than a whole question
    """

    topic: int
    text: str
    keys: dict[str, float]
    total: float
    is_name: bool


@dataclass(slots=True)
class _Share:
    """What a topic explains of a question, in weight: in all, by names and phrasings, by everyday words."""

    explained: float = 0.0
    called: float = 0.0
    softly: float = 0.0


@dataclass(frozen=True, slots=True)
class _Question:
    """Words of a question with their weights, the weight that asks for an explanation, and what each topic explains."""

    weights: dict[str, float]
    asked: float
    shares: dict[int, _Share]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One topic that may answer a question.

    score        0.0 to about 1.0; not a probability
    explained    share of the question's weight that the topic's words explain, 0.0 to 1.0
    called       the same, counting only words of its names and phrasings
    phrase       how well its best phrasing is met, 0.0 to 1.0
    letters      likeness of letters, 0.0 to 1.0
    mean         mean likeness of letters over its phrasings
    named        share of its best-met name that stands in the question
    name_weight  weight of the words of that name that stand there
    met          keys of the question that the topic explains
    best         the phrasing that was met
    """

    topic_id: str
    score: float
    explained: float
    called: float
    phrase: float
    letters: float
    mean: float
    named: float
    name_weight: float
    met: frozenset[str]
    best: str


class Index:
    """All topics of a content, ready to be searched."""

    def __init__(self, content: Content, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.topics = list(content.topics.values())
        self.number = {topic.id: n for n, topic in enumerate(self.topics)}
        self.vocabulary: list[dict[str, float]] = [{} for _ in self.topics]
        self.stated: list[set[str]] = [set() for _ in self.topics]  # words of its names and texts, by topic
        raw: list[tuple[int, str, list[Term], bool]] = []
        for n, topic in enumerate(self.topics):
            phrasings = [(n, text, lexicon.learn_terms(text, is_name), is_name) for text, is_name in _phrasings(topic)]
            self._learn(n, topic, phrasings)
            raw += phrasings
        lexicon.known = {key for vocabulary in self.vocabulary for key in vocabulary}
        self._weigh()
        self._index_phrases(raw)
        self.letters = LetterIndex([compact(p.text) for p in self.phrases], [p.topic for p in self.phrases], len(self.topics))
        self.speller = Speller(self._spellings())

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
        self.by_key: list[dict[str, list[int]]] = [{} for _ in self.topics]  # by topic: word → its phrasings
        self.by_word: dict[str, list[tuple[int, float]]] = {}
        for n, text, terms, is_name in raw:
            keys = {term.key: self.weight(term) for term in terms}
            number = len(self.phrases)
            self.phrases.append(Phrase(n, text, keys, sum(keys.values()), is_name))
            for key in keys:
                self.by_key[n].setdefault(key, []).append(number)
        for n, vocabulary in enumerate(self.vocabulary):
            for key, called in vocabulary.items():
                self.by_word.setdefault(key, []).append((n, called))

    def _spellings(self) -> list[str]:
        """Words worth correcting to: names as a whole, and every surface of two syllables or more."""
        names = [compact(name) for topic in self.topics for name in (topic.title.ko, *topic.names.ko)]
        return [word for word in (*names, *self.lexicon.words) if not word.isascii() and 2 <= len(word) <= 16]

    def vocabulary_of(self, topic_ids: Sequence[str]) -> set[str]:
        """Every word that those topics have."""
        return set().union(*(self.vocabulary[self.number[topic_id]] for topic_id in topic_ids))

    # -- searching -----------------------------------------------------------------------------------------------

    def search(self, reading: Reading) -> list[Candidate]:
        """The topics that may be meant, best first, at most SHORTLIST."""
        question = self._weigh_question(reading)
        best_letters, mean_letters = self.letters.search(reading.compact)
        shares = question.shares
        pool = set(sorted(shares, key=lambda n: -shares[n].explained)[:SHORTLIST])
        pool.update(int(n) for n in _top(best_letters, 4) if best_letters[n] > 0.2)
        lists = any(cue.id == "which" for cue in reading.cues)  # "what is there for …" means the group
        found = [self._candidate(n, question, float(best_letters[n]), float(mean_letters[n]), lists) for n in pool]
        found.sort(key=lambda candidate: (-candidate.score, candidate.topic_id))
        return found[:SHORTLIST]

    def _weigh_question(self, reading: Reading) -> _Question:
        """The question's words with their weights, and what each topic explains of them."""
        weights: dict[str, float] = {}
        soft: set[str] = set()
        for term in reading.terms:
            weight = self.weight(term)
            if weight > weights.get(term.key, 0.0):
                weights[term.key] = weight
            if term.soft or any(cue.start <= term.start and term.end <= cue.end for cue in reading.cues):
                soft.add(term.key)  # an aspect asked for is no subject
        shares: dict[int, _Share] = {}
        for key, weight in weights.items():
            is_soft = key in soft
            for n, called in self.by_word.get(key, ()):
                share = shares.get(n)
                if share is None:
                    share = shares[n] = _Share()
                share.explained += weight * called
                if called > _CALLED["word"]:
                    share.called += weight
                if is_soft:
                    share.softly += weight
        return _Question(weights, sum(weight for key, weight in weights.items() if key not in soft), shares)

    def _candidate(self, n: int, question: _Question, letters: float, mean: float, lists: bool) -> Candidate:
        topic, share = self.topics[n], question.shares.get(n) or _Share()
        whole = question.asked + share.softly or 1.0
        phrase, cover, name_weight, best = self._best_phrase(n, question.weights, whole)
        explained = share.explained / whole
        score = 0.40 * explained + 0.30 * phrase + 0.24 * letters + 0.06 * cover * min(1.0, name_weight)
        if lists and topic.members and cover >= 0.99:
            score += 0.12
        met = frozenset(key for key in question.weights if key in self.vocabulary[n])
        return Candidate(topic.id, score, explained, share.called / whole, phrase, letters, mean, cover, name_weight, met, best or topic.title.ko)

    def _best_phrase(self, n: int, weights: dict[str, float], asked: float) -> tuple[float, float, float, str]:
        """(match of the topic's best phrasing, share and weight of its best-met name, that phrasing)."""
        met: dict[int, float] = {}
        by_key = self.by_key[n]
        for key in weights:
            for number in by_key.get(key, ()):
                met[number] = met.get(number, 0.0) + self.phrases[number].keys[key]
        value, named, best = 0.0, (0.0, 0.0), ""
        for number, weight in met.items():
            phrase = self.phrases[number]
            cover, share = weight / phrase.total, min(1.0, weight / asked)
            match = 1.2 * cover * share / (cover + share) + 0.4 * cover * min(1.0, weight)
            if match > value:
                value, best = match, phrase.text
            if phrase.is_name and (cover, weight) > named:
                named = cover, weight
        return value, *named, best

    # -- spelling ------------------------------------------------------------------------------------------------

    def mend(self, reading: Reading) -> str | None:
        """The question with its misspelt words put right, or None where there is nothing to mend."""
        doubtful = self._doubtful(reading)
        if not doubtful:
            return None
        mended = []
        for word, (start, end) in zip(reading.utterance.text.split(), reading.words, strict=True):
            doubts = [place - start for place in doubtful if start <= place < end]
            mend = doubts and len(word) <= LONGEST_WORD and not word.isascii()
            mended.append(self._mend_word(word, start, reading, doubts) if mend else word)
        text = " ".join(mended)
        return text if text != reading.utterance.text else None

    def _doubtful(self, reading: Reading) -> set[int]:
        """Places of letters that no known word accounts for, and that a slip of the finger may have made."""
        doubtful: set[int] = set()
        for term in reading.terms:
            if term.known or term.kind == "number" or is_place(term, reading.compact) or self._is_known_word(reading, term):
                continue
            doubtful.update(range(term.start, term.end))
        for first, last in reading.cut:
            doubtful.update(range(first, last))
        words = iter(reading.words)
        start, end = next(words, (0, 0))
        for n, morpheme in enumerate(reading.morphemes[:-1]):
            while morpheme.start >= end and (step := next(words, None)):
                start, end = step
            following = reading.morphemes[n + 1]
            if (
                end - start >= 4
                and following.start < end
                and morpheme.kind in _MINOR
                and following.kind in ("noun", "root", "name")
                and following.text not in self.lexicon.everyday
            ):
                doubtful.update(range(morpheme.start, morpheme.end))  # an ending before a noun: the tagger lost the word
        for cue in reading.cues:
            doubtful -= set(range(cue.start, cue.end))
        return doubtful

    @staticmethod
    def _is_known_word(reading: Reading, term: Term) -> bool:
        """Whether the word begins with a known one of three letters or more and little stands behind it (한강로로)."""
        start, end = next(((s, e) for s, e in reading.words if s <= term.start < e), (0, 0))
        known = max((t.end for t in reading.terms if t.known and t.start == start and t.end - start >= 3), default=end)
        rest = [m for m in reading.morphemes if known <= m.start < end]
        return known < end and all(m.kind in _MINOR for m in rest) and end - known <= 2

    def _mend_word(self, word: str, start: int, reading: Reading, doubts: list[int]) -> str:
        """The word with its longest misspelt part replaced; particles and endings behind it stay."""
        inside = [m for m in reading.morphemes if start <= m.start and m.end <= start + len(word)]
        solid = [m for m in inside if m.kind not in _MINOR]
        if len(solid) == 1 and solid[0].kind == "noun" and solid[0].end - solid[0].start == 2:
            return word  # a real word of two syllables: its neighbours are other real words
        nouns = [m for m in inside if m.kind == "noun" and m.end - m.start >= 2]
        # 국민+연금: words of their own, where nothing but particles stands behind them.
        real = len(nouns) > 1 and inside[: len(nouns)] == nouns and all(m.kind in _MINOR for m in inside[len(nouns) :])
        ends = sorted({m.end - start for m in inside} | {len(word), len(word) - 1, len(word) - 2}, reverse=True)
        begins = sorted({m.start - start for m in inside} | {0})
        best: tuple[float, int, int, str] | None = None
        for begin in begins:
            for end in ends:
                if end - begin < 2 or not any(begin <= doubt < end for doubt in doubts):
                    continue
                if real and (begin > nouns[0].start - start or end < nouns[-1].end - start):
                    continue
                hit = self.speller.correct(compact(word[begin:end]))
                if hit and (best is None or (end - begin) * hit[1] > best[0]):
                    best = ((end - begin) * hit[1], begin, end, hit[0])
        if best is None:
            return word
        return word[: best[1]] + best[3] + word[best[2] :]


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


def _top(values: np.ndarray, count: int) -> np.ndarray:
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(values, -count)[-count:]


__all__ = ["Candidate", "Index", "likeness"]

"""A message understood in its conversation: which topics, which aspects, what it takes for granted, and what else it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.content import Content, Topic
from bot.dialogue.picks import picked, several_picked
from bot.dialogue.state import State
from bot.korean.numerals import Quantity, quantities
from bot.korean.romanise import name_in_latin, romanise
from bot.matching import VERBAL, Candidate, Cue, Evidence, Index, Lexicon, Reading, Surfaces, Term, asking_part, compact, spell, weigh

if TYPE_CHECKING:
    from bot.matching.meaning import Meaning

_BARE_TOPIC = re.compile(r"(?:은|는|은요|는요|은여|는여|도|도요|이랑|랑|요|이요|이랑은|랑은|쪽은|쪽은요|건|건요|거는|거는요|것은|껀)\W*$")
_BARE_ENGLISH = re.compile(r"(?:and )?(?:(?:what|how) about|and|but|then)\b")
_FEW = 7  # words of such a message
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s*년|(?![\d가-힣%]))")
_FAR_YEAR = re.compile(
    spell(
        r"재작년|내년|내후년|지지난해|nextyear|yearsago|yearslater|yearsfromnow|(?:두|세|네|몇|[2-9]|[1-9]\d|이|삼|사|오|육|칠|팔|구|[이삼사오]?십)\s*[년해]\s*(?:전|뒤|후)"
    )
)
_ASIDE = re.compile(r"말고\s*(?:또|다른)")
_SHORT_YEAR = re.compile(r"(?<![\d.])(1[5-9]|2\d|30)\s?년(?!\s?(?:째|간|동안|전|뒤|후|짜리|된|넘|이나|차|만))")
# Navigation that speaks of the conversation itself: its words are no evidence for a topic.
_SPOKEN = ("korean", "english", "more", "repeat", "restart", "person", "wrong")
# A question that one or two words make takes over what was asked before.
_SHORT = 14
_AND = frozenset("하고 랑 이랑 와 과 및 고".split())
# How much nearer a topic at hand is, in score; enough to part equals, too little to hide a better one.
_NEARNESS = 0.08
# From this probability on no other spelling is tried; by how much one must be more probable.
_SURE, _BETTER = 0.9, 0.02
# How many topics besides the best are weighed as well, up to which gap in score, and how much more probable one must be.
_RIVALS, _RIVAL, _CLEARLY = 2, 0.12, 0.1
# Between these probabilities words leave it unsure, and likeness of meaning is asked. The lower one costs right topics that words rank second.
UNSURE = (0.02, 0.95)


@dataclass(slots=True)
class Question:
    """One message, understood.

    said        all of it, normalised; the reading may be of a part of it, or of its mended spelling
    cues        small talk and navigation found, as (id, start, end)
    topics      the topics it is about, best first; empty where none is likely
    aspects     what is asked, in the order asked
    pick        1-based number the resident picked (picks.LAST for the last one), or None
    picks       all of them where several are picked (1번이랑 3번)
    far_year    another year is asked for without its number (삼 년 뒤)
    by_words    the probability by words alone, where likeness of meaning was asked too
    beyond      words that neither the names nor the texts of the topics hold
    residual    words of it that no small talk, navigation or aspect explains
    """

    reading: Reading
    said: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    chosen: list[Candidate] = field(default_factory=list)
    evidence: Evidence | None = None
    aspects: list[Cue] = field(default_factory=list)
    smalltalk: list[Cue] = field(default_factory=list)
    navigation: list[Cue] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    residual: list[Term] = field(default_factory=list)
    pick: int | None = None
    picks: tuple[int, ...] = ()
    claims: bool = False
    places: list[str] = field(default_factory=list)
    other_years: list[str] = field(default_factory=list)
    far_year: bool = False
    by_words: float | None = None
    beyond: list[Term] = field(default_factory=list)

    @property
    def language(self) -> str:
        return self.reading.utterance.language

    @property
    def probability(self) -> float:
        return self.evidence.probability if self.evidence else 0.0

    def is_sure(self, threshold: float) -> bool:
        """Whether the topic found is at least that sure."""
        return self.evidence is not None and self.evidence.probability >= threshold

    def goes(self, *names: str) -> bool:
        """Whether one of those navigation words stands in the message."""
        return bool(self.navigation) and any(cue.id in names for cue in self.navigation)


class Understander:
    """Understands messages of one content.

    meaning  likeness of meaning, where that counts too
    unsure   the probabilities between which it is asked
    """

    def __init__(
        self, content: Content, lexicon: Lexicon, index: Index, weights: Mapping[str, Mapping[str, float]], meaning: Meaning | None = None
    ) -> None:
        self.content, self.lexicon, self.index, self.weights, self.meaning = content, lexicon, index, weights, meaning
        self.unsure = UNSURE
        self.smalltalk, self.navigation = Surfaces(), Surfaces()
        for surfaces, items in ((self.smalltalk, content.smalltalk), (self.navigation, content.navigation)):
            for item in items:
                for cue in item.cues.all:
                    surfaces.add(compact(cue), item.id)
                    if cue.isascii():
                        lexicon.latin.update(cue.lower().split())
        self.places = {spelt: word for word in content.places.ko for spelt in (compact(word), romanise(word), name_in_latin(word).lower())}
        self.names = {topic.id: _flat_names(topic) for topic in content.topics.values()}
        self.siblings: dict[str, set[str]] = {}
        for topic in content.topics.values():
            for member in topic.members:
                self.siblings.setdefault(member, set()).update(topic.members)
        self.years = {topic.id: _years_of(topic, content) for topic in content.topics.values()}

    def prepare(self) -> None:
        """Makes what is else made where a message first needs it."""
        _ = self.lexicon.written
        self.index.spelling.prepare()

    def understand(self, text: str, state: State) -> Question:
        """The message, in the conversation that the state remembers."""
        reading = self.lexicon.read(text)
        said = reading.utterance.text
        pick, rest = picked(reading.utterance.text) if state.options or state.numbered or len(text) < 4 else (None, "")
        picks, behind = several_picked(said) if state.options or state.numbered else ((), "")
        if picks:
            pick, rest = picks[0], behind
        if pick is not None and rest:
            reading = self.lexicon.read(rest)
        question = Question(reading, said, pick=pick, picks=picks)
        if pick is not None and not rest:
            return question
        self._find_cues(question)
        if not state.topics:
            question.navigation = [c for c in question.navigation if c.id != "correction"]
        if question.goes("correction"):
            after = self._after_correction(question)
            if after is not None:
                question.reading = after
                self._find_cues(question, keep=True)
        question = self._find_topics(question, state)
        question = self._ask_meaning(question, state)
        question.quantities = quantities(question.reading.utterance.text)
        text = question.reading.utterance.text
        known = self.years.get(question.chosen[0].topic_id if question.chosen else (state.topics or ("",))[0], frozenset())
        spoken = (f"{q.value:.0f}" for q in question.quantities if q.unit == "년" and 1900 <= q.value < 2100)  # 이천이십이년
        short = (f"20{year}" for year in _SHORT_YEAR.findall(text))
        years = dict.fromkeys((*_YEAR.findall(text), *spoken, *short))
        question.other_years = [year for year in years if known and year not in known]
        question.far_year = bool(known) and bool(_FAR_YEAR.search(question.reading.compact, *asking_part(question.reading))) and not question.claims
        return question

    # -- words that are no topic ---------------------------------------------------------------------------------

    def _find_cues(self, question: Question, keep: bool = False) -> None:
        reading = question.reading
        found = [Cue(i, s, e) for s, e, ids in self.navigation.find(reading.compact, reading.edges, loose=True, endings=True) for i in ids]
        # "아니" corrects only where it opens the message; elsewhere it is a filler.
        found = [c for c in found if c.id != "correction" or c.start == 0 or "말고" in reading.compact[c.start : c.end]]
        question.navigation = [*question.navigation, *found] if keep else found
        question.claims = question.goes("claim") or (question.goes("tag") and not question.goes("asking"))
        question.smalltalk = [Cue(i, s, e) for s, e, ids in self.smalltalk.find(reading.compact, reading.edges, loose=True) for i in ids]
        spans = [(c.start, c.end) for c in (*question.smalltalk, *found, *reading.cues)]
        spoken = [(c.start, c.end) for c in found if c.id in _SPOKEN]
        if spoken:
            reading.terms[:] = [t for t in reading.terms if not any(s < t.end and t.start < e for s, e in spoken)]
        question.residual = [t for t in reading.terms if not t.soft and not any(s < t.end and t.start < e for s, e in spans)]
        question.places = list(dict.fromkeys(name for place, name in self.places.items() if place in reading.compact))

    def _after_correction(self, question: Question) -> Reading | None:
        """What stands behind "not that but …", or None where nothing does."""
        text = question.reading.utterance.text
        for mark in ("말고", "아니라", "아니고", "not that", "i mean", "i meant"):
            at = text.rfind(mark)
            if at >= 0 and len(text[at + len(mark) :].strip(" ,.!?요")) >= 2:
                return self.lexicon.read(text[at + len(mark) :].strip(" ,."))
        return None

    # -- topics --------------------------------------------------------------------------------------------------

    def _find_topics(self, question: Question, state: State) -> Question:
        """The question with the topics it may be about; where it is unsure and has words that may be misspelt, as it may have been meant."""
        excluded = set(state.topics) if question.goes("correction") else self._set_aside(question)
        self._match(question, excluded, state)
        if question.language == "en" or (question.is_sure(_SURE) and question.aspects):
            return question
        for reading in self.index.spelling.readings(question.reading, falls_apart=bool(question.evidence and question.evidence.features["debris"])):
            other = replace(question, reading=reading)
            self._find_cues(other, keep=True)
            self._match(other, excluded, state)
            asks_more = bool(other.aspects) and not question.aspects
            if other.probability > question.probability + (-_BETTER if asks_more else _BETTER):
                question = other
                if question.is_sure(_SURE) and question.aspects:
                    break
        return question

    def _match(self, question: Question, excluded: set[str], state: State) -> None:
        """Finds topics and aspects, and weighs them."""
        self._weigh(question, self._draw_near([c for c in self.index.search(question.reading) if c.topic_id not in excluded], state))

    def _ask_meaning(self, question: Question, state: State) -> Question:
        """The question ranked and weighed by meaning too, where words leave it unsure, the encoder is ready and not all rests on it."""
        if self.meaning is None or question.evidence is None or not self.unsure[0] < question.probability < self.unsure[1]:
            return question
        ranked = self.meaning.rank(question.reading, question.candidates)
        if ranked is None:
            return question
        other = replace(question, by_words=question.probability)
        self._weigh(other, self._draw_near(ranked, state))
        return other if self.meaning.is_grounded(other.chosen[0]) else question

    def _weigh(self, question: Question, found: list[Candidate]) -> None:
        """Takes the best topic and what is named besides; of topics of nearly one score the one that the evidence speaks for."""
        question.candidates, question.chosen, question.evidence = found, self._choose(question.reading, found), None
        if question.chosen:
            question.evidence = self._evidence(question, found, question.chosen)
        for n in range(1, len(found)):
            if n > _RIVALS or found[0].score - found[n].score > _RIVAL or question.is_sure(_SURE):
                break
            order = [found[n], *found[:n], *found[n + 1 :]]
            chosen = self._choose(question.reading, order)
            evidence = self._evidence(question, order, chosen)
            if evidence.probability > question.probability + _CLEARLY:
                question.candidates, question.chosen, question.evidence = order, chosen, evidence
        question.beyond = self._beyond(question) if question.chosen else []
        question.aspects = self._asked(question)

    def _evidence(self, question: Question, candidates: Sequence[Candidate], chosen: Sequence[Candidate]) -> Evidence:
        best = self.content.topics[chosen[0].topic_id]
        return weigh(question.reading, candidates, chosen, self.index, self.weights, bool(best.members), best.is_simple)

    def _set_aside(self, question: Question) -> set[str]:
        """The topic that is named only to ask for others (아동친화도시 말고 또 뭐가 있어요)."""
        parts = _ASIDE.split(question.reading.utterance.text, maxsplit=1)
        found = self.index.search(self.lexicon.read(parts[0])) if len(parts) == 2 and parts[0].strip() else []
        return {found[0].topic_id} if found and found[0].named >= 0.99 else set()

    def _draw_near(self, found: list[Candidate], state: State) -> list[Candidate]:
        """The candidates, best first, those at hand raised."""
        near = self._near(state)
        if near and found:
            best = found[0]
            same = {c.topic_id for c in found if c.topic_id in state.topics and c.met and c.met >= best.met and best.named < 0.99}
            if best.named >= 0.99:
                near = {c.topic_id for c in found if c.topic_id in near and c.met >= best.met}  # its name tells it from those at hand
            found = [c._replace(score=c.score + _NEARNESS * (3 if c.topic_id in same else 1)) if c.topic_id in near and c.met else c for c in found]
            found.sort(key=lambda c: (-c.score, c.topic_id))
        return found

    def _near(self, state: State) -> set[str]:
        """Topics at hand: the last ones, what was offered or listed, members of a group just told, what stands in one group with them."""
        near = {*state.topics, *state.numbered, *(o.topic for o in state.options if o.topic)}
        for topic_id in state.topics:
            near.update(self.content.topics[topic_id].members, self.siblings.get(topic_id, ()))
        return near

    def _choose(self, reading: Reading, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The best topic, and others that the question names besides."""
        if not candidates:
            return []
        group = self._group_asked(reading, candidates)
        if group is not None:
            return [group]
        chosen = [candidates[0]]
        if candidates[0].named < 0.5:
            return chosen
        joined = _joins(reading)
        if not joined and candidates[0].named < 0.99:
            return chosen
        named = 0.5 if joined else 0.99
        for other in candidates[1:]:
            if len(chosen) == 3 or other.named < named or other.name_weight < 0.5:
                continue
            explained = set().union(*(c.met for c in chosen))
            new = [t for t in reading.terms if t.key in other.met and t.key not in explained and (not t.soft or t.key in self.lexicon.local)]
            if not joined:
                new = [t for t in new if t.kind not in VERBAL]
            if sum(self.index.weight(t) for t in new) < (0.3 if joined and other.named >= 0.99 else 0.5 if other.named >= 0.99 else 0.8):
                continue
            members = self.content.topics[other.topic_id].members
            if members and not self.content.topics[chosen[0].topic_id].members:
                continue  # a group's name beside that of a topic tells what kind of thing it is
            if any(c.topic_id in members or other.topic_id in self.content.topics[c.topic_id].members for c in chosen):
                continue
            chosen.append(other)
        if len(chosen) > 1:
            place = {c.topic_id: min((t.start for t in reading.terms if t.key in c.met), default=0) for c in chosen}
            chosen.sort(key=lambda c: place[c.topic_id])
        return chosen

    def _group_asked(self, reading: Reading, candidates: Sequence[Candidate]) -> Candidate | None:
        """The group of the best topic, where "what is there" is asked in words that name none of its members."""
        best = candidates[0]
        if best.named >= 0.5 or self.content.topics[best.topic_id].members or not any(cue.id == "which" for cue in reading.cues):
            return None
        return next((c for c in candidates[1:] if c.met and best.topic_id in self.content.topics[c.topic_id].members), None)

    def _beyond(self, question: Question) -> list[Term]:
        """Nouns that go with the topic but that nothing it states holds: what is asked of it, most likely."""
        held = set().union(*(self.index.stated[self.index.number[c.topic_id]] for c in question.chosen))
        cues = question.reading.cues
        return [
            t
            for t in question.reading.terms
            if t.kind in ("noun", "foreign", "root") and t.known and not t.soft and t.key not in held
            and not any(cue.start < t.end and t.start < cue.end for cue in cues)
        ]  # fmt: skip

    # -- aspects -------------------------------------------------------------------------------------------------

    def _asked(self, question: Question) -> list[Cue]:
        """The aspects asked for, one cue each, weak ones only where there is no other; cues inside a name do not count."""
        reading = question.reading
        names = self._name_spans(question)
        cues: dict[str, Cue] = {}
        for cue in sorted(reading.cues, key=lambda c: c.start):
            if any(start <= cue.start and cue.end <= end for start, end in names):
                continue
            cues.setdefault(cue.id, cue)
        strong = [cue for cue in cues.values() if not self.content.aspects[cue.id].weak]
        if len(strong) > 1 and question.chosen:
            # A topic that is a ranking itself is named by its rank: who made it is what is asked.
            facts = self.content.topics[question.chosen[0].topic_id].facts
            strong = [cue for cue in strong if not (self.content.aspects[cue.id].alone and cue.id in facts)] or strong
        return strong or list(cues.values())

    def _name_spans(self, question: Question) -> list[tuple[int, int]]:
        """Where the names of the chosen topics stand in the question."""
        spans = []
        for candidate in question.chosen:
            for flat in self.names[candidate.topic_id]:
                at = question.reading.compact.find(flat)
                if at >= 0:
                    spans.append((at, at + len(flat)))
        return spans


def _flat_names(topic: Topic) -> list[str]:
    flat = dict.fromkeys(compact(name) for name in (topic.title.ko, *topic.names.all))
    return [name for name in flat if len(name) >= 2]


def _years_of(topic: Topic, content: Content) -> frozenset[str]:
    """Years that a question about the topic may name: those in its texts, and the one or two its document speaks of."""
    document = content.documents.get(topic.document)
    if document is None:
        return frozenset()
    text = " ".join((topic.answer.ko, topic.title.ko, *topic.names.ko, *(fact.ko for fact in topic.facts.values())))
    year = document.as_of.year
    return frozenset((*_YEAR.findall(text), str(year), str(year - 1)))


def _joins(reading: Reading) -> bool:
    """Whether something is joined by "and" in it."""
    return any(text in _AND and kind in ("particle", "ending", "other", "adverb") for text, kind, _, _ in reading.morphemes)


def is_bare(question: Question) -> bool:
    """Whether the message names something and asks nothing of it: "열린육아방은", "and Dodam Dodam?"."""
    if question.language == "en" and _BARE_ENGLISH.match(question.reading.utterance.text) and not question.claims:
        return len(question.reading.words) <= _FEW and all(cue.id == "what" for cue in question.aspects)
    if question.claims or question.aspects or len(question.reading.compact) > _SHORT:
        return False
    return bool(_BARE_TOPIC.search(question.reading.utterance.text)) or len(question.reading.words) == 1

"""How sure: what speaks for a topic and what the question holds that it does not explain, made one probability.

The weights stand in coefficients.yaml, fitted by cross-validation over groups of questions (`yongsan-bot calibrate`). The unexplained
rest weighs most: similarity alone does not tell in scope from out of scope.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.matching.coefficients import SEMANTIC
from bot.matching.index import LIKENESS, Candidate, Index, negates
from bot.matching.reading import Reading, Term, is_place
from bot.matching.surfaces import VERBAL

# explained, called  share of the question that the topics' words explain; that their names and phrasings do
# phrase             how well the best phrasing is met
# letters_…, words_… likeness of letters and of words, see bags.MEASURES
# named, full        share of the best-met name that stands in the question; whether all of it does, full_weight: how telling it is
# score              what the best topic is ranked by
# margin, lead       gap in score to the next topic; to the mean of the next five
# negation           the question sets something aside (말고, 하지 마) and the topic's phrasings do not, or the other way round
# met_weight, …      weight and number of the words met: met_count where no name is whole, met_beyond what stands besides a whole one
# clean              nothing is left unexplained
# slips              the question shows slips: it was read otherwise than it stands, or holds bits that are no word
# lists              a group's name with "what is there", which asks for the list
# debris             bits that are no word: of one syllable, unknown to the dictionary, with letters outside a syllable
# unknown_…          words known to no topic: nouns (unknown_part: where no name is whole), names, places of elsewhere
# other_words        weight of words that only other topics have
# modifiers          unexplained nouns right before a word of the topic (아동+수당); modified_part: where no name is whole
# glued              modifiers written as one word with it (문화상품권)
# heads              unexplained nouns right behind a word of the topic, which may make it another thing (자전거+도로)
# strange            words of the topic that stand together as they never do there (시민+안전+보험 for a bicycle insurance)
# lone               one word alone, and no name
# meaning_…          where it was asked (meaning.py): likeness to the topic's nearest phrasings, in the mean; how like those are to one another;
#                    whether no other topic is nearer. All 0.0 where it was not
FEATURES = (
    "explained", "called", "phrase", *LIKENESS, "named", "full", "full_weight", "score", "margin", "lead", "negation",
    "met_weight", "met_count", "met_beyond", "clean", "lists", "slips",
    "debris", "unknown_nouns", "unknown_part", "unknown_names", "unknown_places", "other_words", "modifiers", "modified_part",
    "glued", "heads", "strange", "lone",
    "meaning_mean", "meaning_tight", "meaning_first",
)  # fmt: skip

_OF_MEANING = ("meaning_mean", "meaning_tight", "meaning_first")
_CAP = 3.0
_WORD = 9  # letters; what is longer was written without spaces
_WHOLE = 0.99
_LETTER = re.compile("[ㄱ-ㅣ]")
_EDITION = re.compile(r"제\d+[회차기]")
_OF_PLACE = re.compile("(?:광역)?시?(?:은|는|도|에는|에도|엔)")
_SENTENCE_END = re.compile(r"[.?!]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was weighed.

    features     by name, see FEATURES
    unexplained  words of the question that neither the topics nor an aspect nor everyday language explains
    probability  that the best topic is the right one, 0.0 to 1.0
    weights      by which the features were weighed
    """

    features: dict[str, float]
    unexplained: tuple[Term, ...]
    probability: float
    weights: Mapping[str, float]

    def adds(self) -> dict[str, float]:
        """What each feature adds to the log odds, or takes from them."""
        return {name: self.weights.get(name, 0.0) * value for name, value in self.features.items()}


def weigh(
    reading: Reading,
    candidates: Sequence[Candidate],
    chosen: Sequence[Candidate],
    index: Index,
    weights: Mapping[str, Mapping[str, float]],
    is_group: bool,
    is_list: bool = False,
) -> Evidence:
    """The evidence that the chosen topics answer the question.

    chosen    the topics taken, the best first; not empty
    is_group  whether the best topic stands for several; is_list: whether it is a mere list of phrasings
    """
    explained = frozenset().union(*(candidate.met for candidate in chosen))
    features = dict.fromkeys(FEATURES, 0.0)
    unexplained = _unexplained(reading, explained)
    _weigh_candidates(features, candidates, chosen)
    _weigh_met(features, reading, explained, index)
    _weigh_rest(features, reading, unexplained, explained, index)
    features["clean"] = float(not unexplained)
    if not is_list:
        features["unknown_names"] = min(_CAP, features["unknown_names"] + _other_editions(reading, chosen, index))
        features["strange"] = min(_CAP, _strange(reading, explained, [c.topic_id for c in chosen], index))
    features["negation"] = abs(float(negates(reading)) - float(index.negated[index.number[chosen[0].topic_id]]))
    if is_group and features["full"]:
        features["lists"] = float(any(cue.id == "which" for cue in reading.cues) and not _stands_beside(reading, unexplained, explained))
    kind = "lists" if is_list else "spoilt" if features["slips"] else "topics"
    taken = weights[kind + SEMANTIC if chosen[0].meaning else kind]
    return Evidence(features, tuple(unexplained), probability(features, taken), taken)


def probability(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The logistic of the weighted features."""
    z = weights["constant"] + sum(weights.get(name, 0.0) * value for name, value in features.items() if value)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def _weigh_candidates(features: dict[str, float], candidates: Sequence[Candidate], chosen: Sequence[Candidate]) -> None:
    best = chosen[0]
    taken = {candidate.topic_id for candidate in chosen}
    measures = [candidate.measures for candidate in chosen]
    features["explained"] = min(1.0, sum(one["explained"] for one in measures))
    features["called"] = min(1.0, sum(one["called"] for one in measures))
    features["phrase"] = max(one["phrase"] for one in measures)
    features.update((name, measures[0][name]) for name in LIKENESS)
    if best.meaning:
        features.update((name, measures[0][name]) for name in _OF_MEANING)
    features["named"] = best.named * min(1.0, best.name_weight)
    features["full"] = float(best.named >= _WHOLE)
    features["full_weight"] = max((min(_CAP, c.name_weight) for c in chosen if c.named >= _WHOLE), default=0.0)
    others = [c.score for c in candidates if c.topic_id not in taken][:5]
    features["score"] = best.score
    features["margin"] = best.score - (others[0] if others else 0.0)
    features["lead"] = best.score - (sum(others) / len(others) if others else 0.0)


def _weigh_met(features: dict[str, float], reading: Reading, explained: frozenset[str], index: Index) -> None:
    all_soft = all(term.soft for term in reading.terms)
    asking, _ = asking_part(reading)
    met: dict[str, float] = {}
    for term in reading.terms:
        if term.key in explained:
            told = 0.5 if term.start < asking else 1.0  # what is told before the question says less of what is asked
            features["met_weight"] += index.weight(term) * told
            met[term.key] = max(met.get(term.key, 0.0), told * (0.5 if (term.soft and not all_soft) or term.kind in VERBAL else 1.0))
    features["met_weight"] = min(_CAP, features["met_weight"])
    count = sum(met.values())
    if features["full"]:
        features["met_beyond"] = min(_CAP, max(0.0, count - 1))
    else:
        features["met_count"] = min(_CAP + 1, count)
        features["lone"] = float(count <= 1 and features["named"] < 0.5)


def _unexplained(reading: Reading, explained: frozenset[str]) -> list[Term]:
    start, end = asking_part(reading)
    return [
        term
        for term in reading.terms
        if term.key not in explained and not term.soft and start <= term.start < end
        and not any(cue.start <= term.start and term.end <= cue.end for cue in reading.cues)
    ]  # fmt: skip


def _weigh_rest(features: dict[str, float], reading: Reading, unexplained: Sequence[Term], explained: frozenset[str], index: Index) -> None:
    begins: set[int] = set()  # where a run of nouns begins that ends in a word of the topic
    word_starts = {start for start, _ in reading.words}
    for term in reversed(reading.terms):
        if term.key in explained or (term.soft and term.end in begins):
            begins.add(term.start)
        if term.key in explained and term.start not in word_starts and any(end == term.start for _, end in reading.elsewhere):
            features["unknown_places"] += 1  # 서울+역사박물관
        elif term.key in explained and any(reading.compact[end : end + 1] == "의" and end + 1 == term.start for _, end in reading.elsewhere):
            features["unknown_places"] += 1  # 미국의 확진자
    if any(reading.compact.startswith("전체", end) for _, end in reading.elsewhere):
        features["unknown_places"] += 1  # 서울시 전체
    asking, _ = asking_part(reading)
    if any(start >= asking and _OF_PLACE.match(reading.compact, end) for start, end in reading.elsewhere):
        features["unknown_places"] += 1  # 대구는, 대구에도
    ends = {term.end for term in reading.terms if term.key in explained and not term.soft}
    for term in unexplained:
        if term.start in ends and term.kind in ("noun", "name", "root") and not is_debris(term):
            features["heads"] += 1
        if term.end in begins and term.kind not in VERBAL and not is_debris(term):
            features["modifiers"] += 1  # 아동+수당, 자동차+보험: the same kind of thing, but another one
            features["glued"] += float(any(start <= term.start and term.end < end <= start + _WORD for start, end in reading.words))
        if term.key in index.rarity:
            features["other_words"] += index.weight(term)
        elif is_place(term, reading.compact):
            features["unknown_places"] += 1
        elif term.kind == "name":
            features["unknown_names"] += 1
        elif is_debris(term):
            features["debris"] += 1
        elif term.kind not in VERBAL:
            features["unknown_nouns"] += 1
    for name in ("debris", "other_words", "modifiers", "glued", "heads", "unknown_places", "unknown_names", "unknown_nouns"):
        features[name] = min(_CAP, features[name])
    spoilt = reading.respelt or features["debris"] or any(term.kind == "unknown" or _LETTER.search(term.key) for term in reading.terms)
    features["slips"] = float(bool(spoilt))
    if not features["full"]:
        features["modified_part"], features["unknown_part"] = features["modifiers"], features["unknown_nouns"]


def _other_editions(reading: Reading, chosen: Sequence[Candidate], index: Index) -> int:
    """How many editions are asked for that no topic has (제6회 of what is printed as 제2회)."""
    return sum(not any(index.holds(c.topic_id, edition) for c in chosen) for edition in _EDITION.findall(reading.compact))


def _strange(reading: Reading, explained: frozenset[str], topics: Sequence[str], index: Index) -> float:
    """How many words of the topics stand together in one word of the question as they never do in what is written of the topics."""
    starts = {start for start, _ in reading.words}
    long = {place for start, end in reading.words if end - start > _WORD for place in range(start, end)}  # written without spaces
    return sum(
        1.0
        for a, b in pairwise(reading.terms)
        if a.end == b.start and b.start not in starts and b.start not in long and a.key in explained and b.key in explained
        and a.kind not in VERBAL and b.kind not in VERBAL and a.key != b.key
        and not any(index.is_compound(topic, a, b, reading.compact) for topic in topics)
    )  # fmt: skip


def is_debris(term: Term) -> bool:
    """Whether the term is what a slip leaves behind rather than a word."""
    return term.kind == "unknown" or term.end - term.start == 1 or bool(_LETTER.search(term.key))


def _stands_beside(reading: Reading, unexplained: Sequence[Term], explained: frozenset[str]) -> bool:
    """Whether an unexplained noun stands right beside a word of the topic, and makes another thing of it (청년+월세, 여성+새로일하기센터)."""
    edges = {place for term in reading.terms if term.key in explained for place in (term.start, term.end)}
    return any(term.kind not in VERBAL and (term.start in edges or term.end in edges) for term in unexplained)


def asking_part(reading: Reading) -> tuple[int, int]:
    """(start, end) of the last sentence that asks and of what follows; what residents tell before it weighs nothing against a topic."""
    text = reading.utterance.text
    ends = [m.end() - text.count(" ", 0, m.end()) for m in _SENTENCE_END.finditer(text) if text[m.end() : m.end() + 1] == " "]
    if len(text) < 40 or not ends:
        return 0, len(text)
    starts = [0, *ends]
    asking = [start for start, end in zip(starts, [*ends, len(text)], strict=True) if any(start <= cue.start < end for cue in reading.cues)]
    start = asking[-1] if asking else starts[-1]
    if not any(term.start >= start for term in reading.terms):
        start = max((other for other in starts if other < start), default=0)
    return start, len(text)

"""How sure: what speaks for a topic and what the question holds that it does not explain, made one probability.

The weights stand in coefficients.yaml, fitted by cross-validation over groups of questions (`yongsan-bot calibrate`). The unexplained
rest weighs most: similarity alone does not tell in scope from out of scope.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import yaml

from bot.matching.index import Candidate, Index
from bot.matching.lexicon import Reading, Term
from bot.matching.surfaces import VERBAL

FEATURES = (
    "explained", "called", "phrase", "letters", "mean", "named", "margin", "unknown_nouns", "unknown_names", "unknown_places", "unknown_verbs",
    "other_words", "modifiers", "aside", "asked", "rest_share", "english_rest", "met_weight", "met_count", "full_weight", "clean", "clean_named", "modified_part", "unknown_part", "lone", "group_rest", "lists",
)  # fmt: skip

_DISTRICT_ENDINGS = "구시군도읍면"
_OFFICES = ("구청", "시청", "군청", "도청")
_SENTENCE_END = re.compile(r"[.?!]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was weighed.

    features     by name, see FEATURES
    unexplained  words of the question that neither the topics nor an aspect nor everyday language explains
    probability  that the best topic is the right one, 0.0 to 1.0
    """

    features: dict[str, float]
    unexplained: tuple[Term, ...]
    probability: float


def load_coefficients() -> dict[str, float]:
    """The fitted weights that travel with the package."""
    text = (resources.files("bot.matching") / "coefficients.yaml").read_text(encoding="utf-8")
    return {name: float(value) for name, value in yaml.safe_load(text)["weights"].items()}


def weigh(
    reading: Reading,
    candidates: Sequence[Candidate],
    chosen: Sequence[Candidate],
    index: Index,
    weights: Mapping[str, float],
    is_group: bool,
) -> Evidence:
    """The evidence that the chosen topics answer the question.

    chosen    the topics taken, the best first; not empty
    is_group  whether the best topic stands for several
    """
    best = chosen[0]
    taken = {candidate.topic_id for candidate in chosen}
    rival = next((c.score for c in candidates if c.topic_id not in taken), 0.0)
    explained: set[str] = set()
    for candidate in chosen:
        explained |= candidate.met
    main = _asking_part(reading, explained)
    features = dict.fromkeys(FEATURES, 0.0)
    unexplained = []
    word_starts = {start for start, _ in reading.words}
    begins: set[int] = set()  # where a run of nouns begins that ends in a word of the topic
    for term in reversed(reading.terms):
        if term.key in explained or (term.soft and term.end in begins):
            begins.add(term.start)
    rest = total = met = 0.0
    for term in reading.terms:
        weight = index.weight(term)
        total += 0.0 if term.soft else weight
        if term.key in explained:
            met += weight
            if term.start not in word_starts and any(end == term.start for _, end in reading.elsewhere):
                features["unknown_places"] += 1  # 서울+역사박물관
            continue
        if term.soft:
            continue
        if any(cue.start <= term.start and term.end <= cue.end for cue in reading.cues):
            continue
        if not main[0] <= term.start < main[1]:
            features["aside"] += weight
            continue
        rest += weight
        unexplained.append(term)
        if term.end in begins and term.kind not in (*VERBAL, "number"):
            features["modifiers"] += 1  # 아동+수당, 자동차+보험: the same kind of thing, but another one
        if term.key in index.rarity:
            features["other_words"] += weight
        elif _is_place(term, reading.compact):
            features["unknown_places"] += 1
        elif term.kind == "name":
            features["unknown_names"] += 1
        elif term.kind in VERBAL:
            features["unknown_verbs"] += 1
        else:
            features["unknown_nouns"] += 1.0 if term.end - term.start > 1 else 0.3
            if term.kind == "foreign":
                features["english_rest"] += 1
    for name in ("other_words", "modifiers", "unknown_places", "unknown_names", "unknown_verbs", "unknown_nouns", "aside", "english_rest"):
        features[name] = min(3.0, features[name])
    features["explained"] = min(1.0, sum(c.explained for c in chosen))
    features["called"] = min(1.0, sum(c.called for c in chosen))
    features["phrase"] = max(c.phrase for c in chosen)
    features["letters"] = best.letters
    features["mean"] = best.mean
    features["named"] = best.named * min(1.0, best.name_weight)
    features["margin"] = best.score - rival
    features["asked"] = 1.0 if reading.cues else 0.0
    features["rest_share"] = rest / total if total else 0.0
    features["met_weight"] = min(3.0, met)
    all_soft = all(term.soft for term in reading.terms)
    found = {
        term.key: 0.5 if (term.soft and not all_soft) or term.kind in VERBAL else 1.0 for term in reading.terms if term.key in explained
    }
    features["met_count"] = min(4.0, sum(found.values()))
    features["full_weight"] = max((min(3.0, c.name_weight) for c in chosen if c.named >= 0.99), default=0.0)
    if best.named < 0.99:
        features["modified_part"] = features["modifiers"]
        features["unknown_part"] = features["unknown_nouns"]
    features["clean"] = float(not unexplained)
    features["clean_named"] = float(not unexplained and best.named >= 0.99 and len(best.best) > 1)
    features["lone"] = float(features["met_count"] <= 1 and best.named < 0.5)
    if is_group:
        features["lists"] = float(best.named >= 0.99 and any(cue.id == "which" for cue in reading.cues))
        features["group_rest"] = min(3.0, float(sum(term.kind not in VERBAL for term in unexplained)))
    return Evidence(features, tuple(unexplained), probability(features, weights))


def probability(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The logistic of the weighted features."""
    z = weights["constant"] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def _is_place(term: Term, text: str) -> bool:
    """Whether the word names a place, by the dictionary or by what stands behind it (강동구, 마포+구청)."""
    if term.kind == "place" or text[term.end : term.end + 2] in _OFFICES:
        return True
    return term.kind == "name" and term.key[-1] in _DISTRICT_ENDINGS and len(term.key) > 2


def _asking_part(reading: Reading, explained: set[str]) -> tuple[int, int]:
    """(start, end) of the sentences that name the topic or ask; what residents tell of themselves before weighs less."""
    text = reading.utterance.text
    if len(text) < 40:
        return 0, len(text)
    ends = []
    position = 0
    for match in _SENTENCE_END.finditer(text):
        if match.end() < len(text) and text[match.end()] == " ":
            ends.append(match.end() - text.count(" ", 0, match.end()))
    if not ends:
        return 0, len(text)
    starts = [0, *ends]
    bounds = list(zip(starts, [*ends, len(text)], strict=True))
    asking = [n for n, (start, end) in enumerate(bounds) if any(start <= cue.start < end for cue in reading.cues)]
    last = asking[-1] if asking else len(bounds) - 1
    start, end = bounds[last]
    if not any(start <= term.start < end for term in reading.terms) and last > 0:
        start = bounds[last - 1][0]
    return start, max(end, bounds[-1][1] if last == len(bounds) - 1 else end)

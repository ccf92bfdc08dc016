"""What words and letters found, ranked again by what it means. Only where an encoder is at hand (semantic.py).

Promises: no topic comes in that way, and none rises by meaning alone: it counts for those that share a word with the question, or look alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.matching.coefficients import kind_of
from bot.matching.evidence import asking_part
from bot.matching.index import MEANING, RANKED, Candidate, Index
from bot.matching.reading import Reading
from bot.matching.semantic import Encoder, Semantic

LOOKS_ALIKE = 0.3  # letters_best from which a topic counts that shares no word with the question


class Meaning:
    """The topics of an index by what their phrasings mean; ready when the encoder has read them all.

    ranking  weights of index.RANKED and index.MEANING: of topics with facts, and of mere lists of phrasings
    """

    def __init__(self, index: Index, encoder: Encoder, ranking: Mapping[str, Mapping[str, float]]) -> None:
        self._index, self._encoder = index, encoder
        self._ranking = dict(ranking)
        phrases = index.phrases
        self._semantic = Semantic(encoder, [phrase.text for phrase in phrases], [phrase.topic for phrase in phrases], len(index.topics))

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it is ready, after at most that time."""
        return self._semantic.wait(seconds)

    def remember_questions(self) -> None:
        """See Encoder."""
        self._encoder.remember_questions()

    def rank_by(self, kind: str, weights: Mapping[str, float]) -> None:
        """Ranks topics of that kind by those weights from now on."""
        self._ranking[kind] = weights

    def rank(self, reading: Reading, candidates: Sequence[Candidate]) -> list[Candidate] | None:
        """The candidates, best first, with what their meaning says in their measures; None until it is ready.

        meaning_best, meaning_mean  see Semantic.search; 0.0 for a topic that words and letters say nothing for
        meaning_tight               see Semantic.tightness
        meaning_first               1.0 for the topic of the highest mean
        """
        found = self._semantic.search(_asking_text(reading))
        if found is None:
            return None
        best, mean = found
        tight = self._semantic.tightness
        numbers = [self._index.number[candidate.topic_id] for candidate in candidates]
        counts = [bool(c.met) or c.measures["letters_best"] >= LOOKS_ALIKE for c in candidates]
        nearest = max((float(mean[n]) for n, does in zip(numbers, counts, strict=True) if does), default=0.0)
        ranked = []
        for candidate, n, does in zip(candidates, numbers, counts, strict=True):
            measures = {
                **candidate.measures,
                "meaning_best": float(best[n]) if does else 0.0,
                "meaning_mean": float(mean[n]) if does else 0.0,
                "meaning_tight": float(tight[n]),
                "meaning_first": float(does and float(mean[n]) == nearest),
            }
            weights = self._ranking[kind_of(self._index.topics[n].is_simple, by_meaning=True)]
            score = sum(weights.get(name, 0.0) * measures[name] for name in (*RANKED, *MEANING))
            ranked.append(replace(candidate, score=score, measures=measures))
        return sorted(ranked, key=lambda c: (-c.score, c.topic_id))


def _asking_text(reading: Reading) -> str:
    """The part of a text that asks; of what is told before it the encoder would hear most."""
    start, _ = asking_part(reading)
    words = zip(reading.utterance.text.split(), reading.words, strict=True)
    return " ".join(word for word, (begin, _) in words if begin >= start)

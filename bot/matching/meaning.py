"""What words and letters found, ranked again by what it means. Only where an encoder is at hand (semantic.py).

Promises: no topic comes in that way, and none is answered on its meaning alone: where what is chosen by it shares no word with the
question and does not look like it either, what words say stands (see question.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.matching.coefficients import SEMANTIC
from bot.matching.evidence import asking_part
from bot.matching.index import RANKED, RANKED_BY_MEANING, Candidate, Index
from bot.matching.reading import Reading
from bot.matching.semantic import Encoder, Semantic

_LETTERS_BEST = RANKED.index("letters_best")
LOOKS_ALIKE = 0.15  # letters_best; two thirds of the wrong topics found that share no word stay below, one tenth of the right ones


class Meaning:
    """The topics of an index by what their phrasings mean; ready when the encoder has read them all.

    ranking      weights of index.RANKED and index.MEANING: of topics with facts, and of mere lists of phrasings
    looks_alike  letters_best from which a topic may come first that shares no word with the question
    """

    def __init__(self, index: Index, encoder: Encoder, ranking: Mapping[str, Mapping[str, float]]) -> None:
        self._index, self._encoder = index, encoder
        self._ranking = dict(ranking)
        self.looks_alike = LOOKS_ALIKE
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
        """The candidates, best first, with MEANING of each; None until it is ready.

        meaning_best, meaning_mean  see Semantic.search
        meaning_tight               see Semantic.tightness
        meaning_first               1.0 for the topic of the highest mean
        """
        found = self._semantic.search(_asking_text(reading)) if candidates else None
        if found is None:
            return None
        best, mean = found
        tight = self._semantic.tightness
        numbers = [self._index.number[candidate.topic_id] for candidate in candidates]
        nearest = max(mean[n] for n in numbers)
        ranked = []
        for candidate, n in zip(candidates, numbers, strict=True):
            meaning = (float(best[n]), float(mean[n]), float(tight[n]), float(mean[n] == nearest))
            weights = self._ranking[("lists" if self._index.topics[n].is_simple else "topics") + SEMANTIC]
            values = zip(RANKED_BY_MEANING, (*candidate.row, *meaning[:2]), strict=True)
            ranked.append(candidate._replace(score=sum(weights.get(name, 0.0) * value for name, value in values), meaning=meaning))
        return sorted(ranked, key=lambda c: (-c.score, c.topic_id))

    def is_grounded(self, candidate: Candidate) -> bool:
        """Whether more than meaning speaks for it: it shares a word with the question, or looks like it."""
        return bool(candidate.met) or candidate.row[_LETTERS_BEST] >= self.looks_alike


def _asking_text(reading: Reading) -> str:
    """The part of a text that asks; of what is told before it the encoder would hear most."""
    start, _ = asking_part(reading)
    words = zip(reading.utterance.text.split(), reading.words, strict=True)
    return " ".join(word for word, (begin, _) in words if begin >= start)

"""The fitted weights that travel with the package (coefficients.yaml), by kind of knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import yaml

# topics  with facts by aspect, names and words
# lists   mere questions and answers
# …_semantic  the same, where their meaning was asked too (meaning.py)
SEMANTIC = "_semantic"
KINDS = ("topics", "lists", "topics_semantic", "lists_semantic")
# What makes the probability is weighed otherwise where a question about topics shows slips: its strange words are no words.
WEIGHED = ("topics", "spoilt", "lists", "topics_semantic", "spoilt_semantic", "lists_semantic")

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What topics are ranked by (index.RANKED, RANKED_BY_MEANING) by KINDS, what makes the probability (evidence.FEATURES and "constant") by
    WEIGHED, how it was fitted."""

    ranking: Mapping[str, Weights]
    evidence: Mapping[str, Weights]
    fitted: Mapping[str, str]


def load_coefficients(path: Path | None = None) -> Coefficients:
    """The weights of a file, without one those of the package."""
    source = path if path and path.exists() else resources.files("bot.matching") / "coefficients.yaml"
    values = yaml.safe_load(source.read_text(encoding="utf-8"))
    parts = (("ranking", KINDS), ("evidence", WEIGHED))
    ranking, evidence = ({kind: {n: float(v) for n, v in values[part][kind].items()} for kind in kinds} for part, kinds in parts)
    return Coefficients(ranking, evidence, values.get("fitted", {}))

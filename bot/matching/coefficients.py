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
KINDS = ("topics", "lists", "topics_semantic", "lists_semantic")

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """By kind: what topics are ranked by (index.RANKED, RANKED_BY_MEANING), what makes the probability (evidence.FEATURES, "constant"), how it was
    fitted."""

    ranking: Mapping[str, Weights]
    evidence: Mapping[str, Weights]
    fitted: Mapping[str, str]


def load_coefficients(path: Path | None = None) -> Coefficients:
    """The weights of a file, without one those of the package."""
    source = path if path and path.exists() else resources.files("bot.matching") / "coefficients.yaml"
    values = yaml.safe_load(source.read_text(encoding="utf-8"))
    ranking, evidence = ({kind: {n: float(v) for n, v in values[part][kind].items()} for kind in KINDS} for part in ("ranking", "evidence"))
    return Coefficients(ranking, evidence, values.get("fitted", {}))


def kind_of(is_list: bool, by_meaning: bool = False) -> str:
    return KINDS[is_list + 2 * by_meaning]

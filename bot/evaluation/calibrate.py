"""Fits the weights of the evidence on question suites, and says what they are worth on questions they were not fitted on.

A ridge-regularised logistic regression by Newton's steps. Promises that no topic label stands on both sides of a fold, and that no weight
says what cannot be meant: an unexplained word never speaks for a topic.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from bot.dialogue import State
from bot.dialogue.question import Question
from bot.engine import Engine
from bot.evaluation.noise import Noise
from bot.evaluation.ranking import Choice, choice, fit_ranking
from bot.evaluation.report import calibrate_bins
from bot.evaluation.suites import Ask, Case, load_suites
from bot.evaluation.verdicts import URGENT_LABELS, meets
from bot.matching import KINDS, SEMANTIC, WEIGHED, load_coefficients
from bot.matching.evidence import FEATURES

FOLDS = 10
RIDGE = 3.0
ALWAYS = (-1.0, 2.0)  # between which every probability is
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
AGAINST = frozenset(
    ("negation debris unknown_nouns unknown_part unknown_names unknown_places other_words modifiers modified_part glued heads strange lone"
     " meaning_tight").split()
)  # fmt: skip
# Questions that name another place are declined whatever their confidence, so no fit sees them: the weight only tells them to be unsure.
# What hangs on how many phrasings staff wrote says nothing about topics with facts.
_PINNED = {"unknown_places": -4.0}
_OF_PHRASINGS = ("letters_mean", "letters_common", "words_mean", "words_common")
_OF_TOPICS = {**_PINNED, **dict.fromkeys(_OF_PHRASINGS, 0.0)}
PINNED = {"topics": _OF_TOPICS, "spoilt": _OF_TOPICS, "lists": _PINNED}

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its evidence.

    group     questions of one group are never in both folds
    in_scope  whether an answer (or a partial one) is expected
    features  by name, see FEATURES; empty where no topic was found at all
    right     whether the topics found answer it
    choice    its candidates, where one of them answers it
    noisy     it was asked with noise
    """

    key: str
    group: str
    in_scope: bool
    features: Mapping[str, float]
    right: bool
    choice: Choice | None = None
    noisy: bool = False

    @property
    def has_slips(self) -> bool:
        """Whether the engine sees slips in it, and weighs its evidence accordingly."""
        return bool(self.features.get("slips"))


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What happens when topics are spoken of from that confidence on.

    false   share of the out-of-scope questions that are answered
    wrong   share of the in-scope questions that are answered with another topic
    missed  share of the in-scope questions that are not answered
    """

    threshold: float
    false: float
    wrong: float
    missed: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What probabilities are worth: auroc and log_loss of right against not, expected calibration error, and the cost of thresholds."""

    rows: int
    auroc: float
    ece: float
    log_loss: float
    at: tuple[AtThreshold, ...]

    def text(self) -> str:
        lines = [f"{self.rows} questions: AUROC {self.auroc:.4f}, ECE {self.ece:.3f}, log loss {self.log_loss:.4f}"]
        lines += [f"  from {a.threshold:.2f}: false {100 * a.false:.1f}%, wrong {100 * a.wrong:.1f}%, missed {100 * a.missed:.1f}%" for a in self.at]
        return "\n".join(lines)


# -- collecting ------------------------------------------------------------------------------------------------------


def collect(engine: Engine, suites: Sequence[Path], noise: Noise | None = None) -> list[Row]:
    """A row for every single question that is neither small talk nor urgent, and with noise another for it spoilt. Raises SuiteError."""
    rows = []
    for suite in load_suites(suites):
        for case in suite.cases:
            ask = case.asks[0]
            if case.kind == "single" and ask.expect != "chitchat" and case.topic not in URGENT_LABELS:
                spoilt = replace(ask, q=noise.spoil(ask.q)) if noise else ask
                asks = [ask] if spoilt.q == ask.q else [ask, spoilt]
                rows += [replace(row, noisy=one is not ask) for one in asks if (row := _row(engine, suite.name, case, one)) is not None]
    return rows


def _row(engine: Engine, suite: str, case: Case, ask: Ask) -> Row | None:
    question = engine.understander.understand(ask.q, State())
    if engine.urgent.find(question.reading.utterance.text) is not None:
        return None
    if question.evidence is not None and engine.policy.gate(question):
        return None  # declined, however sure
    in_scope, best = ask.expect != "abstain", question.chosen[0].topic_id if question.chosen else ""
    # Questions out of scope have no topic of their own: those that lure the same topic belong together.
    group = (case.topic if in_scope else f"lured by {best}") or case.id
    features = question.evidence.features if question.evidence else {}
    if not in_scope:
        return Row(f"{suite}/{case.id}", group, False, features, False)
    bodies = {c.topic_id: _body(engine, question, ask, c.topic_id) for c in question.candidates}
    right = meets("\n".join(bodies[c.topic_id] for c in question.chosen), ask.must)
    ranked = choice(group, question.candidates, [meets(bodies[c.topic_id], ask.must) for c in question.candidates])
    return Row(f"{suite}/{case.id}", group, True, features, right, ranked)


def _body(engine: Engine, question: Question, ask: Ask, topic: str) -> str:
    """What the question would be told of that topic."""
    state = State()
    decision = engine.policy.pick(topic, question, state, ask.now, engine.policy.language(question, state), None)
    return engine.wording.word(decision, state, ask.now).body


def ask_meaning_always(engine: Engine) -> None:
    """Has likeness of meaning counted for every question and whatever comes first, each encoded once: weights are fitted on all of them."""
    understander = engine.understander
    if understander.meaning is None:
        raise ValueError("the engine has no encoder")
    understander.unsure = ALWAYS
    understander.meaning.looks_alike = -1.0
    understander.meaning.remember_questions()
    engine.wait()


def rank_by(engine: Engine, kind: str, ranking: Mapping[str, float]) -> None:
    """Has the engine rank topics of that kind (see KINDS) by those weights from now on."""
    index, meaning = engine.understander.index, engine.understander.meaning
    if not kind.endswith(SEMANTIC):
        index.rank_by(kind, ranking)
    elif meaning is not None:
        meaning.rank_by(kind, ranking)


def fit_suites(engine: Engine, suites: Sequence[Path], noise: Noise | None = None, by_meaning: bool = False) -> tuple[dict[str, float], list[Row]]:
    """(ranking, rows with the evidence under it). Raises SuiteError.

    by_meaning  the weights to be used where likeness of meaning is asked too; the engine needs an encoder
    """
    if by_meaning:
        ask_meaning_always(engine)
    ranking = fit_ranking([row.choice for row in collect(engine, suites, noise) if row.choice])
    rank_by(engine, "topics" + SEMANTIC * by_meaning, ranking)
    return ranking, collect(engine, suites, noise)


# -- fitting ---------------------------------------------------------------------------------------------------------


def fit_topics(rows: Sequence[Row], suffix: str = "") -> dict[str, dict[str, float]]:
    """Weights for questions without slips, fitted on those asked as they stand, and for those with slips; by WEIGHED, names with that suffix."""
    plain = fit([row for row in rows if not row.has_slips and not row.noisy])
    spoilt = [row for row in rows if row.has_slips]
    return {"topics" + suffix: plain, "spoilt" + suffix: fit(spoilt, "spoilt") if spoilt else plain}


def fit(rows: Sequence[Row], kind: str = "topics") -> dict[str, float]:
    """The weights of FEATURES and the constant, signs as AGAINST says; `kind` of weights, see coefficients.WEIGHED."""
    pinned = PINNED[kind.removesuffix(SEMANTIC)]
    used = [row for row in rows if row.features]
    table = np.array([[row.features.get(name, 0.0) for name in FEATURES] for row in used], dtype=np.float64).reshape(len(used), len(FEATURES))
    target = np.array([row.right for row in used], dtype=np.float64)
    active = [name for n, name in enumerate(FEATURES) if name not in pinned and len(used) and float(table[:, n].std()) > 1e-9]
    while True:
        weights = _fit_columns(table, target, active)
        bad = [name for name in active if _wrong_sign(name, weights[name])]
        if not bad:
            return {"constant": weights.pop("constant"), **{name: weights.get(name, pinned.get(name, 0.0)) for name in FEATURES}}
        # One at a time, the worst first: another's sign may come right by it.
        active.remove(max(bad, key=lambda name: abs(weights[name])))


def _wrong_sign(name: str, weight: float) -> bool:
    return weight > 0 if name in AGAINST else weight < 0


def _fit_columns(table: Array, target: Array, names: Sequence[str]) -> dict[str, float]:
    """Weights by name and "constant", of those columns of the table, by iteratively reweighted least squares."""
    columns = table[:, [FEATURES.index(name) for name in names]]
    scale = columns.std(axis=0)
    scale[scale < 1e-9] = 1.0
    center = columns.mean(axis=0) if len(columns) else np.zeros(len(names))
    design = np.column_stack([np.ones(len(columns)), (columns - center) / scale])
    penalty = np.diag([1e-6, *([RIDGE] * len(names))])
    beta = np.zeros(len(names) + 1)
    for _ in range(100):
        guess = logistic(design @ beta)
        slope = design.T @ (target - guess) - penalty @ beta
        step = np.linalg.solve((design.T * (guess * (1 - guess))) @ design + penalty, slope)
        size = float(np.abs(step).max())
        beta += step * min(1.0, 2.0 / size) if size else step  # capped: far from the optimum a whole Newton step may overshoot
        if size < 1e-8:
            break
    weights = beta[1:] / scale
    constant = float(beta[0] - (weights * center).sum())
    return {"constant": constant, **{name: float(weight) for name, weight in zip(names, weights, strict=True)}}


def logistic(values: Array) -> Array:
    """Probabilities of log odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))), dtype=np.float64)


# -- measuring -------------------------------------------------------------------------------------------------------


def cross_validate(rows: Sequence[Row], folds: int = FOLDS, seed: int = 7) -> Figures:
    """Figures of probabilities that were fitted without the question's group."""
    return figures(rows, held_out(rows, folds, seed))


def held_out(rows: Sequence[Row], folds: int = FOLDS, seed: int = 7) -> list[float]:
    """For every row the probability by weights fitted on the other folds."""
    groups = sorted({row.group for row in rows})
    random.Random(seed).shuffle(groups)
    fold = {group: n % folds for n, group in enumerate(groups)}
    probabilities = [0.0] * len(rows)
    for number in range(min(folds, len(groups))):
        weights = fit_topics([row for row in rows if fold[row.group] != number])
        for n, row in enumerate(rows):
            if fold[row.group] == number:
                probabilities[n] = predict(weights["spoilt" if row.has_slips else "topics"], row)
    return probabilities


def predict(weights: Mapping[str, float], row: Row) -> float:
    """The probability of one row; 0.0 where no topic was found."""
    if not row.features:
        return 0.0
    odds = weights["constant"] + sum(weights.get(name, 0.0) * value for name, value in row.features.items())
    return float(logistic(np.array([odds]))[0])


def figures(rows: Sequence[Row], probabilities: Sequence[float]) -> Figures:
    """What those probabilities are worth on those rows."""
    right = [row.right for row in rows]
    said = np.clip(np.array(probabilities, dtype=np.float64), 1e-6, 1 - 1e-6)
    was = np.array(right, dtype=np.float64)
    loss = float(-(was * np.log(said) + (1 - was) * np.log(1 - said)).mean()) if len(rows) else 0.0
    _, ece = calibrate_bins(probabilities, right)
    at = tuple(_at(rows, probabilities, threshold) for threshold in THRESHOLDS)
    return Figures(len(rows), auroc(probabilities, right), ece, loss, at)


def auroc(scores: Sequence[float], right: Sequence[bool]) -> float:
    """The chance that a right one scores above another that is not, ties counting half; 0.5 where there is only one sort."""
    values, counts = np.unique(np.array(scores, dtype=np.float64), return_counts=True)
    last = np.cumsum(counts)
    rank = dict(zip(values.tolist(), (last - (counts - 1) / 2).tolist(), strict=True))
    good = sum(right)
    bad = len(right) - good
    if not good or not bad:
        return 0.5
    ranks = sum(rank[float(score)] for score, is_right in zip(scores, right, strict=True) if is_right)
    return float((ranks - good * (good + 1) / 2) / (good * bad))


def _at(rows: Sequence[Row], probabilities: Sequence[float], threshold: float) -> AtThreshold:
    taken = [p >= threshold for p in probabilities]
    inside = sum(row.in_scope for row in rows) or 1
    outside = sum(not row.in_scope for row in rows) or 1
    pairs = list(zip(rows, taken, strict=True))
    return AtThreshold(
        threshold,
        false=sum(t and not row.in_scope for row, t in pairs) / outside,
        wrong=sum(t and row.in_scope and not row.right for row, t in pairs) / inside,
        missed=sum(not t and row.in_scope for row, t in pairs) / inside,
    )


# -- writing ---------------------------------------------------------------------------------------------------------


def write(kind: str, ranking: Mapping[str, float], weights: Mapping[str, Mapping[str, float]], path: Path, fitted: str) -> None:
    """Writes the ranking of one kind, and weights of evidence, into a file of coefficients; what it holds besides stays.

    weights  by WEIGHED
    fitted   how they were fitted and what they are worth
    """
    known = load_coefficients(path)
    rankings, evidence = {**known.ranking, kind: ranking}, {**known.evidence, **weights}
    values = {
        "fitted": {**known.fitted, kind: fitted.strip() + "\n"},
        "ranking": {name: _rounded(rankings[name]) for name in KINDS},
        "evidence": {name: _rounded(evidence[name]) for name in WEIGHED},
    }
    head = "# Weights of the ranking (bot/matching/index.py) and of the evidence (bot/matching/evidence.py). Fitted, not written by hand.\n"
    path.write_text(head + yaml.dump(values, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=150), encoding="utf-8")


def _rounded(weights: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in weights.items()}


def account(rows: Sequence[Row], command: str) -> str:
    """How weights were fitted and what they are worth on questions they were not fitted on."""
    probabilities = held_out(rows)
    lines = [command, f"Cross-validated over {len({row.group for row in rows})} groups, {FOLDS} folds."]
    for name, noisy in (("As they stand", False), ("With noise", True)):
        pairs = [(row, p) for row, p in zip(rows, probabilities, strict=True) if row.noisy == noisy]
        if pairs:
            right = sum(row.right for row, _ in pairs)
            lines += [f"{name}, {right} answered by the topic found:", figures([row for row, _ in pairs], [p for _, p in pairs]).text()]
    return "\n".join(lines)


class _Plain(yaml.SafeDumper):
    """Texts of several lines as blocks."""


_Plain.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None))

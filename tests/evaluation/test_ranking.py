from __future__ import annotations

import random

import numpy as np
import pytest

from bot.evaluation.ranking import Choice, fit_ranking
from bot.matching.index import RANKED, RANKED_BY_MEANING


def made_choices(truth: dict[str, float], count: int = 200, seed: int = 1) -> list[Choice]:
    """Questions with five candidates each, the right one of which is the best by those weights, mostly."""
    draw = random.Random(seed)
    choices = []
    for n in range(count):
        table = np.array([[draw.random() for _ in RANKED] for _ in range(5)])
        scores = [sum(weight * row[RANKED.index(name)] for name, weight in truth.items()) + draw.gauss(0, 0.05) for row in table]
        best = scores.index(max(scores))
        choices.append(Choice(f"g{n}", table, tuple(row == best for row in range(5))))
    return choices


def test_the_fit_finds_what_the_right_topic_has_more_of():
    found = fit_ranking(made_choices({"phrase": 3.0, "letters_best": 1.0}))

    assert max(found, key=found.__getitem__) == "phrase"
    assert found["phrase"] > found["letters_best"] > found["words_mean"]


def test_scores_go_from_nothing_to_one():
    found = fit_ranking(made_choices({"phrase": 3.0}))

    assert sum(found.values()) == pytest.approx(1.0)
    assert min(found.values()) >= 0


def test_more_likeness_never_speaks_against_a_topic():
    assert fit_ranking(made_choices({"phrase": 3.0, "words_best": -2.0}))["words_best"] == 0.0


def test_several_topics_may_be_right():
    choices = [Choice("g", np.eye(3, len(RANKED)), (True, True, False)) for _ in range(20)]

    found = fit_ranking(choices)

    assert found[RANKED[0]] > 0
    assert found[RANKED[1]] > 0
    assert found[RANKED[2]] == 0.0


@pytest.mark.parametrize("right", [(), (True, True), (False, False)])
def test_where_nothing_can_be_learnt_there_are_no_weights(right):
    assert fit_ranking([Choice("g", np.ones((len(right), len(RANKED))), right)]) == {}


def test_likeness_of_meaning_is_ranked_by_where_it_was_asked():
    draw = random.Random(3)
    right = (True, False, False)
    asked = []
    for n in range(60):
        table = [[draw.random() + (name == "meaning_best" and is_right) for name in RANKED_BY_MEANING] for is_right in right]
        asked.append(Choice(f"g{n}", np.array(table), right))

    found = fit_ranking(asked)

    assert list(found) == list(RANKED_BY_MEANING)
    assert max(found, key=found.__getitem__) == "meaning_best"
    assert list(fit_ranking(made_choices({"phrase": 3.0}))) == list(RANKED)

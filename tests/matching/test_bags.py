from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.bags import MEASURES, Bags

TEXTS, OWNERS = ["abc", "abd", "abe", "xyz", "q"], [0, 0, 0, 1, 2]


@pytest.fixture(params=["small", "large"])
def bags(request) -> Bags:
    return Bags([TEXTS], OWNERS, 3, small=99 if request.param == "small" else 0)


def measures(bags: Bags, text: str, topic: int) -> dict[str, float]:
    topics, rows = bags.compare(bags.read([text]), {topic}, 3)
    return dict(zip(MEASURES, rows[topics.index(topic)].tolist(), strict=True))


def found(bags: Bags, text: str, most: int) -> list[int]:
    return bags.compare(bags.read([text]), set(), most)[0]


def test_the_same_bag_is_wholly_alike(bags):
    assert measures(bags, "abc", 0)["best"] == pytest.approx(1.0, abs=1e-5)
    assert measures(bags, "abc", 0)["cover"] == pytest.approx(1.0)


def test_the_second_phrasing_is_the_next_best_and_the_mean_lies_between(bags):
    told = measures(bags, "abc", 0)

    assert told["second"] < told["mean"] < told["best"]


def test_of_a_topic_with_one_phrasing_the_second_is_the_same(bags):
    told = measures(bags, "xy", 1)

    assert told["second"] == told["best"] == pytest.approx(told["mean"])


def test_what_is_common_to_half_of_the_phrasings_is_asked_for(bags):
    assert measures(bags, "ab", 0)["common"] == pytest.approx(1.0)
    assert measures(bags, "cd", 0)["common"] == 0.0


def test_unknown_features_make_a_question_less_alike(bags):
    assert measures(bags, "xyz", 1)["best"] > measures(bags, "xyz한글", 1)["best"] > 0


def test_a_feature_counts_once_however_often_it_stands(bags):
    assert measures(bags, "xxyzz한한", 1) == measures(bags, "xyz한", 1)


def test_topics_are_found_by_what_they_share(bags):
    assert found(bags, "q", 2) == [2]
    assert found(bags, "한글", 2) == []


def test_of_many_the_most_alike_are_found(bags):
    assert found(bags, "abcq", 1) == [0]


@pytest.mark.parametrize("also", [{0}, {0, 2}, {0, 1, 2}])
def test_a_topic_is_compared_alike_whatever_it_is_compared_with(bags, also):
    question = bags.read(["abx"])
    topics, together = bags.compare(question, also, 1)

    for topic, row in zip(topics, together, strict=True):
        assert dict(zip(MEASURES, row.tolist(), strict=True)) == pytest.approx(measures(bags, "abx", topic))


def test_each_view_has_its_own_measures():
    both, first, second = Bags([TEXTS, ["r", "st", "s", "t", ""]], OWNERS, 3), Bags([TEXTS], OWNERS, 3), Bags([["r", "st", "s", "t", ""]], OWNERS, 3)

    _, rows = both.compare(both.read(["abd", "ts"]), {0, 1, 2}, 3)

    assert rows[:, :5] == pytest.approx(first.compare(first.read(["abd"]), {0, 1, 2}, 3)[1])
    assert rows[:, 5:] == pytest.approx(second.compare(second.read(["ts"]), {0, 1, 2}, 3)[1])


words = st.text("abcdefgh", min_size=0, max_size=6)


@given(st.lists(st.lists(st.tuples(words, words), min_size=1, max_size=4), min_size=1, max_size=6), words, words)
def test_any_base_is_compared_alike_whether_it_is_small_or_large(topics, letters, asked):
    phrasings = [one for of_topic in topics for one in of_topic]
    owners = [n for n, of_topic in enumerate(topics) for _ in of_topic]
    views = [one for one, _ in phrasings], [other for _, other in phrasings]
    bases = [Bags(views, owners, len(topics), small) for small in (0, 99)]
    every = set(range(len(topics)))

    large, small = (base.compare(base.read([letters, asked]), every, 3)[1] for base in bases)

    assert large.shape == (len(topics), 2 * len(MEASURES))
    assert np.all((large >= 0) & (large <= 1 + 1e-5))
    assert large == pytest.approx(small, abs=1e-5)


def test_a_base_without_phrasings_finds_nothing():
    assert found(Bags([[]], [], 0), "a", 3) == []
    assert found(Bags([[]], [], 0, small=-1), "a", 3) == []

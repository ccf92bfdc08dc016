from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.bags import MEASURES, Bags


def bag(text: str) -> np.ndarray:
    return np.array(sorted(set(map(ord, text))), dtype=np.int64)


TEXTS, OWNERS = ["abc", "abd", "abe", "xyz", "q"], [0, 0, 0, 1, 2]


@pytest.fixture
def bags() -> Bags:
    return Bags([bag(text) for text in TEXTS], OWNERS, 3)


def measures(bags: Bags, text: str, topic: int) -> dict[str, float]:
    row = bags.compare(bags.read(bag(text)), np.array([topic]))[0]
    return dict(zip(MEASURES, row.tolist(), strict=True))


def test_the_same_bag_is_wholly_alike(bags):
    assert measures(bags, "abc", 0)["best"] == pytest.approx(1.0, abs=1e-5)
    assert measures(bags, "abc", 0)["cover"] == pytest.approx(1.0)


def test_the_second_phrasing_is_the_next_best_and_the_mean_lies_between(bags):
    found = measures(bags, "abc", 0)

    assert found["second"] < found["mean"] < found["best"]


def test_of_a_topic_with_one_phrasing_the_second_is_the_same(bags):
    found = measures(bags, "xy", 1)

    assert found["second"] == found["best"] == found["mean"]


def test_what_is_common_to_half_of_the_phrasings_is_asked_for(bags):
    assert measures(bags, "ab", 0)["common"] == pytest.approx(1.0)
    assert measures(bags, "cd", 0)["common"] == 0.0


def test_unknown_features_make_a_question_less_alike(bags):
    assert measures(bags, "xyz", 1)["best"] > measures(bags, "xyz한글", 1)["best"] > 0


def test_topics_are_found_by_what_they_share(bags):
    assert bags.find(bags.read(bag("q")), 2).tolist() == [2]
    assert bags.find(bags.read(bag("한글")), 2).tolist() == []


@pytest.mark.parametrize("topics", [[0], [2, 0], [0, 1, 2]])
def test_a_topic_is_compared_alike_whatever_it_is_compared_with(bags, topics):
    together = bags.compare(bags.read(bag("abx")), np.array(topics))

    for row, topic in zip(together, topics, strict=True):
        alone = bags.compare(bags.read(bag("abx")), np.array([topic]))[0]
        assert row.tolist() == pytest.approx(alone.tolist())


words = st.text("abcdefgh", min_size=0, max_size=6)


@given(st.lists(st.lists(words, min_size=1, max_size=4), min_size=1, max_size=6), words)
def test_any_bags_compare_between_none_and_whole(topics, asked):
    texts = [text for phrasings in topics for text in phrasings]
    owners = [n for n, phrasings in enumerate(topics) for _ in phrasings]
    bags = Bags([bag(text) for text in texts], owners, len(topics))
    question = bags.read(bag(asked))

    found = bags.compare(question, np.arange(len(topics)))

    assert found.shape == (len(topics), len(MEASURES))
    assert np.all((found >= 0) & (found <= 1 + 1e-5))
    assert set(bags.find(question, 3).tolist()) <= set(range(len(topics)))


def test_a_base_without_phrasings_finds_nothing():
    bags = Bags([], [], 0)

    assert bags.find(bags.read(bag("a")), 3).tolist() == []

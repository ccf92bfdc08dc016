from __future__ import annotations

import numpy as np
import pytest

from bot.matching.letters import LetterIndex

TEXTS = ["은하가로등", "은하등", "쏠라표지병", "자전거보험"]


@pytest.fixture
def letters() -> LetterIndex:
    return LetterIndex(TEXTS, [0, 0, 1, 2], 3)


def test_an_identical_text_is_wholly_alike(letters):
    best, _ = letters.search("쏠라표지병")

    assert best[1] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("typo", "owner"), [("쏠라표지뱡", 1), ("쏠나표지병", 1), ("자전거보헙", 2), ("은하가로둥", 0), ("자전거 보험".replace(" ", ""), 2)]
)
def test_a_typo_leaves_its_own_topic_the_most_alike(letters, typo, owner):
    best, _ = letters.search(typo)

    assert int(best.argmax()) == owner
    assert best[owner] > 0.4


@pytest.mark.parametrize("text", ["", "가", "쏠라표지병", "xyz", "은하가로등쏠라표지병자전거보험" * 60])
def test_likeness_is_between_none_and_whole(letters, text):
    for values in letters.search(text):
        assert values.shape == (3,)
        assert np.all((values >= 0) & (values <= 1 + 1e-6))


def test_strange_letters_make_a_text_less_alike(letters):
    alone, _ = letters.search("쏠라표지병")
    among, _ = letters.search("쏠라표지병훌떡쿵쾅뻐꾹")

    assert 0 < among[1] < alone[1]


def test_the_mean_is_over_all_phrasings_of_a_topic(letters):
    best, mean = letters.search("은하가로등")

    assert 0 < mean[0] < best[0]


@pytest.mark.parametrize("text", ["", "xyz", "1"])
def test_nothing_shared_is_not_alike(letters, text):
    best, mean = letters.search(text)

    assert not best.any()
    assert not mean.any()


def test_an_index_without_phrasings_finds_nothing():
    best, mean = LetterIndex([], [], 0).search("은하가로등")

    assert len(best) == len(mean) == 0

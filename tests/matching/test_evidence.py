from __future__ import annotations

import pytest

from bot.matching import KINDS, SEMANTIC, WEIGHED, load_coefficients
from bot.matching.evidence import FEATURES, probability
from bot.matching.index import RANKED, RANKED_BY_MEANING


def test_a_name_alone_is_enough(evidence):
    found = evidence("은하가로등")

    assert found.probability > 0.8
    assert found.unexplained == ()


STRANGE = ["은하가로등 전기차", "은하가로등 여권", "은하가로등 수족관", "은하가로등 부동산 시세"]


@pytest.mark.parametrize("text", STRANGE)
def test_a_word_that_no_topic_explains_lowers_confidence(evidence, text):
    assert evidence(text).unexplained
    assert evidence(text).probability < evidence("은하가로등").probability


def test_everyday_words_speak_against_no_topic(evidence):
    plain, wordy = evidence("은하가로등 어디 있어요"), evidence("저기요 혹시 우리 동네 은하가로등이 어디 있는지 좀 알려주세요")

    assert wordy.unexplained == ()
    assert wordy.features["clean"] == plain.features["clean"] == 1


ELSEWHERE = ["강남구 CCTV 몇 개예요", "서초구 CCTV 몇 개예요", "부산 해운대구 CCTV 몇 대예요", "마포구청 CCTV 몇 개예요"]


@pytest.mark.parametrize("text", ELSEWHERE)
def test_another_places_programme_is_improbable_however_alike(evidence, text):
    assert evidence(text).features["unknown_places"] >= 1
    assert evidence(text).probability < 0.3


def test_the_district_itself_is_no_other_place(evidence):
    assert evidence("용산구 CCTV 몇 개예요").features["unknown_places"] == 0


def test_what_residents_tell_of_themselves_before_asking_weighs_less(evidence):
    story = "저는 작년에 다른 나라에서 코끼리를 키우다가 여기로 이사 왔습니다. "

    found = evidence(story + "은하가로등 어디 있어요?")

    assert found.features["unknown_nouns"] == 0
    assert all(term.key != "코끼리" for term in found.unexplained)


def test_every_feature_has_its_weight_and_no_weight_is_without_feature():
    found = load_coefficients()

    assert set(found.ranking) == set(KINDS)
    assert set(found.evidence) == set(WEIGHED)
    assert all(set(weights) == set(RANKED_BY_MEANING if kind.endswith(SEMANTIC) else RANKED) for kind, weights in found.ranking.items())
    assert all(set(weights) == {*FEATURES, "constant"} for weights in found.evidence.values())


@pytest.mark.parametrize("text", ["은하가로등", "강남구 가로등", "골목 수족관 돌고래 쇼 관람료", "은하가로등 " + "전기차 여권 " * 200])
def test_a_probability_is_between_nothing_and_certainty(evidence, text):
    assert 0 < evidence(text).probability < 1


@pytest.mark.parametrize(("value", "expected"), [(0.0, 0.5), (1e9, 1.0), (-1e9, 0.0)])
def test_the_logistic_bears_any_size(value, expected):
    assert probability({"explained": value}, {"constant": 0.0, "explained": 1.0}) == pytest.approx(expected, abs=1e-9)


def test_what_the_features_add_makes_the_probability(evidence):
    found = evidence("은하가로등 언제 생겼어요")

    assert probability(found.features, {**found.weights}) == found.probability
    assert sum(found.adds().values()) == pytest.approx(sum(found.weights.get(n, 0.0) * v for n, v in found.features.items()))


def test_a_bit_that_is_no_word_counts_less_than_a_word(evidence):
    assert evidence("은하가로등 ㅏㄴ 어디예요").features["unknown_nouns"] == 0
    assert evidence("은하가로등 수족관 어디예요").features["unknown_nouns"] == 1


LISTED = ["의왕 은하가로등 어디예요", "하노이 은하가로등 있나요", "중구 은하가로등 몇 개예요"]


@pytest.mark.parametrize("text", LISTED)
def test_a_listed_place_elsewhere_is_another_place_whatever_the_tagger_takes_it_for(evidence, text):
    assert evidence(text).features["unknown_places"] >= 1

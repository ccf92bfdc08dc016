from __future__ import annotations

import pytest

from bot.matching.index import RANKED, negates

FOUND = {
    "as printed": ("은하가로등 어디예요", "lamp"),
    "without spaces": ("은하가로등어디예요", "lamp"),
    "with spaces inside": ("은하 가로등 어디예요", "lamp"),
    "with a typo": ("쏠라표지뱡 뭐예요", "beacon"),
    "in initials": ("ㅆㄹㅍㅈㅂ 뭐예요", "beacon"),
    "on an English keyboard": ("Thffkvywlquddl anjdPdy", "beacon"),
    "in English": ("where is the galaxy lamp", "lamp"),
    "by another name": ("안심 이정표 있나요", "beacon"),
    "by a phrasing": ("동네에 카메라 몇 대 달았어요", "camera"),
    "by words near it": ("골목에 반짝이는 거", "beacon"),
}


@pytest.mark.parametrize(("text", "topic"), FOUND.values(), ids=FOUND.keys())
def test_a_topic_is_found_however_it_is_named(search, text, topic):
    assert search(text)[0].topic_id == topic


def test_candidates_come_best_first(search):
    scores = [candidate.score for candidate in search("은하가로등이랑 골목 카메라 어린이집")]

    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", ["은하가로등", "방범용 CCTV 몇 대나 달았어요", "골목에 뭐 있죠", "아이 보육 카메라"])
def test_every_share_is_between_none_and_whole(search, text):
    for candidate in search(text):
        assert set(candidate.measures) == set(RANKED)
        assert all(0 <= share <= 1 + 1e-6 for share in (*candidate.measures.values(), candidate.named))


def test_the_whole_name_names_its_topic(search):
    best = search("은하가로등 언제 생겼어요")[0]

    assert best.named == pytest.approx(1.0)
    assert "은하" in best.met


@pytest.mark.parametrize("text", ["", "?!", "정말 혹시 그런가요"])
def test_a_message_without_words_finds_no_likely_topic(search, text):
    assert all(candidate.measures["explained"] == 0 for candidate in search(text))


def test_a_word_of_many_topics_weighs_less_than_one_of_a_single_topic(make_index, read):
    index = make_index(
        "section: 동네\ntopics:\n"
        + "".join(f"  - id: t{n}\n    title: 행사 {word}\n    answer: 답이에요.\n" for n, word in enumerate(["불꽃", "등불", "연날리기"]))
    )
    common, rare = (index.lexicon.read(word).terms[0] for word in ("행사", "불꽃"))

    assert index.weight(common) < index.weight(rare)


def test_a_question_that_asks_which_finds_the_group_before_its_members(make_index):
    index = make_index(
        "section: 동네\ntopics:\n"
        "  - {id: play, title: 놀이터 사업, names: [놀이터 사업, 놀이터], answer: 이런 것이 있어요., members: [sand, snow], lines: '1'}\n"
        "  - {id: sand, title: 모래 놀이터, answer: 모래예요., lines: '2'}\n"
        "  - {id: snow, title: 눈꽃 놀이터, answer: 눈이에요., lines: '3'}\n"
    )

    assert index.search(index.lexicon.read("놀이터 종류 알려줘"))[0].topic_id == "play"


def test_the_vocabulary_of_topics_is_that_of_all_of_them(town):
    words = town.vocabulary_of(["lamp", "nursery"])

    assert {"은하", "어린이집"} <= words
    assert "cctv" not in words
    assert town.vocabulary_of([]) == set()


def test_another_ranking_orders_anew(make_index):
    index = make_index()
    reading = index.lexicon.read("골목 카메라")
    index.rank_by("topics", {"words_best": 1.0})

    for candidate in index.search(reading):
        assert candidate.score == pytest.approx(candidate.measures["words_best"])


SETTING_ASIDE = {"버스 말고 지하철 타": True, "창문 열지 마": True, "그늘막은 안 되나요": False, "그늘막 어디예요": False}


@pytest.mark.parametrize(("text", "expected"), SETTING_ASIDE.items(), ids=SETTING_ASIDE.keys())
def test_setting_aside_and_forbidding_are_negations_and_a_negative_question_is_not(read, text, expected):
    assert negates(read(text)) is expected

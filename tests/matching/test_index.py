from __future__ import annotations

import pytest

from bot.matching.surfaces import spell

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
        shares = (candidate.explained, candidate.called, candidate.phrase, candidate.letters, candidate.mean, candidate.named)

        assert all(0 <= share <= 1 + 1e-6 for share in shares)


def test_the_whole_name_names_its_topic(search):
    best = search("은하가로등 언제 생겼어요")[0]

    assert best.named == pytest.approx(1.0)
    assert "은하" in best.met


@pytest.mark.parametrize("text", ["", "?!", "정말 혹시 그런가요"])
def test_a_message_without_words_finds_no_likely_topic(search, text):
    assert all(candidate.explained == 0 for candidate in search(text))


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


MENDED = [("새싹어린이짐 뭐예요", "새싹어린이집 뭐예요"), ("은하가로둥은 어디 있어요", "은하가로등은 어디 있어요")]


@pytest.mark.parametrize(("text", "right"), MENDED, ids=[text for text, _ in MENDED])
def test_a_misspelt_name_is_mended_and_the_rest_left(town, text, right):
    assert spell(town.mend(town.lexicon.read(text)) or "") == spell(right)


@pytest.mark.parametrize("text", ["은하가로등 어디예요", "강남구 수영장", "안녕하세요", ""])
def test_what_is_not_misspelt_is_not_mended(town, text):
    assert town.mend(town.lexicon.read(text)) is None


def test_twice_as_long_a_word_costs_about_twice_the_mending(make_index):
    class CountingSpeller:
        asked = 0

        def correct(self, word):
            self.asked += 1

    index = make_index()

    def asked(word: str) -> int:
        index.speller = CountingSpeller()
        index.mend(index.lexicon.read(word))
        return index.speller.asked

    assert asked("aㄱ" * 200) <= 3 * asked("aㄱ" * 100)


def test_the_vocabulary_of_topics_is_that_of_all_of_them(town):
    words = town.vocabulary_of(["lamp", "nursery"])

    assert {"은하", "어린이집"} <= words
    assert "cctv" not in words
    assert town.vocabulary_of([]) == set()

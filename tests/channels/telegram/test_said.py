"""What a short message stands for."""

from __future__ import annotations

import pytest

from bot.channels.telegram.said import besides, has_parts, is_said, language_of


@pytest.fixture(scope="module")
def words(engine):
    return engine.content.handoff


@pytest.mark.parametrize("said", ["네", "ㅇㅋ", "넵!!", "네 네", "예, 보내 주세요.", "응보내줘", "OK", "네 맞아요", "Yes please"])
def test_agreement_in_many_words(words, said):
    assert is_said(said, words.send.all)
    assert not is_said(said, words.stop.all)


@pytest.mark.parametrize("said", ["ㄴㄴ", "아니 됐어", "아 아니다 됐어요", "안보낼래요", "보내지 말아주세요", "나중에 할게요", "no thanks"])
def test_refusal_in_many_words(words, said):
    assert is_said(said, words.stop.all)
    assert not is_said(said, words.send.all)


@pytest.mark.parametrize(
    "said", ["", "?!", "네이버", "네 그런데 어머니 일이에요", "보내지 않으면 어떻게 돼요", "응급실 어디예요", "어디서 해요", "네" * 200]
)
def test_neither_one_nor_the_other(words, said):
    assert not is_said(said, words.send.all)
    assert not is_said(said, words.stop.all)


@pytest.mark.parametrize("said", ["문의 어떻게 됐나요", "답변언제와요", "왜 답이 없어요?", "any news?", "No reply yet…"])
def test_how_an_inquiry_stands(words, said):
    assert has_parts(said, words.state.all)


@pytest.mark.parametrize("said", ["문의는 어디서 해요", "비상벨 몇 개예요", "언제 신청해요", "문의 답변 " + "긴 글이에요 " * 10])
def test_other_questions_are_not_about_an_inquiry(words, said):
    assert not has_parts(said, words.state.all)


def test_a_question_is_what_is_left_besides_the_wish(words):
    left = {
        said: besides(said, words.wish.all) for said in ("직원 바꿔줘", "저 직원이랑 통화하고 싶은데요", "직원한테 여권 어디서 만드는지 물어봐줘")
    }

    assert [*left.values()][:2] == [0, 0]
    assert left["직원한테 여권 어디서 만드는지 물어봐줘"] >= 6


@pytest.mark.parametrize(("text", "language"), [("비상벨", "ko"), ("ㅇㅋ ok", "ko"), ("street lamp", "en"), ("119", "?")])
def test_language_goes_by_the_letters(text, language):
    assert language_of(text, "?") == language

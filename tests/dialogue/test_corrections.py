from __future__ import annotations

import pytest

WRONG_NUMBER = ["은하가로등 60개소 달았다면서요?", "은하가로등 60개소 맞죠?", "은하가로등 60곳이라던데", "은하가로등 예순 곳 달았다면서요"]
WRONG_UNIT = ["은하가로등 40대 달았다면서요?", "은하가로등 40km 맞죠?"]
TRUE = ["은하가로등 40개소 맞죠?", "은하가로등 40곳이라면서요"]
UNCOUNTED = ["튼튼진료소 500명 다녀갔다면서요?", "도란도란방 300명 쓴다면서요?"]


@pytest.mark.parametrize("text", WRONG_NUMBER)
def test_a_wrong_number_is_put_right_first(talk, text):
    first = talk(text).reply.body.split(". ")[0]

    assert "아니라 40개소" in first


@pytest.mark.parametrize("text", WRONG_UNIT)
def test_the_right_number_with_a_wrong_unit_is_put_right_first(talk, text):
    first, second = talk(text).reply.body.split(". ")[:2]

    assert "적혀 있지는 않아요" in first
    assert "40개소" in second


@pytest.mark.parametrize("text", TRUE)
def test_a_true_number_is_not_corrected(talk, text):
    body = talk(text).reply.body

    assert "아니라" not in body
    assert "않아요" not in body


def test_a_number_where_none_is_printed_is_not_in_the_paper(talk):
    reply = talk("도란도란방 300명 쓴다면서요?").reply

    assert reply.kind == "partial"
    assert reply.body.startswith("300명이라는 숫자는")


@pytest.mark.parametrize("text", [*WRONG_NUMBER, *WRONG_UNIT, *TRUE, *UNCOUNTED, "튼튼진료소 열었죠?", "은하가로등 완료됐죠?", "튼튼진료소 공짜죠?"])
def test_no_reply_to_a_claim_begins_with_yes(talk, text):
    assert not talk(text).reply.body.startswith(("네", "예,", "맞"))


@pytest.mark.parametrize("text", ["은하가로등 3월 5일에 몇 개였어요", "65세인데 은하가로등 어디 있어요", "은하가로등 10시에 켜지나요"])
def test_dates_ages_and_hours_are_no_claims(talk, text):
    assert "숫자" not in talk(text).reply.body


def test_an_open_question_with_a_number_in_it_is_not_corrected(talk):
    assert "아니라" not in talk("은하가로등 60개소 말고 모두 몇 개예요").reply.body


def test_what_goes_further_than_the_paper_is_told_so(talk):
    reply = talk("튼튼진료소가 주민 건강을 지킨다면서요?").reply

    assert reply.kind == "partial"
    assert "튼튼진료소를 연다고만 나와요." in reply.body


def test_the_correction_is_said_in_english_too(talk):
    reply = talk("you put up 60 sites of the galaxy lamp, right?").reply

    assert "40 sites, not 60" in reply.body

"""A saved change reaches residents when staff let it, and not before."""

from __future__ import annotations

import pytest
from channels.telegram.office import CLERKS
from channels.telegram.staff.editing import Desk

NEW = "안전비상벨은 20곳에서 바꿨어요."
WRONG = "보안등은 50곳에 달았어요."


@pytest.fixture
def desk(api, make_bot, tmp_path):
    """Makes a desk with a running bot: desk(floors=…)."""
    return lambda **options: Desk(api, make_bot, tmp_path, **options).start()


def test_a_saved_change_waits_is_published_by_a_press_and_taken_back_by_another(desk, api):
    here = desk()
    here.save(bell=NEW)
    card = here.card()

    waiting = here.answer()
    here.press(card, "올리기")
    here.until_told("20곳")
    published = here.card(says="올렸습니다")
    here.press(published, "앞의 판으로 되돌리기")
    here.until_told("12곳")

    assert "12곳" in waiting
    assert card.versions[0].count("고친 주제 1개: 안전비상벨") == 1
    assert "knowledge/safety.yaml" in card.versions[0]
    assert f"이름{CLERKS[0]}" in published.versions[-2]
    assert here.labels(here.card(says="되돌렸습니다")) == ["파일도 되돌리기", "다시 살펴보기"]
    assert "20곳" in here.saved
    api.check()


def test_a_wrong_answer_is_named_first_and_published_only_by_a_second_press(desk, api):
    here = desk()
    here.save(bell=NEW, lamp=WRONG)
    card = here.card()

    asked = here.press(card, "올리기")[-1]
    still = here.answer("보안등 몇 개 달았나요")
    here.press(asked, "그래도 올리기")
    here.until_told("50곳", "보안등 몇 개 달았나요")

    assert "틀린 답이 1개" in card.versions[0].splitlines()[4]
    assert "“보안등 몇 개 달았나요”" in card.versions[0]
    assert "지금: 보안등은 30곳" in card.versions[0]
    assert "고치면: 보안등은 50곳" in card.versions[0]
    assert "보안등 몇 개 달았나요" in asked.versions[0]
    assert "30곳" in still
    assert here.labels(asked) == []
    api.check()

"""What staff read of a change: the worse first, and never more than a message holds."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.channels.telegram.layout import MAX_UNITS
from bot.channels.telegram.staff import verdicts
from bot.channels.telegram.staff.verdicts import Judged
from bot.content.changes import Changes
from bot.evaluation.judgement import FALSE_ALARM, Difference, Floor, Told, Verdict
from bot.store.proposals import OPEN, Proposal

CHANGES = Changes(("knowledge/safety.yaml",), ("새 주제",), ("방범용 CCTV",), ())
FLOOR = Floor("clean-1", "answer", "resolved", 98.2, 98.7, 90.1)


def proposal(state: str = OPEN, **values) -> Proposal:
    made = {
        "judged_at": None,
        "is_judged": True,
        "message_id": 7,
        "decided_at": None,
        "clerk_name": "",
        "decided_by": "",
        "at": dt.datetime.now(dt.timezone.utc),
    }
    return Proposal(**{"id": 12, "version": "abc", "base": "old", "state": state, **made, **values})


def difference(
    question: str = "비상벨 몇 개예요", before: str = "12곳이에요.", after: str = "20곳이에요.", verdict: str = "", was: str = "", **values
):
    marks = values.pop("marks", ())
    return Difference("key", question, values.pop("count", 0), Told("answer", before, (), was), Told("answer", after, (), verdict, marks))


def judged(*differences: Difference, floors=(), more: int = 0, notes=()) -> Judged:
    return Judged(CHANGES, Verdict("old", "abc", 6769, differences, floors, more, notes))


def test_wrong_answers_and_broken_floors_stand_before_all_else():
    wrong = difference("보안등은요", "30곳이에요.", "50곳이에요.", "wrong", "resolved")
    card = verdicts.card(proposal(), judged(wrong, difference(count=4), floors=(FLOOR,)))

    places = [
        card.index(words)
        for words in ("방범용 CCTV", "틀린 답이 1개", "“보안등은요”", "기준 1개에 못 미치게", "답이 달라지는 질문 1개", "(주민 4번)")
    ]
    assert places == sorted(places)
    assert "제대로 답함 98.7% → 90.1% (기준 98.2% 이상)" in card


def test_what_is_taken_for_urgent_and_is_not_is_named():
    card = verdicts.card(proposal(), judged(difference(marks=(FALSE_ALARM,), verdict="missed", was="missed")))

    assert "급하지 않은 말을 급한 말로" in card


def test_a_card_and_a_warning_fit_into_one_message_however_much_has_changed():
    long = "아주 긴 질문입니다 " * 40
    worse = [difference(long, long, f"{long}다름", "wrong", "resolved") for _ in range(500)]
    floors = [FLOOR] * 90
    found = Judged(
        Changes(("knowledge/가나다라.yaml",) * 300, ("제목" * 60,) * 200), judged(*worse, *worse, floors=floors, notes=(long,) * 9).verdict
    )

    assert len(verdicts.card(proposal(), found)) <= MAX_UNITS
    assert len(verdicts.warning(proposal(), found)) <= MAX_UNITS
    assert "틀린 답이 1000개" in verdicts.card(proposal(), found)
    assert verdicts.warning(proposal(), found).endswith("눌러 주세요.")


def test_what_is_not_shown_is_counted_and_every_page_holds_what_fits():
    found = judged(*[difference(f"질문 {number}번", after=f"{number}곳이에요.") for number in range(300)], more=7)

    card, pages = verdicts.card(proposal(), found), verdicts.pages(found)

    assert f"이 밖에 {300 + 7 - verdicts.SHOWN}개" in card
    assert all(len(page) <= MAX_UNITS for page in pages)
    assert all(any(f"“질문 {number}번”" in page for page in pages) for number in range(300))
    assert "이 밖에 7개" in pages[-1]


def test_questions_whose_answers_change_alike_are_shown_together():
    card = verdicts.card(proposal(), judged(*[difference(f"질문 {number}번") for number in range(9)], difference("보안등은요", "30곳", "31곳")))

    assert f"“질문 0번”, “질문 1번”, “질문 2번” 밖에 {9 - verdicts.QUESTIONS_SHOWN}개\n  지금: 12곳이에요.\n  고치면: 20곳이에요." in card
    assert "· “보안등은요”\n  지금: 30곳" in card
    assert card.count("지금: ") == 2


def test_long_replies_are_shown_where_they_begin_to_differ():
    same = "구청은 여러 가지 일을 하고 있으며 그 가운데 몇 가지를 소식지에 실었습니다. " * 4
    card = verdicts.card(proposal(), judged(difference(before=f"{same}모두 12곳이에요.", after=f"{same}모두 20곳이에요.")))

    assert "모두 12곳이에요." in card
    assert "모두 20곳이에요." in card


def test_a_judgement_that_failed_is_said_and_needs_a_second_word():
    found = Judged(CHANGES, None, "질문 모음: 견주는 데 너무 오래 걸려 그만두었습니다.")

    assert found.objects
    assert "살펴보지 못했습니다" in verdicts.card(proposal(), found)
    assert "너무 오래 걸려" in verdicts.warning(proposal(), found)


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"verdict": null}', '{"changes": {}, "verdict": {"verdict": 9}, "fault": ""}'])
def test_a_verdict_that_is_gone_or_of_another_program_needs_a_second_word(text):
    assert Judged.from_text(text).objects


def test_text_and_back():
    found = judged(difference(verdict="wrong", was="resolved"), floors=(FLOOR,), more=3, notes=("참고",))

    assert Judged.from_text(found.as_text()) == found


def test_what_residents_asked_can_be_taken_out():
    found = judged(difference("주민의 물음", count=3), difference("모음의 물음", verdict="resolved", was="missed"))

    assert [one.question for one in found.without_residents().verdict.differences] == ["모음의 물음"]
    assert found.without_residents().without_residents() == found.without_residents()


def test_a_decided_card_says_who_and_when():
    at = dt.datetime(2026, 1, 5, 6, 30, tzinfo=dt.timezone.utc)
    card = verdicts.card(proposal("published", clerk_name="김담당", decided_at=at), judged(difference()))

    assert card.splitlines()[0].endswith("판 abc (김담당, 01월 05일 15:30)")
    assert "답이 달라지는" not in card

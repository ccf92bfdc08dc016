"""What a resident consents to before anything goes to staff. A real SQLite and the real engine, whose wording changes on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from channels.telegram.staff.rooms import STAFF, Room, room

from bot.channels.telegram.consent import REPORT, wording_version

RESIDENT, QUESTION = 601, "직원에게 물어봐 주세요 우리 동네 골목 공사는 언제 끝나는지 궁금합니다"

__all__ = ["room"]


def reword(room: Room, **wording: str) -> None:
    """The wording is edited and loaded while the bot runs."""
    engine = room.mailroom.serving.engine
    changed = {key: engine.content.wording[key].model_copy(update={"ko": text}) for key, text in wording.items()}
    content = replace(engine.content, wording={**engine.content.wording, **changed})
    anew = type(engine).__new__(type(engine))
    anew.__dict__.update(engine.__dict__)
    anew.content = content
    room.mailroom.serving.engine = anew


def write(room: Room, text: str) -> list:
    room.act(RESIDENT, "text", user=RESIDENT, text=text, message_id=1)
    return room.send(RESIDENT, first=10)


def press(room: Room, data: str) -> list:
    room.act(RESIDENT, "press", user=RESIDENT, name=data, message_id=10)
    return room.send(RESIDENT, first=20)


def button(parcel, kind: str) -> str:
    rows = [row if isinstance(row[0], list) else [row] for row in parcel.payload["buttons"]]
    return next(data for row in rows for _, data in row if f"|{kind}|" in data)


def cards(room: Room) -> list[str]:
    return [one.payload["text"] for one in room.send(STAFF, first=3000) if one.method == "sendMessage"]


def test_press_under_a_wording_that_has_changed_since_is_no_consent_to_the_new_one(room):
    shown = write(room, QUESTION)[-1]
    reword(room, terms="답은 이 대화방으로 와요. 직원의 답은 공개될 수 있어요.")

    again = press(room, button(shown, "hs"))[-1]

    assert cards(room) == []
    assert "공개될 수 있어요" in again.payload["text"]
    assert QUESTION in again.payload["text"]
    sent = press(room, button(again, "hs"))[-1]
    assert "문의 2번" in sent.payload["text"]
    assert room.handoff(2).consent == wording_version(room.mailroom._talk().engine.content, "ko")


def test_word_that_sends_is_no_consent_to_a_wording_that_was_not_shown_either(room):
    write(room, QUESTION)
    reword(room, ask="보낼까요? 접수된 글은 담당 부서가 봅니다.\n“{text}”\n{terms} {under_age}")

    again = write(room, "보내기")[-1]

    assert cards(room) == []
    assert "담당 부서가 봅니다" in again.payload["text"]


def test_report_is_recorded_with_the_question_that_was_asked_about_it(room):
    write(room, "그늘막 몇 개예요?")
    shown = write(room, "그늘막 우리동에만 열개 넘어요 틀렸네")[-1]

    press(room, button(shown, "hs"))

    assert room.handoff(2).kind == "report"
    assert room.handoff(2).consent == wording_version(room.mailroom._talk().engine.content, "ko", REPORT)


def test_report_asked_about_in_other_words_is_shown_before_it_goes(room):
    write(room, "그늘막 몇 개예요?")
    shown = write(room, "그늘막 우리동에만 열개 넘어요 틀렸네")[-1]
    reword(room, report_ask="담당자에게 보내 드릴까요?")

    again = press(room, button(shown, "hs"))[-1]
    before = cards(room)
    press(room, button(again, "hs"))

    assert before == []
    assert "열개 넘어요" in again.payload["text"]
    assert "열개 넘어요" in cards(room)[0]


def test_approval_pressed_twice_at_once_is_one(room):
    shown = write(room, QUESTION)[-1]
    for _ in range(2):
        room.act(RESIDENT, "press", user=RESIDENT, name=button(shown, "hs"), message_id=10)

    said = [one.payload.get("text", "") for one in room.send(RESIDENT, first=20)]

    assert sum("문의 2번" in text for text in said) == 1
    assert len(cards(room)) == 1


@pytest.mark.parametrize("data", ["1|hs|", "1|hw|", "1|hs|00000000", f"1|ha|{'9' * 50}", "1|hz|1", "1|hk|1", "1|hm|1", "1|hc|1", "1|hx|1", "1|hB|1"])
def test_forged_buttons_send_nothing_and_touch_nobody_else_s_hand_off(room, data):
    write(room, QUESTION)
    before = room.handoff()

    press(room, data)

    assert cards(room) == []
    assert room.handoff() == before


def test_hand_off_of_one_bot_is_not_withdrawn_through_another(room):
    shown = write(room, QUESTION)[-1]
    press(room, button(shown, "hs"))
    room.change(bot=room.bot + 1)

    said = write(room, "문의 취소")[-1]

    assert room.handoff(2).is_open
    assert "문의 2번" not in said.payload["text"]

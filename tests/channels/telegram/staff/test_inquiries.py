"""What is pressed under cards that are no longer true, and what a resident withdraws."""

from __future__ import annotations

import pytest
from channels.telegram.staff.rooms import CARD, RESIDENT, STAFF, TEXT
from sqlalchemy import select

from bot.store.schema import blocks

OLD = 17  # a message of the bot's that this database knows nothing of: it was lost, or put back to an earlier time


@pytest.mark.parametrize("kind", ["hc", "hu", "hx", "hb", "hB", "ho"])
def test_card_of_a_database_that_is_gone_does_nothing_to_the_resident_who_has_its_number_now(room, kind):
    before = room.handoff()

    room.act(STAFF, "press", name=f"1|{kind}|1", message_id=OLD)

    with room.step() as step:
        blocked = step.connection.execute(select(blocks)).all()
    assert room.handoff() == before
    assert blocked == []
    assert room.waiting(RESIDENT) == []
    assert "봇이 모르는 카드" in room.toast()


def test_list_of_what_is_open_leads_to_the_card_as_it_is_now(room):
    room.act(STAFF, "press", name="1|hl|1", message_id=OLD)

    assert TEXT in room.waiting(STAFF)[-1].payload["text"]


def test_what_is_withdrawn_before_it_went_out_does_not_go_out(room):
    parcel = room.ask_further("덧붙이는 말")
    found = room.handoff()
    with room.step() as step:
        room.mailroom.inquiries.board.post_card(step, found)
        room.mailroom.inquiries.withdraw(step, found)

    texts = [one.payload["text"] for one in room.waiting(STAFF)]

    assert "덧붙이는 말" in parcel.payload["text"]
    assert not [text for text in texts if "덧붙이는 말" in text or TEXT in text]
    assert "취소했습니다" in texts[-1]


def test_resident_who_withdraws_in_time_can_be_blocked_all_the_same(room):
    room.act(STAFF, "press", name="1|hb|1", message_id=CARD)
    found = room.handoff()
    with room.step() as step:
        room.mailroom.inquiries.withdraw(step, found)

    card = next(one for one in room.waiting(STAFF) if one.payload.get("message_id") == CARD)
    room.act(STAFF, "press", name="1|hB|1", message_id=CARD)

    with room.step() as step:
        blocked = step.connection.execute(select(blocks)).all()
    assert card.payload["buttons"] == [["이 주민 막기", "1|hb|1"]]
    assert len(blocked) == 1
    assert room.handoff().state == "withdrawn"
    assert room.waiting(RESIDENT) == []

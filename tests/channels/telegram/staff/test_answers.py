"""Staff's answers on their way: lost, sent again, edited, in several parts; and which resident they are for."""

from __future__ import annotations

import pytest
from channels.telegram.staff.rooms import CARD, RESIDENT, STAFF, Room

from bot.store import handoffs, mail
from bot.store.handoffs import Draft

LONG = "가" * 3000 + "\n" + "나" * 3000  # needs two messages
CLERK = 41  # the message of a clerk's


def answer(room: Room, text: str = "내일 알려 드릴게요.", message_id: int = CLERK, card: int = CARD, **fields) -> None:
    room.act(STAFF, "answer", answers=card, message_id=message_id, text=text, **fields)


def offer(room: Room) -> tuple[int, str]:
    """(message id, data) of the button by which the answer that was lost is sent again; what waits for the group arrives."""
    sent = room.send(STAFF, first=2000)
    at = next(n for n, parcel in enumerate(sent) if parcel.payload.get("buttons") and "|hr|" in parcel.payload["buttons"][0][1])
    return 2000 + at, sent[at].payload["buttons"][0][1]


def told(room: Room) -> list[str]:
    return [parcel.payload["text"] for parcel in room.send(STAFF, first=3000) if parcel.method == "sendMessage"]


def test_answer_that_two_clerks_send_again_goes_out_once(room):
    answer(room)
    room.lose(room.waiting(RESIDENT)[0])
    message_id, data = offer(room)

    room.act(STAFF, "press", name=data, message_id=message_id)
    room.act(STAFF, "press", name=data, message_id=message_id, user=7002)

    assert len(room.waiting(RESIDENT)) == 1


def test_of_an_answer_in_two_parts_the_one_that_was_lost_is_sent_again_and_no_other(room):
    answer(room, LONG)
    first = room.waiting(RESIDENT)[0]
    room.lose(first)
    room.send(RESIDENT, first=50)
    message_id, data = offer(room)

    room.act(STAFF, "press", name=data, message_id=message_id)

    assert [parcel.payload["text"] for parcel in room.waiting(RESIDENT)] == [first.payload["text"]]


def test_answer_counts_as_delivered_only_with_all_of_its_parts(room):
    answer(room, LONG)
    room.lose(room.waiting(RESIDENT)[0])
    room.send(RESIDENT, first=50)
    message_id, data = offer(room)
    room.act(STAFF, "press", name=data, message_id=message_id)
    before = told(room)

    room.send(RESIDENT, first=60)

    assert not [text for text in before if "전했어요" in text]
    assert told(room).count("문의 1에 전했어요.") == 1


def test_correction_sends_what_was_lost_and_nothing_twice(room):
    answer(room, LONG)
    room.lose(room.waiting(RESIDENT)[0])
    room.send(RESIDENT, first=50)

    answer(room, LONG.replace("가", "다"), edited=True)

    methods = [parcel.method for parcel in room.waiting(RESIDENT)]
    assert methods == ["editMessageText", "sendMessage"]


def test_answer_that_was_shortened_while_its_first_part_was_on_its_way_is_told_to_have_arrived(room):
    answer(room, LONG)
    first = room.waiting(RESIDENT)[0]
    room.mailroom.begin(first)
    answer(room, "짧게요", edited=True)

    room.send(RESIDENT, first=50)

    assert told(room).count("문의 1에 전했어요.") == 1


def test_answers_of_the_group_before_and_after_it_got_another_id_are_two(room):
    answer(room, "앞의 답")
    room.send(RESIDENT, first=50)
    room.act(STAFF, "moved", new_id=-1001009)
    room.mailroom.staff.chat_id = -1001009
    found = room.handoff()
    with room.step() as step:
        room.mailroom.inquiries.board.post_card(step, found)
    room.send(-1001009, first=CARD)
    for text, edited in (("뒤의 답", False), ("고친 답", True)):
        room.act(-1001009, "answer", answers=CARD, message_id=CLERK, text=text, edited=edited)

    changed = [parcel for parcel in room.waiting(RESIDENT) if parcel.method == "editMessageText"]

    assert changed == []
    assert ["고친 답" in parcel.payload["text"] for parcel in room.waiting(RESIDENT)] == [True]


def test_answer_that_waits_while_the_group_gets_another_id_goes_to_its_own_resident(room):
    moved = -1001009
    with room.step() as step:  # in the group as it is now another resident's card has the number that the first has in the old one
        draft = Draft(room.keys.chat(502), room.keys.person(502), "m", room.now, "question", "다른 질문", "ko")
        other = handoffs.create(step.connection, draft, room.bot, {"chat_id": 502}, "v1", room.now)
        handoffs.note(step.connection, other.id, "card", room.keys.chat(moved), CARD, room.now)
        room.mailroom.staff.chat_id = moved
        incoming = {"kind": "answer", "chat_id": STAFF, "answers": CARD, "message_id": CLERK, "text": "답", "staff": True, "person": "p"}
        mail.receive(step.connection, room.bot, 99, room.keys.chat(STAFF), incoming, room.now)
        mail.readdress(step.connection, room.bot, room.keys.chat(STAFF), room.keys.chat(moved), moved)

    room.mailroom.work(room.keys.chat(moved))

    assert room.waiting(502) == []
    assert len(room.waiting(RESIDENT)) == 1


def test_message_of_another_bot_of_the_same_number_is_not_answered(room):
    """Outside of supergroups each bot counts the messages by itself."""
    with room.step() as step:
        draft = Draft(room.keys.chat(502), room.keys.person(502), "m", room.now, "question", "다른 질문", "ko")
        other = handoffs.create(step.connection, draft, room.bot + 1, {"chat_id": 502}, "v1", room.now)
        handoffs.note(step.connection, other.id, "card", room.keys.chat(STAFF), CARD, room.now)

    answer(room)

    assert room.waiting(502) == []
    assert len(room.waiting(RESIDENT)) == 1


@pytest.mark.parametrize("number", ["1", "2", "999", "9" * 50])
def test_answer_is_sent_again_only_from_a_message_of_its_own_hand_off(room, number):
    answer(room)
    room.lose(room.waiting(RESIDENT)[0])
    offer(room)

    room.act(STAFF, "press", name=f"1|hr|{number}", message_id=4711)

    assert room.waiting(RESIDENT) == []
    assert "다시 보낼 수 없습니다" in room.toast()

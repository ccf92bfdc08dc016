"""Which updates are taken in: of residents as many as are set, of the group of the staff every one that is meant for the bot."""

from __future__ import annotations

import pytest

from bot.channels.telegram.intake import FLOW, Intake
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.staff.group import StaffGroup
from bot.config import LimitSettings
from bot.store.keys import Keys

STAFF, RESIDENT, BOT = -1_001_000_000_700, 501, {"id": 9000, "is_bot": True, "first_name": "용산봇"}
KEYS = Keys("the-key-of-the-tests")
CARD = {"message_id": 5, "date": 0, "chat": {"id": STAFF, "type": "supergroup", "title": "직원 방"}, "from": BOT, "text": "문의 1"}


@pytest.fixture
def intake(me) -> Intake:
    """One that takes two messages a minute."""
    return Intake(me, KEYS, StaffGroup(STAFF), LimitSettings(messages_per_minute=2), Metrics())


def take(intake: Intake, update, is_staff: bool = False):
    """The kind of what is to be stored of an update that is stored at once, or None."""
    taken = intake.read(update, is_staff)
    if taken is None:
        return None
    intake.count(update, taken)
    return taken.incoming.kind


def test_what_is_stored_bears_the_hash_of_the_person_and_no_id(intake, send):
    taken = intake.read(send("안녕"), False)

    assert taken.incoming.as_json()["person"] == taken.person == KEYS.person(RESIDENT)
    assert (taken.chat, taken.in_group) == (KEYS.chat(RESIDENT), False)
    assert "user_id" not in taken.incoming.as_json()


def test_the_first_message_too_many_is_told_and_the_next_is_left_out(intake, send):
    assert [take(intake, send("안녕")) for _ in range(4)] == ["text", "text", FLOW, None]


def test_what_could_not_be_stored_is_not_counted(intake, send):
    for _ in range(9):
        assert intake.read(send("안녕"), False).incoming.kind == "text"


def test_answers_of_staff_are_all_taken_however_many_come(intake, send):
    answers = [send("확인했어요", chat=STAFF, reply_to_message=CARD) for _ in range(9)]

    assert [take(intake, one, is_staff=True) for one in answers] == ["answer"] * 9


def test_who_is_no_member_is_not_heard_but_is_answered_when_pressing(intake, send, press):
    answer, command = send("제 답이에요", chat=STAFF, reply_to_message=CARD), send("/open", chat=STAFF, marks=[("bot_command", "/open")])

    assert [take(intake, one) for one in (answer, command)] == [None, None]
    taken = intake.read(press("1|hc|1", chat=STAFF), False)
    assert (taken.incoming.kind, taken.incoming.staff) == ("press", False)


def test_talk_of_staff_leaves_no_trace(intake, send):
    assert intake.read(send("어느 과 일이죠?", chat=STAFF), True) is None
    assert intake.metrics.registry.get_sample_value("yongsan_bot_dropped_total", {"reason": "no_question"}) == 1

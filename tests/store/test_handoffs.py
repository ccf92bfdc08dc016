"""Hand-offs in the store: whose they are, which message is of which, and what happens to one at a time. On both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.store import handoffs
from bot.store.handoffs import Draft, Handoff

NOW = dt.datetime(2021, 2, 1, tzinfo=dt.timezone.utc)
BOT, OTHER_BOT, CHAT, GROUP = 9000, 9001, "c1", "g1"
DRAFT = Draft(CHAT, "p1", "mark", NOW, "question", "금액이 얼마예요", "ko", topics=("cctv",), aspects=("cost",), reply_kind="partial", consent="v7")


@pytest.fixture
def do(database) -> Callable:
    """Carries out a step in a transaction of its own."""

    def call(step, *arguments, **named):
        with database.begin() as connection:
            return step(connection, *arguments, **named)

    return call


@pytest.fixture
def make(do) -> Callable[..., Handoff]:
    return lambda bot=BOT, **fields: do(handoffs.create, replace(DRAFT, **fields), bot, {"chat_id": 501}, "v1", NOW)


def test_draft_comes_back_as_it_was_saved_and_takes_the_place_of_the_one_before(do):
    do(handoffs.save_draft, replace(DRAFT, text="앞의 글", mark="old"))
    do(handoffs.save_draft, DRAFT)

    assert do(handoffs.draft, CHAT, "p1", NOW) == DRAFT
    assert do(handoffs.draft, CHAT, "p1", NOW + dt.timedelta(seconds=1)) is None
    assert do(handoffs.draft, CHAT, "p2", NOW) is None


def test_hand_off_keeps_the_wording_that_was_shown_with_its_draft(make):
    assert make().consent == "v7"


def test_message_of_the_same_number_in_another_chat_or_of_another_bot_is_another_hand_off(do, make):
    ours, others, elsewhere = make(), make(OTHER_BOT), make()
    do(handoffs.note, ours.id, "card", GROUP, 57, NOW)
    do(handoffs.note, others.id, "card", GROUP, 57, NOW)
    do(handoffs.note, elsewhere.id, "card", "g2", 57, NOW)

    assert do(handoffs.noted, BOT, GROUP, 57).handoff == ours.id
    assert do(handoffs.noted, OTHER_BOT, GROUP, 57).handoff == others.id
    assert do(handoffs.noted, BOT, "g2", 57).handoff == elsewhere.id
    assert do(handoffs.noted, BOT, GROUP, 58) is None


def test_of_a_person_only_what_was_sent_through_this_bot_is_open(do, make):
    ours = make()
    make(OTHER_BOT)
    make(person="p2")
    closed = make()
    do(handoffs.change, closed.id, NOW, state="closed")

    assert [one.id for one in do(handoffs.of_person, BOT, "p1")] == [ours.id]


def test_first_to_claim_has_it_and_nobody_claims_what_is_closed(do, make):
    first, second = make(), make()
    do(handoffs.change, second.id, NOW, state="closed")

    assert do(handoffs.claim, first.id, "clerk-a", "가" * 99, NOW)
    assert not do(handoffs.claim, first.id, "clerk-b", "나", NOW)
    assert not do(handoffs.claim, second.id, "clerk-b", "나", NOW)
    assert (do(handoffs.get, first.id).clerk, do(handoffs.get, first.id).clerk_name) == ("clerk-a", "가" * 64)


def test_reminded_of_once_and_closed_once_for_its_age(do, make):
    one = make()
    later = NOW + dt.timedelta(days=9)

    assert [do(handoffs.remind, one.id, later) for _ in range(2)] == [True, False]
    assert [do(handoffs.expire, one.id, "declined", later) for _ in range(2)] == [True, False]


def test_card_of_another_group_is_none_of_this_one(do, make):
    one = make()
    do(handoffs.note, one.id, "card", "before the group moved", 57, NOW)

    assert [found.id for found in do(handoffs.without_card, BOT, GROUP)] == [one.id]
    assert do(handoffs.without_card, OTHER_BOT, GROUP) == []

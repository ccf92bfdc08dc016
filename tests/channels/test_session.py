from __future__ import annotations

import pytest

from bot.channels.session import Session, Sessions, read_time
from bot.dialogue import Pick


def test_a_session_goes_on_from_turn_to_turn(engine, now):
    session = Session(engine)

    session.say("비상벨 몇 개", now)
    session.say(Pick("cctv"), now)

    assert session.state.turns == 2
    assert session.state.topics == ("cctv",)


def test_the_chat_that_was_silent_longest_is_forgotten(engine, now):
    sessions = Sessions(engine, limit=2)
    first = sessions.open("a")
    second = sessions.open("b")

    assert sessions.open("a") is first
    sessions.open("c")

    assert len(sessions) == 2
    assert sessions.open("a") is first
    assert sessions.open("b") is not second


def test_without_an_id_every_conversation_is_fresh(engine):
    sessions = Sessions(engine)

    assert sessions.open(None) is not sessions.open(None)
    assert len(sessions) == 0


@pytest.mark.parametrize("text", ["", "Z", "어제", "2021-13-01", "2021-02-30", "0001-01-01"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - Python's own words differ by version
        read_time(text)

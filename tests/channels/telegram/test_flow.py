from __future__ import annotations

import pytest

from bot.channels.telegram import flow as module
from bot.channels.telegram.flow import Flow


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_the_limit_holds_within_the_window_and_moves_with_it(clock):
    flow = Flow(2, 60, clock)
    for clock.now in (0.0, 30.0):
        flow.count("a")

    assert not flow.has_room("a")
    clock.now = 59.9
    assert not flow.has_room("a")
    clock.now = 60.0
    assert flow.has_room("a")
    flow.count("a")
    assert not flow.has_room("a")


def test_asking_counts_nothing_and_keys_do_not_meet(clock):
    flow = Flow(1, 60, clock)

    assert flow.has_room("a")
    assert flow.has_room("a")
    flow.count("a")

    assert not flow.has_room("a")
    assert flow.has_room("b")


def test_what_can_hold_nobody_back_is_forgotten(clock, monkeypatch):
    monkeypatch.setattr(module, "MOST_KEYS", 3)
    flow = Flow(1, 60, clock)
    for key in "abcd":
        flow.count(key)

    assert list(flow._times) == ["b", "c", "d"]
    clock.now = 61.0
    flow.count("e")
    assert list(flow._times) == ["e"]

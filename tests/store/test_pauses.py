"""What staff have stopped, on both databases."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.store import pauses
from tests.store.filling import NOW


@pytest.fixture
def do(database):
    """Carries out a step in a transaction of its own."""

    def call(step, *arguments):
        with database.begin() as connection:
            return step(connection, *arguments)

    return call


def test_a_stop_lasts_until_it_is_taken_back(do):
    assert do(pauses.pause, "lamp", "p1", NOW)
    assert do(pauses.pause, pauses.WHOLE, "p1", NOW)

    assert do(pauses.paused) == {"lamp": NOW, pauses.WHOLE: NOW}
    assert do(pauses.resume, "lamp")
    assert do(pauses.paused) == {pauses.WHOLE: NOW}


def test_the_second_to_stop_or_to_reopen_is_told_so(do):
    do(pauses.pause, "lamp", "p1", NOW)

    assert not do(pauses.pause, "lamp", "p2", NOW + dt.timedelta(hours=1))
    assert do(pauses.paused) == {"lamp": NOW}
    assert [do(pauses.resume, "lamp"), do(pauses.resume, "lamp")] == [True, False]

"""Of one changed content one proposal waits; one process judges it, one clerk decides on it."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.store import proposals, publications
from bot.store.proposals import DECLINED, JUDGING, OPEN, PUBLISHED
from tests.store.filling import NOW

LATER = NOW + dt.timedelta(seconds=proposals.JUDGE_SECONDS + 1)


def propose(database, version="v2", base="v1") -> int:
    with database.begin() as connection:
        proposals.propose(connection, version, base, b"files", NOW)
        return proposals.undecided(connection)[-1].id


def test_one_version_waits_once_and_may_come_again_when_it_is_decided(database):
    number = propose(database)

    with database.begin() as connection:
        assert not proposals.propose(connection, "v2", "v1", b"files", NOW)
        assert proposals.move(connection, number, (JUDGING,), DECLINED)
        assert proposals.propose(connection, "v2", "v1", b"files", NOW)
        assert [one.version for one in proposals.undecided(connection)] == ["v2"]


def test_replicas_that_see_a_change_at_once_propose_it_once(database):
    def see(_: int) -> bool:
        with database.begin() as connection:
            return proposals.propose(connection, "v2", "v1", b"files", NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(see, range(8))) == 1


def test_one_judges_and_another_takes_over_when_there_is_no_sign_of_life(database):
    number = propose(database)

    with database.begin() as connection:
        assert proposals.claim(connection, number, NOW)
        assert not proposals.claim(connection, number, NOW + dt.timedelta(seconds=59))
        assert proposals.claim(connection, number, LATER)
        proposals.beat(connection, number, LATER + dt.timedelta(seconds=30))
        assert not proposals.claim(connection, number, LATER + dt.timedelta(seconds=61))


def test_a_judgement_against_another_base_is_not_taken(database):
    number = propose(database)

    with database.begin() as connection:
        assert not proposals.judged(connection, number, "v0", "{}")
        assert proposals.judged(connection, number, "v1", "{}")
        assert not proposals.judged(connection, number, "v1", "{}")
        assert proposals.get(connection, number).state == OPEN


def test_two_clerks_at_once_decide_once(database):
    number = propose(database)
    with database.begin() as connection:
        proposals.judged(connection, number, "v1", "{}")

    def press(state: str) -> bool:
        with database.begin() as connection:
            return proposals.move(connection, number, (OPEN,), state)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(press, [PUBLISHED, DECLINED] * 4)) == 1


@pytest.mark.parametrize(
    ("published", "version", "is_out"),
    [
        ([("v1", "start"), ("v2", "saved"), ("v1", "rollback")], "v2", True),
        ([("v1", "start"), ("v2", "saved"), ("v3", "approved"), ("v2", "rollback"), ("v1", "rollback")], "v3", True),
        ([("v1", "start"), ("v2", "saved"), ("v3", "saved"), ("v2", "rollback")], "v1", False),
        ([("v1", "start"), ("v2", "saved"), ("v1", "rollback"), ("v3", "saved")], "v2", False),
        ([("v1", "start"), ("v2", "saved")], "v1", False),
    ],
    ids=["rolled back from", "by two steps", "older", "something new since", "never rolled back"],
)
def test_what_was_rolled_back_from_stays_out(database, published, version, is_out):
    with database.begin() as connection:
        for one, how in published:
            publications.publish(connection, one, b"files", how, NOW)

        assert proposals.was_decided(connection, version) is is_out


def test_what_was_declined_last_stays_out_and_no_longer_when_something_else_was_proposed(database):
    number = propose(database)
    with database.begin() as connection:
        proposals.move(connection, number, (JUDGING,), DECLINED)
        assert proposals.was_decided(connection, "v2")

    propose(database, "v3")

    with database.begin() as connection:
        assert not proposals.was_decided(connection, "v2")


def test_the_group_is_told_of_each_thing_once(database):
    with database.begin() as connection:
        told = [proposals.is_news(connection, "content_fault", value) for value in ("", "a", "a", "b", "", "", "b")]

    assert told == [False, True, False, True, True, False, True]
    with database.begin() as connection:
        assert not proposals.is_news(connection, "content_fault", "b")


def test_files_are_put_back_once(database):
    with database.begin() as connection:
        proposals.ask_put_back(connection, 3)
        proposals.ask_put_back(connection, 4)

        assert proposals.put_back_wanted(connection) == 4
        assert [proposals.put_back_done(connection, number) for number in (3, 4, 4)] == [False, True, False]
        assert proposals.put_back_wanted(connection) is None

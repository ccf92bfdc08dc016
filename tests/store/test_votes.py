"""One vote a reply, by whom it was given to, on both databases."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from bot.store import votes
from bot.store.schema import votes as table
from tests.store.filling import NOW, add_reply


@pytest.fixture
def vote(database):
    """A person's vote on the first reply."""
    add_reply(database, person="p1", topics=["lamp"], aspects=["when"], content="v1")

    def make(value="yes", person="p1", reply=1, later=0):
        with database.begin() as connection:
            return votes.vote(connection, reply, person, value, NOW + dt.timedelta(hours=later))

    return make


def rows(database):
    with database.begin() as connection:
        return list(connection.execute(select(table)))


def test_a_vote_knows_what_it_is_about(vote, database):
    voted = vote("wrong")

    assert (voted.topics, voted.aspects, voted.content, voted.before) == (("lamp",), ("when",), "v1", "")
    assert [(row.vote, row.person, row.at) for row in rows(database)] == [("wrong", "p1", NOW)]


def test_a_changed_vote_takes_the_place_of_the_one_before(vote, database):
    vote("yes")

    assert vote("no", later=1).before == "yes"
    assert [(row.vote, row.at) for row in rows(database)] == [("no", NOW + dt.timedelta(hours=1))]


@pytest.mark.parametrize("forged", [{"person": "p2"}, {"reply": 2}, {"reply": 0}, {"value": "great"}, {"value": ""}], ids=str)
def test_what_was_not_offered_to_that_person_counts_nothing(vote, database, forged):
    assert vote(**forged) is None
    assert not rows(database)


def test_staff_are_told_once_however_the_vote_changes(vote, database):
    def tell():
        with database.begin() as connection:
            return votes.tell(connection, 1, NOW)

    vote("wrong")
    first = tell()
    vote("no")
    vote("wrong")

    assert (first, tell()) == (True, False)


def test_votes_against_are_told_by_topic_with_all_that_were_cast(vote, database):
    add_reply(database, person="p2", topics=["lamp", "camera"])
    add_reply(database, person="p3", topics=["camera"])
    add_reply(database, person="p4", topics=["bench"])
    for number, value in enumerate(("wrong", "no", "yes", "yes"), 1):
        vote(value, f"p{number}", number, later=number)

    with database.begin() as connection:
        found = votes.against(connection, NOW + dt.timedelta(hours=1))
        later = votes.against(connection, NOW + dt.timedelta(hours=2))

    assert found == [votes.Tally("lamp", 1, 1, 2), votes.Tally("camera", 0, 1, 2)]
    assert [one.topic for one in later] == ["camera", "lamp"]

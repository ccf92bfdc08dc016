"""What the bot remembers of itself, on both databases."""

from __future__ import annotations

import threading

from bot.store import notes


def test_the_last_word_is_remembered_until_it_is_forgotten(database):
    with database.begin() as connection:
        notes.remember(connection, "staff_moved", "1")
        notes.remember(connection, "staff_moved", "2")
        before = notes.recall(connection, "staff_moved")
        notes.forget(connection, "staff_moved")

        assert (before, notes.recall(connection, "staff_moved")) == ("2", "")


def test_a_value_only_advances(database):
    def advance(value):
        with database.begin() as connection:
            return notes.advance(connection, "digest", value)

    assert [advance(value) for value in ("2021-02-01T00:00", "2021-02-01T00:00", "2021-01-25T00:00", "2021-02-08T00:00")] == [
        True,
        False,
        False,
        True,
    ]


def test_of_several_that_advance_at_once_one_does(database):
    done = []

    def advance():
        with database.begin() as connection:
            done.append(notes.advance(connection, "digest", "2021-02-01T00:00"))

    threads = [threading.Thread(target=advance) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [False] * 5 + [True]


def test_names_are_found_by_how_they_begin(database):
    with database.begin() as connection:
        for name in ("digest at 2", "digest at 1", "digest", "digest_at 3"):
            notes.remember(connection, name, name[-1])

        assert notes.beginning_with(connection, "digest at ") == {"digest at 1": "1", "digest at 2": "2"}

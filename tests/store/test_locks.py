"""One worker at a chat, over all processes that share a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.keys import Keys
from bot.store.locks import ChatLocks

KEYS = Keys("sixteen letters!")
CHAT, OTHER = KEYS.chat(501), KEYS.chat(-1002)


@pytest.fixture
def make_locks() -> Iterator[Callable[[Database], ChatLocks]]:
    """Makes locks as another process would have them; closed after the test."""
    made: list[ChatLocks] = []

    def make(database: Database) -> ChatLocks:
        made.append(ChatLocks(database))
        return made[-1]

    yield make
    for locks in made:
        locks.close()


@pytest.fixture
def shared(postgres_url) -> Iterator[Database]:
    """A PostgreSQL database; locks need no tables."""
    database = Database(postgres_url())
    yield database
    database.dispose()


def end_sessions(database: Database) -> int:
    """Ends every session that holds a lock, as a restart of the server does."""
    ending = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    with database.begin() as connection:
        return int(connection.execute(text(ending)).scalar_one())


def held(database: Database) -> int:
    with database.begin() as connection:
        return int(connection.execute(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).scalar_one())


def test_chat_is_one_workers_until_it_is_released(database, make_locks):
    locks = make_locks(database)

    assert (locks.take(CHAT), locks.take(CHAT), locks.take(OTHER)) == (True, False, True)
    locks.release(CHAT)
    assert (locks.take(CHAT), locks.take(OTHER)) == (True, False)


def test_release_of_what_is_not_held_changes_nothing(database, make_locks):
    locks = make_locks(database)
    locks.take(OTHER)

    locks.release(CHAT)

    assert not locks.take(OTHER)


def test_close_frees_everything_and_the_locks_can_be_used_again(database, make_locks):
    locks = make_locks(database)
    locks.take(CHAT)

    locks.close()
    locks.close()

    assert locks.take(CHAT)


def test_two_processes_exclude_each_other(shared, make_locks):
    one, other = make_locks(shared), make_locks(shared)

    assert (one.take(CHAT), other.take(CHAT), other.take(OTHER), one.take(OTHER)) == (True, False, True, False)
    one.release(CHAT)
    assert other.take(CHAT)


def test_process_that_ends_frees_its_chats(shared, make_locks):
    one, other = make_locks(shared), make_locks(shared)
    one.take(CHAT)
    one.take(OTHER)

    one.close()

    assert other.take(CHAT)
    assert other.take(OTHER)


def test_lost_connection_frees_the_locks_and_is_told(shared, make_locks):
    one, other = make_locks(shared), make_locks(shared)
    one.take(CHAT)
    assert end_sessions(shared) == 1

    with pytest.raises(StoreError):
        one.release(CHAT)

    assert other.take(CHAT)
    assert not one.take(CHAT)
    assert one.take(OTHER)


def test_after_a_lost_connection_nothing_is_held_by_mistake(shared, make_locks):
    one = make_locks(shared)
    one.take(CHAT)
    end_sessions(shared)

    with pytest.raises(StoreError):
        one.take(OTHER)

    assert held(shared) == 0
    assert one.take(CHAT)
    assert one.take(OTHER)


def test_no_lock_stays_on_a_connection_that_is_used_again(shared, make_locks):
    one = make_locks(shared)
    one.take(CHAT)
    one.close()

    assert held(shared) == 0


def test_database_that_cannot_be_reached_is_told():
    locks = ChatLocks(Database("postgresql://127.0.0.1:1/none"))

    for _ in range(2):
        with pytest.raises(StoreError):
            locks.take(CHAT)


def test_of_many_threads_one_at_a_time_has_the_chat(database, make_locks):
    both = [make_locks(database)] if database.is_sqlite else [make_locks(database), make_locks(database)]
    inside, most, turns = Counter(), Counter(), Counter()

    def work(number: int) -> None:
        locks = both[number % len(both)]
        for _ in range(20):
            if locks.take(CHAT):
                inside[CHAT] += 1
                most[CHAT] = max(most[CHAT], inside[CHAT])
                turns[number] += 1
                inside[CHAT] -= 1
                locks.release(CHAT)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))

    assert most[CHAT] == 1
    assert turns

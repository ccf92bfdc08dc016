from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select

from bot.content.snapshot import take, unpack
from bot.store.contents import get, keep, last_good
from bot.store.schema import contents

NOON = dt.datetime(2021, 2, 1, 12, tzinfo=dt.timezone.utc)


def later(minutes: int) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minutes)


def test_nothing_is_kept_at_first(database):
    with database.begin() as connection:
        assert last_good(connection) is None
        assert get(connection, "aaa") is None


def test_the_last_good_content_is_the_one_served_last(database):
    with database.begin() as connection:
        keep(connection, "aaa", b"\x00one", NOON)
        keep(connection, "bbb", b"two", later(1))

        assert last_good(connection) == ("bbb", b"two")

        keep(connection, "aaa", b"\x00one", later(2))

        assert last_good(connection) == ("aaa", b"\x00one")
        assert get(connection, "bbb") == b"two"


def test_a_content_is_kept_once_with_its_first_files(database):
    with database.begin() as connection:
        keep(connection, "aaa", b"one", NOON)
        keep(connection, "aaa", b"one, with a remark", later(1))

        assert connection.execute(select(func.count()).select_from(contents)).scalar() == 1
        assert get(connection, "aaa") == b"one"


def test_the_real_files_come_back_whole(database):
    snapshot = take()

    with database.begin() as connection:
        keep(connection, "aaa", snapshot.pack(), NOON)
    with database.begin() as connection:
        kept = last_good(connection)

    assert kept is not None
    assert unpack(kept[1]) == snapshot

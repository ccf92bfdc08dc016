"""Keyed hashes of ids: the same person is the same hash, and nobody without the key can tell whose it is.

The key comes from `store.key` or `store.key_file`; with neither, SQLite keeps one in a file of its own beside the database. A database is
marked with the first key that it is opened with and refuses every other: with a wrong one /delete would find nothing to delete.
"""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from bot.config import StoreSettings
from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import marks

_MARK = "key"
_LEAST = 16  # characters of a key
_OTHERWISE = "되살릴 수 없으면 store.url에 새 데이터베이스를 정해 처음부터 시작하세요. 앞의 기록은 버리게 됩니다."


class Keys:
    """Hashes ids with one key."""

    def __init__(self, secret: str) -> None:
        self.secret = secret  # for the log to hide

    def chat(self, chat_id: int) -> str:
        return self._hash("chat", chat_id)

    def person(self, user_id: int) -> str:
        return self._hash("person", user_id)

    def trace(self, update_id: int) -> str:
        """What the log calls an update."""
        return self._hash("trace", update_id)[:8]

    def mark(self) -> str:
        """By which the key is known again."""
        return self._hash("mark", "yongsan-bot")

    def _hash(self, *parts: object) -> str:
        return hmac.new(self.secret.encode("utf-8"), ":".join(map(str, parts)).encode("utf-8"), sha256).hexdigest()[:32]


def open_keys(settings: StoreSettings, database: Database) -> Keys:
    """The keys of the settings, over a database with tables.

    Raises StoreError where there is no key, where it is another than before, or a file cannot be read.
    """
    if settings.key is not None:
        place, secret = "store.key", settings.key.get_secret_value()
    else:
        file = settings.key_file or _beside(database)
        place, secret = str(file), _read(file)
    keys = Keys(secret)
    if _mark(database, keys.mark()) != keys.mark():
        raise StoreError(
            place,
            "이 데이터베이스를 처음 쓸 때의 비밀 키가 아닙니다. 이 키로는 앞의 기록이 누구의 것인지 알 수 없고, /delete가 지울 것을 찾지 못합니다.",
            f"처음의 키로 되돌려 주세요. 봇이 여럿이면 모두 같은 키를 씁니다. {_OTHERWISE}",
        )
    return keys


def _beside(database: Database) -> Path:
    """The key file beside an SQLite database, made where the database has never had one."""
    if database.file is None:
        raise StoreError(
            "store.key", "PostgreSQL에는 비밀 키가 필요합니다.", "store.key나 store.key_file을 정해 주세요. 봇을 여럿 띄우면 모두 같은 것을 씁니다."
        )
    beside = database.file.with_suffix(".key")
    if not beside.exists():
        if database.file.exists() and _mark(database) is not None:
            raise StoreError(
                str(beside),
                "비밀 키 파일이 없어졌습니다. 없으면 앞의 기록이 누구의 것인지 알 수 없습니다.",
                f"파일을 되살려 주세요. {_OTHERWISE}",
            )
        _make(beside)
    return beside


def _mark(database: Database, first: str | None = None) -> str | None:
    """The mark of the key that the database was first opened with; `first` where it has none yet."""
    with database.begin() as connection:
        if first is not None:
            dialect: Any = sqlite if database.is_sqlite else postgresql
            connection.execute(dialect.insert(marks).values(name=_MARK, value=first).on_conflict_do_nothing())
        return connection.execute(select(marks.c.value).where(marks.c.name == _MARK)).scalar()


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise StoreError(str(path), f"비밀 키를 읽을 수 없습니다({type(error).__name__}).", "파일이 있는지, 권한이 맞는지 확인해 주세요.") from None
    if len(text) < _LEAST:
        raise StoreError(str(path), "비밀 키가 너무 짧습니다.", f"{_LEAST}자 이상의 글을 한 줄로 적어 주세요.")
    return text


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # another process was first
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(descriptor)  # what is hashed with it lasts through a power cut, and so must the key
    except OSError as error:
        raise StoreError(
            str(path), f"비밀 키를 쓸 수 없습니다({error.strerror}).", "폴더의 권한을 확인하거나 store.key_file을 정해 주세요."
        ) from None

"""The database: opened by an SQLAlchemy address, brought up to date by migrations.

Promises: SQLite writes are on the disk when a transaction ends (WAL, synchronous=FULL), and what is deleted is overwritten; every fault of
the database itself is a StoreError whose message holds no values. Callers use `begin` and the tables of schema.py.
"""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, InterfaceError, NoSuchModuleError, OperationalError, SQLAlchemyError

from bot.errors import StoreError, StoreLost

_MIGRATING = 7_201_001  # key of the lock that lets one process migrate at a time
_BUSY_SECONDS = 5.0
# A server that vanishes says no farewell: without these the bot would wait for two hours to hear that it is gone.
_PATIENCE = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
_STATEMENT_SECONDS = 10  # of PostgreSQL; far more than anything that a resident waits for


class Database:
    """One database. Thread-safe; `threads` is how many may use it side by side (SQLite: one writes at a time)."""

    def __init__(self, address: str, threads: int = 8) -> None:
        try:
            self.url = make_url(address)
        except (ArgumentError, ValueError, TypeError):
            raise _unreadable() from None
        if self.url.get_backend_name() == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.file = self._find_file() if self.is_sqlite else None
        if not self.is_sqlite and self.url.get_backend_name() != "postgresql":
            raise StoreError("store.url", "SQLite와 PostgreSQL만 쓸 수 있습니다.", "예: sqlite:///yongsan-bot.sqlite, postgresql://이름@서버/db")
        self._made: WeakSet[Any] = WeakSet()  # PostgreSQL's connections
        options: dict[str, Any] = {"hide_parameters": True}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": _BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
        else:
            options |= {"pool_size": threads, "max_overflow": 4, "pool_pre_ping": True, "connect_args": _PATIENCE}
        try:
            self.engine = create_engine(self.url, **options)
        except (NoSuchModuleError, ModuleNotFoundError):
            raise StoreError("store.url", "PostgreSQL 드라이버가 없습니다.", "pip install 'yongsan-bot[postgres]'") from None
        except (ArgumentError, ValueError, TypeError):
            raise _unreadable() from None
        event.listen(self.engine, "do_connect", _connect)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_immediate)
        else:
            event.listen(self.engine, "connect", _prepare_postgresql)
            event.listen(self.engine, "connect", lambda connection, record: self._made.add(connection))

    def _find_file(self) -> Path | None:
        if self.url.database in (None, "", ":memory:"):
            return None
        try:
            return Path(str(self.url.database)).resolve()
        except ValueError:  # a zero byte
            raise _unreadable() from None

    @contextmanager
    def begin(self, patient: bool = False) -> Iterator[Connection]:
        """A transaction: kept whole at the end of the block, or not at all. Raises StoreError where the database fails.

        patient  its statements may take as long as they need; else PostgreSQL ends one after ten seconds
        """
        with translated(), self.engine.begin() as connection:
            if patient:
                lift_limits(connection)
            yield connection

    def ping(self) -> None:
        """Raises StoreError where the database cannot be used, or its file has been taken away."""
        if self.file is not None and not self.file.exists():
            self.engine.dispose()
            raise StoreError(str(self.file), "데이터베이스 파일이 없어졌습니다.", "'yongsan-bot db restore'로 되살리거나 봇을 다시 시작해 주세요.")
        with self.begin() as connection:
            connection.execute(text("SELECT 1 FROM inbox WHERE 1 = 0"))

    def heal(self) -> bool:
        """Puts an SQLite file that was taken away while it was open back in its place, with all that was in it; whether it had to."""
        if self.file is None or self.file.exists():
            return False
        with translated(), self.engine.connect() as connection:
            if not self.file.exists():  # else nothing was open, and what connected has made it anew
                self._put_back(connection)
        self.engine.dispose()
        self.upgrade()
        return True

    def _put_back(self, connection: Connection) -> None:
        """Copies the file of an open connection, which has no name any more, to where it was."""
        assert self.file is not None
        connection.exec_driver_sql("ROLLBACK")
        held: Any = connection.connection.driver_connection
        for suffix in ("-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)
        self._make_folder()
        with closing(sqlite3.connect(self.file)) as anew:
            held.backup(anew)

    def write(self) -> None:
        """Writes what changes nothing. Raises StoreError: a full disk can still be read, and one that can be read is not back."""
        with self.begin() as connection:
            connection.execute(text("PRAGMA user_version = 0" if self.is_sqlite else "SELECT txid_current()"))

    def revision(self) -> str | None:
        """The migration the database stands at; None for an empty one."""
        with translated(), self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def upgrade(self) -> tuple[str | None, str]:
        """Migrates to the newest tables; (revision before, after). Raises StoreError, also where the database is newer than the program."""
        self._make_folder()
        config = _alembic()
        head = str(ScriptDirectory.from_config(config).get_current_head())
        before = self.revision()
        if before == head:
            return before, head
        if before is not None and before not in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}:
            raise StoreError("store.url", f"데이터베이스가 이 프로그램보다 새것입니다({before}).", "프로그램을 새 판으로 바꿔 주세요.")
        with self.begin(patient=True) as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return before, head

    def shrink(self) -> None:
        """Empties SQLite's write-ahead log, where deleted text would linger."""
        if self.is_sqlite:
            with translated(), self.engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def dispose(self) -> None:
        """Closes all connections; a thread that still waits for an answer of PostgreSQL gets a StoreLost."""
        self.engine.dispose()
        for connection in [*self._made]:
            cut_off(connection)

    def _make_folder(self) -> None:
        if self.file is None:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            if not self.file.exists():
                os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))  # not for other users of the machine
        except OSError as error:
            raise StoreError(str(self.file), f"쓸 수 없습니다({error.strerror}).", "폴더의 권한을 확인하거나 store.url을 고쳐 주세요.") from None


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config


def lift_limits(connection: Connection) -> None:
    """Lets the rest of a transaction take as long as it needs."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))


def cut_off(connection: Any) -> None:
    """Ends the line of a connection of psycopg, whoever uses it: closing it would wait for a server that hangs, or leave that one waiting."""
    if not connection.closed:
        with suppress(OSError):
            line = socket.socket(fileno=connection.fileno())
            try:
                line.shutdown(socket.SHUT_RDWR)
            finally:
                line.detach()


def _connect(dialect: Dialect, record: Any, arguments: Any, options: Any) -> Any:
    """Connects as SQLAlchemy would; what of an address only the driver reads is refused here."""
    try:
        return dialect.connect(*arguments, **options)
    except (ValueError, TypeError):
        raise _unreadable() from None


def _unreadable() -> StoreError:
    """Shows nothing of the address: what it was cut into may be parts of its password."""
    remedy = (
        "예: sqlite:///yongsan-bot.sqlite, postgresql://이름:비밀번호@서버/db. 비밀번호 속의 특수 문자는 퍼센트로 바꿔 적습니다: @는 %40, "
        ":는 %3A, /는 %2F, #는 %23, %는 %25."
    )
    return StoreError("store.url", "데이터베이스 주소를 읽을 수 없습니다.", remedy)


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: Any, record: Any) -> None:
    # A machine that vanishes says no farewell: the server finds out within two minutes, and not two hours, that its locks are nobody's.
    with connection.cursor() as cursor:
        cursor.execute("SET tcp_keepalives_idle = 60")
        cursor.execute("SET tcp_keepalives_interval = 15")
        cursor.execute("SET tcp_keepalives_count = 4")
        cursor.execute(f"SET statement_timeout = '{_STATEMENT_SECONDS}s'")
        cursor.execute(f"SET lock_timeout = '{_STATEMENT_SECONDS}s'")
    connection.commit()


def _begin_immediate(connection: Connection) -> None:
    # Taking the lock for writing at once: two readers that both want to write would refuse each other.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def translated() -> Iterator[None]:
    """Turns faults of the database into StoreError; its own words may hold values, so only their kind is kept."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        may_come_back = isinstance(error, (OperationalError, InterfaceError)) and "no such table" not in str(error.orig).lower()
        fault = StoreLost if may_come_back else StoreError
        raise fault("store.url", f"데이터베이스를 쓸 수 없습니다({_kind(error)}).", _remedy(error)) from None
    except SQLAlchemyError as error:
        raise StoreError(
            "store.url", f"데이터베이스를 쓸 수 없습니다({type(error).__name__}).", "주소와 데이터베이스의 상태를 확인해 주세요."
        ) from None


def _kind(error: DBAPIError) -> str:
    name = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
    return str(name or type(error.orig).__name__)


def _remedy(error: DBAPIError) -> str:
    said = str(error.orig).lower()
    if "full" in said or "no space" in said:
        return "디스크에 빈 자리를 마련해 주세요. 자리가 나면 봇이 스스로 이어 갑니다."
    if "not a database" in said or "malformed" in said:
        return "파일이 망가졌습니다. 'yongsan-bot db restore 사본'으로 되살려 주세요."
    if "locked" in said or "busy" in said:
        return "다른 프로그램이 데이터베이스를 잡고 있는지 확인해 주세요. 풀리면 봇이 스스로 이어 갑니다."
    if "no such table" in said or "undefinedtable" in type(error.orig).__name__.lower():
        return "'yongsan-bot db upgrade'로 표를 만들어 주세요."
    return "데이터베이스가 켜져 있는지, 주소(store.url)와 권한이 맞는지 확인해 주세요."

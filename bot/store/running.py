"""Who works with a database: bots, or one restore.

Promises: while a bot holds the lock no restore gets it, and the other way round; a process that dies lets go of it. SQLite serves one bot
(the lock is a file beside the database), PostgreSQL several (an advisory lock, shared).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreError
from bot.store.database import Database, cut_off, translated

_RUNNING = 7_201_002  # key of PostgreSQL's lock


class RunLock:
    """The lock of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._session: Connection | None = None  # what PostgreSQL's lock hangs on

    @contextmanager
    def hold(self, shared: bool) -> Iterator[None]:
        """Holds the lock for as long as the block runs.

        shared  bots on PostgreSQL hold it side by side; SQLite's is never shared

        Raises StoreError at once where others hold it.
        """
        with ExitStack() as stack:
            if not self._database.is_sqlite:
                self._hold_advisory(stack, shared)
            elif self._database.file is not None:
                self._hold_file(stack)
            yield

    def _hold_file(self, stack: ExitStack) -> None:
        file = self._database.file
        assert file is not None
        lock = FileLock(f"{file}.lock", timeout=0, thread_local=False)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(lock)
        except Timeout:
            raise _busy(str(file)) from None
        except OSError as error:
            raise StoreError(f"{file}.lock", f"잠글 수 없습니다({error.strerror}).", "폴더의 권한을 확인하거나 store.url을 고쳐 주세요.") from None

    def _hold_advisory(self, stack: ExitStack, shared: bool) -> None:
        stack.callback(self._close)
        self._take(shared)

    def renew(self) -> None:
        """Takes the lock again where a restart of PostgreSQL has ended the session that held it. Raises StoreError."""
        if self._session is None:
            return
        try:
            with translated():
                self._session.execute(text("SELECT 1"))
        except StoreError:
            self._close()
            self._take(shared=True)

    def _take(self, shared: bool) -> None:
        function = "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"
        with translated():
            self._session = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._session.detach()  # the pool keeps its connections for others, and closing this one lets go of the lock
            if not self._session.execute(text(f"SELECT {function}(:key)"), {"key": _RUNNING}).scalar_one():
                raise _busy("store.url")

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(SQLAlchemyError):  # the server has gone, and the lock with it
                if not session.invalidated:
                    cut_off(session.connection.dbapi_connection)  # the server may hang, and a thread wait for it
                session.close()


def running(database: Database) -> bool:
    """Whether a bot, or a restore, works with the database now."""
    try:
        with RunLock(database).hold(shared=False):
            return False
    except StoreError as error:
        if isinstance(error, _Busy):
            return True
        raise


class _Busy(StoreError):
    pass


def _busy(place: str) -> StoreError:
    return _Busy(place, "봇이 이 데이터베이스를 쓰고 있거나, 되살리는 중입니다.", "그 봇을 멈추거나 되살리기가 끝나기를 기다려 주세요.")

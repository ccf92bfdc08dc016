"""Who may work on a chat: one worker at a time, over all processes that share the database.

PostgreSQL: advisory locks of one connection's session, so that the server itself frees them when a process dies. SQLite serves one process
(running.py), whose own memory is enough.
"""

from __future__ import annotations

from threading import Lock

from sqlalchemy import Connection, text

from bot.store.database import Database, translated

_CLOSE_SECONDS = 2.0


class ChatLocks:
    """Locks chats by their hash. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self.database, self.is_shared = database, not database.is_sqlite
        self._mutex = Lock()
        self._held: set[str] = set()
        self._connection: Connection | None = None

    def take(self, chat: str) -> bool:
        """Whether the chat is this worker's from now on. Raises StoreError."""
        with self._mutex:
            if chat in self._held:
                return False
            if self.is_shared and not self._ask("SELECT pg_try_advisory_lock(:key)", chat):
                return False
            self._held.add(chat)
            return True

    def release(self, chat: str) -> None:
        """Lets others have the chat. Raises StoreError; the chat is free all the same, for the server ends a lost session."""
        with self._mutex:
            if chat in self._held:
                self._held.discard(chat)
                if self.is_shared:
                    self._ask("SELECT pg_advisory_unlock(:key)", chat)

    def close(self) -> None:
        """Frees everything; where a thread waits for a server that hangs, that is left to the end of its session."""
        if self._mutex.acquire(timeout=_CLOSE_SECONDS):
            try:
                self._drop()
            finally:
                self._mutex.release()

    def _ask(self, question: str, chat: str) -> bool:
        try:
            with translated():
                if self._connection is None:
                    self._connection = self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                return bool(self._connection.execute(text(question), {"key": _number(chat)}).scalar())
        except Exception:
            self._drop()
            raise

    def _drop(self) -> None:
        """Ends the session, and with it every lock: of what was held nothing may be left on a pooled connection."""
        self._held.clear()
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate()
            connection.close()


def _number(chat: str) -> int:
    """The hash as the 64 signed bits that PostgreSQL locks."""
    return int.from_bytes(bytes.fromhex(chat)[:8], "big", signed=True)

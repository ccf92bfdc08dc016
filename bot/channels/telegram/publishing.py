"""Which content is served: what is published, as far as this process can; and what a saved change leads to.

Blocking; run in threads. Promises: where staff decide, nothing that they have not let pass is served, and what they have said no to is not
brought up again by a restart; what is published anywhere (another replica, the command line) is served here too; a publication that this
program cannot read is told, and what served goes on.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import structlog

from bot.channels.serving import Outcome, Served, Serving
from bot.channels.session import seoul_now
from bot.errors import ContentError, StoreError
from bot.store import contents, proposals, publications
from bot.store.database import Database
from bot.store.proposals import Proposal
from bot.store.publications import How, Publication
from bot.store.reading import reading

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Saved:
    """A sound content that stands in the folders. at_start: it may have stood there before; else somebody has just saved it."""

    ready: Served
    at_start: bool

    @property
    def version(self) -> str:
        return self.ready.version


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the database holds of it at one moment. put_back: the proposal whose files are to be put back into the folder."""

    current: Publication | None
    undecided: tuple[Proposal, ...]
    put_back: int | None


class Publishing:
    """One process's part in it.

    published   the publication that was taken up last
    unreadable  why the one that is current now cannot be served; "" where it is
    saved       what stands in the folders, where that is for staff to decide on; replaced by each new reading
    """

    def __init__(self, serving: Serving, database: Database, on_approval: bool, clock: Callable[[], dt.datetime] = seoul_now) -> None:
        self.serving, self.database, self.on_approval, self.clock = serving, database, on_approval, clock
        self.published: Publication | None = None
        self.unreadable = ""
        self.saved: Saved | None = None
        self._seen = ""  # the version that the folders held when they were sound last
        self._turn = threading.Lock()

    # -- the start -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Serves something for the first time. Raises ContentError where there is nothing that can be served, and StoreError."""
        with self.database.begin() as connection:
            current = publications.current(connection)
            files = None if current is None else contents.get(connection, current.version)
            last = contents.last_good(connection)
        if current is None or files is None:
            self._start_from_folder(last[1] if last else None, None)
        elif not self.on_approval:
            self._start_saved(current, files)
        else:
            self._start_approved(current, files)

    def _start_approved(self, current: Publication, files: bytes) -> None:
        try:
            self._serve(current, files)
        except ContentError as error:
            log.error("published content unreadable", version=current.version, problem=error.problem)
            self.unreadable = str(error)
            self._start_from_folder(None, current)

    def _start_saved(self, current: Publication, files: bytes) -> None:
        """The folder serves, but for what was rolled back from."""
        outcome = self.serving.start(files)
        if outcome.kind == "refused":
            self.published = current
            return
        self._seen = outcome.version
        with self.database.begin() as connection:
            was_rolled_back = outcome.version != current.version and proposals.was_rolled_back(connection, outcome.version)
        try:
            if was_rolled_back:
                self._serve(current, files)
                return
        except ContentError as error:
            self.unreadable = str(error)
        self.published = current if outcome.version == current.version else self._publish(self.serving.served, "saved")

    def _start_from_folder(self, fallback: bytes | None, current: Publication | None) -> None:
        """Nothing is published that can be served: what stands in the folder is."""
        outcome = self.serving.start(fallback)
        self._seen = "" if outcome.fault else outcome.version
        note = f"판 {current.version}을(를) 이 프로그램이 읽지 못해, 폴더의 파일로 답합니다." if current is not None else ""
        self.published = self._publish(self.serving.served, "start", note)

    # -- as time goes by -----------------------------------------------------------------------------------------

    def read(self) -> Outcome:
        """Reads the folders: what was saved is served, or waits for staff's word."""
        begun = time.monotonic()
        with self._turn:
            before, found = self.serving.version, self.serving.look()
            if found.ready is None:
                return Outcome("refused", found.fault, before, time.monotonic() - begun)
            ready, at_start = found.ready, not self._seen
            is_news, self._seen = ready.version != self._seen, ready.version
            if is_news and self.on_approval:
                self.saved = Saved(ready, at_start)
            if ready.version == before:
                self._renew(ready)
            kind: Literal["same", "loaded", "waiting"] = "same"
            if is_news and ready.version != before:
                kind = "waiting" if self.on_approval else "loaded"
            if kind == "loaded":
                self.serving.put(ready)
            return Outcome(kind, "", self.serving.version, time.monotonic() - begun)

    def _renew(self, ready: Served) -> None:
        """The same content with other remarks or drafts: where its files are put back one day, these are not to be lost."""
        if ready.snapshot == self.serving.served.snapshot:
            return
        self.serving.put(ready)
        try:
            with self.database.begin() as connection:
                contents.renew(connection, ready.version, ready.snapshot.pack())
        except StoreError as error:  # the next save of that kind brings it
            log.info("remarks not kept", problem=error.problem)

    def note_saved(self) -> None:
        """Records that what was read is served. Raises StoreError."""
        served = self.serving.served
        with self.database.begin() as connection:
            current = publications.current(connection)
            if current is None or current.version != served.version:
                self.published = publications.publish(connection, served.version, served.snapshot.pack(), "saved", self.clock())

    def ledger(self) -> Ledger:
        """How things stand; cheap. Raises StoreError."""
        with reading(self.database) as connection:
            return Ledger(publications.current(connection), tuple(proposals.undecided(connection)), proposals.put_back_wanted(connection))

    def is_behind(self, ledger: Ledger) -> bool:
        """Whether something was published that this process has not tried yet."""
        return ledger.current is not None and (self.published is None or ledger.current.id != self.published.id)

    def follow(self, current: Publication) -> str:
        """Takes up a publication; what is wrong where that cannot be done, else "". Raises StoreError."""
        with self._turn:
            with reading(self.database) as connection:
                files = contents.get(connection, current.version)
            try:
                if files is None:
                    raise ContentError(f"판 {current.version}", "파일이 보관되어 있지 않습니다.")
                self._serve(current, files)
            except ContentError as error:
                log.error("published content unreadable", version=current.version, problem=error.problem)
                self.published, self.unreadable = current, str(error)
            return self.unreadable

    def _serve(self, current: Publication, files: bytes) -> None:
        """Serves what is published. Raises ContentError."""
        version = self.serving.take(files, current.version)
        self.published, self.unreadable = current, ""
        if version != current.version:  # a younger program, which reads more out of the same files
            served = self.serving.served
            with self.database.begin() as connection:
                contents.keep(connection, version, served.snapshot.pack(), self.clock())

    def _publish(self, served: Served, how: How, note: str = "") -> Publication:
        with self.database.begin() as connection:
            return publications.publish(connection, served.version, served.snapshot.pack(), how, self.clock(), note=note)


__all__ = ["Publishing", "Saved", "Ledger"]

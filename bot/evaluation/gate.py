"""Holds a changed content against the one that is served, before residents get to see it.

Asked are the question suites and what residents asked in vain. Promises: what is said of a change is the change's alone (the same messages,
at the same time, by the same settings); a suite or a file of floors that cannot be used is named, and the rest judged without it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.content.load import packaged
from bot.content.snapshot import Snapshot
from bot.errors import SuiteError
from bot.evaluation.floors import Bound, read_floors
from bot.evaluation.judgement import MOST, Answered, Asked, Difference, Floor, Told, Verdict, broken_floors, hold_against
from bot.evaluation.shard import pack, unpack
from bot.evaluation.workers import Errand, Found, Workers
from bot.times import SEOUL

SUITE_SUFFIXES = (".jsonl", ".yaml", ".yml")
_REMEMBERED = 2  # contents: the one that is served, and the one that was judged last, which may be served next

_Key = tuple[str, ...]


@dataclass(slots=True)
class _Outcomes:
    """What one content answers, packed: it is kept for days.

    asked  by question, language and day
    """

    version: str
    notes: tuple[str, ...]
    packed: bytes
    asked: dict[tuple[str, str, str], Answered] = field(default_factory=dict)

    @property
    def rows(self) -> list[Answered]:
        return [unpack(row) for row in json.loads(zlib.decompress(self.packed))]


class Gate:
    """Judges changes, one at a time; thread-safe. It takes seconds: call it in a thread of its own.

    suites  files of questions, or folders of them
    floors  what they must reach; None: nothing
    """

    def __init__(self, settings: Settings, suites: Sequence[Path], floors: Path | None = None) -> None:
        self._suites, self._floors, self._workers = tuple(suites), floors, Workers(settings)
        self._known: dict[_Key, _Outcomes] = {}  # the one used last at the end
        self._turn = threading.Lock()

    def judge(self, before: Snapshot, after: Snapshot, asked: Sequence[Asked] = (), told: Mapping[str, int] | None = None) -> Verdict:
        """What the change from one content to the other means. Both must be without faults.

        asked  what residents asked in vain
        told   how often residents were told of a topic, by its id

        Raises BotError where the messages cannot be asked.
        """
        with self._turn:
            files, notes = self._files()
            bounds = self._bounds(notes)
            now, wanted = _today(), _wanted(asked)
            earlier, later = self._answers([before, after], files, wanted, now)
        rows = [*earlier.rows, *_own(earlier, wanted, now)], [*later.rows, *_own(later, wanted, now)]
        counts = {key: one.count for key, one in wanted.items()}
        found = hold_against(*rows, counts, told or {})
        floors = broken_floors(*rows, bounds)
        notes += later.notes
        return Verdict(earlier.version, later.version, len(rows[1]), tuple(found[:MOST]), tuple(floors), max(0, len(found) - MOST), tuple(notes))

    def warm(self, snapshot: Snapshot) -> None:
        """Asks the suites of the content that is served, so that only the changed one is asked when a change comes. Raises BotError."""
        with self._turn:
            self._answers([snapshot], self._files()[0], {}, _today())

    def stop(self) -> None:
        """Ends what is under way, now and for good: `judge` raises GateError."""
        self._workers.stop()

    # -- what is asked -------------------------------------------------------------------------------------------

    def _answers(self, snapshots: Sequence[Snapshot], files: tuple[Path, ...], wanted: Mapping[str, Asked], now: dt.datetime) -> list[_Outcomes]:
        """What each content answers: from memory, as far as it was asked already."""
        day = now.date().isoformat()
        keys = [_key(snapshot, files) for snapshot in snapshots]
        errands = {key: self._errand(key, snapshot, files, wanted, day) for key, snapshot in zip(keys, snapshots, strict=True)}
        todo = {key: errand for key, errand in errands.items() if errand is not None}
        # All suites of two contents at once would take the memory of twice as many workers.
        is_small = sum(bool(errand.suites) for errand in todo.values()) < 2
        for some in [todo] if is_small else [{key: errand} for key, errand in todo.items()]:
            for key, found in zip(some, self._workers.run([*some.values()], now.isoformat()), strict=True):
                self._remember(key, found, wanted, day)
        known = [self._known.pop(key) for key in dict.fromkeys(keys)]
        self._known |= dict(zip(dict.fromkeys(keys), known, strict=True))
        answers = [self._known[key] for key in keys]
        for old in [*self._known][:-_REMEMBERED]:
            del self._known[old]
        return answers

    def _errand(self, key: _Key, snapshot: Snapshot, files: tuple[Path, ...], wanted: Mapping[str, Asked], day: str) -> Errand | None:
        """What the content has yet to be asked; None where that is nothing."""
        known = self._known.get(key)
        missing = [(name, one.question, one.language) for name, one in wanted.items() if known is None or _of(one, day) not in known.asked]
        return None if known is not None and not missing else Errand(snapshot, files if known is None else (), tuple(missing))

    def _remember(self, key: _Key, found: Found, wanted: Mapping[str, Asked], day: str) -> None:
        if key not in self._known:
            rows = [pack(row) for row in found.rows if row.slot]
            self._known[key] = _Outcomes(found.version, found.notes, zlib.compress(json.dumps(rows).encode("ascii"), 1))
        known = self._known[key]
        known.asked = {at: row for at, row in known.asked.items() if at[2] == day}
        known.asked |= {_of(wanted[row.key], day): row for row in found.rows if not row.slot}

    def _files(self) -> tuple[tuple[Path, ...], list[str]]:
        """The suites that are there now, and what is to be said of those that are not."""
        files: list[Path] = []
        notes = []
        for path in self._suites:
            try:
                inside = sorted(one for one in path.iterdir() if one.suffix in SUITE_SUFFIXES) if path.is_dir() else [path]
                is_there = path.exists()
            except OSError as error:
                notes.append(f"질문 모음({path})을 읽을 수 없습니다({error.strerror}).")
                continue
            if not is_there or not inside:
                notes.append(f"질문 모음이 {'없습니다' if not is_there else '하나도 들어 있지 않습니다'}: {path}")
            files += inside if is_there else []
        if not files:
            notes.append("질문 모음 없이, 주민이 물은 것만으로 견주었습니다.")
        return tuple(files), notes

    def _bounds(self, notes: list[str]) -> list[Bound]:
        if self._floors is None:
            return []
        try:
            return read_floors(self._floors)
        except SuiteError as error:
            notes.append(f"기준 없이 견주었습니다. {error}")
            return []


def open_gate(settings: Settings) -> Gate:
    """The gate that the settings name: their suites and floors, or the packaged ones."""
    own = settings.content.suites
    floors = settings.content.floors or (packaged("floors.yaml") if own is None else None)
    return Gate(settings, (own or packaged("suites"),), floors)


def _wanted(asked: Sequence[Asked]) -> dict[str, Asked]:
    return {f"residents:{number}": one for number, one in enumerate(asked, 1)}


def _of(one: Asked, day: str) -> tuple[str, str, str]:
    return one.question, one.language, day


def _own(outcomes: _Outcomes, wanted: Mapping[str, Asked], now: dt.datetime) -> list[Answered]:
    """What the content answers to residents' own questions, by the keys that they have this time."""
    day = now.date().isoformat()
    return [Answered(key, "", "", one.question, outcomes.asked[_of(one, day)].told) for key, one in wanted.items()]


def _today() -> dt.datetime:
    """Noon of today: a reply hangs on the day, and two runs of one judgement must not fall on two."""
    return dt.datetime.now(SEOUL).replace(hour=12, minute=0, second=0, microsecond=0)


def _key(snapshot: Snapshot, files: Sequence[Path]) -> _Key:
    """What the outcomes hang on: the files of the content, and those of the suites."""
    content = hashlib.sha256(json.dumps(snapshot.files, sort_keys=True).encode("ascii")).hexdigest()
    return (content, *(_stamp(path) for path in files))


def _stamp(path: Path) -> str:
    try:
        found: Any = path.stat()
    except OSError:
        return str(path)
    return f"{path} {found.st_size} {found.st_mtime_ns} {found.st_ino}"


__all__ = ["Asked", "Difference", "Floor", "Gate", "Told", "Verdict", "open_gate"]

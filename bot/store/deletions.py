"""The journal of deletions: a file beside the database that outlives it.

Whoever asked to be forgotten stays forgotten when an older backup is restored, also where the database itself is lost. A line is on the
disk when `append` returns, and none is lost while the journal is shortened: several bots may share it, and take turns by a lock beside it. A
line that was cut off belongs to a deletion that was never confirmed; it is passed over.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bot.config import StoreSettings
from bot.errors import StoreError
from bot.store.database import Database

_LOCK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Deletion:
    """Someone (a hash) asked to be forgotten at that time."""

    person: str
    at: dt.datetime


def journal_path(settings: StoreSettings, database: Database) -> Path | None:
    """Where the journal is: as it is set, else beside an SQLite file; None where there is none."""
    if settings.deletions_file is not None:
        return settings.deletions_file
    return database.file.with_name(f"{database.file.stem}.deletions.jsonl") if database.file is not None else None


def append(path: Path, person: str, at: dt.datetime) -> None:
    """Adds a deletion. Raises StoreError where it cannot be written."""
    line = _line(Deletion(person, at))
    with _written(path), _alone(path):
        is_new = not path.exists()
        with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600), "r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                line = line if file.read(1) == b"\n" else b"\n" + line  # not behind a line that was cut off
            file.write(line)
            os.fsync(file.fileno())
        if is_new:
            sync_folder(path.parent)


def shorten(path: Path, before: dt.datetime) -> int:
    """Takes out the deletions that are older; how many. The journal is whole at any moment, before or after. Raises StoreError.

    One that belongs to another user is left alone: the new file would be this user's, and the bot could write to it no more.
    """
    path, part = path.resolve(), None
    if all(one.at >= before for one in read(path)) or not _is_ours(path):
        return 0  # the usual: nothing is written
    with _written(path), _alone(path):
        found = read(path)
        kept = [one for one in found if one.at >= before]
        try:
            handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)  # of mode 600
            with os.fdopen(handle, "wb") as file:
                file.write(b"".join(map(_line, kept)))
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(path, part)
            Path(part).replace(path)
            sync_folder(path.parent)
        finally:
            if part is not None:
                with suppress(OSError):
                    Path(part).unlink(missing_ok=True)
    return len(found) - len(kept)


def _is_ours(path: Path) -> bool:
    return not hasattr(os, "geteuid") or path.stat().st_uid == os.geteuid()


def _line(one: Deletion) -> bytes:
    return json.dumps({"person": one.person, "at": one.at.astimezone(dt.timezone.utc).isoformat()}).encode() + b"\n"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else writes to the journal. Where a folder takes no new file nothing can be put in the journal's place either: no need of a lock."""
    try:
        lock = FileLock(f"{path.resolve()}.lock", timeout=_LOCK_SECONDS, mode=0o600, thread_local=False)
        lock.acquire()
    except Timeout:
        raise
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            str(path), f"삭제 기록을 쓸 수 없습니다({reason}).", "폴더의 권한과 빈 자리를 확인하거나 store.deletions_file을 고쳐 주세요."
        ) from None


def read(path: Path) -> list[Deletion]:
    """The deletions in the order they were asked for; none where there is no file. Raises StoreError where it cannot be read."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(str(path), f"삭제 기록을 읽을 수 없습니다({error.strerror}).", "파일의 권한을 확인해 주세요.") from None
    found = []
    for number, line in enumerate(lines, 1):
        if not line.rstrip().endswith(b"}"):
            continue
        try:
            value = json.loads(line)
            found.append(Deletion(str(value["person"]), dt.datetime.fromisoformat(value["at"]).astimezone(dt.timezone.utc)))
        except (ValueError, TypeError, KeyError, OverflowError):
            raise StoreError(
                f"{path} {number}번째 줄", "삭제 기록을 읽을 수 없습니다.", '{"person": "…", "at": "…"} 꼴로 고치거나 그 줄을 지워 주세요.'
            ) from None
    return found


def sync_folder(folder: Path) -> None:
    """Makes a new name in the folder last through a power cut, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows opens no folders
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

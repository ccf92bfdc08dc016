"""Puts a changed text in the place of a file that people edit too: whole or not at all, and never over what somebody has saved meanwhile.

The text is written beside the file and takes its place by a rename, so that whoever reads sees the one or the other. Its mode stays, a link is
followed. Writers of this program wait for each other; an editor's save is seen right before the rename, and then nothing is written.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.content.yaml_text import RawFile, read_raw
from bot.errors import ContentError

try:
    import fcntl
except ImportError:  # pragma: no cover  (Windows, where only the comparison guards)
    fcntl = None  # type: ignore[assignment]

_NEW_MODE = 0o644


def read_whole(path: Path) -> RawFile:
    """The bytes of a content file. Raises ContentError where it cannot be read or lies outside its folder."""
    shown = f"{path.parent.name}/{path.name}"
    raw, fault = read_raw(path, shown, path.parent)
    if fault is not None:
        raise ContentError(fault.file, fault.problem, fault.remedy)
    return RawFile(path.name, shown, raw, None)


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Writes `after` where `before` stands. Raises ContentError, and writes nothing, where something else does."""
    try:
        target = path.resolve(strict=True)
        with _turn(target.parent):
            _write(target, before, after)
    except OSError as error:
        raise _not_written(path, error) from None


def create_file(path: Path, text: bytes) -> None:
    """Writes a new file. Raises ContentError where there is one."""
    try:
        with _turn(path.parent), _beside(path, text, _mode_of_others(path.parent)) as temporary:
            try:
                os.link(temporary, path)  # unlike a rename it takes no other's place
            except FileExistsError:
                raise _changed(path) from None
            except OSError:  # a file system without links
                if path.exists():
                    raise _changed(path) from None
                temporary.rename(path)
            _sync(path.parent)
    except OSError as error:
        raise _not_written(path, error) from None


def _write(target: Path, before: bytes, after: bytes) -> None:
    found = target.stat()
    with _beside(target, after, stat.S_IMODE(found.st_mode)) as temporary:
        with suppress(OSError, AttributeError):
            os.chown(temporary, found.st_uid, found.st_gid)  # where it is another's and the system lets us
            temporary.chmod(stat.S_IMODE(found.st_mode))
        if target.read_bytes() != before:
            raise _changed(target)
        temporary.replace(target)
        _sync(target.parent)


@contextmanager
def _beside(path: Path, text: bytes, mode: int) -> Iterator[Path]:
    """A file with the text in the same folder, gone in the end. Its hidden name keeps the loader from it."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One writer of this program at a time."""
    if fcntl is None:  # pragma: no cover
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a network drive may know no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    """Lets the rename outlive a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mode_of_others(folder: Path) -> int:
    """The mode of the files that stand there: whoever reads them is to read the new one."""
    for other in sorted(folder.glob("*.yaml")):
        with suppress(OSError):
            return stat.S_IMODE(other.stat().st_mode)
    return _NEW_MODE


def _changed(path: Path) -> ContentError:
    problem = "그사이 다른 사람이 파일을 저장해, 아무것도 쓰지 않았습니다."
    return ContentError(f"{path.parent.name}/{path.name}", problem, "저장이 끝난 뒤 다시 해 주세요.")


def _not_written(path: Path, error: OSError) -> ContentError:
    return ContentError(str(path), f"파일을 쓸 수 없습니다({error.strerror}).", "폴더에 쓰기 권한이 있는지, 디스크에 자리가 있는지 확인해 주세요.")


__all__ = ["create_file", "read_whole", "replace_file"]

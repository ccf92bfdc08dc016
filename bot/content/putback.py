"""Puts the files of an earlier content back into the folders of an office.

Promises: nothing is written unless the folders hold exactly what the caller has last seen there; each file is replaced as a whole, or not
at all; the packaged folders are never written to.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.content.load import packaged
from bot.content.snapshot import Snapshot, take
from bot.errors import ContentError


@dataclass(frozen=True, slots=True)
class PutBack:
    """Names of the files that were written, and of those that were taken away."""

    written: tuple[str, ...]
    removed: tuple[str, ...]


def put_back(seen: Snapshot, wanted: Snapshot, knowledge: Path | None, intents: Path | None) -> PutBack:
    """Makes the folders (None: the packaged ones, which are left alone) hold what is wanted.

    seen  what they should hold now

    Raises ContentError where they hold something else, or cannot be written to; what had been written before that stays written.
    """
    if knowledge is None and intents is None:
        raise ContentError("knowledge", "프로그램에 든 파일이라 고쳐 쓰지 않습니다.", "'yongsan-bot init 폴더'로 고칠 수 있는 폴더를 만들어 주세요.")
    standing = take(knowledge, intents)
    if standing == wanted:
        return PutBack((), ())
    if standing != seen:
        raise ContentError(_shown(knowledge, intents), "그 뒤에 파일이 또 바뀌었습니다.", "아무것도 쓰지 않았습니다. 바뀐 곳을 확인해 주세요.")
    written, removed = [], []
    for name in sorted(standing.files.keys() | wanted.files.keys()):
        kind, _, file = name.partition("/")
        folder = knowledge if kind == "knowledge" else intents
        text = wanted.files.get(name)
        if folder is None or text == standing.files.get(name):
            continue
        path = folder / file
        try:
            if text is None and path.exists():
                path.unlink()
                removed.append(name)
            elif text is not None and (path.exists() or not _is_packaged(kind, file, text)):
                _write(path.resolve(), text)
                written.append(name)
        except OSError as error:
            done = f" {', '.join([*written, *removed])}은(는) 이미 되돌렸습니다." if written or removed else " 아무것도 쓰지 않았습니다."
            raise ContentError(name, f"쓸 수 없습니다({error.strerror}).{done}", "폴더에 쓸 권한이 있는지 확인해 주세요.") from None
    return PutBack(tuple(written), tuple(removed))


def _is_packaged(kind: str, file: str, text: str) -> bool:
    """Whether the folder does without this file because the packaged one, which says the same, stands in for it."""
    try:
        return kind == "intents" and (packaged("intents") / file).read_bytes() == text.encode("utf-8")
    except OSError:
        return False


def _write(path: Path, text: str) -> None:
    """Replaces a file in one go; its rights stay. Raises OSError."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    number, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        with suppress(OSError):  # a network drive may know no rights
            Path(beside).chmod(mode)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _shown(knowledge: Path | None, intents: Path | None) -> str:
    return ", ".join(str(folder) for folder in (knowledge, intents) if folder is not None)


__all__ = ["PutBack", "put_back"]

"""The files of a content as one value: to see whether they changed, to keep them, and to serve them again.

A snapshot holds every YAML file that the loader reads, those of the packaged intents included that stand in for missing ones. Written out
and loaded again, it gives the same content.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.content.load import INTENT_FILES, packaged
from bot.errors import ContentError

Fingerprint = tuple[tuple[int | str, ...], ...]

_NAME = re.compile(r"(knowledge|intents)/[^/\\:\0]+\.ya?ml")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The text of every file: "knowledge/safety.yaml" → its text, whatever the folders are called."""

    files: dict[str, str]

    def pack(self) -> bytes:
        """The snapshot as gzip of JSON; the same bytes for the same files."""
        text = json.dumps(self.files, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return gzip.compress(text.encode("utf-8"), mtime=0)

    def write_to(self, folder: Path) -> tuple[Path, Path]:
        """Writes the files below a folder that holds neither yet; (knowledge, intents). Raises OSError."""
        knowledge, intents = folder / "knowledge", folder / "intents"
        for place in (knowledge, intents):
            place.mkdir(parents=True)
        for name, text in self.files.items():
            (folder / name).write_bytes(text.encode("utf-8"))
        return knowledge, intents


def take(knowledge: Path | None = None, intents: Path | None = None) -> Snapshot:
    """The files of the two folders (None: the packaged ones), as they stand. Raises ContentError where one cannot be read."""
    own = intents or packaged("intents")
    files = _read(knowledge or packaged("knowledge"), "knowledge") | _read(own, "intents")
    for name in INTENT_FILES:
        if f"intents/{name}" not in files:
            files[f"intents/{name}"] = _text(packaged("intents") / name)
    return Snapshot(files)


def unpack(packed: bytes) -> Snapshot:
    """The snapshot that `pack` packed. Raises ValueError where the bytes are something else."""
    try:
        files = json.loads(gzip.decompress(packed))
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise ValueError("not a packed snapshot") from error
    # The names become paths: one that led out of the folder would be written there.
    if not isinstance(files, dict) or not all(_NAME.fullmatch(name) and isinstance(text, str) for name, text in files.items()):
        raise ValueError("not a packed snapshot")
    return Snapshot(files)


def is_content_file(name: str) -> bool:
    """Whether the loader reads a file of that name. Editors' temporary files and hidden ones it does not."""
    return name.endswith((".yaml", ".yml")) and not name.startswith(".")


def fingerprint(folders: Sequence[Path]) -> Fingerprint:
    """What tells, without opening a file, that a content file has changed, come, gone or been replaced. Never raises OSError."""
    seen: list[tuple[int | str, ...]] = []
    for number, folder in enumerate(folders):
        try:
            names = _names(folder)
        except OSError as error:
            seen.append((number, type(error).__name__))
            continue
        for name in names:
            try:
                found = (folder / name).stat()
            except OSError as error:
                seen.append((number, name, type(error).__name__))
                continue
            # ctime: a file that has become readable, or was put back with its old time, is another one too.
            seen.append((number, name, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev))
    return tuple(seen)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if is_content_file(path.name))


def _read(folder: Path, kind: str) -> dict[str, str]:
    try:
        names = _names(folder)
    except OSError as error:
        raise ContentError(str(folder), f"폴더를 읽을 수 없습니다({error.strerror}).", "폴더가 있는지, 읽기 권한이 있는지 확인해 주세요.") from None
    return {f"{kind}/{name}": _text(folder / name) for name in names}


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ContentError(str(path), f"파일을 읽을 수 없습니다({error.strerror}).", "파일이 있는지, 읽기 권한이 있는지 확인해 주세요.") from None
    except UnicodeDecodeError:
        raise ContentError(str(path), "UTF-8이 아닌 글자가 들어 있습니다.", "UTF-8로 저장해 주세요.") from None


__all__ = ["Fingerprint", "Snapshot", "fingerprint", "is_content_file", "take", "unpack"]

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
from bot.content.yaml_text import MAX_FILES, Fault, content_names, read_folder, read_raw
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
    files = _read(knowledge, "knowledge") | _read(intents, "intents")
    for name in INTENT_FILES:
        place = f"intents/{name}"
        if place not in files:
            files[place] = _text(place, *read_raw(packaged("intents") / name, place))
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


def fingerprint(folders: Sequence[Path]) -> Fingerprint:
    """What tells, without opening a file, that a content file has changed, come, gone or been replaced. Never raises OSError."""
    seen: list[tuple[int | str, ...]] = []
    for number, folder in enumerate(folders):
        try:
            names = content_names(folder)
        except OSError as error:
            seen.append((number, type(error).__name__))
            continue
        seen.append((number, len(names)))
        for name in names[:MAX_FILES]:  # a folder of more is refused
            try:
                found = (folder / name).stat()
            except OSError as error:
                seen.append((number, name, type(error).__name__))
                continue
            # ctime: a file that has become readable, or was put back with its old time, is another one too.
            seen.append((number, name, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev))
    return tuple(seen)


def _read(folder: Path | None, kind: str) -> dict[str, str]:
    files, faults = read_folder(folder or packaged(kind), is_packaged=folder is None)
    if faults:
        raise _error(faults[0])
    return {f"{kind}/{file.name}": _text(file.shown, file.raw, file.fault) for file in files}


def _text(shown: str, raw: bytes, fault: Fault | None) -> str:
    if fault is not None:
        raise _error(fault)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ContentError(shown, "UTF-8이 아닌 글자가 들어 있습니다.", "UTF-8로 저장해 주세요.") from None


def _error(fault: Fault) -> ContentError:
    return ContentError(fault.file, fault.problem, fault.remedy)


__all__ = ["Fingerprint", "Snapshot", "fingerprint", "take", "unpack"]

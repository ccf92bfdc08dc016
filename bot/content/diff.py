"""How the files of two contents differ, as people read it."""

from __future__ import annotations

import difflib

from bot.content.snapshot import Snapshot


def changed_files(before: Snapshot, after: Snapshot) -> list[str]:
    """Names of the files that are not the same in both, in order."""
    names = sorted({*before.files, *after.files})
    return [name for name in names if before.files.get(name) != after.files.get(name)]


def unified(before: Snapshot, after: Snapshot) -> str:
    """The lines that differ, as a unified diff; "" where nothing does. A file that is not in one of them stands there as empty."""
    return "\n".join(unified_texts(before.files.get(name, ""), after.files.get(name, ""), name) for name in changed_files(before, after))


def unified_texts(before: str, after: str, name: str) -> str:
    """The same of one text."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"앞/{name}", f"뒤/{name}", lineterm="")
    return "\n".join(lines)

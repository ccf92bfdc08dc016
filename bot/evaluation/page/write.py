"""Puts the page on the disk: as a whole, or not at all, with one clear error.

What can be known beforehand (a library that is missing, a folder that is not there) is said before the suites run, not after.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.dialogue.policy import Thresholds
from bot.errors import SuiteError
from bot.evaluation.page.render import Words, render
from bot.evaluation.report import Report
from bot.evaluation.sweep import AtThreshold

LIBRARIES = ("jinja2", "matplotlib")


def check_page(path: Path) -> None:
    """Raises SuiteError where a page could not be made, or not be written there."""
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise SuiteError("--html", f"{', '.join(missing)}이(가) 없습니다.", "pip install 'yongsan-bot[report]'")
    if path.is_dir():
        raise SuiteError(str(path), "폴더입니다.", "파일 이름까지 써 주세요. 예: report.html")
    if not path.parent.is_dir():
        raise SuiteError(str(path), "그 폴더가 없습니다.", "먼저 폴더를 만들어 주세요.")


def write_page(report: Report, swept: Sequence[AtThreshold], thresholds: Thresholds, words: Words, path: Path) -> None:
    """Writes the page. Raises SuiteError where it cannot; a file that stood there then stands as it was."""
    check_page(path)
    page = render(report, swept, thresholds, words).encode("utf-8", "backslashreplace")  # a suite may hold a lone surrogate
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(page)  # a pipe or a device: nothing is to take its place
        else:
            _replace(path.resolve(), page)
    except OSError as error:
        raise SuiteError(str(path), f"보고서를 쓸 수 없습니다({error.strerror}).", "쓸 권한과 디스크의 빈자리를 확인해 주세요.") from None


def _replace(path: Path, page: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(page)
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)  # as if it had been opened in place; mkstemp lets nobody else read it
        Path(name).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise

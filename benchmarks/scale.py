"""How cost grows with the knowledge: made-up bases of 1,000 to 100,000 phrasings, ten a topic, each in a process of its own: `make bench-scale`.

Times are those of the processor, on one core, so that waiting for it does not count. No question is asked twice. Exit status 0 whatever
the figures, for machines differ; --strict makes it 1 where a budget is passed at the largest size. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.bench import NOW, WARM_UP, private_now, share, use_one_core  # noqa: E402

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
DOCS = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- bench-scale: begin -->", "<!-- bench-scale: end -->"


@dataclass(frozen=True, slots=True)
class Row:
    """What one base cost.

    load_s, build_s  reading the YAML; building the engine over it
    own_mb           private memory after the questions; mapped_mb: besides, pages of mapped files, which processes share
    peak_mb          the largest resident size, mapped files and all, from the start of the process
    p50_ms, p99_ms   of one question
    right            of the questions in scope, how many have the right topic first; a check that speed does not cost answers
    """

    phrasings: int
    load_s: float
    build_s: float
    own_mb: float
    mapped_mb: float
    peak_mb: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float
    right: float


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of a row: how it is headed, how many digits it has, and what it may be at the largest size."""

    key: str
    title: str
    digits: int
    budget: float | None = None
    grows: bool = True

    def of(self, row: Row) -> float:
        return float(getattr(row, self.key))


COLUMNS = (
    Column("load_s", "load, s", 2),
    Column("build_s", "build, s", 2, 30),
    Column("own_mb", "private, MB", 0),
    Column("mapped_mb", "and mapped", 0, grows=False),
    Column("peak_mb", "peak, MB", 0, 600),
    Column("p50_ms", "p50, ms", 2, 5),
    Column("p99_ms", "p99, ms", 2, 20),
    Column("slowest_ms", "slowest", 1, grows=False),
    Column("right", "right first", 3, grows=False),
)


def main(arguments: Sequence[str] | None = None) -> int:
    options = read_options(arguments)
    if options.one is not None:
        use_one_core()
        print(json.dumps(asdict(measure(options.one, options.questions, options.seed))))
        return 0
    about = f"{machine()}; {options.questions} questions a size."
    rows = [in_a_process(size, options.questions, options.seed) for size in options.sizes]
    text = f"{about}\n\n{table(rows)}"
    print(text)
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "bench-scale.json").write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    if options.write_docs:
        draw(rows, DOCS.with_name("scale.svg"))
        write_docs(DOCS, text)
    return int(options.strict and bool(over(rows)))


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="phrasings (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=2_000, help="how many are asked of each base (default 2000)")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another district (default 7)")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results", help="where the JSON goes")
    parser.add_argument("--write-docs", action="store_true", help="put table and plot into docs/; for whole runs")
    parser.add_argument("--strict", action="store_true", help="exit status 1 where a budget is passed")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.write_docs and options.sizes != list(SIZES):
        parser.error("--write-docs is for whole runs: leave out --sizes")
    return options


# -- measuring -------------------------------------------------------------------------------------------------------


def in_a_process(size: int, questions: int, seed: int) -> Row:
    """The row of one size, measured by a process that does nothing else. Raises RuntimeError with its last line where it fails."""
    command = [sys.executable, str(Path(__file__).resolve()), "--one", str(size), "--questions", str(questions), "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise RuntimeError(f"{size} phrasings: {(done.stderr.strip().splitlines() or ['no word'])[-1]}")
    return Row(**json.loads(done.stdout))


def measure(size: int, count: int, seed: int) -> Row:
    """Loads, builds and asks, here and now."""
    from benchmarks.programmes import PHRASINGS, Maker, write_base
    from bot.content import load_content
    from bot.dialogue.wording import Office
    from bot.engine import Engine
    from bot.korean import open_tagger

    maker = Maker(seed)
    programmes = maker.programmes(size // PHRASINGS)
    questions = maker.questions(programmes, count + WARM_UP)
    tagger = open_tagger()
    with tempfile.TemporaryDirectory() as folder:
        write_base(programmes, Path(folder))
        phrasings = sum(len(one.phrasings) for one in programmes)
        del programmes, maker
        start = time.process_time()
        content = load_content(Path(folder))
    loaded = time.process_time()
    engine = Engine(content, tagger, Office("용산구청", "서울 다산콜 120", False))
    engine.prepare()  # as where it serves
    built = time.process_time()
    times, hits = ask(engine, questions)
    own, mapped = private_now()
    half, most = share(times, 50), share(times, 99)
    return Row(phrasings, loaded - start, built - loaded, own, mapped, peak_mb(), 1000 * half, 1000 * most, 1000 * times[-1], hits)


def ask(engine: Any, questions: Sequence[tuple[str, str]]) -> tuple[list[float], float]:
    """(seconds a question, ascending; share of those in scope that have the right topic first), the first WARM_UP left out."""
    times, hits, inside = [], 0, 0
    for number, (topic, question) in enumerate(questions):
        start = time.thread_time()
        reply = engine.reply(question, None, NOW).reply
        if number >= WARM_UP:
            times.append(time.thread_time() - start)
            inside += bool(topic)
            hits += bool(topic and reply.candidates and reply.candidates[0][0] == topic)
    return sorted(times), hits / max(inside, 1)


def peak_mb() -> float:
    """The largest resident size of this process so far. Unlike getrusage's it begins anew with the program, whatever started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


# -- telling ---------------------------------------------------------------------------------------------------------


def machine() -> str:
    """What ran it. A busy machine makes even the processor's times longer, by half or more: programs share its caches."""
    return f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} when it began"


def exponent(rows: Sequence[Row], column: Column) -> float:
    """With which power of the phrasings a figure grows: the slope of a line through the logarithms. 1 is as fast as they do."""
    import numpy as np

    logarithms = np.log([(row.phrasings, max(column.of(row), 1e-9)) for row in rows])
    return float(np.polyfit(logarithms[:, 0], logarithms[:, 1], 1)[0])


def over(rows: Sequence[Row]) -> list[str]:
    """The columns whose budget the largest base passes."""
    largest = max(rows, key=lambda row: row.phrasings)
    return [column.title for column in COLUMNS if column.budget is not None and column.of(largest) > column.budget]


def table(rows: Sequence[Row]) -> str:
    """Markdown that can be read as it stands: a line a size, budgets, and the exponents of growth (in all, and from the last size but one)."""
    lines = [["phrasings", *(column.title for column in COLUMNS)]]
    lines += [[f"{row.phrasings:,}", *(f"{column.of(row):.{column.digits}f}" for column in COLUMNS)] for row in rows]
    lines.append(["budget of the last", *("" if column.budget is None else f"{column.budget:g}" for column in COLUMNS)])
    for name, some in (("grows with the power", rows), ("in the last step", rows[-2:])):
        if len(some) > 1:
            lines.append([name, *(f"{exponent(some, column):.2f}" if column.grows else "" for column in COLUMNS)])
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join("| " + " | ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines)


def draw(rows: Sequence[Row], target: Path) -> None:
    """Time of a question, of loading and building, and memory against the phrasings, on logarithmic scales; triangles: the budgets."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "bench-scale", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    from matplotlib import pyplot as plt

    columns = {column.key: column for column in COLUMNS}
    panels = (("one question", ("p50_ms", "p99_ms")), ("start", ("load_s", "build_s")), ("memory", ("own_mb", "peak_mb")))
    figure, axes = plt.subplots(1, len(panels), figsize=(4.2 * len(panels), 3.6), constrained_layout=True)
    sizes = [row.phrasings for row in rows]
    for (name, keys), panel in zip(panels, axes, strict=True):
        for key, colour in zip(keys, ("#00798c", "#d1495b"), strict=True):
            column = columns[key]
            label = f"{column.title} ~ n^{exponent(rows, column):.2f}"
            panel.plot(sizes, [column.of(row) for row in rows], "o-", color=colour, label=label)
            if column.budget is not None:
                panel.plot(sizes[-1], column.budget, "v", color=colour, markersize=7, fillstyle="none")
        panel.set(xscale="log", yscale="log", xlabel="phrasings", title=name)
        panel.grid(alpha=0.3)
        panel.legend(fontsize=8)
    figure.savefig(target, metadata={"Date": None})


def write_docs(document: Path, text: str) -> None:
    """Puts the table and the plot between the marks of the document. Raises ValueError where they are missing."""
    inside = f"{BEGIN}\n\n{text}\n\n![Time, start and memory against the phrasings](scale.svg)\n\n{END}"
    whole, count = re.subn(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: inside, document.read_text(encoding="utf-8"), flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{document}: no {BEGIN} … {END}")
    document.write_text(whole, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

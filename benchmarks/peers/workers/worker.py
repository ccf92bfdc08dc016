"""What every worker shares: the request on stdin, the answer on stdout, one core, the clock and the memory.

Request: {"name", "core", "base": {topic: [phrasing, …]}, "questions": [text, …], "nows": [ISO time, …]}.
Answer: {"predictions": [[topic, score], …], "ms": [a question, …], "wall_ms": […], "start_seconds", "wall_seconds", "peak_mb"}, and what a
worker adds of its own. Times are those of the processor (wall_… are those of the clock): on one core of a machine that does nothing else
they are the same, and on a busy one only they can be compared. Only the standard library, and Python 3.8, for one of the peers needs it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

# In quotes, for Python 3.8 knows neither.
Base = "dict[str, list[str]]"
Answer = "Callable[[str], tuple[str, float]]"  # question → (topic or "", score)

WARM_UP = 20


def serve(build: Callable[[dict[str, Any]], Answer]) -> None:
    """Builds the matcher, asks it every question, and writes what came of it.

    build  takes the request; its time, with that of the imports it does and of the first answer, is the start
    """
    result = run(json.load(sys.stdin), build)
    # Libraries print on stdout as they please: the answer is its last line.
    print("\n" + json.dumps(result), flush=True)


def run(request: dict[str, Any], build: Callable[[dict[str, Any]], Answer]) -> dict[str, Any]:
    """The answer to a request. The warm-up asks phrasings of the base, so that no question is asked twice."""
    use_core(request.get("core"))
    wall, start = time.perf_counter(), time.process_time()
    answer = build(request)
    warm = [phrasings[0] for phrasings in request["base"].values()][:WARM_UP]
    answer(warm[0])
    start_seconds, wall_seconds = time.process_time() - start, time.perf_counter() - wall
    for question in warm[1:]:
        answer(question)
    predictions, times, walls = [], [], []
    for question in request["questions"]:
        wall, before = time.perf_counter(), time.process_time()
        topic, score = answer(question)
        times.append(1000 * (time.process_time() - before))
        walls.append(1000 * (time.perf_counter() - wall))
        predictions.append([topic, float(score)])
    return {
        "predictions": predictions,
        "ms": times,
        "wall_ms": walls,
        "start_seconds": start_seconds,
        "wall_seconds": wall_seconds,
        "peak_mb": peak_mb(),
        "python": sys.version.split()[0],
    }


def use_core(core: Any) -> None:
    """Binds this process and its threads to that core, where the system can."""
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


def peak_mb() -> float:
    """The largest resident size of this process so far, in MB; 0.0 where the system does not tell."""
    try:
        # Not ru_maxrss: Linux counts the size of the process that started this one to it.
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:  # noqa: PTH123
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024) if sys.platform == "darwin" else peak / 1024  # macOS counts bytes, Linux kilobytes


def flatten(base: Base) -> tuple[list[str], list[str]]:
    """(topic of each phrasing, phrasing), in order."""
    pairs = [(topic, phrasing) for topic, phrasings in base.items() for phrasing in phrasings]
    return [topic for topic, _ in pairs], [phrasing for _, phrasing in pairs]

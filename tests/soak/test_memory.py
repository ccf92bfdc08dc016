"""A bot that has talked for long is no bigger than one that has talked a little."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from soak.traffic import QUESTIONS


def resident_mb(pid: int) -> float:
    """Private memory: the tagger's dictionary is mapped, and its pages belong to nobody."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(row.split()[1]) for row in rows if row.startswith("Private_Dirty")) / 1024


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux")
def test_memory_does_not_grow_with_the_messages(api, run, is_long, report):
    settled, whole = (10_000, 100_000) if is_long else (300, 600)

    with run() as bot:
        assert bot.process is not None
        sizes = {}
        for n in range(1, whole + 1):
            api.message(10_000 + n % 997, f"{QUESTIONS[n % len(QUESTIONS)]} {n % 7}번째")
            if n % 100 == 0:
                bot.wait(lambda: not api.pending, 60)
            if n in (settled, whole) or n % 10_000 == 0:
                bot.settle(120)
                sizes[n] = resident_mb(bot.process.pid)

    report("private memory: " + ", ".join(f"{size:.1f} MB after {n:,}" for n, size in sizes.items()))
    report(f"on {os.cpu_count()} cores")
    assert sizes[whole] - sizes[settled] < (20 if is_long else 30)

"""One matcher on one task as a row of figures, and rows as tables and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.bench import share
from benchmarks.peers.figures import Marked, Point, Quality, at_coverage, at_errors, curve, quality, thin

CURVE_POINTS = 160
NONE = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """What a matcher did, or why it did not.

    note      why there are no figures; "" where there are
    result    what its worker answered
    own       the counts of the bot's own replies; None for a peer, and on ParaKQC
    """

    name: str
    title: str
    note: str = ""
    result: dict[str, Any] | None = None
    marked: tuple[Marked, ...] = ()
    own: Point | None = None

    @property
    def quality(self) -> Quality:
        return quality(self.marked)

    def time(self, percent: int, key: str = "ms") -> float:
        """Milliseconds within which that share of the questions was answered."""
        assert self.result is not None
        return share(sorted(self.result[key]), percent)

    def point(self, coverage: int | None) -> tuple[Point | None, bool]:
        """(counts of the own replies or else at equal coverage, whether that coverage is reached)."""
        if self.own is not None:
            return self.own, True
        return (None, True) if coverage is None else at_coverage(self.marked, coverage)


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of one task. Where the bot's own replies count, they are the measure that its peers are brought to."""

    task: str
    about: str
    rows: tuple[Row, ...]

    @property
    def own(self) -> Point | None:
        """The counts of the bot's own replies; None where they do not count."""
        return next((row.own for row in self.rows if row.name == "bot" and row.own is not None), None)

    @property
    def coverage(self) -> int | None:
        """How many questions in scope the bot answers right."""
        return self.own.right if self.own else None

    def text(self) -> str:
        """As Markdown, in columns of equal width."""
        wide = any(row.own is not None for row in self.rows)
        head = ["matcher", "top-1", "AUROC", "right at 5%", "p50 ms", "p99 ms", "start s", "training s", "peak MB", "Rasa ÷", "encoder ÷"]
        head += (
            ["right", "wrong in scope", "answered out of scope", "wrong in all", f"right at {self.own.errors if self.own else 0} wrong"]
            if wide
            else []
        )
        lines = [head, *(self._cells(row, wide) for row in self.rows if not row.note)]
        return "\n".join([_columns(lines), "", *self._notes()]).rstrip() + "\n"

    def _cells(self, row: Row, wide: bool) -> list[str]:
        assert row.result is not None
        worth = row.quality
        cells = [row.title, f"{100 * worth.top1:.1f}", f"{worth.auroc:.3f}", f"{100 * worth.right_at_5:.1f}"]
        cells += [f"{row.time(50):.2f}", f"{row.time(99):.2f}", f"{row.result['start_seconds']:.2f}"]
        training = row.result.get("training_seconds")
        cells += [NONE if training is None else f"{training:.0f}", f"{row.result['peak_mb']:.0f}"]
        cells += [self._ratio("rasa", row), self._ratio("encoder", row)]
        if wide:
            point, reached = row.point(self.coverage)
            counts = () if point is None else (point.right, point.wrong, point.false, point.errors)
            cells += [str(n) + ("" if reached else "*") for n in counts] or [NONE] * 4
            cells += [NONE if self.own is None else str(self.own.right if row.name == "bot" else at_errors(row.marked, self.own.errors).right)]
        return cells

    def _ratio(self, name: str, row: Row) -> str:
        """How many times as long as the row the peer of that name takes."""
        peer = next((other for other in self.rows if other.name == name and not other.note), None)
        if peer is None or not row.time(50):
            return NONE
        times = peer.time(50) / row.time(50)
        return f"{times:.0f}" if times >= 10 else f"{times:.2g}"

    def _notes(self) -> list[str]:
        notes = []
        if any(not row.note and not row.point(self.coverage)[1] for row in self.rows):
            notes.append("\\* It cannot answer as many right as the bot, whatever its threshold: counts where it answers most right.")
        peak = next((row.result["training_peak_mb"] for row in self.rows if row.result and "training_peak_mb" in row.result), None)
        if peak is not None:
            notes.append(f"Rasa trains in a process of its own, whose peak is {peak:.0f} MB.")
        notes += [f"{row.title}: left out, {row.note}" for row in self.rows if row.note]
        return [f"- {note}" for note in notes]

    def as_json(self) -> dict[str, Any]:
        return {"task": self.task, "about": self.about, "coverage": self.coverage, "rows": [self._row_json(row) for row in self.rows]}

    def _row_json(self, row: Row) -> dict[str, Any]:
        if row.note or row.result is None:
            return {"name": row.name, "title": row.title, "note": row.note}
        worth, (point, reached) = row.quality, row.point(self.coverage)
        times = {f"{key}_p{percent}": row.time(percent, key) for key in ("ms", "wall_ms") for percent in (50, 99)}
        points = thin([(p.right, p.wrong, p.false) for p in curve(row.marked)], CURVE_POINTS)
        single = ("start_seconds", "wall_seconds", "training_seconds", "peak_mb", "training_peak_mb", "python")
        return {
            "name": row.name,
            "title": row.title,
            "top1": worth.top1,
            "auroc": worth.auroc,
            "right_at_5": worth.right_at_5,
            **times,
            **{key: row.result[key] for key in single if key in row.result},
            "own": None if row.own is None else [row.own.right, row.own.wrong, row.own.false],
            "at_coverage": None if point is None else [point.right, point.wrong, point.false],
            "reaches_coverage": reached,
            "right_at_equal_errors": None if self.own is None else at_errors(row.marked, self.own.errors).right,
            "in_scope": sum(one.in_scope for one in row.marked),
            "out_of_scope": sum(not one.in_scope for one in row.marked),
            "curve": points,
        }


def _columns(lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column to the left, figures to the right."""
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]

    def row(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.rjust(widths[n]) if n else cell.ljust(widths[n]) for n, cell in enumerate(cells)) + " |"

    rule = "|" + "|".join("-" * (width + 1) + (":" if n else "-") for n, width in enumerate(widths)) + "|"
    return "\n".join([row(lines[0]), rule, *(row(line) for line in lines[1:])])

"""Draws the JSON of bench_peers.py as an SVG: python plot.py bench-peers.json bench-peers.svg

Runs in an environment of its own, with matplotlib; nothing of the project is needed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

COLOURS = {
    "bot": "#d1495b", "bot-semantic": "#8f2d56", "wratio": "#b7b7a4", "token-set": "#8a817c", "tfidf": "#e09f3e",
    "bm25": "#3a7d44", "encoder": "#00798c", "rasa": "#30638e",
}  # fmt: skip


def main(source: Path, target: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "bench-peers", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    from matplotlib import pyplot as plt

    tables = json.loads(source.read_text(encoding="utf-8"))["tables"]
    figure, axes = plt.subplots(1, len(tables) + 1, figsize=(4.6 * (len(tables) + 1), 4.2), squeeze=False, constrained_layout=True)
    for table, panel in zip(tables, axes[0], strict=False):
        draw_curves(table, panel)
    if tables:
        draw_times(tables[0], axes[0][-1])
    figure.savefig(target, metadata={"Date": None})


def draw_curves(table: dict[str, Any], panel: Any) -> None:
    """Right answers against false ones (ParaKQC) or all wrong ones (newsletter) as the threshold moves."""
    own = any(row.get("own") for row in table["rows"])
    for row in present(table):
        outside = row["out_of_scope"] + (row["in_scope"] if own else 0)
        across = [100 * (false + (wrong if own else 0)) / outside for _, wrong, false in row["curve"]]
        up = [100 * right / row["in_scope"] for right, _, _ in row["curve"]]
        bold = row["name"].startswith("bot")
        panel.plot(across, up, color=COLOURS.get(row["name"], "black"), linewidth=2.2 if bold else 1.2, label=row["title"], zorder=3 if bold else 2)
        if row.get("own"):
            right, wrong, false = row["own"]
            panel.plot(100 * (wrong + false) / outside, 100 * right / row["in_scope"], "o", color=COLOURS[row["name"]], markersize=8, zorder=4)
    panel.set(xlabel="wrong answers, % of all questions" if own else "out of scope answered, %", ylabel="in scope answered right, %")
    panel.set(xlim=(0, 40), ylim=(0, 100))
    panel.set_title(table["about"].partition(":")[0] + (" (dots: the bot's own replies)" if own else ""))
    panel.grid(alpha=0.3)
    panel.legend(fontsize=7, loc="lower right")


def draw_times(table: dict[str, Any], panel: Any) -> None:
    """p50 of a question, as bars on a logarithmic scale."""
    rows = list(reversed(present(table)))
    bars = panel.barh([row["title"] for row in rows], [row["ms_p50"] for row in rows], color=[COLOURS.get(row["name"], "black") for row in rows])
    panel.bar_label(bars, fmt="%.2g", padding=3)
    panel.set_xscale("log")
    times = [row["ms_p50"] for row in rows] or [1.0]
    panel.set_xlim(min(times) / 3, max(times) * 4)
    panel.set(xlabel="ms a question, p50")
    panel.set_title("Time, " + table["about"].partition(":")[0])


def present(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in table["rows"] if "curve" in row]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

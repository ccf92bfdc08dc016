"""The plots of the page, drawn by matplotlib as SVG that goes into the page as it is.

Text stays text (no font is needed to draw it, whatever the script), and colours stay names (`var(--wrong)`), so that the page's style sheet
makes them dark or light. Every plot's figures stand beside it in a table: nothing here is told by a picture alone.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.evaluation.report import Bin
from bot.evaluation.robustness import MIXED, Robustness
from bot.evaluation.sweep import AtThreshold
from bot.evaluation.tallies import Tally
from bot.evaluation.verdicts import VERDICTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Colours as matplotlib writes them into the SVG, and the name in the style sheet that takes their place.
_NAMES = ("ink", "quiet", "grid", "paper", *VERDICTS, "said", "false", *(f"line{n}" for n in range(8)))
COLOURS = {name: f"#0123{n:02x}" for n, name in enumerate(_NAMES)}
_INK, _QUIET, _GRID, _PAPER = (COLOURS[name] for name in _NAMES[:4])
_DASHES = ("-", "--", "-.", ":")
_ROW = 0.27  # height of a bar and its gap, in inches
_WIDE = 4.9
_RC: dict[Any, Any] = {  # matplotlib's stubs name every key there is in their version
    "svg.fonttype": "none", "font.size": 9.0, "text.color": _INK, "axes.labelcolor": _INK, "axes.edgecolor": _QUIET, "xtick.color": _INK,
    "ytick.color": _INK, "axes.facecolor": "none", "figure.facecolor": "none", "savefig.facecolor": "none", "grid.color": _GRID,
    "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
}  # fmt: skip


def verdict_bars(name: str, rows: Mapping[str, Tally], labels: Mapping[str, str]) -> str:
    """Shares of the verdicts, one bar for each row."""

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.3, 0.5 / height, 0.66, 1 - 1.0 / height))
        left = [0.0] * len(rows)
        for verdict in VERDICTS:
            shares = [100 * tally.rate(verdict) for tally in rows.values()]
            if any(shares):
                axes.barh(range(len(rows)), shares, 0.72, left, color=COLOURS[verdict], edgecolor=_PAPER, linewidth=0.8, label=labels[verdict])
            left = [a + b for a, b in zip(left, shares, strict=True)]
        axes.set_yticks(range(len(rows)), [f"{row} ({tally.count})" for row, tally in rows.items()])
        axes.set(xlim=(0, 100), ylim=(max(1, len(rows)) - 0.5, -0.5), xlabel="%")
        axes.tick_params("y", length=0)
        _legend_above(figure, axes)

    height = 1.0 + _ROW * max(1, len(rows))
    return _svg(name, (_WIDE, height), draw)


def reliability(bins: Sequence[Bin]) -> str:
    """What was said against what was; the size of a dot goes by the number of questions."""

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.12, 0.12, 0.84, 0.79))
        used = [b for b in bins if b.count]
        most = max((b.count for b in used), default=1)
        axes.plot((0, 1), (0, 1), color=_QUIET, linestyle="--", linewidth=1, label="꼭 맞는 확신")
        axes.bar([b.low for b in used], [b.right for b in used], 0.094, align="edge", color=COLOURS["said"], alpha=0.35, label="실제로 맞은 비율")
        sizes = [18 + 180 * b.count / most for b in used]
        axes.scatter([b.confidence for b in used], [b.right for b in used], sizes, color=COLOURS["said"], edgecolors=_PAPER, zorder=3, clip_on=False)
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="봇이 말한 확신", ylabel="실제로 맞은 비율")
        axes.grid(True, linewidth=0.6)
        axes.set_axisbelow(True)
        _legend_above(figure, axes)

    return _svg("reliability", (4.2, 4.2), draw)


def thresholds(swept: Sequence[AtThreshold], current: float) -> str:
    """Shares of wrong, missed and false answers by threshold."""

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.11, 0.16, 0.86, 0.69))
        at = [one.threshold for one in swept]
        for shares, colour, dash, label in (
            ([one.missed for one in swept], "missed", "-", "답 못 함"),
            ([one.wrong for one in swept], "wrong", "--", "틀리게 답함"),
            ([one.false for one in swept], "false", "-.", "밖의 질문에 답함"),
        ):
            axes.plot(at, [100 * share for share in shares], dash, color=COLOURS[colour], linewidth=2, marker="o", markersize=3, label=label)
        axes.axvline(current, color=_QUIET, linewidth=1, linestyle=":", label=f"지금 {current:g}")
        axes.set(xlim=(0, 1), ylim=(0, None), xlabel="matching.answer_from", ylabel="%")
        axes.grid(True, linewidth=0.6)
        _legend_above(figure, axes)

    return _svg("thresholds", (_WIDE, 3.3), draw)


def trade(swept: Sequence[AtThreshold], current: float) -> str:
    """Wrong against missed: every dot is a threshold."""

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.13, 0.16, 0.82, 0.73))
        missed = [100 * one.missed for one in swept]
        for shares, colour, dash, label in (
            ([one.wrong for one in swept], "wrong", "--", "틀리게 답함"),
            ([one.false for one in swept], "false", "-.", "밖의 질문에 답함"),
        ):
            axes.plot(missed, [100 * share for share in shares], dash, color=COLOURS[colour], linewidth=1.6, marker="o", markersize=3.5, label=label)
        for n in {0, len(swept) - 1, *(i for i, one in enumerate(swept) if abs(one.threshold - current) < 0.001)} if swept else ():
            axes.annotate(f"{swept[n].threshold:g}", (missed[n], 100 * swept[n].false), (4, 5), textcoords="offset points")
        axes.set(xlim=(0, None), ylim=(0, None), xlabel="답 못 함, %", ylabel="잘못 답함, %")
        axes.grid(True, linewidth=0.6)
        _legend_above(figure, axes)

    return _svg("trade", (_WIDE, 3.3), draw)


def noise_lines(noise: Robustness, labels: Mapping[str, str]) -> str:
    """Resolved in-scope questions by rate, a line for each kind that has one."""

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.12, 0.15, 0.56, 0.8))
        clean = 100 * noise.clean.in_scope.rate("resolved")
        kinds = list(dict.fromkeys(one.kind for one in noise.noisy if one.rate is not None))
        for n, kind in enumerate(kinds):
            points = [(0.0, clean), *((one.rate or 0.0, 100 * one.in_scope.rate("resolved")) for one in noise.noisy if one.kind == kind)]
            colour = _INK if kind == MIXED else COLOURS[f"line{n % 8}"]
            width = 2.6 if kind == MIXED else 1.5
            xs, ys = zip(*points, strict=True)
            axes.plot(xs, ys, _DASHES[n % 4], color=colour, linewidth=width, marker="o", markersize=3.5, label=labels.get(kind, kind))
        axes.set(xlim=(0, None), ylim=(0, 101), xlabel="한 글자에 든 잘못", ylabel="맞게 답함, %")
        axes.grid(True, linewidth=0.6)
        if kinds:
            axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)

    return _svg("noise-lines", (_WIDE, 3.4), draw)


def noise_bars(noise: Robustness, kinds: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """What a kind of noise leaves in scope: a bar for the clean run and one for each kind, at the highest rate of at most one in ten."""
    rates = {one.rate for one in noise.noisy if one.rate is not None}
    shown = max((rate for rate in rates if rate <= 0.1), default=min(rates, default=0.0))
    picked = [noise.clean, *(one for one in noise.noisy if one.rate in (None, shown))]
    rows = {kinds.get(one.kind, one.kind) + (f" {one.rate:g}" if one.rate else ""): one.in_scope for one in picked}
    return verdict_bars("noise-bars", rows, labels)


def _legend_above(figure: Figure, axes: Axes) -> None:
    """From the left edge on, in rows of three: wider, and a narrow window would cut it."""
    if axes.get_legend_handles_labels()[0]:
        figure.legend(loc="upper left", bbox_to_anchor=(0.01, 1.0), ncols=3, borderaxespad=0, columnspacing=1.0, handlelength=1.8, handletextpad=0.4)


def _svg(name: str, inches: tuple[float, float], draw: Callable[[Figure], None]) -> str:
    """The SVG element of one figure; names within it are its own, so that several may stand in one page."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({**_RC, "svg.hashsalt": name}), warnings.catch_warnings():
        # matplotlib measures text with a font of its own that has no Hangul; the browser, which draws it, has one.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(inches)
        draw(figure)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return _for_page(out.getvalue())


def _for_page(svg: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)  # alike in every figure, and nothing refers to them
    svg = re.sub(r"<svg([^>]*?) width=\"[^\"]*\"", r"<svg\1", re.sub(r"<svg([^>]*?) height=\"[^\"]*\"", r"<svg\1", svg, count=1), count=1)
    svg = svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)  # the table beside it tells the same
    for colour_name, colour in COLOURS.items():
        svg = svg.replace(colour, f"var(--{colour_name})")
    return re.sub(r"\n\s*", "\n", svg)

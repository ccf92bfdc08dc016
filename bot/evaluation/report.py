"""The report on question suites: how often the bot is right, wrong, silent, slow or long-winded, and where.

Promises that text and JSON tell the same figures, and that two runs can be held against each other question by question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bot.engine import Engine
from bot.errors import SuiteError
from bot.evaluation.robustness import Robustness
from bot.evaluation.suites import load_suites
from bot.evaluation.tallies import Tally, tally_by
from bot.evaluation.verdicts import VERDICTS, Outcome, run_suite

VERSION = 1
LONG = 600
BINS = 10
_SLOTS = ("answer", "partial", "abstain", "chitchat", "dialogue turn", "urgent", "grief")
_RANK = {"wrong": 0, "missed": 1, "clarify": 1, "tap": 2, "resolved": 3}


@dataclass(frozen=True, slots=True)
class Bin:
    """Replies of like confidence: how many, their mean confidence, and the share of them that was right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that happened on the suites; figures are worked out when asked for.

    noise  the same suites under noise, where that was measured
    """

    suites: tuple[str, ...]
    content_version: str
    outcomes: tuple[Outcome, ...]
    noise: Robustness | None = None

    # -- figures -------------------------------------------------------------------------------------------------

    def by_slot(self) -> dict[str, Tally]:
        """Tallies by what was expected."""
        found = tally_by((o.slot, o) for o in self.outcomes)
        return {slot: found[slot] for slot in _SLOTS if slot in found}

    def by_style(self) -> dict[str, Tally]:
        found = tally_by((o.case.style or "(none)", o) for o in self.outcomes)
        return dict(sorted(found.items()))

    def by_suite(self) -> dict[str, Tally]:
        return tally_by((o.suite, o) for o in self.outcomes)

    def urgent(self) -> dict[str, int]:
        """Urgent messages and how many were caught, ordinary ones (near-urgent among them) and how many were taken for urgent."""
        labelled = [o for o in self.outcomes if o.slot in ("urgent", "grief")]
        near = [o for o in self.outcomes if o.case.style == "near-urgent"]
        return {
            "urgent": len(labelled),
            "caught": sum(o.verdict == "resolved" for o in labelled),
            "ordinary": len(self.outcomes) - len(labelled),
            "false": sum(o.urgent_false for o in self.outcomes),
            "near": len(near),
            "near_false": sum(o.urgent_false for o in near),
        }

    def premises(self) -> dict[str, int]:
        claims = [o for o in self.outcomes if o.premise]
        return {"count": len(claims), "confirmed": sum(o.confirmed for o in claims)}

    def lengths(self) -> dict[str, int]:
        """Lengths of the whole replies, in characters; lists (numbered answers, options) may be long."""
        lengths = [len(o.reply.text) for o in self.outcomes]
        long = sum(len(o.reply.text) > LONG and not (o.reply.numbered or o.reply.options) for o in self.outcomes)
        return {"median": int(median(lengths or [0])), "max": max(lengths, default=0), "long": long}

    def calibration(self) -> tuple[list[Bin], float]:
        """(bins, expected calibration error) of the confidence of singles that are no small talk."""
        pairs = [(o.reply.confidence, o.right) for o in self.outcomes if o.right is not None]
        return calibrate_bins([c for c, _ in pairs], [bool(r) for _, r in pairs])

    def times_ms(self) -> dict[str, float]:
        times = sorted(o.elapsed_ms for o in self.outcomes)
        return {"p50": percentile(times, 50), "p99": percentile(times, 99), "max": times[-1] if times else 0.0}

    def confusions(self) -> list[tuple[str, str, int]]:
        """(label, topic that answered, how often) of the answers that took another topic, the most frequent first.

        Label "" is out of scope. A topic that answers other questions of the label well is no confusion: there the side was wrong.
        """
        singles = [o for o in self.outcomes if o.case.kind == "single" and o.reply.topics]
        home = {(o.case.topic, o.reply.topics[0]) for o in singles if o.verdict == "resolved" and o.ask.expect in ("answer", "partial")}
        found = Counter(
            ("" if o.ask.expect == "abstain" else o.case.topic, "+".join(o.reply.topics))
            for o in singles
            if o.verdict == "wrong" and (o.ask.expect == "abstain" or (o.case.topic, o.reply.topics[0]) not in home)
        )
        return [(label, topic, n) for (label, topic), n in sorted(found.items(), key=lambda item: (-item[1], item[0]))]

    def failures(self) -> list[Outcome]:
        """What did not go well, by what was expected and verdict."""
        failed = [o for o in self.outcomes if o.failed]
        return sorted(failed, key=lambda o: (_SLOTS.index(o.slot), VERDICTS.index(o.verdict), o.suite))

    # -- forms ---------------------------------------------------------------------------------------------------

    def as_json(self) -> dict[str, Any]:
        """Every figure, the verdict of every message by its key, and every failure."""
        bins, ece = self.calibration()
        return {
            "report": VERSION,
            "suites": list(self.suites),
            "content": self.content_version,
            "messages": len(self.outcomes),
            "expect": {name: tally.as_json() for name, tally in self.by_slot().items()},
            "styles": {name: tally.as_json() for name, tally in self.by_style().items()},
            "by_suite": {name: tally.as_json() for name, tally in self.by_suite().items()},
            "urgent": self.urgent(),
            "premises": self.premises(),
            "length": self.lengths(),
            "calibration": {
                "ece": round(ece, 4),
                "bins": [
                    {"low": b.low, "high": b.high, "count": b.count, "confidence": round(b.confidence, 4), "right": round(b.right, 4)} for b in bins
                ],
            },
            "time_ms": {name: round(value, 3) for name, value in self.times_ms().items()},
            "confusions": [{"label": label, "topic": topic, "count": n} for label, topic, n in self.confusions()],
            "verdicts": {o.key: o.verdict for o in self.outcomes},
            "questions": {o.key: o.ask.q for o in self.outcomes},
            "failures": [_failure(o) for o in self.failures()],
            **({"noise": self.noise.as_json()} if self.noise else {}),
        }

    def text(self, failures: bool = True) -> str:
        """The report as one reads it."""
        parts = [self._head(), _table("by expectation", self.by_slot()), _table("by style", self.by_style())]
        if len(self.suites) > 1:
            parts.append(_table("by suite", self.by_suite()))
        parts += [self._summary(), self._calibration_text(), self.noise.text() if self.noise else "", self._confusions_text()]
        if failures:
            parts.append(self._failures_text())
        return "\n\n".join(part for part in parts if part)

    def _head(self) -> str:
        return f"{len(self.outcomes)} messages of {', '.join(self.suites)}; content {self.content_version}"

    def _summary(self) -> str:
        urgent, premises, lengths, times = self.urgent(), self.premises(), self.lengths(), self.times_ms()
        rows = [
            ("urgent caught", _of(urgent["caught"], urgent["urgent"])),
            ("ordinary taken for urgent", _of(urgent["false"], urgent["ordinary"])),
            ("  of the nearly urgent", _of(urgent["near_false"], urgent["near"])),
            ("false premises confirmed", _of(premises["confirmed"], premises["count"])),
            ("reply length", f"median {lengths['median']}, max {lengths['max']}; over {LONG} and no list: {lengths['long']}"),
            ("time a message", f"p50 {times['p50']:.2f} ms, p99 {times['p99']:.2f} ms, max {times['max']:.1f} ms"),
        ]
        return "\n".join(f"{name:<26} {value}" for name, value in rows)

    def _calibration_text(self) -> str:
        bins, ece = self.calibration()
        lines = [f"confidence against right topic (single questions), ECE {ece:.3f}"]
        lines += [f"  {b.low:.1f}–{b.high:.1f} {b.count:>5}  said {b.confidence:.2f}  was {b.right:.2f}" for b in bins if b.count]
        return "\n".join(lines)

    def _confusions_text(self) -> str:
        rows = self.confusions()
        if not rows:
            return ""
        lines = [f"  {n:>3} × {label or '(out of scope)'} → {topic}" for label, topic, n in rows]
        return "\n".join(["answered with another topic (label → topic)", *lines])

    def _failures_text(self) -> str:
        failed = self.failures()
        lines = [f"failures: {len(failed)}"]
        for o in failed:
            marks = [o.verdict, *(["urgent_false"] if o.urgent_false else []), *(["confirmed"] if o.confirmed else [])]
            lines.append(f"[{o.slot}: {', '.join(marks)}] {o.key} {o.case.style} {o.case.topic}".rstrip())
            lines.append(f"    Q {o.ask.q}")
            lines.append(f"    A {o.reply.kind} {'+'.join(o.reply.topics) or '–'} {o.reply.confidence:.2f} | {' / '.join(o.reply.body.splitlines())}")
            must = " and ".join("|".join(group) for group in o.ask.must)
            lines += [f"    must {must}"] if must else []
        return "\n".join(lines)


def run(engine: Engine, suites: Sequence[Path]) -> Report:
    """The report on those suites. Raises SuiteError where one cannot be read."""
    loaded = load_suites(suites)
    outcomes = [outcome for suite in loaded for outcome in run_suite(engine, suite)]
    return Report(tuple(suite.name for suite in loaded), engine.content.version, tuple(outcomes))


def compare(report: Report, earlier_json: Mapping[str, Any]) -> str:
    """What changed since an earlier report (its as_json): the rates, and every question whose verdict is another.

    Raises SuiteError where the earlier JSON is no report.
    """
    earlier = earlier_json.get("verdicts") if isinstance(earlier_json, Mapping) else None
    if not isinstance(earlier, Mapping) or earlier_json.get("report") != VERSION:
        raise SuiteError("--against", "앞선 실행의 보고서가 아닙니다.", "'yongsan-bot eval --json'이 쓴 파일을 골라 주세요.")
    shared = [o for o in report.outcomes if earlier.get(o.key) in _RANK]
    changed = [o for o in shared if earlier[o.key] != o.verdict]
    better = [o for o in changed if _RANK[o.verdict] > _RANK[earlier[o.key]]]
    worse = [o for o in changed if _RANK[o.verdict] < _RANK[earlier[o.key]]]
    level = [o for o in changed if _RANK[o.verdict] == _RANK[earlier[o.key]]]
    gone = len(earlier.keys() - {o.key for o in report.outcomes})
    lines = [f"{len(shared)} messages in both: {len(better)} better, {len(worse)} worse; {len(report.outcomes) - len(shared)} new, {gone} gone"]
    lines += _rate_changes(shared, earlier)
    for name, group in (("worse", worse), ("better", better), ("changed", level)):
        for o in group:
            lines.append(f"{name}: {o.key} {earlier[o.key]} → {o.verdict}")
            lines.append(f"    Q {o.ask.q}")
            lines.append(f"    A {o.reply.kind} {'+'.join(o.reply.topics) or '–'} | {' / '.join(o.reply.body.splitlines())}")
    return "\n".join(lines)


# -- figures ---------------------------------------------------------------------------------------------------------


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value at that per cent of ascending values (nearest rank); 0.0 where there is none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else 0.0


def calibrate_bins(confidences: Sequence[float], right: Sequence[bool]) -> tuple[list[Bin], float]:
    """(bins of equal width, expected calibration error: the mean gap between said and was, weighted by count)."""
    members: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, was in zip(confidences, right, strict=True):
        members[min(BINS - 1, int(confidence * BINS))].append((confidence, was))
    bins, gaps = [], 0.0
    for number, pairs in enumerate(members):
        count = len(pairs)
        said = sum(c for c, _ in pairs) / count if count else 0.0
        was_right = sum(r for _, r in pairs) / count if count else 0.0
        bins.append(Bin(number / BINS, (number + 1) / BINS, count, said, was_right))
        gaps += count * abs(said - was_right)
    return bins, gaps / len(confidences) if confidences else 0.0


def _table(title: str, rows: Mapping[str, Tally]) -> str:
    return "\n".join([title, *("  " + tally.text(name) for name, tally in rows.items())])


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f}%)" if whole else "none asked"


def _rate_changes(shared: Sequence[Outcome], earlier: Mapping[str, str]) -> list[str]:
    """By what was expected: the share of good and of wrong verdicts, before and now."""
    lines = []
    for slot in _SLOTS:
        rows = [o for o in shared if o.slot == slot]
        if not rows:
            continue
        before, now = Counter(earlier[o.key] for o in rows), Counter(o.verdict for o in rows)
        shares = [f"{v} {100 * before[v] / len(rows):.1f}% → {100 * now[v] / len(rows):.1f}%" for v in VERDICTS if before[v] or now[v]]
        lines.append(f"  {slot:<14} {len(rows):>5}  " + "  ".join(shares))
    return lines


def _failure(o: Outcome) -> dict[str, Any]:
    return {
        "id": o.case.id,
        "suite": o.suite,
        "turn": o.turn,
        "style": o.case.style,
        "label": o.case.topic,
        "question": o.ask.q,
        "expect": o.ask.expect,
        "verdict": o.verdict,
        "urgent_false": o.urgent_false,
        "confirmed": o.confirmed,
        "must": [list(group) for group in o.ask.must],
        "must_not": list(o.ask.must_not),
        "kind": o.reply.kind,
        "body": o.reply.body,
        "topics": list(o.reply.topics),
        "confidence": round(o.reply.confidence, 4),
        "evidence": o.seen.as_json() if o.seen else None,
    }

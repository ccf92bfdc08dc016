"""Verdicts counted: what every form of the report is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.evaluation.verdicts import VERDICTS, Outcome


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages got which verdict."""

    count: int
    verdicts: dict[str, int]

    def rate(self, *names: str) -> float:
        """The share of those verdicts, 0.0 to 1.0; 0.0 where there is no message."""
        return sum(self.verdicts.get(name, 0) for name in names) / self.count if self.count else 0.0

    def as_json(self) -> dict[str, Any]:
        rates = {name: round(self.rate(name), 4) for name in self.verdicts}
        return {"count": self.count, "verdicts": self.verdicts, "rates": rates}

    def text(self, name: str) -> str:
        shares = "  ".join(f"{verdict} {n} ({100 * self.rate(verdict):.1f}%)" for verdict, n in self.verdicts.items())
        return f"{name:<14} {self.count:>5}  {shares}"


def tally_by(rows: Iterable[tuple[str, Outcome]]) -> dict[str, Tally]:
    """A tally for each name of the (name, outcome) pairs, in the order in which they come up."""
    found: dict[str, Counter[str]] = {}
    for name, outcome in rows:
        found.setdefault(name, Counter())[outcome.verdict] += 1
    return {name: Tally(sum(c.values()), {v: c[v] for v in VERDICTS if c[v]}) for name, c in found.items()}

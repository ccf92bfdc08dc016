"""Quality against noise: the suites asked again, spoiled, for every rate and every kind.

Promises the verdicts of the clean run: nothing but the wording of the questions is another. What a reply must hold stays as it was, where
the noise has hit just that too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.engine import Engine
from bot.evaluation.noise import BY_MESSAGE, Noise
from bot.evaluation.suites import Suite, load_suites
from bot.evaluation.tallies import Tally, tally_by
from bot.evaluation.verdicts import Outcome, run_suite

MIXED = "mixed"
NAMED_RATE = 0.1  # the rate of the named figure: one error in ten characters
IN_SCOPE = ("answer", "partial")
_WHATEVER_THE_RATE = tuple(kind for kind in BY_MESSAGE if kind != "speech")
_NONE = Tally(0, {})


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of the messages under one noise.

    kind   of noise.KINDS, "mixed", or "" without noise
    rate   errors a character; None where the kind spoils the whole message whatever the rate, or nothing is spoiled
    in_scope, out_of_scope, urgent  single questions to be answered (wholly or in part), to be declined, and urgent ones (grief too)
    """

    kind: str
    rate: float | None
    in_scope: Tally = _NONE
    out_of_scope: Tally = _NONE
    urgent: Tally = _NONE

    @property
    def name(self) -> str:
        return self.kind or "(clean)"

    def as_json(self) -> dict[str, Any]:
        parts = {"in_scope": self.in_scope, "out_of_scope": self.out_of_scope, "urgent": self.urgent}
        return {"kind": self.kind, "rate": self.rate, **{name: tally.as_json() for name, tally in parts.items()}}


@dataclass(frozen=True, slots=True)
class Robustness:
    """The clean run and every noisy one, over the same messages."""

    seed: int
    clean: Measured
    noisy: tuple[Measured, ...]

    def loss(self, measured: Measured) -> float:
        """Resolved in-scope questions lost to that noise, in points of per cent; below zero where it won some."""
        return 100 * (self.clean.in_scope.rate("resolved") - measured.in_scope.rate("resolved"))

    def named_loss(self) -> float | None:
        """The loss at one error in ten characters, of all kinds mixed (or of the only kind asked for); None where it was not measured."""
        kinds = {measured.kind for measured in self.noisy}
        for measured in self.noisy:
            if measured.rate == NAMED_RATE and (measured.kind == MIXED or len(kinds) == 1):
                return self.loss(measured)
        return None

    def as_json(self) -> dict[str, Any]:
        named = self.named_loss()
        return {
            "seed": self.seed,
            "loss_at_one_in_ten": None if named is None else round(named, 2),
            "clean": self.clean.as_json(),
            "noisy": [{**measured.as_json(), "loss": round(self.loss(measured), 2)} for measured in self.noisy],
        }

    def text(self) -> str:
        lines = [f"quality against noise (seed {self.seed}; rate: errors a character), %"]
        lines.append(f"  {'':<10}{'':>6}  in scope: resolved   tap  missed  wrong    loss  out of scope: abstained  clarify  false  urgent: caught")
        lines += [self._line(measured) for measured in (self.clean, *self.noisy)]
        named = self.named_loss()
        if named is not None:
            lines.append(f"resolved in-scope questions lost at one error in ten characters: {named:.1f} points")
        return "\n".join(lines)

    def _line(self, measured: Measured) -> str:
        inside = [_share(measured.in_scope, verdict) for verdict in ("resolved", "tap", "missed", "wrong")]
        outside = [_share(measured.out_of_scope, verdict) for verdict in ("resolved", "clarify", "wrong")]
        rate = "" if measured.rate is None else f"{measured.rate:g}"
        return (
            f"  {measured.name:<10}{rate:>6}  {inside[0]:>18} {inside[1]:>5} {inside[2]:>7} {inside[3]:>6} {self.loss(measured):>7.1f}"
            f"  {outside[0]:>23} {outside[1]:>8} {outside[2]:>6}  {_share(measured.urgent, 'resolved'):>14}"
        )


def _share(tally: Tally, verdict: str) -> str:
    """Per cent, or a dash where nothing of that sort was asked."""
    return f"{100 * tally.rate(verdict):.1f}" if tally.count else "–"


def measure(engine: Engine, suites: Sequence[Path], clean: Sequence[Outcome], rates: Sequence[float], kinds: Sequence[str], seed: int) -> Robustness:
    """The suites under those kinds of noise, together (where there are several) and each alone. Raises SuiteError.

    clean  the outcomes of the same suites without noise
    """
    loaded = load_suites(suites)
    noisy = (_measured(kind, rate, _outcomes(engine, loaded, noise)) for kind, rate, noise in _plan(rates, kinds, seed))
    return Robustness(seed, _measured("", None, clean), tuple(noisy))


def _plan(rates: Sequence[float], kinds: Sequence[str], seed: int) -> Iterator[tuple[str, float | None, Noise]]:
    """(kind, rate, noise) of every run."""
    rates, kinds = sorted(set(rates)), list(dict.fromkeys(kinds))
    if len(kinds) > 1:
        yield from ((MIXED, rate, Noise(kinds, rate, seed)) for rate in rates)
    for kind in kinds:
        if kind in _WHATEVER_THE_RATE:
            yield kind, None, Noise((kind,), 0.0, seed)
        else:
            yield from ((kind, rate, Noise((kind,), rate, seed)) for rate in rates)


def _outcomes(engine: Engine, suites: Sequence[Suite], noise: Noise) -> Iterator[Outcome]:
    for suite in suites:
        yield from run_suite(engine, spoiled(suite, noise))


def spoiled(suite: Suite, noise: Noise) -> Suite:
    """The suite with every message spoiled, and all else as it was."""
    cases = (replace(case, asks=tuple(replace(ask, q=noise.spoil(ask.q)) for ask in case.asks)) for case in suite.cases)
    return replace(suite, cases=tuple(cases))


def _measured(kind: str, rate: float | None, outcomes: Iterable[Outcome]) -> Measured:
    part = {**dict.fromkeys(IN_SCOPE, "in"), "abstain": "out", "urgent": "urgent", "grief": "urgent"}
    found = tally_by((part[o.slot], o) for o in outcomes if o.slot in part)
    return Measured(kind, rate, found.get("in", _NONE), found.get("out", _NONE), found.get("urgent", _NONE))

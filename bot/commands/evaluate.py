"""`yongsan-bot eval` and `calibrate`: how good the answers are on suites of questions, and the weights fitted on them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from bot.building import engine_over
from bot.channels.explain import FEATURES, REASONS
from bot.channels.explain import KINDS as KINDS_OF_REPLY
from bot.commands.opening import Flags, open_ready_engine, open_settings, start_tagger
from bot.content import load_content
from bot.engine import Engine
from bot.errors import SuiteError
from bot.evaluation import calibrate as fitting
from bot.evaluation.noise import KINDS, Noise
from bot.evaluation.page import Words, check_page, write_page
from bot.evaluation.report import Report, compare, run
from bot.evaluation.robustness import measure
from bot.evaluation.sweep import sweep
from bot.matching import SEMANTIC
from bot.matching.semantic import cache_folder, open_encoder

SUITE_SUFFIXES = (".jsonl", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Spoiling:
    """Which noise to measure: see bot/evaluation/noise.py."""

    rates: tuple[float, ...]
    kinds: tuple[str, ...]
    seed: int


def read_spoiling(rates: str | None, kinds: str | None, seed: int | None) -> Spoiling | None:
    """The noise that those options ask for, if any. Raises click.UsageError."""
    if rates is None:
        if kinds is not None or seed is not None:
            raise click.UsageError("--noise-kinds와 --seed는 --noise와 함께 씁니다.")
        return None
    try:
        numbers = tuple(float(rate) for rate in rates.split(","))
    except ValueError:
        numbers = ()
    if not numbers or not all(0 < number <= 1 for number in numbers):
        raise click.UsageError(f"--noise {rates!r}: 0보다 크고 1 이하인 수를 쉼표로 이어 써 주세요. 예: --noise 0.05,0.1")
    chosen = KINDS if kinds is None else tuple(kinds.split(","))
    unknown = [kind for kind in chosen if kind not in KINDS]
    if unknown:
        raise click.UsageError(f"--noise-kinds에 모르는 방법이 있습니다: {', '.join(map(repr, unknown))}. 쓸 수 있는 것: {', '.join(KINDS)}")
    return Spoiling(numbers, chosen, seed or 0)


def evaluate(
    flags: Flags, suites: list[Path], against: Path | None, as_json: bool, html: Path | None = None, spoiling: Spoiling | None = None
) -> None:
    """Prints the report; with `against`, what changed since an earlier one; with `html`, writes the page too."""
    earlier = _read_report(against) if against else None
    if html is not None:
        check_page(html)
    engine, files = open_ready_engine(open_settings(flags)), _files(suites)
    engine.prepare()  # the time of each message is told
    report = run(engine, files)
    if spoiling is not None:
        report = replace(report, noise=measure(engine, files, report.outcomes, spoiling.rates, spoiling.kinds, spoiling.seed))
    if html is not None:
        _write_page(engine, report, html)
    changes = compare(report, earlier) if earlier is not None else ""
    if as_json:
        value = report.as_json()
        click.echo(json.dumps({**value, "changes": changes} if changes else value, ensure_ascii=False, indent=2))
    else:
        click.echo(report.text() + (f"\n\n{changes}" if changes else ""))
    if html is not None:
        click.echo(f"{html}에 보고서를 썼습니다.", err=True)


def _write_page(engine: Engine, report: Report, path: Path) -> None:
    """The page, with the words that `--explain` uses."""
    titles = {topic.id: topic.title.ko for topic in engine.content.topics.values()}
    aspects = {aspect: found.label.ko for aspect, found in engine.content.aspects.items()}
    words = Words(titles, aspects, FEATURES, REASONS, KINDS_OF_REPLY)
    write_page(report, sweep(engine, report.outcomes), engine.policy.thresholds, words, path)


def calibrate(flags: Flags, suites: list[Path], output: Path | None, noise: float = 0.0, seed: int = 0, by_meaning: bool = False) -> None:
    """Prints what weights fitted on the suites are worth on held-out groups; with `output`, writes them there.

    noise       every question is asked besides with so many errors a character
    by_meaning  the weights that count where likeness of meaning is asked too. Raises SemanticError where it cannot be
    """
    settings, files = open_settings(flags), _files(suites)
    content = load_content(settings.knowledge, settings.intents)
    engine = engine_over(content, start_tagger(settings), settings, open_encoder(cache_folder()) if by_meaning else None)
    ranking, rows = fitting.fit_suites(engine, files, Noise(rate=noise, seed=seed) if noise else None, by_meaning)
    command = f"yongsan-bot calibrate {' '.join(path.as_posix() for path in suites)}"
    account = fitting.account(rows, command + f" --noise {noise:g} --seed {seed}" * bool(noise) + " --semantic" * by_meaning)
    click.echo(account)
    if output is not None:
        suffix = SEMANTIC * by_meaning
        fitting.write("topics" + suffix, ranking, fitting.fit_topics(rows, suffix), output, account)
        click.echo(f"{output}에 썼습니다.")


def _files(paths: list[Path]) -> list[Path]:
    """The suites that those paths mean: of a folder, every one in it."""
    files: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.iterdir() if p.suffix in SUITE_SUFFIXES) if path.is_dir() else [path]
        if not inside:
            raise SuiteError(str(path), "질문 모음이 하나도 없습니다.", f"{', '.join(SUITE_SUFFIXES)} 파일을 넣어 주세요.")
        files += inside
    return files


def _read_report(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SuiteError(str(path), f"파일을 읽을 수 없습니다({error.strerror}).", "경로를 확인해 주세요.") from None
    except ValueError:
        raise SuiteError(str(path), "앞선 실행의 보고서가 아닙니다.", "'yongsan-bot eval --json'이 쓴 파일을 골라 주세요.") from None

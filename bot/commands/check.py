"""`yongsan-bot check`: everything that is wrong with knowledge/ and intents/, at once."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.commands.opening import Flags, open_settings, start_tagger
from bot.content.check import CheckReport
from bot.evaluation.collisions import check_all


def check(flags: Flags, source: Path | None, against: Path | None, as_json: bool) -> int:
    """Prints every fault, and what could not be checked; returns the exit status."""
    settings = open_settings(flags)
    tagger = None if settings.korean.tagger == "mecab" else start_tagger(settings)
    report = check_all(settings.knowledge, settings.intents, source, against, tagger)
    click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2) if as_json else _text(report))
    return 1 if report.faults else 0


def _text(report: CheckReport) -> str:
    lines = [str(fault) for fault in report.faults]
    lines += [f"참고: {note}" for note in report.notes]
    lines += [line if line.startswith("SKIPPED") else f"SKIPPED {line}" for line in report.skipped]
    lines.append(f"고칠 곳이 {len(report.faults)}곳 있습니다." if report.faults else "고칠 곳이 없습니다.")
    return "\n".join(lines)

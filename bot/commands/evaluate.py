"""`yongsan-bot eval` and `calibrate`: how good the answers are on suites of questions, and the weights fitted on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from bot.commands.opening import Flags, open_engine, open_settings
from bot.errors import SuiteError
from bot.evaluation import calibrate as fitting
from bot.evaluation.report import compare, run

SUITE_SUFFIXES = (".jsonl", ".yaml", ".yml")


def evaluate(flags: Flags, suites: list[Path], against: Path | None, as_json: bool) -> None:
    """Prints the report; with `against`, what changed since an earlier one."""
    earlier = _read_report(against) if against else None
    report = run(open_engine(open_settings(flags)), _files(suites))
    changes = compare(report, earlier) if earlier is not None else ""
    if as_json:
        value = report.as_json()
        click.echo(json.dumps({**value, "changes": changes} if changes else value, ensure_ascii=False, indent=2))
        return
    click.echo(report.text() + (f"\n\n{changes}" if changes else ""))


def calibrate(flags: Flags, suites: list[Path], output: Path | None) -> None:
    """Prints what weights fitted on the suites are worth on held-out groups; with `output`, writes them there."""
    ranking, rows = fitting.fit_suites(open_engine(open_settings(flags)), _files(suites))
    account = fitting.account(rows, f"yongsan-bot calibrate {' '.join(path.as_posix() for path in suites)}")
    click.echo(account)
    if output is not None:
        fitting.write("topics", ranking, fitting.fit(rows), output, account)
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

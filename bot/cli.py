"""The command line: arguments in, exit status out. What a command does stands in bot/commands/.

Promises: an error that a person can mend is one message on standard error and exit status 2; never a traceback for it. Each command
imports what it needs when it is called: `ask` starts without the line editor and the evaluation.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bot import __version__
from bot.errors import BotError

F = TypeVar("F", bound=Callable[..., Any])
INTERRUPTED = 130


def common(command: F) -> F:
    """The flags of every command."""
    command = click.option("--config", default="", metavar="FILE", help="설정 파일. 없으면 지금 폴더의 config.yaml, 그것도 없으면 기본값.")(command)
    command = click.option("--intents", default="", metavar="DIR", help="주민의 말과 봇의 말투가 담긴 폴더.")(command)
    return click.option("--knowledge", default="", metavar="DIR", help="봇이 아는 사실이 담긴 폴더.")(command)


def file_option(name: str, metavar: str, text: str) -> Callable[[F], F]:
    return click.option(name, type=click.Path(path_type=Path), metavar=metavar, help=text)


def days_option(command: F) -> F:
    return click.option("--since", type=click.IntRange(1, 36_500), metavar="DAYS", help="최근 DAYS일 동안의 것만.")(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="yongsan-bot", message="%(prog)s %(version)s")
def cli() -> None:
    """소식지에 실린 것을 용산구민에게 알려 주는 봇."""


@cli.command()
@common
def chat(knowledge: str, intents: str, config: str) -> None:
    """터미널에서 봇과 이야기합니다."""
    from bot.commands.chat import chat
    from bot.commands.opening import Flags

    chat(Flags(knowledge, intents, config))


@cli.command()
@click.argument("question", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="답을 JSON 객체 하나로.")
@click.option("--jsonl", is_flag=True, help="표준 입력의 JSON 한 줄마다 JSON 한 줄로 답합니다.")
@click.option("--explain", is_flag=True, help="그렇게 답한 까닭도 보입니다.")
@common
def ask(question: tuple[str, ...], as_json: bool, jsonl: bool, explain: bool, knowledge: str, intents: str, config: str) -> None:
    """질문 하나에 답합니다."""
    from bot.commands.ask import ask, ask_lines
    from bot.commands.opening import Flags

    if as_json + jsonl + explain > 1:
        raise click.UsageError("--json, --jsonl, --explain 가운데 하나만 쓸 수 있습니다.")
    if jsonl and question:
        raise click.UsageError("--jsonl은 질문을 표준 입력에서 읽습니다.")
    if jsonl:
        ask_lines(Flags(knowledge, intents, config))
    else:
        ask(Flags(knowledge, intents, config), _as_utf8(" ".join(question)), as_json, explain)


@cli.command()
@file_option("--source", "FILE", "소식지의 글. 사실마다 근거가 있는지, 빠진 것은 없는지 견줍니다.")
@file_option("--against", "DIR", "앞선 knowledge 폴더. 사라진 id를 알려 줍니다.")
@click.option("--json", "as_json", is_flag=True, help="JSON으로.")
@common
def check(source: Path | None, against: Path | None, as_json: bool, knowledge: str, intents: str, config: str) -> int:
    """knowledge와 intents 폴더의 고칠 곳을 모두 찾습니다."""
    from bot.commands.check import check
    from bot.commands.opening import Flags

    return check(Flags(knowledge, intents, config), source, against, as_json)


@cli.command("eval")
@click.argument("suites", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SUITE...")
@file_option("--against", "FILE", "앞선 실행의 보고서(--json). 달라진 것을 보입니다.")
@click.option("--json", "as_json", is_flag=True, help="JSON으로.")
@file_option("--html", "FILE", "그림과 잘못된 답을 담은 보고서 한 쪽을 FILE에 씁니다('yongsan-bot[report]'가 있어야 합니다).")
@click.option("--noise", metavar="RATE[,RATE...]", help="질문을 일부러 망가뜨려서도 잽니다. 0.1은 열 글자에 하나.")
@click.option("--noise-kinds", metavar="KIND[,KIND...]", help="망가뜨리는 방법. 없으면 모두.")
@click.option("--seed", type=int, metavar="N", help="망가뜨릴 자리를 뽑는 수. 같은 수면 같은 자리입니다(기본 0).")
@common
def evaluate(
    suites: tuple[Path, ...], against: Path | None, as_json: bool, html: Path | None, noise: str | None, noise_kinds: str | None, seed: int | None,
    knowledge: str, intents: str, config: str,
) -> None:  # fmt: skip
    """질문 모음으로 답의 질을 잽니다. 폴더를 주면 그 안의 모음 모두를 씁니다."""
    from bot.commands.evaluate import evaluate, read_spoiling
    from bot.commands.opening import Flags

    spoiling = read_spoiling(noise, noise_kinds, seed)
    evaluate(Flags(knowledge, intents, config), list(suites), against, as_json, html, spoiling)


@cli.command()
@click.argument("suites", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SUITE...")
@file_option("--output", "FILE", "맞춘 값을 쓸 파일(bot/matching/coefficients.yaml).")
@click.option("--semantic", "by_meaning", is_flag=True, help="뜻도 볼 때 쓰는 값을 맞춥니다('yongsan-bot[semantic]'이 있어야 합니다).")
@click.option(
    "--noise",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="비율",
    help="물음마다 글자당 이만큼 오타를 낸 것도 함께 묻습니다(0.1이면 열 글자에 하나).",
)
@click.option("--seed", type=int, default=0, metavar="수", help="오타를 다르게 냅니다.")
@common
def calibrate(
    suites: tuple[Path, ...], output: Path | None, by_meaning: bool, noise: float, seed: int, knowledge: str, intents: str, config: str
) -> None:
    """확신을 재는 값을 질문 모음에 맞춥니다(개발자용)."""
    from bot.commands.evaluate import calibrate
    from bot.commands.opening import Flags

    calibrate(Flags(knowledge, intents, config), list(suites), output, noise, seed, by_meaning)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@common
def init(folder: Path, knowledge: str, intents: str, config: str) -> None:
    """고쳐 쓸 knowledge, intents, config.yaml을 DIR에 만듭니다."""
    from bot.commands.init import init
    from bot.commands.opening import Flags

    init(Flags(knowledge, intents, config), folder)


@cli.command()
@common
def telegram(knowledge: str, intents: str, config: str) -> None:
    """텔레그램에서 주민에게 답합니다. 토큰은 설정이나 환경 변수로 줍니다."""
    from bot.commands.opening import Flags
    from bot.commands.telegram import telegram

    telegram(Flags(knowledge, intents, config))


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="JSON으로.")
@days_option
@click.option("--kind", type=click.Choice(["fallback", "partial"]), help="답이 없던 것(fallback)이나 일부만 답한 것(partial)만.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="많이 물은 것부터 N가지만.")
@common
def unanswered(
    as_json: bool, since: int | None, kind: str | None, limit: int | None, knowledge: str, intents: str, config: str
) -> None:  # fmt: skip
    """답하지 못한 질문을 비슷한 것끼리 묶어 보입니다."""
    from bot.commands.opening import Flags
    from bot.commands.reports import unanswered

    unanswered(Flags(knowledge, intents, config), since, kind, limit, as_json)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="JSON으로.")
@days_option
@common
def stats(as_json: bool, since: int | None, knowledge: str, intents: str, config: str) -> None:
    """얼마나 묻고 답했는지, 무엇이 밀려 있는지 보입니다."""
    from bot.commands.opening import Flags
    from bot.commands.reports import stats

    stats(Flags(knowledge, intents, config), since, as_json)


@cli.command()
@click.option("--topic", metavar="ID", help="그 주제를 말한 것만.")
@click.option("--version", metavar="V", help="그 판의 내용으로 답한 것만.")
@click.option("--person", metavar="HASH", help="그 사람(해시)에게 답한 것만.")
@days_option
@click.option("--json", "as_json", is_flag=True, help="JSON으로.")
@click.option("--text", "with_text", is_flag=True, help="그때 그 주제에 적혀 있던 글도 보입니다.")
@common
def told(
    topic: str | None, version: str | None, person: str | None, since: int | None, as_json: bool, with_text: bool,
    knowledge: str, intents: str, config: str,
) -> None:  # fmt: skip
    """누구(해시)에게 무엇을, 어느 내용에서 답했는지 보입니다."""
    from bot.commands.opening import Flags
    from bot.commands.reports import told

    told(Flags(knowledge, intents, config), topic, version, person, since, as_json, with_text)


@cli.command()
@click.option("--from-unanswered", is_flag=True, help="답하지 못한 질문에서, 많이 물은 것부터 초안을 적습니다.")
@click.option("--from-answers", is_flag=True, help="직원이 문의에 답한 글에서, 나중 것부터 초안을 적습니다.")
@click.option("--approve", metavar="ID", help="초안을 승인해 주민에게 보이게 합니다. 근거가 있어야 합니다.")
@click.option("--list", "is_list", is_flag=True, help="승인을 기다리는 초안을 보입니다.")
@days_option
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="초안 N개까지만(기본 10).")
@click.option("--topic", metavar="ID", help="그 주제를 물은 것만.")
@click.option("--into", metavar="FILE", help="새 주제를 적을 knowledge의 파일. 없으면 가장 가까운 파일이나 drafts.yaml.")
@click.option("--dry-run", "is_dry", is_flag=True, help="아무것도 쓰지 않고, 무엇을 적을지만 보입니다.")
@click.option("--document", metavar="ID", help="승인할 때: 근거가 된 문서의 id.")
@click.option("--lines", metavar="LINES", help="승인할 때: 그 문서의 줄. 15나 23-24.")
@click.option("--json", "as_json", is_flag=True, help="JSON으로.")
@common
def draft(
    from_unanswered: bool, from_answers: bool, approve: str | None, is_list: bool, since: int | None, limit: int | None, topic: str | None,
    into: str | None, is_dry: bool, document: str | None, lines: str | None, as_json: bool, knowledge: str, intents: str, config: str,
) -> None:  # fmt: skip
    """물음에서 knowledge의 초안을 만들고, 승인합니다."""
    from bot.commands.draft import Choice, approve_draft, draft_answers, draft_unanswered, list_drafts
    from bot.commands.opening import Flags

    flags = Flags(knowledge, intents, config)
    if from_unanswered + from_answers + (approve is not None) + is_list != 1:
        raise click.UsageError("--from-unanswered, --from-answers, --approve, --list 가운데 하나를 써 주세요.")
    if approve is None and (document or lines):
        raise click.UsageError("--document와 --lines는 --approve와 함께 씁니다.")
    if not (from_unanswered or from_answers) and (since or limit or topic or into or is_dry):
        raise click.UsageError("--since, --limit, --topic, --into, --dry-run은 초안을 적을 때 씁니다.")
    if approve is not None:
        approve_draft(flags, approve, document, lines, as_json)
    elif is_list:
        list_drafts(flags, as_json)
    else:
        write = draft_answers if from_answers else draft_unanswered
        write(flags, Choice(since, limit, topic, into, is_dry), as_json)


@cli.command()
@click.option("--against", default="", metavar="DIR|V", help="올라 있는 것 말고 이것과 견줍니다: 앞선 폴더(올리지 않습니다)나 앞선 판.")
@click.option("--dry-run", "is_rehearsal", is_flag=True, help="견주기만 하고 올리지 않습니다.")
@click.option("--yes", "is_sure", is_flag=True, help="묻지 않고 올립니다. 새로 틀리는 답이 있어도 올립니다.")
@click.option("--confirm-floors", "confirms_floors", is_flag=True, help="지켜야 할 기준이 깨져도 올립니다.")
@click.option("--json", "as_json", is_flag=True, help="JSON으로.")
@click.option("--limit", type=click.IntRange(min=1), default=20, metavar="N", help="달라지는 답을 N개까지만 보입니다(기본 20).")
@common
def publish(
    against: str, is_rehearsal: bool, is_sure: bool, confirms_floors: bool, as_json: bool, limit: int, knowledge: str, intents: str, config: str
) -> int:
    """고친 내용이 무엇을 달리 답하는지 보이고, 주민에게 답하는 내용으로 올립니다."""
    from bot.commands.opening import Flags
    from bot.commands.publish import Wishes, publish_content

    return publish_content(Flags(knowledge, intents, config), Wishes(against, is_rehearsal, is_sure, confirms_floors, as_json, limit))


@cli.group()
def content() -> None:
    """올린 내용의 판들을 보고, 앞선 판으로 되돌립니다."""


@content.command("versions")
@click.option("--json", "as_json", is_flag=True, help="JSON으로.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="새것부터 N개만.")
@common
def content_versions(as_json: bool, limit: int | None, knowledge: str, intents: str, config: str) -> None:
    """언제 무엇을 올렸는지 새것부터 보입니다."""
    from bot.commands.content import show_versions
    from bot.commands.opening import Flags

    show_versions(Flags(knowledge, intents, config), as_json, limit)


@content.command("show")
@click.argument("version", metavar="VERSION")
@click.option("--topic", metavar="ID", help="그 주제만.")
@click.option("--against", metavar="V", help="바로 앞 판 말고 이 판과 견줍니다.")
@file_option("--to", "DIR", "그 판의 knowledge와 intents를 DIR에 씁니다.")
@common
def content_show(version: str, topic: str | None, against: str | None, to: Path | None, knowledge: str, intents: str, config: str) -> None:
    """그 판이 바로 앞 판과 어떻게 다른지 보입니다. 판은 앞 글자 몇 개만 적어도 됩니다."""
    from bot.commands.content import show
    from bot.commands.opening import Flags

    show(Flags(knowledge, intents, config), version, topic, against, to)


@content.command("rollback")
@click.argument("version", metavar="VERSION")
@click.option("--yes", "is_sure", is_flag=True, help="묻지 않고 되돌립니다.")
@common
def content_rollback(version: str, is_sure: bool, knowledge: str, intents: str, config: str) -> None:
    """그 판을 주민에게 답하는 내용으로 되돌립니다. 폴더의 파일은 바꾸지 않습니다."""
    from bot.commands.content import rollback
    from bot.commands.opening import Flags

    rollback(Flags(knowledge, intents, config), version, is_sure)


@cli.group()
def db() -> None:
    """데이터베이스를 새로 고치고, 백업하고, 되살리고, 오래된 것을 지웁니다."""


@db.command("upgrade")
@common
def db_upgrade(knowledge: str, intents: str, config: str) -> None:
    """데이터베이스의 표를 만들거나 새로 고칩니다."""
    from bot.commands.database import upgrade_database
    from bot.commands.opening import Flags

    upgrade_database(Flags(knowledge, intents, config))


@db.command("backup")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--force", is_flag=True, help="같은 이름의 백업을 덮어씁니다.")
@common
def db_backup(file: Path, force: bool, knowledge: str, intents: str, config: str) -> None:
    """봇이 도는 동안에도 FILE에 백업합니다. SQLite와 PostgreSQL 어느 쪽으로든 되살릴 수 있습니다."""
    from bot.commands.database import backup_database
    from bot.commands.opening import Flags

    backup_database(Flags(knowledge, intents, config), file, force)


@db.command("restore")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--yes", "is_sure", is_flag=True, help="묻지 않고 모두 바꿉니다.")
@common
def db_restore(file: Path, is_sure: bool, knowledge: str, intents: str, config: str) -> None:
    """데이터베이스를 FILE의 백업으로 바꿉니다. 봇을 멈추고 합니다. 삭제를 요청한 사람의 기록은 되살아나지 않습니다."""
    from bot.commands.database import restore_database
    from bot.commands.opening import Flags

    restore_database(Flags(knowledge, intents, config), file, is_sure)


@db.command("purge")
@common
def db_purge(knowledge: str, intents: str, config: str) -> None:
    """보관 기간이 지난 것을 지웁니다. 봇은 스스로 합니다."""
    from bot.commands.database import purge_database
    from bot.commands.opening import Flags

    purge_database(Flags(knowledge, intents, config))


def main() -> None:
    """Runs the command line and ends the program."""
    _speak_utf8()
    try:
        status = cli(prog_name="yongsan-bot", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except BotError as error:
        click.echo(f"오류: {error}", err=True)
        status = error.status
    except (click.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except BrokenPipeError:
        status = 1
    _flush()
    sys.exit(status)


def _speak_utf8() -> None:
    """UTF-8 whatever the locale; what is no UTF-8 is shown as an escape rather than ending the program."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _as_utf8(text: str) -> str:
    """An argument as it was typed: under another locale Python has read its UTF-8 as something else."""
    try:
        return os.fsencode(text).decode("utf-8")
    except UnicodeError:
        return text


def _flush() -> None:
    """Flushes, and leaves nothing for Python to complain about where the reader has gone."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

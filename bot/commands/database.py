"""`yongsan-bot db`: the database brought up to date, backed up, restored and cleared of what is old."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from bot.channels.session import SEOUL
from bot.commands.opening import Flags, open_settings
from bot.errors import StoreError
from bot.store.backup import Head, back_up
from bot.store.database import Database
from bot.store.deletions import journal_path
from bot.store.reading import open_existing
from bot.store.restore import look, restore
from bot.store.retention import purge
from bot.store.running import running

_NAMES = {
    "conversations": "대화",
    "replies": "답한 기록",
    "questions": "답하지 못한 질문",
    "contents": "내용",
    "deletions": "삭제 요청",
    "marks": "비밀 키의 확인값",
    "inbox": "처리한 글의 번호",
    "outbox": "보낸 글의 번호",
    "expired": "너무 오래 기다려 그만둔 글",
    "publications": "올린 내용의 기록",
    "proposals": "올리자고 한 내용",
    "pauses": "멈춘 주제",
    "votes": "답에 대한 평가",
    "drafts": "보내지 않은 문의",
    "handoffs": "문의",
    "messages": "문의에 오간 글",
    "blocks": "문의를 막은 사람",
    "closed": "오래 손대지 않아 닫은 문의",
    "handoff_texts": "글과 주소를 지운 문의",
    "verdicts": "견준 결과를 지운 고침",
    "answers": "글을 지운 직원 답변",
    "journal": "삭제 기록 파일의 옛 줄",
}


def upgrade_database(flags: Flags) -> None:
    """Makes or renews the tables."""
    database = Database(open_settings(flags).store.url.get_secret_value(), threads=1)
    before, after = database.upgrade()
    database.dispose()
    click.echo(f"이미 새것입니다: {after}" if before == after else f"표를 새로 고쳤습니다: {before or '없음'} → {after}")


def backup_database(flags: Flags, file: Path, force: bool) -> None:
    """Writes a backup while the bot goes on."""
    database = open_existing(open_settings(flags).store.url.get_secret_value())
    rows = back_up(database, file, _now(), force)
    database.dispose()
    click.echo(f"{file}에 백업했습니다.\n{_counts(rows)}")


def restore_database(flags: Flags, file: Path, is_sure: bool) -> None:
    """Puts a backup in place of what the database holds, once that is confirmed."""
    settings = open_settings(flags)
    database = Database(settings.store.url.get_secret_value(), threads=1)
    head = look(file)
    if running(database):
        raise StoreError("db restore", "봇이 이 데이터베이스를 쓰고 있습니다.", "봇을 멈춘 다음 다시 해 주세요. 아무것도 바꾸지 않았습니다.")
    if not is_sure and not _confirm(database, head):
        click.echo("아무것도 바꾸지 않았습니다.")
        return
    journal_file = journal_path(settings.store, database)
    done = restore(database, file, journal_file, _now())
    database.dispose()
    click.echo(f"{head.at.astimezone(SEOUL):%Y-%m-%d %H:%M}의 백업으로 되살렸습니다.\n{_counts(done.head.rows)}")
    if done.forgotten:
        click.echo(f"삭제를 요청한 사람의 기록 {done.forgotten:,}개는 다시 지웠습니다.")
    if done.closed:
        click.echo(f"백업에서 열려 있던 문의 {done.closed:,}개는 닫았습니다. 백업에는 답을 보낼 주소가 없어 더는 답할 수 없습니다.")
    if done.aside is not None:
        click.echo(f"깨진 데이터베이스는 {done.aside}(으)로 옮겨 두었습니다.")
    if done.unread:
        known = f"삭제 기록 파일({journal_file})에 있는 것만" if journal_file is not None else "백업에 있는 것만"
        click.echo(f"경고: 있던 데이터베이스에서 삭제 요청을 읽지 못했습니다. {known} 반영했습니다.", err=True)


def purge_database(flags: Flags) -> None:
    """Removes what is older than the settings say."""
    settings = open_settings(flags)
    database = open_existing(settings.store.url.get_secret_value())
    removed = purge(database, _now(), settings.store.text_days, settings.store.record_days, journal_path(settings.store, database))
    database.dispose()
    click.echo(f"글은 {settings.store.text_days}일, 기록은 {settings.store.record_days}일이 지난 것을 지웠습니다.\n{_counts(removed)}")


def _confirm(database: Database, head: Head) -> bool:
    place = database.file or database.url.set(query={}).render_as_string(hide_password=True)
    said = f"{head.at.astimezone(SEOUL):%Y-%m-%d %H:%M}의 백업으로 {place}에 있는 것을 모두 바꿉니다."
    if not sys.stdin.isatty():
        raise click.UsageError(f"{said} 그래도 된다면 --yes를 붙여 주세요.")
    return click.confirm(f"{said} 계속할까요?")


def _counts(rows: dict[str, int]) -> str:
    return "\n".join(f"  {count:>9,}  {_NAMES[name]}" for name, count in rows.items())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)

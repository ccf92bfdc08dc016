"""`yongsan-bot content`: what was published and when, how it differs, and how an earlier one is brought back."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import Connection

from bot.commands.opening import Flags, open_settings
from bot.commands.printing import dump, one_line, time_text
from bot.config import Settings, publishes_on_approval
from bot.content import load_content
from bot.content.diff import changed_files, unified, unified_texts
from bot.content.snapshot import Snapshot, unpack
from bot.errors import ConfigError, StoreError
from bot.store import reports
from bot.store.database import Database
from bot.store.publications import Publication, before, current, files_of, publish, versions
from bot.store.reading import open_existing, reading
from bot.times import SEOUL

HOW = {"start": "봇이 뜰 때", "saved": "저장해서", "approved": "직원이 올려서", "rollback": "되돌려서", "command": "명령으로"}
_SHOWN = 20


def show_versions(flags: Flags, as_json: bool, limit: int | None) -> None:
    """Prints what was published, newest first."""
    with opened(open_settings(flags)) as database, reading(database) as connection:
        found = versions(connection, limit if as_json else (limit or _SHOWN) + 1)
    if as_json:
        dump([{**asdict(one), "at": one.at.astimezone(SEOUL).isoformat(), "current": n == 0} for n, one in enumerate(found)])
        return
    if not found:
        click.echo("아직 올린 내용이 없습니다. 봇을 띄우거나 'yongsan-bot publish'로 올립니다.")
    for number, one in enumerate(found[: limit or _SHOWN]):
        click.echo(f"{'→' if number == 0 else ' '} {_line(one)}")
    if len(found) > (limit or _SHOWN):
        click.echo("\n앞선 것이 더 있습니다. --limit으로 더 볼 수 있습니다.")


def show(flags: Flags, version: str, topic: str | None, against: str | None, folder: Path | None) -> None:
    """Prints how a version differs from the one before it, or what a topic said; with `folder`, writes its files there."""
    with opened(open_settings(flags)) as database:
        with reading(database) as connection:
            name, snapshot = kept(connection, version)
            earlier = files_of(connection, against)[0] if against else before(connection, name)
            was = kept(connection, earlier)[1] if earlier else None
            published = [one for one in versions(connection) if one.version == name]
        if folder is not None:
            _write(snapshot, folder)
            click.echo(f"{name}의 파일을 {folder}에 썼습니다(knowledge/, intents/).")
            return
        if topic is not None:
            _show_topic(database, topic, name, earlier if against else None)
            return
    click.echo("\n".join(map(_line, published)) or f"{name} · 올린 적은 없고, 이 내용으로 답한 적은 있습니다.")
    if was is None or earlier is None:
        click.echo(f"\n이보다 앞서 올린 내용이 없습니다. 파일 {len(snapshot.files)}개:")
        click.echo("\n".join(f"  {file}  {len(text.splitlines()):,}줄" for file, text in sorted(snapshot.files.items())))
        return
    click.echo(f"\n{earlier} → {name}: 파일 {len(changed_files(was, snapshot))}개가 다릅니다.")
    click.echo(unified(was, snapshot))


def _show_topic(database: Database, topic: str, name: str, earlier: str | None) -> None:
    texts = [reports.topic_text(database, one, topic) for one in (earlier, name) if one]
    if not any(texts):
        raise StoreError(f"판 {name}", f"'{topic}'(이)라는 주제가 없습니다.", "주제의 id를 확인해 주세요.")
    click.echo(unified_texts(texts[0] or "", texts[-1] or "", topic) or "이 주제는 두 판에서 같습니다." if earlier else texts[0])


def rollback(flags: Flags, version: str, is_sure: bool) -> None:
    """Makes an earlier version the one that residents are answered from, once that is confirmed."""
    settings = open_settings(flags)
    with opened(settings) as database:
        with reading(database) as connection:
            name, snapshot = kept(connection, version)
            now = current(connection)
            shown = kept(connection, now.version)[1] if now else Snapshot({})
        if now is not None and now.version == name:
            click.echo(f"이미 올라 있는 내용입니다: {name}. 아무것도 바꾸지 않았습니다.")
            return
        _refuse_unusable(name, snapshot)
        change = f"올라 있는 {now.version}을(를) {name}(으)로" if now else f"{name}(으)로"
        said = f"{change} 되돌립니다(파일 {len(changed_files(shown, snapshot))}개가 다릅니다)."
        if not is_sure and not confirm(said, "그래도 된다면 --yes를 붙여 주세요."):
            click.echo("아무것도 바꾸지 않았습니다.")
            return
        with database.begin() as connection:
            _, packed = files_of(connection, name)
            publish(connection, name, packed, "rollback", dt.datetime.now(dt.timezone.utc))
    click.echo(f"{name}(으)로 되돌렸습니다. 도는 봇은 곧 이 내용으로 답합니다.")
    click.echo(_about_files(settings, name))


def _about_files(settings: Settings, name: str) -> str:
    """What a rollback leaves as it is, and how that is brought back too."""
    waits = "직원이 올리기 전에는 답에 쓰지 않습니다"
    returns = "다음에 저장하거나 봇을 다시 띄우면 다시 답에 씁니다"
    next_time = waits if publishes_on_approval(settings) else returns
    return (
        f"knowledge/와 intents/ 폴더의 파일은 바꾸지 않았습니다. 폴더에 있는 것은 {next_time}.\n"
        f"폴더도 되돌리려면 'yongsan-bot content show {name} --to 새폴더'로 꺼내어 옮겨 주세요."
    )


def _refuse_unusable(name: str, snapshot: Snapshot) -> None:
    """Raises ContentError where this program can no longer answer from that content."""
    with tempfile.TemporaryDirectory() as folder:
        load_content(*snapshot.write_to(Path(folder)))


def _write(snapshot: Snapshot, folder: Path) -> None:
    taken = [name for name in ("knowledge", "intents") if (folder / name).exists()]
    if taken:
        raise ConfigError(str(folder), f"이미 있습니다: {', '.join(taken)}", "아무것도 덮어쓰지 않았습니다. 다른 폴더를 골라 주세요.")
    try:
        snapshot.write_to(folder)
    except OSError as error:
        raise ConfigError(str(folder), f"쓸 수 없습니다({error.strerror}).", "쓸 수 있는 폴더를 골라 주세요.") from None


# -- shared with `publish` -------------------------------------------------------------------------------------------


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of the settings. Raises StoreError where there is none."""
    database = open_existing(settings.store.url.get_secret_value())
    try:
        yield database
    finally:
        database.dispose()


def kept(connection: Connection, version: str) -> tuple[str, Snapshot]:
    """(version, files) of a content that is kept, by the beginning of its version. Raises StoreError."""
    name, packed = files_of(connection, version)
    try:
        return name, unpack(packed)
    except ValueError:
        raise StoreError(f"판 {name}", "보관된 내용을 읽을 수 없습니다.", "백업에서 되살려 주세요.") from None


def confirm(said: str, remedy: str) -> bool:
    """Asks whoever sits there. Raises click.UsageError where nobody does."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"{said} {remedy}")
    return click.confirm(f"{said} 계속할까요?", err=True)


def _line(one: Publication) -> str:
    parts = [one.version, time_text(one.at), HOW.get(one.how, one.how), f"이 내용으로 한 답 {one.replies:,}개"]
    parts += [f"직원 {one.person}"] if one.person else []
    return " · ".join([*parts, *([one_line(one.note)] if one.note else [])])

"""`yongsan-bot draft`: what could not be answered becomes drafts in knowledge/, and drafts that have a source become answers."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import click

from bot.commands.opening import Flags, open_engine, open_settings
from bot.config import Settings, publishes_on_approval
from bot.content.check_drafts import open_drafts
from bot.content.load import read_files
from bot.desk.approving import approve
from bot.desk.drafting import Drafted, Drafter
from bot.desk.shelf import Shelf, own_folder
from bot.errors import ContentError
from bot.store import reports
from bot.store.database import Database
from bot.store.handoffs import answers
from bot.store.reading import open_existing, reading

_GROUPS = 10  # put down at once, where no number is given
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be put down, and where. days: None for all that is on record."""

    days: int | None = None
    limit: int | None = None
    topic: str | None = None
    into: str | None = None
    is_dry: bool = False


def draft_unanswered(flags: Flags, choice: Choice, as_json: bool) -> None:
    """Writes drafts for the questions that were asked most."""

    def each(drafter: Drafter, database: Database) -> Iterator[Drafted]:
        groups = reports.unanswered(database, drafter.words, _since(choice.days))
        wanted = (one for one in groups if choice.topic is None or choice.topic == drafter.about(one))
        return _some(wanted, choice, lambda one: drafter.from_group(one, None, choice.into))

    _show(_draft(flags, choice, each), choice, as_json)


def draft_answers(flags: Flags, choice: Choice, as_json: bool) -> None:
    """Writes drafts of what staff have answered by hand, the latest first."""

    def each(drafter: Drafter, database: Database) -> Iterator[Drafted]:
        with reading(database) as connection:
            found = answers(connection, _since(choice.days))[::-1]
        wanted = (one for one in found if choice.topic is None or choice.topic in one.topics)
        return _some(wanted, choice, lambda one: drafter.from_answer(one, None, choice.into))

    _show(_draft(flags, choice, each), choice, as_json)


def approve_draft(flags: Flags, topic_id: str, document: str | None, lines: str | None, as_json: bool) -> None:
    """Lets residents see a draft."""
    settings = open_settings(flags)
    done = approve(Shelf(own_folder(settings.knowledge), settings.intents), topic_id, document, lines)
    if as_json:
        _dump(asdict(done))
        return
    click.echo(f"{done.file} {done.line}번째 줄: {done.summary}\n'yongsan-bot check'로 다른 주제와 겹치지 않는지 확인해 주세요.")
    if publishes_on_approval(settings):
        click.echo("주민에게는 바뀐 내용을 올린 다음에 보입니다: yongsan-bot publish")


def list_drafts(flags: Flags, as_json: bool) -> None:
    """Prints the drafts that wait for approval."""
    settings = open_settings(flags)
    found = open_drafts(read_files(settings.knowledge, settings.intents))
    if as_json:
        _dump([asdict(one) for one in found])
        return
    for one in found:
        about = f"새 이름: {', '.join(one.phrases)}" if one.phrases else "주제"
        left = f" · 채울 것: {', '.join(one.to_fill)}" if one.to_fill else ""
        click.echo(f"{one.file} {one.line}번째 줄: {one.topic_id} '{one.title}' · {about}{left}")
    click.echo(f"초안이 {len(found)}개 있습니다." if found else "초안이 없습니다.")


def _draft(flags: Flags, choice: Choice, each: Callable[[Drafter, Database], Iterator[Drafted]]) -> list[Drafted]:
    settings = open_settings(flags)
    folder = own_folder(settings.knowledge)
    with ExitStack() as stack:
        if choice.is_dry:
            folder = _copied(folder, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        database = stack.enter_context(closing(_Opened(settings))).database
        return [*each(Drafter(open_engine(settings), folder, settings.intents), database)]


class _Opened:
    """The database of the settings, closed at the end."""

    def __init__(self, settings: Settings) -> None:
        self.database = open_existing(settings.store.url.get_secret_value())

    def close(self) -> None:
        self.database.dispose()


def _copied(folder: Path, temporary: Path) -> Path:
    return Path(shutil.copytree(folder, temporary / folder.resolve().name))


def _some(found: Iterable[T], choice: Choice, write: Callable[[T], Drafted]) -> Iterator[Drafted]:
    """As many drafts as are wanted; what there was nothing to write for does not count. One file that cannot be changed stops no other's drafts."""
    left = choice.limit or _GROUPS
    for one in found:
        if left <= 0:
            return
        try:
            drafted = write(one)
        except ContentError as error:
            if choice.into is not None:
                raise  # the same would be said of every one
            drafted = Drafted("nothing", "", 0, "", f"적지 못했습니다. {error}")
        left -= drafted.kind != "nothing"
        yield drafted


def _show(found: Sequence[Drafted], choice: Choice, as_json: bool) -> None:
    if as_json:
        _dump([asdict(one) for one in found])
        return
    written = [one for one in found if one.kind != "nothing"]
    for one in found:
        place = f"{one.file} {one.line}번째 줄: " if one.file else ""
        click.echo(f"{place}{one.summary}" if one in written else f"건너뜀: {one.summary}")
    if not written:
        click.echo("새로 적을 초안이 없습니다.")
    elif choice.is_dry:
        click.echo(f"초안 {len(written)}개를 적을 수 있습니다. --dry-run이라 아무것도 쓰지 않았습니다.")
    else:
        click.echo(
            f"초안 {len(written)}개를 적었습니다. 주민에게는 보이지 않습니다. 답과 근거를 채운 다음 'yongsan-bot draft --approve ID'로 승인하세요."
        )


def _since(days: int | None) -> dt.datetime | None:
    return None if days is None else dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=days)


def _dump(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))

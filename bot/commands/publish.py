"""`yongsan-bot publish`: holds the files of the folder against what is published, and makes them the published ones."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import Connection

from bot.commands.content import kept, opened
from bot.commands.opening import Flags, open_settings
from bot.commands.printing import dump, one_line
from bot.commands.reports import KINDS, subject_words
from bot.config import Settings
from bot.content import load_content
from bot.content.check import check_loaded
from bot.content.load import packaged, read_files
from bot.content.snapshot import Snapshot, fingerprint, take
from bot.desk.asking import asked_in_vain
from bot.errors import ContentError, StoreError
from bot.evaluation.gate import Difference, Floor, Verdict, open_gate
from bot.store import contents, reports
from bot.store.database import Database
from bot.store.publications import current, publish
from bot.store.reading import reading

_SHOWN, _LONGEST = 20, 400  # differences; characters of a reply
_WHAT = {"resolved": "맞는 답", "wrong": "틀린 답"}
_VERDICTS = {"resolved": "맞음", "tap": "고르면 맞음", "clarify": "되물음", "missed": "못 답함", "wrong": "틀림", "": ""}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for on the command line. against: a folder, or the beginning of a version; "" is what is published."""

    against: str = ""
    is_rehearsal: bool = False
    is_sure: bool = False
    confirms_floors: bool = False
    as_json: bool = False
    limit: int = _SHOWN


@dataclass(frozen=True, slots=True)
class _Content:
    version: str
    snapshot: Snapshot


def publish_content(flags: Flags, wishes: Wishes) -> int:
    """Judges, prints, and publishes unless something stands against it; returns the exit status."""
    settings = open_settings(flags)
    after = _read(settings)
    if wishes.against and Path(wishes.against).is_dir():  # needs no database
        before = _read_earlier(Path(wishes.against), settings)
        verdict = _judge(settings, before, after, wishes)
        return _end(verdict, after, wishes, "폴더와 견주기만 하고 올리지 않았습니다.")
    if wishes.is_rehearsal and not wishes.against and _is_new(settings):  # a folder to practise in
        if not wishes.as_json:
            click.echo("아직 올린 내용이 없어, 프로그램에 딸린 처음의 내용과 견줍니다.")
        verdict = _judge(settings, _Content(load_content().version, take()), after, wishes)
        return _end(verdict, after, wishes, "견주기만 하고 올리지 않았습니다.")
    with opened(settings) as database:
        with reading(database) as connection:
            published = current(connection)
            speaking = _Content(*kept(connection, wishes.against)) if wishes.against else _speaking(connection)
        verdict = _judge(settings, speaking, after, wishes, database)
        if published is not None and published.version == after.version:
            return _end(verdict, after, wishes, "이미 올라 있는 내용입니다. 올릴 것이 없습니다.")
        if wishes.is_rehearsal:
            return _end(verdict, after, wishes, "견주기만 하고 올리지 않았습니다.")
        why_not = _why_not(verdict, after, wishes)
        if why_not:
            return _end(verdict, after, wishes, why_not)
        _publish(database, after, published.version if published else None)
    return _end(verdict, after, wishes, f"{after.version}을(를) 올렸습니다. 도는 봇은 곧 이 내용으로 답합니다.", is_published=True)


def _is_new(settings: Settings) -> bool:
    """Whether there is no database yet."""
    file = Database(settings.store.url.get_secret_value()).file
    return file is not None and not file.exists()


# -- the contents ----------------------------------------------------------------------------------------------------


def _read(settings: Settings) -> _Content:
    """What stands in the folders, checked as a running bot does. Raises ContentError."""
    folders = settings.knowledge or packaged("knowledge"), settings.intents or packaged("intents")
    seen = fingerprint(folders)
    loaded = read_files(settings.knowledge, settings.intents)
    faults = check_loaded(loaded).faults
    if loaded.content is None or faults:
        first = faults[0]
        place = f"{first.file} {first.line}번째 줄" if first.line else first.file
        more = f" (이 밖에 {len(faults) - 1}곳 더: yongsan-bot check)" if len(faults) > 1 else ""
        raise ContentError(place, first.problem, first.remedy + more)
    snapshot = take(settings.knowledge, settings.intents)
    if fingerprint(folders) != seen:
        raise ContentError(", ".join(map(str, folders)), "읽는 동안에 파일이 바뀌었습니다.", "저장을 마친 다음 다시 해 주세요.")
    return _Content(loaded.content.version, snapshot)


def _read_earlier(folder: Path, settings: Settings) -> _Content:
    """What stands in a folder that holds knowledge/ and perhaps intents/, or in a knowledge folder; the rest is what stands now."""
    is_whole = (folder / "knowledge").is_dir()
    intents = folder / "intents" if is_whole and (folder / "intents").is_dir() else settings.intents
    knowledge = folder / "knowledge" if is_whole else folder
    return _Content(load_content(knowledge, intents).version, take(knowledge, intents))


def _speaking(connection: Connection) -> _Content | None:
    """What residents are answered from now; None where nothing was served yet."""
    last = contents.last_good(connection)
    return _Content(*kept(connection, last[0])) if last else None


def _judge(settings: Settings, before: _Content | None, after: _Content, wishes: Wishes, database: Database | None = None) -> Verdict | None:
    """The verdict, which is shown too; None where there is nothing to hold against."""
    if before is None or before.version == after.version:
        if not wishes.as_json:
            click.echo("견줄 앞의 내용이 없습니다." if before is None else f"두 내용이 같습니다({after.version}).")
        return None
    asked = asked_in_vain(database, subject_words(settings)) if database else []
    told = reports.told_topics(database) if database else {}
    verdict = open_gate(settings).judge(before.snapshot, after.snapshot, asked, told)
    if not wishes.as_json:
        click.echo("\n".join(_text(verdict, wishes.limit)))
    return verdict


def _publish(database: Database, after: _Content, published: str | None) -> None:
    """Makes it the published one. Raises StoreError where another has become that while this one was judged."""
    with database.begin() as connection:
        now = current(connection)
        if (now.version if now else None) != published:
            raise StoreError("publish", "견주는 동안에 다른 내용이 올라갔습니다.", "그것과 견주도록 다시 해 주세요.")
        publish(connection, after.version, after.snapshot.pack(), "command", dt.datetime.now(dt.timezone.utc))


# -- whether, and what is said ---------------------------------------------------------------------------------------


def _why_not(verdict: Verdict | None, after: _Content, wishes: Wishes) -> str:
    """Why it is not published; "" where it is."""
    if verdict is not None and verdict.floors and not wishes.confirms_floors:
        return "지켜야 할 기준이 깨져 올리지 않았습니다. 그래도 올리려면 --confirm-floors를 붙여 주세요."
    if wishes.is_sure:
        return ""
    if sys.stdin.isatty():
        return "" if click.confirm(f"{after.version}을(를) 올릴까요?", err=True) else "올리지 않았습니다."
    if verdict is not None and verdict.introduced:
        return "새로 틀리는 답이 있어 올리지 않았습니다. 그래도 올리려면 --yes를 붙여 주세요."
    return ""


def _end(verdict: Verdict | None, after: _Content, wishes: Wishes, said: str, is_published: bool = False) -> int:
    """Says how it ended; the exit status."""
    if wishes.as_json:
        dump({"version": after.version, "published": is_published, "said": said, "verdict": verdict.as_json() if verdict else None})
    else:
        click.echo(f"\n{said}")
    is_confirmed = is_published or verdict is None
    objects = verdict is not None and bool((verdict.floors and not wishes.confirms_floors) or (verdict.introduced and not wishes.is_sure))
    return 0 if is_confirmed else int(objects)


def _text(verdict: Verdict, limit: int) -> Iterator[str]:
    introduced, lost, gained = len(verdict.introduced), len(verdict.lost), len(verdict.gained)
    yield f"{verdict.before} → {verdict.after}: 질문 {verdict.asked:,}개를 두 내용에 물었습니다."
    yield from (f"참고: {note}" for note in verdict.notes)
    count = len(verdict.differences) + verdict.more
    if not count:
        yield "달라지는 답이 없습니다."
        return
    yield f"달라지는 답 {count:,}개 · 새로 틀림 {introduced:,} · 맞다가 못 맞힘 {lost:,} · 새로 맞음 {gained:,}"
    for number, one in enumerate(verdict.differences[:limit], 1):
        yield from _difference(number, one)
    if count > limit:
        yield f"\n이 밖에 {count - limit:,}개가 더 있습니다. --limit이나 --json으로 더 볼 수 있습니다."
    if verdict.floors:
        yield f"\n깨지는 기준 {len(verdict.floors):,}곳{f' 가운데 {limit}곳' if len(verdict.floors) > limit else ''}"
        yield from map(_floor, verdict.floors[:limit])


def _difference(number: int, one: Difference) -> Iterator[str]:
    whose = f"주민이 {one.count:,}번 물음" if one.is_residents else f"{one.key} · 이 주제로 답한 적 {one.count:,}번"
    marks = [*(["새로 틀림"] if one.is_introduced else []), *(["못 맞히게 됨"] if one.is_lost and not one.is_introduced else [])]
    yield f"\n{number:>3}. {one_line(one.question)}  ({' · '.join([whose, *marks])})"
    for name, told in (("전", one.before), ("후", one.after)):
        worth = ", ".join(filter(None, [KINDS.get(told.kind, told.kind), _VERDICTS.get(told.verdict, told.verdict)]))
        yield f"     {name} [{worth}] {one_line(told.body, _LONGEST)}"


def _floor(one: Floor) -> str:
    least = "이상" if one.what == "resolved" else "이하"
    return f"  {one.suite} · {one.slot}: {_WHAT[one.what]} {one.before:g}% → {one.after:g}% (기준 {one.floor:g}% {least})"

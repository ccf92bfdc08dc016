"""`yongsan-bot unanswered`, `stats` and `told`: what the database tells staff who know no SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict
from typing import Any

import click

from bot.channels.session import SEOUL
from bot.commands.opening import Flags, open_settings
from bot.commands.printing import dump, one_line, time_text
from bot.config import Settings
from bot.content import load_content
from bot.errors import ContentError
from bot.korean import open_tagger
from bot.matching import Lexicon
from bot.matching import subject_words as words_of_subject
from bot.store import reports
from bot.store.database import Database
from bot.store.grouping import Group
from bot.store.reading import open_existing

_SHOWN = 20  # groups, topics
_SHOWN_DAYS = 14
KINDS = {"answer": "답함", "partial": "일부만 답함", "clarify": "되물음", "fallback": "답 없음", "chitchat": "인사·잡담"}
_FAILURES = {"expired": "오래되어 보내지 않음", "": "까닭 모름"}


def unanswered(flags: Flags, since: int | None, kind: str | None, limit: int | None, as_json: bool) -> None:
    """Prints the questions without an answer, put together by likeness."""
    settings = open_settings(flags)
    with closing(_Opened(settings)) as opened:
        groups = reports.unanswered(opened.database, subject_words(settings), _since(since), kind)
    if as_json:
        dump([{name: value for name, value in _plain(one).items() if name != "keys"} for one in groups[:limit]])
        return
    if not groups:
        click.echo(f"{_span(since)}아직 답하지 못한 질문이 없습니다.")
        return
    click.echo(f"{_span(since)}답하지 못한 질문 {sum(one.count for one in groups):,}개를 비슷한 것끼리 {len(groups):,}가지로 묶었습니다.\n")
    shown = groups[: limit or _SHOWN]
    for number, one in enumerate(shown, 1):
        click.echo(f"{number:>3}. {one_line(one.example)}\n     {_about(one)}")
    if len(shown) < len(groups):
        click.echo(f"\n이 밖에 {len(groups) - len(shown):,}가지가 더 있습니다. --limit {len(groups)}(으)로 모두 볼 수 있습니다.")


def stats(flags: Flags, since: int | None, as_json: bool) -> None:
    """Prints the figures."""
    with closing(_Opened(open_settings(flags))) as opened:
        figures = reports.stats(opened.database, _since(since))
    if as_json:
        pairs = ("days", "kinds", "topics", "languages", "undelivered")
        dump({**_plain(figures), **{name: dict(getattr(figures, name)) for name in pairs}})
        return
    click.echo("\n".join(_figures(figures, since)))


def told(
    flags: Flags, topic: str | None, version: str | None, person: str | None, since: int | None, as_json: bool, with_text: bool
) -> None:  # fmt: skip
    """Prints who (a hash) was told what; with_text: and what the content said of it."""
    with closing(_Opened(open_settings(flags))) as opened:
        found = reports.told(opened.database, topic, version, person, _since(since))
        texts: dict[tuple[str, str], str | None] = {}

        def note(one: reports.ToldReply) -> dict[str, str | None]:
            about = [name for name in one.topics if topic in (None, name)] if with_text else []
            for key in ((one.content, name) for name in about):
                if key not in texts:
                    texts[key] = reports.topic_text(opened.database, *key)
            return {name: texts[one.content, name] for name in about}

        if as_json:
            dump([{**_plain(one), **({"texts": note(one)} if with_text else {})} for one in found])
            return
        is_empty = True
        for one in found:
            is_empty = False
            note(one)
            click.echo(_told_line(one))
    if is_empty:
        click.echo(f"{_span(since)}그렇게 답한 기록이 아직 없습니다.")
    for (content, name), text in texts.items():
        click.echo(f"\n--- 내용 {content}의 {name} ---\n{text or '이 내용은 보관되어 있지 않습니다.'}")


class _Opened:
    """The database of the settings, closed at the end."""

    def __init__(self, settings: Settings) -> None:
        self.database: Database = open_existing(settings.store.url.get_secret_value())

    def close(self) -> None:
        self.database.dispose()


def subject_words(settings: Settings) -> Callable[[str], Sequence[str]]:
    """The words of a text that name its subject, as the bot itself sees them."""
    try:
        content = load_content(settings.knowledge, settings.intents)
    except ContentError:
        content = load_content(None, None)  # the words only put questions together; a fault there is the business of `check`
    return words_of_subject(Lexicon(content, open_tagger()))


def _since(days: int | None) -> dt.datetime | None:
    return None if days is None else dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=days)


def _span(days: int | None) -> str:
    return "" if days is None else f"최근 {days}일: "


def _about(one: Group) -> str:
    first, last = (f"{time.astimezone(SEOUL):%Y-%m-%d}" for time in (one.first, one.last))
    parts = [f"{one.count:,}번", f"{one.people:,}명", first if first == last else f"{first} ~ {last}", KINDS.get(one.kind, one.kind)]
    return " · ".join([*parts, *([f"주제 {', '.join(one.topics[:5])}"] if one.topics else [])])


def _figures(figures: reports.Stats, since: int | None) -> Iterable[str]:
    if not figures.replies:
        yield f"{_span(since)}아직 답한 기록이 없습니다."
    else:
        yield f"{_span(since)}답 {figures.replies:,}개 · 사람 {figures.people:,}명 · {time_text(figures.first)} ~ {time_text(figures.last)}"
        yield f"질문 가운데 {' · '.join(f'{KINDS[kind]} {share:.1%}' for kind, share in figures.shares.items())}"
        yield from _table(f"날마다(최근 {_SHOWN_DAYS}일)", figures.days[-_SHOWN_DAYS:])
        yield from _table("종류", [(KINDS.get(kind, kind), count) for kind, count in figures.kinds])
        yield from _table("많이 물은 주제", figures.topics[:_SHOWN])
        yield from _table("언어", figures.languages)
        yield "\n답에 쓴 내용"
        for use in figures.contents:
            kept = "" if use.served_at else " · 보관되어 있지 않음"
            yield f"  {use.version}  {use.replies:>7,}개 · {time_text(use.first)} ~ {time_text(use.last)}{kept}"
    since_when = f" ({time_text(figures.waiting_since)}부터)" if figures.waiting_since else ""
    yield f"\n기다리는 것: 받은 글 {figures.waiting_inbox:,}개 · 보낼 글 {figures.waiting_outbox:,}개{since_when}"
    yield from _table("전하지 못한 글", [(_FAILURES.get(reason, reason), count) for reason, count in figures.undelivered])


def _table(title: str, rows: Sequence[tuple[str, int]]) -> Iterable[str]:
    if rows:
        yield f"\n{title}"
        yield from (f"  {count:>9,}  {name}" for name, count in rows)


def _told_line(one: reports.ToldReply) -> str:
    if one.delivered_at:
        fate = f"전달됨 {time_text(one.delivered_at)}"
    elif one.failure:
        fate = f"전하지 못함: {_FAILURES.get(one.failure, one.failure)}"
    else:
        fate = "보내는 중" if one.waits else "전달된 기록 없음"
    about = ", ".join(one.topics) or "주제 없음"
    asked = f"({', '.join(one.aspects)})" if one.aspects else ""
    kind = KINDS.get(one.kind, one.kind) + (f"({one.reason})" if one.reason else "")
    return f"{time_text(one.at)} · {one.person} · {kind} · {about}{asked} · 내용 {one.content} · {fate}"


def _plain(value: Any) -> dict[str, Any]:
    """A dataclass as JSON takes it; times as Seoul's."""
    return {key: _json(one) for key, one in asdict(value).items()}


def _json(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(SEOUL).isoformat()
    if isinstance(value, dict):
        return {key: _json(one) for key, one in value.items()}
    return [_json(one) for one in value] if isinstance(value, (list, tuple)) else value

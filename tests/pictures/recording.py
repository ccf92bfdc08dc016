"""Conversations with the running bot, written down as they look in a chat window.

A play (plays.py) drives a `Stage`: it writes and presses in chats, turns the clock, changes a file, and shoots pictures of what a chat shows.
A picture holds no time of the machine's, so that playing it again gives the same one.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from botapi import BotApi, Sent
from channels.telegram.running import ROOT, Running

from bot.times import SEOUL

RESIDENT, STAFF_GROUP = 501, -1_001_000_000_500
STAFF_TITLE, BOT = "직원 대화방", "용산봇"
LONG_SECONDS = 60.0  # for what the bot does by itself: judging a change takes some seconds
_VERSION = re.compile(r"(?<!\w)[0-9a-f]{12}(?!\w)")  # the name of a content
_WEEK = "월화수목금토일"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chat as it stands: a bubble, or a small word between bubbles.

    kind     "said", or what stands between bubbles: "day", "pressed", "shown" (a word of the bot's over the chat)
    who      its author; "" for a word between bubbles
    html     its text as HTML of Telegram's, what is set back in italics
    buttons  (label, whether it was pressed) row by row
    quote    (author, words) of the message that it replies to
    """

    kind: str
    who: str = ""
    text: str = ""
    html: str = ""
    is_bot: bool = False
    time: str = ""
    buttons: tuple[tuple[tuple[str, bool], ...], ...] = ()
    quote: tuple[str, str] | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What a chat window shows. alt: what it is a picture of, in a sentence."""

    name: str
    title: str
    subtitle: str
    alt: str
    lines: tuple[Line, ...]

    def transcript(self) -> str:
        """The picture in words, as Markdown."""
        return "\n".join([f"# {self.title}", "", self.alt, "", *_quoted(self.lines)]).rstrip() + "\n"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a chat.

    line    as it stands when a picture is taken; None where it is deleted
    thread  the topic that it happened in; sent  the bot's message that it is
    """

    day: dt.date
    line: Callable[[], Line | None]
    thread: int | None = None
    sent: Sent | None = None


@dataclass(slots=True)
class Chat:
    """A chat of the play, and what has happened in it. Every action waits until the bot has done what follows from it."""

    stage: Stage
    id: int
    title: str
    subtitle: str
    seen: int = 0  # how many messages of the bot's are written down
    shot: int = 0  # how many events stand in pictures already
    events: list[Event] = field(default_factory=list)

    def says(self, text: str, who: str = "주민", thread: int | None = None) -> list[Sent]:
        """Somebody writes; what the bot sends to this chat. thread: the topic it is written in."""
        self._note(Line("said", who, text, html.escape(text, quote=False), time=self.stage.clock), thread)
        return self._act(lambda: self.stage.api.message(self.id, text, user_id=self.stage.member(self, who), thread_id=thread))

    def replies(self, to: Sent, text: str, who: str) -> list[Sent]:
        """Somebody answers a message of the bot's, as Telegram's own "reply"."""
        quote = (BOT, to.text.splitlines()[0])
        self._note(Line("said", who, text, html.escape(text, quote=False), time=self.stage.clock, quote=quote), to.thread_id)
        return self._act(lambda: self.stage.api.message(self.id, text, user_id=self.stage.member(self, who), reply_to=to))

    def presses(self, label: str, who: str = "주민", on: Sent | None = None) -> list[Sent]:
        """Somebody presses a button whose label begins so: of that message, else of the last one that has it."""
        sent = on or next(one for one in reversed(self.sent) if any(name.startswith(label) for name in one.labels))
        number, whole = next((n, name) for n, name in enumerate(sent.labels) if name.startswith(label))
        data = [one.get("callback_data", "") for row in sent.buttons for one in row][number]
        self.stage.pressed.add((sent.chat_id, sent.message_id, data))
        self._note(Line("pressed", text=f"〔{whole}〕 누름" if self.id > 0 else f"{who}: 〔{whole}〕 누름"), sent.thread_id)
        before = len(self.stage.api.calls)
        sent_now = self._act(lambda: self.stage.api.press(sent, number, user_id=self.stage.member(self, who)))
        for call in self.stage.api.calls[before:]:
            if call.method == "answerCallbackQuery" and call.params.get("text"):
                self._note(Line("shown", text=call.params["text"]), sent.thread_id)
        return sent_now

    def waits(self) -> list[Sent]:
        """Waits until the bot writes here by itself; what it writes."""
        self.stage.bot.wait(lambda: len(self.sent) > self.seen, LONG_SECONDS)
        return self._act(lambda: None)

    def skip(self) -> None:
        """What has happened here until now comes into no picture."""
        self.shot = len(self.events)

    def waits_for(self, words: str) -> Sent:
        """Waits until a message of the bot's here holds these words; the last one that does. It may have said before, on a slow machine only,
        that they take time: that is not shown as an edit.
        """
        self.stage.bot.wait(lambda: any(words in sent.text for sent in self.sent), LONG_SECONDS)
        self.stage.settle()
        found = next(sent for sent in reversed(self.sent) if words in sent.text)
        self.stage.first.setdefault((found.chat_id, found.message_id), found.text)
        return found

    def shoot(self, name: str, alt: str, *, since: Sent | None = None, thread: int | None = None) -> None:
        """A picture of what this chat, or a topic of it, shows since the last one, or from that message of the bot's on."""
        first = next(n for n, event in enumerate(self.events) if event.sent is since) if since else self.shot
        lines = tuple(self._lines([event for event in self.events[first:] if thread in (None, event.thread)]))
        title, subtitle = (self.stage.topic(thread), f"{self.title}의 주제") if thread else (self.title, self.subtitle)
        self.skip()
        assert lines, f"nothing happened in {self.title} since the last picture"
        assert name not in self.stage.pictures, f"two pictures are called {name}"
        self.stage.pictures[name] = Picture(name, title, subtitle, alt, lines)

    @property
    def sent(self) -> list[Sent]:
        """All messages of the bot's here."""
        return self.stage.api.sent(self.id)

    @property
    def last(self) -> Sent:
        """The bot's last message here."""
        return self.sent[-1]

    def _act(self, act: Callable[[], object]) -> list[Sent]:
        before = self.seen
        act()
        self.stage.settle()
        return self.sent[before:]

    def collect(self) -> None:
        """Writes down what the bot has sent since."""
        for sent in self.sent[self.seen :]:
            self.events.append(Event(self.stage.now.date(), partial(self.stage.line_of, sent, self.stage.clock), sent.thread_id, sent))
        self.seen = len(self.sent)

    def _note(self, line: Line, thread: int | None = None) -> None:
        self.events.append(Event(self.stage.now.date(), lambda: line, thread))

    def _lines(self, events: list[Event]) -> Iterator[Line]:
        """The lines of the events, with a word where a day begins."""
        day = None
        for event in events:
            line = event.line()
            if line is None:
                continue
            if event.day != day:
                day = event.day
                yield Line("day", text=f"{day.year}년 {day.month}월 {day.day}일 {_WEEK[day.weekday()]}요일")
            yield line


class Stage:
    """A running bot whose clock the play sets, the resident's chat and the staff's group."""

    def __init__(self, bot: Running, now: str) -> None:
        self.bot, self.api = bot, bot.api
        self.now = dt.datetime.fromisoformat(now).replace(tzinfo=SEOUL)
        self.pictures: dict[str, Picture] = {}
        self.first: dict[tuple[Any, ...], str] = {}  # the text that a message had at first, where that is not the text it was sent with
        self.pressed: set[tuple[Any, ...]] = set()  # chat, message, data of the button
        self.chats: list[Chat] = []
        self._members: dict[tuple[int, str], int] = {}
        self._versions: dict[str, str] = {}
        self._served = self._version_served()
        self.staff = self.chat(STAFF_GROUP, STAFF_TITLE, "직원과 봇만 있는 그룹")

    def chat(self, chat_id: int = 0, title: str = "주민의 대화방", subtitle: str = "주민과 봇, 둘만의 대화") -> Chat:
        """One more chat; without an id that of a resident who is new."""
        made = Chat(self, chat_id or RESIDENT + len(self.chats), title, subtitle)
        self.chats.append(made)
        return made

    def turn(self, now: str) -> None:
        """Sets the bot's clock, in Seoul: "2026-11-30T09:05"."""
        self.now = dt.datetime.fromisoformat(now).replace(tzinfo=SEOUL)
        self.bot.turn(now)

    def change(self, file: str, old: str, new: str) -> None:
        """Saves a file of the copied content with another text in it, all at once."""
        path = self.bot.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        beside = path.with_suffix(".saving")
        beside.write_text(text.replace(old, new), encoding="utf-8")
        beside.replace(path)

    def until_served(self) -> None:
        """Waits until residents are answered from what was published last."""
        self.bot.wait(lambda: self._version_served() != self._served, LONG_SECONDS)
        self._served = self._version_served()

    def _version_served(self) -> str:
        return str(self.bot.ready()["content"]["version"])

    def settle(self) -> None:
        """Waits until the bot has done everything, and writes down what it sent."""
        self.bot.settle()
        for chat in self.chats:
            chat.collect()

    @property
    def clock(self) -> str:
        """The time as a chat shows it: "오후 7:40"."""
        return f"{'오후' if self.now.hour >= 12 else '오전'} {self.now.hour % 12 or 12}:{self.now.minute:02}"

    def topic(self, thread: int) -> str:
        """The name of a topic of the staff's group."""
        group = self.api.state.group(STAFF_GROUP)
        assert group, "the group was not set up"
        return group.topics[thread].name

    def member(self, chat: Chat, who: str) -> int:
        """The id of who acts in a chat; in the group everyone has a name."""
        if chat.id > 0:
            return chat.id
        if (chat.id, who) not in self._members:
            self._members[chat.id, who] = 7_000 + len(self._members)
            self.api.name(self._members[chat.id, who], who)
        return self._members[chat.id, who]

    def line_of(self, sent: Sent, clock: str) -> Line | None:
        """A message of the bot's as it stands now; None once it is deleted."""
        if sent.deleted:
            return None
        quoted = self.api.state.message(sent.chat_id, sent.reply_to) if sent.reply_to else None
        quote = None
        if quoted:
            author = quoted["from"]
            quote = (BOT if author.get("is_bot") else author["first_name"], (quoted.get("text") or "…").splitlines()[0])
        place = (sent.chat_id, sent.message_id)
        buttons = tuple(tuple((self.steady(one["text"]), (*place, one.get("callback_data")) in self.pressed) for one in row) for row in sent.buttons)
        is_edited = self.first.get(place, sent.versions[0]) != sent.text  # other buttons alone are not marked by Telegram
        return Line("said", BOT, self.steady(sent.text), self.steady(sent.html), True, clock, buttons, quote, is_edited)

    def steady(self, text: str) -> str:
        """The text without what is another one in another run: names of contents, and the folder."""
        text = text.replace(f"{self.bot.folder}/", "")
        return _VERSION.sub(lambda found: self._versions.setdefault(found[0], _version(len(self._versions))), text)


@dataclass(frozen=True, slots=True)
class Play:
    """A function that drives a stage, when it begins, and the bot's settings.

    staff   the group of the staff: "" none, "plain", or one with "topics"
    copies  whether it serves a copy of the content, which may be changed
    suite   questions that a change is held against: so small a suite that nothing hangs on the packaged ones
    """

    act: Callable[[Stage], None]
    now: str
    staff: str
    copies: bool
    suite: tuple[dict[str, Any], ...]
    settings: dict[str, Any]

    def perform(self, folder: Path) -> dict[str, Picture]:
        """Plays it with a bot of its own in an empty folder. AssertionError where the bot breaks a rule of Telegram's."""
        settings = {**(copied(folder) if self.copies else {}), **self.settings}
        if self.staff:
            settings["telegram__staff_chat_id"] = STAFF_GROUP
        if self.suite:
            settings["content__suites"] = folder / "suites"
            (folder / "suites").mkdir()
            (folder / "suites" / "ours.jsonl").write_text("\n".join(json.dumps(case) for case in self.suite), encoding="utf-8")
        with BotApi() as api:
            if self.staff:
                api.group(STAFF_GROUP, title=STAFF_TITLE, forum=self.staff == "topics")
            return self._perform(api, folder, settings)

    def _perform(self, api: BotApi, folder: Path, settings: dict[str, Any]) -> dict[str, Picture]:
        with Running(api, folder, now=self.now, **settings) as bot:
            stage = Stage(bot, self.now)
            self.act(stage)
            api.check()
            return stage.pictures


def _version(number: int) -> str:
    """A name for the so-and-so-manieth content that a play shows."""
    return sha256(f"content {number}".encode()).hexdigest()[:12]


def copied(folder: Path) -> dict[str, Path]:
    """Copies of the packaged content in the folder, as settings."""
    for name in ("knowledge", "intents"):
        shutil.copytree(ROOT / name, folder / name)
    return {"knowledge": folder / "knowledge", "intents": folder / "intents"}


def _quoted(lines: tuple[Line, ...]) -> Iterator[str]:
    """The lines as Markdown, one block for each."""
    for line in lines:
        if line.kind != "said":
            yield from (f"*{line.text}*", "")
            continue
        head = f"**{line.who}** {line.time}{' (수정됨)' if line.edited else ''}"
        yield f"> {head}" + (f" — “{line.quote[1]}”에 답장" if line.quote else "")
        yield ">"
        # Two blanks at the end keep the line break.
        yield "  \n".join(f"> {words}".rstrip() for words in line.text.splitlines())
        for row in line.buttons:
            yield ">"
            yield "> " + " ".join(f"〔{label}〕" for label, _ in row)
        yield ""


__all__ = ["Chat", "Line", "Picture", "Play", "Stage"]

"""An office that edits its files beside the running bot, and a group that decides on what was changed.

desk = Desk(api, make_bot, tmp_path)     # a folder of its own, a suite of its own
desk.start()
desk.save(bell="안전비상벨은 20곳에서 바꿨어요.")
card = desk.card()
desk.press(card, "올리기")
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from botapi import BotApi, Sent
from channels.telegram.office import CLERKS, STAFF, set_up
from channels.telegram.running import Running, Start

from bot.store import schema
from bot.store.database import Database

RESIDENT = 501
BELL, LAMP = "안전비상벨은 12곳에서 바꿨어요.", "보안등은 30곳에 달았어요."
ASK_BELL, ASK_LAMP = "비상벨 몇 개 바꿨어요?", "보안등 몇 개 달았나요"
KNOWLEDGE = """\
section: 안전
document: paper
topics:
  - id: bell
    title: 안전비상벨
    questions: [비상벨 몇 개 바꿨어요]
    answer: {bell}
  - id: lamp
    title: 보안등
    questions: [보안등 몇 개 달았어요]
    answer: {lamp}
"""
DOCUMENTS = "documents:\n  - id: paper\n    title: 구정 소식지\n    label: 「마을」\n    as_of: 2021-01\n"
SUITE = [{"id": "lamp", "kind": "single", "q": "보안등 몇 개 달았나요", "expect": "answer", "must": [["30곳"]]}]


class Desk:
    """The files, the bot, and the group."""

    def __init__(self, api: BotApi, make_bot: Start, folder: Path, floors: str = "", suite: Any = SUITE, **settings: Any) -> None:
        self.api, self.folder = api, folder / "office" / "knowledge"
        self.folder.mkdir(parents=True)
        suites = folder / "suites"
        suites.mkdir()
        (suites / "ours.jsonl").write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in suite), encoding="utf-8")
        (folder / "floors.yaml").write_text(floors, encoding="utf-8")
        (self.folder / "documents.yaml").write_text(DOCUMENTS, encoding="utf-8")
        self.save()
        own = {"knowledge": self.folder, "content__suites": suites, "content__floors": folder / "floors.yaml" if floors else None}
        self.settings = {**set_up(api), **own, **settings}
        self.make_bot = make_bot
        self.bot: Running = make_bot(**self.settings)

    def start(self) -> Desk:
        self.bot.start()
        return self

    # -- the folder

    def save(self, bell: str = BELL, lamp: str = LAMP, text: str = "") -> None:
        """Saves the file of the topics, in one go."""
        beside = self.folder / "safety.new"
        beside.write_text(text or KNOWLEDGE.format(bell=bell, lamp=lamp), encoding="utf-8")
        beside.replace(self.folder / "safety.yaml")

    @property
    def saved(self) -> str:
        return (self.folder / "safety.yaml").read_text(encoding="utf-8")

    # -- the group

    def cards(self, number: int) -> list[Sent]:
        return [sent for sent in self.api.sent(STAFF) if sent.versions[0].startswith(f"고침 {number}번 · ")]

    def card(self, number: int = 1, says: str = "올리기 전에는") -> Sent:
        """The card of a proposal, once it says so."""
        self.bot.wait(lambda: self.cards(number) and says in self.cards(number)[-1].text, 30)
        return self.cards(number)[-1]

    def press(self, sent: Sent, label: str, clerk: int = CLERKS[0]) -> list[Sent]:
        """A clerk presses; what the bot says in the group then."""
        before = len(self.api.sent(STAFF))
        self.api.press(sent, label, user_id=clerk)
        self.bot.settle()
        return self.api.sent(STAFF)[before:]

    def command(self, text: str, clerk: int = CLERKS[0]) -> Sent:
        """What the bot says to a command."""
        before = len(self.api.sent(STAFF))
        self.api.message(STAFF, text, user_id=clerk)
        self.bot.wait(lambda: len(self.api.sent(STAFF)) > before)
        return self.api.sent(STAFF)[-1]

    def said(self, text: str) -> Sent:
        """What the bot said in the group with these words in it, once it has."""
        self.bot.wait(lambda: any(text in sent.text for sent in self.api.sent(STAFF)))
        return next(sent for sent in reversed(self.api.sent(STAFF)) if text in sent.text)

    def toasts(self) -> list[str]:
        return [call.params["text"] for call in self.api.calls if call.method == "answerCallbackQuery" and call.params.get("text")]

    # -- what is on record

    def _rows(self, table: Any) -> list[Any]:
        database = Database(self.bot.store, threads=1)
        try:
            with database.begin() as connection:
                return list(connection.execute(table.select().order_by(table.c.id)))
        finally:
            database.dispose()

    def published(self) -> list[str]:
        """How each publication came about."""
        return [row.how for row in self._rows(schema.publications)]

    def proposed(self) -> list[str]:
        return [row.state for row in self._rows(schema.proposals)]

    def backdate(self) -> None:
        """As if whoever judges had given no sign of life for long."""
        database = Database(self.bot.store, threads=1)
        with database.begin() as connection:
            connection.execute(schema.proposals.update().values(judged_at=dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)))
        database.dispose()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """A command on the machine of the bot."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments], cwd=self.bot.folder, env=self.bot.environment, capture_output=True, stdin=subprocess.DEVNULL
        )

    @staticmethod
    def labels(sent: Sent) -> list[str]:
        return [one["text"] for row in sent.buttons for one in row]

    # -- the resident

    def answer(self, question: str = ASK_BELL, resident: int = RESIDENT) -> str:
        """What a resident is told now."""
        return self.bot.say(resident, question)[-1].text

    def until_told(self, words: str, question: str = ASK_BELL) -> None:
        """Waits until residents are told these words."""
        self.bot.wait(lambda: words in self.answer(question))

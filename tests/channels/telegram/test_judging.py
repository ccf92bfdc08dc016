"""A change that cannot be judged, or whose judge has died, still comes before staff."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from channels.telegram.test_publishing import Shop

from bot.channels.telegram import judging as module
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.judging import Judging
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.publishing import Publishing
from bot.channels.telegram.staff.approval import PAGES_AT_ONCE, Approval
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.step import Step
from bot.config import Settings
from bot.content.snapshot import Snapshot
from bot.dialogue.wording import Office
from bot.engine import Engine
from bot.errors import GateError
from bot.evaluation.gate import Difference, Told, Verdict
from bot.korean import open_tagger
from bot.store import proposals, publications, schema
from bot.store.database import Database
from bot.store.keys import open_keys

GROUP = -1001
NOW = dt.datetime(2026, 1, 5, 9, tzinfo=dt.timezone.utc)


class FakeGate:
    """Judges as it is told to."""

    def __init__(self, judge: Callable[..., Verdict]) -> None:
        self.judge, self.warmed = judge, []

    def warm(self, snapshot: Any) -> None:
        self.warmed.append(snapshot)

    def stop(self) -> None:
        pass


class Court:
    """One process that judges, over a database that others may use too."""

    def __init__(self, publishing: Publishing, judge: Callable[..., Verdict]) -> None:
        self.database, self.publishing, self.now = publishing.database, publishing, NOW
        self.keys = open_keys(Settings().store, self.database)
        self.gate = FakeGate(judge)
        self.approval = Approval(publishing.serving, StaffGroup(GROUP))
        publishing.clock = lambda: self.now
        self.judging = Judging(publishing, self.gate, self.approval, self.act, Metrics())

    def step(self, do: Callable[[Step], Any]) -> Any:
        with self.database.begin() as connection:
            return do(Step(connection, self.now, 1, self.keys))

    async def act(self, do: Callable[[Step], Any]) -> Any:
        return self.step(do)

    def round(self) -> None:
        """One look at what is due, and what it sets going, to its end."""

        async def do() -> None:
            await self.judging.round(self.publishing.ledger())
            for task in (self.judging._task, self.judging._warming):
                if task is not None:
                    await task

        asyncio.run(do())

    def press(self, data: str) -> None:
        incoming = Incoming("press", chat_id=GROUP, user_id=7, group=True, message_id=1, name=data, query="q", staff=True, who="김담당")
        self.step(lambda step: self.approval.part.presses[data.split("|")[1]](step, incoming, data.split("|")))

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.rows(schema.proposals)]

    @property
    def texts(self) -> list[str]:
        """What is said in the group."""
        return [json.loads(row.payload).get("text", "") for row in self.rows(schema.outbox)]

    def rows(self, table: Any) -> list[Any]:
        with self.database.begin() as connection:
            return list(connection.execute(table.select().order_by(table.c.id)))


@pytest.fixture(scope="module")
def build() -> Callable[..., Engine]:
    tagger = open_tagger()
    return lambda content: Engine(content, tagger, Office("구청", "02-000-0000", "https://example.org", ""))


@pytest.fixture
def publishing(build, tmp_path) -> Publishing:
    """A bot with something saved beside what is published."""
    database = Database(f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}")
    database.upgrade()
    shop = Shop(build, database, tmp_path / "knowledge")
    shop.save(1)
    made = shop.start()
    shop.save(2)
    made.read()
    yield made
    database.dispose()


def safe(before, after, asked, told) -> Verdict:
    return Verdict("a", "b", 1)


def fails(before, after, asked, told) -> Verdict:
    raise GateError("질문 모음", "견주는 데 너무 오래 걸려 그만두었습니다.")


def breaks(before, after, asked, told) -> Verdict:
    raise ZeroDivisionError("a surprise")


@pytest.mark.parametrize(("judge", "said"), [(fails, "너무 오래 걸려"), (breaks, "봇의 잘못으로")], ids=["takes too long", "a fault"])
def test_a_judgement_that_fails_is_told_and_publishing_needs_a_second_press(publishing, judge, said):
    court = Court(publishing, judge)
    court.round()

    court.press("1|gp|1")
    asked = court.states
    base = court.rows(schema.proposals)[0].base
    court.press("1|gP|1|another")
    court.press(f"1|gP|1|{base}")

    assert said in court.texts[0]
    assert "고친 주제 1개: 비상벨" in court.texts[0]
    assert asked == ["open"]
    assert "그래도 올리려면" in court.texts[2]
    assert court.states == ["published"]
    assert [row.how for row in court.rows(schema.publications)] == ["start", "approved"]


def test_another_takes_over_from_a_judge_that_gives_no_sign_of_life(publishing):
    court = Court(publishing, safe)
    court.step(lambda step: court.approval.saw(step, publishing.saved))
    court.step(court.approval.claim)  # by one that dies then

    court.round()
    before = court.states
    court.now += dt.timedelta(seconds=proposals.JUDGE_SECONDS + 1)
    court.round()

    assert before == ["judging"]
    assert court.states == ["open"]


def test_what_waits_is_judged_anew_when_something_else_is_published(publishing):
    asked = []
    court = Court(publishing, lambda before, after, *_: asked.append(before) or Verdict("a", "b", 1))
    court.round()
    files = Snapshot({name: text.replace("1개", "3개") for name, text in publishing.serving.served.snapshot.files.items()}).pack()
    court.step(lambda step: publications.publish(step.connection, "v3", files, "command", NOW))

    court.round()

    assert [row.base for row in court.rows(schema.proposals)] == ["v3"]
    assert court.states == ["open"]
    assert len(asked) == 2
    assert asked[0] != asked[1]


def test_the_served_content_is_warmed_where_staff_decide_and_nothing_else_is_to_be_done(publishing, monkeypatch):
    monkeypatch.setattr(module, "WARM_SECONDS", 0)
    court = Court(publishing, safe)

    for _ in range(3):
        court.round()

    assert court.gate.warmed == [publishing.serving.served.snapshot]


def test_a_verdict_that_is_past_its_time_is_made_anew(publishing):
    court = Court(publishing, safe)
    court.round()
    court.step(lambda step: proposals.change(step.connection, 1, verdict=None))
    court.now += dt.timedelta(days=31)

    court.round()

    assert court.states == ["open"]
    assert court.rows(schema.proposals)[0].verdict


def test_all_differences_are_posted_some_messages_at_a_time(publishing):
    long = "아주 긴 질문입니다 " * 9
    differences = tuple(Difference("key", f"{n} {long}", 0, Told("answer", f"앞 {n} {long}"), Told("answer", f"뒤 {n} {long}")) for n in range(300))
    court = Court(publishing, lambda *_: Verdict("a", "b", 300, differences))
    court.round()
    before = len(court.texts)

    court.press("1|gm|1")
    first = court.rows(schema.outbox)[before + 1 :]
    button = json.loads(first[-1].payload)["buttons"][0]
    court.press(button[1])
    second = court.rows(schema.outbox)[before + 1 + len(first) + 1 :]

    assert len(first) == PAGES_AT_ONCE
    assert button[0] == "더 보기"
    shown = "\n".join(json.loads(row.payload)["text"] for row in (*first, *second))
    assert all(f"\n{n + 1}. " in f"\n{shown}" for n in range(50))

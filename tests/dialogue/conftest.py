"""Makers of small towns to talk with: real YAML, real tagger, the packaged intents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from bot.content import Content, load_content
from bot.dialogue import Pick, State
from bot.dialogue.wording import Office
from bot.engine import Engine, Turn
from bot.korean import Tagger, open_tagger

SEOUL = dt.timezone(dt.timedelta(hours=9))

DOCUMENTS = """
documents:
  - id: paper
    title: {ko: 「새소식」, en: New Paper}
    as_of: 2021-01-15
    label: {ko: 2021년 초, en: early 2021}
"""

TOWN = """
section: {ko: 동네, en: Town}
document: paper
topics:
  - id: lamp
    title: {ko: 은하가로등, en: Galaxy lamp}
    names: {ko: [은하가로등, 은하등], en: [Galaxy lamp]}
    answer: {ko: "은하가로등은 산책로를 밝히는 등이에요.", en: "The Galaxy lamp lights a path."}
    lines: "3"
    status: done
    facts:
      how_many: {ko: 은하가로등은 40개소예요., en: There are 40 sites of the Galaxy lamp., lines: "3-4"}
      where: {ko: 은하가로등은 강변에 있어요., en: The Galaxy lamp stands by the river.}
      status: {ko: 은하가로등 설치는 완료됐어요., en: The Galaxy lamp is finished.}
    counts:
      - {number: "40", units: [개소, 곳], printed: {ko: 40개소, en: 40 sites}}
  - id: clinic
    title: {ko: 튼튼진료소, en: Sturdy clinic}
    names: {ko: [튼튼진료소], en: [Sturdy clinic]}
    answer: {ko: 튼튼진료소는 주민을 검사하는 곳이에요., en: The Sturdy clinic tests residents.}
    known: {ko: 튼튼진료소가 있다는 것까지만 나와요., en: It only says that there is a Sturdy clinic.}
    claim: {ko: 튼튼진료소를 연다고만 나와요., en: It only says that it opens.}
    lines: "5"
    status: ongoing
    period: {from: 2020-12-14, until: 2021-02-14}
    facts:
      how_many: {ko: 튼튼진료소는 2개소예요., en: There are 2 Sturdy clinics.}
      until: {ko: 튼튼진료소는 2월 14일까지로 적혀 있어요., en: Until 14 February.}
      status: {ko: 튼튼진료소를 운영한다고 나와요., en: It is listed as running.}
  - id: room
    title: {ko: 도란도란방, en: Doran room}
    names: [도란도란방]
    questions: [아이 데리고 놀 만한 데]
    answer: {ko: 도란도란방은 아이들이 노는 곳이에요., en: The Doran room is for children.}
    lines: "6"
    facts:
      who: {ko: 도란도란방은 마을조합이 맡아요., en: A cooperative runs the Doran room.}
  - id: nest
    title: {ko: 포근둥지, en: Cosy nest}
    names: [포근둥지]
    questions: [아이 데리고 놀 만한 데]
    answer: {ko: 포근둥지는 아기들이 노는 곳이에요., en: The Cosy nest is for babies.}
    lines: "7"
  - id: places
    title: {ko: 놀이 공간, en: Places to play}
    names: [놀이 공간]
    answer: {ko: 놀이 공간으로는 이런 것이 실려 있어요., en: These are listed.}
    members: [room, nest]
    lines: "6-7"
"""

# The smallest file that is valid: see design.md.
SMALLEST = """
section: 안전
topics:
  - id: cctv
    title: 방범용 CCTV
    questions: [씨씨티비 몇 대 늘었어요]
    answer: 카메라는 열두 대예요.
"""


def seoul(*numbers: int) -> dt.datetime:
    """A time in Seoul."""
    return dt.datetime(*numbers, tzinfo=SEOUL)


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return open_tagger("mecab")


@pytest.fixture(scope="session")
def make_content(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Content]:
    """The content of one knowledge file and the documents it rests on."""

    def make(knowledge: str = TOWN, documents: str = DOCUMENTS) -> Content:
        folder = tmp_path_factory.mktemp("knowledge")
        (folder / "town.yaml").write_text(knowledge, encoding="utf-8")
        if documents:
            (folder / "documents.yaml").write_text(documents, encoding="utf-8")
        return load_content(folder)

    return make


@pytest.fixture(scope="session")
def make_engine(make_content: Callable[..., Content], tagger: Tagger) -> Callable[..., Engine]:
    """An engine over such a content; settings by name (official, fresh_days, idle_minutes)."""

    def make(knowledge: str = TOWN, documents: str = DOCUMENTS, official: bool = False, **settings: int) -> Engine:
        return Engine(make_content(knowledge, documents), tagger, Office("우리구청", "전화 777", official), **settings)

    return make


@pytest.fixture(scope="session")
def town(make_engine: Callable[..., Engine]) -> Engine:
    return make_engine()


@pytest.fixture(scope="session")
def smallest(make_engine: Callable[..., Engine]) -> Engine:
    return make_engine(SMALLEST, "")


@pytest.fixture(scope="session")
def talk(town: Engine) -> Callable[..., Turn]:
    """Says the messages one after the other and gives the last turn."""

    def say(*messages: str | Pick, engine: Engine = town, now: dt.datetime = seoul(2021, 2, 1, 9), state: State | None = None) -> Turn:  # noqa: B008
        for message in messages:
            turn = engine.reply(message, state, now)
            state = turn.state
        return turn

    return say

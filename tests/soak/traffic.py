"""Many residents at once, and what each of them must be told, in order."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import unescape

from botapi import BotApi

from bot.channels.telegram.conversation import Conversation
from bot.channels.telegram.incoming import Incoming
from bot.commands.opening import open_engine
from bot.config import Settings
from bot.store.records import Held

SEOUL = dt.timezone(dt.timedelta(hours=9))
FIRST_CHAT = 10_000
# No two that follow each other have the same answer, so that a repeat is told from the next answer.
QUESTIONS = (
    "비상벨은 몇 개 바꿨어요?",
    "스마트 그늘막은 몇 개예요?",
    "애데리고놀만한데요",
    "강남구 CCTV는 몇 대예요?",
    "장수축하금 얼마예요?",
    "쏠라표지병이 뭐예요?",
    "자전거 보험은 누가 받아요?",
    "임시선별진료소 언제까지 해요?",
    "노인들한테 해주는거 뭐있소",
    "is there anything for young people?",
)


@cache
def answers(count: int) -> tuple[str, ...]:
    """What a resident who asks the first `count` questions (again from the start after the last) is told, in plain text."""
    talk = Conversation(open_engine(Settings()), Settings(), "unused")
    stored: str | None = None
    told = []
    for n in range(count):
        incoming = Incoming("text", FIRST_CHAT, FIRST_CHAT, text=question(n), language="ko")
        response = talk.respond(incoming, stored, dt.datetime.now(SEOUL), lambda: Held(None, 0, None, ()))
        assert response.state is not None
        stored = json.dumps(response.state.as_json())
        told.append(plain(response.requests[0].payload["text"]))
    assert all(one != other for one, other in zip(told, told[1:], strict=False)), "two answers in a row are alike"
    return tuple(told)


def question(n: int) -> str:
    return QUESTIONS[n % len(QUESTIONS)]


def plain(html: str) -> str:
    return unescape(re.sub(r"</?i>", "", html))


@dataclass
class Traffic:
    """Chats that ask their questions in the same order.

    asked  when each question of a chat was asked (monotonic seconds)
    """

    api: BotApi
    chats: int
    first: int = FIRST_CHAT
    asked: dict[int, list[float]] = field(default_factory=dict)

    @property
    def ids(self) -> range:
        return range(self.first, self.first + self.chats)

    def ask(self, chat: int) -> None:
        """The next question of a chat."""
        times = self.asked.setdefault(chat, [])
        self.api.message(chat, question(len(times)))
        times.append(time.monotonic())

    def ask_all(self, rounds: int, per_second: float = 0.0) -> None:
        """Every chat asks so many questions, one chat after another; at a rate, or all at once."""
        for _ in pace(range(rounds * self.chats), per_second):
            self.ask(self.first + _ % self.chats)

    @property
    def total(self) -> int:
        return sum(map(len, self.asked.values()))

    def told(self, chat: int) -> list[str]:
        return [plain(sent.text) for sent in self.api.sent(chat)]

    def is_answered(self) -> bool:
        """Whether every chat has got its last answer."""
        for chat, times in self.asked.items():
            told = self.api.sent(chat)
            if len(told) < len(times) or plain(told[-1].text) != answers(len(times))[-1]:
                return False
        return True

    def verdict(self) -> Verdict:
        """What was lost, doubled or out of order."""
        verdict = Verdict()
        for chat, times in self.asked.items():
            self._judge(self.told(chat), answers(len(times)), verdict)
        return verdict

    def _judge(self, told: Sequence[str], expected: Sequence[str], verdict: Verdict) -> None:
        at = 0  # how many of the expected have come
        for text in told:
            if at < len(expected) and text == expected[at]:
                at += 1
            elif at and text == expected[at - 1]:
                verdict.doubled += 1
            else:
                verdict.disorder.append(text[:60])
        verdict.lost += len(expected) - at
        verdict.answered += at

    def latencies(self) -> list[float]:
        """Seconds from each question to its answer, shortest first; only where nothing was doubled."""
        found = []
        for chat, times in self.asked.items():
            found += [sent.at - asked for sent, asked in zip(self.api.sent(chat), times, strict=True)]
        return sorted(found)


@dataclass
class Verdict:
    answered: int = 0
    lost: int = 0
    doubled: int = 0
    disorder: list[str] = field(default_factory=list)


def pace(items: Iterable[int], per_second: float) -> Iterator[int]:
    """The items at that rate."""
    start = time.monotonic()
    for n, item in enumerate(items):
        if per_second:
            time.sleep(max(0.0, start + n / per_second - time.monotonic()))
        yield item


def percentile(values: Sequence[float], share: float) -> float:
    """Of sorted values."""
    return values[min(len(values) - 1, int(len(values) * share))]

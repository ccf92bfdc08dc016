"""What /mydata shows: all that the store holds of a person, line by line. Every sentence stands in intents/telegram.yaml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Protocol

from bot.channels.session import SEOUL
from bot.store.records import Held, HeldHandoff

SHOWN_QUESTIONS = 20


class Say(Protocol):
    """Gives a sentence of intents/, filled."""

    def __call__(self, key: str, **values: str) -> str: ...


def held_lines(held: Held, say: Say, now: dt.datetime) -> list[str]:
    """The lines; none where nothing is held."""
    return [*_of_replies(held, say), *_of_handoffs(held, say, now)]


def _of_replies(held: Held, say: Say) -> Iterator[str]:
    if held.talked_at:
        yield say("mydata_state", when=_when(held.talked_at))
    if held.since:
        yield say("mydata_replies", count=str(held.replies), since=_when(held.since))
    if held.votes:
        yield say("mydata_votes", count=str(held.votes))
    if held.questions:
        yield say("mydata_questions", count=str(len(held.questions)))
        yield from (f"  {_when(at)} {text}" for at, text in held.questions[:SHOWN_QUESTIONS])
        rest = len(held.questions) - SHOWN_QUESTIONS
        if rest > 0:
            yield say("mydata_more", count=str(rest))


def _of_handoffs(held: Held, say: Say, now: dt.datetime) -> Iterator[str]:
    if held.handoffs:
        yield say("mydata_handoffs", count=str(len(held.handoffs)))
    for one in held.handoffs:
        yield from _handoff(one, say)
    if held.draft:
        yield say("mydata_draft", text=held.draft)
    if held.blocked_until and held.blocked_until > now:
        yield say("mydata_blocked", until=_when(held.blocked_until))


def _handoff(one: HeldHandoff, say: Say) -> Iterator[str]:
    state = say(f"mydata_handoff_{one.state}")
    yield say("mydata_handoff", number=str(one.number), when=_when(one.at), state=state, text=one.text or say("mydata_handoff_erased"))
    yield from (say("mydata_handoff_answer", text=answer) for answer in one.answers)


def _when(time: dt.datetime) -> str:
    return f"{time.astimezone(SEOUL):%Y-%m-%d %H:%M}"

"""The week as staff are told it: what was asked in vain, which answers are called wrong, what runs out, and what was passed on to them.

Figures and ids, and one text of residents: the example of a group of questions, masked as it is kept. Left to others: how it is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bot.content import Content
from bot.desk.hours import OfficeHours
from bot.store import handoffs, reports, votes
from bot.store.database import Database
from bot.store.grouping import Group
from bot.store.handoffs import Handoff
from bot.store.reading import reading
from bot.store.votes import Tally
from bot.times import in_seoul

DAYS = 7
SOON_DAYS = 14  # in which a period ends that is told of
MOST = 5  # of what is listed


@dataclass(frozen=True, slots=True)
class Ending:
    """A topic whose printed period is over or soon will be. until: the last day of it."""

    topic: str
    until: dt.date


@dataclass(frozen=True, slots=True)
class Inquiries:
    """What residents passed on to staff.

    made        in the week; answered, withdrawn: how many of them
    open        now, however old
    typical, longest  office hours from an inquiry of the week to its first answer; None where none was answered
    """

    made: int
    answered: int
    withdrawn: int
    open: int
    typical: dt.timedelta | None
    longest: dt.timedelta | None

    @property
    def without_answer(self) -> int:
        """Those of the week that wait, or were closed as they came."""
        return self.made - self.answered - self.withdrawn


@dataclass(frozen=True, slots=True)
class Digest:
    """One week.

    groups      questions without an answer, the most asked first, MOST at most; all_groups: how many there are
    against     topics whose answers were voted against, MOST at most
    over, soon  topics by the end of their period: that came last first, and that comes next first
    """

    since: dt.datetime
    until: dt.datetime
    groups: tuple[Group, ...]
    all_groups: int
    against: tuple[Tally, ...]
    over: tuple[Ending, ...]
    soon: tuple[Ending, ...]
    inquiries: Inquiries

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.groups or self.against or self.over or self.soon or self.inquiries.made or self.inquiries.open)


def gather(
    database: Database, content: Content, words: Callable[[str], Sequence[str]], hours: OfficeHours, bot: int, now: dt.datetime
) -> Digest:  # fmt: skip
    """The seven days before `now`. It takes seconds where much was asked, and keeps nobody waiting.

    words  the words of a text that name its subject (subject_words in matching/subject.py)
    bot    whose hand-offs they are

    Raises StoreError.
    """
    now = in_seoul(now)
    since = now - dt.timedelta(days=DAYS)
    groups = reports.unanswered(database, words, since)
    with reading(database) as connection:
        against = [one for one in votes.against(connection, since) if one.topic in content.topics]
        made, is_open = handoffs.made_since(connection, bot, since), handoffs.all_open(connection, bot)
    over, soon = endings(content, now.date())
    return Digest(since, now, tuple(groups[:MOST]), len(groups), tuple(against[:MOST]), over, soon, _inquiries(made, len(is_open), hours))


def endings(content: Content, today: dt.date) -> tuple[tuple[Ending, ...], tuple[Ending, ...]]:
    """(over, soon): topics whose period has ended before today, and those whose period ends within SOON_DAYS."""
    found = [Ending(topic.id, topic.period.until) for topic in content.topics.values() if topic.period is not None and topic.period.until is not None]
    over = sorted((one for one in found if one.until < today), key=lambda one: (one.until, one.topic), reverse=True)
    soon = sorted((one for one in found if today <= one.until <= today + dt.timedelta(days=SOON_DAYS)), key=lambda one: (one.until, one.topic))
    return tuple(over), tuple(soon)


def _inquiries(made: Sequence[Handoff], is_open: int, hours: OfficeHours) -> Inquiries:
    waited = [hours.open_time(one.at, one.answered_at) for one in made if one.answered_at is not None]
    withdrawn = sum(one.state == "withdrawn" and one.answered_at is None for one in made)
    typical = dt.timedelta(seconds=median(one.total_seconds() for one in waited)) if waited else None
    return Inquiries(len(made), len(waited), withdrawn, is_open, typical, max(waited, default=None))


__all__ = ["DAYS", "MOST", "SOON_DAYS", "Digest", "Ending", "Inquiries", "endings", "gather"]

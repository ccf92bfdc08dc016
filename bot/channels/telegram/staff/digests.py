"""The week's digest, posted to the group of the staff at its time or when it is asked for.

Promises: it is posted once, over all replicas and restarts; after an outage late, or not at all where it would be older than two days. What
stands in it of a question goes when the question goes from the records.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.serving import Serving
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.staff.digest_text import filled, page
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Part, change, say
from bot.channels.telegram.staff.pausing import Pausing
from bot.channels.telegram.step import Act, Errand, Step
from bot.content import Content
from bot.desk.digest import Digest, gather
from bot.desk.hours import OfficeHours
from bot.matching import subject_words
from bot.store import notes, pauses, reports
from bot.store.database import Database

NAME = "digest"
LATE = dt.timedelta(days=2)  # after which a digest that was missed is not sent any more
AGAIN = dt.timedelta(minutes=10)  # between tries to gather it
_KEPT = "digest at "  # name of the note of one that stands in the group; behind it the id of the message


@dataclass(frozen=True, slots=True)
class _Found:
    """What was gathered, and the content that it names topics of."""

    digest: Digest
    content: Content


class Digests:
    """When it is posted, and what becomes of it."""

    def __init__(self, serving: Serving, group: StaffGroup, hours: OfficeHours, database: Database, pausing: Pausing) -> None:
        self.serving, self.group, self.hours, self.database, self.pausing = serving, group, hours, database, pausing
        self._next_try: dt.datetime | None = None
        self.part = Part(
            NAME,
            presses={"dp": self._pause},
            commands={"digest": (self._show, "지난 한 주의 소식 보기")},
            arrived=self._arrived,
            tick=self._tick,
        )

    # -- at its time ---------------------------------------------------------------------------------------------

    def _tick(self, step: Step) -> None:
        self._wipe(step)
        due = self._due(step)
        if due is None or not self.group.is_usable or (self._next_try is not None and step.now < self._next_try):
            return
        self._next_try = step.now + AGAIN

        def post(step: Step, found: _Found) -> None:
            if notes.advance(step.connection, NAME, due):
                self._post(step, found)

        self._gather(step, post, lambda step: None)

    def _due(self, step: Step) -> str | None:
        """The time of the digest that is to be posted now, as it is remembered; None where there is none."""
        if self.hours.digest is None:
            return None
        latest = self.hours.digest.latest(step.now)
        last, due = notes.recall(step.connection, NAME), f"{latest.astimezone(dt.timezone.utc):%Y-%m-%dT%H:%M}"
        if not last:
            notes.advance(step.connection, NAME, due)  # a bot that is new has missed nothing
            return None
        return due if last < due and step.now - latest <= LATE else None

    def _gather(self, step: Step, post: Callable[[Step, _Found], None], failed: Act) -> None:
        """Has the figures gathered beside everything else, and posted."""
        bot, now = step.bot, step.now

        def do() -> Act:
            engine = self.serving.engine
            words = subject_words(engine.understander.lexicon)
            found = _Found(gather(self.database, engine.content, words, self.hours, bot, now), engine.content)
            return lambda step: post(step, found)

        step.errands.append(Errand(do, failed))

    # -- when it is asked for ------------------------------------------------------------------------------------

    def _show(self, step: Step, incoming: Incoming) -> None:
        thread, asked = incoming.thread_id, incoming.message_id

        def failed(step: Step) -> None:
            say(step, self.group, "봇의 잘못으로 한 주의 소식을 모으지 못했습니다. 잠시 뒤에 다시 해 주세요.", None, thread, asked)

        self._gather(step, lambda step, found: self._post(step, found, thread, asked), failed)

    def _pause(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        if self.pausing.stop(step, incoming, parts[2]):
            self.pausing.confirm(step, incoming, parts[2])

    # -- in the group --------------------------------------------------------------------------------------------

    def _post(self, step: Step, found: _Found, thread_id: int | None = None, reply_to: int | None = None) -> None:
        shown = page(found.digest, found.content, pauses.paused(step.connection))
        text = filled(shown.template, {one.keys[0]: one.example for one in found.digest.groups})
        note = {"part": NAME, "text": shown.template, "shown": shown.shown, "buttons": shown.buttons, "thread_id": thread_id}
        say(step, self.group, text, shown.buttons, thread_id, reply_to, note if shown.shown else None)

    def _arrived(self, step: Step, note: Mapping[str, Any], message_id: int) -> None:
        if message_id and self.group.chat_id is not None:
            kept = {**note, "chat": step.keys.chat(self.group.chat_id), "gone": []}
            notes.remember(step.connection, f"{_KEPT}{message_id}", json.dumps(kept, ensure_ascii=False))

    def _wipe(self, step: Step) -> None:
        """Takes out of the group what is no longer kept of residents' questions: because of its age, or since they had it deleted."""
        for name, value in notes.beginning_with(step.connection, _KEPT).items():
            kept = json.loads(value)
            examples = reports.examples(step.connection, kept["shown"])
            gone = [key for key in kept["shown"] if key not in examples]
            if gone == kept["gone"]:
                continue
            if kept["chat"] == step.keys.chat(self.group.chat_id or 0):  # a group that has moved left its messages behind
                text = filled(kept["text"], examples)
                change(step, self.group, int(name.removeprefix(_KEPT)), text, kept["buttons"], kept["thread_id"])
            if examples:
                notes.remember(step.connection, name, json.dumps({**kept, "gone": gone}, ensure_ascii=False))
            else:
                notes.forget(step.connection, name)


__all__ = ["Digests"]

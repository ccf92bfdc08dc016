"""Which updates of Telegram's are taken in at all: how many a minute, whose, and which of them say something that was not said before.

Promises: nothing is counted before it is stored, for an update that could not be stored comes again; nothing is known of a text but a number,
and that in memory only. What staff do is never counted: an answer must not be lost because many have come.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

from telegram import Update

from bot.channels.telegram.flow import Flow
from bot.channels.telegram.incoming import Incoming, Self, chat_of, read_update
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.incoming import read_staff
from bot.config import LimitSettings
from bot.store.keys import Keys

PRESSES = 5  # beyond the limit so many times as many presses are still acknowledged
FLOW = "flow"  # the kind of a message that came too fast


@dataclass(frozen=True, slots=True)
class Taken:
    """An update that is to be stored. chat, person: hashes; in_group: whether it comes from the group of the staff."""

    incoming: Incoming
    chat: str
    person: str
    in_group: bool


class Intake:
    """The door of the mailroom."""

    def __init__(self, bot: Self, keys: Keys, staff: StaffGroup, limits: LimitSettings, metrics: Metrics) -> None:
        self.bot, self.keys, self.staff, self.limits, self.metrics = bot, keys, staff, limits, metrics
        limit = limits.messages_per_minute
        self._pace, self._presses, self._notices, self._albums = Flow(limit), Flow(PRESSES * limit), Flow(1), Flow(1)
        self._texts = _Texts()

    def read(self, update: Update, is_staff: bool) -> Taken | None:
        """What is to be stored of an update, or None where it is left out.

        is_staff  whether whoever did it belongs to the group of the staff at this moment
        """
        chat_id = chat_of(update)
        in_group = self.staff.is_here(chat_id)
        seen = read_staff(update, self.bot) if in_group else read_update(update, self.bot, 0)
        if in_group and seen is not None:
            seen = replace(seen, staff=is_staff) if is_staff or seen.kind not in ("answer", "command") else None
        if seen is None or chat_id is None:
            self.metrics.dropped("no_question")
            return None
        chat, person = self.keys.chat(chat_id), self.keys.person(seen.user_id)
        kept = seen if in_group else self._kept(update, seen, chat, person)
        return None if kept is None else Taken(replace(kept, person=person), chat, person, in_group)

    def count(self, update: Update, taken: Taken) -> None:
        """It has been stored."""
        if taken.in_group:
            return
        if taken.incoming.kind == FLOW:
            (self._presses if taken.incoming.query else self._notices).count(taken.chat)
            return
        self._texts.note(taken.chat, taken.incoming)
        album = _album(update, taken.chat)
        if album:
            self._albums.count(album)
        self._pace.count(taken.chat)
        self._pace.count(taken.person)

    def _kept(self, update: Update, seen: Incoming, chat: str, person: str) -> Incoming | None:
        """What is kept of a resident's update. seen: without its text, which costs more to read than to leave out."""
        if not self._is_paced(seen, chat, person):
            rates = self._presses if seen.kind == "press" else self._notices
            if not rates.has_room(chat):
                self.metrics.dropped("flow")
                return None
            return replace(seen, kind=FLOW, name="", message_id=None)
        incoming = read_update(update, self.bot, self.limits.message_length)
        assert incoming is not None
        if incoming.edited and ((incoming.kind == "media" and not incoming.text) or self._texts.is_known(chat, incoming)):
            # A live location moves, a preview loads: Telegram calls that an edit too.
            self.metrics.dropped("unchanged")
            return None
        album = _album(update, chat)
        if album and not incoming.text and not self._albums.has_room(album):
            self.metrics.dropped("album")
            return None
        return incoming

    def _is_paced(self, seen: Incoming, chat: str, person: str) -> bool:
        """Whether chat and person stay within what may come in a minute; a person may write in many groups."""
        return seen.kind in ("moved", "left", "joined") or (self._pace.has_room(chat) and self._pace.has_room(person))


def _album(update: Update, chat: str) -> str:
    """What the pictures of one album share, or ""; they come as messages of their own, and need one answer."""
    album = update.message.media_group_id if update.message else None
    return f"{chat}:{album}" if album else ""


class _Texts:
    """What the messages of late said, as numbers: an edit that changes nothing needs no second answer. In memory only."""

    MOST = 10_000

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, int | None], int] = OrderedDict()

    def is_known(self, chat: str, incoming: Incoming) -> bool:
        return self._said.get((chat, incoming.message_id)) == hash((incoming.kind, incoming.name, incoming.text))

    def note(self, chat: str, incoming: Incoming) -> None:
        if incoming.kind in ("text", "media", "command"):
            self._said[chat, incoming.message_id] = hash((incoming.kind, incoming.name, incoming.text))
            while len(self._said) > self.MOST:
                self._said.popitem(last=False)

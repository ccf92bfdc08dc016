"""One step of the mailroom: a transaction, the time it is of, and what is posted in it, to whichever chat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from bot.channels.telegram.layout import Request
from bot.store import mail
from bot.store.keys import Keys


@dataclass(slots=True)
class Step:
    """Everything that is done with one message is done with one of these, and kept whole or not at all.

    now      aware, in Seoul's zone
    visits   chats (hashes) for which something was posted: they are looked after when the transaction has ended
    errands  what is begun when the transaction has been kept
    """

    connection: Connection
    now: dt.datetime
    bot: int
    keys: Keys
    visits: list[str] = field(default_factory=list)
    errands: list[Errand] = field(default_factory=list)

    def post(
        self,
        chat_id: int,
        requests: Iterable[Request],
        person: str = "",
        note: dict[str, Any] | None = None,
        once: bool = False,
        reply_id: int | None = None,
        since: dt.datetime | None = None,
    ) -> None:
        """Puts requests last in the queue of a chat.

        person  whose they are: with what is kept of that person they go
        note    of the last of them: what is to be noted when it has arrived, or told when it cannot (see mail.Parcel)
        since   when that came which they answer
        """
        chat, posted = self.keys.chat(chat_id), [*requests]
        for request in posted:
            noted = note if request is posted[-1] else None
            of = reply_id if request.method == "sendMessage" else None
            mail.post(self.connection, self.bot, chat, person, request.method, request.payload, since or self.now, of, noted, once)
        if posted and chat not in self.visits:
            self.visits.append(chat)


Act = Callable[[Step], object]


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that takes too long to be done in a step.

    do      called in a thread of its own, with no transaction; what it returns is then done in a step
    failed  is done in its place where `do` raises
    """

    do: Callable[[], Act]
    failed: Act

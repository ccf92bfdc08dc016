"""Figures for Prometheus: every name, help and label in one place.

Promises: a label holds one of a fixed set of words, and "other" for anything else; never an id, a text or a name. Each Metrics has a
registry of its own. Thread-safe.
"""

from __future__ import annotations

import re

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
OTHER = "other"

# What a label may hold.
UPDATES = frozenset("text command press media joined left moved flow staff".split())
REPLIES = UPDATES | frozenset("answer partial clarify fallback chitchat cancel".split())
METHODS = frozenset(
    """sendMessage editMessageText editMessageReplyMarkup answerCallbackQuery sendChatAction sendPhoto sendDocument sendLocation deleteMessage
    leaveChat getMe getUpdates setWebhook deleteWebhook getWebhookInfo setMyCommands setMyDescription setMyShortDescription
    createForumTopic closeForumTopic reopenForumTopic""".split()
)
FAILURES = frozenset("blocked chat_closed migrated network refused too_many_requests unauthorized".split())
DROPS = frozenset("album duplicate flow no_question unchanged".split())
RELOADS = frozenset("same loaded refused waiting".split())
PLACES = frozenset("answer content delivery engine handler intake job loop operation purge send staff store sweep webhook worker".split())

_HANDLING = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ENGINE = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_VERSION = re.compile(r"[\w.+-]{1,64}", re.ASCII)


class Metrics:
    """What the bot has done and how it is; `render` for Prometheus."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._updates = self._counter("updates", "Updates received from Telegram.", "kind", UPDATES)
        self._replies = self._counter("replies", "Replies by what they are.", "kind", REPLIES)
        self._sent = self._counter("sent", "Requests that Telegram carried out.", "method", METHODS)
        self._failures = self._counter("send_failures", "Requests that Telegram refused or that did not reach it.", "reason", FAILURES)
        self._dropped = self._counter("dropped", "Updates left without a reply.", "reason", DROPS)
        self._reloads = self._counter("reloads", "Changes of the content: taken in, refused, or waiting for staff.", "result", RELOADS)
        self._errors = self._counter("errors", "Faults of the program by where they came up.", "where", PLACES)
        self._handling = self._histogram("handling_seconds", "From the receipt of an update until its reply is handed to Telegram.", _HANDLING)
        self._engine = self._histogram("engine_seconds", "What it took to find a reply and to store it.", _ENGINE)
        self._inbox = self._gauge("inbox_waiting", "Updates received and not yet handled.")
        self._outbox = self._gauge("outbox_waiting", "Messages not yet handed to Telegram.")
        self._store = self._gauge("store_up", "1 while the database can be used.")
        self._telegram = self._gauge("telegram_up", "1 while Telegram can be reached and lets the bot in.")
        self._staff = self._gauge("staff_ok", "0 while the group of the staff that the settings name cannot be used.")
        self._content = self._gauge("content_ok", "1 while the newest content is in use, 0 while a change of it is refused.")
        self._published = self._gauge("content_published", "1 while what is published is in use, 0 while this program cannot read it.")
        self._info = Gauge("yongsan_bot_content_info", "The content in use.", ["version"], registry=self.registry)
        self._last = self._gauge("last_update_timestamp_seconds", "When the last update was received, in seconds since 1970.")
        ProcessCollector(registry=self.registry)

    def render(self) -> bytes:
        """Everything in Prometheus' text format; its content type is CONTENT_TYPE."""
        return generate_latest(self.registry)

    def update(self, kind: str) -> None:
        """An update came in now."""
        self._updates.labels(_known(kind, UPDATES)).inc()
        self._last.set_to_current_time()

    def reply(self, kind: str, seconds: float) -> None:
        """A reply was made, in so many seconds."""
        self._replies.labels(_known(kind, REPLIES)).inc()
        self._engine.observe(seconds)

    def sent(self, method: str) -> None:
        """Telegram carried out a request."""
        self._sent.labels(_known(method, METHODS)).inc()

    def failed(self, reason: str) -> None:
        """A request to Telegram failed."""
        self._failures.labels(_known(reason, FAILURES)).inc()

    def dropped(self, reason: str) -> None:
        """An update gets no reply."""
        self._dropped.labels(_known(reason, DROPS)).inc()

    def reloaded(self, result: str) -> None:
        """A change of the content was taken in or refused."""
        self._reloads.labels(_known(result, RELOADS)).inc()

    def error(self, where: str) -> None:
        """A fault of the program."""
        self._errors.labels(_known(where, PLACES)).inc()

    def handled(self, seconds: float) -> None:
        """From the receipt of an update until its reply was handed to Telegram."""
        self._handling.observe(seconds)

    def waiting(self, *, inbox: int | None = None, outbox: int | None = None) -> None:
        """How many wait; None leaves a figure as it is."""
        if inbox is not None:
            self._inbox.set(inbox)
        if outbox is not None:
            self._outbox.set(outbox)

    def store(self, up: bool) -> None:
        """Whether the database can be used."""
        self._store.set(up)

    def telegram(self, up: bool) -> None:
        """How things stand with Telegram."""
        self._telegram.set(up)

    def staff(self, ok: bool) -> None:
        """Whether the group of the staff can be used, where there is one."""
        self._staff.set(ok)

    def content(self, version: str, ok: bool) -> None:
        """The content in use, and whether it is the newest that was saved."""
        self._info.clear()  # one version at a time, or every reload would leave a line behind
        self._info.labels(version if _VERSION.fullmatch(version) else OTHER).set(1)
        self._content.set(ok)

    def published(self, taken: bool) -> None:
        """Whether what is published is in use."""
        self._published.set(taken)

    def _counter(self, name: str, what: str, label: str, values: frozenset[str]) -> Counter:
        counter = Counter(f"yongsan_bot_{name}", what, [label], registry=self.registry)
        for value in sorted(values):
            counter.labels(value)  # there from the start: a rate cannot be told of a line that appears with its first event
        return counter

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(f"yongsan_bot_{name}", what, registry=self.registry)

    def _histogram(self, name: str, what: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"yongsan_bot_{name}", what, registry=self.registry, buckets=buckets)


def _known(value: str, values: frozenset[str]) -> str:
    return value if value in values else OTHER

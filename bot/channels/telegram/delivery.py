"""Sends what waits in the outbox, and judges what Telegram says to it.

Promises: an outcome for every request, never an exception of Telegram's; what may have been carried out without an answer is tried again,
for a message twice is better than none. Whether nothing can have been carried out is said, for those to whom it is not.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx
import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.store.mail import Parcel

_DAY = 86_400.0
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# Telegram's refusals that need no message to anybody: what was asked for is so already, or has come too late to matter.
_DONE = ("message is not modified", "query is too old", "query id is invalid", "topic_not_modified")
_CLOSED = ("chat not found", "chat_write_forbidden", "not enough rights to send", "have no rights to send", "user is deactivated", "peer_id_invalid",
           "bot was kicked", "need administrator rights", "group chat was deactivated")  # fmt: skip
_NO_THREAD = ("thread not found", "topic_closed", "topic_deleted", "not a forum")
_CANNOT_EDIT = ("message to edit not found", "message can't be edited", "message_id_invalid")

# Of the library's transport: the request has not left this machine, so nothing was carried out.
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

_carried_out: ContextVar[bool] = ContextVar("carried_out", default=False)  # whether Telegram said so of the request that is under way

log = structlog.get_logger()


class SendingRequest(HTTPXRequest):
    """HTTPXRequest that notes whether Telegram carried the request out, whatever the library makes of the rest of the answer."""

    async def do_request(self, *arguments: Any, **options: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*arguments, **options)
        _carried_out.set(code == HTTPStatus.OK and payload.lstrip()[:1] == b"{")
        return code, payload


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request.

    kind        sent, retry (after `seconds`), moved (to `new_id`), failed, closed (the chat takes nothing more) or barred (the token is refused)
    reason      why, in a word
    message_id  of what was sent; of a forum topic that was opened, its thread; 0 where that is not known
    is_certain  of a retry: whether nothing can have been carried out
    """

    kind: str
    reason: str = ""
    seconds: float = 0.0
    new_id: int = 0
    message_id: int = 0
    is_certain: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sends by one bot."""

    bot: ExtBot[Any]
    pause: float = 1.0  # seconds before the second try; doubled from try to try
    longest: float = 300.0

    async def deliver(self, parcel: Parcel) -> Outcome:
        """Carries out a request once."""
        _carried_out.set(False)
        try:
            message_id = await self._call(parcel.method, parcel.payload)
        except TelegramError as error:
            return self._judge(error, parcel)
        except Exception:
            # Telegram's answer holds what the library cannot read. Whether it was done, it says all the same.
            log.exception("answer not understood", done=_carried_out.get())
            return Outcome("sent") if _carried_out.get() else self._later(parcel)
        return Outcome("sent", message_id=message_id)

    async def _call(self, method: str, payload: dict[str, Any]) -> int:
        """Carries out a request; the id of the message, or of the thread, that it made, else 0."""
        if method == "answerCallbackQuery":
            is_alert = bool(payload.get("text")) and not payload.get("brief")
            await self.bot.answer_callback_query(payload["query"], text=payload.get("text"), show_alert=is_alert)
        elif method == "editMessageText":
            return await self._edit(payload)
        elif method == "editMessageReplyMarkup":
            await self._rebutton(payload)
        elif method == "createForumTopic":
            return (await self.bot.create_forum_topic(payload["chat_id"], payload["name"])).message_thread_id
        elif method == "closeForumTopic":
            await self.bot.close_forum_topic(payload["chat_id"], payload["thread_id"])
        elif method == "reopenForumTopic":
            await self.bot.reopen_forum_topic(payload["chat_id"], payload["thread_id"])
        else:
            return await self._send(payload)
        return 0

    async def _send(self, payload: dict[str, Any]) -> int:
        answered = payload.get("reply_to")
        try:
            sent = await self.bot.send_message(
                payload["chat_id"],
                payload["text"],
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                message_thread_id=payload.get("thread_id"),
                reply_parameters=ReplyParameters(answered, allow_sending_without_reply=True) if answered else None,
                reply_markup=_keyboard(payload),
            )
        except BadRequest as error:
            if payload.get("thread_id") is None or not any(said in str(error).lower() for said in _NO_THREAD):
                raise
            return await self._send({**payload, "thread_id": None})  # the topic was deleted or closed: the group still gets the answer
        return sent.message_id

    async def _edit(self, payload: dict[str, Any]) -> int:
        try:
            await self.bot.edit_message_text(
                payload["text"],
                chat_id=payload["chat_id"],
                message_id=payload["message_id"],
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=_keyboard(payload),
            )
        except BadRequest as error:
            if not any(said in str(error).lower() for said in _CANNOT_EDIT):
                raise
            return await self._send(payload)
        return int(payload["message_id"])

    async def _rebutton(self, payload: dict[str, Any]) -> None:
        try:
            await self.bot.edit_message_reply_markup(payload["chat_id"], payload["message_id"], reply_markup=_keyboard(payload))
        except BadRequest as error:
            if not any(said in str(error).lower() for said in _CANNOT_EDIT):  # gone, and its buttons with it
                raise

    def _judge(self, error: TelegramError, parcel: Parcel) -> Outcome:
        said = str(error).lower()
        if isinstance(error, RetryAfter):
            after = error.retry_after
            seconds = float(after if isinstance(after, int) else after.total_seconds())
            return Outcome("retry", "too_many_requests", min(max(seconds, 0.0), _DAY) + 0.1, is_certain=True)
        if isinstance(error, ChatMigrated):
            return Outcome("moved", "migrated", new_id=error.new_chat_id)
        if is_unauthorized(error):
            return Outcome("barred", "unauthorized")
        if isinstance(error, Forbidden):
            return Outcome("closed", "blocked")
        if isinstance(error, BadRequest):
            if any(one in said for one in _DONE):
                return Outcome("sent")
            return Outcome("closed", "chat_closed") if any(one in said for one in _CLOSED) else Outcome("failed", "refused")
        # A 404 is an InvalidToken to the library too; but the token was right at the start, so it is a server in between.
        is_certain = isinstance(error, InvalidToken) or isinstance(error.__cause__, _NEVER_LEFT)
        return self._later(parcel, is_certain)  # no answer, or none of Telegram's

    def _later(self, parcel: Parcel, is_certain: bool = False) -> Outcome:
        return Outcome("retry", "network", min(self.longest, self.pause * 2.0 ** min(parcel.attempts, 12)), is_certain=is_certain)


def is_unauthorized(error: TelegramError) -> bool:
    """Whether the token is refused. The library says so of a 404 too, which a proxy may have answered."""
    return isinstance(error, InvalidToken) and "unauthorized" in str(error).lower()


def _keyboard(payload: dict[str, Any]) -> InlineKeyboardMarkup | None:
    """One button a row; where an entry is a list of buttons, they share one."""
    entries = [entry if isinstance(entry[0], list) else [entry] for entry in payload.get("buttons", ())]
    rows = [[InlineKeyboardButton(label, callback_data=data) for label, data in entry] for entry in entries]
    return InlineKeyboardMarkup(rows) if rows else None

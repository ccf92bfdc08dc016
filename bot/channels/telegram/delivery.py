"""Sends what waits in the outbox, and judges what Telegram says to it.

Promises: an outcome for every request, never an exception of Telegram's; what may have been carried out without an answer is tried again,
for a message twice is better than none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.store.mail import Parcel

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# Telegram's refusals that need no message to anybody: what was asked for is so already, or has come too late to matter.
_DONE = ("message is not modified", "query is too old", "query id is invalid")
_CLOSED = ("chat not found", "chat_write_forbidden", "not enough rights to send", "have no rights to send", "user is deactivated", "peer_id_invalid",
           "bot was kicked", "need administrator rights", "topic_closed", "group chat was deactivated")  # fmt: skip
_CANNOT_EDIT = ("message to edit not found", "message can't be edited", "message_id_invalid")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request.

    kind    sent, retry (after `seconds`), moved (to `new_id`), failed, closed (the chat takes nothing more) or barred (the token is refused)
    reason  why, in a word
    """

    kind: str
    reason: str = ""
    seconds: float = 0.0
    new_id: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sends by one bot."""

    bot: ExtBot[Any]
    pause: float = 1.0  # seconds before the second try; doubled from try to try
    longest: float = 300.0

    async def deliver(self, parcel: Parcel) -> Outcome:
        """Carries out a request once."""
        try:
            await self._call(parcel.method, parcel.payload)
        except TelegramError as error:
            return self._judge(error, parcel)
        return Outcome("sent")

    async def _call(self, method: str, payload: dict[str, Any]) -> None:
        if method == "answerCallbackQuery":
            await self.bot.answer_callback_query(payload["query"], text=payload.get("text"), show_alert=bool(payload.get("text")))
        elif method == "editMessageText":
            await self._edit(payload)
        else:
            await self._send(payload)

    async def _send(self, payload: dict[str, Any]) -> None:
        answered = payload.get("reply_to")
        try:
            await self.bot.send_message(
                payload["chat_id"],
                payload["text"],
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                message_thread_id=payload.get("thread_id"),
                reply_parameters=ReplyParameters(answered, allow_sending_without_reply=True) if answered else None,
                reply_markup=_keyboard(payload),
            )
        except BadRequest as error:
            if payload.get("thread_id") is None or "thread not found" not in str(error).lower():
                raise
            await self._send({**payload, "thread_id": None})  # the topic was deleted: the group still gets the answer

    async def _edit(self, payload: dict[str, Any]) -> None:
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
            await self._send(payload)

    def _judge(self, error: TelegramError, parcel: Parcel) -> Outcome:
        said = str(error).lower()
        if isinstance(error, RetryAfter):
            after = error.retry_after
            return Outcome("retry", "too_many_requests", float(after if isinstance(after, int) else after.total_seconds()) + 0.1)
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
        if isinstance(error, (NetworkError, Conflict, InvalidToken)):
            return Outcome("retry", "network", min(self.longest, self.pause * 2.0 ** min(parcel.attempts, 12)))
        return Outcome("failed", "network" if isinstance(error, NetworkError) else "refused")


def is_unauthorized(error: TelegramError) -> bool:
    """Whether the token is refused. The library says so of a 404 too, which a proxy may have answered."""
    return isinstance(error, InvalidToken) and "unauthorized" in str(error).lower()


def _keyboard(payload: dict[str, Any]) -> InlineKeyboardMarkup | None:
    """One button a row."""
    rows = [[InlineKeyboardButton(label, callback_data=data)] for label, data in payload.get("buttons", ())]
    return InlineKeyboardMarkup(rows) if rows else None

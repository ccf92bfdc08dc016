"""From an update of the group of the staff to what the bot needs of it.

Promises: what staff write to each other is not read, let alone stored. Only this is: an explicit answer to a message of the bot's, a command,
a press of a button. In a thread Telegram makes every message an answer to the one that opened the thread; that is not an explicit one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from telegram import Message, MessageEntity, Update

from bot.channels.telegram.incoming import Incoming, Self, is_present, press

_LENGTH = 8192  # characters of an answer; Telegram lets nobody write more than 4,096


def read_staff(update: Update, bot: Self) -> Incoming | None:
    """What the update asks of the bot, or None where it asks nothing. Answers are not masked: staff may name telephone numbers."""
    if update.callback_query is not None:
        found = press(update.callback_query)
        return None if found is None else _named(found, update)
    if update.my_chat_member is not None:
        change = update.my_chat_member
        here = is_present(change.new_chat_member)
        return Incoming("joined" if here else "left", chat_id=change.chat.id, user_id=change.from_user.id, group=True)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.migrate_to_chat_id is not None:
        return Incoming("moved", message.chat.id, message.chat.id, group=True, new_id=message.migrate_to_chat_id)
    if message.is_automatic_forward or _is_machine(message):
        return None
    return _message(message, bot, update)


def _message(message: Message, bot: Self, update: Update) -> Incoming | None:
    text, entities = message.text or message.caption or "", message.entities or message.caption_entities or ()
    common: dict[str, Any] = {
        "chat_id": message.chat.id,
        "user_id": update.effective_user.id if update.effective_user else 0,
        "group": True,
        "message_id": message.message_id,
        "thread_id": message.message_thread_id if message.is_topic_message else None,
        "edited": update.edited_message is not None,
        "answers": _answered(message, bot),
    }
    first = next((one for one in entities if one.type == MessageEntity.BOT_COMMAND and one.offset == 0), None)
    if first is not None:
        name, _, whom = text[1 : first.length].partition("@")
        if whom and whom.lower() != bot.username.lower():
            return None
        return (
            None
            if common["edited"]
            else _named(Incoming("command", name=name.lower()[:32], text=_clean(text[first.length :].strip()), **common), update)
        )
    if common["answers"] is None:
        return None
    return _named(Incoming("answer", text=_clean(message.text or ""), name="" if message.text else "media", **common), update)


def _is_machine(message: Message) -> bool:
    """Whether another bot has written it, which may be in the group and is no staff; who writes in the name of the group is a person."""
    return message.sender_chat is None and message.from_user is not None and message.from_user.is_bot


def _answered(message: Message, bot: Self) -> int | None:
    """The message of the bot's that is explicitly answered, or None."""
    answered, outside = message.reply_to_message, message.external_reply
    if outside is not None:  # from another topic of this group, or from another chat
        author = getattr(outside.origin, "sender_user", None)
        is_here = outside.chat is not None and outside.chat.id == message.chat.id
        return outside.message_id if is_here and author is not None and author.id == bot.id else None
    if answered is None or answered.forum_topic_created is not None:
        return None
    # Outside of topics the thread's id is that of the first message answered, which may be the card.
    if message.is_topic_message and answered.message_id == message.message_thread_id:
        return None
    is_ours = answered.from_user is not None and answered.from_user.id == bot.id
    return answered.message_id if is_ours else None


def _named(incoming: Incoming, update: Update) -> Incoming:
    """With the name by which colleagues know who did it."""
    user, message = update.effective_user, update.effective_message
    chat = message.sender_chat if isinstance(message, Message) and update.callback_query is None else None
    name = (chat.title if chat is not None else user.full_name if user is not None else None) or "직원"
    return replace(incoming, who=_clean(name)[:64])


def _clean(text: str) -> str:
    """Without what no database takes."""
    return text[:_LENGTH].replace("\0", "").encode("utf-8", "replace").decode("utf-8")

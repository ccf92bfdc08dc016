"""Where a message stands: in which topic of a forum, and as a reply to what.

As Telegram does it: a message in a topic that replies to nothing of its own replies to the service
message which opened the topic; a reply to a message of another chat or topic has external_reply and no
reply_to_message; and outside of topics a reply bears the number of the message that its chain began with as
message_thread_id, which is no topic and cannot be written to in a forum.
"""

from __future__ import annotations

from typing import Any

from .access import may
from .checking import TYPES
from .groups import GENERAL, Group
from .records import Refused
from .state import State

Message = dict[str, Any]
_NOT_FOUND = "Bad Request: message thread not found"
_MEDIA = set(TYPES["ExternalReplyInfo"]["fields"]) - {"origin", "chat", "message_id"}


def topic_of(message: Message | None) -> int | None:
    """The topic that a message is in."""
    return message.get("message_thread_id") if message and message.get("is_topic_message") else None


def thread_for_bot(state: State, chat_id: int | str, asked: int | None, replied: Message | None) -> int | None:
    """The topic that the bot's message goes to. Raises Refused where there is none, or it is closed to the bot."""
    group = state.group(chat_id)
    if not group:
        return asked
    if not group.forum:
        return None  # Telegram pays no attention to it there
    if asked is not None and asked not in group.topics:
        raise Refused(400, _NOT_FOUND, violation=_no_topic(state, chat_id, asked))
    thread_id = asked if asked is not None else topic_of(replied) if _is_here(replied, chat_id) else None
    if is_closed_to(state, group, thread_id, state.bot_id):
        raise Refused(400, "Bad Request: TOPIC_CLOSED")
    return thread_id


def thread_for_person(
    state: State, chat_id: int, user_id: int, asked: int | None, replied: Message | None, sender_chat: int | None = None
) -> int | None:
    """The topic that someone's message stands in. ValueError for a message that Telegram would not let them write."""
    if chat_id in state.migrated:
        raise ValueError(f"chat {chat_id} has become {state.migrated[chat_id]}")
    group = state.group(chat_id)
    if not group:
        return asked
    if sender_chat is None and not group.public and state.member_status(chat_id, user_id) in {"left", "kicked"}:
        raise ValueError(f"{user_id} is not in the group {chat_id}")
    if asked is not None and asked not in group.topics:
        raise ValueError(f"the group {chat_id} has no topic {asked}")
    thread_id = asked if asked is not None else topic_of(replied) if _is_here(replied, chat_id) else None
    if sender_chat is None and group.forum and is_closed_to(state, group, thread_id, user_id):
        raise ValueError(f"the topic {thread_id or GENERAL} of the group {chat_id} is closed to {user_id}")
    return thread_id


def _no_topic(state: State, chat_id: int | str, asked: int) -> str | None:
    """What the bot did wrong in naming this topic; None when it may have been there before."""
    if asked == GENERAL:
        return "the general topic has no message_thread_id: it is written to without one"
    message = state.message(chat_id, asked)
    if message and "forum_topic_created" not in message:
        return f"message_thread_id {asked} is no topic: only where is_topic_message is true is it one"
    return None


def is_closed_to(state: State, group: Group, thread_id: int | None, user_id: int) -> bool:
    """Whether a topic is closed to someone: not to who opened it, nor to who may manage topics."""
    topic = group.topics.get(thread_id or GENERAL)
    closed = topic.closed if topic else group.general_closed
    return closed and not (topic and topic.creator == user_id) and not may_manage(state, group, user_id)


def may_manage(state: State, group: Group, user_id: int) -> bool:
    """Whether someone may edit and close the topics of others: administrators alone, whatever members may open."""
    return state.member_status(group.chat_id, user_id) in {"creator", "administrator"} and may(state, group.chat_id, "can_manage_topics", user_id)


def placement(state: State, chat_id: int | str, thread_id: int | None, replied: Message | None) -> Message:
    """The fields of a message that say where it stands."""
    group = state.group(chat_id)
    here = _is_here(replied, chat_id) and (group is None or topic_of(replied) == thread_id)
    fields: Message = {}
    if thread_id is not None:
        fields = {"message_thread_id": thread_id, "is_topic_message": True}
    elif replied and here and group and group.kind == "supergroup":
        fields = {"message_thread_id": replied.get("message_thread_id") or replied["message_id"]}
    if replied and not here:
        return fields | {"external_reply": _external(replied)}
    shown = replied or (state.message(chat_id, thread_id) if group and thread_id is not None else None)
    return fields | ({"reply_to_message": bare(shown)} if shown else {})


def _is_here(replied: Message | None, chat_id: int | str) -> bool:
    return replied is not None and (replied["chat"]["id"] == chat_id or replied["chat"].get("username") == str(chat_id).lstrip("@"))


def bare(message: Message) -> Message:
    """A message as it stands in another: without what it replies to itself."""
    return {key: value for key, value in message.items() if key not in {"reply_to_message", "external_reply", "quote"}}


def _external(replied: Message) -> Message:
    """The ExternalReplyInfo of a message. Of a private chat nobody is told which it was."""
    chat = replied["chat"]
    place = {"chat": chat, "message_id": replied["message_id"]} if chat["type"] in {"supergroup", "channel"} else {}
    return {"origin": origin_of(replied), **place, **{kind: replied[kind] for kind in _MEDIA & replied.keys()}}


def origin_of(message: Message) -> Message:
    """The MessageOrigin of a message."""
    date, sender = message["date"], message.get("sender_chat")
    if sender is None:
        return {"type": "user", "date": date, "sender_user": message["from"]}
    if sender["type"] == "channel":
        return {"type": "channel", "date": date, "chat": sender, "message_id": message["message_id"]}
    return {"type": "chat", "date": date, "sender_chat": sender}

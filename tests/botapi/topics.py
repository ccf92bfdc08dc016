"""The methods for a forum's topics, and for pinned messages: what they do and when Telegram refuses them."""

from __future__ import annotations

import time
from typing import Any

from .access import is_heard, may
from .checking import Problem, checker
from .groups import GENERAL, Group, Topic
from .records import Refused
from .state import State
from .threads import may_manage, placement, topic_of

Params = dict[str, Any]
_COLOUR = 0x6FB9F0  # what Telegram takes where no colour is asked for


def create(state: State, params: Params, _: object = None) -> dict[str, Any]:
    """createForumTopic."""
    group = _forum(state, params)
    if not may(state, group.chat_id, "can_manage_topics"):
        raise Refused(400, "Bad Request: not enough rights to create a topic")
    topic = open_topic(state, group, params["name"], state.bot, params.get("icon_color", _COLOUR))
    return {"message_thread_id": topic.thread_id, "name": topic.name, "icon_color": topic.icon_color}


def open_topic(state: State, group: Group, name: str, creator: dict[str, Any], icon_color: int = _COLOUR) -> Topic:
    """Someone opens a topic; the bot is told, of its own as well."""
    topic = Topic(state.next_message_id(group.chat_id), name, creator["id"], icon_color)
    group.topics[topic.thread_id] = topic
    content = {"forum_topic_created": {"name": name, "icon_color": icon_color}}
    tell(state, group, content, creator, topic.thread_id, topic.thread_id)
    return topic


def edit(state: State, params: Params, _: object = None) -> bool:
    """editForumTopic."""
    group, topic = _topic(state, params, "edit the topic")
    changes = {key: params[key] for key in ("name", "icon_custom_emoji_id") if params.get(key)}
    if changes.get("name") == topic.name and len(changes) == 1:
        raise Refused(400, "Bad Request: TOPIC_NOT_MODIFIED")
    topic.name = changes.get("name", topic.name)
    if changes:
        tell(state, group, {"forum_topic_edited": changes}, state.bot, topic.thread_id)
    return True


def close(state: State, params: Params, _: object = None) -> bool:
    """closeForumTopic."""
    group, topic = _topic(state, params, "close or open the topic")
    return toggle(state, group, topic, True, state.bot)


def reopen(state: State, params: Params, _: object = None) -> bool:
    """reopenForumTopic."""
    group, topic = _topic(state, params, "close or open the topic")
    return toggle(state, group, topic, False, state.bot)


def toggle(state: State, group: Group, topic: Topic | None, closed: bool, actor: dict[str, Any]) -> bool:
    """Closes or opens a topic, or the general one; the bot is told."""
    if (topic.closed if topic else group.general_closed) == closed:
        raise Refused(400, "Bad Request: TOPIC_NOT_MODIFIED")
    if topic:
        topic.closed = closed
    else:
        group.general_closed = closed
    tell(state, group, {"forum_topic_closed" if closed else "forum_topic_reopened": {}}, actor, topic.thread_id if topic else None)
    return True


def delete(state: State, params: Params, _: object = None) -> bool:
    """deleteForumTopic."""
    group, topic = _topic(state, params, "delete the topic", "can_delete_messages")
    remove(state, group, topic)
    return True


def remove(state: State, group: Group, topic: Topic) -> None:
    """A topic and all its messages go. Nobody tells the bot."""
    del group.topics[topic.thread_id]
    for chat_id, message_id in [*state.messages]:
        if chat_id == group.chat_id and topic_of(state.message(chat_id, message_id)) == topic.thread_id:
            state.remove(chat_id, message_id)


def close_general(state: State, params: Params, _: object = None) -> bool:
    """closeGeneralForumTopic."""
    return _toggle_general(state, params, True)


def reopen_general(state: State, params: Params, _: object = None) -> bool:
    """reopenGeneralForumTopic."""
    return _toggle_general(state, params, False)


def _toggle_general(state: State, params: Params, closed: bool) -> bool:
    group = _forum(state, params)
    if not may_manage(state, group, state.bot_id):
        raise Refused(400, "Bad Request: not enough rights to close or open the topic")
    return toggle(state, group, None, closed, state.bot)


def pin(state: State, params: Params, _: object = None) -> bool:
    """pinChatMessage."""
    chat_id = params["chat_id"]
    _require_pinning(state, chat_id)
    message = state.message(chat_id, params["message_id"])
    if message is None:
        raise Refused(400, "Bad Request: message to pin not found")
    group = state.group(chat_id)
    if group:
        group.pinned = [*(one for one in group.pinned if one != message["message_id"]), message["message_id"]]
        tell(state, group, {"pinned_message": message}, state.bot, topic_of(message))
    return True


def unpin(state: State, params: Params, _: object = None) -> bool:
    """unpinChatMessage: the named message, otherwise the last one."""
    _require_pinning(state, params["chat_id"])
    group = state.group(params["chat_id"])
    if group:
        wanted = params.get("message_id") or (group.pinned[-1] if group.pinned else None)
        if "message_id" in params and state.message(group.chat_id, params["message_id"]) is None:
            raise Refused(400, "Bad Request: message to unpin not found")
        group.pinned = [one for one in group.pinned if one != wanted]
    return True


def _require_pinning(state: State, chat_id: int | str) -> None:
    if not may(state, chat_id, "can_pin_messages"):
        raise Refused(400, "Bad Request: not enough rights to manage pinned messages in the chat")


def _forum(state: State, params: Params) -> Group:
    group = state.group(params["chat_id"])
    if not group or not group.forum:
        raise Refused(400, "Bad Request: the chat is not a forum")
    return group


def _topic(state: State, params: Params, action: str, right: str = "can_manage_topics") -> tuple[Group, Topic]:
    group = _forum(state, params)
    topic = group.topics.get(params["message_thread_id"])
    if not topic:
        about = "the general topic has methods of its own" if params["message_thread_id"] == GENERAL else None
        raise Refused(400, "Bad Request: TOPIC_ID_INVALID", violation=about)
    if topic.creator != state.bot_id and not may(state, group.chat_id, right):
        raise Refused(400, f"Bad Request: not enough rights to {action}")
    return group, topic


def tell(
    state: State, group: Group, content: dict[str, Any], actor: dict[str, Any], thread_id: int | None = None, message_id: int | None = None
) -> dict[str, Any]:
    """A service message of a group, which the bot gets even when it did it itself; ValueError for one that cannot be."""
    placed = placement(state, group.chat_id, thread_id, None)
    number = message_id or state.next_message_id(group.chat_id)
    message = {"message_id": number, "from": actor, "chat": state.chat(group.chat_id), "date": int(time.time()), **placed, **content}
    try:
        checker("Message")(message)
    except Problem as problem:
        raise ValueError(f"{problem.place} {problem.text}") from None
    state.messages[group.chat_id, number] = message
    state.updates.add({"message": message}, hidden=not is_heard(state, message))
    return message

"""The methods that the fake Telegram truly carries out; all others are checked, recorded and answered with true.

A method gets the state, its checked parameters and its texts after entity parsing, and gives the
result, or raises Refused as Telegram would. getUpdates and the webhook's delivery are the server's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import access, messages, topics
from .checking import METHODS, Formatted
from .groupchats import full
from .people import member
from .records import Refused
from .state import State, scope_key

Params = dict[str, Any]
Method = Callable[[State, Params, Formatted], Any]

_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def carry_out(state: State, method: str, params: Params, texts: Formatted) -> Any:
    """Does what a method asks for; gives its result."""
    access.check(state, method, params)
    if "chat_id" in params:
        params = {**params, "chat_id": state.resolved(params["chat_id"])}
    if method in _METHODS:
        return _METHODS[method](state, params, texts)
    if METHODS[method]["returns"] == "Message" and method.startswith("send"):
        return messages.send(state, method, params, texts)
    return True


def _answer_callback(state: State, params: Params, _: Formatted) -> bool:
    callback = state.callbacks.get(params["callback_query_id"])
    if callback is None:
        raise Refused(400, _TOO_OLD, violation=f"no such callback query: {params['callback_query_id']}")
    if callback.answered:
        twice = f"callback query {callback.id} ({callback.data}) was answered twice" if callback.heard else None
        raise Refused(400, _TOO_OLD, violation=twice)
    callback.answered += 1
    callback.heard = True
    return True


def _set_commands(state: State, params: Params, _: Formatted) -> bool:
    state.commands[scope_key(params.get("scope")), params.get("language_code", "")] = params["commands"]
    return True


def _get_commands(state: State, params: Params, _: Formatted) -> list[dict[str, str]]:
    return state.commands.get((scope_key(params.get("scope")), params.get("language_code", "")), [])


def _delete_commands(state: State, params: Params, _: Formatted) -> bool:
    state.commands.pop((scope_key(params.get("scope")), params.get("language_code", "")), None)
    return True


def _profile_setter(name: str) -> Method:
    def method(state: State, params: Params, _: Formatted) -> bool:
        state.profile[name, params.get("language_code", "")] = params.get(name, "")
        return True

    return method


def _profile_getter(name: str) -> Method:
    def method(state: State, params: Params, _: Formatted) -> dict[str, str]:
        usual = str(state.bot["first_name"]) if name == "name" else ""
        default = state.profile.get((name, "")) or usual
        return {name: state.profile.get((name, params.get("language_code", ""))) or default}

    return method


def _get_chat(state: State, params: Params, _: Formatted) -> dict[str, Any]:
    return full(state, params["chat_id"])


def _get_member(state: State, params: Params, _: Formatted) -> dict[str, Any]:
    return _member(state, params["chat_id"], params["user_id"])


def _member(state: State, chat_id: int | str, user_id: int) -> dict[str, Any]:
    user = state.bot if user_id == state.bot_id else state.person(user_id)
    return member(state.member_status(chat_id, user_id), user, state.rights.get((chat_id, user_id)))


def _get_administrators(state: State, params: Params, _: Formatted) -> list[dict[str, Any]]:
    chat_id = params["chat_id"]
    if isinstance(chat_id, int) and chat_id > 0:
        raise Refused(400, "Bad Request: there are no administrators in the private chat")
    leading = [user_id for (place, user_id), status in state.members.items() if place == chat_id and status in {"creator", "administrator"}]
    return [_member(state, chat_id, user_id) for user_id in leading]


def _count_members(state: State, params: Params, _: Formatted) -> int:
    chat_id = params["chat_id"]
    if isinstance(chat_id, int) and chat_id > 0:
        return 2
    return sum(place == chat_id and status not in {"left", "kicked"} for (place, _), status in state.members.items())


def _leave(state: State, params: Params, _: Formatted) -> bool:
    state.members[params["chat_id"], state.bot_id] = "left"
    return True


def _webhook_info(state: State, _params: Params, _: Formatted) -> dict[str, Any]:
    shown: dict[str, Any] = {
        key: state.webhook[key] for key in ("url", "max_connections", "ip_address", "last_error_message") if key in state.webhook
    }
    allowed = {"allowed_updates": sorted(state.updates.allowed)} if state.updates.allowed else {}
    return {"url": "", **shown, **allowed, "has_custom_certificate": False, "pending_update_count": len(state.updates.entries)}


_METHODS: dict[str, Method] = {
    "getMe": lambda state, _params, _texts: state.me,
    "getWebhookInfo": _webhook_info,
    "editMessageText": messages.edit_text,
    "editMessageCaption": messages.edit_caption,
    "editMessageReplyMarkup": messages.edit_markup,
    "deleteMessage": messages.delete,
    "deleteMessages": messages.delete_all,
    "copyMessage": messages.copy,
    "forwardMessage": messages.forward,
    "answerCallbackQuery": _answer_callback,
    "setMyCommands": _set_commands,
    "getMyCommands": _get_commands,
    "deleteMyCommands": _delete_commands,
    "setMyName": _profile_setter("name"),
    "getMyName": _profile_getter("name"),
    "setMyDescription": _profile_setter("description"),
    "getMyDescription": _profile_getter("description"),
    "setMyShortDescription": _profile_setter("short_description"),
    "getMyShortDescription": _profile_getter("short_description"),
    "getChat": _get_chat,
    "getChatMember": _get_member,
    "getChatAdministrators": _get_administrators,
    "getChatMemberCount": _count_members,
    "leaveChat": _leave,
    "createForumTopic": topics.create,
    "editForumTopic": topics.edit,
    "closeForumTopic": topics.close,
    "reopenForumTopic": topics.reopen,
    "deleteForumTopic": topics.delete,
    "closeGeneralForumTopic": topics.close_general,
    "reopenGeneralForumTopic": topics.reopen_general,
    "pinChatMessage": topics.pin,
    "unpinChatMessage": topics.unpin,
}

"""The methods that the fake Telegram truly carries out; all others are checked, recorded and answered with true.

A method gets the state, its checked parameters and its texts after entity parsing, and gives the
result, or raises Refused as Telegram would. getUpdates and the webhook's delivery are the server's.
"""

from __future__ import annotations

import html as stdlib_html
import time
from collections.abc import Callable
from typing import Any

from . import access, topics
from .checking import METHODS, Formatted
from .groupchats import full
from .html import Entity
from .people import member
from .records import Refused, Sent
from .state import State, scope_key
from .threads import placement, thread_for_bot

Params = dict[str, Any]
Method = Callable[[State, Params, Formatted], Any]

_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def carry_out(state: State, method: str, params: Params, texts: Formatted) -> Any:
    """Does what a method asks for; gives its result."""
    access.check(state, method, params)
    if "chat_id" in params:
        params = {**params, "chat_id": state.resolved(params["chat_id"])}
    if method in _METHODS:
        return _METHODS[method](state, params, texts)
    if METHODS[method]["returns"] == "Message" and method.startswith("send"):
        return send(state, method, params, texts)
    return True


def send(state: State, method: str, params: Params, texts: Formatted) -> dict[str, Any]:
    """Sends a message of any kind; gives it as the bot gets it back. Of media only the caption is kept."""
    chat_id = params["chat_id"]
    replied = _replied(state, params)
    thread_id = thread_for_bot(state, chat_id, params.get("message_thread_id"), replied)
    name = "text" if "text" in params else "caption"
    text, entities = texts.get(name, ("", []))
    message: dict[str, Any] = {
        "message_id": state.next_message_id(chat_id),
        "from": state.bot,
        "chat": state.chat(chat_id),
        "date": int(time.time()),
    }
    message |= _content(name, text, entities)
    message |= placement(state, chat_id, thread_id, replied)
    markup = params.get("reply_markup") or {}
    if "inline_keyboard" in markup:
        message["reply_markup"] = markup
    sent = Sent(
        chat_id=chat_id,
        message_id=message["message_id"],
        text=text,
        html=_source(params, name, text),
        entities=entities,
        buttons=markup.get("inline_keyboard", []),
        markup=None if "inline_keyboard" in markup else markup or None,
        thread_id=thread_id,
        reply_to=replied["message_id"] if replied else None,
        at=time.monotonic(),
        method=method,
        message=message,
        versions=[text],
    )
    state.keep(sent)
    return message


def _content(name: str, text: str, entities: list[Entity]) -> dict[str, Any]:
    if not text:
        return {}
    listed = {"entities" if name == "text" else "caption_entities": entities} if entities else {}
    return {name: text, **listed}


def _source(params: Params, name: str, plain: str) -> str:
    """A text as the bot wrote it, in HTML."""
    return params[name] if params.get("parse_mode", "").lower() == "html" and name in params else stdlib_html.escape(plain, quote=False)


def _replied(state: State, params: Params) -> dict[str, Any] | None:
    """The message that is replied to, if there is one."""
    reply: dict[str, Any] | None = params.get("reply_parameters")
    if not reply:
        return None
    found = state.message(state.resolved(reply.get("chat_id") or params["chat_id"]), reply["message_id"])
    if found is None and not reply.get("allow_sending_without_reply"):
        raise Refused(400, "Bad Request: message to be replied not found")
    return found


def _own(state: State, params: Params) -> Sent:
    """The bot's message that is to be edited."""
    place = f"message {params['message_id']} in chat {params['chat_id']}"
    key = params["chat_id"], params["message_id"]
    found = state.messages.get(key)
    if found is None:
        unknown = None if key in state.removed else f"{place} does not exist"
        raise Refused(400, "Bad Request: message to edit not found", violation=unknown)
    if not isinstance(found, Sent):
        raise Refused(400, "Bad Request: message can't be edited", violation=f"{place} is not the bot's")
    return found


def _edit_text(state: State, params: Params, texts: Formatted) -> Any:
    if "inline_message_id" in params:
        return True
    sent = _own(state, params)
    text, entities = texts.get("text", ("", []))
    buttons = (params.get("reply_markup") or {}).get("inline_keyboard", [])
    if (text, entities, buttons) == (sent.text, sent.entities, sent.buttons):
        raise Refused(400, _NOT_MODIFIED)
    sent.text, sent.entities, sent.html = text, entities, _source(params, "text", text)
    message = {key: value for key, value in sent.message.items() if key not in {"entities", "reply_markup"}}
    sent.message = message | _content("text", text, entities)
    return _edited(sent, buttons)


def _edit_markup(state: State, params: Params, _: Formatted) -> Any:
    if "inline_message_id" in params:
        return True
    sent = _own(state, params)
    buttons = (params.get("reply_markup") or {}).get("inline_keyboard", [])
    if buttons == sent.buttons:
        raise Refused(400, _NOT_MODIFIED)
    sent.message = {key: value for key, value in sent.message.items() if key != "reply_markup"}
    return _edited(sent, buttons)


def _edited(sent: Sent, buttons: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """An edit without a keyboard takes the old one away."""
    sent.buttons = buttons
    sent.edits += 1
    sent.versions.append(sent.text)
    sent.message["edit_date"] = int(time.time())
    if buttons:
        sent.message["reply_markup"] = {"inline_keyboard": buttons}
    return sent.message


def _delete(state: State, params: Params, _: Formatted) -> bool:
    chat_id, message_id = params["chat_id"], params["message_id"]
    message = state.message(chat_id, message_id)
    if message is None:
        raise Refused(400, "Bad Request: message to delete not found")
    group = state.group(chat_id)
    own = message.get("from", {}).get("id") == state.bot_id
    if group and ("forum_topic_created" in message or not (own or access.may(state, chat_id, "can_delete_messages"))):
        raise Refused(400, "Bad Request: message can't be deleted", violation=f"message {message_id} in chat {chat_id} is not the bot's to delete")
    found = state.messages.pop((chat_id, message_id))
    if isinstance(found, Sent):
        found.deleted = True
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
    "editMessageText": _edit_text,
    "editMessageReplyMarkup": _edit_markup,
    "deleteMessage": _delete,
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

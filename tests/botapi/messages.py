"""The methods for messages: to send, copy, edit and delete them."""

from __future__ import annotations

import html as stdlib_html
import time
from typing import Any

from . import access
from .checking import Formatted
from .html import Entity, utf16_length
from .records import Refused, Sent
from .state import State
from .threads import origin_of, placement, thread_for_bot

Params = dict[str, Any]

_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_HEADING = {"message_id", "from", "chat", "date", "edit_date", "sender_chat", "message_thread_id", "is_topic_message", "reply_to_message"}
_HEADING |= {"external_reply", "quote", "reply_markup", "forward_origin", "is_automatic_forward"}


def send(state: State, method: str, params: Params, texts: Formatted, copied: dict[str, Any] | None = None) -> dict[str, Any]:
    """Sends a message of any kind; gives it as the bot gets it back. Of media only the caption is kept.

    copied  the content of another message, which is sent again
    """
    chat_id, copied = params["chat_id"], copied or {}
    replied, thread_id = _place(state, params)
    name = "text" if "text" in {**params, **copied} else "caption"
    text, entities = texts.get(name) or (copied.get(name, ""), copied.get(_marks(name), []))
    message: dict[str, Any] = {"message_id": state.next_message_id(chat_id), "from": state.bot, "chat": state.chat(chat_id), "date": int(time.time())}
    message |= copied | _content(name, text, entities) | placement(state, chat_id, thread_id, replied) | _quote(params, replied)
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


def copy(state: State, params: Params, texts: Formatted) -> dict[str, Any]:
    """copyMessage: the same content as a message of the bot's own; another caption, where one is given."""
    source = _source_message(state, params, "copy")
    copied = {key: value for key, value in source.items() if key not in _HEADING}
    if "caption" in texts and "text" not in copied:
        copied = {key: value for key, value in copied.items() if key not in {"caption", "caption_entities"}}
    elif "text" in copied:
        texts = {}
    return {"message_id": send(state, "copyMessage", params, texts, copied)["message_id"]}


def forward(state: State, params: Params, texts: Formatted) -> dict[str, Any]:
    """forwardMessage: the same content, and who wrote it."""
    source = _source_message(state, params, "forward")
    copied = {key: value for key, value in source.items() if key not in _HEADING}
    return send(state, "forwardMessage", params, texts, copied | {"forward_origin": source.get("forward_origin") or origin_of(source)})


def _source_message(state: State, params: Params, what: str) -> dict[str, Any]:
    source = state.message(state.resolved(params["from_chat_id"]), params["message_id"])
    if source is None:
        raise Refused(400, f"Bad Request: message to {what} not found")
    return source


def _place(state: State, params: Params) -> tuple[dict[str, Any] | None, int | None]:
    """(the message that is replied to, the topic) of what is to be sent."""
    replied = _replied(state, params)
    return replied, thread_for_bot(state, params["chat_id"], params.get("message_thread_id"), replied)


def _quote(params: Params, replied: dict[str, Any] | None) -> dict[str, Any]:
    """The quote that a reply asks for; it must stand in the message."""
    part = (params.get("reply_parameters") or {}).get("quote")
    if not part or not replied:
        return {}
    words = str(replied.get("text") or replied.get("caption") or "")
    if part not in words:
        raise Refused(400, "Bad Request: QUOTE_TEXT_INVALID")
    return {"quote": {"text": part, "position": utf16_length(words[: words.index(part)])}}


def _content(name: str, text: str, entities: list[Entity]) -> dict[str, Any]:
    if not text:
        return {}
    return {name: text, **({_marks(name): entities} if entities else {})}


def _marks(name: str) -> str:
    """The field with the entities of a text or caption."""
    return "entities" if name == "text" else "caption_entities"


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


def edit_text(state: State, params: Params, texts: Formatted) -> Any:
    """editMessageText."""
    return _edit(state, params, texts, "text")


def edit_caption(state: State, params: Params, texts: Formatted) -> Any:
    """editMessageCaption; without a caption the old one goes."""
    return _edit(state, params, texts, "caption")


def _edit(state: State, params: Params, texts: Formatted, name: str) -> Any:
    if "inline_message_id" in params:
        return _inline(state, params)
    sent = _own(state, params)
    if ("text" if "text" in sent.message else "caption") != name:
        about = f"message {sent.message_id} in chat {sent.chat_id} has no {name}"
        raise Refused(400, f"Bad Request: there is no {name} in the message to edit", violation=about)
    text, entities = texts.get(name, ("", []))
    buttons = (params.get("reply_markup") or {}).get("inline_keyboard", [])
    if (text, entities, buttons) == (sent.text, sent.entities, sent.buttons):
        raise Refused(400, _NOT_MODIFIED)
    sent.text, sent.entities, sent.html = text, entities, _source(params, name, text)
    gone = {"entities", "caption", "caption_entities", "reply_markup"}
    sent.message = {key: value for key, value in sent.message.items() if key not in gone} | _content(name, text, entities)
    return _edited(sent, buttons)


def edit_markup(state: State, params: Params, _: Formatted) -> Any:
    """editMessageReplyMarkup."""
    if "inline_message_id" in params:
        return _inline(state, params)
    sent = _own(state, params)
    buttons = (params.get("reply_markup") or {}).get("inline_keyboard", [])
    if buttons == sent.buttons:
        raise Refused(400, _NOT_MODIFIED)
    sent.message = {key: value for key, value in sent.message.items() if key != "reply_markup"}
    return _edited(sent, buttons)


def _inline(state: State, params: Params) -> bool:
    """An edit of a message in a chat that the bot does not see: only the button pressed there told it of it."""
    name = params["inline_message_id"]
    if name not in state.inline:
        raise Refused(400, "Bad Request: MESSAGE_ID_INVALID", violation=f"no inline message {name!r} was ever named to the bot")
    return True


def _edited(sent: Sent, buttons: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """An edit without a keyboard takes the old one away."""
    sent.buttons = buttons
    sent.edits += 1
    sent.versions.append(sent.text)
    sent.message["edit_date"] = int(time.time())
    if buttons:
        sent.message["reply_markup"] = {"inline_keyboard": buttons}
    return sent.message


def delete(state: State, params: Params, _: Formatted) -> bool:
    """deleteMessage."""
    if state.message(params["chat_id"], params["message_id"]) is None:
        raise Refused(400, "Bad Request: message to delete not found")
    _delete(state, params["chat_id"], params["message_id"])
    return True


def delete_all(state: State, params: Params, _: Formatted) -> bool:
    """deleteMessages; those that are not there are passed over."""
    for message_id in params["message_ids"]:
        if state.message(params["chat_id"], message_id) is not None:
            _delete(state, params["chat_id"], message_id)
    return True


def _delete(state: State, chat_id: int | str, message_id: int) -> None:
    message = state.message(chat_id, message_id) or {}
    own = message.get("from", {}).get("id") == state.bot_id
    may_delete = own or access.may(state, chat_id, "can_delete_messages")
    if state.group(chat_id) and ("forum_topic_created" in message or not may_delete):
        about = f"message {message_id} in chat {chat_id} is not the bot's to delete"
        raise Refused(400, "Bad Request: message can't be deleted", violation=about)
    found = state.messages.pop((chat_id, message_id))
    if isinstance(found, Sent):
        found.deleted = True

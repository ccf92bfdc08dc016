"""The rules that the facts cannot say: what Telegram demands of a button, a command, a web address.

They are known from the descriptions' prose and from what Telegram answers.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from .checking import METHODS, RULES, TYPES, Formatted, Problem, fields_check
from .html import is_url

_DECORATION = {"text", "icon_custom_emoji_id", "style"}
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_LOCAL = {"127.0.0.1", "localhost", "::1"}
_PORTS = {None, 80, 88, 443, 8443}
_BUTTONS, _IN_A_ROW = 100, 8
_ACTIONS = set(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location "
    "record_video_note upload_video_note".split()
)
_UPDATE_KINDS = set(TYPES["Update"]["fields"]) - {"update_id"}
# What Telegram says of a broken limit, by the end of its place; other places get our own words.
_ANSWERS = {
    "callback_data": "BUTTON_DATA_INVALID",
    "command": "BOT_COMMAND_INVALID",
    "commands": "BOT_COMMANDS_TOO_MUCH",
}


def _button(button: dict[str, Any]) -> None:
    actions = button.keys() - _DECORATION
    if not button["text"]:
        raise Problem("must have a text", "Text buttons are unallowed in the inline keyboard")
    if len(actions) != 1:
        raise Problem(f"must have exactly one action, but has {len(actions)}", "Text buttons are unallowed in the inline keyboard")
    if "url" in button and not is_url(button["url"]):
        raise Problem("has an address that Telegram refuses", f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _inline_keyboard(markup: dict[str, Any]) -> None:
    rows = markup["inline_keyboard"]
    if sum(map(len, rows)) > _BUTTONS or any(len(row) > _IN_A_ROW for row in rows):
        raise Problem(f"may have {_BUTTONS} buttons, {_IN_A_ROW} in a row", "reply markup is too long")


def _entity(entity: dict[str, Any]) -> None:
    if entity["offset"] < 0 or entity["length"] <= 0:
        raise Problem("must have an offset from 0 and a length from 1", "ENTITY_BOUNDS_INVALID")


RULES.update({"InlineKeyboardButton": _button, "InlineKeyboardMarkup": _inline_keyboard, "MessageEntity": _entity})


def _webhook(params: dict[str, Any]) -> None:
    address = urlsplit(params["url"])
    if not params["url"] or address.hostname in _LOCAL:
        return  # Telegram itself never comes to this machine; the tests do
    if address.scheme != "https":
        raise Problem("must be an https address", "bad webhook: An HTTPS URL must be provided for webhook")
    if address.port not in _PORTS:
        raise Problem("has another port", "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _action(params: dict[str, Any]) -> None:
    if params["action"] not in _ACTIONS:
        raise Problem(f"action is not known: {params['action']!r}", "wrong parameter action in request")


def _target(params: dict[str, Any]) -> None:
    if not {"chat_id", "message_id"} <= params.keys() and "inline_message_id" not in params:
        raise Problem("must name a message", "message identifier is not specified")


def _update_kinds(params: dict[str, Any]) -> None:
    unknown = set(params.get("allowed_updates", ())) - _UPDATE_KINDS
    if unknown:
        raise Problem(f"allowed_updates names unknown kinds: {', '.join(sorted(unknown))}")


_METHOD_RULES = {
    "setWebhook": (_webhook, _update_kinds),
    "getUpdates": (_update_kinds,),
    "sendChatAction": (_action,),
    "editMessageText": (_target,),
    "editMessageReplyMarkup": (_target,),
}
_CHECKS = {name: fields_check(facts["fields"], name) for name, facts in METHODS.items()}


def check_call(method: str, params: dict[str, Any]) -> Formatted:
    """Holds a request to every rule; gives its texts after entity parsing. Raises Problem."""
    try:
        texts = _CHECKS[method](params)
        if not _LANGUAGE.fullmatch(params.get("language_code", "")):
            raise Problem("must be two letters or empty").inside("language_code")
        for rule in _METHOD_RULES.get(method, ()):
            rule(params)
    except Problem as problem:
        problem.answer = problem.answer or _answer(problem)
        raise
    return texts


def _answer(problem: Problem) -> str:
    last = problem.place.rpartition(".")[2]
    if problem.text == "is missing":
        return f"{'message text' if problem.place == 'text' else problem.place} is empty"
    return _ANSWERS.get(last) or f"{problem.place} {problem.text}"

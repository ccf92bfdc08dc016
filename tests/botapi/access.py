"""Whether a call may touch a chat at all: is the bot in it, may it write there, has the person blocked it.

What is asked of a chat depends on the method, and is refused in Telegram's words. Rights that only
one method wants (to pin, to open a topic) are looked at where that method is carried out.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from .groups import SHARED, Group
from .people import NOBODY
from .records import Refused
from .state import State

_OUT = {"left", "kicked"}
_SENDING = ("send", "copy", "forward", "edit", "pin", "stopPoll")
_READING = {"getChat", "leaveChat", "setMessageReaction"}
_OF_MEMBERS = {"getChatMember", "getChatAdministrators", "getChatMemberCount"}
# Without any of these a message is one of the service.
_SHOWN = {"text", "photo", "voice", "video", "video_note", "animation", "audio", "document", "sticker", "location", "contact", "poll", "dice"}
# What a method sends: the permission for it, and how Telegram calls it.
_CONTENT = {
    "sendMessage": ("can_send_messages", "text messages"),
    "sendPhoto": ("can_send_photos", "photos"),
    "sendDocument": ("can_send_documents", "documents"),
    "sendVideo": ("can_send_videos", "videos"),
    "sendVideoNote": ("can_send_video_notes", "video notes"),
    "sendVoice": ("can_send_voice_notes", "voice notes"),
    "sendAudio": ("can_send_audios", "music"),
    "sendAnimation": ("can_send_other_messages", "animations"),
    "sendSticker": ("can_send_other_messages", "stickers"),
    "sendDice": ("can_send_other_messages", "dice"),
    "sendPoll": ("can_send_polls", "polls"),
    "sendLocation": ("can_send_messages", "locations"),
    "sendVenue": ("can_send_messages", "venues"),
    "sendContact": ("can_send_messages", "contacts"),
    "copyMessage": ("can_send_messages", "text messages"),
    "forwardMessage": ("can_send_messages", "text messages"),
}


class Need(IntEnum):
    """What a call wants of a chat; each includes those before it, but for MEMBERS."""

    READ = 0
    MEMBERS = 1
    EDIT = 2
    WRITE = 3


def check(state: State, method: str, params: dict[str, Any]) -> None:
    """Raises Refused when the bot may not do this in the chats that the call names."""
    if "chat_id" in params:
        _require(state, params["chat_id"], method, _need(state, method, params))
    for other in (params.get("from_chat_id"), (params.get("reply_parameters") or {}).get("chat_id")):
        if other is not None:
            _require(state, other, method, Need.READ)
    scope = params.get("scope") or {}
    if "chat_id" in scope:
        _require(state, scope["chat_id"], method, Need.MEMBERS)
    if method in _CONTENT:
        _require_permission(state, params["chat_id"], *_CONTENT[method])


def may(state: State, chat_id: int | str, right: str, user_id: int | None = None) -> bool:
    """Whether someone, by default the bot, has a right or permission in a chat; everything in a chat that was not set up."""
    group = state.group(chat_id)
    if not group:
        return True
    user_id = state.bot_id if user_id is None else user_id
    status = state.member_status(chat_id, user_id)
    rights = state.rights.get((chat_id, user_id), {})
    shared = right in SHARED and user_id == state.bot_id
    if status == "administrator":
        return rights.get(right, right.startswith("can_send_"))
    if status == "restricted":
        return not shared and rights.get(right, False) and group.permissions.get(right, False)
    return status == "creator" or (status == "member" and not shared and group.permissions.get(right, False))


def is_heard(state: State, message: dict[str, Any]) -> bool:
    """Whether the bot gets a message at all: not where it is not, and as a mere member only what is for it or by the service."""
    chat_id: int = message["chat"]["id"]
    group, status = state.group(chat_id), state.member_status(chat_id, state.bot_id)
    if chat_id > 0 or status in _OUT:
        return chat_id > 0
    if not group or group.hears_all or status == "administrator":
        return True
    words = message.get("text") or message.get("caption") or ""
    replied = message.get("reply_to_message", {}).get("from", {}).get("id")
    if not _SHOWN & message.keys() or words.startswith("/") or replied == state.bot_id:
        return True
    return f"@{state.bot['username']}".lower() in words.lower()


def _need(state: State, method: str, params: dict[str, Any]) -> Need:
    if method in _READING or (method == "getChatMember" and params["user_id"] == state.bot_id):
        return Need.READ
    if method in _OF_MEMBERS:
        return Need.MEMBERS
    return Need.EDIT if method.startswith(("editMessage", "stop")) else Need.WRITE


def _require(state: State, chat_id: int | str, method: str, need: Need) -> None:
    chat_id = state.resolved(chat_id)
    if chat_id in state.absent:
        raise Refused(400, "Bad Request: chat not found")
    if isinstance(chat_id, int) and chat_id > 0:
        _require_person(state, chat_id, method)
        return
    if chat_id in state.migrated and need > Need.READ:
        parameters = {"migrate_to_chat_id": state.migrated[int(chat_id)]}
        raise Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", parameters=parameters)
    status, group = state.member_status(chat_id, state.bot_id), state.group(chat_id)
    kind = state.chat(chat_id)["type"]
    if status in _OUT and _is_shut(kind, status, group, need):
        raise Refused(403, f"Forbidden: bot {'was kicked from' if status == 'kicked' else 'is not a member of'} the {kind} chat")
    if need == Need.MEMBERS and group and group.hidden_members and status not in {"administrator", "creator"}:
        raise Refused(400, "Bad Request: member list is inaccessible")


def _is_shut(kind: str, status: str, group: Group | None, need: Need) -> bool:
    """Whether a chat that the bot is not in is shut to such a call: what is public, or was seen before, can still be read."""
    if kind == "group":
        return need >= Need.EDIT
    return status == "kicked" or not (group and group.public) or need >= Need.EDIT


def _require_person(state: State, user_id: int, method: str) -> None:
    if not method.startswith(_SENDING):
        return
    if user_id in NOBODY:
        raise Refused(403, "Forbidden: the bot can't send messages to the bot", violation=f"{user_id} stands for nobody who could read it")
    if state.members.get((user_id, state.bot_id)) == "kicked":
        raise Refused(403, "Forbidden: bot was blocked by the user")
    if user_id not in state.met and any(chat_id in state.groups for chat_id, one in state.members if one == user_id):
        raise Refused(403, "Forbidden: bot can't initiate conversation with a user")


def _require_permission(state: State, chat_id: int | str, permission: str, what: str) -> None:
    if not may(state, state.resolved(chat_id), permission):
        raise Refused(400, f"Bad Request: not enough rights to send {what} to the chat")

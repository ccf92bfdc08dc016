"""What residents do: write, edit, press buttons, send media, add the bot to a group or block it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from threading import RLock
from typing import Any

from .access import is_heard
from .checking import Problem, checker
from .groups import Rights, rights_of
from .html import utf16_length
from .people import ANONYMOUS, CHANNEL, TELEGRAM, blank, member
from .records import Callback, Sent
from .state import State
from .threads import placement, thread_for_person

Replied = int | Sent | tuple[int | str, int]
_COMMAND = re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?")
_MENTION = re.compile(r"(?<![\w/@])@[A-Za-z0-9_]{3,32}")
_PICTURE = {"width": 90, "height": 90}
_MEDIA: dict[str, dict[str, Any]] = {
    "voice": {"duration": 3},
    "video": {"duration": 3, **_PICTURE},
    "video_note": {"duration": 3, "length": 90},
    "animation": {"duration": 3, **_PICTURE},
    "audio": {"duration": 3},
    "document": {"file_name": "문서.pdf", "mime_type": "application/pdf"},
    "sticker": {"emoji": "👍", **_PICTURE},
    "location": {"latitude": 37.5326, "longitude": 126.9905},
    "contact": {"phone_number": "+821000000000", "first_name": "홍길동"},
    "poll": {"question": "?"},
    "dice": {"emoji": "🎲", "value": 6},
}


@dataclass(frozen=True, slots=True)
class _Act:
    """Who writes where, and to what; see Actions.message."""

    chat_id: int
    user_id: int | None = None
    chat_type: str | None = None
    thread_id: int | None = None
    reply_to: Replied | None = None
    language_code: str = "ko"
    sender_chat: int | None = None
    quote: str | None = None


class Actions:
    """The residents' side of the fake Telegram; every action queues one update and gives its id."""

    state: State
    lock: RLock

    def message(
        self,
        chat_id: int,
        text: str,
        user_id: int | None = None,
        chat_type: str | None = None,
        thread_id: int | None = None,
        reply_to: Replied | None = None,
        entities: list[dict[str, Any]] | None = None,
        language_code: str = "ko",
        *,
        sender_chat: int | None = None,
        quote: str | None = None,
        **extra: Any,
    ) -> int:
        """Someone writes a text. Commands and mentions in it are marked, as Telegram does, unless `entities` are given.

        thread_id    the topic of a forum; without it, that of the message replied to
        reply_to     a message by its id or as Sent; one of another chat as Sent or (chat id, message id): it comes as external_reply
        sender_chat  who it is written as: the group itself (an administrator who stays unnamed) or a channel's id
        quote        the part of that message which is quoted
        """
        content = {"text": text, **_marked("entities", text, entities), **extra}
        return self._post(content, _Act(chat_id, user_id, chat_type, thread_id, reply_to, language_code, sender_chat, quote))

    def media(
        self,
        chat_id: int,
        kind: str,
        caption: str | None = None,
        user_id: int | None = None,
        chat_type: str | None = None,
        thread_id: int | None = None,
        reply_to: Replied | None = None,
        language_code: str = "ko",
        *,
        sender_chat: int | None = None,
        quote: str | None = None,
        **extra: Any,
    ) -> int:
        """Someone sends a photo, voice, sticker, location, document, video, contact, poll, dice, animation, audio or video_note."""
        content = {**self._media(kind), **extra}
        if caption is not None:
            content |= {"caption": caption, **_marked("caption_entities", caption, None)}
        return self._post(content, _Act(chat_id, user_id, chat_type, thread_id, reply_to, language_code, sender_chat, quote))

    def automatic_forward(self, chat_id: int, channel_id: int, text: str) -> int:
        """A post of the linked channel comes into the group of its discussion by itself."""
        origin = {"type": "channel", "date": int(time.time()), "chat": self.state.chat(channel_id, "channel"), "message_id": 1}
        content = {"text": text, "is_automatic_forward": True, "forward_origin": origin}
        return self._post(content, _Act(chat_id, sender_chat=channel_id))

    def _media(self, kind: str) -> dict[str, Any]:
        with self.lock:
            number = self.state.number()
        names = {"file_id": f"file-{number}", "file_unique_id": f"unique-{number}"}
        if kind == "photo":
            return {"photo": [{**names, **_PICTURE}]}
        if kind not in _MEDIA:
            raise ValueError(f"no such kind of media: {kind}")
        own = names if kind not in {"location", "contact", "poll", "dice"} else {}
        content = {kind: blank(kind.title().replace("_", ""), **own, **_MEDIA[kind])}
        # Telegram names an animation twice, for clients older than animations.
        return {**content, "document": names} if kind == "animation" else content

    def edited(self, chat_id: int, message_id: int, text: str | None = None, caption: str | None = None, **extra: Any) -> int:
        """Someone edits their message: its text, or a picture's caption."""
        with self.lock:
            before = self.state.messages.get((chat_id, message_id))
            if not isinstance(before, dict):
                raise ValueError(f"no resident wrote message {message_id} in chat {chat_id}")
            name, marks, words = ("text", "entities", text) if text is not None else ("caption", "caption_entities", caption or "")
            kept = {key: value for key, value in before.items() if key not in {marks, name}}
            message = {**kept, "edit_date": int(time.time()), name: words, **_marked(marks, words, None), **extra}
            self.state.messages[chat_id, message_id] = message
            return self._queue({"edited_message": message}, hidden=not is_heard(self.state, message))

    def _post(self, content: dict[str, Any], act: _Act) -> int:
        with self.lock:
            state, chat_id = self.state, act.chat_id
            chat = state.chat(chat_id, act.chat_type)
            user_id = act.user_id or state.someone(chat_id)
            replied = self._found(chat_id, act.reply_to)
            thread_id = thread_for_person(state, chat_id, user_id, act.thread_id, replied, act.sender_chat)
            if thread_id is not None:
                chat["is_forum"] = True
            message: dict[str, Any] = {"message_id": state.next_message_id(chat_id), **self._author(act, user_id, content)}
            message |= {"chat": chat, "date": int(time.time()), **placement(state, chat_id, thread_id, replied), **content}
            if act.quote is not None:
                message["quote"] = _quote(replied or {}, act.quote)
            state.messages[chat_id, message["message_id"]] = message
            return self._queue({"message": message}, hidden=not is_heard(state, message))

    def _author(self, act: _Act, user_id: int, content: dict[str, Any]) -> dict[str, Any]:
        """from, and sender_chat of who does not write in their own name."""
        if act.sender_chat is None:
            self.state.languages[user_id] = act.language_code
            if act.chat_id > 0:
                self.state.met.add(user_id)
            return {"from": self.state.person(user_id, act.language_code)}
        as_group = act.sender_chat == act.chat_id
        stands_for = ANONYMOUS if as_group else TELEGRAM if "is_automatic_forward" in content else CHANNEL
        return {"from": stands_for, "sender_chat": self.state.chat(act.sender_chat, None if as_group else "channel")}

    def _found(self, chat_id: int, reply_to: Replied | None) -> dict[str, Any] | None:
        if reply_to is None:
            return None
        place = (reply_to.chat_id, reply_to.message_id) if isinstance(reply_to, Sent) else reply_to
        place = place if isinstance(place, tuple) else (chat_id, place)
        found = self.state.message(*place)
        if found is None:
            raise ValueError(f"no message {place[1]} in chat {place[0]} to reply to")
        return found

    def press(
        self,
        message: Sent,
        button: str | int,
        user_id: int | None = None,
        *,
        stale: bool = False,
        inaccessible: bool = False,
        inline_message_id: str = "",
    ) -> int:
        """Someone, a member or not, presses a button of the bot's message: by its callback_data, its text, or its number.

        stale              `button` is data that no button has: of a keyboard that has gone, as a slow telephone shows it, or forged
        inaccessible       the message has gone from Telegram's memory: the bot learns its place alone. So it is with a deleted one
        inline_message_id  the message was sent by way of the bot into a chat that it does not see: there is no message
        """
        with self.lock:
            data = str(button) if stale else _data(message, button)
            chat = self.state.chat(message.chat_id)
            presser = user_id or self.state.someone(chat["id"])
            callback = Callback(id=str(4_000_000_000_000 + self.state.number()), data=data, update_id=0)
            query: dict[str, Any] = {"id": callback.id, "from": self.state.person(presser)}
            if inline_message_id:
                query["inline_message_id"] = inline_message_id
                self.state.inline.add(inline_message_id)
            else:
                gone = inaccessible or message.deleted
                query["message"] = {"chat": chat, "message_id": message.message_id, "date": 0} if gone else message.message
            query |= {"chat_instance": str(chat["id"]), "data": data}
            self.state.callbacks[callback.id] = callback
            callback.update_id = self._queue({"callback_query": query})
            return callback.update_id

    def membership(
        self,
        chat_id: int,
        status: str,
        user_id: int | None = None,
        chat_type: str | None = None,
        before: str | None = None,
        rights: Rights | None = None,
    ) -> int:
        """The bot's own membership changes: to member, administrator, left, kicked (in a private chat: blocked) …; user_id did it.

        rights  in a group that was set up, as there; without them a new status has the usual ones
        """
        with self.lock:
            state, own = self.state, (chat_id, self.state.bot_id)
            chat, group = state.chat(chat_id, chat_type), state.group(chat_id)
            previous = before or state.members.get(own, "left" if status != "left" else "member")
            old = member(previous, state.bot, state.rights.get(own))
            if group and (rights is not None or status != state.members.get(own)):
                state.rights[own] = rights_of(status, rights, group.kind)
            state.members[own] = status
            if chat_id > 0 and status == "member":
                state.met.add(chat_id)
            new = member(status, state.bot, state.rights.get(own))
            actor = state.person(user_id or state.someone(chat_id))
            change = {"chat": chat, "from": actor, "date": int(time.time()), "old_chat_member": old, "new_chat_member": new}
            return self._queue({"my_chat_member": change})

    def push(self, update: dict[str, Any]) -> int:
        """Any update, unchecked; with an update_id of its own it keeps it and its place in the line."""
        with self.lock:
            return self.state.updates.add(update)

    def redeliver(self, update_id: int) -> None:
        """The same update comes once more."""
        with self.lock:
            self.state.updates.add(self.state.updates.known[update_id], again=True)

    def update(self, update_id: int) -> dict[str, Any]:
        """An update that was queued."""
        with self.lock:
            return self.state.updates.known[update_id]

    def person(self, user_id: int) -> dict[str, Any]:
        """A user as the bot sees them: first_name, last_name, username."""
        with self.lock:
            return self.state.person(user_id)

    def name(self, user_id: int, first_name: str) -> None:
        """Someone is called so from now on, without a last name and a username."""
        with self.lock:
            self.state.first_names[user_id] = first_name

    def _queue(self, update: dict[str, Any], *, hidden: bool = False) -> int:
        # A test that sends what Telegram never would proves nothing; push() is there for that.
        try:
            checker("Update")({"update_id": 0, **update})
        except Problem as problem:
            raise ValueError(f"{problem.place} {problem.text}") from None
        with self.lock:
            return self.state.updates.add(update, hidden=hidden)


def _quote(replied: dict[str, Any], part: str) -> dict[str, Any]:
    words = str(replied.get("text") or replied.get("caption") or "")
    if not part or part not in words:
        raise ValueError(f"the message replied to does not say {part!r}")
    return {"text": part, "position": utf16_length(words[: words.index(part)]), "is_manual": True}


def _marked(name: str, text: str, entities: list[dict[str, Any]] | None) -> dict[str, Any]:
    if entities is None:
        found = [(match, "bot_command") for match in _COMMAND.finditer(text)] + [(match, "mention") for match in _MENTION.finditer(text)]
        found.sort(key=lambda pair: pair[0].start())
        entities = [{"type": kind, "offset": utf16_length(text[: match.start()]), "length": utf16_length(match[0])} for match, kind in found]
    return {name: entities} if entities else {}


def _data(message: Sent, button: str | int) -> str:
    buttons = [one for row in message.buttons for one in row]
    if isinstance(button, int):
        found = buttons[button : button + 1]
    else:
        found = [one for one in buttons if one.get("callback_data") == button] or [one for one in buttons if one["text"] == button]
    if not found or "callback_data" not in found[0]:
        raise ValueError(f"no such button: {button!r}; there are {[(one['text'], one.get('callback_data')) for one in buttons]}")
    data: str = found[0]["callback_data"]
    return data

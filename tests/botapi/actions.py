"""What residents do: write, edit, press buttons, send media, add the bot to a group or block it."""

from __future__ import annotations

import re
import time
from threading import RLock
from typing import Any

from .checking import Problem, checker
from .html import utf16_length
from .people import blank, member, person
from .records import Callback, Sent
from .state import State

DEFAULT_USER = 5_000_001  # who acts in a group, when the test does not care
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


class Actions:
    """The residents' side of the fake Telegram; every action queues one update and gives its id."""

    state: State
    lock: RLock

    def _wake(self) -> None:
        raise NotImplementedError

    def message(
        self,
        chat_id: int,
        text: str,
        user_id: int | None = None,
        chat_type: str | None = None,
        thread_id: int | None = None,
        reply_to: int | Sent | None = None,
        entities: list[dict[str, Any]] | None = None,
        language_code: str = "ko",
        **extra: Any,
    ) -> int:
        """Someone writes a text. Commands and mentions in it are marked, as Telegram does, unless `entities` are given."""
        content = {"text": text, **_marked("entities", text, entities), **extra}
        return self._post("message", content, chat_id, user_id, chat_type, thread_id, reply_to, language_code)

    def media(
        self,
        chat_id: int,
        kind: str,
        caption: str | None = None,
        user_id: int | None = None,
        chat_type: str | None = None,
        thread_id: int | None = None,
        reply_to: int | Sent | None = None,
        language_code: str = "ko",
        **extra: Any,
    ) -> int:
        """Someone sends a photo, voice, sticker, location, document, video, contact, poll, dice, animation, audio or video_note."""
        content = {**self._media(kind), **extra}
        if caption is not None:
            content |= {"caption": caption, **_marked("caption_entities", caption, None)}
        return self._post("message", content, chat_id, user_id, chat_type, thread_id, reply_to, language_code)

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

    def edited(self, chat_id: int, message_id: int, text: str, **extra: Any) -> int:
        """Someone edits their message."""
        with self.lock:
            before = self.state.messages.get((chat_id, message_id))
            if not isinstance(before, dict):
                raise ValueError(f"no resident wrote message {message_id} in chat {chat_id}")
            kept = {key: value for key, value in before.items() if key != "entities"}
            message = {**kept, "edit_date": int(time.time()), "text": text, **_marked("entities", text, None), **extra}
            self.state.messages[chat_id, message_id] = message
            return self._queue({"edited_message": message})

    def _post(
        self,
        kind: str,
        content: dict[str, Any],
        chat_id: int,
        user_id: int | None,
        chat_type: str | None,
        thread_id: int | None,
        reply_to: int | Sent | None,
        language_code: str,
    ) -> int:
        with self.lock:
            chat = self.state.chat(chat_id, chat_type)
            sender = person(user_id or (chat_id if chat["type"] == "private" else DEFAULT_USER), language_code)
            self.state.languages[sender["id"]] = language_code
            message_id = self.state.next_message_id(chat_id)
            message: dict[str, Any] = {"message_id": message_id, "from": sender, "chat": chat, "date": int(time.time())}
            if thread_id is not None:
                message |= {"message_thread_id": thread_id, "is_topic_message": True}
                chat["is_forum"] = True
            if reply_to is not None:
                message["reply_to_message"] = self._quoted(chat_id, reply_to)
            message |= content
            self.state.messages[chat_id, message_id] = message
            return self._queue({kind: message})

    def _quoted(self, chat_id: int, reply_to: int | Sent) -> dict[str, Any]:
        message_id = reply_to.message_id if isinstance(reply_to, Sent) else reply_to
        quoted = self.state.message(chat_id, message_id)
        if quoted is None:
            raise ValueError(f"no message {message_id} in chat {chat_id} to reply to")
        return {key: value for key, value in quoted.items() if key != "reply_to_message"}

    def press(self, message: Sent, button: str | int, user_id: int | None = None, *, stale: bool = False) -> int:
        """Someone presses a button of the bot's message: by its callback_data, its text, or its number.

        With `stale`, `button` is the data of a keyboard that has gone meanwhile, as a slow telephone still shows it.
        """
        with self.lock:
            data = str(button) if stale else _data(message, button)
            chat = self.state.chat(message.chat_id)
            presser = user_id or (chat["id"] if chat["type"] == "private" else DEFAULT_USER)
            callback = Callback(id=str(4_000_000_000_000 + self.state.number()), data=data, update_id=0)
            query = {
                "id": callback.id,
                "from": person(presser, self.state.languages.get(presser, "ko")),
                "message": message.message,
                "chat_instance": str(chat["id"]),
                "data": data,
            }
            self.state.callbacks[callback.id] = callback
            callback.update_id = self._queue({"callback_query": query})
            return callback.update_id

    def membership(self, chat_id: int, status: str, user_id: int | None = None, chat_type: str | None = None, before: str | None = None) -> int:
        """The bot's own membership changes: to member, administrator, left, kicked (in a private chat: blocked) …; user_id did it."""
        with self.lock:
            chat = self.state.chat(chat_id, chat_type)
            previous = before or self.state.members.get((chat_id, self.state.bot_id), "left" if status != "left" else "member")
            self.state.members[chat_id, self.state.bot_id] = status
            actor = user_id or (chat_id if chat["type"] == "private" else DEFAULT_USER)
            change = {
                "chat": chat,
                "from": person(actor),
                "date": int(time.time()),
                "old_chat_member": member(previous, self.state.bot),
                "new_chat_member": member(status, self.state.bot),
            }
            return self._queue({"my_chat_member": change})

    def set_member(self, chat_id: int, user_id: int, status: str) -> None:
        """What getChatMember says of a user; "member" without this."""
        with self.lock:
            self.state.members[chat_id, user_id] = status

    def push(self, update: dict[str, Any]) -> int:
        """Any update, unchecked; with an update_id of its own it keeps it and its place in the line."""
        with self.lock:
            update_id = self.state.updates.add(update)
        self._wake()
        return update_id

    def redeliver(self, update_id: int) -> None:
        """The same update comes once more."""
        with self.lock:
            self.state.updates.add(self.state.updates.known[update_id], again=True)
        self._wake()

    def update(self, update_id: int) -> dict[str, Any]:
        """An update that was queued."""
        with self.lock:
            return self.state.updates.known[update_id]

    def person(self, user_id: int) -> dict[str, Any]:
        """A user as the bot sees them: first_name, last_name, username."""
        return person(user_id)

    def _queue(self, update: dict[str, Any]) -> int:
        # A test that sends what Telegram never would proves nothing; push() is there for that.
        try:
            checker("Update")({"update_id": 0, **update})
        except Problem as problem:
            raise ValueError(f"{problem.place} {problem.text}") from None
        return self.push(update)


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

"""From an update of Telegram's to what the bot needs of it, and no more: no name, no file, no unmasked number goes further than here."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, MessageEntity, Update, User

from bot.store.masking import MASK, mask

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")  # the updates that Telegram shall send
_PRESENT = ("member", "administrator", "restricted", "creator")
_OURS = re.compile(r"[\w-]{1,8}(?:\|[\w,-]*)+", re.ASCII)  # what data of our buttons looks like, of whatever version
_VOTE = re.compile(r"\w+\|v\w?\|")  # a vote, or what staff do about one
_SERVICE = (1087968824, 136817688, 777000)  # in whose name Telegram sends what groups and channels write
_NAME_LENGTH = 32  # of a command
_SAID = 1000  # characters of the bot's message that are read with a press


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message, a press of a button, or a change of the bot's standing in a chat. Stored as JSON until it is answered.

    kind      text, command, press, media, joined (the bot came into a group), left (it was blocked or removed) or moved (new id of a group);
              in the group of the staff also answer (to a message of the bot's, not masked)
    user_id   who wrote; in the name of a group or channel, its id. Not stored: what is stored is the hash that stands for it, `person`
    text      the message, or what stands behind the command, masked
    name      the command, the kind of media, or for a press its data
    query     id of the press, which must be acknowledged
    cut       whether more was written than is read
    new_id    where the group has moved to
    was       the id of the group when this came, where it has moved since; message ids are of that
    answers   the message of the bot's that it explicitly answers
    said      for a vote on a reply, and for what staff do about one: what the message says
    buttons   likewise: the rows of buttons under it, each [label, data]
    who       of the staff: the name by which colleagues know them; staff: whether they belong to the group at this moment
    """

    kind: str
    chat_id: int
    user_id: int = 0
    group: bool = False
    message_id: int | None = None
    thread_id: int | None = None
    language: str = ""
    text: str = ""
    name: str = ""
    query: str = ""
    cut: bool = False
    edited: bool = False
    new_id: int | None = None
    was: int | None = None
    person: str = ""
    answers: int | None = None
    said: str = ""
    buttons: list[list[list[str]]] = field(default_factory=list)
    who: str = ""
    staff: bool = False

    @property
    def numbered_in(self) -> int:
        """The chat in which the ids of messages count."""
        return self.was or self.chat_id

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value not in ("", None, False, []) and name != "user_id"}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Incoming:
        known = {one.name for one in fields(cls)}
        return cls(**{name: item for name, item in value.items() if name in known})


@dataclass(frozen=True, slots=True)
class Self:
    """Who the bot is: needed to tell what is meant for it."""

    id: int
    username: str


def read_update(update: Update, bot: Self, length: int) -> Incoming | None:
    """What the update asks of the bot, or None where it asks nothing. length: characters of a message that are read."""
    if update.callback_query is not None:
        return press(update.callback_query)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return None
    return _message(message, bot, length, edited=update.edited_message is not None)


def chat_of(update: Update) -> int | None:
    """The chat an update is of, which its order goes by."""
    return update.effective_chat.id if update.effective_chat else update.effective_user.id if update.effective_user else None


# -- messages --------------------------------------------------------------------------------------------------------


def _message(message: Message, bot: Self, length: int, edited: bool) -> Incoming | None:
    if message.migrate_to_chat_id is not None:  # whoever did it, a bot too
        return Incoming("moved", message.chat.id, message.chat.id, group=True, new_id=message.migrate_to_chat_id)
    author = _author(message.from_user, message.sender_chat)
    if author is None or message.chat.type == Chat.CHANNEL or (message.via_bot and message.via_bot.id == bot.id):
        return None
    if message.is_automatic_forward:  # a post of the group's channel, to which nobody here waits for an answer
        return None
    common: dict[str, Any] = {**_place(message), "user_id": author, "language": _language(message.from_user), "edited": edited}
    text, entities = message.text or message.caption or "", message.entities or message.caption_entities or ()
    command = _command(text, entities, bot)
    if command is not None:
        name, rest, addressed = command
        if not addressed:
            return None
        if name:
            return Incoming("command", name=mask(name)[:_NAME_LENGTH], text=_masked(rest, length)[0], **common)
    kind = _media(message)
    if common["group"] and not _is_for(message, text, entities, bot):
        return None
    text, cut = _masked(_without_names(text, entities, bot), length)
    if kind and edited and not text:
        return None  # a live location changes every few seconds, a poll when it is closed
    if kind:
        return Incoming("media", name=kind, text=text, cut=cut, **common)
    return Incoming("text", text=text, cut=cut, **common) if message.text is not None else None


def _place(message: Message) -> dict[str, Any]:
    return {
        "chat_id": message.chat.id,
        "group": message.chat.type != Chat.PRIVATE,
        "message_id": message.message_id,
        # In a group without topics Telegram sets it for replies too, and refuses it in an answer.
        "thread_id": message.message_thread_id if message.is_topic_message else None,
        "answers": message.reply_to_message.message_id if message.reply_to_message is not None else None,
    }


def _author(user: User | None, chat: Chat | None) -> int | None:
    """Who speaks; other bots are not answered, or two bots would never end."""
    if user is not None and user.is_bot and user.id not in _SERVICE:
        return None
    if chat is not None:
        return chat.id
    return None if user is None or user.is_bot else user.id


def _language(user: User | None) -> str:
    code = (user.language_code or "") if user else ""
    return "" if not code else "ko" if code.lower().startswith("ko") else "en"


def _command(text: str, entities: Any, bot: Self) -> tuple[str, str, bool] | None:
    """(name, what stands behind it, whether it is meant for this bot); None where the message begins with no command."""
    first = next((one for one in entities if one.type == MessageEntity.BOT_COMMAND and one.offset == 0), None)
    if first is None:
        return None
    word = text[1 : first.length]  # ASCII: units and characters are the same
    name, _, whom = word.partition("@")
    return name.lower(), text[first.length :].strip(), not whom or whom.lower() == bot.username.lower()


def _is_for(message: Message, text: str, entities: Any, bot: Self) -> bool:
    """Whether a message of a group is meant for the bot: it mentions it, or answers it."""
    if any(_is_mention(text, one, bot) for one in entities):
        return True
    answered = message.reply_to_message
    # In a topic every message answers the one that opened it, which is nobody's.
    opened = answered is not None and answered.forum_topic_created is not None
    return answered is not None and not opened and answered.from_user is not None and answered.from_user.id == bot.id


def _is_mention(text: str, entity: MessageEntity, bot: Self) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == bot.id
    return entity.type == MessageEntity.MENTION and _slice(text, entity).lower() == f"@{bot.username}".lower()


def _without_names(text: str, entities: Any, bot: Self) -> str:
    """The message without the name it calls the bot by, and with MASK for the people whom Telegram knows to be named in it."""
    units, named = text.encode("utf-16-le", "surrogatepass"), (MessageEntity.MENTION, MessageEntity.TEXT_MENTION)
    for entity in sorted(entities, key=lambda one: -one.offset):
        if entity.type in named:
            instead = "" if _is_mention(text, entity, bot) else MASK
            units = units[: entity.offset * 2] + instead.encode("utf-16-le") + units[(entity.offset + entity.length) * 2 :]
    return units.decode("utf-16-le", "replace").strip()


def _slice(text: str, entity: MessageEntity) -> str:
    """What an entity covers; its offsets count UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le", "replace")


def _masked(text: str, length: int) -> tuple[str, bool]:
    """(the masked text as far as it is read, whether there was more). Masked before it is cut: half a number would not be known as one."""
    most = 2 * length  # more is not even looked at
    read = mask(text[:most].replace("\0", "").encode("utf-8", "replace").decode("utf-8"))  # what no database would take is left out
    return read[:length], len(read) > length or len(text) > most


def _media(message: Message) -> str:
    """What was sent in place of text: voice, location or file; "" for text, and for what needs no word (a pinned message, a new member)."""
    if message.voice or message.audio or message.video_note:
        return "voice"
    if message.location or message.venue:
        return "location"
    files = ("photo", "sticker", "video", "animation", "document", "contact", "poll", "dice", "story", "paid_media", "checklist", "game")
    return "file" if any(getattr(message, name, None) for name in files) else ""


# -- presses and standing --------------------------------------------------------------------------------------------


def press(query: CallbackQuery) -> Incoming | None:
    message = query.message
    chat = message.chat if message is not None else None
    thread = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    voted_on = message if isinstance(message, Message) and _VOTE.match(query.data or "") else None
    return Incoming(
        "press",
        chat_id=chat.id if chat else query.from_user.id,
        user_id=query.from_user.id,
        group=chat is not None and chat.type != Chat.PRIVATE,
        message_id=message.message_id if message is not None else None,
        thread_id=thread,
        language=_language(query.from_user),
        name=query.data if query.data and _OURS.fullmatch(query.data) else "",
        query=query.id,
        said=(voted_on.text or "")[:_SAID] if voted_on is not None else "",
        buttons=_buttons(voted_on) if voted_on is not None else [],
    )


def _buttons(message: Message) -> list[list[list[str]]]:
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    return [[[one.text, one.callback_data] for one in row if isinstance(one.callback_data, str)] for row in rows]


def is_present(member: ChatMember) -> bool:
    """Whether somebody with this standing is in the chat."""
    return member.status in _PRESENT


def _membership(change: ChatMemberUpdated) -> Incoming | None:
    chat, here = change.chat, is_present(change.new_chat_member)
    if chat.type == Chat.CHANNEL or here == is_present(change.old_chat_member):
        return None
    group = chat.type != Chat.PRIVATE
    if here and not group:
        return None  # unblocked: what the resident writes next is answered
    return Incoming("joined" if here else "left", chat_id=chat.id, user_id=change.from_user.id, group=group, language=_language(change.from_user))

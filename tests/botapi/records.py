"""What the fake server writes down for the tests to read: calls, sent messages, callback queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Refused(Exception):
    """An answer of Telegram's that is not ok.

    code         the HTTP status, and error_code in the body
    description  Telegram's words, "Bad Request: " included
    violation    what rule the request broke; None when a correct bot may get this answer too
    parameters   ResponseParameters: retry_after, migrate_to_chat_id
    """

    def __init__(self, code: int, description: str, *, violation: str | None = None, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.violation = violation
        self.parameters = parameters or {}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request: its name, content type and size in bytes."""

    filename: str
    content_type: str
    size: int


@dataclass(slots=True)
class Call:
    """One request of the bot's, in the order of arrival.

    params       decoded: numbers, booleans and objects, however they were sent
    at           when it arrived, by time.monotonic()
    ok           answered with ok: true; False as long as there is no answer, and when the answer was lost
    carried_out  what was asked for has happened
    error        the description of the refusal, or the kind of the fault
    """

    method: str
    params: dict[str, Any]
    at: float
    ok: bool = False
    carried_out: bool = False
    error: str = ""


@dataclass(slots=True)
class Sent:
    """A message that the bot sent; a later edit shows here.

    text      as a resident sees it (of other media: the caption)
    html      as the bot sent it, when in HTML; otherwise the text, escaped
    buttons   rows of the inline keyboard
    markup    any other reply_markup
    versions  every text the message has had, the present one last
    message   the Message as the bot got it back
    """

    chat_id: int | str
    message_id: int
    text: str
    html: str
    entities: list[dict[str, Any]]
    buttons: list[list[dict[str, Any]]]
    markup: dict[str, Any] | None
    thread_id: int | None
    reply_to: int | None
    at: float
    method: str
    message: dict[str, Any]
    versions: list[str] = field(default_factory=list)
    edits: int = 0
    deleted: bool = False

    @property
    def edited(self) -> bool:
        return self.edits > 0

    @property
    def labels(self) -> list[str]:
        """The inline buttons' texts, row by row."""
        return [button["text"] for row in self.buttons for button in row]


@dataclass(slots=True)
class Callback:
    """A pressed button, which wants exactly one answer.

    answered  how often answerCallbackQuery was carried out for it
    heard     the bot got to know of the answer's success; after a lost answer a second try is no fault
    excused   a fault kept the bot from answering
    """

    id: str
    data: str
    update_id: int
    answered: int = 0
    heard: bool = False
    excused: bool = False

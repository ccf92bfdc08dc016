"""Misbehaviour on demand: what Telegram, its proxies and the network do to a bot on a bad day."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from .records import Refused

# What is answered instead of doing it; {…} are the fault's own fields.
_ANSWERS = {
    "429": (429, "Too Many Requests: retry after {retry_after}"),
    "500": (500, "Internal Server Error"),
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "kicked": (403, "Forbidden: bot was kicked from the supergroup chat"),
    "deactivated": (403, "Forbidden: user is deactivated"),
    "not_found": (400, "Bad Request: chat not found"),
    "migrated": (400, "Bad Request: group chat was upgraded to a supergroup chat"),
    "conflict": (409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"),
    "unauthorized": (401, "Unauthorized"),
    "refused": (400, "{description}"),
}
_WITHOUT_ANSWER = {"502", "timeout", "cut", "lost"}
_OF_A_CHAT = {"blocked", "kicked", "deactivated", "not_found", "migrated"}
BAD_GATEWAY = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"


@dataclass
class Fault:
    """One kind of misbehaviour and the calls that it strikes.

    kind         429, 500, 502 (a proxy's HTML), timeout (held for `seconds`, then done, unless the bot has gone), cut (closed
                 before doing it), lost (done, then closed without an answer), or one of the refusals above
    method       the method it strikes; None: every method (conflict: getUpdates; a chat's fault: those with a chat_id)
    chat_id      the chat it strikes; None: every chat
    times        how many calls it strikes; None: until behave()
    share        the probability that it strikes a call it could strike
    fired        how many it has struck
    """

    kind: str
    method: str | None = None
    chat_id: int | str | None = None
    times: int | None = 1
    share: float = 1.0
    retry_after: int = 1
    seconds: float = 1.0
    description: str = "Bad Request: refused"
    migrate_to: int | None = None
    fired: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in _ANSWERS.keys() | _WITHOUT_ANSWER:
            raise ValueError(f"no such fault: {self.kind}")
        if self.kind == "conflict" and self.method is None:
            self.method = "getUpdates"

    def strikes(self, method: str, params: dict[str, Any], random: Random) -> bool:
        """Whether this call is struck; counts it, if so."""
        if self.method not in (None, method) or (self.times is not None and self.fired >= self.times):
            return False
        if self.chat_id is not None and params.get("chat_id") != self.chat_id:
            return False
        if self.kind in _OF_A_CHAT and "chat_id" not in params:
            return False
        if self.share < 1 and random.random() >= self.share:
            return False
        self.fired += 1
        return True

    def refusal(self, params: dict[str, Any]) -> Refused | None:
        """The answer that it gives; None for a fault of the network."""
        if self.kind not in _ANSWERS:
            return None
        code, words = _ANSWERS[self.kind]
        parameters: dict[str, Any] = {}
        if self.kind == "429":
            parameters["retry_after"] = self.retry_after
        elif self.kind == "migrated":
            parameters["migrate_to_chat_id"] = self.migrate_to or -1_000_000_000_000 - abs(int(params["chat_id"]))
        return Refused(code, words.format(retry_after=self.retry_after, description=self.description), parameters=parameters)

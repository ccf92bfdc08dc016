"""The request that fetches updates: one that cannot be read must not keep all others from being fetched.

python-telegram-bot reads a batch as a whole and, where that fails, fetches the same batch for ever. So each update is tried here first; one
that cannot be read is passed on as an empty one, which is acknowledged and asks for nothing. An answer that is none at all is a fault of the
network, so that there is a pause before the next.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from telegram import Update
from telegram.error import NetworkError
from telegram.request import HTTPXRequest, RequestData

log = structlog.get_logger()


class PollingRequest(HTTPXRequest):
    """HTTPXRequest, with an eye on what it fetches.

    on_batch  called with the updates of every answer
    barred    called where the token is refused
    """

    def __init__(self, on_batch: Callable[[list[Update]], None], barred: Callable[[], None], **options: Any) -> None:
        super().__init__(**options)
        self._on_batch, self._refused = on_batch, barred

    async def do_request(self, url: str, method: str, request_data: RequestData | None = None, *arguments: Any, **options: Any) -> tuple[int, bytes]:
        """The answer, with every update in it readable."""
        code, payload = await super().do_request(url, method, request_data, *arguments, **options)
        if not url.endswith("/getUpdates"):
            return code, payload
        if code == HTTPStatus.UNAUTHORIZED:
            self._refused()
        if code == HTTPStatus.NOT_FOUND:
            # To the library the token is wrong, and it would poll no more; but the token was right at the start. So it is a server in between.
            raise NetworkError("not found")
        if code != HTTPStatus.OK:
            return code, payload
        return code, self._sound(payload)

    def _sound(self, payload: bytes) -> bytes:
        try:
            answer = json.loads(payload)
            found = list(answer["result"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise NetworkError("no list of updates") from None
        updates, kept = [], []
        for value in found:
            update = read(value)
            if update is not None:
                updates.append(update)
                kept.append(value)
            elif isinstance(value, dict) and is_id(value.get("update_id")):
                kept.append({"update_id": value["update_id"]})
        broken = len(found) - len(updates)
        if broken:
            log.error("malformed updates", count=broken)
        if found and not kept:
            raise NetworkError("no update that could be acknowledged")
        self._on_batch(updates)
        return json.dumps({**answer, "result": kept}).encode("utf-8") if broken else payload


def read(value: Any) -> Update | None:
    """The update, or None where it is none."""
    if not isinstance(value, dict) or not is_id(value.get("update_id")):
        return None
    try:
        return Update.de_json(value, None)
    except Exception:  # whatever a malformed one leads to in the library
        return None


def is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63

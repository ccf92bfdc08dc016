"""The batch interface: one JSON object a line in, one a line out, in order. See docs for its fields.

Promises: a bad line gives {"error": …} in its place and ends nothing; every output line is valid UTF-8 and valid JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.channels.session import Session, Sessions, read_time, seoul_now
from bot.engine import Engine

# Lone surrogates are no UTF-8; the others end a line for some readers.
_ESCAPED = re.compile("[\ud800-\udfff\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of input, understood. `now` is None for the clock."""

    q: str
    chat: str | None
    now: dt.datetime | None


class BadLine(ValueError):
    """A line that does not follow the interface."""


def read_line(raw: bytes) -> Line:
    """The line, understood. Raises BadLine."""
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(value, dict):
        raise BadLine("not a JSON object")
    question, chat, now = value.get("q"), value.get("chat"), value.get("now")
    if not isinstance(question, str):
        raise BadLine('"q" must be a string')
    if isinstance(chat, bool) or not isinstance(chat, (str, int, type(None))):
        raise BadLine('"chat" must be a string')
    if not isinstance(now, (str, type(None))):
        raise BadLine('"now" must be an ISO 8601 time')
    try:
        return Line(question, None if chat is None else str(chat), None if now is None else read_time(now))
    except ValueError:
        raise BadLine(f'"now" must be an ISO 8601 time, not {str(now)[:40]!r}') from None


def answer(session: Session, question: str, now: dt.datetime) -> dict[str, Any]:
    """The reply to one question, as an object of the interface."""
    start = time.perf_counter()
    reply = session.say(question, now).reply
    return {"q": question, **reply.as_json(), "elapsed_ms": round((time.perf_counter() - start) * 1000, 3)}


def dump(value: dict[str, Any]) -> str:
    """One line of output, without its end."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def answer_lines(engine: Engine, lines: Iterable[bytes], clock: Callable[[], dt.datetime] = seoul_now) -> Iterator[str]:
    """For every line of input one of output."""
    sessions = Sessions(engine)
    for raw in lines:
        try:
            line = read_line(raw)
            output = answer(sessions.open(line.chat), line.q, line.now or clock())
        except BadLine as error:
            output = {"error": str(error)}
        except Exception as error:  # one message must not cost the others their replies; its text is not shown
            output = {"error": f"internal error: {type(error).__name__}"}
        yield dump(output)

"""Structured logs: one JSON object a line on stderr, for our own events and for those of every library.

Promises: no secret is ever written, however it is spelt and wherever it stands; nothing of a resident's is: an exception is its type and
where it was raised, without its message, and a library's record is its logger and level, without its words, unless they are on the short
list below. Our own records are trusted to hold no more than they should. A stream that fails or is stuck costs lines, never the bot's time.
Own events: `structlog.get_logger().info("handled", ms=3.1)`.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import enum
import json
import logging
import math
import os
import queue
import re
import sys
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
from structlog.typing import EventDict

from bot.errors import BotError

HIDDEN = "***"
_SHORTEST = 4  # a shorter secret is none, and hiding it would hide half of every line
_FRAMES, _CAUSES, _PARTS, _LENGTH, _MESSAGE, _WAITING = 20, 5, 20, 500, 2_000, 10_000

# What may be told in a library's own words: (logger, message as its code has it). Nothing that a resident or a server wrote goes into these.
_TOLD = {
    ("telegram.ext.Application", "Application is stopping. This might take a moment."),
    ("telegram.ext.Application", "Application started"),
    ("telegram.ext.Application", "Application.stop() complete"),
}
_LOOP_TOLD = {
    "Future exception was never retrieved",
    "Task exception was never retrieved",
    "Task was destroyed but it is pending!",
    "Unhandled exception in event loop",
}
# Below these a library says nothing: httpx tells addresses at INFO, and a record without its words is only noise there.
_QUIET = {"telegram": logging.INFO, "telegram.ext.AIORateLimiter": logging.CRITICAL} | dict.fromkeys(
    ["PIL", "alembic", "apscheduler", "asyncio", "httpcore", "httpx", "sqlalchemy", "tornado", "watchfiles"], logging.WARNING
)
# Names of fields that would hold what a resident wrote or is.
_NEVER = set("caption chat chat_id first_name full_name last_name message phone text update user user_id username".split())
_LINE_ENDS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}  # of which JSON knows nothing
_STANDARD = {"time", "level", "event"}
_DROPPED = {"_record", "_from_structlog", "exc_info", "stack_info", "positional_args"}


def configure(level: str, secrets: Iterable[str], stream: TextIO | None = None) -> None:
    """Sends every record of this process to stderr (or `stream`), from `level` up. May be called again.

    secrets  the bot token, the webhook's secret, the key, the database's address or password; empty ones are passed over
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()  # a handler of a library's own would write its words past us
        logger.propagate = True
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _LineHandler)]:
        handler.close()
    root.handlers[:] = [_LineHandler(_Formatter(Redactor(secrets)), LineWriter(sys.stderr if stream is None else stream))]
    root.setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    warnings.showwarning = _warned  # the one of captureWarnings loses the kind among the words
    sys.excepthook = _crashed
    sys.unraisablehook = _unraisable
    threading.excepthook = _thread_crashed


def quiet_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Lets what goes wrong in the loop's callbacks and forgotten tasks be logged as everything else is."""
    loop.set_exception_handler(_loop_failed)


def told(error: BaseException) -> dict[str, Any]:
    """An exception as it is logged: {"type", "stack": ["module.py:12 in function", …]} and what caused it; innermost frames last."""
    return _told(error, set())


class Redactor:
    """Hides secrets in text: as they are, percent-encoded or escaped in whole or in part, a token's secret half, an address's login."""

    def __init__(self, secrets: Iterable[str]) -> None:
        pieces = {piece for secret in secrets for piece in _pieces(secret.strip()) if len(piece) >= _SHORTEST}
        spelt = ["".join(map(_spellings, piece)) for piece in sorted(pieces, key=len, reverse=True)]
        first = "".join(sorted({re.escape(piece[0]) for piece in pieces}))
        known = [rf"(?=[{first}%+\\])(?:{'|'.join(spelt)})"] if spelt else []
        token = r"\d{6,}(?::|%(?:25)*3[aA])[\w-]{30,}"  # what looks like a bot's token, ours or not
        login = r"(?<=://)[^\s/@\"\\]+@"
        self._pattern = re.compile("|".join([*known, token, login]))

    def __call__(self, text: str) -> str:
        """The text with every secret in it replaced by ***."""
        return self._pattern.sub(HIDDEN, text)


class LineWriter:
    """Lines written by a thread of their own, so that a stuck stream holds nobody up; those that find no room or fail are counted."""

    def __init__(self, stream: TextIO | None) -> None:
        self._write = _bytes_to(stream)
        # Of the queues only SimpleQueue can be put into from a destructor that interrupts a put.
        self._lines: queue.SimpleQueue[bytes | threading.Event | None] = queue.SimpleQueue()
        self._lost = 0
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def put(self, line: str) -> None:
        """Takes one line without its end."""
        if self._lines.qsize() >= _WAITING:
            self._lost += 1
        else:
            self._lines.put((line + "\n").encode("utf-8", "backslashreplace"))

    def flush(self, seconds: float = 1.0) -> None:
        """Waits until what was put is written, or the time is over."""
        if self._thread.is_alive():
            written = threading.Event()
            self._lines.put(written)
            written.wait(seconds)

    def close(self) -> None:
        """Ends the thread after what was put."""
        self._lines.put(None)

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            if isinstance(line, threading.Event):
                line.set()
                continue
            try:
                if self._lost:
                    lost = {"time": _now(), "level": "warning", "event": "log_lines_lost", "count": self._lost}
                    self._write((json.dumps(lost) + "\n").encode())
                    self._lost = 0
                self._write(line)
            except Exception:  # a full disk, a broken pipe, a closed stream
                self._lost += 1


class _LineHandler(logging.Handler):
    def __init__(self, formatter: logging.Formatter, writer: LineWriter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception:  # a value that cannot be shown must not end the bot, nor be told by logging's own report
            line = json.dumps({"time": _now(), "level": "error", "event": "log_failed"})
        self._writer.put(line)

    def flush(self) -> None:
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()
        super().close()


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """One line for a record; the secrets are hidden in the finished line."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__(processors=[self._line])
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        if not (hasattr(record, "_logger") and hasattr(record, "_name") and isinstance(record.msg, dict)):
            # Before anyone makes text of it: the message of a library may be an object that tells all of itself, and so may its extras.
            kept = {name: getattr(record, name) for name in ("name", "levelname", "levelno", "created", "exc_info")}
            record = logging.makeLogRecord({**kept, "msg": _words(record) or "library"})
        return super().format(record)

    def _line(self, logger: Any, method: str, event: EventDict) -> str:
        record: logging.LogRecord = event["_record"]
        time = dt.datetime.fromtimestamp(record.created, dt.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, Any] = {"time": time, "level": record.levelname.lower()}
        error = _error_of(event.get("exc_info"))
        if event["_from_structlog"]:
            line["event"] = self._cut(str(event.get("event")))
            fields = {str(name): value for name, value in event.items() if name not in _DROPPED | _STANDARD}
            line |= {self._cut(name): HIDDEN if name.lower() in _NEVER else _plain(value, self._cut) for name, value in fields.items()}
        elif _is_ours(record.name):
            line["event"] = self._cut(str(event["event"]), _MESSAGE)
        else:
            line |= {"event": "library", "logger": self._cut(record.name)}
            if event["event"] != "library":
                line["words"] = self._cut(str(event["event"]))
        if error is not None:
            line["exception"] = told(error)
        return self._hidden(json.dumps(line, ensure_ascii=False).translate(_LINE_ENDS))

    def _cut(self, text: str, length: int = _LENGTH) -> str:
        """The text, cut; a secret is hidden before, or its first half would be left."""
        return text if len(text) <= length else self._redact(text)[:length]

    def _hidden(self, line: str) -> str:
        """The line without secrets; a secret that is part of a number or of JSON's own signs takes the whole line with it."""
        hidden = self._redact(line)
        if hidden != line:
            try:
                json.loads(hidden)
            except ValueError:
                return self._redact(json.dumps({"event": "hidden"}))
        return hidden


def _words(record: logging.LogRecord) -> str | None:
    """What a record says, where it is ours or on the list; an exception among its values is told by its type, but for those made for staff."""
    if not isinstance(record.msg, str) or not (_is_ours(record.name) or (record.name, record.msg) in _TOLD):
        return None
    values = record.args if isinstance(record.args, tuple) else (record.args,)
    values = tuple(_name(type(value)) if isinstance(value, BaseException) and not isinstance(value, BotError) else value for value in values)
    with contextlib.suppress(Exception):
        return record.msg % (record.args if isinstance(record.args, Mapping) else values) if record.args else record.msg
    return None


def _is_ours(logger: str) -> bool:
    return logger == "bot" or logger.startswith("bot.")


def _plain(value: Any, cut: Callable[[str], str], depth: int = 0) -> Any:
    """A field's value: numbers, short text and small collections of them; of anything else only the type, for its words may be anyone's."""
    if isinstance(value, enum.Enum):
        return _plain(value.value, cut, depth)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, (str, PurePath)):
        return cut(str(value))
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if depth < 3 and isinstance(value, Mapping):
        pairs = list(value.items())[:_PARTS]
        return {str(_plain(name, cut, 3)): HIDDEN if str(name).lower() in _NEVER else _plain(part, cut, depth + 1) for name, part in pairs}
    if depth < 3 and isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(part, cut, depth + 1) for part in list(value)[:_PARTS]]
    return _name(type(value))


def _error_of(given: Any) -> BaseException | None:
    """The exception that exc_info names: itself, its triple, or True for the one being handled."""
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if len(given) == 3 and isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _told(error: BaseException, seen: set[int]) -> dict[str, Any]:
    seen.add(id(error))
    shown: dict[str, Any] = {"type": _name(type(error)), "stack": _stack(error.__traceback__)}
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and id(cause) not in seen and len(seen) < _CAUSES:
        shown["cause"] = _told(cause, seen)
    parts = getattr(error, "exceptions", None)
    if isinstance(parts, tuple):  # a group, on Python 3.11 and later
        shown["parts"] = [_told(part, seen) for part in parts[:_CAUSES] if isinstance(part, BaseException) and id(part) not in seen]
    return shown


def _stack(trace: TracebackType | None) -> list[str]:
    last = deque(traceback.walk_tb(trace), maxlen=_FRAMES)
    return [f"{PurePath(frame.f_code.co_filename).name}:{line} in {frame.f_code.co_name}" for frame, line in last]


def _name(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _now() -> str:
    return dt.datetime.now(dt.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _pieces(secret: str) -> Iterator[str]:
    """What of a secret must not be seen: all of it, the second half of a token, the password of an address."""
    yield secret
    if re.fullmatch(r"\d+:\S+", secret):
        yield secret.partition(":")[2]
    login = re.search(r"://[^:/]*:(.*)@", secret)
    if login:
        yield from {login[1], unquote(login[1])}
    if "://" in secret:
        with contextlib.suppress(ValueError):
            yield from (value for name, value in parse_qsl(urlsplit(secret).query) if "pass" in name.lower())


def _spellings(letter: str) -> str:
    r"""A pattern for one character: itself, escaped (\", \u00e9), percent-encoded (%3A), also more than once (%253A)."""
    encoded = "".join(f"%(?:25)*{_any_case(f'{byte:02x}')}" for byte in letter.encode("utf-8", "surrogatepass"))
    forms = [re.escape(letter) if letter.isalnum() else rf"\\*{re.escape(letter)}", encoded]
    if not (letter.isascii() and letter.isalnum()):
        units = letter.encode("utf-16-be", "surrogatepass").hex()
        forms.append("".join(rf"\\+u{_any_case(units[at : at + 4])}" for at in range(0, len(units), 4)))
    if letter == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"


def _any_case(digits: str) -> str:
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits)


def _bytes_to(stream: TextIO | None) -> Callable[[bytes], object]:
    """Writes past Python's buffer where the stream is a file: its lock, held by a stuck thread, would hang the end of the program."""
    try:
        number = stream.fileno() if stream is not None else None
    except (OSError, ValueError, AttributeError):
        return lambda line: stream.write(line.decode()) if stream is not None else None

    def write(line: bytes) -> None:
        while line and number is not None:
            line = line[os.write(number, line) :]

    return write


def _log() -> Any:
    return structlog.get_logger("bot")


def _warned(message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None) -> None:
    _log().warning("warning", kind=_name(category), place=f"{PurePath(filename).name}:{lineno}")


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log().critical("crashed", exc_info=error.with_traceback(trace))


def _thread_crashed(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None and not isinstance(given.exc_value, SystemExit):
        _log().error("thread_crashed", exc_info=given.exc_value)


def _unraisable(given: Any) -> None:
    _log().error("unraisable", exc_info=given.exc_value)


def _loop_failed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    said = context.get("message")
    _log().error("loop", said=said if said in _LOOP_TOLD else "other", exc_info=context.get("exception"))

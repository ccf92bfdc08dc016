"""What the logs say, and above all what they do not."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import structlog

from bot.channels.telegram import logs
from bot.channels.telegram.logs import HIDDEN, LineWriter, Redactor, configure, quiet_loop, told
from bot.errors import ContentError

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
HALF = TOKEN.partition(":")[2]
KEY = 'key with space & "quote" \\ 비밀/열쇠'
ADDRESS = "postgresql://bot:p%40ss%2Fword@db.example/bot?sslpassword=inner-pass"
SECRETS = [TOKEN, "webhook-secret_1", KEY, ADDRESS, ""]
TEXT = "우리 집 앞 가로등이 꺼졌어요"


@pytest.fixture
def written() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Logs at DEBUG into memory; what was written, a dict a line. Afterwards all is as it was."""
    root, hooks = logging.getLogger(), (sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning)
    handlers, level, propagated = root.handlers[:], root.level, logging.raiseExceptions
    levels = {name: logging.getLogger(name).level for name in logs._QUIET}
    stream = io.StringIO()
    configure("DEBUG", SECRETS, stream)

    def read() -> list[dict[str, Any]]:
        for handler in root.handlers:
            handler.flush()
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield read
    for handler in [one for one in root.handlers if one not in handlers]:
        handler.close()
    root.handlers[:], logging.raiseExceptions = handlers, propagated
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)
    sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning = hooks
    structlog.reset_defaults()


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """The error, as it is when it was raised and caught."""
    try:
        raise error from cause
    except BaseException as caught:
        return caught


def test_an_event_of_ours_is_one_line_with_its_fields(written):
    structlog.get_logger().info("handled", kind="answer", ms=3.1, trace="ab12cd34")

    (line,) = written()
    assert line.pop("time").endswith("Z")
    assert line == {"level": "info", "event": "handled", "kind": "answer", "ms": 3.1, "trace": "ab12cd34"}


def test_lines_stay_lines_whatever_a_field_holds(written):
    structlog.get_logger().warning("kept", problem="a\nb\u2028\ud800", path=Path("a.yaml"), odd=float("nan"), many=list(range(99)), thing=object())

    (line,) = written()
    assert (line["path"], line["odd"], line["thing"], len(line["many"])) == ("a.yaml", "nan", "object", 20)


def test_fields_that_would_hold_a_resident_are_hidden(written):
    structlog.get_logger().info("handled", text=TEXT, chat_id=4711, inner={"user_id": 4711, "ok": 1})

    (line,) = written()
    assert (line["text"], line["chat_id"], line["inner"]) == (HIDDEN, HIDDEN, {"user_id": HIDDEN, "ok": 1})


def test_a_record_below_the_level_is_not_written(written):
    logging.getLogger().setLevel("WARNING")

    structlog.get_logger().info("handled")

    assert written() == []


def test_an_exception_is_its_type_and_place(written):
    try:
        raised(ValueError(TEXT), KeyError(TEXT))
        raise RuntimeError(TEXT)
    except RuntimeError:
        structlog.get_logger().exception("failed", where="here")

    (line,) = written()
    assert line["exception"]["type"] == "RuntimeError"
    assert line["exception"]["stack"][0].startswith("test_logs.py:")
    assert line["exception"]["stack"][0].endswith(" in test_an_exception_is_its_type_and_place")
    assert TEXT not in json.dumps(line, ensure_ascii=False)


def test_causes_are_told_once_and_deep_ones_cut():
    error = raised(ValueError(TEXT), raised(KeyError(TEXT)))
    error.__cause__.__context__ = error

    shown = told(error)

    assert shown["cause"] == {"type": "KeyError", "stack": shown["cause"]["stack"]}
    assert TEXT not in str(shown)


def test_a_recursion_without_end_is_cut_to_its_last_frames():
    def again() -> None:
        again()

    with pytest.raises(RecursionError) as caught:
        again()

    assert len(told(caught.value)["stack"]) == 20


@pytest.mark.skipif(sys.version_info < (3, 11), reason="groups came with 3.11")
def test_the_parts_of_a_group_are_told():
    shown = told(raised(ExceptionGroup(TEXT, [KeyError(TEXT), ValueError(TEXT)])))  # noqa: F821

    assert [part["type"] for part in shown["parts"]] == ["KeyError", "ValueError"]
    assert TEXT not in str(shown)


class Speaker:
    """Tells all of itself wherever it is shown, as Telegram's objects do."""

    def __str__(self) -> str:
        return TEXT + TOKEN

    __repr__ = __str__


@pytest.mark.parametrize(
    "name", ["telegram.ext.Updater", "telegram.Bot", "tornado.application", "asyncio", "sqlalchemy.engine", "apscheduler", "new"]
)
def test_a_library_is_told_by_its_name_only(written, name):
    logger = logging.getLogger(name)

    logger.critical("Received data was %r", {"text": TEXT}, exc_info=raised(ValueError(TEXT)), extra={"user": TEXT, "_logger": TEXT})
    logger.error(Speaker(), stack_info=True)
    logger.error(str(Speaker()))
    logger.error("too few %s %s", TEXT)

    lines = written()
    assert [line["level"] for line in lines] == ["critical", "error", "error", "error"]
    assert {(line["event"], line["logger"]) for line in lines} == {("library", name)}
    assert lines[0]["exception"]["type"] == "ValueError"
    assert TEXT not in json.dumps(lines, ensure_ascii=False)


def test_words_on_the_list_are_kept(written):
    logging.getLogger("telegram.ext.Application").info("Application started")
    logging.getLogger("telegram.ext.Application").info("Application.stop() complete")

    assert [line["words"] for line in written()] == ["Application started", "Application.stop() complete"]


def test_libraries_that_tell_addresses_are_silent_below_a_warning(written):
    for name in ("httpx", "httpcore.http11", "apscheduler.executors.default", "asyncio"):
        logging.getLogger(name).info("HTTP Request: POST https://api.telegram.org/bot%s/getMe", TOKEN)

    assert written() == []


def test_staff_read_what_our_own_modules_say(written):
    logger = logging.getLogger("bot.channels.serving")

    logger.warning("바뀐 파일을 쓰지 않습니다.\n%s", ContentError("a.yaml 3번째 줄", "id가 겹칩니다."))
    logger.warning("cannot answer: %s", ValueError(TEXT))

    assert [line["event"] for line in written()] == ["바뀐 파일을 쓰지 않습니다.\na.yaml 3번째 줄: id가 겹칩니다.", "cannot answer: ValueError"]


def spellings(secret: str) -> list[str]:
    every = "".join(f"%{byte:02x}" for byte in secret.encode())
    shown = [secret, quote(secret), quote(secret, safe=""), quote_plus(secret), quote(quote(secret, safe=""), safe=""), every, every.upper()]
    return [*shown, repr(secret), ascii(secret), json.dumps(secret), json.dumps(json.dumps(secret)), f"https://api.telegram.org/bot{secret}/getMe"]


@pytest.mark.parametrize("secret", [TOKEN, HALF, "webhook-secret_1", KEY, "p@ss/word", "p%40ss%2Fword", "inner-pass"], ids=lambda secret: secret[:12])
def test_no_secret_is_written_however_it_is_spelt(written, secret):
    log, ours = structlog.get_logger(), logging.getLogger("bot.x")

    for spelt in spellings(secret):
        log.info(spelt, field=spelt, **{spelt: 1})
        log.info("inner", inner=[{"address": spelt}])
        ours.info("%s and %r", spelt, [spelt])
        logging.getLogger(f"library.{spelt}").error(spelt)

    text = json.dumps(written(), ensure_ascii=False)
    assert HIDDEN in text
    assert not [spelt for spelt in spellings(secret) if spelt in text or json.dumps(spelt, ensure_ascii=False)[1:-1] in text]
    assert all(part not in text for part in ("AAHdq", "webhook-secret", "key with", "p@ss", "p%40", "inner-p"))


@pytest.mark.parametrize("at", range(455, 505, 7))
def test_a_text_is_not_cut_within_a_secret(written, at):
    structlog.get_logger().info("kept", problem="x" * at + TOKEN)

    assert "123456789:AA" not in json.dumps(written())
    assert "AAHd" not in json.dumps(written())


def test_a_token_that_is_not_ours_is_hidden_too():
    assert Redactor([])("bot987654321:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB/getMe") == f"bot{HIDDEN}/getMe"


def test_the_login_of_an_address_is_hidden():
    assert Redactor([])("postgresql://me:mine@db/x") == f"postgresql://{HIDDEN}db/x"


def test_a_secret_in_a_number_takes_the_line_with_it(written):
    configure("INFO", ["12345"], stream := io.StringIO())

    structlog.get_logger().info("handled", ms=9123456)
    logging.getLogger().handlers[0].flush()

    assert json.loads(stream.getvalue()) == {"event": "hidden"}


def test_warnings_are_told_by_kind_and_place(written):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._warned
        warnings.warn(TEXT, UserWarning, stacklevel=1)

    (line,) = written()
    assert (line["event"], line["kind"], line["place"].split(":")[0]) == ("warning", "UserWarning", "test_logs.py")


def test_what_ends_a_thread_is_logged_without_its_words(written):
    def fail() -> None:
        raise ValueError(TEXT)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    (line,) = written()
    assert (line["event"], line["exception"]["type"]) == ("thread_crashed", "ValueError")


def test_what_goes_wrong_in_the_loop_is_logged_without_its_words(written):
    async def fail() -> None:
        raise ValueError(TEXT)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        quiet_loop(loop)
        task = asyncio.ensure_future(fail())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        loop.call_soon(lambda: json.loads(TEXT))
        await asyncio.sleep(0.01)

    asyncio.run(run())

    forgotten, callback = sorted(written(), key=lambda line: line["said"] == "other")
    assert (forgotten["said"], forgotten["exception"]["type"]) == ("Task exception was never retrieved", "ValueError")
    assert (callback["said"], callback["exception"]["type"]) == ("other", "json.decoder.JSONDecodeError")


def test_a_handler_of_a_librarys_own_is_taken_away():
    own = io.StringIO()
    logger = logging.getLogger("library.with.handler")
    logger.addHandler(logging.StreamHandler(own))
    logger.propagate = False

    run_configured("configure('INFO', [], stream)", logger)

    assert own.getvalue() == ""
    assert logger.propagate


def run_configured(call: str, logger: logging.Logger) -> None:
    """Configures as the program does, logs once through `logger`, and puts everything back."""
    root = logging.getLogger()
    before, hooks = root.handlers[:], (sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning, logging.raiseExceptions)
    eval(call, {"configure": configure, "stream": io.StringIO()})
    logger.error(TEXT)
    root.handlers[:] = before
    logging.captureWarnings(False)
    sys.excepthook, sys.unraisablehook, threading.excepthook, warnings.showwarning, logging.raiseExceptions = hooks
    structlog.reset_defaults()


class Broken(io.StringIO):
    """Fails until it is mended."""

    is_mended = False

    def write(self, text: str) -> int:
        if not self.is_mended:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_lines_lost_to_a_full_disk_are_counted_when_it_can_be_written_again():
    stream = Broken()
    writer = LineWriter(stream)
    writer.put("one")
    writer.put("two")
    writer.flush()

    stream.is_mended = True
    writer.put("three")
    writer.flush()
    writer.close()

    lost, line = stream.getvalue().splitlines()
    assert (json.loads(lost)["event"], json.loads(lost)["count"], line) == ("log_lines_lost", 2, "three")


def test_a_stream_that_nobody_reads_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(logs, "_WAITING", 100)
    reading, writing = os.pipe()
    start = time.monotonic()

    with os.fdopen(reading), os.fdopen(writing, "w") as stream:
        writer = LineWriter(stream)
        for _ in range(20_000):
            writer.put("x" * 200)
        took, lost, waiting = time.monotonic() - start, writer._lost, writer._lines.qsize()
        while os.read(reading, 65536) and writer._lines.qsize():
            pass
        writer.close()
        writer._thread.join(2)

    assert took < 2
    assert lost > 0
    assert waiting <= 100


PROGRAM = f"""
import logging, sys
from bot.channels.telegram.logs import configure
configure("INFO", [{TOKEN!r}])
logging.getLogger("telegram.ext").error("%s", {TOKEN!r})
{{}}
raise ValueError({TEXT + TOKEN!r})
"""


def test_a_crash_is_logged_as_the_rest_is():
    done = subprocess.run([sys.executable, "-c", PROGRAM.format("")], capture_output=True, cwd=ROOT, timeout=60, check=False)

    lines = [json.loads(line) for line in done.stderr.decode().splitlines()]
    assert done.returncode == 1
    assert [line["event"] for line in lines] == ["library", "crashed"]
    assert lines[1]["exception"]["type"] == "ValueError"


@pytest.mark.parametrize("target", ["/dev/full", "closed pipe"])
def test_the_program_goes_on_where_nothing_can_be_logged(target):
    if target == "closed pipe":
        reading, writing = os.pipe()
        os.close(reading)
    elif os.path.exists(target):  # noqa: PTH110
        writing = os.open(target, os.O_WRONLY)
    else:
        pytest.skip("no such device here")

    done = subprocess.run([sys.executable, "-c", PROGRAM.format("print('still here')")], stdout=-1, stderr=writing, cwd=ROOT, timeout=60, check=False)
    os.close(writing)

    assert done.stdout == b"still here\n"
    assert done.returncode == 1

"""The bot with a clock that a test sets: `python clocked.py FILE telegram`. See Running(now=…).

The file holds two numbers of seconds since 1970: what the clock showed when it was set, and when that was. The clock runs on from there.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

sys.path.pop(0)  # this folder, which is no part of the bot

from bot import times  # noqa: E402

FILE = Path(sys.argv.pop(1))


def _now() -> dt.datetime:
    shown, real = map(float, FILE.read_text(encoding="ascii").split())
    return dt.datetime.fromtimestamp(shown + time.time() - real, times.SEOUL)


times.seoul_now = _now  # before anything else of the bot is imported, so that all of it reads this clock

from bot.cli import main  # noqa: E402

main()

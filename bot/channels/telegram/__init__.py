"""Telegram: residents talk to the engine in chats and groups."""

import os

# python-telegram-bot is about to give spans of time as such; until it does, it warns whoever has not asked for it.
os.environ.setdefault("PTB_TIMEDELTA", "1")

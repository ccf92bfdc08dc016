"""A strict fake of Telegram's Bot API server; see server.py."""

from .faults import Fault
from .records import Call, Sent, Upload
from .server import BotApi

__all__ = ["BotApi", "Call", "Fault", "Sent", "Upload"]

"""What to say: understanding a message in its conversation, deciding, wording. Pure; knows nothing of storage or Telegram."""

from bot.dialogue.reply import Option, Pick, Reply, Source
from bot.dialogue.state import State

__all__ = ["Option", "Pick", "Reply", "Source", "State"]

"""knowledge/ and intents/ as typed, immutable data. Knows nothing of matching."""

from bot.content.fields import Text
from bot.content.load import Fault, load_content, read_content
from bot.content.model import Aspect, Content, Document, Section, Smalltalk, Topic, Urgent

__all__ = [
    "Aspect", "Content", "Document", "Fault", "Section", "Smalltalk", "Text", "Topic", "Urgent",
    "load_content", "read_content",
]  # fmt: skip

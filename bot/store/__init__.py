"""What lasts: conversations, the inbox and the outbox, questions without an answer. Takes and returns dataclasses, never rows."""

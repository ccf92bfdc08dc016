"""Telegram: residents talk to the engine in chats and groups."""

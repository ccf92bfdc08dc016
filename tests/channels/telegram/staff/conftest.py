"""The room of rooms.py, for every test of this folder."""

from channels.telegram.staff.rooms import room

__all__ = ["room"]

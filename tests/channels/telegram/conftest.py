"""The makers of running.py, for every test of this folder."""

from __future__ import annotations

from running import api, make_bot, postgres, postgres_url, start_bot, store_url

__all__ = ["api", "make_bot", "postgres", "postgres_url", "start_bot", "store_url"]

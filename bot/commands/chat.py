"""`yongsan-bot chat`: the console."""

from __future__ import annotations

import click

from bot.channels.console import Console, typed_lines
from bot.commands.opening import Flags, open_engine, open_settings


def chat(flags: Flags) -> None:
    """Talks in this terminal until the tester leaves."""
    Console(open_engine(open_settings(flags)), click.echo).run(typed_lines())

"""`yongsan-bot ask`: one question, or a batch of them on standard input."""

from __future__ import annotations

import sys

import click

from bot.channels.batch import answer, answer_lines, dump
from bot.channels.explain import explain
from bot.channels.session import Session, seoul_now
from bot.commands.opening import Flags, open_ready_engine, open_settings


def ask(flags: Flags, question: str, as_json: bool, why: bool) -> None:
    """Prints the reply to one question."""
    session = Session(open_ready_engine(open_settings(flags)))
    if as_json:
        click.echo(dump(answer(session, question, seoul_now())))
        return
    turn = session.say(question, seoul_now())
    click.echo(turn.reply.text)
    if why:
        click.echo("\n" + explain(turn, session.engine))


def ask_lines(flags: Flags) -> None:
    """Answers the lines of standard input, each as it comes."""
    engine = open_ready_engine(open_settings(flags))
    for line in answer_lines(engine, iter(sys.stdin.buffer.readline, b"")):
        click.echo(line)  # flushes

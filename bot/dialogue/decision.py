"""What was decided about one message, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.reply import Option


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of one topic.

    stated   (aspect asked, fact that answers it); "" as fact is the general answer
    missing  aspects asked that the newsletter does not state
    """

    topic: str
    stated: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """kind as in Reply.

    act        what is done: tell, choose, say or urgent
    parts      for tell: the topics, in the order they are told; for say: what it was about
    openings   sentences that come before everything: (wording key, values)
    closings   sentences that come last
    say        for say and urgent: (wording key, values), or the sentence itself under "="
    claims     whether the resident takes something for granted
    contact    whether the reply ends with whom to ask
    withheld   topics that nothing is told of, for staff have stopped them
    """

    kind: str
    act: str
    language: str
    parts: tuple[Part, ...] = ()
    aspects: tuple[str, ...] = ()
    openings: tuple[tuple[str, dict[str, str]], ...] = ()
    closings: tuple[tuple[str, dict[str, str]], ...] = ()
    say: tuple[tuple[str, dict[str, str]], ...] = ()
    options: tuple[Option, ...] = ()
    claims: bool = False
    contact: bool = False
    urgent: str = ""
    reason: str = ""
    more: bool = False
    withheld: tuple[str, ...] = ()

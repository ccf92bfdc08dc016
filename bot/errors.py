"""Every error a person can mend, as one family.

    BotError                 place, problem, remedy
    ├── ConfigError          a setting, an environment variable or a flag
    ├── ContentError         a file of knowledge/ or intents/
    ├── SuiteError           a question suite
    ├── GateError            a change that could not be held against what is served
    ├── TaggerError          a KoNLPy tagger that cannot start
    ├── SemanticError        the encoder of the extra `semantic`, missing or unable to run
    ├── StoreError           the database, or a file beside it
    │   └── StoreLost        the database does not answer; it may later
    └── ChannelError         Telegram does not let the bot in, or not as it is set up

Only the command line prints them and chooses the exit status.
"""

from __future__ import annotations

from typing import ClassVar


class BotError(Exception):
    """Something a person can mend.

    place    where: a file and line, a setting, a command
    problem  what is wrong there
    remedy   how to mend it; may be empty
    status   exit status of a command that it ends
    """

    status: ClassVar[int] = 2

    def __init__(self, place: str, problem: str, remedy: str = "") -> None:
        super().__init__(place, problem, remedy)
        self.place, self.problem, self.remedy = place, problem, remedy

    def __str__(self) -> str:
        head = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{head}\n  고치는 법: {self.remedy}" if self.remedy else head


class ConfigError(BotError):
    """A setting is unknown, has the wrong type or names something that is not there."""


class ContentError(BotError):
    """A file of knowledge/ or intents/ cannot be used as it stands."""


class SuiteError(BotError):
    """A question suite cannot be read."""


class GateError(BotError):
    """A changed content could not be held against the one that is served."""


class TaggerError(BotError):
    """A KoNLPy tagger cannot start, for want of Java or of its dictionary."""


class SemanticError(BotError):
    """The encoder is not installed, or cannot run on this machine. The bot does without."""


class StoreError(BotError):
    """The database cannot be opened, read or written."""


class StoreLost(StoreError):
    """The database does not answer, or takes nothing. Nothing needs mending where it comes back; hence the status of a try that may be repeated."""

    status = 75  # EX_TEMPFAIL


class ChannelError(BotError):
    """A channel cannot be served: a wrong token, an address that is taken."""

"""Drafts at a press of a button: of a group of questions without an answer, and of what staff have answered.

Promises: a draft goes only into the office's own folder, once, however often it is pressed; staff read where it stands and what is left to do.
Left to others: what of residents' texts may be taken over (bot/desk/drafting.py).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from bot.channels.serving import Serving
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.staff.board import LONGEST_NUMBER, is_under
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Part, say, toast
from bot.channels.telegram.step import Act, Errand, Step
from bot.config import Settings
from bot.desk.drafting import DRAFTS, Drafted, Drafter
from bot.desk.shelf import own_folder
from bot.errors import BotError
from bot.store import handoffs, reports
from bot.store.database import Database

NAME = "drafts"
_GONE = "그 질문은 이제 남아 있지 않습니다. 보관 기간이 지났거나 주민이 지웠습니다. /digest 로 지금 남은 것을 볼 수 있습니다."
_FAILED = "봇의 잘못으로 초안을 적지 못했습니다. 다시 눌러 주세요."


class Drafts:
    """What is written into the folder for staff."""

    def __init__(self, settings: Settings, serving: Serving, group: StaffGroup, database: Database) -> None:
        self.settings, self.serving, self.group, self.database = settings, serving, group, database
        self.part = Part(NAME, presses={"dg": self._from_group, "da": self._from_answer})
        self._turn = threading.Lock()  # the second of two presses sees what the first has written

    def _from_group(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        key = parts[2]

        def write(drafter: Drafter) -> Drafted | None:
            group = next((one for one in reports.unanswered(self.database, drafter.words) if key in one.keys), None)
            return drafter.from_group(group) if group is not None else None

        self._begin(step, incoming, write)

    def _from_answer(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        number = int(parts[2]) if parts[2].isdecimal() and len(parts[2]) < LONGEST_NUMBER else 0
        found = handoffs.get(step.connection, number)
        answered = handoffs.answers(step.connection, number=number)
        if found is None or not is_under(step, incoming, found) or not answered:
            toast(step, incoming, "그 문의의 글과 답은 이제 남아 있지 않습니다.")
            return
        self._begin(step, incoming, lambda drafter: drafter.from_answer(answered[0]))

    def _begin(self, step: Step, incoming: Incoming, write: Callable[[Drafter], Drafted | None]) -> None:
        """Has the draft written beside everything else: reading and trying the folder takes a second."""
        toast(step, incoming)

        def tell(text: str) -> Act:
            return lambda step: say(step, self.group, text, None, incoming.thread_id, incoming.message_id)

        def do() -> Act:
            try:
                with self._turn:
                    folder = own_folder(self.settings.knowledge)
                    drafted = write(Drafter(self.serving.engine, folder, self.settings.intents))
            except BotError as error:
                return tell(f"초안을 적지 못했습니다.\n{error}")
            return tell(told(drafted) if drafted is not None else _GONE)

        step.errands.append(Errand(do, tell(_FAILED)))


def told(drafted: Drafted) -> str:
    """Where it stands, what it is, and what is left to do."""
    place = f"{drafted.file} {drafted.line}번째 줄: " if drafted.file else ""
    if drafted.kind == "nothing":
        return f"새로 적은 것은 없습니다.\n{place}{drafted.summary}"
    lines = [f"{place}{drafted.summary}"]
    if drafted.kind == "names":
        lines.append("승인하기 전에는 이 말로 물어도 알아듣지 않습니다. 맞는 말만 남긴 다음 명령으로 승인해 주세요.")
        return "\n".join([*lines, f"yongsan-bot draft --approve {drafted.topic_id}"])
    lines.append("주민에게는 아직 보이지 않습니다. 밑줄(____)을 근거에 적힌 대로 채운 다음, 근거와 함께 명령으로 승인해 주세요.")
    if drafted.file.endswith(f"/{DRAFTS}"):
        lines.append("승인하기 전에 알맞은 파일로 옮겨 주세요.")
    return "\n".join([*lines, f"yongsan-bot draft --approve {drafted.topic_id} --document 문서의id --lines 줄번호"])


__all__ = ["Drafts", "told"]

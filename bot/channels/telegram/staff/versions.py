"""What residents are answered from: the versions of late, a way back to each, and how things stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.channels.session import SEOUL
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.publishing import Publishing
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Part, change, data, say, toast
from bot.channels.telegram.step import Step
from bot.store import contents, proposals, publications
from bot.store.publications import Publication

SHOWN = 10
HOW = {
    "start": "봇을 켤 때 있던 파일",
    "saved": "파일을 저장함",
    "approved": "직원이 올림",
    "rollback": "앞의 판으로 되돌림",
    "command": "명령으로 올림",
}


class Versions:
    """The commands /versions and /status. on_decided: called when there is something to take up at once, from any thread."""

    def __init__(self, publishing: Publishing, group: StaffGroup) -> None:
        self.publishing, self.group = publishing, group
        self.on_decided: Callable[[], None] = lambda: None
        self.part = Part(
            "versions",
            presses={"gv": self._ask, "gV": self._roll_back, "gx": self._leave},
            commands={"versions": (self._list, "올린 판 보기, 되돌리기"), "status": (self._status, "지금 나가는 내용과 고침")},
        )

    def _list(self, step: Step, incoming: Incoming) -> None:
        found = publications.versions(step.connection, SHOWN)
        if not found:
            say(step, self.group, "아직 올린 판이 없습니다.", None, incoming.thread_id, incoming.message_id)
            return
        lines = [f"{number}. {_line(one)}{' · 지금 나가는 판' if number == 1 else ''}" for number, one in enumerate(found, 1)]
        buttons: list[Any] = []
        for one in {one.version: one for one in reversed(found)}.values():
            if one.version != found[0].version:
                buttons.insert(0, (f"판 {one.version}(으)로 되돌리기", data("gv", one.version, found[0].version)))
        say(step, self.group, "\n".join(["올린 판 (새것부터)", *lines]), buttons, incoming.thread_id, incoming.message_id)

    def _ask(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        version, current = parts[2], parts[3] if len(parts) > 3 else ""
        if not self._is_current(step, incoming, current):
            return
        toast(step, incoming)
        text = f"판 {version}(으)로 되돌릴까요? 지금 나가는 판 {current}은(는) 보관되어 있어 다시 올릴 수 있습니다. 폴더의 파일은 그대로 둡니다."
        buttons = [[["되돌립니다", data("gV", version, current)], ["그만두기", data("gx", version)]]]
        say(step, self.group, text, buttons, incoming.thread_id, incoming.message_id)

    def _roll_back(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        version, current = parts[2], parts[3] if len(parts) > 3 else ""
        if not self._is_current(step, incoming, current):
            self._end(step, incoming, "이 확인은 지난 것입니다.")
            return
        files = contents.get(step.connection, version)
        if files is None:
            toast(step, incoming, "그 판의 파일은 보관되어 있지 않습니다.")
            return
        publications.publish(step.connection, version, files, "rollback", step.now, incoming.person)
        toast(step, incoming, "되돌렸습니다. 잠시 뒤부터 그 내용이 나갑니다.")
        self._end(step, incoming, f"판 {version}(으)로 되돌렸습니다({incoming.who}, {step.now.astimezone(SEOUL):%m월 %d일 %H:%M}).")
        self.on_decided()

    def _leave(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        toast(step, incoming)
        self._end(step, incoming, "되돌리지 않고 그만두었습니다.")

    def _is_current(self, step: Step, incoming: Incoming, version: str) -> bool:
        """Whether that is still what is published: a button that is older must not undo what has come since."""
        current = publications.current(step.connection)
        if current is not None and current.version == version:
            return True
        toast(step, incoming, "그사이 다른 판이 올라갔습니다. /versions 를 다시 보내 주세요.")
        return False

    def _end(self, step: Step, incoming: Incoming, text: str) -> None:
        if incoming.message_id is not None:
            change(step, self.group, incoming.message_id, text, thread_id=incoming.thread_id)

    def _status(self, step: Step, incoming: Incoming) -> None:
        serving, current = self.publishing.serving, publications.current(step.connection)
        since = f"{serving.since.astimezone(SEOUL):%m월 %d일 %H:%M}"
        lines = [f"지금 답하는 내용: 판 {serving.version} ({since}부터 이 봇에서)"]
        if current is not None:
            lines.append(f"올라간 판: {_line(current)}")
        lines.append("저장하면: 직원이 올린 뒤에 나갑니다." if self.publishing.on_approval else "저장하면: 바로 나갑니다.")
        waiting = proposals.undecided(step.connection)
        lines += [f"기다리는 고침: {one.id}번 ({'살펴보는 중' if one.state == proposals.JUDGING else '정해 주세요'})" for one in waiting]
        lines += [] if waiting else ["기다리는 고침: 없음"]
        lines.append(f"파일의 잘못: {serving.fault or '없음'}")
        if self.publishing.unreadable:
            lines.append(f"읽지 못한 판: {self.publishing.unreadable}")
        say(step, self.group, "\n".join(lines), None, incoming.thread_id, incoming.message_id)


def _line(one: Publication) -> str:
    note = f" ({one.note})" if one.note else ""
    replies = f" · 답 {one.replies:,}번" if one.replies else ""
    return f"{one.at.astimezone(SEOUL):%m월 %d일 %H:%M} · 판 {one.version} · {HOW.get(one.how, one.how)}{note}{replies}"


__all__ = ["Versions"]

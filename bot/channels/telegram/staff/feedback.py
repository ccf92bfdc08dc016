"""What staff hear of a reply that a resident calls wrong, and what they do about it."""

from __future__ import annotations

from bot.channels.serving import Serving
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import shorten
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Part, change, data, say, toast
from bot.channels.telegram.staff.pausing import Pausing
from bot.channels.telegram.step import Step
from bot.dialogue.wording import attach
from bot.store.votes import Voted

NAME = "feedback"
HEAD = "주민이 '내용이 틀려요'를 눌렀습니다"
_LONGEST = 600  # characters of a reply that are shown


class Notices:
    """Notices of replies that are called wrong. pausing: by which their topics are stopped."""

    def __init__(self, serving: Serving, group: StaffGroup, pausing: Pausing) -> None:
        self.serving, self.group, self.pausing = serving, group, pausing
        self.part = Part(NAME, presses={"vp": self._pause, "vk": self._confirm})

    def tell(self, step: Step, voted: Voted, said: str) -> None:
        """Tells the group. said: the reply, as it stands in the resident's chat."""
        content = self.serving.engine.content
        topics = [name for name in voted.topics if name in content.topics]
        titles = ", ".join(content.topics[name].title.ko for name in topics) or "지금은 없는 주제"
        sides = ", ".join(content.aspects[name].label.ko for name in voted.aspects if name in content.aspects)
        shown = said if len(said) <= _LONGEST else f"{said[:_LONGEST].rstrip()}…"
        lines = [f"{HEAD} · {titles}" + (f" · {sides}" if sides else "")]
        lines.append(f"봇의 답: “{shown}”" if shown else "(어느 답인지 글은 볼 수 없습니다)")
        lines.append(f"내용의 판: {voted.content}. 주민이 쓴 글은 여기에 없습니다.")
        label = "이 주제 멈추기" if len(topics) == 1 else "멈추기: {}"
        buttons = [(shorten(label.format(content.topics[name].title.ko)), data("vp", name)) for name in topics]
        say(step, self.group, "\n".join(lines), [*buttons, ("확인했어요", data("vk", voted.reply_id))])

    # -- what staff press ----------------------------------------------------------------------------------------

    def _pause(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        topic = parts[2]
        if not self.pausing.stop(step, incoming, topic):
            return
        rest = [row for row in incoming.buttons if not any(one == incoming.name for _, one in row)]
        self._add(step, incoming, f"{attach(self.pausing.title(topic), '을')} 멈춘 사람: {incoming.who}", rest)
        self.pausing.confirm(step, incoming, topic)

    def _confirm(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        toast(step, incoming)
        self._add(step, incoming, f"확인한 사람: {incoming.who}", [])

    def _add(self, step: Step, incoming: Incoming, line: str, buttons: list[list[list[str]]]) -> None:
        """A line more under the notice. What Telegram no longer shows is only named."""
        if incoming.message_id is not None:
            change(step, self.group, incoming.message_id, f"{incoming.said or HEAD}\n{line}", buttons, incoming.thread_id)

"""Staff stop a topic, or the whole bot, and let it go on.

Promises: it holds from the next message of any resident on, in all replicas, and over restarts; nothing is stopped on a guess; staff see
what residents now read, and the way back.
"""

from __future__ import annotations

import datetime as dt

from bot.channels.serving import Serving
from bot.channels.session import SEOUL
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import Button, shorten
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Part, change, data, say, toast
from bot.channels.telegram.step import Step
from bot.content import Topic
from bot.desk.finding import find
from bot.dialogue.wording import attach, fill
from bot.matching import compact
from bot.store import pauses

NAME = "pausing"
ALL = "_"  # in the data of a button: the whole bot; no topic is called so
_ALL_WORDS = frozenset(map(compact, ("전체", "봇", "봇 전체", "모두", "전부", "all")))
_HOW = "한 주제만 멈추려면 /pause 뒤에 이름을 적어 주세요. 예: /pause {}"


class Pausing:
    """What is stopped. A scope is a topic's id, or ALL."""

    def __init__(self, serving: Serving, group: StaffGroup) -> None:
        self.serving, self.group = serving, group
        self.part = Part(
            NAME,
            presses={"pp": self._stop_chosen, "pk": self._leave, "pr": self._reopen, "pl": self._reopen_listed},
            commands={
                "pause": (self._pause, "주제나 봇 전체 멈추기"),
                "resume": (self._resume, "멈춘 것 다시 열기"),
                "paused": (self._show, "멈춘 것 보기"),
            },
        )

    # -- stopping ------------------------------------------------------------------------------------------------

    def stop(self, step: Step, incoming: Incoming, scope: str) -> bool:
        """Stops what a button stands for; False where that is not to be done, which is told."""
        if scope != ALL and scope not in self.serving.engine.content.topics:
            toast(step, incoming, "지금은 없는 주제입니다.")
            return False
        is_new = pauses.pause(step.connection, _stored(scope), incoming.person, step.now)
        toast(step, incoming, "" if is_new else "이미 멈춰 있습니다.")
        return is_new

    def confirm(self, step: Step, incoming: Incoming, scope: str) -> None:
        """Says in the group that it is stopped."""
        say(step, self.group, self._stopped(scope, incoming), [_way_back(scope)], incoming.thread_id, incoming.message_id)

    def _stop_chosen(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        if self.stop(step, incoming, parts[2]) and incoming.message_id is not None:
            change(step, self.group, incoming.message_id, self._stopped(parts[2], incoming), [_way_back(parts[2])], incoming.thread_id)

    def _leave(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        toast(step, incoming)
        if incoming.message_id is not None:
            change(step, self.group, incoming.message_id, "그대로 두었습니다.", thread_id=incoming.thread_id)

    def _pause(self, step: Step, incoming: Incoming) -> None:
        stopped = pauses.paused(step.connection)
        if not incoming.text or compact(incoming.text) in _ALL_WORDS:
            self._ask_all(step, incoming, stopped)
            return
        found = find(self.serving.engine, incoming.text)
        if len(found.named) != 1:
            self._offer(step, incoming, found.named, found.near)
        elif pauses.pause(step.connection, found.named[0].id, incoming.person, step.now):
            self.confirm(step, incoming, found.named[0].id)
        else:
            topic = found.named[0]
            text = f"{attach(_quoted(topic.title.ko), '은')} {_since(stopped[topic.id])} 이미 멈춰 있습니다."
            self._answer(step, incoming, text, [_way_back(topic.id)])

    def _ask_all(self, step: Step, incoming: Incoming, stopped: dict[str, dt.datetime]) -> None:
        if pauses.WHOLE in stopped:
            self._answer(step, incoming, f"봇 전체가 {_since(stopped[pauses.WHOLE])} 이미 멈춰 있습니다.", [_way_back(ALL)])
            return
        example = next((topic.title.ko for topic in self.serving.engine.content.topics.values()), "")
        lines = ["봇 전체를 멈출까요? 급한 글에는 멈춘 동안에도 답합니다.", _HOW.format(example)]
        if stopped:
            lines += ["", "지금 멈춘 것", *self._lines(stopped)]
        self._answer(step, incoming, "\n".join(lines), [("봇 전체 멈추기", data("pp", ALL)), ("그대로 두기", data("pk", ALL))])

    def _offer(self, step: Step, incoming: Incoming, named: tuple[Topic, ...], near: tuple[Topic, ...]) -> None:
        """Nothing is stopped yet: it is not clear what."""
        if named:
            text = "그 이름의 주제가 여럿입니다. 어느 것을 멈출까요?"
        elif near:
            text = "그 이름의 주제는 없습니다. 아래에 있으면 눌러 주세요. 아직 아무것도 멈추지 않았습니다."
        else:
            text = "그 이름의 주제를 찾지 못했습니다. 멈춘 것은 없습니다. 답 아래의 단추나 목록에 보이는 이름으로 적어 주세요."
        buttons = [(shorten(f"멈추기: {topic.title.ko}"), data("pp", topic.id)) for topic in named or near]
        self._answer(step, incoming, text, [*buttons, ("그대로 두기", data("pk", ALL))] if buttons else [])

    # -- letting it go on ----------------------------------------------------------------------------------------

    def _reopen(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        is_done = pauses.resume(step.connection, _stored(parts[2]))
        toast(step, incoming, "" if is_done else "이미 열려 있습니다.")
        if incoming.message_id is not None:
            text = self._reopened(parts[2], incoming) if is_done else f"{attach(self._called(parts[2]), '은')} 열려 있습니다."
            change(step, self.group, incoming.message_id, text, thread_id=incoming.thread_id)

    def _reopen_listed(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        """From the list, which then shows what is left."""
        is_done = pauses.resume(step.connection, _stored(parts[2]))
        toast(step, incoming, "" if is_done else "이미 열려 있습니다.")
        if incoming.message_id is not None:
            text, buttons = self._list(pauses.paused(step.connection))
            text = f"{self._reopened(parts[2], incoming)}\n{text}" if is_done else text
            change(step, self.group, incoming.message_id, text, buttons, incoming.thread_id)

    def _resume(self, step: Step, incoming: Incoming) -> None:
        stopped = pauses.paused(step.connection)
        meant = self._meant(incoming.text, stopped) if incoming.text else [*stopped]
        if len(meant) == 1 and pauses.resume(step.connection, meant[0]):
            self._answer(step, incoming, self._reopened(_shown(meant[0]), incoming))
            return
        text, buttons = self._list({scope: stopped[scope] for scope in meant} or stopped)
        self._answer(step, incoming, text if meant or not stopped else f"그런 것은 멈춰 있지 않습니다.\n{text}", buttons)

    def _meant(self, text: str, stopped: dict[str, dt.datetime]) -> list[str]:
        """What is stopped and may be meant."""
        if compact(text) in _ALL_WORDS:
            return [pauses.WHOLE] if pauses.WHOLE in stopped else []
        if text in stopped:  # a topic that may be gone
            return [text]
        found = find(self.serving.engine, text)
        return [topic.id for topic in found.named or found.near if topic.id in stopped]

    def _show(self, step: Step, incoming: Incoming) -> None:
        self._answer(step, incoming, *self._list(pauses.paused(step.connection)))

    # -- what is said --------------------------------------------------------------------------------------------

    def title(self, scope: str) -> str:
        """What a scope is called."""
        topics = self.serving.engine.content.topics
        return "봇 전체" if scope == ALL else topics[scope].title.ko if scope in topics else f"{scope} (지금은 없는 주제)"

    def _called(self, scope: str) -> str:
        return self.title(scope) if scope == ALL else _quoted(self.title(scope))

    def _stopped(self, scope: str, incoming: Incoming) -> str:
        """That it is stopped, by whom, and what residents read from now on."""
        engine = self.serving.engine
        content, contact = engine.content, engine.wording.office.reached("ko")
        lines = [f"{attach(self._called(scope), '을')} 멈췄습니다. ({incoming.who})"]
        if scope == ALL:
            lines.append("급한 글, 인사, 명령, 직원에게 묻기를 빼고 무엇을 물어도 주민은 이렇게 읽습니다.")
            read = fill(content.say("paused_all"), {"contact": contact})
        else:
            lines.append("이제 이 주제를 묻는 주민은 이렇게 읽습니다.")
            read = fill(content.say("paused_topic"), {"topic": content.topics[scope].title.ko, "contact": contact})
        lines.append(f"“{read}”")
        if scope != ALL and content.topics[scope].members:
            lines.append("이 묶음에 든 주제들에는 계속 답합니다. 그것도 멈추려면 하나씩 멈춰 주세요.")
        return "\n".join(lines)

    def _reopened(self, scope: str, incoming: Incoming) -> str:
        return f"{attach(self._called(scope), '을')} 다시 열었습니다. ({incoming.who})"

    def _list(self, stopped: dict[str, dt.datetime]) -> tuple[str, list[Button]]:
        if not stopped:
            return "멈춘 것이 없습니다.", []
        buttons = [(shorten(f"다시 열기: {self.title(_shown(scope))}"), data("pl", _shown(scope))) for scope in _sorted(stopped)]
        return "\n".join(["지금 멈춘 것", *self._lines(stopped)]), buttons

    def _lines(self, stopped: dict[str, dt.datetime]) -> list[str]:
        return [f"· {self.title(_shown(scope))} ({_since(stopped[scope])})" for scope in _sorted(stopped)]

    def _answer(self, step: Step, incoming: Incoming, text: str, buttons: list[Button] | None = None) -> None:
        say(step, self.group, text, buttons, incoming.thread_id, incoming.message_id)


def _way_back(scope: str) -> Button:
    return "다시 열기", data("pr", scope)


def _stored(scope: str) -> str:
    """The scope as the store has it."""
    return pauses.WHOLE if scope == ALL else scope


def _shown(scope: str) -> str:
    """The scope as buttons have it."""
    return ALL if scope == pauses.WHOLE else scope


def _sorted(stopped: dict[str, dt.datetime]) -> list[str]:
    return sorted(stopped, key=lambda scope: (scope != pauses.WHOLE, stopped[scope]))


def _quoted(name: str) -> str:
    return f"'{name}'"


def _since(at: dt.datetime) -> str:
    return f"{at.astimezone(SEOUL):%m월 %d일 %H:%M}부터"

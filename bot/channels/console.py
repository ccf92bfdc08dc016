"""The terminal: a tester talks to the engine that residents talk to, and sees why it answers so.

Promises: nothing typed is written to disk (the history is kept in memory); no escape codes where input or output is no terminal.
"""

from __future__ import annotations

import datetime as dt
import difflib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.channels.explain import explain
from bot.channels.session import Session, introduce, read_time, seoul_now
from bot.engine import Engine, Turn

PROMPT = "나> "
FAREWELL = "이용해 주셔서 고맙습니다. 안녕히 가세요."
HELP = """\
:why            방금 그렇게 답한 까닭
:now 2021-02-01 그날인 것처럼 답하기(2021-02-01T18:30처럼 시각도 됩니다). :now만 쓰면 지금으로 돌아옵니다.
:reset          대화를 처음부터 다시 하기
:topics         아는 주제의 목록
:lang ko|en     답하는 언어
:help           이 도움말
:quit           끝내기(Ctrl-D, Ctrl-C도 됩니다)"""


class Console:
    """One conversation in a terminal.

    write  shows one text, without its last line end
    """

    def __init__(self, engine: Engine, write: Callable[[str], None], clock: Callable[[], dt.datetime] = seoul_now) -> None:
        self.engine, self.write, self.clock = engine, write, clock
        self.session = Session(engine)
        self.last: Turn | None = None
        self.pinned: dt.datetime | None = None
        self.commands: dict[str, Callable[[str], None]] = {
            ":why": self._why,
            ":now": self._now,
            ":reset": self._reset,
            ":topics": self._topics,
            ":lang": self._lang,
            ":help": lambda rest: self.write(HELP),
        }

    def run(self, lines: Iterator[str]) -> None:
        """Talks until the lines end or the tester leaves."""
        self.write(self.greeting())
        try:
            for line in lines:
                if not self.handle(line):
                    break
        except (KeyboardInterrupt, EOFError):
            pass
        self.write(FAREWELL)

    def greeting(self) -> str:
        """What this is, and how old what it knows is."""
        who, source = introduce(self.engine, self._time())
        told = f" {source}에 실린 것만 알려 드려요." if source else ""
        return f"{who}{told}\n질문을 적고 Enter를 누르세요. 도움말은 :help, 끝내려면 :quit."

    def handle(self, line: str) -> bool:
        """Answers one line; False where the tester leaves."""
        text = line.strip()
        if text in (":quit", ":q", ":exit"):
            return False
        if text.startswith(":"):
            self._command(text)
        elif text:
            self.last = self.session.say(text, self._time())
            self.write(self.last.reply.text + "\n")
        return True

    # -- commands ------------------------------------------------------------------------------------------------

    def _command(self, text: str) -> None:
        name, _, rest = text.partition(" ")
        command = self.commands.get(name)
        if command is not None:
            command(rest.strip())
            return
        near = difflib.get_close_matches(name, [*self.commands, ":quit"], 1, 0.5)
        self.write(f"'{name}'은(는) 없는 명령이에요. " + (f"{near[0]}을(를) 쓰려던 건가요?" if near else "명령의 목록은 :help로 봅니다."))

    def _why(self, rest: str) -> None:
        self.write(explain(self.last, self.engine) if self.last else "아직 답한 것이 없어요. 먼저 질문해 주세요.")

    def _now(self, rest: str) -> None:
        try:
            self.pinned = read_time(rest) if rest else None
        except ValueError:
            self.write("날짜를 읽을 수 없어요. :now 2021-02-01 또는 :now 2021-02-01T18:30처럼 써 주세요.")
            return
        when = f"{self._time():%Y-%m-%d %H:%M}"
        self.write(f"이제 {when}인 것처럼 답합니다." if self.pinned else f"지금({when})으로 돌아왔습니다.")

    def _reset(self, rest: str) -> None:
        self.session, self.last = Session(self.engine), None
        self.write("대화를 처음부터 다시 합니다.")

    def _topics(self, rest: str) -> None:
        section, lines = "", []
        for topic in self.engine.content.topics.values():
            title = self.engine.content.sections[topic.id].ko
            if title != section:
                section = title
                lines.append(f"[{section}]")
            lines.append(f"  {topic.title.ko} ({topic.id})")
        self.write("\n".join(lines))

    def _lang(self, rest: str) -> None:
        if rest not in ("ko", "en"):
            self.write(":lang ko 또는 :lang en으로 써 주세요.")
            return
        self.session.state = replace(self.session.state, language=rest, chosen=True)
        self.write(self.engine.content.say(f"language_{rest}", rest))

    def _time(self) -> dt.datetime:
        return self.pinned or self.clock()


def typed_lines() -> Iterator[str]:
    """Lines as they are typed, with editing, history and the width of Korean letters; plain lines where nobody types."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        for line in sys.stdin:
            yield line.rstrip("\r\n")
        return
    # Imported here: `ask` and pipes need no line editor, and start without its 0.1 s.
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import InMemoryHistory

    session: PromptSession[str] = PromptSession(history=InMemoryHistory())
    while True:
        try:
            yield session.prompt(PROMPT)
        except (EOFError, KeyboardInterrupt):
            return

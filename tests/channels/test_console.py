from __future__ import annotations

import os
import re
import select
import sys

import pytest

from bot.channels.console import FAREWELL, Console


@pytest.fixture
def talk(engine, now):
    """Types lines into a console and gives back what it showed, one text each."""

    def run(*lines: str) -> list[str]:
        shown: list[str] = []
        Console(engine, shown.append, lambda: now).run(iter(lines))
        return shown

    return run


def test_it_opens_by_saying_what_it_is_and_how_old(engine, now):
    greeting = Console(engine, lambda text: None, lambda: now.replace(year=2026)).greeting()

    assert "공식 창구가 아닌 자동 응답" in greeting
    assert "5년" in greeting


def test_questions_are_answered_and_the_farewell_comes_last(talk):
    _, reply, farewell = talk("비상벨 몇 개", "")

    assert "129" in reply
    assert farewell == FAREWELL


def test_quit_ends_at_once(talk):
    assert talk(":quit", "비상벨 몇 개")[-1] == FAREWELL
    assert len(talk(":quit", "비상벨 몇 개")) == 2


def test_ctrl_c_while_a_reply_is_made_leaves_politely(engine, now):
    shown: list[str] = []

    def lines():
        yield "안녕"
        raise KeyboardInterrupt

    Console(engine, shown.append, lambda: now).run(lines())

    assert shown[-1] == FAREWELL


def test_why_shows_tokens_candidates_evidence_and_decision(talk):
    why = talk("비상벨 몇 개", ":why")[2]

    assert all(word in why for word in ("형태소:", "후보 1: 안전비상벨", "확신:", "판단: 답"))


@pytest.mark.parametrize(
    "question", ["", "안녕", "2", "여권 어디서 만들어요", "불이 났어요", "공원", "비상벨이랑 CCTV 몇 개", "500대 달았다면서요", "how many bells?"]
)
def test_why_explains_every_kind_of_reply(talk, question):
    why = talk("시시티비 몇 대", question, "공원", "1", ":why")[-2]

    assert "판단:" in why


def test_why_before_any_question(talk):
    assert "먼저 질문" in talk(":why")[1]


def test_now_pins_the_day_and_alone_returns_to_the_clock(talk):
    shown = talk(":now 2026-03-01T10:30", "CCTV 몇 대", ":now", "CCTV 몇 대", ":now 내일")

    assert "2026-03-01 10:30" in shown[1]
    assert "5년" in shown[2]
    assert "2021-02-01 09:00" in shown[3]
    assert "5년" not in shown[4]
    assert "읽을 수 없어요" in shown[5]


def test_reset_forgets(talk):
    assert "먼저 질문" in talk("비상벨 몇 개", ":reset", ":why")[3]


def test_topics_are_listed_by_chapter(talk, engine):
    listed = talk(":topics")[1]

    assert all(f"({topic})" in listed for topic in engine.content.topics)
    assert "[" in listed


def test_lang_sets_the_language(talk):
    assert "English" in talk(":lang en")[1]
    assert ":lang ko" in talk(":lang fr")[1]


@pytest.mark.parametrize(("typed", "meant"), [(":wyh", ":why"), (":topcs", ":topics"), (":qiut", ":quit"), (":HELP", ":help"), (":xyzxyz", ":help")])
def test_an_unknown_command_says_what_was_meant(talk, typed, meant):
    assert meant in talk(typed)[1]


def test_piped_it_shows_no_escape_codes_and_no_prompt(run_bot):
    done = run_bot("chat", stdin="비상벨 몇 개\r\n:why\n".encode())

    assert done.returncode == 0
    assert b"\x1b" not in done.stdout
    assert "나> ".encode() not in done.stdout
    assert "129" in done.stdout.decode()
    assert FAREWELL in done.stdout.decode()
    assert not done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals there")
@pytest.mark.parametrize("key", [b"\x03", b"\x04"], ids=["ctrl-c", "ctrl-d"])
def test_in_a_terminal_it_edits_and_leaves_politely(key):
    import pty

    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1")
        os.execv(sys.executable, [sys.executable, "-m", "bot", "chat"])
    seen = _read_until(terminal, "나>")
    os.write(terminal, "비상벨 몇 개x\x7f\r".encode())
    seen += _read_until(terminal, "출처.*나>")  # the next prompt, so that the key is not typed between two
    os.write(terminal, key)
    seen += _read_until(terminal, "안녕히 가세요")

    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert "129" in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)


def _read_until(terminal: int, wanted: str) -> str:
    """Everything shown until the pattern stands there."""
    raw = b""
    while not re.search(wanted, raw.decode("utf-8", "replace"), re.DOTALL):
        try:
            part = os.read(terminal, 4096) if select.select([terminal], [], [], 30)[0] else b""
        except OSError:
            part = b""
        assert part, f"ended or silent before {wanted!r}: {raw.decode('utf-8', 'replace')}"
        raw += part
    return raw.decode("utf-8", "replace")

"""What the bot does on a bad day: Telegram, the network, the settings or the database fail it. A process of its own, over real HTTP."""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botapi import BotApi, Fault
from botapi.records import Refused
from running import Running, free_port
from sqlalchemy import create_engine, make_url

from bot.errors import StoreLost

BELL = "비상벨 몇 개 바꿨어요?"
BELL_TOLD = "129개소"
CCTV = "방범용 CCTV 몇 개소예요?"
CCTV_TOLD = "223개소"
CALM = "지금 잠시 답하기 어려워요."
_PEOPLE = itertools.count(6_100)


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Iterator[Running]:
    """A bot for all tests that it survives."""
    with BotApi() as api, Running(api, tmp_path_factory.mktemp("bot")) as bot:
        yield bot


@pytest.fixture
def bot(shared) -> Iterator[Running]:
    """The shared bot; what it did in a test is judged at the end of that test."""
    yield shared
    shared.api.behave()
    try:
        shared.settle()
        shared.api.check()
    finally:
        shared.api.state.violations.clear()


@pytest.fixture
def chat() -> int:
    """A resident whom no other test knows."""
    return next(_PEOPLE)


def texts(api: BotApi, chat: int) -> list[str]:
    return [one.text for one in api.sent(chat)]


def is_told(api: BotApi, chat: int, *parts: str) -> bool:
    """Whether exactly these were sent to the chat, in this order; of each a part is given."""
    found = texts(api, chat)
    return len(found) == len(parts) and all(part in text for part, text in zip(parts, found, strict=True))


class Answered404(Fault):
    """A server in between that knows nothing of bots, as while it is set up anew."""

    def refusal(self, params: dict[str, Any]) -> Refused | None:
        return Refused(404, "Not Found")


# -- sending ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rates", ["without rates", pytest.param("with rates", marks=pytest.mark.slow)])
def test_chat_that_must_wait_holds_up_no_other(request, rates, chat):
    if rates == "without rates":
        bot = request.getfixturevalue("bot")
    else:
        bot = request.getfixturevalue("start_bot")(telegram__rates__per_second=30, telegram__rates__group_per_minute=20)
    others = [next(_PEOPLE) for _ in range(10)]
    fault = bot.api.misbehave(Fault("429", method="sendMessage", chat_id=chat, retry_after=1))
    bot.api.message(chat, BELL)
    bot.api.wait(lambda: fault.fired)
    struck = time.monotonic()

    bot.api.message(chat, CCTV)
    for other in others:
        bot.api.message(other, BELL)
    bot.settle()

    assert all(is_told(bot.api, other, BELL_TOLD) for other in others)
    assert max(bot.api.sent(other)[0].at for other in others) < struck + 1
    assert is_told(bot.api, chat, BELL_TOLD, CCTV_TOLD)
    assert bot.api.sent(chat)[0].at >= struck + 1
    bot.api.check()


def test_waiting_is_not_counted_against_a_chat_by_another_message_of_it(bot, chat):
    fault = bot.api.misbehave(Fault("429", method="sendMessage", chat_id=chat, retry_after=1))
    bot.api.message(chat, BELL)
    bot.api.wait(lambda: fault.fired)
    for _ in range(5):
        bot.api.message(chat, CCTV)

    bot.settle()

    asked = [call for call in bot.api.calls if call.params.get("chat_id") == chat]
    assert len(asked) == 7  # one in vain, none while it had to wait
    assert is_told(bot.api, chat, BELL_TOLD, *[CCTV_TOLD] * 5)


def test_trouble_on_the_way_is_repaired_by_trying_again(bot):
    kinds = {next(_PEOPLE): kind for kind in ("500", "502", "cut", "timeout")}
    faults = [bot.api.misbehave(Fault(kind, method="sendMessage", chat_id=person, seconds=1.0)) for person, kind in kinds.items()]
    for person in kinds:
        bot.api.message(person, BELL)
        bot.api.message(person, CCTV)

    bot.settle()

    assert [fault.fired for fault in faults] == [1, 1, 1, 1]
    for person, kind in kinds.items():
        assert is_told(bot.api, person, BELL_TOLD, CCTV_TOLD), kind


def test_message_whose_answer_was_lost_comes_once_more_at_most(bot, chat):
    bot.api.misbehave(Fault("lost", method="sendMessage", chat_id=chat))
    bot.api.message(chat, BELL)
    bot.api.message(chat, CCTV)

    bot.settle()

    assert [BELL_TOLD in text for text in texts(bot.api, chat)] in ([True, False], [True, True, False])


def test_press_in_bad_weather_is_acknowledged_and_carried_out_once(bot, chat):
    (topics,) = bot.say(chat, "/topics")
    bot.api.misbehave(Fault("lost", method="answerCallbackQuery"))
    bot.api.misbehave(Fault("lost", method="editMessageText"))

    assert bot.press(topics, 1) == []

    assert topics.edits == 1


@pytest.mark.parametrize("kind", ["blocked", "kicked", "deactivated", "not_found"])
def test_chat_that_is_closed_is_left_alone_until_it_writes_again(bot, chat, kind):
    fault = bot.api.misbehave(Fault(kind, method="sendMessage", chat_id=chat, times=None))
    bot.api.message(chat, "청년 지원")
    bot.api.wait(lambda: fault.fired)
    bot.settle()
    tried = fault.fired
    bot.api.behave()

    (told,) = bot.say(chat, BELL)

    assert tried == 1
    assert BELL_TOLD in told.text


def test_refused_message_is_given_up_and_the_next_one_sent(bot, chat):
    fault = bot.api.misbehave(Fault("refused", method="sendMessage", chat_id=chat, description="Bad Request: SOMETHING_NEW"))

    bot.say(chat, CCTV)
    (told,) = bot.say(chat, BELL)

    assert fault.fired == 1
    assert BELL_TOLD in told.text


def test_answer_to_a_forum_topic_that_is_gone_goes_to_the_group(bot):
    group = -1_001_000_000_000 - next(_PEOPLE)
    bot.api.misbehave(Fault("refused", method="sendMessage", chat_id=group, description="Bad Request: message thread not found"))

    (told,) = bot.say(group, f"@{bot.api.username} {BELL}", thread_id=5)

    assert BELL_TOLD in told.text
    assert told.thread_id is None


def test_list_that_cannot_be_edited_any_more_comes_as_a_new_message(bot, chat):
    (topics,) = bot.say(chat, "/topics")
    bot.api.misbehave(Fault("refused", method="editMessageText", description="Bad Request: message can't be edited"))

    (shown,) = bot.press(topics, "생활 안전")

    assert "생활 안전에 실린" in shown.text
    assert topics.edits == 0


def test_press_that_is_acknowledged_too_late_is_answered_all_the_same(bot, chat):
    (told,) = bot.say(chat, BELL)
    late = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    bot.api.misbehave(Fault("refused", method="answerCallbackQuery", description=late))

    (related,) = bot.press(told, "방범용 CCTV")

    assert CCTV_TOLD in related.text


# -- receiving -------------------------------------------------------------------------------------------------------


def test_update_that_comes_again_is_answered_once(bot, chat):
    first = bot.api.message(chat, BELL)
    bot.settle()

    bot.api.redeliver(first)
    bot.api.message(chat, CCTV)
    bot.api.redeliver(first)
    bot.settle()

    assert is_told(bot.api, chat, BELL_TOLD, CCTV_TOLD)


def test_updates_out_of_order_are_all_answered(bot, chat):
    last = bot.api.message(chat, BELL)
    bot.settle()
    with bot.api.lock:  # that they come in one batch
        ids = [last + step for step in (30, 10, 20)]
        for update_id, text in zip(ids, (BELL, CCTV, BELL), strict=True):
            message = {**bot.api.update(last)["message"], "message_id": update_id - 600_000_000, "text": text}
            bot.api.push({"update_id": update_id, "message": message})

    bot.settle()

    assert is_told(bot.api, chat, BELL_TOLD, CCTV_TOLD, BELL_TOLD, BELL_TOLD)  # in the order of their ids


def test_malformed_updates_keep_no_other_from_being_answered(bot, chat):
    sound = bot.api.update(bot.api.message(chat, CCTV))["message"]
    bot.settle()
    malformed: list[dict[str, Any]] = [
        {"message": "text"},
        {"message": {}},
        {"message": {**sound, "chat": None}},
        {"message": {**sound, "chat": {"id": "x", "type": "private"}}},
        {"message": {**sound, "text": 7}},
        {"message": {**sound, "text": BELL, "entities": [{"type": "bot_command", "offset": -5, "length": 10**6}]}},
        {"message": {**sound, "text": BELL, "entities": "all"}},
        {"message": {**sound, "date": "yesterday"}},
        {"message": {**sound, "from": {"id": []}}},
        {"message": {**sound, "text": "\ud800 비상벨"}},
        {"callback_query": {"id": 5}},
        {"callback_query": None},
        {"my_chat_member": []},
        {"edited_message": {"message_id": None}},
        {"something_new": {"of": "tomorrow"}},
        {},
    ]
    other = next(_PEOPLE)

    with bot.api.lock:
        for update in malformed:
            bot.api.push({"update_id": bot.api.state.updates._last_id + 1, **update})
        bot.api.message(other, BELL)
    bot.settle()

    assert is_told(bot.api, other, BELL_TOLD)
    assert BELL_TOLD in bot.say(chat, BELL)[-1].text
    assert bot.process is not None
    assert bot.process.poll() is None


def test_update_without_a_usable_id_keeps_no_other_from_being_answered(bot, chat):
    with bot.api.lock:
        bot.api.push({"update_id": bot.api.state.updates._last_id + 0.5, "message": {"text": "?"}})
        bot.api.state.updates._last_id = int(bot.api.state.updates._last_id)
        bot.api.message(chat, BELL)

    bot.settle()

    assert is_told(bot.api, chat, BELL_TOLD)


@pytest.mark.parametrize("kind", ["502", "lost", "429"])
def test_polling_goes_on_after_trouble(bot, chat, kind):
    fault = bot.api.misbehave(Fault(kind, method="getUpdates", times=1))
    bot.api.message(chat, BELL)
    bot.api.wait(lambda: fault.fired)

    bot.wait(lambda: bot.api.sent(chat))

    assert is_told(bot.api, chat, BELL_TOLD)


def test_another_program_with_the_token_is_told_once_and_outlived(bot, chat):
    bot.say(next(_PEOPLE), BELL)
    told_before = len(bot.logged("cannot poll", reason="conflict"))
    fault = bot.api.misbehave(Fault("conflict", times=2))
    bot.api.message(next(_PEOPLE), BELL)  # ends the poll that is under way
    bot.wait(lambda: fault.fired)
    bot.wait(lambda: bot.ready()["telegram"] == "conflict")
    bot.wait(lambda: fault.fired == 2)

    bot.api.message(chat, BELL)
    bot.wait(lambda: bot.api.sent(chat))

    (line,) = bot.logged("cannot poll", reason="conflict")[told_before:]
    assert "같은 토큰" in line["remedy"]
    assert bot.ready() | {"waiting": None, "content": None} == {
        "status": 200, "ready": True, "store": "ok", "telegram": "ok", "staff": "none", "waiting": None, "content": None,
    }  # fmt: skip


def test_residents_are_answered_while_another_program_polls_too(bot):
    stop = threading.Event()

    def poll() -> None:
        with httpx.Client(base_url=f"{bot.api.url}/bot{bot.api.token}/", timeout=10) as client:
            while not stop.wait(0.2):
                client.post("getUpdates", json={"timeout": 1, "limit": 1})  # confirms nothing

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        people = [next(_PEOPLE) for _ in range(5)]
        for person in people:
            bot.api.message(person, BELL)
        bot.wait(lambda: all(bot.api.sent(person) for person in people), 20)
    finally:
        stop.set()
        thread.join()
    bot.settle(40)

    assert all(is_told(bot.api, person, BELL_TOLD) for person in people)


# -- the token -------------------------------------------------------------------------------------------------------


def complaint(bot: Running, status: int = 2) -> str:
    """What a bot says that cannot go on: one error in Korean, no trace, and never the token."""
    assert bot.ended() == status
    said = [line for line in bot.stderr.splitlines() if not line.startswith("{")]
    assert said[0].startswith("오류: "), bot.stderr
    assert said[1].startswith("  고치는 법: "), bot.stderr
    assert len(said) == 2, bot.stderr
    assert bot.api.token.partition(":")[2] not in bot.stderr
    assert "Traceback" not in bot.stderr
    return "\n".join(said)


def test_missing_token_says_where_to_get_one(make_bot):
    said = complaint(make_bot(telegram__token=None).launch())

    assert "@BotFather" in said
    assert "YONGSAN_BOT_TELEGRAM__TOKEN" in said


BAD_SETTINGS = [
    ({"telegram__token": "not-a-token:secret"}, "telegram.token"),
    ({"telegram__token": None, "telegram__token_file": "/no/such/file"}, "telegram.token_file"),
    ({"operation__port": "99999"}, "OPERATION__PORT"),
    ({"telegram__mode": "webhook"}, "telegram.webhook.secret"),
    ({"telegram__modus": "polling"}, "TELEGRAM__MODE"),
    ({"store__url": "mysql://u:secret-pass@localhost/x"}, "store.url"),
    ({"knowledge": "/no/such/folder"}, "/no/such/folder"),
]


def test_bad_settings_are_named(make_bot):
    bots = [make_bot(**settings).launch() for settings, _ in BAD_SETTINGS]  # side by side, for each takes a second

    for bot, (settings, named) in zip(bots, BAD_SETTINGS, strict=True):
        assert named in complaint(bot), settings
        assert "secret-pass" not in bot.stderr, settings
        assert "not-a-token" not in bot.stderr, settings


def test_database_that_does_not_answer_at_the_start_is_worth_another_try(make_bot):
    bot = make_bot(store__url="postgresql://u:secret-pass@127.0.0.1:1/x").launch()

    assert "store.url" in complaint(bot, StoreLost.status)
    assert "secret-pass" not in bot.stderr


def test_wrong_token_ends_the_bot_with_one_clear_error(make_bot, api):
    bot = make_bot(telegram__token="7654321:AAAA-another_token-of-nobody").launch()

    assert "telegram.token" in complaint(bot)
    assert "another_token" not in bot.stderr
    assert api.strangers >= 1


@pytest.mark.parametrize("method", ["getUpdates", pytest.param("sendMessage", marks=pytest.mark.slow)])
def test_token_that_is_revoked_ends_the_bot_with_one_clear_error(start_bot, api, method):
    bot = start_bot()
    fault = api.misbehave(Fault("unauthorized", method=method, times=None))

    api.message(501, BELL)

    assert "telegram.token" in complaint(bot)
    assert fault.fired >= 1
    if method == "sendMessage":
        api.behave()
        bot.start()
        bot.wait(lambda: api.sent(501))  # the answer is not lost with the token
    api.check()


def test_server_in_between_that_knows_no_bots_for_a_while_is_outlived(bot, chat):
    api = bot.api
    fault = api.misbehave(Answered404("refused", method="getUpdates", times=1))
    api.message(chat, BELL)
    api.wait(lambda: fault.fired)
    bot.wait(lambda: api.sent(chat))
    api.misbehave(Answered404("refused", method="sendMessage", times=1))
    api.message(chat, CCTV)
    bot.settle()

    assert is_told(api, chat, BELL_TOLD, CCTV_TOLD)
    assert bot.logged("cannot poll", reason="unreachable")
    api.check()


# -- starting --------------------------------------------------------------------------------------------------------


def test_server_that_cannot_be_reached_is_waited_for(tmp_path):
    with contextlib.ExitStack() as stack:
        api = BotApi(port=free_port())
        bot = Running(api, tmp_path)
        stack.callback(bot.kill)
        bot.launch()
        bot.wait(lambda: bot.logged("telegram unreachable"), 20)
        assert bot.ready()["status"] == 503
        assert bot.ready()["telegram"] == "unreachable"

        stack.enter_context(api)
        api.message(501, BELL)
        bot.wait(lambda: api.sent(501), 20)

        assert is_told(api, 501, BELL_TOLD)
        assert bot.ready()["status"] == 200
        api.check()


def test_taken_port_is_named(shared, make_bot):
    bot = make_bot(operation__port=shared.port).launch()

    said = complaint(bot)

    assert "operation.port" in said
    assert str(shared.port) in said


def test_second_bot_on_the_same_file_is_refused(shared, make_bot):
    bot = make_bot(store=shared.store).launch()

    said = complaint(bot)

    assert str(shared.file) in said
    assert "쓰고 있거나" in said


# -- the database ----------------------------------------------------------------------------------------------------


def outage(bot: Running, lose: Callable[[], None], restore: Callable[[], None]) -> None:
    """The database goes and comes back; meanwhile residents are told so once, and afterwards everything is answered once, in order."""
    api = bot.api
    bot.say(501, BELL)
    slow = api.misbehave(Fault("timeout", method="sendMessage", chat_id=509, seconds=0.5))
    api.message(509, BELL)
    api.wait(lambda: slow.fired)  # on its way while the database goes

    lose()
    for chat in (501, 502, 503):
        api.message(chat, BELL)
    bot.wait(lambda: all(CALM in "".join(texts(api, chat)) for chat in (501, 502, 503)), 20)
    for chat in (501, 502, 503):
        api.message(chat, CCTV)
    bot.wait(lambda: bot.ready()["status"] == 503)
    assert bot.metric("yongsan_bot_store_up") == 0
    restore()
    bot.settle(30)

    assert is_told(api, 501, BELL_TOLD, CALM, BELL_TOLD, CCTV_TOLD)
    assert is_told(api, 502, CALM, BELL_TOLD, CCTV_TOLD)
    assert is_told(api, 503, CALM, BELL_TOLD, CCTV_TOLD)
    assert is_told(api, 509, BELL_TOLD)
    assert bot.ready()["status"] == 200
    assert bot.metric("yongsan_bot_store_up") == 1
    assert len(bot.logged("store back")) == 1
    assert len(bot.logged("store lost")) <= 3  # once for each thing that the database says is wrong
    assert bot.stop() == 0
    assert "Traceback" not in bot.whole_stderr
    api.check()


@pytest.mark.slow
def test_file_that_another_program_holds_is_waited_for(start_bot):
    bot = start_bot()
    other = sqlite3.connect(bot.file, isolation_level=None)

    with contextlib.closing(other):
        outage(bot, lambda: other.execute("BEGIN EXCLUSIVE") and None, lambda: other.execute("ROLLBACK") and None)


def test_database_server_that_goes_and_comes_back_is_waited_for(start_bot, postgres, postgres_url):
    store = postgres_url()
    name = make_url(store).database
    engine = create_engine(postgres.format("postgres").replace("postgresql:", "postgresql+psycopg:", 1), isolation_level="AUTOCOMMIT")

    def execute(*statements: str) -> None:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    kick = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    try:
        outage(
            start_bot(store=store),
            lambda: execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", kick),
            lambda: execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"),
        )
    finally:
        engine.dispose()


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("needs the right to mount a small file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.slow
def test_full_disk_is_waited_for(start_bot, small_disk, tmp_path):
    bot = start_bot(store=f"sqlite:///{small_disk / 'bot.sqlite'}", folder=tmp_path / "home")
    filler = small_disk / "filler"

    def fill() -> None:
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(bytes(512)):
                pass

    outage(bot, fill, filler.unlink)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux to limit another process")
def test_disk_that_takes_nothing_is_waited_for(start_bot):
    import resource

    bot = start_bot()
    assert bot.process is not None
    pid, (_, most) = bot.process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)

    outage(
        bot,
        lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, most)) and None,
        lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most)) and None,
    )


def test_file_that_may_not_be_written_is_named(make_bot, small_disk, tmp_path):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    bot = make_bot(store=f"sqlite:///{small_disk / 'bot.sqlite'}", folder=tmp_path / "home").launch()

    said = complaint(bot)

    assert str(small_disk) in said
    assert os.fspath(small_disk / "bot.sqlite") in said

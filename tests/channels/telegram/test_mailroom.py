"""Between Telegram and the store: taking in, answering, keeping account. A real SQLite and the real engine."""

from __future__ import annotations

import copy
import datetime as dt
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from botapi.people import person
from sqlalchemy import select

from bot.channels.telegram.intake import PRESSES
from bot.channels.telegram.mailroom import TRIES, Arrived, Mailroom
from bot.channels.telegram.metrics import Metrics
from bot.config import Settings
from bot.dialogue import State
from bot.store.database import Database
from bot.store.deletions import read as read_journal
from bot.store.keys import Keys
from bot.store.mail import Parcel
from bot.store.schema import conversations, inbox, metadata, outbox, questions, replies

RESIDENT, GROUP = 501, -1002
BELL, NOWHERE, PARTLY = "비상벨은 몇 개 바꿨어요?", "화성에 가는 버스 있어요? 010-0000-1111", "비상벨 바꾸는 데 돈이 얼마 들었어요?"
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]


class Faulty:
    """The engine, but for messages that it cannot bear: they raise as often as `times` says."""

    def __init__(self, engine, times: int = 99) -> None:
        self._engine, self.times = engine, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def reply(self, message, state, now, *more):
        if message == "고장" and self.times > 0:
            self.times -= 1
            raise KeyError(message)
        return self._engine.reply(message, state, now, *more)


class Office:
    """A mailroom with its store, its clock and the means to look at both."""

    def __init__(self, database: Database, engine, me, now: dt.datetime, **limits: int) -> None:
        self.database, self.now, self.metrics = database, now, Metrics()
        self.keys, self.serving = Keys("the-key-of-the-tests"), SimpleNamespace(engine=engine)
        settings = Settings.model_validate({"limits": limits})
        self.mailroom = Mailroom(database, self.keys, self.serving, settings, me, self.metrics, lambda: self.now)

    def answers(self, *updates, chat: int = RESIDENT, send: bool = True) -> list[Parcel]:
        """Takes the updates, works off the chat, and gives what is to be sent; with send=False it stays in the outbox."""
        for update in updates:
            self.mailroom.take(update)
        sent: list[Parcel] = []
        while True:
            work = self.mailroom.work(self.keys.chat(chat))
            for parcel in work.parcels if send else ():
                self.mailroom.sent(Arrived(parcel))
                sent.append(parcel)
            if not work.answered and not (send and work.parcels):
                return sent if send else list(work.parcels)

    def rows(self, table) -> list[Any]:
        with self.database.begin() as connection:
            return list(connection.execute(select(table)))

    def dropped(self, reason: str) -> int:
        return int(self.metrics.registry.get_sample_value("yongsan_bot_dropped_total", {"reason": reason}) or 0)

    def written(self) -> str:
        """All that is in the store."""
        return repr([self.rows(table) for table in metadata.sorted_tables])


@pytest.fixture
def open_office(empty_file, tmp_path, engine, me, now) -> Callable[..., Office]:
    """Opens an office; engine= another engine, other settings of `limits`."""
    opened: list[Database] = []

    def make(by=None, **limits: int) -> Office:
        shutil.copy(empty_file, tmp_path / "bot.sqlite")
        opened.append(Database(f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}"))
        return Office(opened[-1], by or engine, me, now, **limits)

    yield make
    for database in opened:
        database.dispose()


@pytest.fixture
def office(open_office) -> Office:
    return open_office()


def text_of(parcel: Parcel) -> str:
    return str(parcel.payload.get("text", ""))


# -- order and once only ---------------------------------------------------------------------------------------------


def test_two_messages_of_a_chat_are_answered_in_their_order(office, send):
    later, earlier = send("/help", marks=[("bot_command", "/help")], update_id=12), send(BELL, update_id=11)

    first, second = office.answers(later, earlier)

    assert "출처" in text_of(first)
    assert "/mydata" in text_of(second)


def test_same_update_twice_is_answered_once(office, send):
    update = send(BELL)

    assert len(office.answers(update, update)) == 1
    assert office.answers(update) == []
    assert office.dropped("duplicate") == 2


def test_conversation_goes_on_from_what_was_stored(office, send):
    office.answers(send(BELL))

    (answer,) = office.answers(send("그건 왜 바꿨어요?"))

    (stored,) = office.rows(conversations)
    assert json.loads(stored.state)["turns"] == 2
    assert answer.method == "sendMessage"


def test_members_of_a_group_have_states_of_their_own(office, send):
    for user in (501, 502):
        office.answers(send("@yongsan_bot " + BELL, chat=GROUP, from_=person(user), marks=[("mention", "@yongsan_bot")]), chat=GROUP)

    assert len({(row.chat, row.person) for row in office.rows(conversations)}) == 2
    assert len({row.chat for row in office.rows(conversations)}) == 1


def test_unknown_version_of_a_state_is_told_once(office, send, engine):
    office.answers(send(BELL))
    with office.database.begin() as connection:
        connection.execute(conversations.update().values(state=json.dumps({**State().as_json(), "version": 99})))

    first, second = office.answers(send(BELL), send(BELL))

    assert engine.content.say("state_lost") in text_of(first)
    assert engine.content.say("state_lost") not in text_of(second)


def test_what_asks_nothing_leaves_no_trace(office, send):
    before = office.written()

    taken = [office.mailroom.take(one) for one in (send("안녕", chat=GROUP), send(new_chat_title="방", chat=GROUP), send("글", as_="channel_post"))]

    assert taken == [None] * 3
    assert office.written() == before


# -- faults ----------------------------------------------------------------------------------------------------------


def test_message_that_fails_is_tried_again_after_a_pause(open_office, engine, send):
    office = open_office(Faulty(engine, times=2))

    tries = []
    office.mailroom.take(send("고장"))
    for _ in range(3):
        tries.append(office.answers())
        office.now += dt.timedelta(seconds=3)

    assert [len(one) for one in tries] == [0, 0, 1]
    assert not office.rows(inbox)[0].payload


def test_message_that_always_fails_is_given_up_with_an_apology_and_the_next_is_answered(open_office, engine, send):
    office = open_office(Faulty(engine))
    office.mailroom.take(send("고장"))
    office.mailroom.take(send(BELL))

    sent = []
    for _ in range(TRIES):
        sent += office.answers()
        office.now += dt.timedelta(seconds=9)

    assert [("제 잘못으로" in text_of(one), "출처" in text_of(one)) for one in sent] == [(True, False), (False, True)]
    assert office.metrics.registry.get_sample_value("yongsan_bot_errors_total", {"where": "answer"}) == TRIES
    assert all(row.handled_at and not row.payload for row in office.rows(inbox))


def test_failing_press_is_acknowledged_before_the_apology(open_office, engine, press):
    class Broken(Faulty):
        def reply(self, message, state, now, *more):
            raise KeyError

    office = open_office(Broken(engine))
    office.mailroom.take(press("1|t|cctv|"))
    sent = []
    for _ in range(TRIES):
        sent += office.answers()
        office.now += dt.timedelta(seconds=9)

    assert [one.method for one in sent] == ["answerCallbackQuery", "sendMessage"]


def test_what_has_arrived_is_not_sent_again_when_the_next_message_fails(open_office, engine, send):
    office = open_office(Faulty(engine))
    chat = office.mailroom.take(send(BELL))
    (arrived,) = office.mailroom.work(chat).parcels
    office.mailroom.take(send("고장"))

    office.mailroom.work(chat, Arrived(arrived))

    assert arrived.id not in {parcel.id for parcel in office.mailroom.work(chat).parcels}


def test_nothing_is_half_written_when_a_message_fails(open_office, engine, send):
    office = open_office(Faulty(engine))

    office.answers(send("고장"))

    assert not [row for table in (conversations, replies, questions, outbox) for row in office.rows(table)]


# -- the flow --------------------------------------------------------------------------------------------------------


def test_too_many_messages_get_one_notice_and_the_rest_leave_no_trace(open_office, send, engine):
    office = open_office(messages_per_minute=3)

    sent = office.answers(*(send("안녕") for _ in range(9)))

    assert len(sent) == 4
    assert text_of(sent[-1]) == engine.content.say("flow")
    assert len(office.rows(inbox)) == 4
    assert office.dropped("flow") == 5


def test_presses_that_come_too_fast_are_acknowledged_each(open_office, press, engine):
    office = open_office(messages_per_minute=2)

    sent = office.answers(*(press("1|t|cctv|") for _ in range(5)))

    assert [one.method for one in sent].count("answerCallbackQuery") == 5
    assert [text_of(one) for one in sent[-3:]] == [engine.content.say("flow")] * 3


def test_presses_without_end_are_left_out_at_last(open_office, press):
    office = open_office(messages_per_minute=2)

    sent = office.answers(*(press("1|t|cctv|") for _ in range(40)))

    assert [one.method for one in sent].count("answerCallbackQuery") == 2 + 2 * PRESSES


def test_person_who_writes_in_many_groups_is_held_to_one_pace(open_office, send):
    office = open_office(messages_per_minute=3)

    for group in range(-1009, -1001):
        office.mailroom.take(send("/help", chat=group, marks=[("bot_command", "/help")]))

    assert [json.loads(row.payload)["kind"] for row in office.rows(inbox)].count("command") == 3


def test_flow_of_one_chat_holds_up_no_other(open_office, send):
    office = open_office(messages_per_minute=1)
    office.answers(*(send("안녕") for _ in range(5)))

    assert len(office.answers(send(BELL, chat=502), chat=502)) == 1


def test_update_that_comes_again_is_counted_once(open_office, send):
    office = open_office(messages_per_minute=2)
    update = send("안녕")

    for _ in range(5):
        office.answers(update)

    assert "출처" in text_of(office.answers(send(BELL))[0])


def test_album_gets_one_answer(office, send):
    pictures = [send(photo=PHOTO, media_group_id="a1") for _ in range(4)]
    captioned = send(photo=PHOTO, caption=BELL, media_group_id="a2"), send(photo=PHOTO, media_group_id="a2")

    (word,) = office.answers(*pictures)
    (answer,) = office.answers(*captioned)

    assert "글만 읽을 수" in text_of(word)
    assert "출처" in text_of(answer)
    assert office.dropped("album") == 4


# -- records ---------------------------------------------------------------------------------------------------------


def test_nothing_of_who_wrote_what_is_left_once_it_has_been_sent(office, send):
    office.answers(send(BELL), send("/mydata", marks=[("bot_command", "/mydata")]))

    written = office.written()

    assert not [secret for secret in ("501", "이름", "성501", "resident_501", "비상벨", "chat_id") if secret in written]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (BELL, []),
        ("안녕하세요", []),
        (NOWHERE, [("fallback", "화성에 가는 버스 있어요? ***")]),
        (PARTLY, [("partial", PARTLY)]),
        ("집에 불이 났어요 화성 버스", []),
        ("大家好你们在哪里", [("other", "大家好你们在哪里")]),
    ],
    ids=["answered", "small talk", "not found", "in part", "urgent", "no question to the newsletter"],
)
def test_only_a_question_that_is_not_answered_is_kept(office, send, text, kept):
    office.answers(send(text))

    assert [(row.kind, row.text) for row in office.rows(questions)] == kept
    assert len(office.rows(replies)) == 1
    assert "0000" not in office.written()


def test_record_names_the_content_and_when_it_was_delivered(office, send, engine):
    office.answers(send(BELL), send=False)
    before = office.rows(replies)[0]
    office.answers()

    after = office.rows(replies)[0]
    assert (before.delivered_at, after.delivered_at) == (None, office.now)
    assert after.content == engine.content.version
    assert json.loads(after.topics)


def test_commands_and_media_are_not_put_on_record(office, send):
    office.answers(send("/help", marks=[("bot_command", "/help")]), send(photo=PHOTO))

    assert not office.rows(replies)
    assert not office.rows(conversations)


def test_new_content_is_answered_from_at_once(office, send, engine):
    office.answers(send(BELL))
    office.serving.engine = copy.copy(engine)
    office.serving.engine.content = replace(engine.content, version="new")

    office.answers(send(BELL))

    assert [row.content for row in office.rows(replies)] == [engine.content.version, "new"]


def test_own_data_is_what_is_kept(office, send):
    office.answers(send(NOWHERE))

    (shown,) = office.answers(send("/mydata", marks=[("bot_command", "/mydata")]))

    assert "화성에 가는 버스 있어요? ***" in text_of(shown)
    assert "1건" in text_of(shown)


def test_delete_removes_everything_of_the_person_in_every_chat_and_is_noted(office, send):
    office.answers(send(NOWHERE), send(BELL, chat=502, from_=person(502)))
    office.answers(send("@yongsan_bot " + NOWHERE, chat=GROUP, marks=[("mention", "@yongsan_bot")]), chat=GROUP)
    office.answers(chat=502)

    (said,) = office.answers(send("내 기록 지워줘"))

    gone, other = office.keys.person(501), office.keys.person(502)
    assert "지웠어요" in text_of(said)
    assert {row.person for table in (conversations, replies, questions) for row in office.rows(table)} == {other}
    assert [(one.person, one.at) for one in read_journal(office.database.file.with_name("bot.deletions.jsonl"))] == [(gone, office.now)]


# -- chats that change -----------------------------------------------------------------------------------------------


def test_blocked_bot_forgets_what_waits_and_the_conversation(office, send, standing):
    office.answers(send(BELL), send=False)

    sent = office.answers(standing("member", "kicked", RESIDENT, "private"))

    assert sent == []
    assert not office.rows(conversations)
    assert [(row.failure, row.payload) for row in office.rows(outbox)] == [("left", None)]


def test_group_that_moved_is_answered_where_it_is_now(office, send):
    mention = {"marks": [("mention", "@yongsan_bot")], "chat": -7}
    office.answers(send("@yongsan_bot " + BELL, **mention), chat=-7, send=False)
    office.mailroom.take(send(chat=-7, migrate_to_chat_id=-1007))
    office.mailroom.take(send("@yongsan_bot " + BELL, **mention))
    office.mailroom.work(office.keys.chat(-7))

    sent = office.answers(chat=-1007)

    assert [one.payload["chat_id"] for one in sent] == [-1007, -1007]
    assert {row.chat for table in (conversations, replies) for row in office.rows(table)} == {office.keys.chat(-1007)}
    assert office.mailroom.busy_chats() == []


def test_move_that_is_told_twice_loses_no_conversation(office, send):
    office.answers(send("@yongsan_bot " + BELL, chat=GROUP, marks=[("mention", "@yongsan_bot")]), chat=GROUP)
    parcel = Parcel(1, office.keys.chat(GROUP), "sendMessage", {}, office.now, 0)

    assert office.mailroom.moved(parcel, GROUP) == office.keys.chat(GROUP)
    assert len(office.rows(conversations)) == 1


def test_bot_that_is_added_to_a_group_says_how_to_call_it(office, standing):
    (said,) = office.answers(standing("left", "member"), chat=GROUP)

    assert "@yongsan_bot" in text_of(said)


def test_closed_chat_gets_nothing_more(office, send):
    first, _ = office.answers(send(BELL), send("안녕"), send=False)

    office.mailroom.give_up(first, "blocked", whole_chat=True)

    assert not office.mailroom.has_work(first.chat)
    assert not office.rows(conversations)


def test_refused_message_lets_the_next_one_pass(office, send):
    first, second = office.answers(send(BELL), send("안녕"), send=False)

    office.mailroom.give_up(first, "refused")

    assert [one.id for one in office.answers()] == [second.id]


def test_postponed_message_holds_up_what_is_behind_it(office, send):
    first, second = office.answers(send(BELL), send("안녕"), send=False)

    office.mailroom.postpone(first, 30)
    waiting = (office.answers(), office.mailroom.busy_chats(), office.mailroom.has_work(first.chat))
    office.now += dt.timedelta(seconds=31)

    assert waiting == ([], [], False)
    assert office.mailroom.busy_chats() == [first.chat]
    assert [one.id for one in office.answers()] == [first.id, second.id]


def test_press_of_a_message_that_is_too_old_is_answered(office, press):
    sent = office.answers(press("1|t|cctv|", date=0), press("\ud800", chat=RESIDENT), press("1|s", date=0))

    assert [one.method for one in sent] == ["answerCallbackQuery", "sendMessage", "answerCallbackQuery", "answerCallbackQuery", "editMessageText"]

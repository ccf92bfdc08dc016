"""Staff stop a topic, or the whole bot: what residents read then, on which way back. The running bot, over HTTP."""

from __future__ import annotations

import datetime as dt

import pytest
from botapi import BotApi
from channels.telegram.office import CLERKS, STAFF, Office, set_up
from channels.telegram.running import Running
from sqlalchemy import select

from bot.store import pauses
from bot.store.database import Database
from bot.store.schema import questions, replies

RESIDENT, STRANGER = 501, 666
ASKED, STOPPED = "장수축하금 얼마예요?", "장수축하금은 지금 확인 중이라 답을 드리지 않아요. 급하면 전화 120(다산콜)에 물어보세요."
ALL = "지금은 실린 내용을 확인하는 중이라 답을 드리지 않아요. 급하면 전화 120(다산콜)에 물어보세요."


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with BotApi() as api, Running(api, tmp_path_factory.mktemp("office"), **set_up(api)) as bot:
        yield Office(api, bot)
        api.check()


@pytest.fixture
def there(running):
    """The office, with nothing stopped."""
    yield running
    _write(running.bot.store, lambda connection: [pauses.resume(connection, scope) for scope in pauses.paused(connection)])


def _write(store, step):
    """Does something in the database, as another replica does."""
    database = Database(store)
    try:
        with database.begin() as connection:
            return step(connection)
    finally:
        database.dispose()


def command(there, text, user_id=CLERKS[0]):
    """What the bot says in the group to a command."""
    before = len(there.api.sent(STAFF))
    there.write(text, user_id=user_id)
    return there.api.sent(STAFF)[before:]


def stopped(there) -> set[str]:
    return set(_write(there.bot.store, pauses.paused))


# -- a topic ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["장수축하금", "장수 축하금", "longevity"])
def test_topic_is_stopped_by_its_name_and_staff_see_what_residents_read(there, name):
    (confirmed,) = command(there, f"/pause {name}")

    assert f"“{STOPPED}”" in confirmed.text
    assert confirmed.text.startswith("'장수축하금'을 멈췄습니다. (이름7001 성7001)")
    assert there.labels(confirmed) == ["다시 열기"]
    assert there.bot.say(RESIDENT, ASKED)[-1].text == STOPPED


def test_questions_buttons_links_and_what_leans_on_the_last_reply_all_read_the_same(there):
    told = there.bot.say(502, ASKED)[-1]
    listed = there.bot.say(502, "노인들한테 해주는거 뭐있소")[-1]
    command(there, "/pause 장수축하금")

    ways = [
        lambda: there.api.message(502, "1번 어떻게 신청해요"),
        lambda: there.api.press(listed, "1. 장수축하금"),
        lambda: there.api.message(502, "그거 언제부터예요?"),
        lambda: there.api.message(502, "/start longevity"),
        lambda: there.api.press(told, "1|t|longevity|cost", stale=True),
        lambda: there.api.media(502, "photo", "장수축하금 얼마예요?"),
    ]
    for way in ways:
        assert there.bot.after(502, way)[-1].text.endswith(STOPPED)


def test_reply_of_a_stopped_topic_leads_to_staff_and_is_not_to_be_judged(there):
    command(there, "/pause 장수축하금")
    sent = there.bot.say(503, ASKED)[-1]

    shown = there.bot.press(sent, "직원에게 물어보기")[-1]
    there.bot.press(shown, "보내기")

    assert "도움 됐어요" not in there.labels(sent)
    assert f"“{ASKED}”" in shown.text
    card = [one for one in there.api.sent(STAFF) if ASKED in one.text][-1]
    assert "장수축하금 · 금액·요금 (멈춘 주제)" in card.text


def test_stopped_reply_is_on_record_as_such_and_as_no_question_without_answer(there):
    command(there, "/pause 장수축하금")
    there.bot.say(504, ASKED)

    reply = _write(there.bot.store, lambda connection: connection.execute(select(replies).order_by(replies.c.id.desc()).limit(1)).one())
    kinds = _write(
        there.bot.store, lambda connection: connection.execute(select(questions.c.kind).where(questions.c.reply_id == reply.id)).scalars().all()
    )

    assert (reply.kind, reply.reason, reply.topics) == ("fallback", "paused", '["longevity"]')
    assert set(kinds) <= {"paused"}


def test_group_of_residents_reads_it_too(there):
    command(there, "/pause 장수축하금")

    assert there.bot.say(-1009, f"@{there.api.username} {ASKED}", user_id=505)[-1].text == STOPPED


def test_reopened_by_its_button_it_is_told_again(there):
    (confirmed,) = command(there, "/pause 장수축하금")

    there.press(confirmed, "다시 열기", CLERKS[1])

    assert confirmed.text == "'장수축하금'을 다시 열었습니다. (이름7002 성7002)"
    assert not confirmed.buttons
    assert "금액·요금은 소식지에 없어요" in there.bot.say(506, ASKED)[-1].text


def test_stopping_twice_says_since_when(there):
    command(there, "/pause 장수축하금")

    (second,) = command(there, "/pause 장수축하금", CLERKS[1])

    assert "부터 이미 멈춰 있습니다." in second.text
    assert there.labels(second) == ["다시 열기"]


def test_name_that_is_only_near_stops_nothing_until_it_is_chosen(there):
    (offered,) = command(there, "/pause 일자리")
    before = stopped(there)

    there.press(offered, "멈추기: 어르신 일자리사업")

    assert "아직 아무것도 멈추지 않았습니다" in offered.versions[0]
    assert (before, stopped(there)) == (set(), {"senior-jobs"})
    assert offered.text.startswith("'어르신 일자리사업'을 멈췄습니다.")
    assert there.labels(offered) == ["다시 열기"]


def test_unknown_name_stops_nothing(there):
    (told,) = command(there, "/pause 화성 버스")

    assert "찾지 못했습니다" in told.text
    assert not told.buttons
    assert not stopped(there)


def test_group_of_topics_says_that_its_members_go_on(there):
    (confirmed,) = command(there, "/pause 어르신 복지")

    assert "하나씩 멈춰 주세요" in confirmed.text
    assert "금액·요금은" in there.bot.say(507, ASKED)[-1].text


# -- the whole bot ---------------------------------------------------------------------------------------------------


def test_whole_bot_is_stopped_only_after_a_question(there):
    (asked,) = command(there, "/pause")
    before = stopped(there)

    there.press(asked, "봇 전체 멈추기")

    assert (before, stopped(there)) == (set(), {pauses.WHOLE})
    assert f"“{ALL}”" in asked.text
    assert there.labels(asked) == ["다시 열기"]


def test_wish_to_stop_all_may_be_dropped(there):
    (asked,) = command(there, "/pause 전체")

    there.press(asked, "그대로 두기")

    assert not asked.buttons
    assert not stopped(there)


def test_while_all_is_stopped_urgent_messages_commands_and_staff_are_there(there):
    there.press(command(there, "/pause")[0], "봇 전체 멈추기")

    answered = {
        text: there.bot.say(508, text)[-1]
        for text in ("비상벨 몇 개예요?", "수영장 요금", "불이 났어요", "안녕하세요", "/privacy", "/mydata", "직원 바꿔줘")
    }

    assert answered["비상벨 몇 개예요?"].text == answered["수영장 요금"].text == ALL
    assert there.labels(answered["비상벨 몇 개예요?"]) == ["직원에게 물어보기"]
    assert "119" in answered["불이 났어요"].text
    assert "안녕하세요" in answered["안녕하세요"].text
    assert answered["/privacy"].text.startswith("남기는 것")
    assert ALL not in answered["/mydata"].text
    assert answered["직원 바꿔줘"].text.startswith("이 글을 직원에게 보낼까요?\n“수영장 요금”")


@pytest.mark.parametrize("text", ["/resume", "/resume 전체"])
def test_whole_bot_is_reopened(there, text):
    there.press(command(there, "/pause")[0], "봇 전체 멈추기")

    (told,) = command(there, text)

    assert told.text.startswith("봇 전체를 다시 열었습니다.")
    assert "129개소" in there.bot.say(509, "비상벨 몇 개예요?")[-1].text


# -- lists -----------------------------------------------------------------------------------------------------------


def test_list_shows_what_is_stopped_and_shrinks_as_it_is_reopened(there):
    nothing = command(there, "/paused")[0].text
    for name in ("장수축하금", "그늘막"):
        command(there, f"/pause {name}")
    (listed,) = command(there, "/paused")

    there.press(listed, "다시 열기: 장수축하금")

    assert nothing == "멈춘 것이 없습니다."
    assert "장수축하금 (" in listed.versions[0]
    assert there.labels(listed) == ["다시 열기: 스마트 그늘막"]
    assert stopped(there) == {"shade"}


def test_of_several_nothing_is_reopened_without_a_name(there):
    for name in ("장수축하금", "그늘막"):
        command(there, f"/pause {name}")

    (asked,) = command(there, "/resume")
    (wrong,) = command(there, "/resume 비상벨")
    (told,) = command(there, "/resume 그늘막")

    assert there.labels(asked) == ["다시 열기: 장수축하금", "다시 열기: 스마트 그늘막"]
    assert wrong.text.startswith("그런 것은 멈춰 있지 않습니다.")
    assert told.text.startswith("'스마트 그늘막'을 다시 열었습니다.")
    assert stopped(there) == {"longevity"}


# -- who, where and how long -----------------------------------------------------------------------------------------


def test_stranger_stops_nothing_and_reopens_nothing(there):
    (asked,) = command(there, "/pause")
    (confirmed,) = command(there, "/pause 장수축하금")

    there.press(asked, "봇 전체 멈추기", STRANGER)
    there.press(confirmed, "다시 열기", STRANGER)
    there.api.message(RESIDENT, "/pause 그늘막")
    there.bot.settle()
    private = there.bot.say(510, "비상벨 몇 개예요?")[-1]
    for data in ("1|pp|shade", "1|pp|_", "1|pr|longevity", "1|vp|shade|"):
        there.bot.after(510, lambda data=data: there.api.press(private, data, stale=True))

    assert stopped(there) == {"longevity"}
    assert "봇 전체를 멈출까요?" in asked.text


@pytest.mark.parametrize("data", ["1|pp|no-such-topic", "1|pp|*", "1|pp||", "1|pr|nothing", "1|pl|nothing", "1|vp|no-such-topic", "1|pp"])
def test_button_of_what_is_not_there_changes_nothing(there, data):
    (listed,) = command(there, "/paused")

    there.api.press(listed, data, user_id=CLERKS[0], stale=True)
    there.bot.settle()

    assert not stopped(there)
    assert there.bot.say(511, "비상벨 몇 개예요?")[-1].text.startswith("낡은 안전비상벨")


def test_stop_holds_for_every_replica_at_once_and_over_a_restart(start_bot, api, store_url):
    bot = start_bot(store=store_url, **set_up(api))

    _write(store_url, lambda connection: pauses.pause(connection, "longevity", "", dt.datetime.now(dt.timezone.utc)))
    at_once = bot.say(RESIDENT, ASKED)[-1].text
    bot.stop()
    bot.start()

    assert [at_once, bot.say(RESIDENT, ASKED)[-1].text] == [STOPPED, STOPPED]
    api.check()

"""Words under answers: what residents press, and what staff read of it. The running bot, a group of staff, over HTTP."""

from __future__ import annotations

import pytest
from botapi import BotApi
from channels.telegram.office import CLERKS, STAFF, Office, set_up
from channels.telegram.running import Running
from sqlalchemy import select

from bot.store.database import Database
from bot.store.schema import replies, votes

BELL, STRANGER = "비상벨은 몇 개 바꿨어요?", 666
WORDS = ["도움 됐어요", "아니에요", "내용이 틀려요"]


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """An office that is open for all tests of this module; each has residents of its own."""
    with BotApi() as api, Running(api, tmp_path_factory.mktemp("office"), **set_up(api)) as bot:
        yield Office(api, bot)
        api.check()


def rows(there, table):
    database = Database(there.bot.store)
    try:
        with database.begin() as connection:
            return list(connection.execute(select(table)))
    finally:
        database.dispose()


def words(sent) -> list[str]:
    """The words for a vote under a message."""
    return [one["text"] for row in sent.buttons for one in row if one["callback_data"].startswith("1|v|")]


def notices(there) -> list:
    return [sent for sent in there.api.sent(STAFF) if "내용이 틀려요" in sent.versions[0]]


# -- where they stand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [BELL, "장수축하금 얼마예요?"], ids=["answer", "partial"])
def test_words_stand_under_answers_and_partials_in_one_row(there, text):
    sent = there.bot.say(101, text)[-1]

    assert [one["text"] for one in sent.buttons[-1]] == WORDS
    assert words(sent) == WORDS


@pytest.mark.parametrize(
    "text",
    [
        "불이 났어요",
        "살려주세요",
        "죽고 싶어요",
        "안녕하세요",
        "고마워요",
        "수영장 요금",
        "애데리고놀만한데요",
        "직원 바꿔줘",
        "/help",
        "/topics",
        "/privacy",
        "/start",
    ],
)
def test_nothing_else_is_to_be_judged(there, text):
    assert not [one for sent in there.bot.say(102, text) for one in words(sent)]


def test_in_a_group_of_residents_nobody_judges(there):
    sent = there.bot.say(-1009, f"@{there.api.username} {BELL}", user_id=103)[-1]

    assert "129개소" in sent.text
    assert not words(sent)


# -- what a press does -----------------------------------------------------------------------------------------------


def test_pressed_word_is_marked_and_may_be_changed_and_the_other_buttons_stay(there):
    sent = there.bot.say(104, BELL)[-1]
    before, text = there.labels(sent), sent.text

    there.bot.press(sent, "도움 됐어요")
    first, toast = words(sent), there.toasts()[-1]
    there.bot.press(sent, "아니에요")

    assert first == ["✓ 도움 됐어요", *WORDS[1:]]
    assert "적어 두었어요" in toast
    assert words(sent) == ["도움 됐어요", "✓ 아니에요", "내용이 틀려요"]
    assert [label.removeprefix("✓ ") for label in there.labels(sent)] == before
    assert sent.text == text
    assert [row.vote for row in rows(there, votes) if row.reply_id == int(there.button(sent, "v").split("|")[2])] == ["no"]


def test_only_what_has_been_passed_on_must_be_clicked_away(there):
    sent = there.bot.say(116, BELL)[-1]

    for word in ("도움 됐어요", "내용이 틀려요"):
        there.bot.press(sent, word)

    shown = [bool(call.params.get("show_alert")) for call in there.api.calls if call.method == "answerCallbackQuery"]
    assert shown[-2:] == [False, True]


def test_wrong_reply_is_told_to_staff_once_and_without_a_word_of_the_resident(there):
    sent = there.bot.say(105, "우리 손녀 지우랑 비상벨 몇 개 바꿨는지 궁금해요")[-1]
    before = len(notices(there))

    for word in ("내용이 틀려요", "도움 됐어요", "내용이 틀려요"):
        there.bot.press(sent, word)

    (notice,) = notices(there)[before:]
    assert "직원에게 알렸어요" in there.toasts()[-1]
    assert "안전비상벨" in notice.text.splitlines()[0]
    assert sent.text.splitlines()[0] in notice.text
    assert rows(there, replies)[-1].content in notice.text
    assert "지우" not in notice.text
    assert "손녀" not in notice.text
    assert there.labels(notice) == ["이 주제 멈추기", "확인했어요"]


@pytest.mark.parametrize(
    "data", ["1|v|{}|yes|", "1|v|{}|great", "1|v|0|yes", "1|v|99999999999999999999999|yes", "1|v||yes", "1|v|{}", "2|v|{}|yes", "1|v|-1|no"]
)
def test_forged_vote_counts_nothing(there, data):
    sent = there.bot.say(106, BELL)[-1]
    reply, before = there.button(sent, "v").split("|")[2], len(rows(there, votes))

    there.bot.after(106, lambda: there.api.press(sent, data.format(reply), stale=True))

    assert len(rows(there, votes)) == before
    assert words(sent) == WORDS


def test_nobody_judges_what_another_was_told(there):
    told, own = there.bot.say(107, BELL)[-1], there.bot.say(108, BELL)[-1]
    votes_before, notices_before = len(rows(there, votes)), len(notices(there))

    there.bot.after(108, lambda: there.api.press(own, there.button(told, "v").replace("yes", "wrong"), stale=True))

    assert len(rows(there, votes)) == votes_before
    assert len(notices(there)) == notices_before
    assert "평가를 받지 않아요" in there.toasts()[-1]


def test_press_under_a_message_that_is_gone_is_counted_all_the_same(there):
    sent = there.bot.say(109, BELL)[-1]
    before = len(rows(there, votes))

    there.bot.after(109, lambda: there.api.press(sent, "내용이 틀려요", inaccessible=True))

    assert len(rows(there, votes)) == before + 1
    assert "글은 볼 수 없습니다" in notices(there)[-1].text


def test_forgotten_resident_has_no_votes(there):
    sent = there.bot.say(110, BELL)[-1]
    there.bot.press(sent, "도움 됐어요")
    number = int(there.button(sent, "v").split("|")[2])

    there.bot.say(110, "/delete")
    there.bot.press(sent, "아니에요")

    assert number not in [row.reply_id for row in rows(there, votes)]
    assert "평가를 받지 않아요" in there.toasts()[-1]


# -- what staff do about it ------------------------------------------------------------------------------------------


def test_notice_is_confirmed_with_a_name_and_without_buttons(there):
    there.bot.press(there.bot.say(111, BELL)[-1], "내용이 틀려요")
    notice = notices(there)[-1]
    said = notice.text

    there.press(notice, "확인했어요", CLERKS[1])

    assert notice.text == f"{said}\n확인한 사람: 이름7002 성7002"
    assert not notice.buttons


def test_topic_of_a_notice_is_stopped_and_reopened(there):
    there.bot.press(there.bot.say(112, BELL)[-1], "내용이 틀려요")
    notice = notices(there)[-1]

    (confirmed,) = there.press(notice, "이 주제 멈추기")
    stopped = there.bot.say(112, BELL)[-1]
    there.press(confirmed, "다시 열기")

    assert stopped.text in confirmed.versions[0]
    assert "129" not in stopped.text
    assert not words(stopped)
    assert there.labels(notice) == ["확인했어요"]
    assert "멈춘 사람: 이름7001 성7001" in notice.text
    assert "129개소" in there.bot.say(112, BELL)[-1].text


def test_stranger_does_nothing_about_a_notice(there):
    there.bot.press(there.bot.say(113, BELL)[-1], "내용이 틀려요")
    notice = notices(there)[-1]
    before = notice.text

    there.press(notice, "이 주제 멈추기", STRANGER)
    there.press(notice, "확인했어요", STRANGER)

    assert notice.text == before
    assert len(notice.buttons) == 2
    assert "129개소" in there.bot.say(113, BELL)[-1].text
    assert "구성원만" in there.toasts()[-1]


def test_two_topics_are_stopped_one_by_one(there):
    there.bot.press(there.bot.say(114, "스마트 그늘막이랑 하수도 모니터링은 몇 개예요?")[-1], "내용이 틀려요")
    notice = notices(there)[-1]
    labels = there.labels(notice)

    (confirmed,) = there.press(notice, labels[0])
    rest = there.labels(notice)
    there.press(confirmed, "다시 열기")

    assert sorted(labels) == ["멈추기: 스마트 그늘막", "멈추기: 하수도 모니터링 시스템", "확인했어요"]
    assert rest == labels[1:]


# -- without staff ---------------------------------------------------------------------------------------------------


def test_without_a_group_a_wrong_reply_is_only_noted(start_bot, api):
    bot = start_bot()
    there = Office(api, bot)
    sent = bot.say(115, BELL)[-1]

    bot.press(sent, "내용이 틀려요")

    assert there.toasts() == ["내용이 틀렸다고 적어 두었어요. 다른 것을 누르면 바뀌어요."]
    assert [row.vote for row in rows(there, votes)] == ["wrong"]
    api.check()

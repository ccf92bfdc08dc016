"""The week's digest, its buttons and drafts from end to end: residents, the running bot over a folder of the office's, a group of staff."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botapi import BotApi, Sent
from channels.telegram.office import CLERKS, STAFF, Office, set_up
from channels.telegram.running import Running

from bot.channels.telegram.staff.digest_text import HEAD
from bot.content.load import packaged, read_files

SUNDAY, BEFORE, MONDAY, NEXT = "2021-02-07T20:00", "2021-02-08T08:00", "2021-02-08T09:00:01", "2021-02-15T09:00:01"
RESIDENTS = (501, 502, 503)
ASKED = "여권은 어디서 갱신하나요?"
STRANGER = 666


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    """An office after a week, whose digest has been posted; the bot was started anew since."""
    folder = tmp_path_factory.mktemp("office")
    knowledge = Path(shutil.copytree(packaged("knowledge"), folder / "knowledge"))
    with BotApi() as api, Running(api, folder, now=SUNDAY, knowledge=knowledge, **{**set_up(api), "handoff__digest": "월 09:00"}) as bot:
        there = Office(api, bot)
        for resident in RESIDENTS:
            bot.say(resident, ASKED)
        bot.press(bot.say(501, "비상벨 몇 개예요?")[-1], "아니에요")
        there.hand_off(504)
        bot.turn(BEFORE)
        bot.turn(MONDAY)
        bot.wait(lambda: digests(there), 20)
        bot.settle()
        bot.stop()
        bot.start()
        yield there
        api.check()


def digests(there: Office) -> list[Sent]:
    return [sent for sent in there.api.sent(STAFF) if sent.text.startswith(HEAD)]


def drafts(there: Office) -> dict:
    return read_files(there.bot.settings["knowledge"]).drafts


def press(there: Office, sent: Sent, label: str, user_id: int = CLERKS[0], **options: Any) -> Sent:
    """What the bot says in the group to a press, which may take it a while."""
    return _after(there, lambda: there.api.press(sent, label, user_id=user_id, **options))


def command(there: Office, text: str) -> Sent:
    return _after(there, lambda: there.api.message(STAFF, text, user_id=CLERKS[0]))


def _after(there: Office, act: Callable[[], object]) -> Sent:
    before = len(there.api.sent(STAFF))
    act()
    there.bot.wait(lambda: len(there.api.sent(STAFF)) > before)
    there.bot.settle()
    return there.api.sent(STAFF)[-1]


def test_it_is_posted_at_its_time_and_says_what_the_week_was_like(week):
    (digest,) = digests(week)

    assert digest.text.splitlines()[:2] == [f"{HEAD} (2월 1일–2월 8일)", ""]
    for line in (
        f"1. “{ASKED}” 3번 · 3명",
        "· 안전비상벨: 아니에요 1 (평가 1개 가운데)",
        "· 임시선별진료소: 2021년 2월 14일까지",
        "직원에게 온 문의 1건",
    ):
        assert line in digest.text.splitlines()


def test_a_group_of_questions_becomes_a_draft_once_and_nobody_is_bothered(week):
    version, (digest, *_) = week.bot.ready()["content"], digests(week)

    first = press(week, digest, "1 초안 만들기")
    second = press(week, digest, "1 초안 만들기", CLERKS[1])

    assert first.text.splitlines() == [
        "knowledge/drafts.yaml 6번째 줄: 새 주제 '여권 갱신'의 초안을 적었습니다(yeogwon-gaengsin).",
        "주민에게는 아직 보이지 않습니다. 밑줄(____)을 근거에 적힌 대로 채운 다음, 근거와 함께 명령으로 승인해 주세요.",
        "승인하기 전에 알맞은 파일로 옮겨 주세요.",
        "yongsan-bot draft --approve yeogwon-gaengsin --document 문서의id --lines 줄번호",
    ]
    assert second.text == f"새로 적은 것은 없습니다.\n{first.text.split(': ')[0]}: '여권 갱신'은(는) 이미 초안에 있습니다(yeogwon-gaengsin)."
    assert [*drafts(week)] == ["yeogwon-gaengsin"]
    week.bot.wait(lambda: week.bot.logged("content"))  # it has seen the changed folder
    assert not week.bot.logged("content", outcome="waiting")
    assert week.bot.ready()["content"] == version
    assert "다산콜" in week.bot.say(505, ASKED)[-1].text


def test_what_was_answered_in_part_is_told_where_it_can_be_written(week):
    told = press(week, digests(week)[0], "2 적을 곳 보기")

    assert "knowledge/seniors.yaml" in told.text
    assert "facts" in told.text


def test_a_topic_is_stopped_and_open_inquiries_are_shown(week):
    digest = digests(week)[0]

    stopped = press(week, digest, "멈추기: 안전비상벨")
    shown = press(week, digest, "열린 문의 보기")

    assert stopped.text.startswith("'안전비상벨'을 멈췄습니다.")
    assert shown.text.startswith("열린 문의 1건\n· 문의 1 ")
    assert "(멈춰 있음)" in command(week, "/digest").text


def test_staffs_answer_becomes_a_draft_when_the_inquiry_is_closed(week):
    card = week.card(1)
    week.answer(card, "아흔이 되신 분께는 50만원을 드려요. 문의 010-1234-5678")
    open_labels = week.labels(card)

    week.press(card, "문의 닫기")
    first = press(week, week.card(1), "답을 초안으로")
    second = press(week, week.card(1), "답을 초안으로")

    assert "답을 초안으로" not in open_labels
    (made,) = [one for one in drafts(week).values() if one.title.ko.startswith("장수축하금")]
    assert "50만원" in made.answer.ko
    assert "010-1234" not in made.answer.ko
    assert f"yongsan-bot draft --approve {made.id} --document" in first.text
    assert second.text.startswith("새로 적은 것은 없습니다.")


@pytest.mark.parametrize("data", ["1|dp|cctv", "1|dg|1-1612137600", "1|da|1", "1|hv|"])
def test_strangers_can_press_nothing(week, data):
    before, known = len(week.api.sent(STAFF)), [*drafts(week)]

    week.api.press(digests(week)[0], data, user_id=STRANGER, stale=True)
    week.bot.settle()

    assert week.toasts()[-1] == "이 단추는 직원 방의 구성원만 쓸 수 있습니다."
    assert (len(week.api.sent(STAFF)), [*drafts(week)]) == (before, known)


def test_a_question_that_is_gone_is_told_so(week):
    digest = digests(week)[0]

    assert press(week, digest, "1|dg|999-1612137600", stale=True).text.startswith("그 질문은 이제 남아 있지 않습니다.")
    week.api.press(digest, "1|da|999", user_id=CLERKS[0], stale=True)
    week.bot.settle()
    assert week.toasts()[-1] == "그 문의의 글과 답은 이제 남아 있지 않습니다."


def test_the_next_one_comes_a_week_later(week):
    asked_for = sum(one.text.startswith(HEAD) and bool(one.reply_to) for one in week.api.sent(STAFF))

    week.bot.turn(NEXT)
    week.bot.wait(lambda: any("2월 8일–2월 15일" in one.text for one in digests(week)), 20)
    week.bot.settle()

    assert len(digests(week)) == 2 + asked_for
    assert "기간이 지난 주제\n· 임시선별진료소: 2021년 2월 14일까지" in digests(week)[-1].text


def test_the_packaged_folder_is_left_alone_and_staff_read_what_to_do(api, make_bot):
    there = Office(api, make_bot(now=SUNDAY, **set_up(api)).start())
    there.bot.say(501, ASKED)

    told = press(there, command(there, "/digest"), "1 초안 만들기")

    assert told.text.startswith("초안을 적지 못했습니다.\nknowledge: 프로그램에 딸린 파일에는 초안을 적지 않습니다.")
    assert "yongsan-bot init" in told.text
    api.check()

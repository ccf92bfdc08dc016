"""The group of the staff: what keeps the bot from working in it, and who belongs to it. The strict server stands for Telegram's."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs
from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.channels.telegram.staff.group import StaffGroup

GROUP, SMALL, CHANNEL, CLERK, STRANGER = -1_001_000_000_700, -700, -1_001_000_000_799, 7001, 501
CANNOT = {"can_send_messages": False}


class Unreachable:
    """A bot that reaches nobody."""

    async def get_chat(self, chat_id: int) -> None:
        raise TelegramError("no answer")

    async def get_chat_member(self, chat_id: int, user_id: int) -> None:
        raise TelegramError("no answer")


def with_bot(api, call, times: int = 1):
    """The outcome of what is done with a bot that speaks to the server."""

    async def run():
        async with ExtBot(api.token, base_url=f"{api.url}/bot") as bot:
            return [await call(bot) for _ in range(times)][-1]

    return asyncio.run(run())


def look(api, chat_id: int | None = GROUP, times: int = 1) -> tuple[StaffGroup, list[dict]]:
    """The group after it was looked at, and what was logged."""
    group = StaffGroup(chat_id)
    with capture_logs() as logged:
        with_bot(api, group.look, times)
    return group, logged


@pytest.mark.parametrize(
    ("arrange", "chat_id", "problem", "remedy"),
    [
        (lambda api: None, STRANGER, "한 사람과의 대화방", "그룹을 만들고 그 번호"),
        (lambda api: None, CHANNEL, "채널", "그룹 번호를 적어"),
        (lambda api: api.group(GROUP, public=True), GROUP, "공개 그룹", "비공개로"),
        (lambda api: api.absent(GROUP), GROUP, "찾을 수 없습니다", "telegram.staff_chat_id에 적어"),
        (lambda api: api.group(GROUP, bot_status="left"), GROUP, "들어 있지 않습니다", "초대해"),
        (lambda api: api.group(GROUP, bot_status="kicked"), GROUP, "들어 있지 않습니다", "초대해"),
        (lambda api: api.group(GROUP, bot_status="restricted", rights=CANNOT), GROUP, "쓸 권한이 없습니다", "'메시지 보내기' 권한"),
        (lambda api: api.group(GROUP, bot_status="member", permissions=CANNOT), GROUP, "쓸 권한이 없습니다", "'메시지 보내기' 권한"),
        (lambda api: api.group(GROUP, bot_status="member", hidden_members=True), GROUP, "누가 직원인지 알 수 없습니다", "관리자로"),
    ],
    ids=["a person", "a channel", "public", "no such chat", "left", "kicked", "restricted", "nobody may write", "nobody to be seen"],
)
def test_a_group_that_cannot_be_used_is_told_with_the_remedy(api, arrange, chat_id, problem, remedy):
    if chat_id == CHANNEL:
        api.state.chat(CHANNEL, "channel")
    arrange(api)

    group, (told,) = look(api, chat_id)

    assert problem in group.fault
    assert group.standing == group.fault == told["problem"]
    assert remedy in told["remedy"]
    assert (told["event"], told["place"], group.is_usable) == ("staff group", "telegram.staff_chat_id", False)


@pytest.mark.parametrize(
    "standing",
    [{}, {"bot_status": "member"}, {"bot_status": "restricted", "rights": {"can_send_messages": True}}, {"permissions": CANNOT}, {"kind": "group"}],
    ids=["administrator", "member", "restricted, but may write", "only administrators write", "small group"],
)
def test_a_private_group_where_the_bot_may_write_is_usable(api, standing):
    api.group(GROUP, **standing)

    group, told = look(api)

    assert (group.is_usable, group.standing, told) == (True, "ok", [])


def test_without_a_group_nothing_is_asked(api):
    group, told = look(api, None)

    assert (group.is_usable, group.standing, told) == (False, "none", [])
    assert "getChat" not in [call.method for call in api.calls]


def test_topics_are_opened_only_with_the_right_to(api):
    api.group(GROUP, forum=True)
    able, nothing_told = look(api)
    api.group(GROUP, forum=True, rights={"can_manage_topics": False})
    unable, (told,) = look(api)

    assert (able.is_forum, nothing_told) == (True, [])
    assert (unable.is_forum, unable.is_usable) == (False, True)
    assert "'주제 관리'" in told["remedy"]


@pytest.mark.parametrize("standing", [{"bot_status": "left"}, {"forum": True, "rights": {"can_manage_topics": False}}], ids=["a fault", "a right"])
def test_what_is_wrong_is_told_once_however_often_it_is_looked_at(api, standing):
    api.group(GROUP, **standing)

    assert len(look(api, times=3)[1]) == 1


def test_a_group_that_is_mended_is_told_too(api):
    group = StaffGroup(GROUP)
    api.group(GROUP, bot_status="left")
    with_bot(api, group.look)

    api.group(GROUP)
    with capture_logs() as logged:
        with_bot(api, group.look)

    assert group.is_usable
    assert [line["event"] for line in logged] == ["staff group usable"]


def test_where_telegram_does_not_answer_what_was_known_holds(api):
    api.group(GROUP, bot_status="left")
    group, _ = look(api)
    known = group.fault

    asyncio.run(group.look(Unreachable()))

    assert group.fault == known != ""


def test_a_group_that_became_a_supergroup_is_followed_and_the_number_to_set_is_told_once():
    remembered: list[str] = []
    group = StaffGroup(SMALL)

    async def remember(moved: str) -> None:
        remembered.append(moved)

    group.on_moved = remember
    with capture_logs() as logged:
        asyncio.run(group.move(GROUP))
        asyncio.run(group.move(GROUP))

    assert (group.chat_id, remembered, len(logged)) == (GROUP, [f"{SMALL}>{GROUP}"], 1)
    assert f"telegram.staff_chat_id를 {GROUP}" in logged[0]["remedy"]
    assert StaffGroup(SMALL, remembered[0]).chat_id == GROUP


def test_a_move_that_was_remembered_of_another_group_counts_no_more():
    assert StaffGroup(GROUP, f"{SMALL}>-1001").chat_id == GROUP


# -- who belongs to it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "belongs"),
    [("creator", True), ("administrator", True), ("member", True), ("restricted", True), ("left", False), ("kicked", False)],
)
def test_who_belongs_to_the_staff_is_whom_telegram_calls_a_member_now(api, status, belongs):
    api.group(GROUP, members=[CLERK])
    update = Update.de_json(api.update(api.message(GROUP, "/open", user_id=CLERK)), None)
    api.set_member(GROUP, CLERK, status)

    assert with_bot(api, lambda bot: StaffGroup(GROUP).allows(bot, update)) is belongs


def test_an_administrator_without_a_name_belongs_and_a_channel_does_not(api):
    api.group(GROUP, members=[CLERK])
    unnamed, channel = (Update.de_json(api.update(api.message(GROUP, "/open", sender_chat=one)), None) for one in (GROUP, CHANNEL))

    allowed = [with_bot(api, lambda bot, one=one: StaffGroup(GROUP).allows(bot, one)) for one in (unnamed, channel)]

    assert allowed == [True, False]


def test_where_it_cannot_be_found_out_nobody_is_taken_for_staff(api):
    update = Update.de_json(api.update(api.message(GROUP, "/open", user_id=CLERK)), None)

    with pytest.raises(TelegramError):
        asyncio.run(StaffGroup(GROUP).allows(Unreachable(), update))

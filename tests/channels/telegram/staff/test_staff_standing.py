"""Whether the bot can work in the group of the staff, as an operator sees it of the running bot."""

from __future__ import annotations

from channels.telegram.office import CLERKS, STAFF, set_up


def test_readyz_says_what_is_amiss_and_that_it_was_mended(api, make_bot):
    bot = make_bot(**set_up(api, bot_status="left")).start()
    bot.wait(lambda: bot.ready()["staff"] != "ok")
    amiss = bot.ready()

    api.membership(STAFF, "member", CLERKS[0])
    bot.wait(lambda: bot.ready()["staff"] == "ok", 15)

    assert "봇이 직원 방에 들어 있지 않습니다." in amiss["staff"]
    assert (amiss["status"], bot.metric("yongsan_bot_staff_ok")) == (200, 1)
    assert len(bot.logged("staff group", place="telegram.staff_chat_id")) == 1
    assert str(STAFF) not in bot.stderr
    api.check()


def test_without_a_group_there_is_none(start_bot):
    bot = start_bot()

    assert bot.ready()["staff"] == "none"
    assert bot.metric("yongsan_bot_staff_ok") == 1

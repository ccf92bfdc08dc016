"""A test may set the bot's clock."""

from __future__ import annotations


def test_the_bot_answers_by_the_clock_that_it_is_given(start_bot):
    bot = start_bot(now="2021-02-05T19:40")

    (fresh,) = bot.say(501, "비상벨 몇 개 바꿨어요?")
    bot.turn("2027-02-08T09:00")
    (old,) = bot.say(502, "비상벨 몇 개 바꿨어요?")

    assert "넘은 자료" not in fresh.text
    assert "6년 넘은 자료" in old.text

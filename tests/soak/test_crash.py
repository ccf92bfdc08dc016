"""Killed at any moment, the bot loses nothing, and repeats at most what it was about to note."""

from __future__ import annotations

import random
import time

from soak.traffic import Traffic


def test_a_bot_that_is_killed_again_and_again_loses_nothing(api, run, address, is_long, report):
    chance = random.Random(7)
    traffic = Traffic(api, 20)
    kills = 50 if is_long else 3

    bot = run(address)
    with bot:
        for _ in range(kills):
            end = time.monotonic() + chance.uniform(0.05, 1.0)
            while time.monotonic() < end:
                traffic.ask(chance.choice(traffic.ids))
                time.sleep(chance.uniform(0, 0.02))
            bot.kill()
            for _ in range(3):
                traffic.ask(chance.choice(traffic.ids))  # while nobody listens
            bot.start()
        bot.wait(traffic.is_answered, 120)
        verdict = traffic.verdict()

    report(f"{kills} times killed under {traffic.total} questions: {verdict}")
    assert (verdict.lost, verdict.disorder) == (0, [])
    # Of every chat at work at most one message was sent and not yet noted.
    assert verdict.doubled <= kills * traffic.chats
    api.check()

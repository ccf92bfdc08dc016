"""Two processes behind one webhook and one PostgreSQL: each message is answered once, in order."""

from __future__ import annotations

from channels.telegram.running import Running, free_port
from soak.traffic import Traffic

SECRET = "a-secret-of-the-tests"


def test_two_replicas_share_the_work(api, tmp_path, postgres_url, is_long, report):
    traffic = Traffic(api, 200 if is_long else 20)
    ports, store = [free_port(), free_port()], postgres_url()
    settings = {"telegram__mode": "webhook", "telegram__webhook__secret": SECRET}

    bots = [Running(api, tmp_path / str(port), store, telegram__webhook__port=port, **settings) for port in ports]
    with bots[0], bots[1]:
        api.deliver_to([f"http://127.0.0.1:{port}/telegram" for port in ports], secret=SECRET)
        traffic.ask_all(rounds=10 if is_long else 5)
        bots[0].wait(traffic.is_answered, 300)
        verdict = traffic.verdict()
        shares = [bot.stderr.count('"event": "handled"') for bot in bots]

    report(f"two replicas, {traffic.chats} chats, {traffic.total} questions, handled {shares}: {verdict}")
    assert (verdict.lost, verdict.doubled, verdict.disorder) == (0, 0, [])
    assert min(shares) > 0


def test_the_other_replica_takes_over_when_one_is_killed(api, tmp_path, postgres_url, is_long, report):
    traffic = Traffic(api, 50 if is_long else 10)
    ports, store = [free_port(), free_port()], postgres_url()
    settings = {"telegram__mode": "webhook", "telegram__webhook__secret": SECRET}

    bots = [Running(api, tmp_path / str(port), store, telegram__webhook__port=port, **settings) for port in ports]
    with bots[0], bots[1]:
        api.deliver_to([f"http://127.0.0.1:{port}/telegram" for port in ports], secret=SECRET)
        traffic.ask_all(rounds=5)
        bots[0].wait(lambda: len(api.sent()) > traffic.chats, 60)
        bots[0].kill()
        bots[1].wait(traffic.is_answered, 300)
        verdict = traffic.verdict()

    report(f"one of two replicas killed under {traffic.total} questions: {verdict}")
    assert (verdict.lost, verdict.disorder) == (0, [])
    assert verdict.doubled <= traffic.chats

"""Under load nothing is lost, doubled or out of order; also where the network fails."""

from __future__ import annotations

import pytest
from botapi import Fault
from soak.traffic import Traffic, percentile


def test_all_at_once_loses_doubles_and_mixes_nothing(api, run, is_long, report):
    traffic = Traffic(api, 1000 if is_long else 40)

    with run() as bot:
        traffic.ask_all(rounds=10 if is_long else 5)
        bot.wait(traffic.is_answered, 600)
        verdict, latencies = traffic.verdict(), traffic.latencies()

    report(f"{traffic.chats} chats, {traffic.total} questions at once: {traffic.total / latencies[-1]:.0f} answers a second; {verdict}")
    assert (verdict.lost, verdict.doubled, verdict.disorder) == (0, 0, [])
    api.check()


def test_a_steady_stream_is_answered_promptly(api, run, is_long, report):
    traffic = Traffic(api, 1000 if is_long else 40)

    with run() as bot:
        traffic.ask_all(rounds=10 if is_long else 2, per_second=50)
        bot.wait(traffic.is_answered, 60)
        verdict, latencies = traffic.verdict(), traffic.latencies()

    shown = ", ".join(f"p{share * 100:g} {percentile(latencies, share) * 1000:.0f} ms" for share in (0.5, 0.9, 0.99, 0.999))
    report(f"{traffic.total} questions at 50 a second: {shown}, longest {latencies[-1] * 1000:.0f} ms")
    assert (verdict.lost, verdict.doubled, verdict.disorder) == (0, 0, [])


@pytest.mark.parametrize("rate", [60, 80, 100, 120, 150])
def test_the_highest_sustained_rate(api, run, is_long, report, rate):
    if not is_long:
        pytest.skip("only measured in the long run")
    traffic = Traffic(api, 500)

    with run() as bot:
        traffic.ask_all(rounds=rate * 20 // 500 or 1, per_second=rate)
        bot.wait(traffic.is_answered, 120)
        latencies = traffic.latencies()

    half, most = (percentile(latencies, share) * 1000 for share in (0.5, 0.99))
    report(f"{traffic.total} questions at {rate} a second: p50 {half:.0f} ms, p99 {most:.0f} ms")
    assert traffic.verdict().lost == 0


def test_a_failing_network_loses_nothing_and_doubles_only_what_it_hid(api, run, is_long, report):
    traffic = Traffic(api, 1000 if is_long else 30)
    faults = [Fault(kind, method="sendMessage", times=None, share=0.0125, retry_after=1) for kind in ("429", "500", "cut", "lost")]

    with run() as bot:
        for fault in faults:
            api.misbehave(fault)
        traffic.ask_all(rounds=10 if is_long else 5)
        bot.wait(traffic.is_answered, 900)
        verdict = traffic.verdict()

    hidden = faults[-1].fired
    report(f"{traffic.total} questions, {sum(fault.fired for fault in faults)} calls failed, {hidden} answers lost: {verdict}")
    assert (verdict.lost, verdict.disorder) == (0, [])
    assert verdict.doubled <= hidden


def test_a_flood_from_one_chat_holds_up_no_other(api, run, is_long, report):
    traffic = Traffic(api, 20)

    with run(limits__messages_per_minute=20) as bot:
        for _ in range(2000 if is_long else 200):
            api.message(99, "비상벨은 몇 개 바꿨어요?")
        traffic.ask_all(rounds=2, per_second=20)
        bot.wait(traffic.is_answered, 60)
        latencies = traffic.latencies()

    report(f"beside a flood: p99 {percentile(latencies, 0.99) * 1000:.0f} ms")
    assert len(api.sent(99)) == 21
    assert "한꺼번에" in api.sent(99)[-1].text
    assert latencies[-1] < 5

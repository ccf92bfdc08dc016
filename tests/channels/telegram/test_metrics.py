"""Figures for Prometheus: what they are called, and that no label grows."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from bot.channels.telegram.metrics import Metrics

NAMES = """updates_total replies_total sent_total send_failures_total dropped_total reloads_total errors_total handling_seconds_count
    handling_seconds_bucket engine_seconds_sum inbox_waiting outbox_waiting store_up content_ok content_info last_update_timestamp_seconds""".split()


def samples(metrics: Metrics) -> dict[tuple[str, str], float]:
    """(name, value of the label or "") → figure."""
    families = text_string_to_metric_families(metrics.render().decode())
    return {(one.name.removeprefix("yongsan_bot_"), next(iter(one.labels.values()), "")): one.value for family in families for one in family.samples}


def test_every_figure_stands_under_its_name():
    metrics = Metrics()
    metrics.content("a1b2c3", ok=True)

    names = {name for name, _ in samples(metrics)}

    assert set(NAMES) <= names
    assert "process_resident_memory_bytes" in names


def test_what_happened_is_counted():
    metrics = Metrics()

    metrics.update("text")
    metrics.reply("answer", 0.03)
    metrics.sent("sendMessage")
    metrics.failed("blocked")
    metrics.dropped("flow")
    metrics.reloaded("refused")
    metrics.error("answer")
    metrics.handled(0.2)
    metrics.waiting(inbox=3)
    metrics.waiting(outbox=4)
    metrics.store(up=True)

    found = samples(metrics)
    counted = [("updates_total", "text"), ("replies_total", "answer"), ("sent_total", "sendMessage"), ("send_failures_total", "blocked")]
    counted += [("dropped_total", "flow"), ("reloads_total", "refused"), ("errors_total", "answer"), ("engine_seconds_count", "")]
    assert [found[one] for one in counted] == [1.0] * len(counted)
    assert (found["inbox_waiting", ""], found["outbox_waiting", ""], found["store_up", ""]) == (3, 4, 1)
    assert (found["handling_seconds_bucket", "0.1"], found["handling_seconds_bucket", "0.25"]) == (0, 1)
    assert found["last_update_timestamp_seconds", ""] > 1.7e9


def test_a_value_that_is_not_known_becomes_other():
    metrics = Metrics()
    before = len(samples(metrics))

    for number in range(500):
        value = f"주민 {number}"
        metrics.update(value)
        metrics.reply(value, 0.1)
        metrics.sent(value)
        metrics.failed(value)
        metrics.dropped(value)
        metrics.reloaded(value)
        metrics.error(value)
        metrics.content(value, ok=False)

    assert samples(metrics)["updates_total", "other"] == 500
    assert len(samples(metrics)) < before + 20
    assert "주민" not in metrics.render().decode()


def test_only_the_content_in_use_is_named():
    metrics = Metrics()

    for version in ("1a", "2b", "3c"):
        metrics.content(version, ok=True)

    assert [label for name, label in samples(metrics) if name == "content_info"] == ["3c"]


def test_two_bots_in_a_process_count_apart():
    one, other = Metrics(), Metrics()

    one.update("text")

    assert samples(other)["updates_total", "text"] == 0

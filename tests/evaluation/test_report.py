import json

import pytest

from bot.content import load_content
from bot.dialogue import Reply
from bot.dialogue.wording import Office
from bot.engine import Engine
from bot.errors import SuiteError
from bot.evaluation import run
from bot.evaluation.report import Report, calibrate_bins, compare, percentile
from bot.evaluation.suites import Ask, Case
from bot.evaluation.verdicts import Outcome
from bot.korean import open_tagger


def outcome(name="a", verdict="resolved", expect="answer", label="cctv", kind="answer", body="223개소예요.", topics=("cctv",), **more):
    ask = Ask(f"{name}?", expect, (("223",),))
    confidence = more.pop("confidence", 0.9)
    reply = Reply(kind, body, "ko", topics=topics, confidence=confidence)
    style = more.pop("style", "polite")
    case = Case(name, "single", style, label, (ask,), 1)
    values = {"is_urgent": False, "urgent_false": False, "premise": False, "confirmed": False, "right": verdict == "resolved"}
    values |= {"slot": expect, "elapsed_ms": 1.0, **more}
    return Outcome(suite="s", case=case, turn=0, ask=ask, verdict=verdict, reply=reply, **values)


def report(*outcomes):
    return Report(("s",), "v1", outcomes)


def test_counts_and_rates_by_what_was_expected_and_by_style():
    found = report(outcome("a"), outcome("b", "wrong"), outcome("c", expect="abstain", kind="fallback", style="typo")).as_json()

    assert found["expect"]["answer"] == {"count": 2, "verdicts": {"resolved": 1, "wrong": 1}, "rates": {"resolved": 0.5, "wrong": 0.5}}
    assert found["expect"]["abstain"]["count"] == 1
    assert set(found["styles"]) == {"polite", "typo"}


def test_urgent_messages_caught_and_ordinary_ones_taken_for_urgent():
    found = report(
        outcome("a", slot="urgent"), outcome("b", "missed", slot="grief"), outcome("c", style="near-urgent", urgent_false=True), outcome("d")
    ).urgent()

    assert found == {"urgent": 2, "caught": 1, "ordinary": 2, "false": 1, "near": 1, "near_false": 1}


def test_false_premises_confirmed():
    assert report(outcome("a", premise=True, confirmed=True), outcome("b", premise=True)).premises() == {"count": 2, "confirmed": 1}


def test_lengths_but_lists_may_be_long():
    long, as_list = outcome("a", body="가" * 700), outcome("b", body="가" * 900)
    as_list = Outcome(**{**{f: getattr(as_list, f) for f in Outcome.__slots__}, "reply": Reply("answer", "가" * 900, "ko", numbered=("x",))})

    assert report(outcome("c"), long, as_list).lengths() == {"median": 700, "max": 900, "long": 1}


def test_calibration_weighs_the_gap_of_each_bin_by_its_count():
    bins, ece = calibrate_bins([0.95, 0.95, 0.15, 1.0], [True, False, False, True])

    assert [b.count for b in bins] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 3]
    assert ece == pytest.approx((3 * abs(2.9 / 3 - 2 / 3) + 0.15) / 4)


def test_small_talk_is_no_part_of_the_calibration():
    bins, _ = report(outcome("a"), outcome("b", right=None)).calibration()

    assert sum(b.count for b in bins) == 1


def test_confusions_name_label_and_topic_but_not_the_labels_own_topic():
    found = report(
        outcome("a"),
        outcome("b", "wrong"),
        outcome("c", "wrong", topics=("bell",)),
        outcome("d", "wrong", topics=("bell",)),
        outcome("e", "wrong", expect="abstain", label="none"),
    ).confusions()

    assert found == [("cctv", "bell", 2), ("", "cctv", 1)]


def test_every_failure_is_listed_with_what_one_needs_to_mend_it():
    failure = report(outcome("a"), outcome("b", "wrong", body="129개소예요.")).as_json()["failures"][0]

    assert {k: failure[k] for k in ("id", "question", "expect", "kind", "body", "topics", "confidence")} == {
        "id": "b", "question": "b?", "expect": "answer", "kind": "answer", "body": "129개소예요.", "topics": ["cctv"], "confidence": 0.9,
    }  # fmt: skip


def test_text_and_json_hold_all_parts():
    found = report(outcome("a"), outcome("b", "wrong", topics=("bell",)))

    text = found.text()

    for part in ("by expectation", "by style", "urgent caught", "false premises", "reply length", "ECE", "cctv → bell", "failures: 1", "p99"):
        assert part in text
    assert json.loads(json.dumps(found.as_json()))["verdicts"] == {"s/a": "resolved", "s/b": "wrong"}


def test_an_empty_report_divides_by_nothing():
    assert report().text()
    assert report().as_json()["messages"] == 0


def test_compare_names_what_got_better_and_what_got_worse():
    earlier = report(outcome("a", "wrong"), outcome("b"), outcome("c"), outcome("gone")).as_json()

    text = compare(report(outcome("a"), outcome("b", "missed"), outcome("c"), outcome("new")), earlier)

    assert text.splitlines()[0] == "3 messages in both: 1 better, 1 worse; 1 new, 1 gone"
    assert "better: s/a wrong → resolved" in text
    assert "worse: s/b resolved → missed" in text


@pytest.mark.parametrize("earlier", [{}, {"verdicts": {}}, [], {"report": 99, "verdicts": {}}])
def test_compare_refuses_what_is_no_report(earlier):
    with pytest.raises(SuiteError):
        compare(report(), earlier)


def test_percentiles_are_of_the_values():
    assert (percentile([1.0, 2.0, 3.0, 4.0], 50), percentile([1.0, 2.0], 99), percentile([], 50)) == (3.0, 2.0, 0.0)


def test_run_asks_the_engine_every_message(tmp_path):
    path = tmp_path / "tiny.jsonl"
    path.write_text(
        '{"id": "a", "kind": "single", "q": "안녕하세요", "expect": "chitchat", "must": []}\n'
        '{"id": "b", "kind": "dialogue", "turns": [{"q": "", "expect": "abstain", "must": []}, '
        '{"q": "고마워요", "expect": "chitchat", "must": []}]}\n',
        encoding="utf-8",
    )
    engine = Engine(load_content(), open_tagger(), Office("용산구청", "전화 120", False))

    assert run(engine, [path]).as_json()["verdicts"] == {"tiny/a": "resolved", "tiny/b#0": "resolved", "tiny/b#1": "resolved"}

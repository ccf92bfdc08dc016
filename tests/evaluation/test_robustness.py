import json
from types import SimpleNamespace

import pytest

from bot.dialogue import Reply
from bot.evaluation.noise import Noise
from bot.evaluation.report import Report
from bot.evaluation.robustness import Measured, Robustness, measure, spoiled
from bot.evaluation.suites import load_suite
from bot.evaluation.tallies import Tally
from bot.evaluation.verdicts import run_suite

SUITE = """
{"id": "a", "kind": "single", "style": "polite", "q": "비상벨 몇 개", "expect": "answer", "topic": "bell", "must": [["129"]]}
{"id": "b", "kind": "single", "style": "polite", "q": "여권 발급은 어디서", "expect": "abstain", "topic": "none", "must": []}
{"id": "c", "kind": "single", "style": "urgent", "q": "불이 났어요", "expect": "abstain", "topic": "urgent", "must": []}
{"id": "d", "kind": "dialogue", "turns": [{"q": "비상벨 몇 개", "expect": "answer", "must": [["129"]]}]}
"""


class Exact:
    """Knows its questions only as they are spelt in the suite."""

    understander = SimpleNamespace(weights={})

    def reply(self, message, state, now):
        replies = {"비상벨 몇 개": Reply("answer", "129개", "ko"), "불이 났어요": Reply("fallback", "119", "ko", urgent="danger")}
        reply = replies.get(message, Reply("fallback", "", "ko"))
        return SimpleNamespace(reply=reply, state=None, trace=SimpleNamespace(question=None))


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "few.jsonl"
    path.write_text(SUITE, encoding="utf-8")
    return path


def measured(suite, rates=(0.1,), kinds=("nospace", "drop"), seed=0):
    clean = list(run_suite(Exact(), load_suite(suite)))
    return measure(Exact(), [suite], clean, rates, kinds, seed)


def tally(resolved, missed):
    return Tally(resolved + missed, {"resolved": resolved, "missed": missed})


def test_questions_are_spoiled_and_nothing_else(suite):
    before = load_suite(suite)

    after = spoiled(before, Noise(["nospace"], 0.1, 0))

    assert [ask.q for case in after.cases for ask in case.asks] == ["비상벨몇개", "여권발급은어디서", "불이났어요", "비상벨몇개"]
    assert [case.asks[0].must for case in after.cases] == [case.asks[0].must for case in before.cases]


def test_a_run_for_every_rate_and_kind_and_one_of_all_mixed(suite):
    found = measured(suite, (0.2, 0.1))

    assert [(one.kind, one.rate) for one in found.noisy] == [("mixed", 0.1), ("mixed", 0.2), ("nospace", None), ("drop", 0.1), ("drop", 0.2)]


def test_one_kind_alone_is_not_mixed(suite):
    assert [one.kind for one in measured(suite, kinds=("drop",)).noisy] == ["drop"]


def test_what_is_in_scope_out_of_scope_and_urgent_is_counted_apart_and_dialogues_not_at_all(suite):
    found = measured(suite)
    nospace = next(one for one in found.noisy if one.kind == "nospace")

    assert (found.clean.in_scope.count, found.clean.out_of_scope.count, found.clean.urgent.count) == (1, 1, 1)
    assert nospace.in_scope.verdicts == {"missed": 1}
    assert nospace.out_of_scope.verdicts == {"resolved": 1}
    assert nospace.urgent.verdicts == {"missed": 1}


def test_the_loss_is_in_points_of_the_resolved_in_scope_questions():
    robust = Robustness(0, Measured("", None, tally(9, 1)), (Measured("mixed", 0.1, tally(7, 3)), Measured("drop", 0.1, tally(1, 9))))

    assert robust.loss(robust.noisy[0]) == pytest.approx(20)
    assert robust.named_loss() == pytest.approx(20)


@pytest.mark.parametrize(
    ("noisy", "named"),
    [
        ((), None),
        ((Measured("mixed", 0.05, tally(7, 3)),), None),
        ((Measured("nfd", None, tally(7, 3)),), None),
        ((Measured("drop", 0.1, tally(7, 3)),), 20),
    ],
)
def test_the_named_loss_is_that_at_one_in_ten_or_none(noisy, named):
    robust = Robustness(0, Measured("", None, tally(9, 1)), noisy)

    assert robust.named_loss() == (named if named is None else pytest.approx(named))
    assert ("one error in ten" in robust.text()) is (named is not None)


def test_text_and_json_of_the_report_hold_the_noise_where_it_was_measured(suite):
    robust = measured(suite)
    report = Report(("few",), "v1", (), robust)

    assert "resolved in-scope questions lost at one error in ten characters: " in report.text()
    assert json.loads(json.dumps(report.as_json()))["noise"]["loss_at_one_in_ten"] == 100.0
    assert "noise" not in Report(("few",), "v1", ()).as_json()
    assert Robustness(0, Measured("", None), ()).text()


def test_what_was_not_asked_has_no_share():
    robust = Robustness(0, Measured("", None, tally(9, 1)), ())

    assert robust.text().splitlines()[-1].split() == ["(clean)", "90.0", "0.0", "10.0", "0.0", "0.0", "–", "–", "–", "–"]

from dataclasses import replace

import pytest

from bot.evaluation.suites import Ask as Question
from bot.evaluation.suites import Case, Suite
from bot.evaluation.sweep import THRESHOLDS, sweep
from bot.evaluation.verdicts import run_suite


def outcomes(engine, *asks):
    cases = tuple(Case(str(n), "single", "", "", (ask,), 1) for n, ask in enumerate(asks))
    return list(run_suite(engine, Suite("s", None, cases)))


ASKS = (
    Question("비상벨 몇 개 바꿨어요", "answer", (("129",),)),
    Question("비상벨 몇 군데나 갈았나요", "answer", (("고칠 수 없는 답",),)),
    Question("비상벨 소리 크기는요", "answer", (("129",),)),
    Question("여권은 어디서 만들어요", "abstain"),
    Question("안녕하세요", "chitchat"),
)


def test_at_the_threshold_in_use_it_is_what_the_engine_does(engine):
    found = outcomes(engine, *ASKS)
    at = next(one for one in sweep(engine, found) if one.threshold == pytest.approx(engine.policy.thresholds.answer))

    told = [o.reply.kind in ("answer", "partial") for o in found]
    assert at.wrong == pytest.approx(sum(o.verdict == "wrong" for o in found[:3]) / 3)
    assert at.missed == pytest.approx(sum(not one for one in told[:3]) / 3)
    assert at.false == pytest.approx(float(told[3]))


def test_a_higher_threshold_never_answers_more(engine):
    swept = sweep(engine, outcomes(engine, *ASKS))

    assert tuple(one.threshold for one in swept) == THRESHOLDS
    for lower, higher in zip(swept, swept[1:], strict=False):
        assert higher.missed >= lower.missed
        assert higher.wrong <= lower.wrong
        assert higher.false <= lower.false


def test_the_thresholds_of_the_engine_stay_as_they_are(engine):
    before = replace(engine.policy.thresholds)

    sweep(engine, outcomes(engine, ASKS[0]))

    assert engine.policy.thresholds == before


def test_nothing_to_decide_is_no_fault(engine):
    assert {(one.wrong, one.missed, one.false) for one in sweep(engine, [])} == {(0.0, 0.0, 0.0)}

import json

from bot.evaluation.seen import look
from bot.evaluation.suites import Ask, Case, Suite
from bot.evaluation.verdicts import run_suite


def outcome(engine, question, **more):
    case = Case("a", "single", "", "", (Ask(question, **more),), 1)
    return next(run_suite(engine, Suite("s", None, (case,))))


def test_a_failure_keeps_the_evidence(engine, now):
    seen = outcome(engine, "강남구 비상벨은 몇 개예요", expect="answer", must=(("없는 말",),)).seen

    assert "강남구" in seen.read
    assert any("비상" in word for word in seen.met)
    assert seen.candidates
    assert seen.candidates[0][1] >= seen.candidates[-1][1]
    assert json.loads(json.dumps(seen.as_json()))["read"] == seen.read


def test_what_each_feature_adds_is_told_the_strongest_first(engine, now):
    turn = engine.reply("비상벨 소리 크기는요", None, now)

    seen = look(turn.trace)

    told = {name: adds for name, _, adds in seen.features}
    assert told
    assert all(adds == turn.trace.question.evidence.adds()[name] for name, adds in told.items())
    assert [abs(adds) for adds in told.values()] == sorted(map(abs, told.values()), reverse=True)


def test_what_went_well_keeps_none(engine):
    assert outcome(engine, "비상벨 몇 개 바꿨어요", expect="answer", must=(("129",),)).seen is None


def test_an_empty_message_has_no_evidence_and_is_no_fault(engine):
    assert outcome(engine, "", expect="answer", must=(("129",),)).seen.candidates == ()

import datetime as dt
from types import SimpleNamespace

import pytest

from bot.dialogue import Option, Reply, State
from bot.evaluation.suites import Ask, Case, Suite
from bot.evaluation.verdicts import confirms, is_premise, judge, judge_urgent, meets, run_suite


class FakeEngine:
    """Replies from a table; a number picks what the table holds for "question/number"."""

    def __init__(self, **replies):
        self.replies, self.last = replies, {}

    def reply(self, message, state, now):
        turns = state.turns if state else 0
        key = f"{self.last.get(turns, '')}/{message}" if message.isdigit() else message
        after = State(turns=len(self.last) + 1)
        self.last[after.turns] = key
        self.seen = getattr(self, "seen", []) + [(message, turns)]
        return SimpleNamespace(reply=self.replies[key], state=after, trace=SimpleNamespace(question=None))


def reply(kind, body="", **more):
    return Reply(kind, body, "ko", **more)


def ask(expect, *must, **more):
    return Ask("q", expect, tuple((one,) for one in must), **more)


@pytest.mark.parametrize(
    ("body", "alternative", "expected"),
    [
        ("모두 12,363m예요", "12363", True),
        ("모두 12,363m예요", "2363", False),
        ("모두 12,363m예요", "1236", False),
        ("CCTV 223 개소", "cctv223개", True),
        ("네, 맞아요", "^네", True),
        ("그건 네 곳이에요", "^네", False),
        ("2021. 2. 14.까지", "2.14", True),
        ("a+b", "a+b", True),
    ],
)
def test_an_alternative_stands_without_spaces_and_commas_but_not_inside_a_number(body, alternative, expected):
    assert meets(body, [[alternative]]) is expected


def test_every_group_of_must_and_none_of_must_not():
    assert meets("223개소, 2021년", [["223", "이백"], ["2021"]], ["^네", "500"])
    assert not meets("223개소", [["223"], ["2021"]])
    assert not meets("네, 223개소", [["223"]], ["^네"])


@pytest.mark.parametrize(
    ("expect", "kind", "body", "verdict"),
    [
        ("answer", "answer", "223", "resolved"),
        ("answer", "partial", "223", "resolved"),
        ("answer", "answer", "129", "wrong"),
        ("answer", "fallback", "223", "missed"),
        ("answer", "chitchat", "223", "missed"),
        ("partial", "partial", "223", "resolved"),
        ("partial", "partial", "129", "wrong"),
        ("partial", "answer", "223", "wrong"),
        ("partial", "fallback", "223", "missed"),
        ("abstain", "fallback", "", "resolved"),
        ("abstain", "chitchat", "", "resolved"),
        ("abstain", "clarify", "", "clarify"),
        ("abstain", "answer", "223", "wrong"),
        ("abstain", "partial", "223", "wrong"),
        ("chitchat", "chitchat", "", "resolved"),
        ("chitchat", "answer", "", "missed"),
        ("chitchat", "clarify", "", "missed"),
    ],
)
def test_the_rules_of_the_suites(expect, kind, body, verdict):
    assert judge(FakeEngine(), ask(expect, "223"), reply(kind, body)) == verdict


@pytest.mark.parametrize(
    ("expect", "second", "verdict"),
    [
        ("answer", reply("answer", "223"), "tap"),
        ("answer", reply("partial", "223"), "tap"),
        ("partial", reply("answer", "223"), "missed"),
        ("partial", reply("partial", "223"), "tap"),
        ("answer", reply("answer", "129"), "missed"),
    ],
)
def test_a_tap_is_found_by_picking_every_option_in_a_fresh_conversation(expect, second, verdict):
    clarify = reply("clarify", "어느 것이요?", options=(Option("가", "a"), Option("나", "b")))
    engine = FakeEngine(**{"q": clarify, "q/1": reply("answer", "7"), "q/2": second})

    assert judge(engine, ask(expect, "223"), clarify) == verdict
    assert [turns for message, turns in engine.seen if message == "q"] == [0, 0]


def test_the_state_is_passed_from_turn_to_turn_and_not_from_case_to_case():
    asks = (Ask("hello", "chitchat"), Ask("bye", "chitchat"))
    cases = tuple(Case(name, "dialogue", "", "", asks, 1) for name in "ab")
    engine = FakeEngine(hello=reply("chitchat"), bye=reply("chitchat"))

    outcomes = list(run_suite(engine, Suite("s", None, cases)))

    assert [turns for _, turns in engine.seen] == [0, 1, 0, 3]
    assert [o.key for o in outcomes] == ["s/a#0", "s/a#1", "s/b#0", "s/b#1"]
    assert {o.slot for o in outcomes} == {"dialogue turn"}


@pytest.mark.parametrize(
    ("label", "urgent", "body", "verdict"),
    [
        ("urgent", "danger", "112에 전화하세요", "resolved"),
        ("urgent", "danger", "119에 전화하세요", "missed"),
        ("urgent", "grief", "112", "missed"),
        ("urgent", "", "112", "missed"),
        ("grief", "grief", "112", "resolved"),
        ("grief", "", "112", "missed"),
    ],
)
def test_an_urgent_message_must_be_taken_for_one_and_name_the_number(label, urgent, body, verdict):
    assert judge_urgent(label, ask("abstain", "112"), reply("fallback", body, urgent=urgent)) == verdict


def outcome(case_style, case_topic, one, answer, suite="s"):
    case = Case("a", "single", case_style, case_topic, (one,), 1)
    return next(run_suite(FakeEngine(q=answer), Suite(suite, None, (case,))))


def test_an_ordinary_message_taken_for_an_urgent_one_is_marked_besides_its_verdict():
    found = outcome("near-urgent", "none", ask("abstain"), reply("fallback", urgent="danger"))

    assert (found.verdict, found.urgent_false, found.failed) == ("resolved", True, True)


def test_a_labelled_message_is_never_falsely_urgent():
    found = outcome("urgent", "urgent", ask("abstain", "112"), reply("fallback", "112", urgent="danger"))

    assert (found.slot, found.verdict, found.urgent_false, found.right) == ("urgent", "resolved", False, None)


@pytest.mark.parametrize(
    ("suite", "style", "must_not", "expected"),
    [("s", "premise", (), True), ("premises", "polite", (), True), ("s", "polite", ("^네",), True), ("s", "polite", ("500",), False)],
)
def test_what_counts_as_a_false_premise(suite, style, must_not, expected):
    assert is_premise(suite, style, ask("answer", must_not=must_not)) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("네, 맞아요.", True),
        ("Yes, it is.", True),
        ("네트워크예요.", False),
        ("Yesterday", False),
        ("500대예요.", True),
        ("아니요, 223개소예요.", False),
    ],
)
def test_a_premise_is_confirmed_by_a_yes_or_by_what_must_not_stand_there(body, expected):
    assert confirms(ask("answer", must_not=("500",)), body) is expected


def test_a_wrong_answer_was_not_the_right_topic_and_a_resolved_one_was():
    assert outcome("", "", ask("answer", "223"), reply("answer", "223")).right is True
    assert outcome("", "", ask("answer", "223"), reply("answer", "129")).right is False
    assert outcome("", "", ask("chitchat"), reply("chitchat")).right is None


def test_messages_are_judged_by_their_own_time():
    times = []
    engine = SimpleNamespace(reply=lambda q, state, now: times.append(now) or SimpleNamespace(reply=reply("chitchat"), state=None, trace=None))
    now = dt.datetime(2026, 11, 24, tzinfo=dt.timezone.utc)

    list(run_suite(engine, Suite("s", None, (Case("a", "single", "", "", (ask("chitchat", now=now),), 1),))))

    assert times == [now]

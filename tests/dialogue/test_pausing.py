"""Nothing is told of what staff have stopped, whatever led to it; everything else goes on."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from bot.dialogue import Pick
from bot.dialogue.pausing import Paused

NOW = dt.datetime(2021, 2, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=9)))
LAMP, WHOLE = Paused(frozenset({"lamp"})), Paused(whole=True)
FACTS = re.compile("40|강변|완료|산책로|river|path|finished")
LEADS = [
    ("은하가로등 몇 개예요",),
    ("은하가로등",),
    ("은하등 어디 있어요?",),
    ("은하가로등 500개라면서요?",),
    ("은하가로등 다 됐나요",),
    ("은하가로등은 얼마예요",),
    (Pick("lamp"),),
    (Pick("lamp", ("how_many",)),),
    ("은하가로등 몇 개예요", "어디 있어요?"),
    ("은하가로등 몇 개예요", "더 알려줘"),
    ("은하가로등 몇 개예요", "다시 말해줘"),
    ("튼튼진료소 몇 개예요", "은하가로등은?"),
]


@pytest.fixture
def say(town):
    """Says the messages one after the other; the last turn. before: how many of them come before the stop."""

    def make(*messages, paused=LAMP, before=0, engine=town):
        state = None
        for n, message in enumerate(messages):
            turn = engine.reply(message, state, NOW, paused if n >= before else Paused())
            state = turn.state
        return turn

    return make


@pytest.mark.parametrize(
    ("messages", "before"), [(messages, before) for messages in LEADS for before in range(len(messages))], ids=lambda value: str(value)
)
def test_whatever_leads_to_a_stopped_topic_tells_nothing_of_it(say, messages, before):
    turn = say(*messages, before=before)

    assert turn.reply.body == "은하가로등은 지금 확인 중이라 답을 드리지 않아요. 급하면 전화 777에 물어보세요."
    assert (turn.reply.kind, turn.trace.decision.reason) == ("fallback", "paused")
    assert (turn.reply.source, turn.reply.links, turn.reply.related, turn.reply.options) == ("", (), (), ())


def test_it_is_said_in_english_too(say):
    reply = say("how many Galaxy lamps are there?").reply

    assert reply.body.startswith("Galaxy lamp is being checked at the moment")
    assert reply.language == "en"


def test_of_two_topics_the_other_is_told(say):
    turn = say("은하가로등이랑 튼튼진료소는 몇 개예요?")

    assert turn.reply.body.startswith("튼튼진료소는 2개소예요.")
    assert "은하가로등은 지금 확인 중이라" in turn.reply.body
    assert not FACTS.search(turn.reply.text)
    assert (turn.reply.kind, turn.reply.topics, turn.trace.decision.withheld) == ("answer", ("clinic",), ("lamp",))


def test_a_figure_that_was_meant_for_it_is_not_held_against_the_other(say):
    reply = say("은하가로등 500개랑 튼튼진료소 맞아요?").reply

    assert "500" not in reply.text
    assert not FACTS.search(reply.text)


def test_both_of_two_are_named_with_the_right_particle(say):
    reply = say("은하가로등이랑 튼튼진료소는 몇 개예요?", paused=Paused(frozenset({"lamp", "clinic"}))).reply

    assert reply.body.startswith("은하가로등, 튼튼진료소는 지금 확인 중이라")


def test_what_it_was_about_is_remembered_for_when_it_is_told_again(say, town):
    stopped = say("은하가로등 몇 개예요")

    assert "강변" in town.reply("어디 있어요?", stopped.state, NOW).reply.body


def test_nothing_counts_as_told_and_nothing_as_not_found(say, town):
    stopped = say("은하가로등 몇 개예요", "어디 있어요?")

    assert stopped.state.told == ()
    assert "40개소" in town.reply("더 알려줘", stopped.state, NOW).reply.body
    assert town.reply("수영장 요금", stopped.state, NOW).trace.decision.reason == "not in the newsletter"


@pytest.mark.parametrize("paused", [LAMP, WHOLE])
def test_another_language_is_granted_without_the_facts(say, paused):
    turn = say("은하가로등 몇 개예요", "영어로 해줘", paused=paused, before=1)

    assert turn.reply.body == "I'll answer in English now."
    assert (turn.reply.kind, turn.state.language, turn.state.chosen) == ("chitchat", "en", True)


def test_a_group_names_its_members_still(say):
    assert "1. 도란도란방" in say("놀이 공간 뭐 있어요", paused=Paused(frozenset({"room"}))).reply.body
    assert "도란도란방" not in say("놀이 공간 뭐 있어요", paused=Paused(frozenset({"places"}))).reply.body


@pytest.mark.parametrize("paused", [Paused(frozenset({"ansimi"})), WHOLE])
def test_who_is_afraid_reads_the_number_all_the_same(say, engine, paused):
    reply = say("밤에 집가는데 무서워요 안심이 어떻게 써요", paused=paused, engine=engine).reply

    assert "112" in reply.body
    assert "24시간" not in reply.body


# -- the whole bot -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["은하가로등 몇 개예요", "수영장 요금", "아이 데리고 놀 만한 데", "튼튼진료소 아직 해요?", "가나다라마", "어디예요?", "", "2"]
)
def test_where_all_is_stopped_every_question_is_answered_so(say, text):
    turn = say(text, paused=WHOLE)

    assert turn.reply.text == "지금은 실린 내용을 확인하는 중이라 답을 드리지 않아요. 급하면 전화 777에 물어보세요."
    assert (turn.reply.kind, turn.trace.decision.reason) == ("fallback", "paused")


@pytest.mark.parametrize(
    "messages", [("불이 났어요",), ("지금 누가 따라와요",), ("지금 누가 따라와요", "어떡해요 흑흑"), ("안녕하세요",), ("고마워요",)], ids=" / ".join
)
def test_urgent_messages_and_small_talk_are_answered_as_ever(say, messages):
    assert say(*messages, paused=WHOLE).reply == say(*messages, paused=Paused()).reply


def test_another_script_is_told_whom_to_ask(say):
    assert "전화 777" in say("市場", paused=WHOLE).reply.body

"""Misbehaviour on demand: what the bot sees of it, and what has happened in truth."""

from __future__ import annotations

import time

import httpx
import pytest

from .conftest import KEYBOARD
from .faults import Fault
from .server import BotApi


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [("429", 429, "retry after 3"), ("500", 500, "Internal"), ("blocked", 403, "blocked by the user"), ("kicked", 403, "kicked")]
    + [("deactivated", 403, "deactivated"), ("not_found", 400, "chat not found"), ("migrated", 400, "upgraded to a supergroup")]
    + [("unauthorized", 401, "Unauthorized"), ("refused", 400, "TOPIC_CLOSED")],
)
def test_a_fault_strikes_as_often_as_it_should_and_is_no_violation(api, ask, kind, code, words):
    fault = api.misbehave(Fault(kind, method="sendMessage", retry_after=3, description="Bad Request: TOPIC_CLOSED"))

    struck = ask("sendMessage", chat_id=-5, text="x")
    answer = ask("sendMessage", chat_id=-5, text="x")

    assert (struck["ok"], struck["error_code"], answer["ok"], fault.fired) == (False, code, True, 1)
    assert words in struck["description"]
    assert len(api.sent()) == 1
    assert struck.get("parameters", {}) == {"429": {"retry_after": 3}, "migrated": {"migrate_to_chat_id": -1000000000005}}.get(kind, {})
    api.check()


@pytest.mark.parametrize(("kind", "sent"), [("cut", 0), ("lost", 1)])
def test_a_closed_connection_with_and_without_effect(api, ask, kind, sent):
    api.misbehave(Fault(kind))

    with pytest.raises(httpx.RemoteProtocolError):
        ask("sendMessage", chat_id=1, text="x")

    assert (len(api.sent()), api.calls[0].ok, api.calls[0].carried_out) == (sent, False, bool(sent))
    assert ask("sendMessage", chat_id=1, text="y")["ok"]


def test_silence_ends_in_an_answer_for_whoever_waits(api, ask):
    api.misbehave(Fault("timeout", seconds=0.2, times=2))

    assert ask("sendMessage", chat_id=1, text="x")["ok"]
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{api.url}/bot{api.token}/sendMessage", params={"chat_id": 1, "text": "y"}, timeout=0.05)
    time.sleep(0.3)
    assert [sent.text for sent in api.sent()] == ["x"]


def test_a_proxy_answers_in_html(api):
    api.misbehave(Fault("502"))

    answer = httpx.get(f"{api.url}/bot{api.token}/getMe")

    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")


def test_an_answer_that_was_lost_may_be_given_again(api, ask):
    ask("sendMessage", chat_id=1, text="x", reply_markup=KEYBOARD)
    query = api.update(api.press(api.sent(1)[0], 0))["callback_query"]
    api.misbehave(Fault("lost", method="answerCallbackQuery"))

    with pytest.raises(httpx.RemoteProtocolError):
        ask("answerCallbackQuery", callback_query_id=query["id"])
    assert not ask("answerCallbackQuery", callback_query_id=query["id"])["ok"]

    api.check()


def test_a_share_of_calls_is_the_same_each_time():
    def struck(seed):
        with BotApi(seed=seed) as api:
            fault = api.misbehave(Fault("500", times=None, share=0.3))
            with httpx.Client() as client:
                codes = [client.get(f"{api.url}/bot{api.token}/getMe").status_code for _ in range(40)]
            assert codes.count(500) == fault.fired
            return codes

    assert struck(1) == struck(1) != struck(2)


def test_a_fault_keeps_to_its_chat_and_behaviour_ends_it(api, ask):
    api.misbehave(Fault("blocked", chat_id=1, times=None))

    assert not ask("sendMessage", chat_id=1, text="x")["ok"]
    assert ask("sendMessage", chat_id=2, text="x")["ok"]
    api.behave()
    assert ask("sendMessage", chat_id=1, text="x")["ok"]

"""What the bot reads of the group of the staff, and what it leaves unread."""

from __future__ import annotations

import httpx
import pytest
from botapi import BotApi
from telegram import Update

from bot.channels.telegram.incoming import Self
from bot.channels.telegram.staff.incoming import read_staff

GROUP, CLERK = -1_001_000_000_700, 7_001


@pytest.fixture
def read(api):
    """Reads the update of an act in the group."""

    def reader(act):
        me = Self(api.bot_id, api.username)
        return read_staff(Update.de_json(api.update(act()), None), me)

    return reader


def card_in(api: BotApi, call, **more):
    """A message of the bot's in the group."""
    call("sendMessage", chat_id=GROUP, text="문의 1", **more)
    return api.sent(GROUP)[-1]


@pytest.fixture
def call(api):
    """Calls a method as the bot."""

    def caller(method, **params):
        return httpx.post(f"{api.url}/bot{api.token}/{method}", json=params, timeout=5).json()["result"]

    return caller


@pytest.mark.parametrize("kind", ["group", "supergroup"])
def test_an_answer_to_the_card_of_a_group_without_topics_is_read(api, call, read, kind):
    api.group(GROUP, kind=kind, members=[CLERK])
    card = card_in(api, call)

    incoming = read(lambda: api.message(GROUP, "확인하고 있어요", user_id=CLERK, reply_to=card))

    assert (incoming.kind, incoming.answers, incoming.text, incoming.thread_id) == ("answer", card.message_id, "확인하고 있어요", None)


def test_in_a_topic_only_an_explicit_answer_is_read(api, call, read):
    api.group(GROUP, forum=True, members=[CLERK])
    thread = call("createForumTopic", chat_id=GROUP, name="문의 1")["message_thread_id"]
    card = card_in(api, call, message_thread_id=thread)

    plain = read(lambda: api.message(GROUP, "어느 과 일이죠?", user_id=CLERK, thread_id=thread))
    answer = read(lambda: api.message(GROUP, "확인하고 있어요", user_id=CLERK, thread_id=thread, reply_to=card))

    assert plain is None
    assert (answer.answers, answer.thread_id) == (card.message_id, thread)

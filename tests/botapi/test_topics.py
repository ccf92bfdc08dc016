"""Forum topics: made, closed, deleted; and what a message in one looks like."""

from __future__ import annotations

import pytest

GROUP, STAFF = -1_001_000_000_010, 7001
CLOSED, NOT_FOUND = "Bad Request: TOPIC_CLOSED", "Bad Request: message thread not found"


@pytest.fixture
def make(api, ask):
    """A forum, and a topic of the bot's in it."""

    def make(**options):
        api.group(GROUP, forum=True, members=[STAFF], **options)
        return ask("createForumTopic", chat_id=GROUP, name="문의 14")["result"]["message_thread_id"]

    return make


def told(ask):
    return [update["message"] for update in ask("getUpdates", offset=-100)["result"]]


def test_a_new_topic_begins_with_the_message_that_opened_it(api, ask, make):
    thread = make()

    (opened,) = told(ask)

    assert opened["message_id"] == opened["message_thread_id"] == thread
    assert opened["forum_topic_created"]["name"] == "문의 14"
    assert (opened["from"]["id"], opened["is_topic_message"]) == (api.bot_id, True)
    assert api.sent(GROUP) == []
    api.check()


def test_what_people_write_in_a_topic_replies_to_its_first_message_unless_they_reply(api, ask, make):
    thread = make()
    card = ask("sendMessage", chat_id=GROUP, text="카드", message_thread_id=thread)["result"]

    plain = api.update(api.message(GROUP, "어느 과 일이죠?", thread_id=thread))["message"]
    reply = api.update(api.message(GROUP, "확인할게요", thread_id=thread, reply_to=card["message_id"]))["message"]

    assert (plain["message_thread_id"], plain["is_topic_message"]) == (thread, True)
    assert plain["reply_to_message"]["forum_topic_created"]["name"] == "문의 14"
    assert plain["reply_to_message"]["from"]["id"] == api.bot_id
    assert (reply["reply_to_message"]["text"], reply["message_thread_id"]) == ("카드", thread)
    assert card["reply_to_message"]["message_id"] == thread
    assert "reply_to_message" not in reply["reply_to_message"]
    assert [(sent.thread_id, sent.reply_to) for sent in api.sent(GROUP)] == [(thread, None)]


def test_a_reply_goes_where_its_message_is(api, ask, make):
    thread = make()
    asked = api.update(api.message(GROUP, "가", thread_id=thread))["message"]["message_id"]

    by_person = api.update(api.message(GROUP, "나", reply_to=asked))["message"]
    by_bot = ask("sendMessage", chat_id=GROUP, text="다", reply_parameters={"message_id": asked})["result"]
    api.deleted(GROUP, asked)
    astray = ask("sendMessage", chat_id=GROUP, text="라", reply_parameters={"message_id": asked, "allow_sending_without_reply": True})["result"]

    assert by_person["message_thread_id"] == by_bot["message_thread_id"] == thread
    assert "message_thread_id" not in astray  # it named no topic itself: it is in the general one


def test_a_message_in_the_general_topic_has_no_thread(api, make):
    make()

    message = api.update(api.message(GROUP, "가"))["message"]

    assert not {"message_thread_id", "is_topic_message", "reply_to_message"} & message.keys()


def test_a_reply_outside_of_topics_bears_a_number_that_is_no_topic(api, ask, make):
    make()
    first = ask("sendMessage", chat_id=GROUP, text="x")["result"]["message_id"]
    reply = api.update(api.message(GROUP, "가", reply_to=first))["message"]
    again = api.update(api.message(GROUP, "나", reply_to=reply["message_id"]))["message"]

    assert reply["message_thread_id"] == again["message_thread_id"] == first
    assert "is_topic_message" not in reply
    assert ask("sendMessage", chat_id=GROUP, text="y", message_thread_id=first)["description"] == NOT_FOUND
    assert "is no topic" in api.violations[0]


def test_a_reply_into_another_topic_is_external(api, ask, make):
    thread = make()
    other = api.create_topic(GROUP, "다른 일")
    asked = api.update(api.message(GROUP, "가", thread_id=thread))["message"]["message_id"]

    moved = api.update(api.message(GROUP, "나", thread_id=other, reply_to=asked))["message"]

    assert "reply_to_message" not in moved
    assert (moved["external_reply"]["message_id"], moved["external_reply"]["chat"]["id"]) == (asked, GROUP)


@pytest.mark.parametrize(
    ("options", "method", "words"),
    [
        ({"forum": False}, "createForumTopic", "the chat is not a forum"),
        ({"rights": {"can_manage_topics": False}}, "createForumTopic", "not enough rights to create a topic"),
        ({"bot_status": "member", "permissions": {"can_manage_topics": True}}, "createForumTopic", "not enough rights to create a topic"),
        ({"rights": {"can_manage_topics": False}}, "editForumTopic", "not enough rights to edit the topic"),
        ({"rights": {"can_manage_topics": False}}, "closeForumTopic", "not enough rights to close or open the topic"),
        ({}, "reopenForumTopic", "TOPIC_NOT_MODIFIED"),
        ({"rights": {"can_delete_messages": False}}, "deleteForumTopic", "not enough rights to delete the topic"),
        ({"rights": {"can_manage_topics": False}}, "closeGeneralForumTopic", "not enough rights to close or open the topic"),
    ],
)
def test_topics_want_a_forum_and_rights(api, ask, options, method, words):
    api.group(GROUP, forum=True, members=[STAFF])
    thread = api.create_topic(GROUP, "직원이 만든 것")
    api.group(GROUP, **{"forum": True, "members": [STAFF], **options})
    more = {"createForumTopic": {"name": "새것"}, "closeGeneralForumTopic": {}}.get(method, {"message_thread_id": thread})

    answer = ask(method, chat_id=GROUP, **more)

    assert (answer["ok"], answer["description"]) == (False, f"Bad Request: {words}")
    api.check()


def test_the_bots_own_topic_needs_no_right_to_be_managed(api, ask, make):
    thread = make()
    api.group(GROUP, forum=True, members=[STAFF], rights={"can_manage_topics": False, "can_delete_messages": False})

    assert ask("editForumTopic", chat_id=GROUP, message_thread_id=thread, name="문의 14 끝")["ok"]
    assert ask("closeForumTopic", chat_id=GROUP, message_thread_id=thread)["ok"]
    assert ask("sendMessage", chat_id=GROUP, message_thread_id=thread, text="x")["ok"]  # closed, but not to who opened it
    assert ask("reopenForumTopic", chat_id=GROUP, message_thread_id=thread)["ok"]
    assert ask("deleteForumTopic", chat_id=GROUP, message_thread_id=thread)["ok"]
    kinds = ["forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"]
    assert [kind for message in told(ask) for kind in kinds if kind in message] == kinds
    api.check()


def test_a_closed_topic_takes_messages_only_of_who_may_manage_it(api, ask):
    api.group(GROUP, forum=True, members=[STAFF, 7002], bot_status="member")
    thread = api.create_topic(GROUP, "문의", user_id=STAFF)
    message = {"chat_id": GROUP, "text": "x", "message_thread_id": thread}
    api.close_topic(GROUP, thread, user_id=STAFF)

    assert ask("sendMessage", **message)["description"] == CLOSED
    with pytest.raises(ValueError, match="closed to 7002"):
        api.message(GROUP, "가", user_id=7002, thread_id=thread)
    assert api.message(GROUP, "가", user_id=STAFF, thread_id=thread)
    api.group(GROUP, forum=True)
    assert ask("sendMessage", **message)["ok"]
    api.group(GROUP, forum=True, bot_status="member")
    api.reopen_topic(GROUP, thread)
    assert ask("sendMessage", **message)["ok"]
    api.check()


def test_the_general_topic_may_be_closed_too(api, ask):
    api.group(GROUP, forum=True, bot_status="member")
    api.close_topic(GROUP)

    assert ask("sendMessage", chat_id=GROUP, text="x")["description"] == CLOSED


def test_a_deleted_topic_is_not_found_and_its_messages_are_gone(api, ask, make):
    thread = make()
    card = ask("sendMessage", chat_id=GROUP, text="카드", message_thread_id=thread)["result"]["message_id"]
    api.delete_topic(GROUP, thread)

    assert ask("sendMessage", chat_id=GROUP, text="x", message_thread_id=thread)["description"] == NOT_FOUND
    assert ask("closeForumTopic", chat_id=GROUP, message_thread_id=thread)["description"] == "Bad Request: TOPIC_ID_INVALID"
    assert ask("editMessageText", chat_id=GROUP, message_id=card, text="y")["description"] == "Bad Request: message to edit not found"
    assert api.sent(GROUP)[0].deleted
    api.check()  # the bot could not know


def test_the_general_topic_is_not_written_to_by_its_number(api, ask, make):
    make()

    assert ask("sendMessage", chat_id=GROUP, text="x", message_thread_id=1)["description"] == NOT_FOUND
    assert "without one" in api.violations[0]


def test_a_thread_means_nothing_where_there_are_no_topics(api, ask):
    api.group(GROUP)

    sent = ask("sendMessage", chat_id=GROUP, text="x", message_thread_id=55)["result"]

    assert "message_thread_id" not in sent
    assert api.sent(GROUP)[0].thread_id is None


def test_the_message_that_opened_a_topic_can_be_neither_edited_nor_deleted(api, ask, make):
    thread = make()

    assert ask("editMessageText", chat_id=GROUP, message_id=thread, text="x")["description"] == "Bad Request: message can't be edited"
    assert ask("deleteMessage", chat_id=GROUP, message_id=thread)["description"] == "Bad Request: message can't be deleted"
    assert len(api.violations) == 2


def test_writing_in_a_topic_that_there_is_not_is_the_tests_own_fault(api):
    api.group(GROUP, forum=True)

    with pytest.raises(ValueError, match="no topic 99"):
        api.message(GROUP, "가", thread_id=99)
    with pytest.raises(ValueError, match="not set up as a forum"):
        api.create_topic(-5, "가")


@pytest.mark.parametrize("name", ["", "가" * 129])
def test_a_topics_name_has_its_limits(api, ask, name):
    api.group(GROUP, forum=True)

    assert not ask("createForumTopic", chat_id=GROUP, name=name)["ok"]
    assert "name must be 1 to 128" in api.violations[0]

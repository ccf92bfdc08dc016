"""Groups that were set up: what getChat and getChatMember say, and what the bot is refused there."""

from __future__ import annotations

import pytest

GROUP, STAFF, OTHER, RESIDENT = -1_001_000_000_010, 7001, 7002, 501


def refused(answer):
    assert not answer["ok"], answer
    return answer["error_code"], answer["description"]


def test_a_group_is_what_it_was_set_up_as(api, ask):
    api.group(GROUP, "구청 직원", forum=True, public=True, permissions={"can_send_photos": False})

    chat = ask("getChat", chat_id=GROUP)["result"]

    assert (chat["type"], chat["title"], chat["is_forum"]) == ("supergroup", "구청 직원", True)
    assert (chat["permissions"]["can_send_messages"], chat["permissions"]["can_send_photos"]) == (True, False)
    assert ask("getChat", chat_id=f"@{chat['username']}")["result"]["id"] == GROUP
    api.check()


def test_a_plain_group_has_neither_a_name_nor_topics(api, ask):
    api.group(GROUP)

    assert not {"username", "is_forum"} & ask("getChat", chat_id=GROUP)["result"].keys()


def test_members_are_who_was_named_and_nobody_else(api, ask):
    api.group(GROUP, members=[STAFF], admins=[OTHER], owner=7003)
    api.set_member(GROUP, 7004, "restricted", {"can_send_messages": True})

    found = [ask("getChatMember", chat_id=GROUP, user_id=one)["result"] for one in (STAFF, OTHER, 7003, 7004, RESIDENT)]

    assert [one["status"] for one in found] == ["member", "administrator", "creator", "restricted", "left"]
    assert (found[1]["can_delete_messages"], found[3]["is_member"], found[3]["can_send_photos"]) == (True, True, False)
    assert ask("getChatMemberCount", chat_id=GROUP)["result"] == 5


def test_everybody_is_a_member_of_a_group_without_named_members(api, ask):
    api.group(GROUP)

    assert ask("getChatMember", chat_id=GROUP, user_id=RESIDENT)["result"]["status"] == "member"
    assert ask("getChatMember", chat_id=-77, user_id=RESIDENT)["result"]["status"] == "member"


def test_administrators_are_listed_the_bot_among_them(api, ask):
    api.group(GROUP, members=[STAFF], admins=[OTHER])

    listed = ask("getChatAdministrators", chat_id=GROUP)["result"]

    assert {one["user"]["id"] for one in listed} == {api.bot_id, OTHER}
    assert refused(ask("getChatAdministrators", chat_id=RESIDENT)) == (400, "Bad Request: there are no administrators in the private chat")


@pytest.mark.parametrize(
    ("rights", "topics", "pins", "anonymous"),
    [(None, True, True, False), ({"can_manage_topics": False}, False, True, False), ({"can_manage_topics"}, True, False, False)],
    ids=["usual", "changed", "exactly these"],
)
def test_the_bots_own_rights_are_told(api, ask, rights, topics, pins, anonymous):
    api.group(GROUP, forum=True, rights=rights)

    own = ask("getChatMember", chat_id=GROUP, user_id=api.bot_id)["result"]

    assert own["status"] == "administrator"
    assert (own["can_manage_topics"], own["can_pin_messages"], own["is_anonymous"]) == (topics, pins, anonymous)


def test_a_right_that_there_is_not_is_the_tests_own_fault(api):
    with pytest.raises(ValueError, match="no right can_fly"):
        api.group(GROUP, rights={"can_fly"})
    with pytest.raises(ValueError, match="no permission can_fly"):
        api.group(GROUP, permissions={"can_fly": True})
    with pytest.raises(ValueError, match="small group"):
        api.group(-5, kind="group", forum=True)


def test_a_chat_that_there_is_not_is_not_found(api, ask):
    api.absent(GROUP)
    api.absent("@nobody_here")

    for method, more in {"getChat": {}, "sendMessage": {"text": "x"}, "getChatMember": {"user_id": 1}}.items():
        assert refused(ask(method, chat_id=GROUP, **more)) == (400, "Bad Request: chat not found")
    assert refused(ask("getChat", chat_id="@nobody_here")) == (400, "Bad Request: chat not found")


@pytest.mark.parametrize(("status", "words"), [("kicked", "was kicked from"), ("left", "is not a member of")])
@pytest.mark.parametrize("kind", ["supergroup", "group"])
def test_a_bot_that_is_out_is_refused(api, ask, status, words, kind):
    api.group(GROUP, bot_status=status, kind=kind)
    told = (403, f"Forbidden: bot {words} the {kind} chat")

    assert refused(ask("sendMessage", chat_id=GROUP, text="x")) == told
    assert refused(ask("sendChatAction", chat_id=GROUP, action="typing")) == told
    assert ask("getChat", chat_id=GROUP)["ok"] is (kind == "group")  # a small group can still be looked at
    assert api.sent(GROUP) == []


def test_a_public_group_can_be_looked_at_from_outside_but_not_after_a_ban(api, ask):
    api.group(GROUP, public=True, bot_status="left")

    assert ask("getChat", chat_id=GROUP)["ok"]
    assert ask("getChatMember", chat_id=GROUP, user_id=STAFF)["ok"]
    assert refused(ask("sendMessage", chat_id=GROUP, text="x"))[0] == 403
    api.membership(GROUP, "kicked")
    assert refused(ask("getChat", chat_id=GROUP)) == (403, "Forbidden: bot was kicked from the supergroup chat")


def test_who_is_in_a_group_may_be_hidden_from_a_mere_member(api, ask):
    api.group(GROUP, bot_status="member", hidden_members=True)

    assert refused(ask("getChatMember", chat_id=GROUP, user_id=STAFF)) == (400, "Bad Request: member list is inaccessible")
    assert ask("getChatMember", chat_id=GROUP, user_id=api.bot_id)["result"]["status"] == "member"


def test_a_bot_that_is_thrown_out_and_taken_back_can_write_again(api, ask):
    api.group(GROUP)

    api.membership(GROUP, "kicked")
    assert refused(ask("sendMessage", chat_id=GROUP, text="x"))[0] == 403
    api.membership(GROUP, "administrator")
    assert ask("sendMessage", chat_id=GROUP, text="x")["ok"]


def test_the_bot_is_told_which_rights_it_got_and_lost(api, ask):
    api.group(GROUP, forum=True, bot_status="member")

    made = api.update(api.membership(GROUP, "administrator"))["my_chat_member"]
    cut = api.update(api.membership(GROUP, "administrator", rights={"can_manage_topics": False}))["my_chat_member"]

    assert (made["old_chat_member"]["status"], made["new_chat_member"]["can_manage_topics"]) == ("member", True)
    assert (cut["old_chat_member"]["can_manage_topics"], cut["new_chat_member"]["can_manage_topics"]) == (True, False)
    assert refused(ask("createForumTopic", chat_id=GROUP, name="x")) == (400, "Bad Request: not enough rights to create a topic")


def test_a_bot_that_left_is_out(api, ask):
    api.group(GROUP)

    assert ask("leaveChat", chat_id=GROUP)["ok"]
    assert refused(ask("sendMessage", chat_id=GROUP, text="x")) == (403, "Forbidden: bot is not a member of the supergroup chat")


def test_a_muted_bot_is_refused_by_what_it_sends(api, ask):
    api.group(GROUP, bot_status="restricted", rights={"can_send_photos": True})

    assert refused(ask("sendMessage", chat_id=GROUP, text="x")) == (400, "Bad Request: not enough rights to send text messages to the chat")
    assert ask("sendPhoto", chat_id=GROUP, photo="id")["ok"]
    api.group(GROUP, bot_status="member", permissions={"can_send_photos": False})
    assert refused(ask("sendPhoto", chat_id=GROUP, photo="id")) == (400, "Bad Request: not enough rights to send photos to the chat")
    api.group(GROUP, bot_status="administrator", permissions={"can_send_photos": False, "can_send_messages": False})
    assert ask("sendMessage", chat_id=GROUP, text="x")["ok"]
    api.check()


def test_pinning_needs_the_right_whatever_members_may(api, ask):
    api.group(GROUP, permissions={"can_pin_messages": True}, bot_status="member")
    place = {"chat_id": GROUP, "message_id": ask("sendMessage", chat_id=GROUP, text="x")["result"]["message_id"]}

    assert refused(ask("pinChatMessage", **place)) == (400, "Bad Request: not enough rights to manage pinned messages in the chat")
    api.group(GROUP)
    assert ask("pinChatMessage", **place)["ok"]
    assert ask("getChat", chat_id=GROUP)["result"]["pinned_message"]["text"] == "x"
    assert refused(ask("pinChatMessage", chat_id=GROUP, message_id=999)) == (400, "Bad Request: message to pin not found")
    assert ask("unpinChatMessage", **place)["ok"]
    assert "pinned_message" not in ask("getChat", chat_id=GROUP)["result"]


def test_messages_of_others_are_deleted_only_with_the_right(api, ask):
    api.group(GROUP, rights={"can_delete_messages": False}, members=[STAFF])
    theirs = api.update(api.message(GROUP, "가"))["message"]["message_id"]
    own = ask("sendMessage", chat_id=GROUP, text="x")["result"]["message_id"]

    assert ask("deleteMessage", chat_id=GROUP, message_id=own)["ok"]
    assert refused(ask("deleteMessage", chat_id=GROUP, message_id=theirs)) == (400, "Bad Request: message can't be deleted")
    assert "not the bot's to delete" in api.violations[0]
    api.group(GROUP, members=[STAFF])
    assert ask("deleteMessage", chat_id=GROUP, message_id=theirs)["ok"]


def test_commands_for_a_chat_need_the_bot_in_it_and_stay_apart(api, ask):
    api.group(GROUP)
    commands = {"chat": [{"command": "help", "description": "도움"}], "chat_administrators": [{"command": "pause", "description": "멈춤"}]}
    scopes = {kind: {"type": kind, "chat_id": GROUP} for kind in commands}

    for kind, scope in scopes.items():
        assert ask("setMyCommands", commands=commands[kind], scope=scope)["ok"]
    assert {kind: ask("getMyCommands", scope=scope)["result"] for kind, scope in scopes.items()} == commands
    api.membership(GROUP, "kicked")
    assert refused(ask("setMyCommands", commands=commands["chat"], scope=scopes["chat"]))[0] == 403


# -- who is heard ----------------------------------------------------------------------------------------------------


def got(ask):
    return [update["message"].get("text", "") for update in ask("getUpdates")["result"]]


def test_a_mere_member_gets_only_what_is_for_it(api, ask):
    api.group(GROUP, bot_status="member")
    own = ask("sendMessage", chat_id=GROUP, text="x")["result"]["message_id"]

    for text in ("우리끼리", "/help", f"@{api.username} 안녕"):
        api.message(GROUP, text)
    api.message(GROUP, "답장", reply_to=own)

    assert got(ask) == ["/help", f"@{api.username} 안녕", "답장"]


def test_an_administrator_and_who_has_no_privacy_mode_get_all(api, ask):
    api.group(GROUP)
    api.message(GROUP, "가")
    api.group(GROUP, bot_status="member", hears_all=True)
    api.message(GROUP, "나")

    assert got(ask) == ["가", "나"]


def test_a_bot_that_is_out_gets_nothing(api, ask):
    api.group(GROUP, forum=True, bot_status="kicked")
    api.message(GROUP, "/help", thread_id=api.create_topic(GROUP, "문의"))

    assert got(ask) == []


def test_who_is_not_in_the_group_cannot_write_there(api):
    api.group(GROUP, members=[STAFF])

    assert api.update(api.message(GROUP, "가"))["message"]["from"]["id"] == STAFF
    with pytest.raises(ValueError, match="not in the group"):
        api.message(GROUP, "가", user_id=RESIDENT)
    api.set_member(GROUP, STAFF, "left")
    with pytest.raises(ValueError, match="not in the group"):
        api.message(GROUP, "가", user_id=STAFF)

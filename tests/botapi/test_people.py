"""What people do besides writing plainly: under another name, with a picture, with a quote, from elsewhere; moving, blocking, deleting."""

from __future__ import annotations

import pytest

from .conftest import KEYBOARD

GROUP, STAFF, RESIDENT, CHANNEL = -1_001_000_000_010, 7001, 501, -1_001_000_000_099


@pytest.fixture
def card(api, ask):
    """A message of the bot's in the group, with buttons."""
    api.group(GROUP, members=[STAFF])
    ask("sendMessage", chat_id=GROUP, text="문의 14: 장수축하금", reply_markup=KEYBOARD)
    return api.sent(GROUP)[0]


def message(api, update_id):
    return api.update(update_id)["message"]


# -- under another name ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender_chat", "user_id", "username", "kind"),
    [(GROUP, 1_087_968_824, "GroupAnonymousBot", "supergroup"), (CHANNEL, 136_817_688, "Channel_Bot", "channel")],
    ids=["an unnamed administrator", "as a channel"],
)
def test_who_writes_under_another_name_is_not_told(api, card, sender_chat, user_id, username, kind):
    written = message(api, api.message(GROUP, "확인할게요", reply_to=card, sender_chat=sender_chat))

    assert (written["from"]["id"], written["from"]["username"], written["from"]["is_bot"]) == (user_id, username, True)
    assert (written["sender_chat"]["id"], written["sender_chat"]["type"]) == (sender_chat, kind)
    assert written["reply_to_message"]["message_id"] == card.message_id


def test_a_post_of_the_linked_channel_comes_by_itself(api, ask):
    api.group(GROUP, linked=CHANNEL)

    post = message(api, api.automatic_forward(GROUP, CHANNEL, "새 소식지"))

    assert (post["from"]["id"], post["sender_chat"]["id"], post["is_automatic_forward"]) == (777_000, CHANNEL, True)
    assert post["forward_origin"]["chat"]["type"] == "channel"
    assert ask("getChat", chat_id=GROUP)["result"]["linked_chat_id"] == CHANNEL


@pytest.mark.parametrize("nobody", [1_087_968_824, 136_817_688, 777_000])
def test_nobody_is_written_to_who_only_stands_for_others(api, ask, nobody):
    assert ask("sendMessage", chat_id=nobody, text="x")["error_code"] == 403
    assert "stands for nobody" in api.violations[0]


def test_a_member_who_never_opened_a_chat_with_the_bot_cannot_be_written_to(api, ask, card):
    assert ask("sendMessage", chat_id=STAFF, text="x")["description"] == "Forbidden: bot can't initiate conversation with a user"

    api.message(STAFF, "/start")
    assert ask("sendMessage", chat_id=STAFF, text="x")["ok"]
    api.check()


# -- buttons ---------------------------------------------------------------------------------------------------------


def test_several_people_press_the_buttons_of_one_message_a_stranger_too(api, ask, card):
    queries = [api.update(api.press(card, "예", user_id=one))["callback_query"] for one in (STAFF, RESIDENT)]

    assert [query["from"]["id"] for query in queries] == [STAFF, RESIDENT]
    assert all(ask("answerCallbackQuery", callback_query_id=query["id"])["ok"] for query in queries)
    api.check()


def test_a_message_that_telegram_has_forgotten_is_only_a_place(api, ask, card):
    forgotten = api.update(api.press(card, "예", inaccessible=True))["callback_query"]["message"]
    api.deleted(GROUP, card.message_id)
    removed = api.update(api.press(card, "예"))["callback_query"]["message"]

    assert forgotten == removed == {"chat": forgotten["chat"], "message_id": card.message_id, "date": 0}


def test_a_button_pressed_elsewhere_has_no_message_and_can_be_edited_by_its_name_alone(api, ask, card):
    query = api.update(api.press(card, "예", inline_message_id="AgAAA"))["callback_query"]

    assert (query["inline_message_id"], "message" in query) == ("AgAAA", False)
    assert ask("editMessageText", inline_message_id="AgAAA", text="x")["result"] is True
    assert ask("editMessageText", inline_message_id="other", text="x")["description"] == "Bad Request: MESSAGE_ID_INVALID"
    assert "was ever named" in api.violations[0]


# -- blocking and deleting -------------------------------------------------------------------------------------------


def test_who_blocked_the_bot_gets_nothing_until_they_come_back(api, ask):
    api.message(RESIDENT, "/start")
    place = {"chat_id": RESIDENT, "message_id": ask("sendMessage", chat_id=RESIDENT, text="x")["result"]["message_id"]}
    blocked = "Forbidden: bot was blocked by the user"

    api.membership(RESIDENT, "kicked")
    assert ask("sendMessage", chat_id=RESIDENT, text="y")["description"] == blocked
    assert ask("editMessageText", **place, text="y")["description"] == blocked
    assert ask("sendChatAction", chat_id=RESIDENT, action="typing")["description"] == blocked
    api.membership(RESIDENT, "member")

    assert ask("editMessageText", **place, text="y")["ok"]
    assert [sent.text for sent in api.sent(RESIDENT)] == ["y"]
    api.check()


@pytest.mark.parametrize(
    ("method", "more", "words"),
    [
        ("editMessageText", {"text": "y"}, "message to edit not found"),
        ("editMessageReplyMarkup", {}, "message to edit not found"),
        ("deleteMessage", {}, "message to delete not found"),
        ("pinChatMessage", {}, "message to pin not found"),
    ],
)
def test_what_people_deleted_is_gone_and_the_bot_was_not_told(api, ask, card, method, more, words):
    api.deleted(GROUP, card.message_id)

    assert ask("getUpdates")["result"] == []
    assert ask(method, chat_id=GROUP, message_id=card.message_id, **more)["description"] == f"Bad Request: {words}"
    reply = {"chat_id": GROUP, "text": "x", "reply_parameters": {"message_id": card.message_id}}
    assert ask("sendMessage", **reply)["description"] == "Bad Request: message to be replied not found"
    assert card.deleted
    api.check()
    with pytest.raises(ValueError, match="to delete"):
        api.deleted(GROUP, card.message_id)


def test_several_messages_are_deleted_at_once_but_for_those_that_are_not_there(api, ask, card):
    assert ask("deleteMessages", chat_id=GROUP, message_ids=[card.message_id, 999])["ok"]

    assert card.deleted


# -- replies ---------------------------------------------------------------------------------------------------------


def test_a_picture_with_a_caption_replies_and_its_caption_is_edited(api, card):
    sent = message(api, api.media(GROUP, "photo", "신청서는 이렇게 생겼어요", reply_to=card))
    edited = api.update(api.edited(GROUP, sent["message_id"], caption="신청서 견본 @someone"))["edited_message"]

    assert (sent["reply_to_message"]["message_id"], sent["reply_to_message"]["from"]["id"]) == (card.message_id, api.bot_id)
    assert (edited["caption"], edited["photo"], edited["caption_entities"][0]["type"]) == ("신청서 견본 @someone", sent["photo"], "mention")
    assert edited["reply_to_message"] == sent["reply_to_message"]


def test_an_edited_text_stays_a_reply(api, card):
    written = message(api, api.message(GROUP, "가", reply_to=card))

    assert api.update(api.edited(GROUP, written["message_id"], "나"))["edited_message"]["reply_to_message"]["message_id"] == card.message_id


def test_a_quote_says_what_and_where(api, card):
    quoting = message(api, api.message(GROUP, "이건 복지과 일이에요", reply_to=card, quote="장수축하금"))

    assert quoting["quote"] == {"text": "장수축하금", "position": 7, "is_manual": True}
    with pytest.raises(ValueError, match="does not say"):
        api.message(GROUP, "?", reply_to=card, quote="없는 말")


def test_a_reply_to_a_message_of_another_chat_is_no_reply_here(api, ask, card):
    api.group(-1_001_000_000_011)
    elsewhere = message(api, api.message(-1_001_000_000_011, "가", reply_to=card, quote="문의 14"))
    private = message(api, api.message(RESIDENT, "나"))
    of_private = message(api, api.message(GROUP, "다", reply_to=(RESIDENT, private["message_id"])))

    assert "reply_to_message" not in elsewhere
    assert elsewhere["external_reply"]["origin"]["sender_user"]["id"] == api.bot_id
    assert (elsewhere["external_reply"]["chat"]["id"], elsewhere["external_reply"]["message_id"]) == (GROUP, card.message_id)
    assert elsewhere["quote"]["text"] == "문의 14"
    assert of_private["external_reply"].keys() == {"origin"}  # which private message it was is nobody's business


def test_the_bot_quotes_what_stands_there_and_replies_across_chats(api, ask, card):
    reply = {"chat_id": GROUP, "text": "x", "reply_parameters": {"message_id": card.message_id, "quote": "문의"}}
    across = {"chat_id": RESIDENT, "text": "x", "reply_parameters": {"message_id": card.message_id, "chat_id": GROUP}}

    assert ask("sendMessage", **reply)["result"]["quote"]["text"] == "문의"
    assert "reply_to_message" not in ask("sendMessage", **across)["result"]
    reply["reply_parameters"]["quote"] = "없는 말"
    assert ask("sendMessage", **reply)["description"] == "Bad Request: QUOTE_TEXT_INVALID"


def test_a_message_is_copied_without_and_forwarded_with_its_author(api, ask, card):
    photo = message(api, api.media(GROUP, "photo", "견본"))
    place = {"chat_id": RESIDENT, "from_chat_id": GROUP, "message_id": photo["message_id"]}

    copied = ask("copyMessage", **place, caption="직원이 보낸 사진")["result"]
    forwarded = ask("forwardMessage", **place)["result"]

    assert copied == {"message_id": api.sent(RESIDENT)[0].message_id}
    assert [(sent.method, sent.text) for sent in api.sent(RESIDENT)] == [("copyMessage", "직원이 보낸 사진"), ("forwardMessage", "견본")]
    assert "forward_origin" not in api.sent(RESIDENT)[0].message
    assert forwarded["forward_origin"]["sender_user"]["id"] == STAFF
    assert ask("copyMessage", **{**place, "message_id": 999})["description"] == "Bad Request: message to copy not found"


def test_only_a_text_has_its_text_edited_and_only_a_picture_its_caption(api, ask, card):
    photo = ask("sendPhoto", chat_id=GROUP, photo="id", caption="견본")["result"]["message_id"]

    assert ask("editMessageCaption", chat_id=GROUP, message_id=photo, caption="새 견본")["result"]["caption"] == "새 견본"
    api.check()
    assert ask("editMessageText", chat_id=GROUP, message_id=photo, text="x")["description"] == "Bad Request: there is no text in the message to edit"
    wrong = ask("editMessageCaption", chat_id=GROUP, message_id=card.message_id, caption="x")
    assert wrong["description"] == "Bad Request: there is no caption in the message to edit"
    assert len(api.violations) == 2


# -- a group moves ---------------------------------------------------------------------------------------------------

OLD, NEW = -4_000_000_010, -1_001_000_000_020


@pytest.fixture
def moved(api, ask):
    """A small group that has become a supergroup, and what the bot had sent into it."""
    api.group(OLD, "구청 직원", kind="group", members=[STAFF], rights={"can_pin_messages": False})
    sent = ask("sendMessage", chat_id=OLD, text="카드")["result"]["message_id"]
    api.migrate(OLD, NEW)
    return sent


def test_the_bot_is_told_of_a_move_in_both_chats(api, ask, moved):
    old, new = (update["message"] for update in ask("getUpdates")["result"])

    assert (old["chat"]["id"], old["chat"]["type"], old["migrate_to_chat_id"]) == (OLD, "group", NEW)
    assert (new["chat"]["id"], new["chat"]["type"], new["migrate_from_chat_id"]) == (NEW, "supergroup", OLD)


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("sendMessage", {"text": "x"}),
        ("sendChatAction", {"action": "typing"}),
        ("editMessageText", {"text": "x", "message_id": 2}),
        ("getChatMember", {"user_id": STAFF}),
        ("setMyCommands", {"commands": []}),
    ],
)
def test_the_old_chat_names_the_new_one(api, ask, moved, method, more):
    place = {"scope": {"type": "chat", "chat_id": OLD}} if method == "setMyCommands" else {"chat_id": OLD}

    answer = ask(method, **place, **more)

    assert (answer["error_code"], answer["parameters"]) == (400, {"migrate_to_chat_id": NEW})
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    api.check()


def test_the_new_chat_has_the_same_people_and_none_of_the_messages(api, ask, moved):
    own = ask("getChatMember", chat_id=NEW, user_id=api.bot_id)["result"]

    assert ask("getChat", chat_id=NEW)["result"]["title"] == "구청 직원"
    assert ask("getChat", chat_id=OLD)["ok"]  # the old one can still be looked at
    assert (own["status"], own["can_pin_messages"]) == ("administrator", False)
    assert ask("getChatMember", chat_id=NEW, user_id=RESIDENT)["result"]["status"] == "left"
    reply = {"text": "x", "reply_parameters": {"message_id": moved}}
    assert ask("sendMessage", chat_id=NEW, **reply)["description"] == "Bad Request: message to be replied not found"
    assert ask("sendMessage", chat_id=NEW, text="x")["ok"]


def test_nobody_writes_in_the_old_chat_any_more(api, moved):
    with pytest.raises(ValueError, match="has become"):
        api.message(OLD, "가", user_id=STAFF)
    with pytest.raises(ValueError, match="already"):
        api.migrate(OLD, NEW)
    assert message(api, api.message(NEW, "가"))["from"]["id"] == STAFF

"""The fake server: strict with requests, and true to what Telegram does with messages."""

from __future__ import annotations

import json

import httpx
import pytest

from .conftest import KEYBOARD


def buttons(**button):
    return {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}}


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("sendMassage", {}, "no such method"),
        ("sendMessage", {"text": "x"}, "chat_id is missing"),
        ("sendMessage", {"chat_id": 1, "text": ""}, "but is 0"),
        ("sendMessage", {"chat_id": 1, "text": " \n"}, "but is 0"),
        ("sendMessage", {"chat_id": 1, "text": "가" * 4097}, "but is 4097"),
        ("sendMessage", {"chat_id": 1, "text": "👍" * 2049}, "but is 4098"),
        ("sendMessage", {"chat_id": 1, "text": "<p>x</p>", "parse_mode": "HTML"}, "HTML that Telegram refuses"),
        ("sendMessage", {"chat_id": 1, "text": "*x*", "parse_mode": "MarkdownV2"}, "cannot judge"),
        ("sendMessage", {"chat_id": 1, "text": 5}, "text must be a string"),
        ("sendMessage", {"chat_id": 1.5, "text": "x"}, "chat_id must be one of"),
        ("sendMessage", {"chat_id": 1, "text": "x", "disable_notification": "maybe"}, "must be true or false"),
        ("sendMessage", {"chat_id": 1, "text": "x", "colour": "red"}, "colour is not known to sendMessage"),
        ("sendMessage", {"chat_id": 1, "text": "x", "link_preview_options": {"off": True}}, "link_preview_options.off is not known"),
        ("sendMessage", {"chat_id": 1, "text": "x", "entities": [{"type": "bald", "offset": 0, "length": 1}]}, "entities[0].type must be one of"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_parameters": {"message_id": "1"}}, "reply_parameters.message_id must be an integer"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"inline": []}}, "reply_markup is none of"),
        ("sendMessage", buttons(text="a"), "exactly one action, but has 0"),
        ("sendMessage", buttons(text="a", callback_data="b", url="https://a.kr"), "exactly one action, but has 2"),
        ("sendMessage", buttons(text="a", callback_data="가" * 22), "callback_data must be 1 to 64 bytes, but is 66"),
        ("sendMessage", buttons(text="a", callback_data=""), "but is 0"),
        ("sendMessage", buttons(text="", callback_data="b"), "must have a text"),
        ("sendMessage", buttons(text="a", url="http://localhost"), "address that Telegram refuses"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "b"}] * 9]}}, "8 in a row"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "가" * 201}, "but is 201"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "no such callback query"),
        ("editMessageText", {"chat_id": 1, "message_id": 1, "text": "x"}, "does not exist"),
        ("editMessageText", {"text": "x"}, "must name a message"),
        ("sendChatAction", {"chat_id": 1, "action": "thinking"}, "action is not known"),
        ("setMyCommands", {"commands": [{"command": "Start", "description": "x"}]}, "commands[0].command may hold only a-z0-9_"),
        ("setMyCommands", {"commands": [{"command": "start", "description": ""}]}, "but is 0"),
        ("setMyCommands", {"commands": [{"command": "a", "description": "b"}] * 101}, "but is 101"),
        ("setMyCommands", {"commands": [], "scope": {"type": "chat"}}, "scope is none of"),
        ("setMyCommands", {"commands": [], "language_code": "kor"}, "two letters"),
        ("setMyShortDescription", {"short_description": "가" * 121}, "but is 121"),
        ("setWebhook", {"url": "http://bot.example/x"}, "https"),
        ("setWebhook", {"url": "https://bot.example", "secret_token": "비밀"}, "secret_token may hold only"),
        ("setWebhook", {"url": "https://bot.example", "max_connections": 101}, "must be 1 to 100"),
        ("getUpdates", {"allowed_updates": ["massage"]}, "unknown kinds"),
        ("getUpdates", {"limit": 0}, "must be 1 to 100"),
    ],
)
def test_a_broken_rule_is_refused_and_remembered(api, ask, method, params, words):
    answer = ask(method, **params)

    assert not answer["ok"]
    assert answer["error_code"] in {400, 404}
    assert len(api.violations) == 1
    assert words in api.violations[0]
    assert not api.calls[0].carried_out
    with pytest.raises(AssertionError, match=method):
        api.check()


def test_answers_are_in_telegrams_words(ask):
    html = ask("sendMessage", chat_id=1, text="a<b", parse_mode="HTML")
    long = ask("sendMessage", chat_id=1, text="a" * 4097)
    empty = ask("sendMessage", chat_id=1, text="")

    assert html["description"] == "Bad Request: can't parse entities: Unclosed start tag at byte offset 1"
    assert long["description"] == "Bad Request: message is too long"
    assert empty["description"] == "Bad Request: message text is empty"


def test_the_limit_counts_what_is_left_after_the_tags(api, ask):
    assert ask("sendMessage", chat_id=1, text=f"<b>{'가' * 4095}</b>&lt;", parse_mode="HTML")["ok"]

    assert len(api.sent(1)[0].text) == 4096
    api.check()


def test_another_token_is_turned_away_and_is_no_violation(api):
    assert httpx.get(f"{api.url}/bot1:other/getMe").status_code == 401
    assert httpx.get(f"{api.url}/").status_code == 404

    assert (api.strangers, api.calls, api.violations) == (2, [], [])


@pytest.mark.parametrize("how", ["data", "json", "params", "files"])
def test_parameters_may_come_in_every_way(api, how):
    params = {"chat_id": 5, "text": "가 & 나", "disable_notification": True, "reply_markup": KEYBOARD}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in params.items()}
    given = {"data": texts, "json": params, "params": texts, "files": {key: (None, value) for key, value in texts.items()}}[how]

    assert httpx.post(f"{api.url}/bot{api.token}/sendMessage", **{how: given}).json()["ok"]

    assert api.calls[0].params == params
    assert api.sent(5)[0].buttons == KEYBOARD["inline_keyboard"]


def test_an_upload_is_a_file_and_another_may_be_attached(api):
    url = f"{api.url}/bot{api.token}/sendMediaGroup"
    media = [{"type": "document", "media": f"attach://{name}"} for name in "ab"]
    files = {name: (f"{name}.txt", b"x\r\n--x") for name in "ab"}

    assert httpx.post(url, data={"chat_id": "1", "media": json.dumps(media)}, files=files).json()["ok"]
    assert httpx.post(url.replace("MediaGroup", "Photo"), data={"chat_id": "1"}, files={"photo": ("a.png", b"123")}).json()["ok"]
    assert not httpx.post(url, data={"chat_id": "1", "media": json.dumps(media)}, files={"a": b""}).json()["ok"]

    assert api.calls[1].params["photo"].size == 3
    assert "attach://b" in api.violations[0]


def test_an_edit_shows_in_what_was_sent(api, ask):
    sent = ask("sendMessage", chat_id=1, text="<b>하나</b>", parse_mode="HTML", reply_markup=KEYBOARD, message_thread_id=7)["result"]
    edit = {"chat_id": 1, "message_id": sent["message_id"], "text": "둘"}

    assert ask("editMessageText", **edit)["result"]["text"] == "둘"
    again = ask("editMessageText", **edit)

    message = api.sent(1)[0]
    assert (message.text, message.versions, message.edited, message.buttons, message.thread_id) == ("둘", ["하나", "둘"], True, [], 7)
    assert "message is not modified" in again["description"]
    api.check()


def test_only_the_bots_own_messages_can_be_edited(api, ask):
    written = api.update(api.message(1, "안녕"))["message"]

    assert ask("editMessageText", chat_id=1, message_id=written["message_id"], text="x")["description"] == "Bad Request: message can't be edited"
    assert "not the bot's" in api.violations[0]


def test_a_deleted_message_is_gone(api, ask):
    place = {"chat_id": 1, "message_id": ask("sendMessage", chat_id=1, text="x")["result"]["message_id"]}

    assert ask("deleteMessage", **place)["ok"]
    assert ask("deleteMessage", **place)["description"] == "Bad Request: message to delete not found"
    assert api.sent(1)[0].deleted


def test_a_reply_needs_its_message_unless_it_may_go_without(api, ask):
    first = ask("sendMessage", chat_id=1, text="x")["result"]["message_id"]

    assert ask("sendMessage", chat_id=1, text="y", reply_parameters={"message_id": first})["result"]["reply_to_message"]["text"] == "x"
    assert ask("sendMessage", chat_id=1, text="y", reply_parameters={"message_id": 99})["description"].endswith("message to be replied not found")
    assert ask("sendMessage", chat_id=1, text="y", reply_parameters={"message_id": 99, "allow_sending_without_reply": True})["ok"]
    assert [sent.reply_to for sent in api.sent(1)] == [None, first, None]


def test_a_button_wants_exactly_one_answer(api, ask):
    ask("sendMessage", chat_id=1, text="x", reply_markup=KEYBOARD)
    query = api.update(api.press(api.sent(1)[0], "예"))["callback_query"]

    with pytest.raises(AssertionError, match="never answered"):
        api.check()
    assert ask("answerCallbackQuery", callback_query_id=query["id"])["ok"]
    api.check()
    assert "query is too old" in ask("answerCallbackQuery", callback_query_id=query["id"])["description"]
    with pytest.raises(AssertionError, match="twice"):
        api.check()


def test_only_a_button_that_is_there_can_be_pressed(api, ask):
    ask("sendMessage", chat_id=1, text="x", reply_markup=KEYBOARD)

    with pytest.raises(ValueError, match="no such button"):
        api.press(api.sent(1)[0], "아니요")
    with pytest.raises(ValueError, match="no such button"):
        api.press(api.sent(1)[0], 1)  # a link
    assert api.update(api.press(api.sent(1)[0], "old", stale=True))["callback_query"]["data"] == "old"


def test_commands_are_kept_by_scope_and_language(ask):
    commands = [{"command": "start", "description": "시작"}]
    scope = {"type": "chat", "chat_id": 5}
    ask("setMyCommands", commands=commands, scope=scope, language_code="ko")

    assert ask("getMyCommands", scope=scope, language_code="ko")["result"] == commands
    assert ask("getMyCommands", scope=scope)["result"] == []
    ask("deleteMyCommands", scope=scope, language_code="ko")
    assert ask("getMyCommands", scope=scope, language_code="ko")["result"] == []


def test_waiting_in_vain_tells_what_happened(api, ask):
    ask("sendMessage", chat_id=1, text="x", foo=1)

    with pytest.raises(AssertionError, match="foo is not known"):
        api.wait(lambda: api.sent(), timeout=0.02)

"""What becomes of a request, whatever Telegram or something in between answers."""

from __future__ import annotations

import asyncio
import datetime as dt
import json

import httpx
import pytest
from telegram.ext import ExtBot

from bot.channels.telegram.delivery import Delivery, SendingRequest, _keyboard
from bot.store.mail import Parcel

TOKEN = "1234567:TEST-token-of-the-tests-000"
GOOD = {"ok": True, "result": {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "네"}}


def deliver(answer, attempts=0, method="sendMessage", **payload):
    """The outcome of one request that is answered so: (status, JSON or text), or an exception."""

    def handle(request):
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return httpx.Response(status, text=body if isinstance(body, str) else json.dumps(body))

    async def run():
        request = SendingRequest(httpx_kwargs={"transport": httpx.MockTransport(handle)})
        bot = ExtBot(TOKEN, request=request)
        async with request:
            parcel = Parcel(1, "a" * 32, method, {"chat_id": 5, "text": "네", **payload}, dt.datetime.now(dt.timezone.utc), attempts)
            return await Delivery(bot).deliver(parcel)

    return asyncio.run(run())


def refusal(status, description, **parameters):
    return status, {"ok": False, "error_code": status, "description": description, **({"parameters": parameters} if parameters else {})}


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        ((200, GOOD), "sent", ""),
        (refusal(400, "Bad Request: chat not found"), "closed", "chat_closed"),
        (refusal(403, "Forbidden: bot was blocked by the user"), "closed", "blocked"),
        (refusal(400, "Bad Request: message is not modified"), "sent", ""),
        (refusal(400, "Bad Request: can't parse entities"), "failed", "refused"),
        (refusal(401, "Unauthorized"), "barred", "unauthorized"),
        (refusal(404, "Not Found"), "retry", "network"),
        (refusal(500, "Internal Server Error"), "retry", "network"),
        ((502, "<html>Bad Gateway</html>"), "retry", "network"),
        ((200, "<html>please log in</html>"), "retry", "network"),
        (httpx.ReadTimeout("late"), "retry", "network"),
        (httpx.ConnectError("no"), "retry", "network"),
    ],
)
def test_every_answer_has_an_outcome(answer, kind, reason):
    outcome = deliver(answer)

    assert (outcome.kind, outcome.reason) == (kind, reason)


@pytest.mark.parametrize(
    "result", [{}, "x", {"message_id": "seven"}, {**GOOD["result"], "chat": 5}, {**GOOD["result"], "reply_markup": {"inline_keyboard": [[{}]]}}]
)
def test_what_was_carried_out_is_not_sent_again_because_the_answer_cannot_be_read(result):
    assert deliver((200, {"ok": True, "result": result})).kind == "sent"


@pytest.mark.parametrize(("retry_after", "seconds"), [(3, 3.1), (10**12, 86_400.1)])
def test_too_many_requests_wait_as_long_as_telegram_says_but_not_for_ever(retry_after, seconds):
    outcome = deliver(refusal(429, "Too Many Requests", retry_after=retry_after))

    assert (outcome.kind, outcome.seconds) == ("retry", pytest.approx(seconds))


@pytest.mark.parametrize("said", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID", "message is not modified"])
def test_buttons_of_a_message_that_is_gone_are_no_fault(said):
    assert deliver(refusal(400, f"Bad Request: {said}"), method="editMessageReplyMarkup", message_id=7, buttons=[["네", "1|n"]]).kind == "sent"


def test_pauses_grow_and_end_at_five_minutes():
    pauses = [deliver(refusal(500, "no"), attempts).seconds for attempts in (0, 1, 2, 5, 50, 10_000)]

    assert pauses == [1, 2, 4, 32, 300, 300]


def test_moved_group_is_told_by_its_new_id():
    assert deliver(refusal(400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1007)).new_id == -1007


# -- what goes once only ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "is_certain"),
    [
        (refusal(429, "Too Many Requests", retry_after=3), True),
        (httpx.ConnectError("no way"), True),
        (httpx.ConnectTimeout("no way"), True),
        (httpx.PoolTimeout("no room"), True),
        (refusal(404, "Not Found"), True),
        (httpx.ReadTimeout("late"), False),
        (httpx.WriteTimeout("late"), False),
        (httpx.ReadError("cut off"), False),
        (httpx.RemoteProtocolError("cut off"), False),
        (refusal(500, "Internal Server Error"), False),
        ((502, "<html>Bad Gateway</html>"), False),
        ((200, "<html>please log in</html>"), False),
    ],
)
def test_it_is_certain_that_nothing_was_carried_out_only_where_it_is(answer, is_certain):
    outcome = deliver(answer)

    assert (outcome.kind, outcome.is_certain) == ("retry", is_certain)


# -- ids of what was sent --------------------------------------------------------------------------------------------


def test_what_was_sent_is_known_by_its_id():
    assert deliver((200, GOOD)).message_id == 7


def test_id_is_not_known_where_the_answer_cannot_be_read():
    assert deliver((200, {"ok": True, "result": {}})).message_id == 0


def test_opened_topic_is_known_by_its_thread():
    topic = {"message_thread_id": 40, "name": "문의 14", "icon_color": 1}

    assert deliver((200, {"ok": True, "result": topic}), method="createForumTopic", name="문의 14").message_id == 40


def test_edited_message_keeps_its_id():
    assert deliver((200, GOOD), method="editMessageText", message_id=7).message_id == 7


@pytest.mark.parametrize("method", ["closeForumTopic", "reopenForumTopic"])
@pytest.mark.parametrize("answer", [(200, {"ok": True, "result": True}), refusal(400, "Bad Request: TOPIC_NOT_MODIFIED")], ids=["done", "so already"])
def test_topic_that_is_so_already_is_left(method, answer):
    assert deliver(answer, method=method, thread_id=40).kind == "sent"


# -- buttons ---------------------------------------------------------------------------------------------------------


def test_buttons_of_one_row_share_it_and_others_have_their_own():
    keyboard = _keyboard({"buttons": [[["예", "1|v|1|1"], ["아니요", "1|v|1|0"]], ["자세히", "1|t|cctv|"]]})

    assert [[button.text for button in row] for row in keyboard.inline_keyboard] == [["예", "아니요"], ["자세히"]]
    assert _keyboard({}) is None

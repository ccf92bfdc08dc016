"""Updates and long polling, as Telegram does them."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest


def test_an_offset_confirms_what_is_before_it(api, ask):
    first, second = api.message(1, "가"), api.message(1, "나")

    assert [update["update_id"] for update in ask("getUpdates")["result"]] == [first, second]
    assert [update["update_id"] for update in ask("getUpdates", offset=second)["result"]] == [second]
    assert api.pending == 1
    assert ask("getUpdates", offset=second + 1)["result"] == []
    assert api.pending == 0


def test_a_negative_offset_counts_from_the_end(api, ask):
    ids = [api.message(1, str(number)) for number in range(5)]

    assert [update["update_id"] for update in ask("getUpdates", offset=-2)["result"]] == ids[3:]
    assert api.pending == 2


def test_a_duplicate_and_an_old_number_come_once_in_spite_of_the_offset(api, ask):
    first = api.message(1, "가")
    ask("getUpdates", offset=first + 1)

    api.redeliver(first)
    api.push({"update_id": first - 5, "message": api.update(first)["message"]})

    assert [update["update_id"] for update in ask("getUpdates", offset=first + 1)["result"]] == [first, first - 5]
    assert ask("getUpdates", offset=first + 1)["result"] == []


def test_long_polling_waits_and_is_woken(api, ask):
    begin = time.monotonic()
    assert ask("getUpdates", timeout=1)["result"] == []
    assert time.monotonic() - begin > 0.9

    api._loop.call_soon_threadsafe(lambda: api._loop.call_later(0.05, api.message, 1, "가"))
    begin = time.monotonic()
    assert ask("getUpdates", timeout=5)["result"][0]["message"]["text"] == "가"
    assert time.monotonic() - begin < 1


def test_a_second_poller_ends_the_first(api):
    async def both():
        async with httpx.AsyncClient(base_url=f"{api.url}/bot{api.token}/") as client:
            first = asyncio.create_task(client.get("getUpdates", params={"timeout": 5}))
            await api.until(lambda: api.calls)
            second = asyncio.create_task(client.get("getUpdates", params={"timeout": 5}))
            answer = await first
            api.message(1, "가")
            return answer, await second

    first, second = asyncio.run(both())

    assert (first.status_code, second.status_code) == (409, 200)
    assert "terminated by other getUpdates request" in first.json()["description"]


def test_kinds_that_were_not_asked_for_are_withheld(api, ask):
    ask("getUpdates", allowed_updates=["message"])
    api.membership(1, "kicked")
    wanted = api.message(1, "가")

    assert [update["update_id"] for update in ask("getUpdates")["result"]] == [wanted]


def test_polling_is_refused_while_a_webhook_is_set(api, ask):
    ask("setWebhook", url="https://bot.example/hook", allowed_updates=["message"])
    api.message(1, "가")

    assert ask("getUpdates")["error_code"] == 409
    assert ask("getWebhookInfo")["result"]["pending_update_count"] == 1
    ask("deleteWebhook")
    assert len(ask("getUpdates")["result"]) == 1


def test_commands_and_mentions_are_marked(api):
    entities = api.update(api.message(1, "👍 /start@abc_bot 그리고 @someone a@b.kr"))["message"]["entities"]

    assert entities == [{"type": "bot_command", "offset": 3, "length": 14}, {"type": "mention", "offset": 22, "length": 8}]


def test_message_ids_increase_in_a_chat_and_differ_between_chats(api, ask):
    ids = [api.update(api.message(1, "가"))["message"]["message_id"], ask("sendMessage", chat_id=1, text="나")["result"]["message_id"]]
    other = ask("sendMessage", chat_id=2, text="다")["result"]["message_id"]

    assert ids == [1, 2]
    assert other not in ids


def test_an_impossible_message_is_the_tests_own_fault(api):
    with pytest.raises(ValueError, match="message.foo"):
        api.message(1, "가", foo="bar")


def test_a_person_who_was_named_is_seen_by_that_name_alone(api):
    api.name(7, "김주무관")

    api.message(-1002, "안녕하세요", user_id=7)

    sender = api.update(max(api.state.updates.known))["message"]["from"]
    assert (sender["first_name"], "last_name" in sender, "username" in sender) == ("김주무관", False, False)
    assert api.person(8)["first_name"] == "이름8"

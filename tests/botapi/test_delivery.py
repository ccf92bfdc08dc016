"""Updates on their way to a webhook, or to several replicas."""

from __future__ import annotations

import json


def test_a_webhook_gets_each_chats_updates_one_after_another(api, ask, make_hook):
    hook = make_hook(seconds=0.02)
    ask("setWebhook", url=hook.url, secret_token="geheim", max_connections=3)

    for number in range(4):
        for chat in range(4):
            api.message(chat + 1, str(number))
    api.wait(lambda: api.pending == 0)

    texts = [(json.loads(body)["message"]["chat"]["id"], json.loads(body)["message"]["text"]) for _, body in hook.got]
    assert [text for chat, text in texts if chat == 2] == ["0", "1", "2", "3"]
    assert hook.most_busy == 3
    assert all("x-telegram-bot-api-secret-token: geheim" in head for head, _ in hook.got)


def test_a_webhook_that_fails_is_tried_again_in_order(api, make_hook):
    hook = make_hook(status=500)
    api.deliver_to([hook.url])
    api.message(1, "가")
    api.message(1, "나")
    api.wait(lambda: len(hook.got) == 2)
    hook.status = 200

    api.wait(lambda: api.pending == 0)

    assert [json.loads(body)["message"]["text"] for _, body in hook.got][1:] == ["가", "가", "나"]


def test_replicas_take_turns_and_one_that_is_away_loses_nothing(api, make_hook):
    hooks = [make_hook(), make_hook()]
    api.deliver_to([hooks[0].url, "http://127.0.0.1:9/", hooks[1].url], secret="s")

    for chat in range(1, 13):
        api.message(chat, "가")
    api.wait(lambda: api.pending == 0)

    assert sum(len(hook.got) for hook in hooks) == 12
    assert min(len(hook.got) for hook in hooks) >= 4


def test_setting_the_same_webhook_again_breaks_nothing_off(api, ask, make_hook):
    hook = make_hook(seconds=0.1)
    ask("setWebhook", url=hook.url)
    api.message(1, "가")
    api.wait(lambda: hook.busy)

    ask("setWebhook", url=hook.url)
    api.wait(lambda: api.pending == 0)

    assert len(hook.got) == 1


def test_without_the_webhook_the_rest_can_be_polled(api, ask, make_hook):
    hook = make_hook(status=500)
    ask("setWebhook", url=hook.url)
    api.message(1, "가")
    api.wait(lambda: hook.got)

    ask("deleteWebhook")

    assert ask("getUpdates")["result"][0]["message"]["text"] == "가"

"""What the bot reads of the group of the staff, and what it leaves unread."""

from __future__ import annotations

import httpx
import pytest
from botapi import BotApi
from botapi.people import chat_of
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


# -- what is no explicit answer --------------------------------------------------------------------------------------

CHANNEL, ELSEWHERE = -1_001_000_000_799, -1_001_000_000_800


@pytest.fixture
def card(api, call):
    """A card in a group without topics."""
    api.group(GROUP, members=[CLERK], hears_all=True)
    return card_in(api, call)


def test_what_staff_write_to_each_other_is_not_read(api, card, read):
    first = api.update(api.message(GROUP, "어느 과 일이죠?", user_id=CLERK))["message"]["message_id"]

    assert read(lambda: api.message(GROUP, "복지과요", user_id=CLERK, reply_to=first)) is None
    assert read(lambda: api.message(GROUP, "@yongsan_bot 문의 1은 제가 볼게요", user_id=CLERK)) is None
    assert read(lambda: api.media(GROUP, "photo", "화면이에요", user_id=CLERK)) is None


def test_another_bot_in_the_group_is_no_staff(send, me):
    machine = {"id": 88, "is_bot": True, "first_name": "알림봇"}
    card = {
        "message_id": 6,
        "date": 0,
        "chat": chat_of(GROUP, "supergroup"),
        "from": {"id": me.id, "is_bot": True, "first_name": "봇"},
        "text": "문의 1",
    }
    answered = {"chat": GROUP, "reply_to_message": card}

    assert read_staff(send("자동 응답입니다", from_=machine, **answered), me) is None
    assert read_staff(send("내일 알려 드릴게요", **answered), me) is not None


def test_message_in_a_topic_of_the_bot_answers_nothing_but_its_opening(api, call, read):
    """Telegram makes it an answer to the message that opened the topic, which is the bot's."""
    api.group(GROUP, forum=True, members=[CLERK])
    thread = call("createForumTopic", chat_id=GROUP, name="문의 1")["message_thread_id"]
    update = api.message(GROUP, "어느 과 일이죠?", user_id=CLERK, thread_id=thread)

    opened = api.update(update)["message"]["reply_to_message"]
    assert (opened["from"]["id"], "forum_topic_created" in opened) == (api.bot_id, True)
    assert read(lambda: update) is None


def test_answer_to_a_message_of_another_chat_is_none(api, card, call, read):
    api.group(ELSEWHERE, members=[CLERK])
    call("sendMessage", chat_id=ELSEWHERE, text="다른 방의 카드")
    other = api.sent(ELSEWHERE)[-1]
    update = api.message(GROUP, "확인하고 있어요", user_id=CLERK, reply_to=other)

    assert "external_reply" in api.update(update)["message"]
    assert read(lambda: update) is None


def test_explicit_answer_from_another_topic_of_the_group_is_one(api, call, read):
    """Telegram does not call it a reply to the message, but an external one."""
    api.group(GROUP, forum=True, members=[CLERK])
    thread = call("createForumTopic", chat_id=GROUP, name="문의 1")["message_thread_id"]
    call("sendMessage", chat_id=GROUP, message_thread_id=thread, text="문의 1의 카드")
    card = api.sent(GROUP)[-1]
    call("createForumTopic", chat_id=GROUP, name="회의")
    other = max(api.state.groups[GROUP].topics)
    update = api.message(GROUP, "확인하고 있어요", user_id=CLERK, reply_to=card, thread_id=other)

    assert "external_reply" in api.update(update)["message"]
    assert read(lambda: update).answers == card.message_id


def test_answer_that_quotes_a_part_of_the_card_counts_with_what_was_written(api, card, read):
    incoming = read(lambda: api.message(GROUP, "확인하고 있어요", user_id=CLERK, reply_to=card, quote="문의"))

    assert (incoming.answers, incoming.text) == (card.message_id, "확인하고 있어요")


def test_post_that_comes_from_the_linked_channel_is_not_read(api, call, read):
    api.group(GROUP, linked=CHANNEL, hears_all=True)

    assert read(lambda: api.automatic_forward(GROUP, CHANNEL, "/open")) is None


def test_post_of_a_channel_is_no_message_of_the_group(send):
    assert read_staff(send("/open", chat=GROUP, as_="channel_post"), Self(9000, "yongsan_bot")) is None


def test_administrator_without_a_name_goes_by_the_name_of_the_group(api, call, read):
    api.group(GROUP, "민원 답변", members=[CLERK])
    card = card_in(api, call)

    incoming = read(lambda: api.message(GROUP, "확인하고 있어요", reply_to=card, sender_chat=GROUP))

    assert (incoming.kind, incoming.who) == ("answer", "민원 답변")


def test_answer_bears_the_name_by_which_colleagues_know_the_clerk(api, card, read):
    incoming = read(lambda: api.message(GROUP, "확인하고 있어요", user_id=CLERK, reply_to=card))

    assert (incoming.who, incoming.user_id) == (f"이름{CLERK} 성{CLERK}", CLERK)


def test_answer_is_not_masked(api, card, read):
    assert read(lambda: api.message(GROUP, "02-2199-6114로 전화 주세요", user_id=CLERK, reply_to=card)).text == "02-2199-6114로 전화 주세요"


def test_answer_of_any_length_and_any_letters_is_read_whole(api, card, read):
    text = "확인\n하고 " + "가" * 4000 + " 🙂"

    assert read(lambda: api.message(GROUP, text, user_id=CLERK, reply_to=card)).text == text


def test_photo_is_known_for_one_and_its_words_are_not_taken_for_an_answer(api, card, read):
    incoming = read(lambda: api.media(GROUP, "photo", "이렇게 생겼어요", user_id=CLERK, reply_to=card))

    assert (incoming.kind, incoming.name, incoming.text, incoming.answers) == ("answer", "media", "", card.message_id)


def test_edit_of_an_answer_is_read_as_one(api, card, read):
    written = api.update(api.message(GROUP, "내일 알려 드릴게요", user_id=CLERK, reply_to=card))["message"]["message_id"]

    incoming = read(lambda: api.edited(GROUP, written, "모레 알려 드릴게요"))

    assert (incoming.kind, incoming.text, incoming.edited, incoming.answers) == ("answer", "모레 알려 드릴게요", True, card.message_id)


# -- commands, presses, standing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [("/open", "open", ""), ("/Open@yongsan_bot", "open", ""), ("/versions 20210201", "versions", "20210201"), ("/open@another_bot", None, None)],
    ids=["plain", "with the bot's name", "with more", "another bot's"],
)
def test_a_command_is_read_unless_it_is_another_bots(send, me, text, name, rest):
    update = send(text, chat=GROUP, marks=[("bot_command", text.partition(" ")[0])])

    incoming = read_staff(update, me)

    assert (incoming and (incoming.kind, incoming.name, incoming.text)) == (name and ("command", name, rest))


def test_command_in_an_answer_keeps_what_it_answers(api, card, read):
    incoming = read(lambda: api.message(GROUP, "/end", user_id=CLERK, reply_to=card))

    assert (incoming.kind, incoming.name, incoming.answers) == ("command", "end", card.message_id)


def test_a_command_that_is_edited_in_is_not_carried_out(send, me):
    assert read_staff(send("/open", chat=GROUP, as_="edited_message", marks=[("bot_command", "/open")]), me) is None


def test_word_with_a_stroke_amid_a_text_is_no_command(api, card, read):
    assert read(lambda: api.message(GROUP, "나중에 /open 해 볼게요", user_id=CLERK, reply_to=card)).kind == "answer"


def test_press_bears_the_data_the_message_and_who_pressed(press, me):
    incoming = read_staff(press("1|hc|14", chat=GROUP), me)

    assert (incoming.kind, incoming.name, incoming.message_id, incoming.user_id, incoming.who) == ("press", "1|hc|14", 8, 501, "이름501 성501")


@pytest.mark.parametrize(("old", "new", "kind"), [("member", "kicked", "left"), ("left", "member", "joined")])
def test_change_of_the_bots_standing_is_read(standing, me, old, new, kind):
    assert read_staff(standing(old, new, chat=GROUP), me).kind == kind


def test_move_to_a_supergroup_names_the_new_number(send, me):
    incoming = read_staff(send(chat=GROUP, migrate_to_chat_id=-1_001_000_000_900), me)

    assert (incoming.kind, incoming.new_id) == ("moved", -1_001_000_000_900)

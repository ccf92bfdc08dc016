"""The whole bot as residents meet it: a process of its own, over real HTTP, against the strict fake of Telegram's server."""

from __future__ import annotations

import itertools
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from botapi import BotApi, Fault
from running import ROOT, Running, free_port

NAME = "yongsan_test_bot"
BELL = "비상벨 몇 개 바꿨어요?"
BELL_TOLD = "129개소"
CCTV_TOLD = "223개소"
LIST = "청년 지원"  # answered with a numbered list, whose second is …
SECOND = "청년정책 거버넌스"
CHOICE = "박람회 나가서 상 탄 거 무슨 박람회였어?"  # answered with a choice
_PEOPLE = itertools.count(5_100)


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Iterator[Running]:
    """A bot over a copy of the content, for all tests that do it no harm."""
    folder = tmp_path_factory.mktemp("bot")
    with BotApi() as api:
        httpx.post(f"{api.url}/bot{api.token}/setWebhook", json={"url": "https://elsewhere.example/left-behind"})
        with Running(api, folder, **copied(folder), limits__message_length=300) as bot:
            yield bot


@pytest.fixture
def bot(shared) -> Iterator[Running]:
    """The shared bot; what it did in a test is judged at the end of that test."""
    yield shared
    try:
        shared.settle()
        shared.api.check()
    finally:
        shared.api.behave()
        shared.api.state.violations.clear()


@pytest.fixture
def chat() -> int:
    """A resident whom no other test knows."""
    return next(_PEOPLE)


@pytest.fixture
def group() -> int:
    """A supergroup that no other test knows."""
    return -1_001_000_000_000 - next(_PEOPLE)


def copied(folder: Path) -> dict[str, Path]:
    """Copies of the content to be changed, as settings."""
    for name in ("knowledge", "intents"):
        shutil.copytree(ROOT / name, folder / name)
    return {"knowledge": folder / "knowledge", "intents": folder / "intents"}


def change(path: Path, old: str, new: str) -> None:
    """Saves a file with another text in it, as an editor does: all at once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    beside = path.with_suffix(".saving")
    beside.write_text(text.replace(old, new), encoding="utf-8")
    beside.replace(path)


def text_of(sent) -> str:
    """What a resident sees of one or several messages."""
    return "\n".join(one.text for one in sent)


# -- commands --------------------------------------------------------------------------------------------------------


def test_start_says_who_speaks_and_offers_the_chapters(bot, chat):
    (welcome,) = bot.say(chat, "/start")

    assert "안녕하세요" in welcome.text
    assert "공식 창구가 아닌" in welcome.text
    assert {"생활 안전", "청년 복지"} <= set(welcome.labels)


def test_deep_link_leads_to_its_topic_and_a_dead_one_to_the_greeting(bot, chat):
    (told,) = bot.say(chat, "/start bell")
    (dead,) = bot.say(chat, "/start no-such-topic")

    assert "비상벨" in told.text
    assert dead.text.startswith("눌러 주신 링크의 주제는 이제 없어요.")
    assert dead.labels


def test_question_is_answered_with_source_and_related_topics(bot, chat):
    (told,) = bot.say(chat, BELL)

    assert BELL_TOLD in told.text
    assert "출처: 「New 용산」" in told.text
    assert [entity["type"] for entity in told.entities] == ["italic"]
    assert "방범용 CCTV" in told.labels
    assert told.reply_to is None


def test_related_topic_is_told_by_its_button(bot, chat):
    (told,) = bot.say(chat, BELL)

    (related,) = bot.press(told, "방범용 CCTV")

    assert CCTV_TOLD in related.text


def test_choice_is_made_by_button_by_number_and_by_none_of_these(bot, chat):
    one, other, third = chat, next(_PEOPLE), next(_PEOPLE)
    choices = [bot.say(person, CHOICE)[0] for person in (one, other, third)]
    assert choices[0].labels[-1].endswith("이 중에 없어요")

    (by_button,) = bot.press(choices[0], 1)
    (by_number,) = bot.say(other, "2")
    (none,) = bot.press(choices[2], len(choices[2].labels) - 1)

    assert by_button.text == by_number.text
    assert "대외 수상" in by_button.text + choices[0].labels[1]
    assert "다른 말로" in none.text


def test_number_outside_the_list_is_told_so(bot, chat):
    bot.say(chat, LIST)

    (told,) = bot.say(chat, "9")

    assert "그 번호는 목록에 없어요" in told.text


def test_topics_are_browsed_in_one_message(bot, chat):
    (topics,) = bot.say(chat, "/topics")
    chapters = topics.labels

    assert bot.press(topics, "생활 안전") == []
    assert topics.edits == 1
    assert "생활 안전에 실린 주제" in topics.text
    in_chapter = topics.labels
    assert bot.press(topics, in_chapter[-1]) == []
    assert topics.labels == chapters
    assert topics.edits == 2
    bot.press(topics, "생활 안전")
    (told,) = bot.press(topics, "안전비상벨")

    assert BELL_TOLD in told.text
    assert topics.edits == 3


def test_same_button_twice_is_acknowledged_twice_and_nobody_is_bothered(bot, chat):
    (topics,) = bot.say(chat, "/topics")
    data = topics.buttons[1][0]["callback_data"]

    def press_twice() -> None:
        bot.api.press(topics, data)
        bot.api.press(topics, data)

    assert bot.after(chat, press_twice) == []
    assert topics.edits == 1


def test_language_is_chosen_by_button_and_lasts(bot, chat):
    (choice,) = bot.say(chat, "/lang")

    (chosen,) = bot.press(choice, "English")
    (told,) = bot.say(chat, "how many emergency bells were replaced?")
    (topics,) = bot.say(chat, "/topics")
    (back,) = bot.say(chat, "/lang ko")

    assert chosen.text == "I'll answer in English now."
    assert "129 sites" in told.text
    assert "Source: New Yongsan" in told.text
    assert topics.text == "Which part would you like to see?"
    assert back.text == "이제 한국어로 답할게요."


def test_foreign_resident_is_greeted_in_english(bot, chat):
    (welcome,) = bot.say(chat, "/start", language_code="de")
    (told,) = bot.say(chat, "How many emergency bells were replaced?", language_code="de")

    assert welcome.text.startswith("Hello.")
    assert "129 sites" in told.text


def test_privacy_help_and_unknown_command(bot, chat):
    (privacy,) = bot.say(chat, "/privacy")
    (help_,) = bot.say(chat, "/help")
    (unknown,) = bot.say(chat, "/no_such_command")
    (typed,) = bot.say(chat, "주제 목록")

    assert "30일" in privacy.text
    assert "365일" in privacy.text
    assert "____" not in privacy.text
    assert "/delete" in help_.text
    assert "모르는 명령" in unknown.text
    assert typed.text == "어느 쪽이 궁금하세요?"


def test_mydata_shows_what_is_kept_and_delete_removes_it(bot, chat):
    (nothing,) = bot.say(chat, "/mydata")
    bot.say(chat, "우리 동네 수영장 언제 열어요? 010-0123-4567")
    bot.say(chat, LIST)
    (something,) = bot.say(chat, "/mydata")
    (deleted,) = bot.say(chat, "/delete")
    (gone,) = bot.say(chat, "/mydata")
    (number,) = bot.say(chat, "2")

    assert "기록이 없어요" in nothing.text
    assert "수영장" in something.text
    assert "4567" not in something.text
    assert "2건" in something.text
    assert "모두 지웠어요" in deleted.text
    assert gone.text == nothing.text
    assert SECOND not in number.text


def test_delete_leaves_others_alone(bot, chat):
    other = next(_PEOPLE)
    bot.say(other, LIST)

    bot.say(chat, "/delete")

    assert SECOND in text_of(bot.say(other, "2"))


def test_commands_are_listed_in_korean_english_and_by_default(bot):
    bot.wait(lambda: len(bot.api.state.commands) == 3)
    lists = {language: commands for (_, language), commands in bot.api.state.commands.items()}

    assert lists.keys() == {"ko", "en", ""}
    assert [one["command"] for one in lists["ko"]] == ["start", "help", "topics", "lang", "privacy", "mydata", "delete"]  # no staff here
    assert lists[""] == lists["ko"] != lists["en"]


# -- messages --------------------------------------------------------------------------------------------------------


def test_edited_question_is_answered_anew_to_that_message(bot, chat):
    bot.say(chat, "우리 동네 수영장 언제 열어요?")
    asked = bot.api.state.next_message_id(chat) - 2

    (told,) = bot.after(chat, lambda: bot.api.edited(chat, asked, BELL))

    assert BELL_TOLD in told.text
    assert told.reply_to == asked


@pytest.mark.parametrize(
    "text",
    ['<b>CCTV</b> & "비상벨" 몇 개?', "<script>alert(1)</script>", "&amp; &lt; &#39;", "</i>비상벨<i>", "🔔" * 10, "\u202e비상벨\u0000", "a" * 4096],
    ids=["tags", "script", "entities", "closing", "emoji", "controls", "longest"],
)
def test_any_text_gets_one_whole_answer(bot, chat, text):
    (told,) = bot.say(chat, text)

    assert told.text


def test_what_a_resident_wrote_comes_back_as_text_not_as_markup(bot, chat):
    bot.say(chat, "<나무>&나무 수영장 010 언제 열어요")

    (shown,) = bot.say(chat, "/mydata")

    assert "<나무>&나무" in shown.text
    assert "&lt;나무&gt;&amp;나무" in shown.html


def test_long_question_is_read_in_part_and_told_so(bot, chat):
    (told,) = bot.say(chat, f"{BELL} {'가' * 400}")

    assert "앞의 300자까지만" in told.text


def test_long_reply_comes_in_several_whole_messages(bot, chat):
    for n in range(20):
        bot.api.message(chat, f"{'<&>' * 80} 수영장{n} 언제 열어요")
    bot.settle()

    shown = bot.say(chat, "/mydata")

    assert len(shown) > 1
    assert "수영장0" in text_of(shown)
    assert "/delete" in shown[-1].text


@pytest.mark.parametrize(
    ("kind", "said"), [("voice", "음성은"), ("location", "위치는"), ("photo", "글만"), ("sticker", "글만"), ("document", "글만")]
)
def test_media_are_declined_in_one_sentence(bot, chat, kind, said):
    (told,) = bot.after(chat, lambda: bot.api.media(chat, kind))

    assert told.text.startswith(said)


def test_caption_is_answered(bot, chat):
    (told,) = bot.after(chat, lambda: bot.api.media(chat, "photo", BELL))

    assert told.text.startswith("보내신 파일은 볼 수 없어서")
    assert BELL_TOLD in told.text


def test_album_gets_one_answer(bot, chat):
    def send_album() -> None:
        for _ in range(5):
            bot.api.media(chat, "photo", media_group_id=f"album{chat}")

    assert len(bot.after(chat, send_album)) == 1


def test_urgent_message_is_answered_by_the_emergency_number_alone(bot, chat):
    (told,) = bot.after(chat, lambda: bot.api.media(chat, "photo", "불이 났어요"))

    assert told.text.startswith("바로 119에")
    assert not told.buttons


# -- groups ----------------------------------------------------------------------------------------------------------


def test_group_is_greeted_when_the_bot_is_added(bot, group):
    (told,) = bot.after(group, lambda: bot.api.membership(group, "member"))

    assert f"@{NAME}" in told.text


def test_in_a_group_only_what_is_meant_for_the_bot_is_answered(bot, group):
    assert bot.say(group, BELL) == []
    assert bot.say(group, f"/help@other_bot {BELL}") == []
    assert bot.say(group, "/no_such_command") == []
    assert bot.after(group, lambda: bot.api.media(group, "photo")) == []

    (mentioned,) = bot.say(group, f"@{NAME} {BELL}")
    (replied,) = bot.say(group, "CCTV는요?", reply_to=mentioned)
    (commanded,) = bot.say(group, f"/topics@{NAME}")
    (captioned,) = bot.after(group, lambda: bot.api.media(group, "photo", f"{BELL} @{NAME.upper()}"))

    assert BELL_TOLD in mentioned.text
    assert CCTV_TOLD in replied.text
    assert commanded.buttons
    assert BELL_TOLD in captioned.text
    assert None not in {one.reply_to for one in (mentioned, replied, commanded, captioned)}


def test_two_members_of_a_group_have_conversations_of_their_own(bot, group):
    one, other = next(_PEOPLE), next(_PEOPLE)
    (listed,) = bot.say(group, f"@{NAME} {LIST}", user_id=one)

    (strange,) = bot.say(group, "2", user_id=other, reply_to=listed)
    (own,) = bot.say(group, "2", user_id=one, reply_to=listed)

    assert SECOND not in strange.text
    assert SECOND in own.text


def test_private_chat_and_group_of_one_person_are_kept_apart(bot, chat, group):
    bot.say(group, f"@{NAME} {LIST}", user_id=chat)

    assert SECOND not in text_of(bot.say(chat, "2"))


def test_forum_topic_is_kept(bot, group):
    (told,) = bot.say(group, f"@{NAME} {BELL}", thread_id=77)
    (related,) = bot.press(told, 0)
    (shown,) = bot.say(group, f"/topics@{NAME}", thread_id=78)

    assert (told.thread_id, related.thread_id, shown.thread_id) == (77, 77, 78)


def test_own_data_is_not_shown_in_a_group(bot, group):
    bot.say(group, f"@{NAME} 우리 동네 수영장 언제 열어요?")

    (told,) = bot.say(group, f"/mydata@{NAME}")

    assert "수영장" not in told.text
    assert "둘만의" in told.text


def test_group_that_became_a_supergroup_goes_on_there(bot, group):
    old = -next(_PEOPLE)
    user = next(_PEOPLE)
    bot.say(old, f"@{NAME} {LIST}", user_id=user, chat_type="group")

    bot.api.message(old, "", user_id=user, chat_type="group", migrate_to_chat_id=group)
    bot.settle()
    (told,) = bot.say(group, f"@{NAME} 2", user_id=user)

    assert SECOND in told.text


def test_reply_to_a_group_that_has_moved_meanwhile_follows_it(bot, group):
    old = -next(_PEOPLE)
    fault = bot.api.misbehave(Fault("migrated", chat_id=old, times=None, migrate_to=group))

    bot.api.message(old, f"@{NAME} {BELL}", chat_type="group")
    bot.wait(lambda: bot.api.sent(group))

    assert fault.fired == 1
    assert BELL_TOLD in text_of(bot.api.sent(group))
    assert bot.api.sent(old) == []


def test_resident_who_blocked_the_bot_and_came_back_is_answered(bot, chat):
    bot.say(chat, LIST)
    assert bot.after(chat, lambda: bot.api.membership(chat, "kicked", before="member")) == []
    assert bot.after(chat, lambda: bot.api.membership(chat, "member", before="kicked")) == []

    (told,) = bot.say(chat, BELL)

    assert BELL_TOLD in told.text


# -- content ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def bell_file(shared) -> Iterator[Path]:
    """The file with the emergency bells; afterwards as it was, and read so."""
    path = shared.settings["knowledge"] / "safety.yaml"
    kept, version = path.read_text(encoding="utf-8"), shared.ready()["content"]["version"]
    yield path
    path.write_text(kept, encoding="utf-8")
    shared.wait(lambda: {"version": version, "fault": None}.items() <= shared.ready()["content"].items())


def test_saved_change_is_answered_from_without_being_told(bot, bell_file, chat):
    before = text_of(bot.say(chat, "/start bell"))

    change(bell_file, "안전비상벨", "안심비상벨")
    bot.wait(lambda: "안심비상벨" in text_of(bot.say(chat, "/start bell")), 30)

    assert "안전비상벨" in before


def test_broken_change_is_refused_shown_and_outlived(bot, bell_file, chat):
    version = bot.ready()["content"]["version"]
    change(bell_file, "  - id: bell\n", "  - id: cctv\n")
    bot.wait(lambda: bot.ready()["content"]["fault"])

    shown = bot.ready()
    assert shown["status"] == 200
    assert shown["content"]["version"] == version
    assert "safety.yaml" in shown["content"]["fault"]
    assert bot.metric("yongsan_bot_content_ok") == 0
    assert BELL_TOLD in text_of(bot.say(chat, BELL))

    bot.kill()
    bot.start()  # with the files as they are

    assert BELL_TOLD in text_of(bot.say(chat, BELL))
    assert bot.ready()["content"]["version"] == version
    assert "safety.yaml" in bot.ready()["content"]["fault"]
    assert bot.metric("yongsan_bot_content_ok") == 0


def test_hangup_signal_has_the_files_read_again(bot):
    assert bot.process is not None
    reread = len(bot.logged("content"))

    bot.process.send_signal(signal.SIGHUP)

    bot.wait(lambda: len(bot.logged("content")) > reread)
    assert bot.logged("content")[-1]["outcome"] == "same"
    assert bot.process.poll() is None


# -- life ------------------------------------------------------------------------------------------------------------


def test_conversation_goes_on_after_an_orderly_stop(bot, chat, group):
    user = next(_PEOPLE)
    (listed,) = bot.say(chat, LIST)
    (topics,) = bot.say(group, f"/topics@{NAME}", user_id=user)
    bot.say(chat, "/lang ko")

    assert bot.stop() == 0
    bot.api.message(chat, "2")  # while nobody is there
    bot.start()
    bot.settle()

    assert SECOND in bot.api.sent(chat)[-1].text
    (by_button,) = bot.press(listed, 1)
    assert by_button.text == bot.api.sent(chat)[-2].text
    bot.press(topics, "생활 안전", user_id=user)
    assert topics.edits == 1


def test_button_that_leads_nowhere_any_more_says_so(bot, chat):
    (told,) = bot.say(chat, BELL)
    answered = [call for call in bot.api.calls if call.method == "answerCallbackQuery"]

    for data in ("1|t|gone-topic|", "1|c|00000000|0", "1|c|d35dc68f|999999", "2|x", "", "1|t", "1|l|xx", "1|t|bell|no_such_aspect", "1|t||"):
        bot.after(chat, lambda data=data: bot.api.press(told, data, stale=True))

    shown = [call.params.get("text", "") for call in bot.api.calls if call.method == "answerCallbackQuery"][len(answered) :]
    assert sum("오래된 단추" in text for text in shown) == 8
    assert told.edits == 0


def test_killed_bot_answers_afterwards_what_it_had_taken(bot):
    people = [next(_PEOPLE) for _ in range(20)]
    for person in people:
        for n in range(3):
            bot.api.message(person, BELL if n % 2 else f"수영장{n}")
    bot.wait(lambda: any(bot.api.sent(person) for person in people))

    bot.kill()
    bot.start()
    bot.settle()

    counts = [len(bot.api.sent(person)) for person in people]
    assert min(counts) == 3
    # What was under way when the power went may have arrived without anybody's knowing: once more for each worker at most.
    assert max(counts) <= 4
    for person in people:
        texts = [one.text for one in bot.api.sent(person)]
        assert [text for n, text in enumerate(texts) if text not in texts[:n]][1].startswith("낡은 안전비상벨")


def test_stop_finishes_what_is_in_hand(start_bot, api):
    bot = start_bot(operation__stop_seconds=10)
    slow = api.misbehave(Fault("timeout", method="sendMessage", chat_id=501, seconds=1.0))
    api.message(501, BELL)
    api.message(502, BELL)
    api.wait(lambda: slow.fired and api.sent(502))

    start = time.monotonic()
    assert bot.stop() == 0

    assert time.monotonic() - start < 9
    assert len(api.sent(501)) == 1
    assert [call.ok for call in api.calls if call.params.get("chat_id") == 501] == [True]
    bot.start()
    bot.settle()
    assert (len(api.sent(501)), len(api.sent(502))) == (1, 1)
    api.check()


@pytest.mark.slow
def test_stop_does_not_wait_longer_than_is_set(start_bot, api):
    bot = start_bot(operation__stop_seconds=1)
    slow = api.misbehave(Fault("timeout", method="sendMessage", chat_id=501, seconds=30))
    api.message(501, BELL)
    api.wait(lambda: slow.fired)

    start = time.monotonic()
    assert bot.stop() == 0

    assert time.monotonic() - start < 15
    assert bot.logged("stopped before all was done", seconds=1)
    api.behave()
    bot.start()
    bot.settle()
    assert len(api.sent(501)) == 1
    api.check()


def test_interrupt_during_the_start_ends_it_in_order(make_bot):
    bot = make_bot(telegram__api_url=f"http://127.0.0.1:{free_port()}").launch()
    bot.wait(lambda: bot.logged("telegram unreachable"), 20)

    assert bot.stop(signal.SIGINT) == 0


def test_polling_takes_over_from_a_webhook_that_was_left_behind(bot, chat):
    assert bot.api.state.webhook == {}
    assert BELL_TOLD in text_of(bot.say(chat, BELL))


# -- webhook ---------------------------------------------------------------------------------------------------------


def test_webhook_is_served_from_the_first_message_to_the_stop(start_bot, api, store_url):
    port, secret = free_port(), "the-secret_of-the-webhook"
    bot = start_bot(
        store=store_url,
        telegram__mode="webhook",
        telegram__webhook__url=f"http://127.0.0.1:{port}/telegram",
        telegram__webhook__port=port,
        telegram__webhook__secret=secret,
    )
    (hook,) = (call for call in api.calls if call.method == "setWebhook")

    (told,) = bot.say(501, BELL)
    bot.say(501, LIST)
    (by_button,) = bot.press(told, 0)
    forged = httpx.post(hook.params["url"], json={"update_id": 1, "message": {}}, headers={"X-Telegram-Bot-Api-Secret-Token": "wrong"})

    assert BELL_TOLD in told.text
    assert CCTV_TOLD in by_button.text
    assert hook.params["secret_token"] == secret
    assert set(hook.params["allowed_updates"]) == {"message", "edited_message", "callback_query", "my_chat_member"}
    assert forged.status_code == 403
    assert not [call for call in api.calls if call.method == "getUpdates"]
    assert bot.stop() == 0
    assert secret not in bot.stderr
    api.message(501, "9")  # waits at Telegram's
    bot.start()
    bot.settle()
    assert "그 번호는 목록에 없어요" in api.sent(501)[-1].text
    api.check()


@pytest.mark.slow
def test_two_bots_behind_one_webhook_share_the_work_in_order(start_bot, api, postgres_url):
    store, secret, ports = postgres_url(), "s" * 20, (free_port(), free_port())
    common = {"store": store, "telegram__mode": "webhook", "telegram__webhook__secret": secret}
    bots = [start_bot(telegram__webhook__port=port, **common) for port in ports]
    api.deliver_to([f"http://127.0.0.1:{port}/telegram" for port in ports], secret)

    for n in range(10):
        for chat in range(501, 511):
            api.message(chat, f"수영장{n} <언제> 열어요" if n % 2 else BELL)
    bots[0].settle(30)

    for chat in range(501, 511):
        told = [BELL_TOLD in one.text for one in api.sent(chat)]
        assert told == [True, False] * 5, chat
    assert [bot.stop() for bot in bots] == [0, 0]
    api.check()

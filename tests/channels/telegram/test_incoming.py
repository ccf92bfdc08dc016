"""What is read of an update, and what is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from botapi.people import chat_of, person
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram import Update

from bot.channels.telegram import incoming as reading
from bot.channels.telegram.incoming import ALLOWED, Incoming, read_update

RESIDENT, GROUP = 501, -1002
BOT = {"id": 9000, "is_bot": True, "first_name": "용산봇", "username": "yongsan_bot"}
OTHER_BOT = {"id": 9001, "is_bot": True, "first_name": "다른봇", "username": "other_bot"}
NAMED = ("mention", "@yongsan_bot")
FILE = {"file_id": "f", "file_unique_id": "u"}
SIZED = {**FILE, "width": 1, "height": 1}
MEDIA = {
    "photo": {"photo": [SIZED]},
    "sticker": {"sticker": {**SIZED, "type": "regular", "is_animated": False, "is_video": False}},
    "document": {"document": FILE},
    "video": {"video": {**SIZED, "duration": 1}},
    "animation": {"animation": {**SIZED, "duration": 1}, "document": FILE},
    "contact": {"contact": {"phone_number": "+821000001111", "first_name": "이름502"}},
    "poll": {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
                      "allows_multiple_answers": False, "allows_revoting": False, "members_only": False}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "voice": {"voice": {**FILE, "duration": 1}},
    "audio": {"audio": {**FILE, "duration": 1}},
    "video note": {"video_note": {**FILE, "length": 1, "duration": 1}},
    "location": {"location": {"latitude": 37.5, "longitude": 127.0}},
    "venue": {"venue": {"location": {"latitude": 37.5, "longitude": 127.0}, "title": "집", "address": "어디"},
              "location": {"latitude": 37.5, "longitude": 127.0}},
}  # fmt: skip


@pytest.fixture
def read(send, me) -> Callable[..., Incoming | None]:
    """What is read of a message; length=20 reads that much of it."""
    return lambda *text, length=1000, **message: read_update(send(*text, **message), me, length)


def answer_to(author: dict, **fields) -> dict:
    """A message that another one answers."""
    return {"message_id": 3, "date": 0, "chat": chat_of(GROUP, "supergroup"), "from": author, **fields}


# -- whom it is for --------------------------------------------------------------------------------------------------


def test_private_message_is_read(read):
    assert read("비상벨 몇 개예요?") == Incoming("text", RESIDENT, RESIDENT, message_id=7, language="ko", text="비상벨 몇 개예요?")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("@yongsan_bot 비상벨은?", {"marks": [NAMED]}),
        ("@Yongsan_Bot 비상벨은?", {"marks": [("mention", "@Yongsan_Bot")]}),
        ("😀 @yongsan_bot 비상벨은?", {"marks": [NAMED]}),
        ("용산봇 비상벨은?", {"marks": [("text_mention", "용산봇", {"user": BOT})]}),
        ("비상벨은?", {"reply_to_message": answer_to(BOT, text="답")}),
        ("비상벨은?", {"reply_to_message": answer_to(BOT, text="답"), "is_topic_message": True, "message_thread_id": 4}),
    ],
    ids=["mention", "case", "emoji before it", "by name", "reply", "reply in a topic"],
)
def test_in_a_group_it_is_read_when_mentioned_or_answered(read, text, fields):
    incoming = read(text, chat=GROUP, **fields)

    assert incoming is not None
    assert incoming.group
    assert incoming.text.removeprefix("😀").strip() == "비상벨은?"


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("비상벨은?", {}),
        ("@yongsan_bot", {}),
        ("@yongsan_bot2 비상벨은?", {"marks": [("mention", "@yongsan_bot2")]}),
        ("이름502 비상벨은?", {"marks": [("text_mention", "이름502", {"user": person(502)})]}),
        ("비상벨은?", {"reply_to_message": answer_to(person(502), text="글")}),
        ("비상벨은?", {"reply_to_message": answer_to(OTHER_BOT, text="글")}),
        ("비상벨은?", {"reply_to_message": answer_to(BOT, forum_topic_created={"name": "방", "icon_color": 1}), "is_topic_message": True}),
    ],
    ids=["nothing", "no entity", "longer name", "another person", "reply to a person", "reply to another bot", "topic that the bot opened"],
)
def test_in_a_group_it_is_not_read_otherwise(read, text, fields):
    assert read(text, chat=GROUP, **fields) is None


@pytest.mark.parametrize("chat", [RESIDENT, GROUP])
@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("/help", "/help", ("help", "")),
        ("/HELP@Yongsan_Bot", "/HELP@Yongsan_Bot", ("help", "")),
        ("/start cctv", "/start", ("start", "cctv")),
        ("/lang@yongsan_bot  en\n", "/lang@yongsan_bot", ("lang", "en")),
        ("/nonsense", "/nonsense", ("nonsense", "")),
    ],
)
def test_command_is_read_with_what_stands_behind_it(read, chat, text, said, expected):
    incoming = read(text, chat=chat, marks=[("bot_command", said)])

    assert incoming is not None
    assert (incoming.kind, incoming.name, incoming.text) == ("command", *expected)


@pytest.mark.parametrize("chat", [RESIDENT, GROUP])
def test_command_for_another_bot_is_ignored(read, chat):
    marks, answered = [("bot_command", "/help@other_bot")], answer_to(BOT, text="답")

    assert read("/help@other_bot", chat=chat, marks=marks, reply_to_message=answered) is None


def test_command_in_the_middle_is_text(read):
    incoming = read("이건 /help", marks=[("bot_command", "/help")])

    assert incoming is not None
    assert (incoming.kind, incoming.text) == ("text", "이건 /help")


def test_anonymous_admin_and_channel_speak_in_their_own_name(read):
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    channel = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
    marks = [("bot_command", "/help")]

    admin = read("/help", chat=GROUP, marks=marks, from_=anonymous, sender_chat=chat_of(GROUP, "supergroup"))
    sender = read("/help", chat=GROUP, marks=marks, from_=channel, sender_chat=chat_of(-1009, "channel"))

    assert [one and one.user_id for one in (admin, sender)] == [GROUP, -1009]


@pytest.mark.parametrize(
    "fields",
    [
        {"from_": OTHER_BOT},
        {"from_": None},
        {"via_bot": BOT},
        {"sender_chat": chat_of(-1009, "channel"), "is_automatic_forward": True},
        {"as_": "channel_post", "from_": None, "sender_chat": chat_of(-1009, "channel")},
        {"as_": "edited_channel_post", "from_": None, "sender_chat": chat_of(-1009, "channel")},
    ],
    ids=["another bot", "nobody", "its own inline result", "post of the linked channel", "channel post", "edited channel post"],
)
def test_other_bots_and_channels_are_not_answered(read, fields):
    assert read("@yongsan_bot 안녕", chat=GROUP, marks=[NAMED], **fields) is None


@pytest.mark.parametrize(
    "service",
    [{"new_chat_members": [person(502)]}, {"pinned_message": answer_to(BOT, text="답")}, {"new_chat_title": "방"}, {"forum_topic_closed": {}}],
    ids=lambda one: next(iter(one)),
)
@pytest.mark.parametrize("chat", [RESIDENT, GROUP])
def test_service_message_asks_nothing(read, chat, service):
    assert read(chat=chat, **service) is None


# -- where it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("is_topic", "expected"), [(True, 4), (None, None)])
def test_thread_is_kept_only_of_a_topic(read, press, me, is_topic, expected):
    message = read("@yongsan_bot 안녕", chat=GROUP, marks=[NAMED], message_thread_id=4, is_topic_message=is_topic)
    pressed = read_update(press("1|n", chat=GROUP, message_thread_id=4, is_topic_message=bool(is_topic)), me, 1000)

    assert message is not None
    assert pressed is not None
    assert (message.thread_id, pressed.thread_id) == (expected, expected)


def test_press_is_read_wherever_its_message_is(press, me):
    accessible = read_update(press("1|t|cctv|", chat=GROUP), me, 1000)
    inaccessible = read_update(press("1|t|cctv|", chat=GROUP, date=0), me, 1000)
    inline = Update.de_json({"update_id": 1, "callback_query": {"id": "77", "from": person(RESIDENT), "chat_instance": "1", "data": "1|n"}}, None)
    assert inline is not None

    assert accessible == inaccessible
    assert accessible == Incoming("press", GROUP, RESIDENT, True, 8, language="ko", name="1|t|cctv|", query="77")
    assert read_update(inline, me, 1000) == Incoming("press", RESIDENT, RESIDENT, language="ko", name="1|n", query="77")
    assert reading.chat_of(inline) == RESIDENT


@pytest.mark.parametrize(
    ("old", "new", "kind", "expected"),
    [
        ("left", "member", "supergroup", "joined"),
        ("kicked", "administrator", "group", "joined"),
        ("member", "administrator", "group", None),
        ("administrator", "left", "group", "left"),
        ("member", "kicked", "private", "left"),
        ("kicked", "member", "private", None),
        ("left", "administrator", "channel", None),
    ],
)
def test_standing_is_read(standing, me, old, new, kind, expected):
    incoming = read_update(standing(old, new, RESIDENT if kind == "private" else GROUP, kind), me, 1000)

    assert (incoming and incoming.kind) == expected


@pytest.mark.parametrize("author", [person(RESIDENT), OTHER_BOT, None], ids=["resident", "bot", "nobody"])
def test_new_id_of_a_group_is_read_whoever_gave_it(read, author):
    incoming = read(chat=-7, from_=author, migrate_to_chat_id=-1007)

    assert incoming is not None
    assert (incoming.kind, incoming.chat_id, incoming.new_id) == ("moved", -7, -1007)


@pytest.mark.parametrize(("data", "is_read"), [("1|v|7|yes", True), ("1|vk|7", True), ("1|t|cctv|", False), ("1|hc|7", False)])
def test_message_is_read_with_a_vote_and_with_nothing_else(press, me, data, is_read):
    under = {"reply_markup": {"inline_keyboard": [[{"text": "네", "callback_data": data}, {"text": "곳", "url": "https://example.org"}]]}}

    pressed = read_update(press(data, **under), me, 1000)

    assert pressed is not None
    assert (pressed.said, pressed.buttons) == (("답", [[["네", data]]]) if is_read else ("", []))
    assert Incoming.from_json(pressed.as_json()) == replace(pressed, user_id=0)


def test_only_what_can_be_read_is_asked_of_telegram(send, press, standing, me):
    updates = [send("안녕"), send("안녕", as_="edited_message"), press("1|n"), standing("left", "member")]

    assert all(read_update(update, me, 1000) for update in updates)
    assert {name for update in updates for name in update.to_dict()} == {"update_id", *ALLOWED}


# -- what it says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MEDIA)
def test_media_is_named_and_nothing_of_it_kept(read, kind):
    incoming = read(**MEDIA[kind])

    expected = "voice" if kind in ("voice", "audio", "video note") else "location" if kind in ("location", "venue") else "file"
    assert incoming == Incoming("media", RESIDENT, RESIDENT, message_id=7, language="ko", name=expected)


@pytest.mark.parametrize("kind", MEDIA)
def test_media_that_changes_is_not_answered_again(read, kind):
    assert read(as_="edited_message", **MEDIA[kind]) is None


def test_caption_is_read_as_text_is(read):
    incoming = read(caption="@yongsan_bot 여기 비상벨 있어요? 010-0000-1111", marks=[NAMED], chat=GROUP, as_="edited_message", photo=[SIZED])

    assert incoming is not None
    assert (incoming.kind, incoming.text, incoming.edited) == ("media", "여기 비상벨 있어요? ***", True)


def test_media_in_a_group_is_left_alone(read):
    assert read(chat=GROUP, photo=[SIZED]) is None


@pytest.mark.parametrize(("code", "expected"), [("ko", "ko"), ("ko-KR", "ko"), ("en", "en"), ("vi", "en"), (None, "")])
def test_language_is_korean_or_english(read, code, expected):
    incoming = read("안녕", from_={**person(RESIDENT), "language_code": code})

    assert incoming is not None
    assert incoming.language == expected


def test_text_is_masked_before_it_is_cut(read):
    incoming = read("가" * 45 + "010-0000-1111" + "나" * 50, length=50)

    assert incoming is not None
    assert (incoming.text, incoming.cut) == ("가" * 45 + "***나나", True)


def test_text_of_the_whole_length_is_not_called_cut(read):
    incoming = read("가" * 50, length=50)

    assert incoming is not None
    assert (incoming.text, incoming.cut) == ("가" * 50, False)


SECRETS = ("010-0000-1111", "01000001111", "resident_502", "@kim", "이름", "성501")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("제 번호는 010-0000-1111", {}),
        ("/start 01000001111", {"marks": [("bot_command", "/start")]}),
        ("/01000001111", {"marks": [("bot_command", "/01000001111")]}),
        ("@yongsan_bot @resident_502 @kim 님이 물어보래요", {"marks": [NAMED, ("mention", "@resident_502"), ("mention", "@kim")]}),
        ("@yongsan_bot 😀 이름502 님이 물어보래요", {"marks": [NAMED, ("text_mention", "이름502", {"user": person(502)})]}),
        (None, {"contact": {"phone_number": "01000001111", "first_name": "이름502", "vcard": "이름502"}}),
        (None, {"caption": "010-0000-1111", "photo": [SIZED]}),
        ("안녕", {"forward_origin": {"type": "user", "date": 0, "sender_user": person(502)}}),
        ("안녕", {"reply_to_message": answer_to(person(502), text="010-0000-1111")}),
    ],
    ids=["text", "payload", "command", "mentions", "mention by name", "contact", "caption", "forwarded", "reply"],
)
def test_no_name_and_no_number_goes_further(read, text, fields):
    incoming = read(text, **fields)

    assert incoming is not None
    said = json.dumps(incoming.as_json(), ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in said]


def test_other_mentions_keep_their_place(read):
    incoming = read("😀 이름502 님, @yongsan_bot 비상벨은?", marks=[("text_mention", "이름502", {"user": person(502)}), NAMED], chat=GROUP)

    assert incoming is not None
    assert incoming.text == "😀 *** 님,  비상벨은?"


@pytest.mark.parametrize("data", ["", "x" * 64, "\ud800", "1|t|\0|", "01000001111", "1|t|cctv|\n", "🔥|t", "{}", "1|t|<b>|"])
def test_data_that_is_none_of_ours_is_not_kept(press, me, data):
    incoming = read_update(press(data), me, 1000)

    assert incoming is not None
    assert (incoming.name, incoming.query) == ("", "77")


@pytest.mark.parametrize("data", ["1|n", "1|t|cctv|", "0|t|cctv|how_much,when", "1|c|12345678|0", "1|s", "1|l|ko"])
def test_data_of_our_buttons_is_kept_of_whatever_version(press, me, data):
    incoming = read_update(press(data), me, 1000)

    assert incoming is not None
    assert incoming.name == data


TEXTS = st.text(st.characters() | st.sampled_from("\0\ud800\udfff😀@/ 0123"), max_size=80)


@given(text=TEXTS, offset=st.integers(0, 90), size=st.integers(0, 90), kind=st.sampled_from(["mention", "text_mention", "bot_command", "bold"]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_can_be_stored_and_read_again(me, text, offset, size, kind):
    entity = {"type": kind, "offset": offset, "length": size, "user": BOT if size % 2 else person(502)}
    message = {"message_id": 7, "date": 0, "chat": chat_of(RESIDENT, "private"), "from": person(RESIDENT), "text": text, "entities": [entity]}
    update = Update.de_json({"update_id": 1, "message": message}, None)
    assert update is not None

    incoming = read_update(update, me, 50)

    if incoming is not None:
        said = json.dumps(incoming.as_json(), ensure_ascii=False)
        said.encode()
        assert "\\u0000" not in said
        assert len(incoming.text) <= 50
        assert Incoming.from_json(json.loads(said)) == replace(incoming, user_id=0)


@given(st.text(max_size=64) | st.binary(max_size=64).map(lambda data: data.decode("utf-8", "surrogateescape")))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_button_says_can_be_stored(press, me, data):
    incoming = read_update(press(data), me, 1000)

    assert incoming is not None
    json.dumps(incoming.as_json(), ensure_ascii=False).encode()


def test_unknown_fields_of_what_was_stored_are_passed_over():
    assert Incoming.from_json({"kind": "text", "chat_id": 1, "user_id": 2, "colour": "red"}) == Incoming("text", 1, 2)

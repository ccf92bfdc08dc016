"""What the bot says to one message: commands, buttons, media, and everything else by the engine."""

from __future__ import annotations

import copy
import datetime as dt
import html
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.conversation import WISHES, Conversation, Response
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import read_pick
from bot.config import Settings, StoreSettings
from bot.dialogue import State
from bot.store.records import Held, HeldHandoff

RESIDENT, GROUP = 501, -1002
BELL, FAIR = "비상벨은 몇 개 바꿨어요?", "박람회 나가서 상 탄 거 무슨 박람회였어?"  # answered; answered with a choice
NOTHING = Held(None, 0, None, ())


@pytest.fixture(scope="module")
def conversation(engine) -> Conversation:
    return Conversation(engine, Settings(), "yongsan_bot")


@pytest.fixture
def say(conversation, now) -> Callable[..., Response]:
    """The response to a text or a command ("/help"); after= is the response before it, or a stored state; other fields of Incoming."""

    def make(text="", kind="", after=None, held=NOTHING, at=now, by=conversation, **fields) -> Response:
        stored = json.dumps(after.state.as_json()) if isinstance(after, Response) else after
        if text.startswith("/"):
            name, _, text = text[1:].partition(" ")
            fields, kind = {"name": name, **fields}, "command"
        fields = {"chat_id": RESIDENT, "user_id": RESIDENT, "message_id": 7, "language": "ko", **fields}
        return by.respond(Incoming(kind or "text", text=text, **fields), stored, at, lambda: held)

    return make


@pytest.fixture
def tap(say) -> Callable[..., Response]:
    """The response to a pressed button."""
    return lambda data, **fields: say(kind="press", name=data, query="77", **fields)


def text_of(response: Response) -> str:
    """What a resident reads."""
    shown = [one.payload.get("text", "") for one in response.requests]
    return html.unescape(re.sub("</?i>", "", "\n".join(part for part in shown if part)))


def methods(response: Response) -> list[str]:
    return [request.method for request in response.requests]


def buttons(response: Response) -> dict[str, str]:
    """label → data, of whichever row."""
    rows = response.requests[-1].payload.get("buttons", ())
    return {label: data for row in rows for label, data in (row if isinstance(row[0], list) else [row])}


# -- commands --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "hello"), [("ko", "안녕하세요"), ("en", "Hello")])
def test_start_greets_and_offers_the_chapters(say, conversation, language, hello):
    response = say("/start", language=language)

    assert text_of(response).startswith(hello)
    assert list(buttons(response).items()) == conversation.browse.chapters(language)
    assert response.state is None


@pytest.mark.parametrize("chat", [RESIDENT, GROUP])
def test_deep_link_leads_to_its_topic(say, engine, chat):
    for topic in list(engine.content.topics)[::9]:
        response = say(f"/start {topic}", chat_id=chat, group=chat < 0)

        assert response.turn is not None
        assert response.turn.reply.topics == (topic,)
        assert response.state is not None


@pytest.mark.parametrize("payload", ["gone", "no-such-topic", "x" * 64])
def test_dead_link_is_told_before_the_greeting(say, engine, payload):
    response = say(f"/start {payload}")

    assert text_of(response).startswith(engine.content.say("start_unknown"))
    assert "안녕하세요" in text_of(response)
    assert payload not in text_of(response)


def test_question_typed_behind_start_is_answered(say):
    assert "129개소" in text_of(say("/start 비상벨은 몇 개 바꿨어요?"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_help_names_every_command_and_those_that_lead_to_staff_only_where_there_are_staff(engine, say, language):
    staffed = Conversation(engine, Settings(), "yongsan_bot", has_staff=lambda: True)
    alone = Conversation(engine, Settings(), "yongsan_bot")

    with_staff, without = (text_of(say("/help", by=one, language=language)) for one in (staffed, alone))

    for command in engine.content.commands:
        line = f"/{command.id} {command.description.get(language)}"
        assert line in with_staff
        assert (line in without) == (command.id not in WISHES)
    assert "staff" not in without
    assert "직원" not in without


@pytest.mark.parametrize("language", ["ko", "en"])
def test_welcome_names_staff_only_where_there_are_some(engine, say, language):
    staffed = Conversation(engine, Settings(), "yongsan_bot", has_staff=lambda: True)
    alone = Conversation(engine, Settings(), "yongsan_bot")

    assert "/staff" in text_of(say("/start", by=staffed, language=language))
    assert "/staff" not in text_of(say("/start", by=alone, language=language))


def test_privacy_fills_every_slot(say, engine):
    korean, english = text_of(say("/privacy")), text_of(say("/privacy", language="en"))

    assert not re.search(r"[{}]|____", korean + english)
    assert "30일" in korean
    assert "365 days" in english
    assert "90일" in korean
    assert "아직 정해지지 않았어요" in korean
    assert all(heading.ko in korean and heading.en in english for heading in engine.content.privacy.headings.values())


@pytest.mark.parametrize("how", ["/lang en", "/lang English", "/lang 영어", "english", "English", "English."])
def test_chosen_language_lasts_and_wins_over_that_of_the_app(say, how):
    chosen = say(how)

    assert text_of(chosen) == "I'll answer in English now."
    assert text_of(say("/help", after=chosen)).startswith("Send a question")
    assert text_of(say(kind="media", name="file", after=chosen, at=chosen_later(chosen))).startswith("I can only read text")


@pytest.mark.parametrize("how", ["/lang ko", "/lang 한국어", "한국어", "Korean"])
def test_korean_is_chosen_by_its_names(say, how):
    assert text_of(say(how, language="en")) == "이제 한국어로 답할게요."


def chosen_later(response: Response, hours: int = 50) -> dt.datetime:
    assert response.state is not None
    return dt.datetime.fromisoformat(response.state.at).astimezone(dt.timezone(dt.timedelta(hours=9))) + dt.timedelta(hours=hours)


@pytest.mark.parametrize("how", ["/lang", "/lang fr", "언어", "/settings"])
def test_language_is_asked_for_and_chosen_by_button(say, tap, how):
    asked = say(how)

    assert buttons(asked) == {"한국어": "1|l|ko", "English": "1|l|en"}
    pressed = tap("1|l|en")
    assert methods(pressed) == ["answerCallbackQuery", "sendMessage"]
    assert pressed.state is not None
    assert (pressed.state.language, pressed.state.chosen) == ("en", True)


def test_choosing_a_language_wakes_no_conversation_that_was_over(say):
    told = say(BELL)

    chosen = say("/lang en", after=told, at=chosen_later(told))

    assert chosen.state is not None
    assert chosen.state.topics == ()
    assert say("/lang en", after=told).state.topics == told.state.topics


def test_own_data_is_shown(say):
    at = dt.datetime(2021, 1, 31, 15, 30, tzinfo=dt.timezone.utc)
    held = Held(at, 3, at, tuple((at, f"<b>질문 {n}</b>") for n in range(25)))

    shown = text_of(say("/mydata", held=held))

    assert "2021-02-01 00:30" in shown
    assert "3건" in shown
    assert "25건" in shown
    assert "<b>질문 19</b>" in shown
    assert "질문 20" not in shown
    assert "5건" in shown
    assert "30일" in shown


@pytest.mark.parametrize(
    ("language", "states"),
    [("ko", ["열려 있음", "끝남", "답하지 못하고 끝남", "취소하심"]), ("en", ["open", "closed", "closed without an answer", "withdrawn by you"])],
)
def test_what_was_passed_on_to_staff_is_shown(say, now, engine, language, states):
    of = [HeldHandoff(number, now, f"문의 글 {number}", state) for number, state in enumerate(("open", "closed", "declined", "withdrawn"), 11)]
    answered = HeldHandoff(15, now, "", "closed", ("첫 답 <b>", "둘째 답"))
    held = Held(None, 0, None, (), (answered, *of), draft="보내지 않은 글", votes=7, blocked_until=now + dt.timedelta(days=2))

    shown = text_of(say("/mydata", held=held, language=language))

    lines = shown.splitlines()
    assert [one.split(", ", 1)[1] for one in lines if "문의 글" in one] == [f"{state}): {one.text}" for one, state in zip(of, states, strict=True)]
    assert [line.partition(": ")[2] for line in lines if "첫 답" in line or "둘째 답" in line] == ["첫 답 <b>", "둘째 답"]
    assert engine.content.say("mydata_handoff_erased", language) in shown
    assert all(said in shown for said in ("보내지 않은 글", "7", f"{now + dt.timedelta(days=2):%Y-%m-%d %H:%M}", "90"))


def test_a_block_that_is_over_is_not_shown(say, now, engine):
    held = Held(None, 0, None, (), blocked_until=now)

    assert text_of(say("/mydata", held=held)) == engine.content.say("mydata_none")


def test_long_own_data_comes_whole(say, now):
    held = Held(None, 0, None, tuple((now, "가<" * 500) for _ in range(20)))

    response = say("/mydata", held=held)

    assert text_of(response).count("가<") == 10_000
    assert all(len(html.unescape(one.payload["text"])) <= 4096 for one in response.requests)


def test_who_has_no_record_is_told_so(say, engine):
    assert text_of(say("/mydata")) == engine.content.say("mydata_none")


def test_own_data_is_not_shown_in_a_group(say, engine, now):
    held = Held(now, 1, now, ((now, "비밀"),))

    assert text_of(say("/mydata", chat_id=GROUP, group=True, held=held)) == engine.content.say("mydata_group")


@pytest.mark.parametrize("how", ["/delete", "내 기록 지워줘", "내 기록 지워 주세요", "내 기록 삭제해 주세요!", "Delete my data."])
def test_delete_forgets(say, how):
    response = say(how)

    assert response.forget
    assert response.state is None
    assert "지웠어요" in text_of(response)


def test_deleting_speaks_of_staff_only_where_something_may_be_with_them(say, engine):
    staffed = Conversation(engine, Settings(), "yongsan_bot", has_staff=lambda: True)

    assert "직원" in text_of(say("/delete", by=staffed))
    assert "직원" not in text_of(say("/delete"))


def test_unknown_command_is_told_in_private_and_left_to_other_bots_in_a_group(say, engine):
    assert text_of(say("/nonsense")) == engine.content.say("unknown_command")
    assert say("/nonsense", chat_id=GROUP, group=True) == Response()


def test_every_typed_word_leads_to_its_command_and_to_no_other(say, conversation, engine):
    for command in engine.content.commands:
        for said in command.typed.all:
            typed = say(f" {said.upper()}! ")
            language = "en" if command.id in WISHES and said in command.typed.en else "ko"
            assert replace(typed, state=None) == replace(say(f"/{command.id}", language=language), state=None), said
    assert len(conversation.typed) == len({re.sub(r"\W", "", said).lower() for one in engine.content.commands for said in one.typed.all})


def test_typed_word_decomposed_by_a_mac_is_understood(say):
    assert text_of(say("도움말")) == text_of(say("/help"))


def test_question_with_a_typed_word_in_it_is_a_question(say):
    assert say("비상벨 목록 보여줘").turn is not None


# -- questions -------------------------------------------------------------------------------------------------------


def test_question_is_answered_with_related_topics(say):
    response = say(BELL)

    assert response.turn is not None
    assert response.turn.reply.kind == "answer"
    assert "출처" in text_of(response)
    assert 0 < len([data for data in buttons(response).values() if read_pick(data)]) <= 3


def test_choice_is_numbered_on_the_buttons(say):
    response = say(FAIR)

    assert [label[:2] for label in buttons(response)] == ["1.", "2.", "3."]
    assert list(buttons(response).values())[-1] == "1|n"


def test_answer_in_a_group_or_to_an_edited_message_says_what_it_answers(say):
    group = say(BELL, chat_id=GROUP, group=True, thread_id=4).requests[0].payload
    edited = say(BELL, edited=True).requests[0].payload

    assert (group["chat_id"], group["thread_id"], group["reply_to"]) == (GROUP, 4, 7)
    assert edited["reply_to"] == 7
    assert "reply_to" not in say(BELL).requests[0].payload


def test_long_message_is_told_to_be_read_in_part(say):
    assert text_of(say(BELL, cut=True)).startswith("글이 길어서 앞의 1000자까지만 읽었어요.")


@pytest.mark.parametrize(("language", "said"), [("ko", "적어 보내"), ("en", "Send your question")])
@pytest.mark.parametrize("text", ["", "👍", "ㅤ"])
def test_message_without_words_is_met_in_the_language_of_the_app(say, language, said, text):
    assert said in text_of(say(text, language=language))


def test_unknown_version_of_a_stored_state_is_told_once(say, engine):
    newer = json.dumps({**State(language="ko", topics=("cctv",)).as_json(), "version": 99})

    first = say("언제까지예요?", after=newer)
    second = say(BELL, after=first)

    assert text_of(first).startswith(engine.content.say("state_lost"))
    assert engine.content.say("state_lost") not in text_of(second)
    assert first.turn is not None
    assert "cctv" not in first.turn.reply.topics


@pytest.mark.parametrize("stored", ["", "{}", "[]", "null", "no JSON", '{"version": 1}', "[" * 5000])
def test_state_that_cannot_be_read_starts_afresh(say, stored):
    assert "출처" in text_of(say(BELL, after=stored))


def test_urgent_message_gets_nothing_but_its_reply(say):
    newer = json.dumps({"version": 99})

    response = say("집에 불이 났어요", kind="media", name="file", cut=True, after=newer)

    assert response.turn is not None
    assert response.turn.reply.urgent
    assert text_of(response) == response.turn.reply.body
    assert not buttons(response)


# -- media, groups ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "said"), [("voice", "음성은"), ("location", "위치는"), ("file", "글만"), ("dice", "글만")])
def test_media_is_met_with_a_kind_word(say, name, said):
    response = say(kind="media", name=name)

    assert text_of(response).startswith(said)
    assert response.turn is None


def test_caption_is_answered_with_a_note(say, engine):
    response = say(BELL, kind="media", name="file")

    assert text_of(response).startswith(engine.content.say("media_caption"))
    assert "출처" in text_of(response)


@pytest.mark.parametrize("how", ["joined", "/start", "/start gone"])
def test_group_is_told_how_to_call_the_bot(say, how):
    fields = {"kind": how} if how == "joined" else {"text": how}

    shown = text_of(say(chat_id=GROUP, group=True, **fields))

    assert shown.count("@yongsan_bot") == 2
    assert "용산구청" in shown


# -- buttons ---------------------------------------------------------------------------------------------------------


def test_button_is_answered_without_any_state(tap):
    response = tap("1|t|cctv|")

    assert methods(response) == ["answerCallbackQuery", "sendMessage"]
    assert response.turn is not None
    assert response.turn.reply.topics == ("cctv",)


def test_button_says_what_typing_its_number_says(say, tap):
    choice = say(FAIR)
    pressed = list(buttons(choice).values())[1]

    assert text_of(tap(pressed, after=choice)) == text_of(say("2", after=choice))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_button_without_a_state_is_answered_in_the_language_of_the_app(say, tap, language, engine):
    pressed, linked = tap("1|t|cctv|", language=language), say("/start cctv", language=language)

    for response in (pressed, linked, tap("1|n", language=language)):
        assert response.turn is not None
        assert response.turn.reply.language == language


def test_button_keeps_the_language_of_the_conversation(say, tap):
    asked = say("How many emergency bells were replaced?")

    assert tap("1|t|cctv|", after=asked).turn.reply.language == "en"


@pytest.mark.parametrize("data", ["1|t|cctv|gone", "1|t|cctv|gone,who", "1|t|cctv|who,who", "1|t|cctv|,,"])
def test_aspect_that_is_gone_is_passed_over(tap, data):
    response = tap(data)

    assert response.turn is not None
    assert response.turn.reply.topics == ("cctv",)
    assert response.turn.reply.body.count("소식지에 없어요") <= 1


STALE = ["", "x", "0|t|cctv|", "1|t|gone|", "1|t||", "1|t|cctv", "1|n|x", "1|l|fr", "1|c|00000000|0", "9|s", "2|n", "1|x"]


@pytest.mark.parametrize("chat", [RESIDENT, GROUP])
@pytest.mark.parametrize("data", STALE)
def test_button_that_leads_nowhere_is_refused_over_the_chat_and_nothing_else(tap, engine, data, chat):
    response = tap(data, chat_id=chat, group=chat < 0)

    assert response.state is None
    assert response.turn is None
    (request,) = response.requests
    assert request.payload == {"query": "77", "text": engine.content.say("stale")}


@given(st.text(max_size=64) | st.binary(max_size=64).map(lambda data: data.decode("latin-1")) | st.text("1|tcnls,0", max_size=16))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_button_says_it_is_acknowledged_once(tap, data):
    response = tap(data)

    assert methods(response)[0] == "answerCallbackQuery"
    assert methods(response).count("answerCallbackQuery") == 1


def test_topic_that_the_content_no_longer_has_is_refused(tap, engine):
    rest = {name: topic for name, topic in engine.content.topics.items() if name != "cctv"}
    sections = {name: title for name, title in engine.content.sections.items() if name != "cctv"}
    later = copy.copy(engine)
    later.content = replace(engine.content, topics=rest, sections=sections)
    without = Conversation(later, Settings(), "yongsan_bot")

    response = tap("1|t|cctv|", by=without)

    assert methods(response) == ["answerCallbackQuery"]
    assert response.requests[0].payload["text"] == engine.content.say("stale")


def test_topics_are_browsed_within_one_message(say, tap):
    _, data = next(iter(buttons(say("/topics")).items()))

    page = tap(data, message_id=8, thread_id=4, chat_id=GROUP, group=True)
    back = tap("1|s", message_id=8)

    assert methods(page) == methods(back) == ["answerCallbackQuery", "editMessageText"]
    assert (page.requests[1].payload["message_id"], page.requests[1].payload["thread_id"]) == (8, 4)
    assert buttons(back) == buttons(say("/topics"))
    assert page.state is back.state is None


def test_list_without_a_message_to_stand_in_is_refused(tap):
    assert methods(tap("1|s", message_id=None)) == ["answerCallbackQuery"]


# -- everything ------------------------------------------------------------------------------------------------------


def test_no_sentence_has_a_slot_left(say, tap, engine, now):
    held = Held(now, 1, now, ((now, "질문"),))
    spoken = [f"/{command.id}" for command in engine.content.commands] + ["/start gone", "/nonsense", BELL, FAIR, "화성에 가고 싶어요"]
    for language in ("ko", "en"):
        responses = [say(text, language=language, held=held, group=group, cut=True) for text in spoken for group in (False, True)]
        responses += [say(kind="media", name=name, language=language) for name in ("voice", "location", "file")]
        responses += [tap(data, language=language) for data in ("1|s", "1|n", "1|x", "1|t|cctv|")]

        assert not [text_of(response) for response in responses if re.search(r"[{}]|\*\*|None", text_of(response))]


@pytest.mark.parametrize("key", ["flow", "failed", "outage"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_sentences_of_trouble_fit_over_a_chat(conversation, key, language):
    shown = conversation.sentence(key, language)

    assert not re.search("[{}]", shown)
    assert len(shown) <= 200


def test_periods_are_those_of_the_settings(engine, say):
    other = Conversation(engine, Settings(store=StoreSettings(text_days=7, record_days=99)), "yongsan_bot")

    assert "7일" in text_of(say("/privacy", by=other))
    assert "99일" in text_of(say("/privacy", by=other))


# -- what residents say in their own words ---------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["내 기록 싹 지워주세요", "내 정보 다 지워 주세요", "개인정보 삭제해주세요", "please delete everything about me"])
def test_wish_to_be_forgotten_in_other_words_is_asked_about(say, said):
    response = say(said, language="ko" if said[0] > "z" else "en")

    assert not response.forget
    assert [data for _, data in response.requests[-1].payload["buttons"]] == ["1|d"]
    assert "/delete" in text_of(response)


def test_button_that_was_asked_for_deletes(tap):
    response = tap("1|d")

    assert response.forget
    assert methods(response) == ["answerCallbackQuery", "sendMessage"]


def test_danger_is_heard_before_a_wish_to_be_forgotten(say):
    assert "119" in text_of(say("내 기록 지워줘 죽고 싶어")) or "109" in text_of(say("내 기록 지워줘 죽고 싶어"))


def test_whoever_is_not_understood_is_shown_the_topics(say):
    assert [data for _, data in say("화성 가는 버스 있어요?").requests[-1].payload["buttons"]] == ["1|m"]


def test_mistyped_command_names_the_one_that_is_near(say):
    assert "/topics" in text_of(say("/topic"))


def test_group_is_told_to_answer_the_list_not_to_write_a_figure(say):
    shown = text_of(say("노인들한테 해주는거 뭐있소", group=True, chat_id=-1002))

    assert "답장으로 번호" in shown
    assert "궁금한 번호를 보내" not in shown

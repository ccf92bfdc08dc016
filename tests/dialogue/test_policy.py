from __future__ import annotations

import pytest

from bot.dialogue import Pick, State

CLARIFY = "아이 데리고 놀 만한 데"
LIST = "놀이 공간 뭐 있어요"


# -- the smallest knowledge file -----------------------------------------------------------------------------------

ASKED_OF_THE_SMALLEST = [
    ("씨씨티비 몇 대 늘었어요",),
    ("방범용 CCTV",),
    ("방범용 CCTV 언제 어디에 달았어요",),
    ("방범용 CCTV 아직 하나요",),
    ("방범용 CCTV 얼마예요",),
    ("방범용 CCTV 500대 달았다면서요",),
    ("방범용 CCTV 다 합치면 몇 대",),
    ("방범용 CCTV 이촌동에도 있나요",),
    ("수영장 요금",),
    ("씨씨티비 몇 대 늘었어요", "언제요?"),
    ("씨씨티비 몇 대 늘었어요", "그거 어떻게 신청해요"),
    ("씨씨티비 몇 대 늘었어요", "지금도 그래요?"),
    ("씨씨티비 몇 대 늘었어요", "더 알려줘"),
    ("씨씨티비 몇 대 늘었어요", "영어로 해줘"),
]


@pytest.mark.parametrize("messages", ASKED_OF_THE_SMALLEST, ids=" / ".join)
def test_the_smallest_knowledge_answers_or_abstains_and_is_never_partial(talk, smallest, messages):
    assert talk(*messages, engine=smallest).reply.kind in ("answer", "fallback", "clarify", "chitchat")


@pytest.mark.parametrize("text", ["씨씨티비 몇 대 늘었어요", "씨씨티비몇대늘었어요", "방범용 CCTV 알려줘"])
def test_the_smallest_knowledge_answers_what_it_holds(talk, smallest, text):
    reply = talk(text, engine=smallest).reply

    assert (reply.kind, reply.topics) == ("answer", ("cctv",))
    assert "열두 대" in reply.body


# -- which topics ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["강남구 은하가로등 몇 개예요", "부산 은하가로등 어디예요", "서초구 튼튼진료소 언제까지 해요"])
def test_another_places_programme_is_declined_however_alike(talk, text):
    reply = talk(text).reply

    assert reply.kind == "fallback"
    assert not reply.topics


@pytest.mark.parametrize("text", ["수영장 요금", "여권 발급 어디서 해요", "전기차 보조금 얼마예요", "asdf qwer zxcv"])
def test_what_no_topic_explains_is_declined(talk, text):
    assert talk(text).reply.kind == "fallback"


def test_two_topics_of_one_question_are_both_told(talk):
    reply = talk("은하가로등이랑 튼튼진료소 몇 개예요").reply

    assert (reply.kind, reply.topics) == ("answer", ("lamp", "clinic"))
    assert "40개소" in reply.body
    assert "2개소" in reply.body


def test_topics_that_a_question_does_not_tell_apart_are_offered(talk):
    reply = talk(CLARIFY).reply

    assert reply.kind == "clarify"
    assert {option.topic for option in reply.options} == {"room", "nest", None}
    assert reply.options[-1].topic is None
    assert len(reply.options) <= 4


# -- picking -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2])
def test_a_number_picks_from_the_options(talk, number):
    options = talk(CLARIFY).reply.options

    assert talk(CLARIFY, str(number)).reply.topics == (options[number - 1].topic,)


def test_words_pick_from_the_options(talk):
    assert talk(CLARIFY, "포근둥지").reply.topics == ("nest",)


@pytest.mark.parametrize("message", ["1번 2번 둘다", "1, 2", "1번이랑 2번", "1번하고 2번 알려줘"])
@pytest.mark.parametrize("first", [CLARIFY, LIST], ids=["options", "list"])
def test_two_that_are_picked_are_both_told(talk, first, message):
    assert set(talk(first, message).reply.topics) == {"room", "nest"}


@pytest.mark.parametrize("message", ["둘 다", "both"])
def test_both_of_a_choice_are_told(talk, message):
    assert set(talk(CLARIFY, message).reply.topics) == {"room", "nest"}


def test_two_of_which_one_is_not_in_the_list_are_not_told(talk, town):
    assert talk(LIST, "1번 9번").reply.body == town.content.say("fallback_pick")


def test_a_side_is_asked_of_all_that_are_picked(talk):
    reply = talk(LIST, "1번 2번 누가 운영해요").reply

    assert (reply.topics, reply.aspects) == (("room", "nest"), ("who",))


def test_a_number_picks_from_a_numbered_list_and_its_side_is_asked(talk):
    reply = talk(LIST, "1번 누가 운영해요").reply

    assert (reply.kind, reply.topics, reply.aspects) == ("answer", ("room",), ("who",))


def test_a_list_can_be_picked_from_twice(talk):
    assert talk(LIST, "1번", "2번").reply.topics == ("nest",)


@pytest.mark.parametrize("first", [CLARIFY, LIST], ids=["options", "list"])
@pytest.mark.parametrize("number", ["9", "9번", "99번", "0", "0번"])
def test_a_number_out_of_range_says_so(talk, town, first, number):
    reply = talk(first, number).reply

    assert reply.kind == "fallback"
    assert reply.body == town.content.say("fallback_pick")


@pytest.mark.parametrize("number", ["2", "2번", "7.", "0"])
def test_a_number_without_a_list_says_so(talk, town, number):
    reply = talk(number).reply

    assert (reply.kind, reply.body) == ("fallback", town.content.say("no_list"))


@pytest.mark.parametrize("message", ["이 중에 없어요", "없는데", "3", Pick(None)], ids=["words", "short", "number", "tap"])
def test_none_of_these_asks_for_other_words(talk, message):
    turn = talk(CLARIFY, message)

    assert turn.reply.kind == "fallback"
    assert turn.trace.decision.reason == "none of these"
    assert not turn.reply.options


@pytest.mark.parametrize(("number", "topics"), [("1", ()), ("2", ("nest",))], ids=["the one that is gone", "the one that is left"])
def test_a_topic_that_vanishes_does_not_move_the_numbers_of_the_others(talk, town, number, topics):
    stored = talk(LIST).state.as_json() | {"numbered": ["gone", "nest"]}

    assert talk(number, state=town.load_state(stored)).reply.topics == topics


# -- the conversation ----------------------------------------------------------------------------------------------


def test_a_bare_topic_inherits_what_was_asked(talk):
    reply = talk("은하가로등 어디 있어요?", "그럼 튼튼진료소는요?").reply

    assert (reply.kind, reply.topics, reply.aspects) == ("partial", ("clinic",), ("where",))


def test_a_bare_side_is_asked_of_the_topic_at_hand(talk):
    reply = talk("은하가로등 몇 개예요", "어디 있어요?").reply

    assert (reply.topics, reply.aspects) == (("lamp",), ("where",))


def test_a_correction_turns_to_the_other_topic(talk):
    assert talk("은하가로등 몇 개예요", "아니 그거 말고 튼튼진료소").reply.topics == ("clinic",)


def test_a_correction_without_more_asks_what_is_meant(talk, town):
    assert talk("은하가로등 몇 개예요", "아니 그거 말고").reply.body == town.content.say("corrected")


@pytest.mark.parametrize("between", ["수영장 요금", "여권 발급 어디서 해요", "고마워요", "안녕하세요"])
def test_the_earlier_topic_is_still_at_hand_after_something_else(talk, between):
    reply = talk("은하가로등 몇 개예요", between, "아까 그거 어디 있어요").reply

    assert (reply.topics, reply.aspects) == (("lamp",), ("where",))


def test_more_tells_what_was_not_told_and_then_says_that_there_is_no_more(talk, town):
    first = talk("은하가로등 몇 개예요", "더 알려줘").reply
    last = talk("은하가로등 몇 개예요", "더 알려줘", "더 알려줘", "더 알려줘").reply

    assert "강변" in first.body
    assert "40개소" not in first.body
    assert last.body.startswith(town.content.say("more_none"))


def test_saying_it_again_says_the_same(talk):
    assert talk("은하가로등 어디 있어요?", "다시 말해줘").reply.body == talk("은하가로등 어디 있어요?").reply.body


def test_starting_over_forgets_the_topic(talk):
    assert talk("은하가로등 몇 개예요", "처음으로").state.topics == ()
    assert talk("은하가로등 몇 개예요", "처음으로", "어디 있어요?").reply.kind == "fallback"


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\0", "👍"], ids=["empty", "blank", "lines", "null", "emoji"])
def test_an_empty_message_gets_help(talk, town, text):
    assert talk(text).reply.body == town.content.say("empty")


def test_a_second_fallback_in_a_row_differs_and_names_the_contact(talk):
    first, second = talk("수영장 요금").reply, talk("수영장 요금", "수영장 요금").reply

    assert first.kind == second.kind == "fallback"
    assert first.body != second.body
    assert "전화 777" in second.body


def test_an_answer_in_between_makes_the_next_fallback_a_first_one(talk):
    assert talk("수영장 요금", "은하가로등 몇 개예요", "수영장 요금").reply.body == talk("수영장 요금").reply.body


def test_another_year_is_declined_by_its_name(talk):
    reply = talk("은하가로등 2019년에 몇 개였어요").reply

    assert reply.kind == "fallback"
    assert "2019년" in reply.body


# -- languages -----------------------------------------------------------------------------------------------------


def test_another_language_says_the_last_reply_again(talk, town):
    reply = talk("은하가로등 어디 있어요?", "영어로 해줘").reply

    assert (reply.language, reply.topics, reply.aspects) == ("en", ("lamp",), ("where",))
    assert "river" in reply.body
    assert town.content.say("language_en", "en") in reply.body


def test_a_partial_reply_stays_partial_in_another_language(talk):
    assert talk("where is the sturdy clinic?", "한국어로 해줘").reply.kind == "partial"


def test_a_language_may_be_chosen_before_anything_is_asked(talk):
    turn = talk("in english please")

    assert (turn.reply.kind, turn.reply.language) == ("chitchat", "en")
    assert turn.state.chosen


OTHERS = [
    ("请问怎么申请补助金", "other_zh"),
    ("請問補助金怎麼申請", "other_zh-hant"),
    ("申請はどうすればいいですか", "other_ja"),
    ("Làm thế nào để đăng ký", "other_vi"),
    ("Где находится поликлиника", "other_ru"),
    ("ลงทะเบียนอย่างไร", "other_th"),
    ("Эмнэлэг хаана байдаг вэ", "other_mn"),
    ("Shifoxona qayerda joylashgan", "other_uz"),
    ("¿Dónde está la clínica?", "other_es"),
    ("Où est la clinique", "other_fr"),
    ("كيف أقدم الطلب", "other_language"),
]


@pytest.mark.parametrize(("text", "key"), OTHERS, ids=[key for _, key in OTHERS])
def test_other_languages_get_their_line(talk, town, text, key):
    reply = talk(text).reply

    assert (reply.kind, reply.language) == ("fallback", "en")
    assert reply.body == town.content.say(key, "en").replace("{contact}", "전화 777")


def test_another_language_in_a_korean_conversation_keeps_the_korean_contact(talk):
    assert talk("은하가로등 어디 있어요?", "请问在哪里").reply.language == "ko"


@pytest.mark.parametrize("text", ["은하가로등 市場 어디 있어요", "ランプ 은하가로등 어디 있어요"], ids=["hanja", "a Japanese word"])
def test_korean_with_a_foreign_word_in_it_is_answered_in_korean(talk, text):
    reply = talk(text).reply

    assert (reply.language, reply.topics) == ("ko", ("lamp",))


@pytest.mark.parametrize("text", ["저는 한국어 잘 못해요 영어 가능해요?", "영어 할 수 있어요?", "do you speak english"])
def test_who_asks_for_english_gets_it(talk, text):
    reply = talk(text).reply

    assert (reply.kind, reply.language) == ("chitchat", "en")


# -- complaints, reports and persons ---------------------------------------------------------------------------------

REPORTS = [
    "민원 넣을거야",
    "신고하려고요",
    "너네 고발할거야",
    "은하가로등 고장 신고하고 싶어요",
    "i will file a complaint",
    "I want to report a broken lamp",
]


@pytest.mark.parametrize("text", REPORTS)
def test_a_complaint_or_report_is_shown_the_way_and_promised_nothing(talk, text):
    reply = talk(text).reply

    assert (reply.kind, reply.aspects, reply.topics) == ("fallback", ("report",), ())
    assert "전화 777" in reply.body


PERSONS = [
    "i want to talk to a human",
    "let me talk to someone real please",
    "can i speak with an actual person",
    "구청장 나오라 그래",
    "담당자 누구야 당장 바꿔",
]


@pytest.mark.parametrize("text", PERSONS)
def test_who_wants_a_person_is_told_whom_to_contact(talk, text):
    turn = talk(text)

    assert (turn.reply.kind, turn.trace.decision.reason) == ("chitchat", "person")
    assert "전화 777" in turn.reply.body


@pytest.mark.parametrize("text", ["https://www.yongsan.go.kr/portal", "가가", "ㅁㄴㅇㄹ", "hjkl", "3rd"])
def test_junk_is_not_repeated(talk, text):
    assert "'" not in talk(text).reply.body.replace("isn't", "")


# -- small talk ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["안녕하세요", "누구세요?", "hello", "are you a robot?"])
def test_who_speaks_is_said_when_greeted(talk, town, text):
    reply = talk(text).reply
    unofficial = town.content.say("unofficial", reply.language).replace("{office}", "우리구청")

    assert reply.kind == "chitchat"
    assert unofficial in reply.body


def test_an_official_service_does_not_call_itself_unofficial(talk, make_engine):
    official = make_engine(official=True)

    assert "우리구청" in talk("안녕하세요", engine=official).reply.body
    assert "아닌" not in talk("안녕하세요", engine=official).reply.body


def test_small_talk_before_a_question_does_not_hide_it(talk):
    assert talk("안녕하세요 은하가로등 몇 개예요").reply.topics == ("lamp",)


def test_thanks_keep_the_topic(talk):
    assert talk("은하가로등 몇 개예요", "고마워요").state.topics == ("lamp",)


def test_saying_that_it_is_wrong_is_borne(talk, town):
    assert talk("은하가로등 몇 개예요", "틀렸네").reply.body == town.content.say("claimed_wrong")


def test_deciding_is_the_same_every_time(talk):
    state = State(topics=("lamp",), aspects=("where",), turns=3)

    assert talk("그럼 튼튼진료소는요?", state=state).trace.decision == talk("그럼 튼튼진료소는요?", state=state).trace.decision


@pytest.mark.parametrize("text", ["and the Sturdy clinic?", "what about the sturdy clinic", "how about the sturdy clinic?"])
def test_a_bare_topic_in_english_inherits_what_was_asked(talk, text):
    reply = talk("where is the galaxy lamp?", text).reply

    assert (reply.kind, reply.topics, reply.aspects) == ("partial", ("clinic",), ("where",))

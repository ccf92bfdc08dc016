"""The resident's side of a hand-off in residents' own words, with the running bot. How it goes on among staff: staff/test_handing_off.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from botapi import BotApi, Sent
from channels.telegram.office import CLERKS, QUESTION, STAFF, Office, set_up
from channels.telegram.running import Running

NAME = "yongsan_test_bot"  # of the bot, as the server has it
MONDAY = "2021-02-08T10:00"
LAMP = "집 앞 가로등이 나갔어요"
_people = itertools.count(61_000)


@pytest.fixture(scope="module")
def there(tmp_path_factory) -> Iterator[Office]:
    """An office that all tests share; each has residents of its own."""
    with BotApi() as api, Running(api, tmp_path_factory.mktemp("office"), now=MONDAY, **set_up(api)) as bot:
        yield Office(api, bot)
        api.check()


@pytest.fixture
def say(there):
    """What the bot answers to the last of these messages of somebody who has not written yet; `say.resident` is who it was."""

    def make(*texts: str, resident: int = 0, **options) -> Sent:
        make.resident = resident or next(_people)
        return [there.bot.say(make.resident, text, **options) for text in texts][-1][-1]

    return make


def number_of(sent: Sent) -> int:
    return int(sent.text.partition("문의 ")[2].partition("번")[0])


# -- the wish --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", ["직원바꿔줘", "직언 바꿔줘", "문의", "담당 공무원이랑 얘기할래", "저 직원이랑 통화하고 싶은데요"])
def test_whoever_wants_staff_and_has_asked_nothing_is_asked_to_write(say, there, wish):
    asked = say(wish)

    assert "적어 보내 주세요" in asked.text
    assert there.labels(asked) == ["그만두기"]


@pytest.mark.parametrize("wish", ["I want to talk to a human", "can i ask staff?"])
def test_wish_in_english_is_answered_in_english_whatever_telegram_is_set_to(say, wish):
    assert "Please write" in say(wish).text
    shown = say("my street lamp is broken", resident=say.resident)
    assert "Shall I send this" in shown.text
    assert "Your inquiry" in say("yes please", resident=say.resident).text


def test_question_within_the_wish_is_what_is_shown(say):
    assert "“직원한테 여권 어디서 만드는지 물어봐줘”" in say("직원한테 여권 어디서 만드는지 물어봐줘").text


def test_greeting_alone_is_not_shown_as_a_question(say):
    assert "보낼까요" not in say("/staff", "안녕하세요").text
    assert f"“{LAMP}”" in say(LAMP, resident=say.resident).text


def test_text_in_two_messages_is_shown_as_one(say, there):
    shown = say("/staff", LAMP, "효창동이에요")

    assert f"“{LAMP}\n효창동이에요”" in shown.text
    assert f"“{LAMP}\n효창동이에요”" in there.card(number_of(there.bot.press(shown, "보내기")[-1])).text


def test_words_with_a_picture_are_shown_and_the_picture_is_not_promised(say, there):
    say("/staff")
    told, shown = there.bot.after(say.resident, lambda: there.api.media(say.resident, "photo", LAMP))

    assert "사진이나 파일은 전하지 못해요" in told.text
    assert f"“{LAMP}”" in shown.text


def test_command_while_writing_is_no_text_for_staff(say):
    assert "열려 있는 문의가 없어요" in say("/staff", "내 문의").text
    assert "보내지 않았어요" in say("/staff", "문의 취소").text


# -- yes and no ------------------------------------------------------------------------------------------------------


def test_yes_in_words_sends_only_what_the_bot_has_just_shown(say, there):
    before = len(there.said())

    say(QUESTION, "/staff", "비상벨 몇 개 바꿨어요", "네")
    assert len(there.said()) == before
    assert "보냈어요" in say(QUESTION, "/staff", "ㅇㅋ").text


def test_no_in_words_leaves_nothing_to_send(say, there):
    before = len(there.said())

    assert "보내지 않았어요" in say(QUESTION, "/staff", "아 아니다 됐어요").text
    say("네", resident=say.resident)
    assert len(there.said()) == before


def test_yes_in_words_tells_staff_that_a_reply_is_wrong(say):
    assert "방금 보내신 글만 직원에게" in say("그늘막 몇 개예요", "틀렸네", "네 알려주세요").text


def test_question_that_is_with_staff_is_not_sent_twice(say, there):
    asked = there.bot.say(resident := next(_people), QUESTION)[-1]
    sent = say("/staff", "네", resident=resident)

    again = there.bot.press(asked, there.button(asked, "ha"))[-1]

    assert again.text == f"이 글은 문의 {number_of(sent)}번으로 이미 보냈어요."


# -- how it stands ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asks", ["/inquiries", "내 문의", "문의 어떻게 됐나요", "답변 언제 와요", "아직이에요?"])
def test_who_waits_is_told_how_it_stands(say, there, asks):
    number = number_of(say(QUESTION, "/staff", "네"))

    told = say(asks, resident=say.resident)

    assert told.text.startswith(f"문의 {number}번 (2월 8일(월) 오전 10시")
    assert "아직 맡은 직원이 없어요" in told.text
    assert QUESTION in told.text
    assert there.labels(told) == [f"문의 {number}번 취소"]


def test_state_follows_what_staff_do_and_names_nobody(say, there):
    number = number_of(say(QUESTION, "/staff", "네"))
    there.press(there.card(number), "제가 맡을게요")
    claimed = say("/inquiries", resident=say.resident)
    there.answer(there.card(number), "20만원이에요.")
    answered = say("/inquiries", resident=say.resident)
    there.bot.press(answered, "더 물어보기")
    say("언제까지 신청해요?", "네", resident=say.resident)
    further = say("/inquiries", resident=say.resident)

    assert "직원이 맡았고" in claimed.text
    assert "직원이 답했어요" in answered.text
    assert there.labels(answered) == ["해결됐어요", "더 물어보기"]
    assert "더 물으신 것에는 아직 답이 없어요" in further.text
    assert not any(f"이름{clerk}" in sent.text for clerk in CLERKS for sent in (claimed, answered, further))


def test_who_has_sent_nothing_is_answered_as_ever(say):
    assert "열려 있는 문의가 없어요" in say("/inquiries").text
    assert "문의" not in say("언제 와요").text


def test_question_after_an_answer_of_the_bot_is_about_that_answer(say):
    say(QUESTION, "/staff", "네", "비상벨 몇 개 바꿨어요")

    assert "맡은 직원이" not in say("어떻게 됐어요", resident=say.resident).text


def test_inquiries_are_not_shown_in_a_group(say, there):
    group = -1_002_000_600_001
    say(QUESTION, "/staff", "네")
    there.api.group(group, title="주민 방", members=[say.resident])

    told = there.bot.after(group, lambda: there.api.message(group, f"/inquiries@{NAME}", user_id=say.resident))

    assert all(QUESTION not in sent.text for sent in told)
    assert "둘만의 대화방" in told[-1].text


# -- taken back, solved, gone on with --------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["취소", "아까 보낸 문의 취소해 주세요", "내 문의 지워줘", "질문 취소"])
def test_who_seems_to_take_it_back_is_asked(say, there, said):
    number = number_of(say(QUESTION, "/staff", "네"))

    asked = say(said, resident=say.resident)

    assert asked.text == f"문의 {number}번을 취소할까요?"
    assert "취소했어요" in there.bot.press(asked, f"문의 {number}번 취소")[-1].text


@pytest.mark.parametrize("said", ["취소", "질문 취소", "아까 보낸 문의 취소해 주세요"])
def test_who_has_sent_nothing_is_not_asked_what_to_take_back(say, said):
    assert "문의 " not in say(said).text.replace("문의 취소", "")


def test_solved_in_words_closes_what_was_answered(say, there):
    number = number_of(say(QUESTION, "/staff", "네"))
    there.answer(there.card(number), "20만원이에요.")

    assert say("해결됐어요", resident=say.resident).text == f"네, 문의 {number}번을 마칠게요."
    assert say("해결됐어요", resident=say.resident).text == f"문의 {number}번은 이미 끝났어요."


def test_first_words_after_an_answer_go_on_with_it_where_the_bot_cannot_answer_them(say, there):
    number = number_of(say(QUESTION, "/staff", "네"))
    there.answer(there.card(number), "20만원이에요.")

    shown = say("그럼 언제까지 신청해요?", resident=say.resident)

    assert "“그럼 언제까지 신청해요?”" in shown.text
    assert f"문의 {number}번에 이어서 보냈어요" in there.bot.press(shown, "보내기")[-1].text


def test_question_that_the_bot_can_answer_does_not_go_to_staff_after_an_answer(say, there):
    number = number_of(say(QUESTION, "/staff", "네"))
    there.answer(there.card(number), "20만원이에요.")

    assert "129" in say("비상벨 몇 개 바꿨어요", resident=say.resident).text


def test_no_report_is_offered_to_whoever_can_pass_nothing_on(api, make_bot):
    there = Office(api, make_bot(now=MONDAY, **{**set_up(api), "handoff__open_at_once": 1}).start())
    for text in (QUESTION, "/staff", "네", "그늘막 몇 개예요"):
        there.bot.say(501, text)

    told = there.bot.say(501, "틀렸네")[-1]

    assert "알릴까요" not in told.text
    assert not told.buttons
    there.answer(there.card(1), "20만원이에요.")
    assert "알릴까요" in there.bot.say(501, "틀렸네")[-1].text  # an answered one does not stand in the way
    assert len(api.sent(STAFF)) == 2
    api.check()


def test_commands_that_lead_to_staff_are_told_to_telegram_where_there_are_staff(there):
    there.bot.wait(lambda: len([call for call in there.api.calls if call.method == "setMyCommands"]) >= 3)
    lists = {language: [one["command"] for one in commands] for (_, language), commands in there.api.state.commands.items() if language}

    assert lists["ko"] == lists["en"]
    assert lists["ko"][-3:] == ["staff", "inquiries", "cancel"]


def test_who_asks_further_after_the_end_is_told_that_it_is_a_new_inquiry_and_staff_see_its_topic(say, there):
    number = number_of(say(QUESTION, "/staff", "네"))
    there.press(there.card(number), "답 없이 닫기")

    told = say("더 물어보기", resident=say.resident)
    sent = say("신청은 어떻게 해요?", "네", resident=say.resident)

    assert f"문의 {number}번은 끝나서 새 문의로" in told.text
    assert number_of(sent) > number
    assert "장수축하금" in there.card(number_of(sent)).text


def test_impatience_is_no_text_for_staff(say):
    assert "보낼까요" not in say("아 진짜 답답하네 사람 바꾸라고").text
    assert "바꿔" not in say("가로등이 나갔어요", "됐고 직원 바꿔", resident=say.resident).text


def test_complaint_about_the_bot_leads_to_staff(say, there):
    assert there.labels(say("에이 답답하네")) == ["직원에게 물어보기"]

"""Hand-offs from end to end: residents, the running bot, and a group of staff, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from botapi import BotApi, Fault
from channels.telegram.office import CLERKS, QUESTION, STAFF, Office, set_up
from channels.telegram.running import Running

RESIDENT, OTHER = 501, 502
_people = count(1001)
FRIDAY_EVENING, MONDAY = "2021-02-05T19:40", "2021-02-08T10:00"


@pytest.fixture(scope="module")
def there(tmp_path_factory) -> Iterator[Office]:
    """An office that many tests share, on a Monday morning; each with residents of its own."""
    with BotApi() as api, Running(api, tmp_path_factory.mktemp("office"), now=MONDAY, **set_up(api)) as bot:
        yield Office(api, bot)


@pytest.fixture
def resident() -> int:
    """Somebody who has not written yet."""
    return next(_people)


@pytest.fixture
def office(api, make_bot):
    """Makes an office: office(now=…, forum=True)."""

    def make(now: str = MONDAY, group: dict | None = None, **settings) -> Office:
        return Office(api, make_bot(now=now, **set_up(api, **(group or {})), **settings).start())

    return make


def test_seventh_conversation(office, api):
    there = office(FRIDAY_EVENING)
    bot = there.bot

    asked = bot.say(RESIDENT, QUESTION)[-1]
    shown = bot.say(RESIDENT, "직원한테 물어봐줘요 010-1234-5678")[-1]
    sent = bot.press(shown, "보내기")[-1]
    bot.turn(MONDAY)
    card = there.card(1)
    there.write("어느 과 일이죠?")
    there.answer(card, "담당 부서에 금액을 확인하고 있어요. 오늘 안에 알려 드릴게요.", CLERKS[1])

    assert "직원에게 물어보기" in there.labels(asked)
    assert shown.text.splitlines()[:2] == ["이 글을 직원에게 보낼까요?", f"“{QUESTION}”"]
    assert "번호는 뺐어요" in shown.text
    assert "민원 접수는 아니에요" in shown.text
    assert "문의 1번" in sent.text
    assert "2월 8일(월) 오전 9시" in sent.text
    assert card.versions[0].splitlines()[:2] == ["문의 1 · 장수축하금 · 금액·요금 (소식지에 없음)", f"“{QUESTION}”"]
    assert "가지 않습니다" in card.versions[0]
    assert there.heard(RESIDENT) == ["담당 부서에 금액을 확인하고 있어요. 오늘 안에 알려 드릴게요."]
    assert "문의 1에 전했어요." in there.said()
    assert there.labels(api.sent(RESIDENT)[-1]) == ["해결됐어요", "더 물어보기"]
    assert not any("이름700" in sent.text for sent in api.sent(RESIDENT))
    api.check()


def test_in_a_group_with_topics_each_hand_off_has_its_own_and_only_an_explicit_answer_goes_out(office, api):
    there = office(group={"forum": True})
    there.hand_off(RESIDENT)
    there.hand_off(OTHER)
    first, second = there.card(1), there.card(2)

    there.write("이건 우리끼리 하는 말이에요", thread_id=first.thread_id)
    there.answer(first, "주민께 드리는 답이에요")

    assert first.thread_id
    assert first.thread_id != second.thread_id
    assert there.heard(RESIDENT) == ["주민께 드리는 답이에요"]
    assert there.heard(OTHER) == []
    confirmed = next(sent for sent in api.sent(STAFF) if sent.text == "문의 1에 전했어요.")
    assert confirmed.thread_id == first.thread_id
    api.check()


def test_without_the_right_to_open_topics_cards_go_to_the_general_one(office, api):
    there = office(group={"forum": True, "rights": {"can_manage_topics": False}})

    there.hand_off(RESIDENT)

    assert there.card(1).thread_id is None
    assert there.bot.logged("staff group")[0]["remedy"].count("주제 관리")
    api.check()


def test_one_clerk_claims_and_a_colleague_is_told_who(there, resident):
    number = there.hand_off(resident)
    card = there.card(number)

    there.api.press(card, "제가 맡을게요", user_id=CLERKS[0])
    there.api.press(card, f"1|hc|{number}", user_id=CLERKS[1], stale=True)
    there.bot.settle()

    assert there.toasts()[-1] == "이름7001 성7001 님이 먼저 맡았습니다."
    assert "맡은 사람: 이름7001 성7001" in card.text
    there.press(card, "내려놓기", CLERKS[0])
    assert "맡은 사람" not in card.text
    there.api.check()


def test_edited_answer_is_edited_for_the_resident(there, resident):
    number = there.hand_off(resident)
    answer = there.answer(there.card(number), "모레까지 알려 드릴게요.")

    there.api.edited(STAFF, answer, "내일까지 알려 드릴게요.")
    there.bot.settle()
    there.api.edited(STAFF, answer, "가" * 4096)
    there.bot.settle()
    there.api.edited(STAFF, answer, "끝")
    there.bot.settle()

    heard = there.heard(resident)
    assert heard[0] == "끝"
    assert sum(sent.text.startswith("직원 답변") for sent in there.api.sent(resident)) == 1
    assert [text for text in there.said() if "고쳤습니다" in text]
    there.api.check()


def test_answer_of_4096_characters_arrives_whole_and_in_order(there, resident):
    number = there.hand_off(resident)
    before = len(there.api.sent(resident))
    text = "".join(f"{n:04d}" for n in range(1024))

    there.answer(there.card(number), text)

    parts = [sent.text for sent in there.api.sent(resident)[before:]]
    assert "".join(parts).partition(f"문의 {number}")[2].strip() == text
    assert there.said().count(f"문의 {number}에 전했어요.") == 1
    there.api.check()


def test_photo_is_refused_kindly(there, resident):
    number = there.hand_off(resident)
    before = len(there.api.sent(resident))

    there.api.media(STAFF, "photo", "사진에 적힌 대로예요", user_id=CLERKS[0], reply_to=there.card(number))
    there.bot.settle()

    assert len(there.api.sent(resident)) == before
    assert "글로 답장해 주세요" in there.said()[-1]
    there.api.check()


def test_resident_who_blocks_the_bot_is_told_to_staff_and_gets_the_answer_when_it_is_sent_again(there, resident):
    number = there.hand_off(resident)
    there.api.membership(resident, "kicked")
    there.bot.settle()

    there.answer(there.card(number), "답이에요")
    told = there.api.sent(STAFF)[-1]
    there.api.membership(resident, "member")
    there.press(told, "답 다시 보내기")

    assert told.versions[0] == f"문의 {number}: 주민이 봇을 막아 답을 전하지 못했습니다."
    assert there.heard(resident) == ["답이에요"]
    there.api.check()


def test_only_the_part_that_was_lost_is_sent_again(there, resident):
    number, before = there.hand_off(resident), len(there.api.sent(resident))
    text = "".join(f"{n:04d}" for n in range(1024))
    there.api.misbehave(Fault("500", method="sendMessage", chat_id=resident))

    there.answer(there.card(number), text)
    late = there.api.sent(resident)[before:]
    told = next(sent for sent in there.api.sent(STAFF)[::-1] if "전해졌는지 알 수 없습니다" in sent.text)
    there.press(told, "답 다시 보내기")

    last, first = (sent.text for sent in there.api.sent(resident)[before:])
    assert [last] == [sent.text for sent in late]
    assert (first + last).partition(f"문의 {number}")[2].strip() == text
    there.api.check()


def test_answer_is_sent_again_once_however_often_the_button_is_pressed(there, resident):
    number = there.hand_off(resident)
    there.api.membership(resident, "kicked")
    there.bot.settle()
    there.answer(there.card(number), "답이에요")
    told = there.api.sent(STAFF)[-1]
    there.api.membership(resident, "member")
    there.bot.settle()

    there.api.misbehave(Fault("timeout", method="sendMessage", chat_id=resident, seconds=0.5))  # the first is still on its way at the last
    for clerk in (CLERKS[0], CLERKS[1], CLERKS[0]):
        there.api.press(told, "답 다시 보내기", user_id=clerk)
    there.bot.settle()

    assert there.heard(resident) == ["답이에요"]
    there.api.check()


def test_correction_of_an_answer_of_which_a_part_was_lost_reaches_the_resident_whole(there, resident):
    number, before = there.hand_off(resident), len(there.api.sent(resident))
    there.api.misbehave(Fault("500", method="sendMessage", chat_id=resident))
    answer = there.answer(there.card(number), "가" * 4096)
    text = "".join(f"{n:04d}" for n in range(1024))

    there.api.edited(STAFF, answer, text)
    there.bot.settle()

    last, first = (sent.text for sent in there.api.sent(resident)[before:])
    assert (first + last).partition(f"문의 {number}")[2].strip().endswith(text)
    assert first.startswith("직원 답변")
    there.api.check()


def test_withdrawn_hand_off_leaves_nothing_in_the_group_and_takes_no_answer(there, resident):
    number = there.hand_off(resident)
    card = there.card(number)

    said = there.bot.say(resident, "문의 취소")[-1]
    there.answer(card, "늦은 답이에요")

    assert f"{number}번을 취소했어요" in said.text
    assert "장수축하금 얼마" not in card.text
    assert "취소한 문의" in there.said()[-1]
    assert there.heard(resident) == []
    there.api.check()


def test_deletion_takes_the_text_out_of_the_group(there, resident):
    number = there.hand_off(resident)
    card = there.card(number)

    there.bot.say(resident, "/delete")
    there.answer(card, "늦은 답이에요")

    assert "아흔" not in card.text
    assert there.heard(resident) == []
    there.api.check()


def test_block_keeps_a_resident_from_asking_staff_for_seven_days(office, api):
    there = office()
    there.hand_off(RESIDENT)

    asked = there.press(there.card(1), "이 주민 막기")[-1]
    there.press(asked, "7일 동안 막기")
    refused = there.bot.say(RESIDENT, "직원 바꿔줘")[-1]
    there.bot.turn("2021-02-15T10:01")
    later = there.bot.say(RESIDENT, "직원에게 물어보기")[-1]

    assert "2월 15일(월)" in refused.text
    assert "보내기 전에 다시" in later.text
    assert "답 없이 닫은" in there.card(1).text
    api.check()


def test_unclaimed_hand_off_is_reminded_of_once_in_office_hours(office, api):
    there = office(FRIDAY_EVENING)
    there.hand_off(RESIDENT)
    before = len(api.sent(RESIDENT))

    there.bot.turn("2021-02-08T12:59")
    early = [text for text in there.said() if "맡은 사람이 없습니다" in text]
    there.bot.turn("2021-02-08T13:01")
    there.bot.wait(lambda: [text for text in there.said() if "맡은 사람이 없습니다" in text], 20)
    there.bot.settle()

    assert early == []
    assert [sent.text for sent in api.sent(RESIDENT)[before:]] == ["문의 1번은 아직 맡은 직원이 없어요. 급하면 전화 120(다산콜)에 물어보세요."]
    api.check()


@pytest.mark.parametrize(
    ("now", "opening"),
    [("2021-02-10T18:00", "2월 15일(월) 오전 9시"), ("2021-02-13T10:00", "2월 15일(월) 오전 9시"), ("2021-08-13T19:00", "8월 17일(화) 오전 9시")],
    ids=["the eve of Seollal", "Seollal", "a substitute holiday"],
)
def test_outside_office_hours_the_resident_hears_when_to_expect_an_answer(office, now, opening):
    there = office(now)

    there.hand_off(RESIDENT)

    assert opening in there.api.sent(RESIDENT)[-1].text


def test_without_a_staff_group_the_contact_is_named_and_nothing_promised(api, start_bot):
    bot = start_bot()

    asked = bot.say(RESIDENT, QUESTION)[-1]
    said = [bot.say(RESIDENT, text)[-1].text for text in ("/staff", "직원 바꿔줘", "문의 취소")]

    assert "직원에게 물어보기" not in Office.labels(asked)
    assert said[0] == said[1] == "여기서는 직원에게 글을 전할 수 없어요. 전화 120(다산콜)에 물어보세요."
    assert said[2] == "취소할 문의가 없어요."


def test_child_is_pointed_to_the_telephone(there, resident):
    there.bot.say(resident, "/staff")

    said = there.bot.say(resident, "저 초등학생인데 도서관 숙제 좀 물어봐도 돼요?")[-1]
    other = next(_people)
    parent = there.bot.say(other, "/staff") + there.bot.say(other, "저희 아이가 초등학생인데 안심학교가 어디인지 궁금해요")

    assert "120" in said.text
    assert "보호자" in said.text
    assert not said.buttons
    assert "보낼까요" in parent[-1].text
    there.api.check()


def test_nothing_goes_to_staff_but_what_was_shown_last(there, resident):
    asked = there.bot.say(resident, QUESTION)[-1]
    old = there.bot.press(asked, there.button(asked, "ha"))[-1]
    there.bot.press(old, "다른 글로 보내기")
    new = there.bot.say(resident, "아흔이면 받을 수 있나요? 제 번호는 010-9999-8888")[-1]

    stale = there.bot.press(old, there.button(old, "hs"))
    before = len(there.said())
    sent = there.bot.press(new, "보내기")[-1]
    again = there.bot.press(new, there.button(new, "hs"))

    assert "***" in new.text
    assert "이미 보냈거나" in stale[-1].text
    assert "이미 보냈거나" in again[-1].text
    assert "보냈어요" in sent.text
    assert [text.splitlines()[1] for text in there.said()[before:]] == ["“아흔이면 받을 수 있나요? 제 번호는 ***”"]
    there.api.check()


def test_cry_for_help_is_answered_before_it_is_taken_for_a_text_to_staff(there, resident):
    there.bot.say(resident, "/staff")

    said = there.bot.say(resident, "지금 누가 따라와요")[-1]

    assert "112" in said.text
    assert "보낼까요" not in said.text


def test_resident_asks_further_and_is_content(there, resident):
    number = there.hand_off(resident)
    there.answer(there.card(number), "부서에 물어봤어요.")
    heard = there.api.sent(resident)[-1]

    there.bot.press(heard, "더 물어보기")
    shown = there.bot.say(resident, "그럼 언제 주나요")[-1]
    there.bot.press(shown, "보내기")
    further = next(sent for sent in there.api.sent(STAFF) if "더 물었습니다" in sent.text)
    there.answer(further, "생신 달에 드려요.")
    done = there.bot.press(there.api.sent(resident)[-1], "해결됐어요")[-1]
    there.answer(there.card(number), "덧붙입니다")

    assert there.heard(resident) == ["부서에 물어봤어요.", "생신 달에 드려요."]
    assert "마칠게요" in done.text
    assert "닫은 문의" in there.card(number).text
    assert "이미 닫은 문의" in there.said()[-1]
    there.api.check()


def test_explicit_reply_of_the_resident_to_staff_goes_on_once_approved(there, resident):
    number = there.hand_off(resident)
    there.answer(there.card(number), "어느 동에 사세요?")

    shown = there.bot.say(resident, "한남동이에요", reply_to=there.api.sent(resident)[-1])[-1]
    there.bot.press(shown, "보내기")

    assert "“한남동이에요”" in there.said()[-1]
    there.api.check()


def test_closed_hand_off_may_be_opened_again(there, resident):
    number = there.hand_off(resident)
    card = there.card(number)

    there.press(card, "답 없이 닫기")
    told = there.api.sent(resident)[-1].text
    there.press(card, "다시 열기")
    there.answer(card, "늦었지만 답이에요")

    assert "답을 드리지 못해요" in told
    assert there.heard(resident) == ["늦었지만 답이에요"]
    there.api.check()


def test_topic_is_closed_with_its_hand_off_and_opened_again_with_it(office, api):
    there = office(group={"forum": True})
    there.hand_off(RESIDENT)
    card = there.card(1)

    there.press(card, "답 없이 닫기")
    with pytest.raises(ValueError, match="closed"):
        there.answer(card, "아직 못 써요")
    there.press(card, "다시 열기")
    there.answer(card, "늦었지만 답이에요")

    assert there.heard(RESIDENT) == ["늦었지만 답이에요"]
    api.check()


def test_sixth_conversation_only_the_message_just_sent_is_told_to_staff(office, api):
    there = office(now="2026-11-24T10:00")
    there.bot.say(RESIDENT, "그늘막 몇 개예요")
    asked = there.bot.say(RESIDENT, "그늘막 우리동에만 열개 넘어요 틀렸네")[-1]

    told = there.bot.press(asked, "알리기")[-1]
    no = there.bot.say(OTHER, "그늘막 몇 개예요") + there.bot.say(OTHER, "틀렸네요")
    declined = there.bot.press(no[-1], "괜찮아요")[-1]

    assert "직원에게 알릴까요" in asked.text
    assert "방금 보내신 글만" in told.text
    assert "“그늘막 우리동에만 열개 넘어요 틀렸네”" in there.card(1).text
    assert "전하지 않을게요" in declined.text
    assert len(api.sent(STAFF)) == 1
    api.check()


def test_hand_off_goes_on_over_restarts_between_every_two_steps(office, api):
    there = office(group={"forum": True})
    bot = there.bot

    def again() -> None:
        bot.stop()
        bot.start()

    asked = bot.say(RESIDENT, QUESTION)[-1]
    again()
    shown = bot.press(asked, "직원에게 물어보기")[-1]
    again()
    bot.press(shown, "보내기")
    again()
    there.press(there.card(1), "제가 맡을게요")
    again()
    answer = there.answer(there.card(1), "답이에요")
    again()
    api.edited(STAFF, answer, "고친 답이에요")
    bot.settle()
    again()
    bot.press(api.sent(RESIDENT)[-1], "해결됐어요")

    assert there.heard(RESIDENT) == ["고친 답이에요"]
    assert "닫은 문의" in there.card(1).text
    api.check()


def test_group_that_became_a_supergroup_gets_its_open_cards_again(api, make_bot):
    small = -4200001
    api.group(small, kind="group", members=CLERKS, hears_all=True)
    bot = make_bot(now=MONDAY, telegram__staff_chat_id=small).start()
    there = Office(api, bot, small)
    there.hand_off(RESIDENT)

    api.migrate(small, STAFF)
    bot.turn("2021-02-08T10:20")
    there.group = STAFF
    bot.wait(lambda: there.said(), 30)
    bot.stop()
    bot.start()
    there.answer(there.card(1), "새 방에서 드리는 답이에요")

    assert there.heard(RESIDENT) == ["새 방에서 드리는 답이에요"]
    assert f"telegram.staff_chat_id를 {STAFF}로" in bot.whole_stderr
    api.check()


def test_english_resident_is_answered_in_english(office, api):
    there = office(FRIDAY_EVENING)

    there.hand_off(RESIDENT, "is the bike insurance for foreigners too?", language_code="en")
    sent = api.sent(RESIDENT)[-1]
    there.answer(there.card(1), "네, 등록 외국인도 됩니다.")

    assert "Your inquiry is number 1" in sent.text
    assert "Monday 8 February, 9 am" in sent.text
    assert "영어로 물었습니다" in there.card(1).text
    assert api.sent(RESIDENT)[-1].text.startswith("Answer from the staff · inquiry 1\n")
    api.check()

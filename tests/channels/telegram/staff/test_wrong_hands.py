"""What must not come into the wrong hands, with the running bot: databases that are lost, groups that are left, words of residents and clerks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from botapi import BotApi
from channels.telegram.office import CLERKS, STAFF, Office, set_up
from channels.telegram.running import Running

RESIDENT, OTHER = 501, 502
MONDAY = "2021-02-08T10:00"
_people = count(71_001)


@pytest.fixture(scope="module")
def there(tmp_path_factory) -> Iterator[Office]:
    """An office that many tests share; each with residents of its own."""
    with BotApi() as api, Running(api, tmp_path_factory.mktemp("office"), now=MONDAY, **set_up(api)) as bot:
        yield Office(api, bot)


@pytest.fixture
def resident() -> int:
    """Somebody who has not written yet."""
    return next(_people)


def test_with_a_new_database_old_cards_reach_nobody(api, make_bot):
    bot = make_bot(now=MONDAY, **set_up(api)).start()
    there = Office(api, bot)
    there.hand_off(RESIDENT)
    old = there.card(1)
    bot.stop()
    for file in bot.folder.glob("bot.sqlite*"):
        file.unlink()
    bot.start()
    assert there.hand_off(OTHER) == 1
    before = len(api.sent(OTHER)), len(api.sent(RESIDENT))

    for button in ("답 없이 닫기", "이 주민 막기", "제가 맡을게요"):
        there.press(old, button)
    there.answer(old, "첫 주민에게 하는 답이에요")

    assert (len(api.sent(OTHER)), len(api.sent(RESIDENT))) == before
    assert "아무에게도 보내지 않았습니다" in there.said()[-1]
    assert "맡은 사람" not in there.card(1).text
    there.answer(there.card(1), "둘째 주민에게 하는 답이에요")
    assert there.heard(OTHER) == ["둘째 주민에게 하는 답이에요"]
    api.check()


def test_what_a_resident_asks_further_while_the_bot_is_out_of_the_group_is_there_when_it_is_let_in_again(api, make_bot):
    bot = make_bot(now=MONDAY, **set_up(api)).start()
    there = Office(api, bot)
    number = there.hand_off(RESIDENT)
    there.answer(there.card(number), "어느 동이세요?")
    further = api.sent(RESIDENT)[-1]
    asked = bot.press(further, there.button(further, "hm"))[-1]
    shown = bot.say(RESIDENT, "효창동에 사는 아흔 살 어머니예요")[-1]
    api.set_member(STAFF, api.bot_id, "kicked")
    api.press(shown, there.button(shown, "hs"))
    bot.wait(lambda: bot.logged("not sent", reason="blocked"))

    api.set_member(STAFF, api.bot_id, "administrator")
    bot.turn("2021-02-08T10:05")
    bot.wait(lambda: any("효창동" in text for text in there.said()), 20)

    assert "적어" in asked.text
    bot.settle()


@pytest.mark.parametrize(
    "text",
    [
        "문의 14 · 장수축하금\n“다른 글”\n이 글에 '답장'하면 주민에게 갑니다. 가로등이 나갔는데 언제 고치나요",
        "<b>가로등</b> &amp; <a href='tg://user?id=1'>x</a> 언제 고치나요 </b> {text} {terms}",
        "가로등 👨‍👩‍👧‍👦🏳️‍🌈 \u202eשלום\u202c عربى 언제 고치나요 ok",
    ],
    ids=["like a card", "marks", "emoji and right to left"],
)
def test_text_is_shown_to_the_letter_and_goes_to_the_letter(there, resident, text):
    there.bot.say(resident, "/staff")
    shown = there.bot.say(resident, text)[-1]
    sent = there.bot.press(shown, there.button(shown, "hs"))[-1]
    number = int(sent.text.partition("문의 ")[2].partition("번")[0])
    card = there.card(number)

    there.answer(card, text)

    quoted = shown.text.partition("“")[2].rpartition("”")[0]
    assert f"“{quoted}”" in card.versions[0]
    assert there.heard(resident) == [text]
    there.api.check()


def test_name_of_a_clerk_never_reaches_a_resident_however_it_looks(there, resident):
    name = "<b>김&과장</b> \u202eאבג" + "가" * 40
    there.api.name(CLERKS[2], name)
    number = there.hand_off(resident)

    there.press(there.card(number), "제가 맡을게요", CLERKS[2])
    there.answer(there.card(number), "내일 알려 드릴게요.", CLERKS[2])
    there.press(there.card(number), "문의 닫기", CLERKS[2])

    assert not [sent for sent in there.api.sent(resident) if "과장" in sent.text]
    assert "과장" not in there.bot.whole_stderr
    assert "과장" not in there.bot.get("/metrics")[1]
    there.api.check()


def test_internal_message_stays_internal_however_it_is_edited(there, resident):
    number = there.hand_off(resident)
    card = there.card(number)
    before = len(there.api.sent(resident))
    plain = there.write("이 민원인 또 왔네요")
    inner = there.write(f"문의 {number} 말이에요", None, CLERKS[1])

    for message in (plain, inner):
        there.api.edited(STAFF, message, f"문의 {number}: 답이에요")
    there.bot.settle()

    assert len(there.api.sent(resident)) == before
    assert there.heard(resident) == []
    assert card.versions[0]


def test_answer_that_begins_with_a_stroke_is_told_not_to_have_gone_out_and_goes_once_it_is_mended(there, resident):
    number = there.hand_off(resident)

    answer = there.answer(there.card(number), "/tomorrow 알려 드릴게요")
    told = there.said()[-1]
    heard = there.heard(resident)
    there.api.edited(STAFF, answer, "내일 알려 드릴게요")
    there.bot.settle()

    assert "주민에게 보내지 않았습니다" in told
    assert heard == []
    assert there.heard(resident) == ["내일 알려 드릴게요"]


def test_two_residents_answered_at_once_hear_each_their_own(there, resident):
    other = next(_people)
    cards = {person: there.card(there.hand_off(person)) for person in (resident, other)}

    for person, card in cards.items():
        there.api.message(STAFF, f"{person}의 답", user_id=CLERKS[0], reply_to=card)
    there.bot.settle()

    assert {person: there.heard(person) for person in cards} == {resident: [f"{resident}의 답"], other: [f"{other}의 답"]}


def test_answer_to_a_card_from_another_chat_reaches_nobody(there, resident):
    elsewhere = -1001700000777
    number = there.hand_off(resident)
    card = there.card(number)
    there.api.group(elsewhere, members=CLERKS, hears_all=True)

    there.api.message(elsewhere, "밖에서 하는 답이에요", user_id=CLERKS[0], reply_to=card)
    for kind in ("hx", "hB", "hc"):
        there.api.push(
            {
                "callback_query": {
                    **_query(there, kind, number),
                    "message": {**card.message, "chat": {"id": elsewhere, "type": "supergroup", "title": "x"}},
                }
            }
        )
    there.api.press(card, f"1|hx|{number}", user_id=resident, stale=True, inline_message_id="inline-1")
    there.bot.settle()

    assert there.heard(resident) == []
    assert "열려" not in card.text
    assert "이 글에 '답장'하면" in card.text


def _query(there: Office, kind: str, number: int) -> dict:
    return {"id": f"{kind}{number}", "from": there.api.person(CLERKS[0]), "chat_instance": "1", "data": f"1|{kind}|{number}"}

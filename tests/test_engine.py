"""The engine as a whole, over the packaged knowledge and over small ones."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Iterator

import pytest

from bot.content import load_content
from bot.dialogue import Pick, State
from bot.dialogue.wording import Office
from bot.engine import Engine
from bot.korean import open_tagger

SEOUL = dt.timezone(dt.timedelta(hours=9))
MOST = 4096  # characters that a Telegram message holds

TURNS = [
    "안녕하세요",
    "CCTV 몇 개소예요",
    "언제 달았어요",
    "노인들한테 해주는거 뭐있소",
    "2번 어떻게 신청하오",
    "수영장 요금",
    "여권 발급",
    "아까 그거 지금도 해요",
    "애데리고놀만한데요",
    "1",
    "어디고 얼만데요",
    "영어로 해줘",
    "한국어로 해줘",
    "CCTV 500대 달았다면서요?",
    "더 알려줘",
    "아니 그거 말고 비상벨",
    "고맙소",
]


@pytest.fixture
def talk(engine: Engine, now: dt.datetime) -> Callable[..., list]:
    """Says the messages one after the other and gives all turns."""

    def say(*messages: str | Pick, state: State | None = None) -> list:
        turns = []
        for message in messages:
            turns.append(engine.reply(message, state, now))
            state = turns[-1].state
        return turns

    return say


# -- what the newsletter prints -----------------------------------------------------------------------------------

PRINTED = {
    "without spaces": ("방범용CCTV몇개소예요", "cctv", "223개소"),
    "in initials": ("ㅇㅈㅂㅅㅂ 몇 개소예요", "bell", "129개소"),
    "with a typo": ("노후 하수괸로 몇 미터예요", "sewer-pipe", "12,363m"),
    "on an English keyboard": ("Thffkvywlquddl anjdPdy", "solar", "쏠라표지병"),
    "in English": ("how many emergency bells were replaced", "bell", "129"),
    "by its parts": ("스마트 그늘막 몇 개소", "shade", "10개소"),
}


@pytest.mark.parametrize(("text", "topic", "printed"), PRINTED.values(), ids=PRINTED.keys())
def test_a_printed_figure_is_told_however_it_is_asked_for(talk, text, topic, printed):
    reply = talk(text)[0].reply

    assert printed in reply.body
    assert reply.kind == "answer"
    assert reply.topics == (topic,)


ELSEWHERE = [
    "강남구 CCTV 몇 개예요",
    "서초구 방범용 CCTV 몇 개소예요",
    "마포구청 방범용 CCTV 몇 개소예요",
    "노원구청 안전비상벨 몇 개소예요",
    "수원시 CCTV 몇 개소예요",
    "부산 자전거 안전보험 있나요",
    "종로 임시선별진료소 어디예요",
]


@pytest.mark.parametrize("text", ELSEWHERE)
def test_another_places_figure_is_never_told_from_this_one(talk, text):
    reply = talk(text)[0].reply

    assert reply.kind == "fallback"
    assert not any(figure in reply.body for figure in ("223", "129"))


@pytest.mark.parametrize(
    "text", ["CCTV 500대 달았다면서요?", "CCTV 223대 맞죠?", "16,214명이 확진자죠?", "비상벨 200개 바꿨죠?", "빗물펌프장 2,560톤이라면서요"]
)
def test_no_reply_to_a_claim_begins_with_yes(talk, text):
    reply = talk(text)[0].reply

    assert reply.topics
    assert not reply.body.startswith("네")


# -- pure ------------------------------------------------------------------------------------------------------------


def test_the_same_input_gives_the_same_output(engine, now):
    state = engine.reply("노인들한테 해주는거 뭐있소", None, now).state

    first, second = engine.reply("2번 어떻게 신청하오", state, now), engine.reply("2번 어떻게 신청하오", state, now)

    assert (first.reply, first.state, first.trace.decision) == (second.reply, second.state, second.trace.decision)


def test_other_conversations_in_between_change_nothing(engine, now, talk):
    before = engine.reply("CCTV랑 비상벨 몇 개예요?", None, now)

    talk(*TURNS)

    assert engine.reply("CCTV랑 비상벨 몇 개예요?", None, now).reply == before.reply


@pytest.mark.parametrize("message", [*TURNS, Pick("cctv"), Pick(None), Pick("gone")], ids=str)
def test_the_state_that_goes_in_is_left_as_it_was(engine, now, message):
    state = engine.reply("노인들한테 해주는거 뭐있소", None, now).state
    before = json.dumps(state.as_json())

    engine.reply(message, state, now)

    assert json.dumps(state.as_json()) == before


# -- picking by tap -------------------------------------------------------------------------------------------------


def test_a_tapped_option_answers(talk):
    turn = talk("애데리고놀만한데요", Pick("dodam"))[-1]

    assert (turn.reply.kind, turn.reply.topics) == ("answer", ("dodam",))


def test_a_tapped_option_carries_what_was_asked(talk):
    reply = talk(Pick("dodam", ("where",)))[0].reply

    assert (reply.kind, reply.aspects) == ("partial", ("where",))


@pytest.mark.parametrize("topic", ["gone", "", "{contact}", "x" * 10_000])
def test_the_tap_of_a_topic_that_no_longer_exists_gets_a_polite_reply(engine, talk, topic):
    reply = talk(Pick(topic))[0].reply

    assert (reply.kind, reply.body) == ("fallback", engine.content.say("forgotten"))


# -- the state -------------------------------------------------------------------------------------------------------


def test_after_fifty_turns_the_state_is_small_and_comes_back_whole(engine, talk):
    state = talk(*(TURNS * 3)[:50])[-1].state
    text = json.dumps(state.as_json())

    assert state.turns == 50
    assert len(text.encode()) <= 4096
    assert engine.load_state(text) == state


def test_the_state_is_small_after_every_turn(talk):
    for turn in talk(*TURNS * 3):
        assert len(json.dumps(turn.state.as_json()).encode()) <= 4096


def test_the_state_holds_no_text_of_the_residents(talk):
    secrets = [
        "제 이름은 홍길동이고 CCTV 몇 개예요",
        "010-1234-5678로 연락 주세요",
        "홍길동 수영장 요금",
        "비상벨 몇 개예요 홍길동",
        "홍길동 애데리고놀만한데요",
    ]

    for turn in talk(*secrets):
        stored = json.dumps(turn.state.as_json(), ensure_ascii=False)
        assert "홍길동" not in stored
        assert "1234" not in stored


GARBAGE = [None, 0, "x", [], {}, {"version": 99}, {"version": 1}, {"version": 1, "topics": [[]]}, b"\xff", "[" * 100_000]


@pytest.mark.parametrize("value", GARBAGE, ids=lambda value: repr(value)[:24])
def test_whatever_was_stored_a_question_is_answered(engine, now, value):
    assert engine.reply("비상벨 몇 개", engine.load_state(value), now).reply.topics == ("bell",)


@pytest.mark.parametrize(("minutes", "kind"), [(30, "partial"), (31, "fallback")])
def test_a_conversation_is_forgotten_after_idle_minutes(engine, now, minutes, kind):
    state = engine.reply("CCTV 몇 개소예요", None, now).state

    assert engine.reply("언제요?", state, now + dt.timedelta(minutes=minutes)).reply.kind == kind


def test_how_long_a_pause_may_be_is_a_setting(tmp_path, now):
    (tmp_path / "a.yaml").write_text("section: 안전\ntopics:\n  - {id: lamp, title: 은하가로등, answer: 등이에요.}\n", encoding="utf-8")
    engine = Engine(load_content(tmp_path), open_tagger("mecab"), Office("구청", "120", False), idle_minutes=1)

    state = engine.reply("은하가로등", None, now).state

    assert engine.reply("그거 뭐예요", state, now + dt.timedelta(seconds=60)).reply.topics == ("lamp",)
    assert engine.reply("그거 뭐예요", state, now + dt.timedelta(seconds=61)).reply.topics == ()


# -- the day ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("time", "over"), [((2021, 2, 14, 23, 59), False), ((2021, 2, 15, 0, 0), True)], ids=["last minute", "first minute after"])
def test_the_day_of_seoul_decides_whether_a_period_is_over(engine, time, over):
    reply = engine.reply("임시선별진료소 아직 하나요?", None, dt.datetime(*time, tzinfo=SEOUL)).reply

    assert reply.kind == "partial"
    assert ("지났어요" in reply.body) is over


# -- hostile -----------------------------------------------------------------------------------------------------------

ORDINARY = [
    "CCTV 몇 개예요",
    "비상벨",
    "청년지음 어디",
    "2번",
    "0",
    "아니 그거 말고",
    "아까 그거",
    "더 알려줘",
    "223대 맞죠",
    "영어로",
    "how many bells",
    "이 중에 없어요",
    "임시선별진료소 아직 하나요",
    "2019년",
    "처음으로",
    "노인들한테 해주는거 뭐있소",
    "애데리고놀만한데요",
    "ㅇㅈㅂㅅㅂ",
    "ehekaehekadl anjdPdy",
    "살려주세요",
]
MARKUP = [
    "<b>",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "[a](http://b)",
    "*_`~",
    "'; DROP TABLE topics; --",
    '" OR 1=1 --',
    '{"q": [null, {"a": NaN}]}',
    "{contact:이}",
    "{sides:은}",
    "{0.__class__}",
    "%s%n%d",
    "%(x)s",
    "${jndi:ldap://a}",
    "{{7*7}}",
    "!!python/object/apply:os.system [ls]",
    "&a [*a, *a]",
    "--- \n- a: b\n",
    "\\x00\\u0000",
    "../../etc/passwd",
    "\r\n\t",
    "(?=(a+)+$)",
]
CONTROLS = "".join(map(chr, [*range(32), *range(0x7F, 0xA0)]))
SURROGATES = "".join(map(chr, range(0xD800, 0xE000, 37)))
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u200b\u200d\ufeff"
COMBINING = "".join(map(chr, [*range(0x300, 0x370), *range(0x20D0, 0x20F0), 0xFE0F, 0x0E31, 0x064B]))
JAMO = "".join(map(chr, [*range(0x1100, 0x1200), *range(0x3131, 0x318F), *range(0xA960, 0xA97D), *range(0xAC00, 0xD7A4, 97)]))
EMOJI = "😀👍🏽👨\u200d👩\u200d👧🇰🇷\U0010ffff\U000e0041"


def hostile_messages(count: int, seed: int = 20210201) -> Iterator[str]:
    """Messages that no resident means well by; one in a hundred has 1,000 to 100,000 characters."""
    rng = random.Random(seed)

    def some(pool: str, most: int = 40) -> str:
        return "".join(rng.choices(pool, k=rng.randint(1, most)))

    kinds = [
        lambda: "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randint(1, 60))),
        lambda: "".join(chr(rng.randrange(0x10000)) for _ in range(rng.randint(1, 60))),
        lambda: some(JAMO, 80),
        lambda: some(CONTROLS),
        lambda: some(SURROGATES) + rng.choice(ORDINARY),
        lambda: some(BIDI) + rng.choice(ORDINARY) + some(BIDI),
        lambda: "".join(char + some(COMBINING, 30) for char in rng.choice(ORDINARY)),
        lambda: " ".join(rng.sample(MARKUP, rng.randint(1, 4))),
        lambda: rng.choice(MARKUP) + rng.choice(ORDINARY) + rng.choice(MARKUP),
        lambda: some("0123456789,.:-"),
        lambda: f"{rng.choice(ORDINARY)} {some('0123456789,', 5000)}{rng.choice(['', '대', '개소', '번', '년', 'm', '%'])}",
        lambda: "\0".join(rng.choice(ORDINARY)),
        lambda: some(EMOJI, 30),
        lambda: some("ㅋㅎㅠㅜㅡㄱㄴㅏ ", 80),
        lambda: some("aㄱ가A1", 200),
        lambda: " ".join(rng.choices(ORDINARY, k=rng.randint(1, 12))),
        lambda: rng.choice(["", " ", "\n", "\u3000", "?", "."]) * rng.randint(0, 9),
    ]
    for n in range(count):
        text = rng.choice(kinds)()
        if n % 100 == 99 and text:
            size = rng.randint(1_000, 100_000)
            text = (text * (size // len(text) + 1))[:size]
        yield text


@pytest.mark.slow
def test_every_hostile_message_gets_a_reply_that_fits(engine, now):
    state = None
    for n, message in enumerate(hostile_messages(10_000)):
        turn = engine.reply(message, state, now)

        assert turn.reply.text.strip(), ascii(message[:80])
        assert len(turn.reply.text) <= MOST, ascii(message[:80])
        assert len(json.dumps(turn.state.as_json()).encode()) <= 4096, ascii(message[:80])
        state = turn.state if n % 7 else None  # conversations of seven turns: some end in a list, some begin after one


@pytest.mark.parametrize(
    "message", ["0", "00", "{contact:이} %s", "\0", "\ud800", "9" * 5_000, "개" * 5_000, "<b>비상벨</b>", "- a: &b [*b]"], ids=ascii
)
def test_a_message_no_one_expects_gets_a_reply(engine, now, message):
    reply = engine.reply(message, None, now).reply

    assert reply.text.strip()
    assert len(reply.text) <= MOST


@pytest.mark.parametrize("message", ["{contact:이} 수영장", "{sides} 수족관", "%s 스케이트장"])
def test_what_a_resident_writes_is_never_filled_in(engine, now, message):
    reply = engine.reply(message, None, now).reply

    assert reply.body.count("120") <= 1
    assert "{" not in reply.body


def test_another_topic_described_in_its_own_words_is_no_follow_up(engine, now):
    first = engine.reply("청년들 일자리 지원", None, now)

    second = engine.reply("애 맡길데", first.state, now)

    offered = tuple(option.topic for option in second.reply.options[:1])
    assert (second.reply.topics or offered) == ("public-daycare",)


def test_whoever_called_for_help_is_not_told_that_nothing_was_found(engine, now):
    urgent = engine.reply("죽고싶다", None, now)

    after = engine.reply("농담임", urgent.state, now)

    assert urgent.reply.urgent
    assert after.reply.body == engine.content.say("after_urgent")

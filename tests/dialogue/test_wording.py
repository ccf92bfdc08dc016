from __future__ import annotations

import datetime as dt

import pytest

from bot.dialogue.wording import attach, fill

SEOUL = dt.timezone(dt.timedelta(hours=9))

PARTICLES = [
    ("CCTV", "은", "CCTV는"),
    ("안심이", "이", "안심이가"),
    ("100선", "은", "100선은"),
    ("12,363m", "을", "12,363m를"),
    ("223개소", "이", "223개소가"),
    ("소식지", "을", "소식지를"),
    ("쏠라표지병", "은", "쏠라표지병은"),
    ("'안심이'", "은", "'안심이'는"),
    ("「New 용산」", "이", "「New 용산」이"),
    ("LH", "은", "LH는"),
    ("SOS", "이", "SOS가"),
    ("IoT", "은", "IoT는"),
    ("50%", "은", "50%는"),
    ("길", "으로", "길로"),
    ("손", "으로", "손으로"),
    ("2", "은", "2는"),
    ("3", "은", "3은"),
]


@pytest.mark.parametrize(("word", "particle", "expected"), PARTICLES, ids=[expected for _, _, expected in PARTICLES])
def test_the_particle_fits_the_last_sound(word, particle, expected):
    assert attach(word, particle) == expected


def test_slots_are_filled_and_their_particles_put_right():
    assert fill("{name:은} {place}에 있어요.", {"name": "안심이", "place": "길"}) == "안심이는 길에 있어요."


@pytest.mark.parametrize("value", ["{contact:이}", "%s", "{0.__class__}", "{{}}", "\\1", "{"])
def test_what_fills_a_slot_is_never_read_as_one(value):
    assert fill("<{claimed}>", {"claimed": value, "contact": "비밀"}) == f"<{value}>"


def test_a_slot_without_value_is_left_empty():
    assert fill("{nothing}가 {nothing:은}", {}) == "가 "


AGES = [
    ((2021, 1, 15), ""),
    ((2022, 1, 14), ""),
    ((2022, 1, 15), "(1년 넘은 자료)"),
    ((2026, 1, 14), "(4년 넘은 자료)"),
    ((2026, 1, 15), "(5년 넘은 자료)"),
    ((2020, 1, 1), ""),
]


@pytest.mark.parametrize(("day", "age"), AGES, ids=["-".join(map(str, day)) for day, _ in AGES])
def test_the_source_line_tells_the_age_in_full_years(talk, day, age):
    source = talk("은하가로등 어디예요", now=dt.datetime(*day, 12, tzinfo=SEOUL)).reply.source

    assert source == f"출처: 「새소식」 2021년 초{age}, 동네"


@pytest.mark.parametrize(("year", "age"), [(2021, ""), (2022, " (over a year old)"), (2026, " (over 5 years old)")])
def test_the_source_line_tells_the_age_in_english(talk, year, age):
    source = talk("where is the galaxy lamp", now=dt.datetime(year, 1, 20, tzinfo=SEOUL)).reply.source

    assert source == f"Source: New Paper, early 2021{age} – Town"


def test_every_answer_names_its_source_with_its_lines(talk):
    sources = talk("은하가로등 몇 개예요").reply.sources

    assert [(source.document, source.chapter, source.lines) for source in sources] == [("paper", "동네", (3, 4))]


def test_a_paper_without_document_still_names_its_chapter(talk, smallest):
    assert talk("씨씨티비 몇 대 늘었어요", engine=smallest).reply.source == "출처: 안전"


def test_two_topics_of_one_chapter_name_it_once(talk):
    assert talk("은하가로등이랑 튼튼진료소 몇 개예요").reply.source.count("동네") == 1


def test_a_group_is_listed_with_numbers_and_says_how_to_go_on(talk):
    reply = talk("놀이 공간 뭐 있어요").reply

    assert "\n1. 도란도란방\n2. 포근둥지\n" in reply.body
    assert reply.numbered == ("room", "nest")


def test_options_stand_numbered_in_the_text_but_not_in_the_body(talk):
    reply = talk("아이 데리고 놀 만한 데").reply

    assert "1. " in reply.text
    assert "1. " not in reply.body


def test_no_sentence_is_said_twice_in_one_reply(talk):
    body = talk("은하가로등 몇 개고 몇 곳이고 얼마나 있어요").reply.body
    sentences = body.split(". ")

    assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("text", ["살려주세요", "옆집에 불났어요", "죽고 싶어요", "someone is following me"])
def test_an_urgent_reply_carries_nothing_but_itself(talk, text):
    reply = talk(text).reply

    assert reply.kind == "fallback"
    assert reply.urgent
    assert reply.text == reply.body
    for left_out in (reply.source, reply.contact, reply.options, reply.sources, reply.topics, reply.numbered):
        assert not left_out


def test_an_urgent_message_leaves_no_list_to_pick_from(talk):
    assert talk("아이 데리고 놀 만한 데", "살려주세요").state.options == ()


SIDES = [
    ("튼튼진료소 얼마고 어디예요", "금액·요금과 위치는"),
    ("튼튼진료소 얼마예요", "금액·요금은"),
    ("튼튼진료소 어디고 누가 맡아요", "위치와 맡은 곳은"),
]


@pytest.mark.parametrize(("text", "sides"), SIDES, ids=[text for text, _ in SIDES])
def test_sides_that_are_missing_are_joined_with_the_right_particles(talk, text, sides):
    assert talk(text).reply.body.startswith(sides)


def test_an_english_reply_without_the_korean_name_ends_with_it(talk):
    assert talk("where is the galaxy lamp").reply.body.endswith("Korean name: 은하가로등.")


def test_sides_that_are_not_stated_are_said_in_one_sentence(talk):
    body = talk("can I visit the sturdy clinic as a foreigner").reply.body

    assert body.count("The newsletter doesn't") == 1

"""Replies as Telegram's messages: escaped, within the limits, with buttons that carry all they need."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.layout import (
    MAX_BUTTONS,
    MAX_DATA,
    MAX_LABEL,
    MAX_UNITS,
    REPLY,
    Place,
    Request,
    acknowledge,
    edit,
    extended,
    message,
    pick_data,
    read_pick,
    reply_buttons,
    reply_messages,
    shorten,
    split,
    with_reply,
)
from bot.dialogue import Option, Pick, Reply

HERE = Place(501)
FAMILY = "👨‍👩‍👧‍👦"


def messages(place, reply, titles, **other):
    """The messages of a reply with the buttons that belong under it."""
    return reply_messages(place, reply, reply_buttons(reply, titles), **other)


IDS = st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True)
ASPECTS = st.lists(st.from_regex(r"[a-z0-9_-]{1,32}", fullmatch=True), max_size=6, unique=True)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def shown(request: Request) -> str:
    """The text of a message as a resident sees it."""
    return html.unescape(re.sub(r"</?i>", "", request.payload["text"]))


# -- text ------------------------------------------------------------------------------------------------------------


def test_text_goes_where_it_belongs():
    (request,) = message(Place(-1002, 4, 7), "답")

    assert request == Request("sendMessage", {"chat_id": -1002, "text": "답", "thread_id": 4, "reply_to": 7})


@pytest.mark.parametrize("text", ["<b>a</b> & \"b\" 'c'", "&lt;", "</i><i>", "a\u200bb\u202ec", "<script>😀"])
def test_text_is_shown_as_it_is_not_as_markup(text):
    for request in (*message(HERE, text, small=text), edit(501, 8, text, [])):
        assert "<" not in request.payload["text"].replace("<i>", "").replace("</i>", "")
    assert shown(message(HERE, text)[0]) == text


def test_source_is_set_back_at_the_end_of_the_last_message():
    first, last = message(HERE, "가" * 5000, small="출처")

    assert "출처" not in first.payload["text"]
    assert last.payload["text"].endswith("\n<i>출처</i>")


@pytest.mark.parametrize("size", [1_000, 4_095, 5_000, 20_000])
def test_source_of_any_length_is_shown(size):
    requests = message(HERE, "답", small="출" * size)

    assert all(units(shown(request)) <= MAX_UNITS for request in requests)
    assert "".join(map(shown, requests)).count("출") == size


def test_only_the_first_of_several_messages_answers_and_only_the_last_has_buttons():
    first, middle, last = message(Place(501, None, 7), "가 " * 5000, [("단추", "1|n")])

    assert [("reply_to" in one.payload, "buttons" in one.payload) for one in (first, middle, last)] == [(True, False), (False, False), (False, True)]


@pytest.mark.parametrize("text", ["", "  \n "])
def test_empty_text_is_never_sent(text):
    assert [shown(request) for request in message(HERE, text)] == ["…"]


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("😀 \n가<&"), max_size=60), st.integers(1, 200), st.integers(2, 40))
@example(FAMILY, 500, 40)
@example("😀", 100, 3)
@settings(max_examples=150, deadline=None)
def test_split_keeps_every_letter_in_order_within_the_limit(text, times, limit):
    text *= times

    parts = split(text, limit)

    assert all(part and part == part.strip() and units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == ("".join(text.split()) or "…")


@pytest.mark.parametrize("limit", [0, 1])
def test_split_ends_even_where_nothing_fits(limit):
    assert split("😀😀", limit) == ["😀", "😀"]


def test_split_parts_between_lines_else_words():
    assert split("가나 다라\n마바 사아", 9) == ["가나 다라", "마바 사아"]
    assert split("가나 다라 마바", 7) == ["가나 다라", "마바"]


@pytest.mark.parametrize("letter", [FAMILY, "👍🏽", "❤️", "🇰🇷", "1️⃣", "각", "é"], ids=ascii)
@pytest.mark.parametrize("limit", range(30, 42))
def test_split_parts_no_letter_of_several_characters(letter, limit):
    assert all(set(part.split(letter)) == {""} for part in split(letter * 12, limit))


# -- buttons ---------------------------------------------------------------------------------------------------------


@given(IDS, ASPECTS)
def test_data_of_a_button_fits_and_is_read_back(topic, aspects):
    data = pick_data(topic, aspects)
    pick = read_pick(data)

    assert len(data.encode()) <= MAX_DATA
    assert pick == Pick(topic, tuple(aspects[: len(pick.aspects)] if pick else ()))


def test_as_many_aspects_as_fit_go_into_the_data():
    assert pick_data("cctv", ["how_much", "when"]) == "1|t|cctv|how_much,when"
    assert pick_data("t" * 32, ["a" * 26, "b"]) == f"1|t|{'t' * 32}|{'a' * 26}"
    assert pick_data("t" * 32, ["a" * 28]) == f"1|t|{'t' * 32}|"
    assert read_pick(pick_data(None)) == Pick(None)


@pytest.mark.parametrize("data", ["", "1", "1|", "1|n|x", "0|n", "2|t|cctv|", "1|t|cctv", "1|t||who", "1|t|cctv||", "1|c|cctv|0", "n", "|t|cctv|"])
def test_other_data_is_no_pick(data):
    assert read_pick(data) is None


@given(st.text(max_size=64))
def test_no_data_breaks_the_reading(data):
    read_pick(data)


def a_reply(**fields) -> Reply:
    return Reply("answer", "답이에요.", "ko", **fields)


def test_options_are_numbered_in_text_and_on_buttons():
    options = (Option("비상벨", "bell", ("where",)), Option("이 중에 없어요", None))

    (request,) = messages(HERE, a_reply(options=options), {})

    assert shown(request) == "답이에요.\n1. 비상벨\n2. 이 중에 없어요"
    assert request.payload["buttons"] == [["1. 비상벨", "1|t|bell|where"], ["2. 이 중에 없어요", "1|n"]]


def test_topics_of_a_list_keep_their_numbers():
    (request,) = messages(HERE, a_reply(numbered=("bell", "gone", "cctv")), {"bell": "비상벨", "cctv": "방범용 CCTV"})

    assert request.payload["buttons"] == [["1. 비상벨", "1|t|bell|"], ["3. 방범용 CCTV", "1|t|cctv|"]]


def test_at_most_three_related_topics_are_offered():
    related = tuple(Option(f"주제{n}", f"t{n}") for n in range(5))

    (request,) = messages(HERE, a_reply(related=related), {})

    assert [label for label, _ in request.payload["buttons"]] == ["주제0", "주제1", "주제2"]


def test_urgent_reply_stands_alone():
    (request,) = messages(HERE, a_reply(urgent="fire", related=(Option("비상벨", "bell"),)), {})

    assert request.payload == {"chat_id": 501, "text": "답이에요."}


def test_lines_of_a_reply_stand_in_order():
    reply = a_reply(links=("https://example.com/?a=1&b=2",), contact="물어보실 곳: 120", source="출처: 「New 용산」")

    (request,) = messages(HERE, reply, {}, before="앞의 글만 읽었어요.")

    assert shown(request).split("\n") == [
        "앞의 글만 읽었어요.",
        "답이에요.",
        "https://example.com/?a=1&b=2",
        "물어보실 곳: 120",
        "출처: 「New 용산」",
    ]
    assert "a=1&amp;b=2" in request.payload["text"]


def test_brackets_go_from_a_label_that_is_too_long_before_letters_do():
    assert shorten("on-site checks of COVID-19 rules (방역수칙 이행 점검)") == "on-site checks of COVID-19 rules"
    assert shorten("방범용 CCTV (223)") == "방범용 CCTV (223)"


def test_labels_are_short_and_buttons_few():
    options = tuple(Option(f"{n} " + "가" * 100, "t") for n in range(30))

    (request,) = messages(HERE, a_reply(options=options), {})

    labels = [label for label, _ in request.payload["buttons"]]
    assert len(labels) == MAX_BUTTONS
    assert all(len(label) <= MAX_LABEL and label.endswith("…") for label in labels)


# -- other requests --------------------------------------------------------------------------------------------------


def test_acknowledgement_says_something_only_where_there_is_something_to_say():
    assert acknowledge("77") == Request("answerCallbackQuery", {"query": "77"})
    assert acknowledge("77", "가" * 300).payload["text"] == "가" * 200


def test_every_request_can_be_stored():
    options = (Option("비상벨", "bell", ("where",)),)
    requests = [
        *messages(Place(-1002, 4, 7), a_reply(options=options, source="출처"), {}),
        edit(1, 2, "글", [("단추", "1|s")], 4),
        acknowledge("77"),
    ]

    for request in requests:
        assert json.loads(json.dumps(request.payload)) == request.payload


# -- rows, and what is added later -----------------------------------------------------------------------------------

PAIR = [["예", f"1|v|{REPLY}|y"], ["아니요", f"1|v|{REPLY}|n"]]


def test_buttons_that_share_a_row_stay_together_and_in_order():
    (request,) = message(HERE, "답", [PAIR, ("자세히", "1|t|cctv|")])

    assert request.payload["buttons"] == [PAIR, ["자세히", "1|t|cctv|"]]
    assert json.loads(json.dumps(request.payload)) == request.payload


def test_id_of_the_reply_takes_its_place_in_every_button_and_nowhere_else():
    (request,) = message(HERE, "a@b @", [PAIR, ("@", f"1|ha|{REPLY}"), ("메일", "1|t|a@b|")])

    named = with_reply(request, 42)

    assert named.payload["buttons"] == [[["예", "1|v|42|y"], ["아니요", "1|v|42|n"]], ["@", "1|ha|42"], ["메일", "1|t|a@b|"]]
    assert named.payload["text"] == "a@b @"


@pytest.mark.parametrize(("buttons", "reply_id"), [([PAIR], None), ([], 42)], ids=["not on record", "no buttons"])
def test_without_an_id_or_a_button_nothing_changes(buttons, reply_id):
    (request,) = message(HERE, "답", buttons)

    assert with_reply(request, reply_id) == request


def test_request_that_is_extended_says_more_and_has_these_buttons_instead():
    (request,) = message(Place(501, 4, 7), "그럴 수 있어요.", [("A", "a")])

    longer = extended(request, "직원에게 <알릴까요>?", [("알리기", "1|hs|m"), ("괜찮아요", "1|hq|m")])

    assert shown(longer) == "그럴 수 있어요. 직원에게 <알릴까요>?"
    assert longer.payload["buttons"] == [["알리기", "1|hs|m"], ["괜찮아요", "1|hq|m"]]
    assert (longer.payload["thread_id"], longer.payload["reply_to"], request.payload["buttons"]) == (4, 7, [["A", "a"]])


def test_edit_is_escaped_and_clears_the_buttons_where_it_has_none():
    assert edit(-1, 7, "<문의 14>", []).payload == {"chat_id": -1, "message_id": 7, "text": "&lt;문의 14&gt;", "buttons": []}

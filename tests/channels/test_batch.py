from __future__ import annotations

import datetime as dt
import json

import pytest

from bot.channels.batch import BadLine, answer_lines, dump, read_line
from bot.channels.session import SEOUL


def ask_all(engine, *lines) -> list[dict]:
    raw = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    return [json.loads(output) for output in answer_lines(engine, raw)]


def test_the_fields_are_those_of_the_interface(engine):
    (reply,) = ask_all(engine, {"q": "비상벨 몇 개", "now": "2021-02-01T09:00+09:00"})

    assert list(reply) == [
        "q", "kind", "text", "body", "topics", "aspects", "options", "candidates", "confidence", "sources", "lang", "elapsed_ms",
    ]  # fmt: skip
    assert reply["text"].startswith(reply["body"])
    assert set(reply["sources"][0]) == {"document", "chapter", "lines"}


def test_lines_of_one_chat_share_a_conversation_and_others_do_not(engine):
    first = {"q": "비상벨 몇 개"}
    later = {"q": "그거 어디에 물어봐요?"}

    same = ask_all(engine, {**first, "chat": "a"}, {**later, "chat": "a"})[1]
    other = ask_all(engine, {**first, "chat": "a"}, {**later, "chat": "b"})[1]
    fresh = ask_all(engine, first, later)[1]

    assert same["topics"] == ["bell"]
    assert other["topics"] != ["bell"]
    assert fresh["topics"] != ["bell"]


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\n", b"not json", b"[1]", b"3", b"null", b'{"chat": "x"}', b'{"q": 3}', b'{"q": null}', b'{"q": "x", "chat": true}',
        b'{"q": "x", "chat": []}', b'{"q": "x", "now": "yesterday"}', b'{"q": "x", "now": 5}', b'{"q": "x", "now": ""}',
        b'{"q": "x", "now": "0001-01-01T00:00"}', b'{"q": "x", "now": "9999-12-31T23:59-09:00"}', b'{"q": "\xff"}',
        b"[" * 100_000, b'{"q": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda raw: raw[:32].decode("latin-1"),
)  # fmt: skip
def test_a_bad_line_gives_an_error_in_its_place(engine, raw):
    bad, good = ask_all(engine, raw, {"q": "안녕"})

    assert list(bad) == ["error"]
    assert good["kind"] == "chitchat"


@pytest.mark.parametrize("raw", [b'\xef\xbb\xbf{"q": "x"}', b'{"q": "x"}\r\n', b'{"q": "x", "chat": null, "now": null}', b'{"q": "x", "more": 1}'])
def test_small_liberties_are_taken_well(raw):
    assert read_line(raw).q == "x"


def test_a_number_may_name_a_chat():
    assert read_line(b'{"q": "x", "chat": 7}').chat == "7"


@pytest.mark.parametrize(
    ("written", "hour"),
    [("2021-02-01T09:00", 9), ("2021-02-01T00:00Z", 9), ("2021-02-01T09:00:00.000+09:00", 9), ("2021-02-01", 0), ("2021-02-01 09:30", 9)],
)
def test_times_without_an_offset_are_seouls_and_z_is_understood(written, hour):
    now = read_line(json.dumps({"q": "x", "now": written}).encode()).now

    assert (now.utcoffset(), now.date(), now.hour) == (dt.timedelta(hours=9), dt.date(2021, 2, 1), hour)


def test_the_clock_is_used_without_now(engine):
    old = dt.datetime(2021, 2, 1, tzinfo=SEOUL)

    young, aged = (json.loads(next(answer_lines(engine, [b'{"q": "CCTV"}'], lambda y=y: old.replace(year=y)))) for y in (2021, 2024))

    assert "3년" not in young["text"]
    assert "3년" in aged["text"]


def test_output_is_one_line_of_valid_utf8_whatever_is_in_it(engine):
    value = {"q": "a\ud800b\u2028\x85\n😀"}

    line = dump(value)

    assert "\\ud800" in line
    assert len(line.splitlines()) == 1
    assert json.loads(line.encode("utf-8")) == value


def test_a_fault_of_the_engine_costs_one_line_only(engine):
    class Broken:
        def reply(self, message, state, now):
            if message == "bad":
                raise KeyError(message)
            return engine.reply(message, state, now)

    bad, good = ask_all(Broken(), {"q": "bad"}, {"q": "안녕"})

    assert bad == {"error": "internal error: KeyError"}
    assert good["kind"] == "chitchat"


def test_bad_line_is_a_value_error():
    with pytest.raises(BadLine, match="not JSON"):
        read_line(b"{")

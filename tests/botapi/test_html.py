"""Telegram's HTML: what it takes, what it refuses, and in which units it counts."""

from __future__ import annotations

import pytest

from .html import BadHtml, is_url, parse, trimmed, utf16_length


def kinds(source: str) -> list[tuple[str, int, int]]:
    return [(entity["type"], entity["offset"], entity["length"]) for entity in parse(source)[1]]


@pytest.mark.parametrize(
    ("tag", "kind"),
    [("b", "bold"), ("strong", "bold"), ("i", "italic"), ("em", "italic"), ("u", "underline"), ("ins", "underline")]
    + [("s", "strikethrough"), ("strike", "strikethrough"), ("del", "strikethrough"), ("tg-spoiler", "spoiler")]
    + [("code", "code"), ("pre", "pre"), ("blockquote", "blockquote"), ("B", "bold")],
)
def test_a_tag_becomes_its_entity(tag, kind):
    assert parse(f"가<{tag}>나다</{tag}>라") == ("가나다라", [{"type": kind, "offset": 1, "length": 2}])


@pytest.mark.parametrize(
    ("source", "entity"),
    [
        ('<span class="tg-spoiler">x</span>', {"type": "spoiler"}),
        ('<a href="https://a.kr/?x=1&amp;y=2">x</a>', {"type": "text_link", "url": "https://a.kr/?x=1&y=2"}),
        ("<a href='tg://user?id=1'>x</a>", {"type": "text_link", "url": "tg://user?id=1"}),
        ('<tg-emoji emoji-id="53">x</tg-emoji>', {"type": "custom_emoji", "custom_emoji_id": "53"}),
        ("<blockquote expandable>x</blockquote>", {"type": "expandable_blockquote"}),
        ('<pre><code class="language-python">x</code></pre>', {"type": "pre", "language": "python"}),
        ('<code class="language-python">x</code>', {"type": "code"}),
    ],
)
def test_an_attribute_goes_into_the_entity(source, entity):
    assert parse(source) == ("x", [{"offset": 0, "length": 1, **entity}])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("용산 <p>x</p>", 'Unsupported start tag "p" at byte offset 7'),
        ("a <br/> b", 'Unsupported start tag "br/" at byte offset 2'),
        ("1 < 2 > 0", 'Unsupported start tag "" at byte offset 2'),
        ("나는 <3", "Unclosed start tag at byte offset 7"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=a/b>y</a>", "Unexpected end of name token at byte offset 8"),
    ],
)
def test_refuses_in_telegrams_words(source, words):
    with pytest.raises(BadHtml) as caught:
        parse(source)

    assert str(caught.value) == words


def test_only_four_names_and_numbers_are_entities():
    assert parse("&lt;&gt;&amp;&quot;&#44032;&#xAC01; &nbsp; &apos; & &#0; &#x110000;")[0] == '<>&"가각 &nbsp; &apos; & &#0; &#x110000;'


def test_offsets_count_utf16_units():
    assert kinds("👍<b>👍가</b>") == [("bold", 2, 3)]
    assert utf16_length("👍가a") == 4


def test_nested_entities_come_outer_first():
    assert kinds("<b>가<i>나</i></b>") == [("bold", 0, 2), ("italic", 1, 1)]


def test_an_empty_entity_and_a_link_to_nowhere_are_left_out():
    assert kinds("<b></b>x") == []
    assert kinds('<a href="nowhere">x</a>') == []


def test_white_space_around_is_cut_and_entities_move_along():
    assert trimmed(*parse("\n<b> 가 </b>")) == ("가", [{"type": "bold", "offset": 0, "length": 1}])


@pytest.mark.parametrize(
    ("text", "taken"),
    [("https://yongsan.go.kr/a?b#c", True), ("yongsan.go.kr", True), ("http://localhost:80/", False), ("tel:02", True), ("아무", False)]
    + [("https://용산.한국/가", True), ("https://www.yongsan.go.kr:8080/x", True)],
)
def test_what_is_a_link(text, taken):
    assert is_url(text) is taken

import re
from html.parser import HTMLParser

import pytest

from bot.dialogue import Reply
from bot.dialogue.policy import Thresholds
from bot.evaluation.page import Words
from bot.evaluation.page.render import IN_FULL, render
from bot.evaluation.report import Report
from bot.evaluation.robustness import Measured, Robustness
from bot.evaluation.seen import Seen
from bot.evaluation.suites import Ask, Case
from bot.evaluation.sweep import AtThreshold
from bot.evaluation.tallies import Tally
from bot.evaluation.verdicts import Outcome

WORDS = Words({"bell": "안전비상벨"}, {"how_many": "몇 개"}, {"full": "이름이 모두 나옴"}, {"unsure": "확신이 모자라요."}, {"answer": "답"})
SWEPT = tuple(AtThreshold(n / 10, 0.1, n / 20, 0.5 - n / 20) for n in range(1, 10))
SEEN = Seen(
    "비상벨 몇개", ("비상벨",), ("강남구",), ("how_many",), (("full", 1.0, 2.5), ("lone", 1.0, -0.7)), (("bell", 0.91, "비상벨 몇 개"),), "unsure"
)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&</details>{{ 7 * 7 }}"
NOISE = Robustness(3, Measured("", None, Tally(10, {"resolved": 10})), (Measured("mixed", 0.1, Tally(10, {"resolved": 8, "missed": 2})),))


def outcome(name="a", q="비상벨 몇 개", verdict="wrong", body="223개소예요.", style="polite", suite="s", must=(("129",),), seen=SEEN, **more):
    ask = Ask(q, "answer", must)
    marks = {"is_urgent": False, "urgent_false": False, "premise": False, "confirmed": False, **more}
    reply = Reply("answer", body, "ko", topics=("bell",), confidence=0.9)
    case = Case(name, "single", style, "bell", (ask,), 1)
    return Outcome(
        suite=suite, case=case, turn=0, ask=ask, slot="answer", verdict=verdict, reply=reply, elapsed_ms=1.0, right=verdict == "resolved", seen=seen,
        **marks,
    )  # fmt: skip


def page(*outcomes, noise=None):
    return render(Report(("s",), "v1", outcomes, noise), SWEPT, Thresholds(), WORDS)


class Tags(HTMLParser):
    """What stands in a page: tags with their attributes, and whether every one that opens is closed."""

    VOID = frozenset("meta br img input hr link".split())

    def __init__(self, text):
        super().__init__()
        self.found, self.open, self.crossed = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


def test_html_in_a_question_or_a_reply_is_only_text():
    plain, hostile = (
        Tags(page(outcome("a", text, body=text, style=text, suite=text, must=((text,),), seen=Seen(text, (text,), (text,), (text,), (), (), text))))
        for text in ("x", HOSTILE)
    )

    assert [tag for tag, _ in hostile.found] == [tag for tag, _ in plain.found]
    assert not [name for _, attributes in hostile.found for name in attributes if name.startswith("on")]
    assert "49" not in page(outcome(q=HOSTILE)).split("<summary>")[1].split("</summary>")[0]


def test_every_tag_is_closed_in_order():
    tags = Tags(page(outcome(), outcome("b", verdict="resolved"), noise=NOISE))

    assert not tags.open
    assert not tags.crossed


def test_the_page_needs_nothing_besides_itself():
    text = page(outcome(), noise=NOISE)

    addresses = [value for _, attributes in Tags(text).found for name, value in attributes.items() if name in ("src", "href", "xlink:href", "action")]
    assert all(address.startswith("#") for address in addresses)
    assert not re.findall(r"@import|url\((?!#)", text)
    assert "default-src 'none'" in text


def test_a_failure_is_shown_with_all_its_evidence():
    text = page(outcome())

    for part in (
        "비상벨 몇 개",
        "223개소예요.",
        "129",
        "강남구",
        "안전비상벨",
        "이름이 모두 나옴 +2.5",
        "lone -0.7",
        "몇 개",
        "확신이 모자라요.",
        "0.91",
        "90.0%",
    ):
        assert part in text


def test_what_went_well_is_counted_and_not_listed():
    text = page(outcome(verdict="resolved", q="이 글은 나오지 않음"))

    assert "이 글은 나오지 않음" not in text
    assert "100.0%" in text


def test_what_misleads_comes_first():
    text = page(outcome("a", "갑", "missed"), outcome("b", "을", "wrong"), outcome("c", "병", "resolved", urgent_false=True))

    assert text.index("병</summary>") < text.index("을</summary>") < text.index("갑</summary>")


def test_failures_can_be_told_apart_by_verdict_style_and_suite():
    text = page(outcome(), outcome("b", style="typo", suite="t", verdict="missed"))

    rows = [attributes for tag, attributes in Tags(text).found if tag == "details"]
    assert [(row["data-v"], row["data-s"], row["data-f"]) for row in rows] == [("wrong", "polite", "s"), ("missed", "typo", "t")]
    assert {attributes["name"] for tag, attributes in Tags(text).found if tag in ("select", "input")} == {"verdict", "style", "suite", "text"}


def test_every_plot_has_a_table_beside_it_and_its_text_is_text():
    text = page(outcome(), noise=NOISE)

    sections = [part for part in text.split("<section")[1:] if "<svg" in part]
    assert len(sections) == 5
    assert all("<table>" in part and "<text" in part for part in sections)
    assert "<font-face" not in text
    assert "맞게 답함" in sections[0]


def test_the_colours_are_those_of_the_style_sheet_in_dark_and_light():
    text = page(outcome(), noise=NOISE)

    used = set(re.findall(r"var\(--(\w+)\)", text))
    for part in re.findall(r":root \{.*?\}", text, flags=re.DOTALL):
        assert used <= set(re.findall(r"--(\w+):", part))
    assert "#0123" not in text


def test_no_two_elements_of_the_page_have_one_id():
    ids = [attributes["id"] for _, attributes in Tags(page(outcome(), noise=NOISE)).found if "id" in attributes]

    assert len(ids) == len(set(ids))


def test_one_report_makes_one_page_to_the_letter():
    assert page(outcome(), noise=NOISE) == page(outcome(), noise=NOISE)


def test_the_named_figure_of_the_noise_is_shown_where_it_was_measured():
    assert "−20.0점" in page(outcome(), noise=NOISE)
    assert "열 글자에 하나" not in page(outcome())


@pytest.mark.parametrize("outcomes", [(), (outcome(verdict="resolved"),)], ids=["nothing asked", "nothing failed"])
def test_a_report_without_failures_is_a_page_too(outcomes):
    assert "모든 질문에 맞게 답했어요" in page(*outcomes)


def test_a_page_of_four_thousand_failures_stays_under_two_megabytes():
    body = "생활 안전을 위해 낡은 안전비상벨을 129개소에서 교체했다는 것까지만 소식지에 실려 있어요. " * 3
    features = tuple((f"feature_{n}", 1.0, 1.0) for n in range(14))
    seen = Seen("비상벨 " * 12, ("비상벨",) * 4, ("강남구",) * 3, ("how_many",), features, (("bell", 0.91, "비상벨 몇 개 바꿨어요"),) * 3, "unsure")
    many = [
        outcome(f"case-{n}", f"우리 동네 골목에 있는 오래된 안전비상벨은 모두 몇 개나 바꿨는지 궁금해요 {n}", body=body, seen=seen)
        for n in range(4000)
    ]

    text = page(*many, noise=NOISE)

    assert len(text.encode()) < 2_000_000
    assert text.count("<details") == 4000
    assert text.count("확신에 더하고 뺀 것") == IN_FULL

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.korean.numerals import quantities


def found(text):
    return [(quantity.value, quantity.unit) for quantity in quantities(text)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("16,214명이 확진자죠?", [(16214, "명")]),
        ("2만2천 점", [(22000, "점")]),
        ("2만 2천", [(22000, "")]),
        ("22,000여 점", [(22000, "점")]),
        ("1억 2천만원", [(120_000_000, "원")]),
        ("2천5백 명", [(2500, "명")]),
        ("구천 가구 넘게", [(9000, "가구")]),
        ("이만 이천 건", [(22000, "건")]),
        ("구백칠십칠 가구", [(977, "가구")]),
        ("오백대 달았다면서요", [(500, "대")]),
        ("다섯 군데", [(5, "군데")]),
        ("열두 개", [(12, "개")]),
        ("열네개교", [(14, "개교")]),
        ("스무 곳", [(20, "곳")]),
        ("명소 백선", [(100, "선")]),
        ("300면", [(300, "면")]),
        ("12,363m를 정비", [(12363, "m")]),
        ("500대", [(500, "대")]),
        ("5개년 계획", [(5, "개년")]),
        ("3개월", [(3, "개월")]),
        ("2560㎡/s", [(2560, "㎡/s")]),
        ("코로나19 16,214명", [(16214, "명")]),
        ("2021.2.14까지", [(2021, "년"), (2, "월"), (14, "일")]),
        ("10:30에", [(10, "시"), (30, "분")]),
        ("만 65세", [(65, "세")]),
        ("상 20건, 장관상 5건", [(20, "건"), (5, "건")]),
        ("9" * 900, []),
        ("02-2199-6114", []),
        ("제2회 3번째 1호선", []),
    ],
)
def test_numbers_are_read_with_what_they_count(text, numbers):
    assert found(text) == numbers


@pytest.mark.parametrize(
    "text",
    (
        "이번|일부|한강|네|네 그럼|세대|두근|이 동네|한 번 더|한번 더|사건 사고|만일 그렇다면|육개장"
        "|오시면|열대야|한시적으로|한 일이 뭐예요|한층|사대문|구호물품|두번째|세배|천만에요|이사|오세요|구청|백일장|한 사람당|시설"
    ).split("|"),
)
def test_words_that_count_nothing_are_no_numbers(text):
    assert found(text) == []


@given(st.integers(0, 10**12), st.sampled_from(["개", "명", "곳", "대", "가구", "면", "m"]))
def test_figures_keep_their_value_with_and_without_commas(number, unit):
    assert found(f"{number:,}{unit}") == found(f"{number} {unit}") == [(number, unit)]


@given(st.integers(10, 99_999_999))
def test_sino_korean_words_keep_their_value(number):
    assert found(f"{sino(number)} 개") == ([(number, "개")] if sino(number) not in ("만일", "만이") else [])


@given(st.text(max_size=100))
def test_no_text_breaks_it(text):
    assert all(quantity.value < 10**32 for quantity in quantities(text))


def sino(number):
    """A number in Sino-Korean words."""
    high, low = divmod(number, 10_000)
    if high:
        return ("" if high == 1 else sino(high)) + "만" + (sino(low) if low else "")
    out = ""
    for place, digit in zip(["천", "백", "십", ""], f"{number:04}", strict=True):
        if digit != "0":
            out += ("" if digit == "1" and place else " 일이삼사오육칠팔구"[int(digit)]) + place
    return out


@pytest.mark.parametrize(("text", "unit"), [("연세 90인데 받나요", ""), ("3인 가구", "인"), ("90인가요", "")])
def test_what_follows_a_figure_as_an_ending_is_no_unit(text, unit):
    assert [quantity.unit for quantity in quantities(text)] == [unit]

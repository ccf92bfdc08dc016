"""Numbers as residents write them: 16,214, 2만2천, 다섯 군데, 구천 가구, five hundred."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}
_UNITS = {"십": 10, "백": 100, "천": 1000}
_NATIVE_ONES = {"한": 1, "하나": 1, "두": 2, "둘": 2, "세": 3, "셋": 3, "네": 4, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}
_NATIVE_TENS = {"열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80, "아흔": 90}
_COUNTERS = "개소|개교|가구|군데|세대|미터|킬로|프로|퍼센트|학교|자리|가지|차례|사람|개년|명|곳|대|개|건|번|집|면|원|년|월|일|권|선|층|살|세|시간|시|분|호|등|위|배|m"

_WRITTEN = re.compile(rf"(\d[\d,]*(?:\.\d+)?)\s*(만|천|백)?\s*(\d[\d,]*)?\s*(천|백)?\s*(여)?\s*({_COUNTERS}|%|㎡/s|㎡|km|[a-z]+)?")
_SINO = re.compile(rf"(?<![가-힣])([일이삼사오육칠팔구십백천만]+)\s*여?\s*({_COUNTERS})")
_NATIVE = re.compile(
    rf"(?<![가-힣])({'|'.join(_NATIVE_TENS)})?({'|'.join(sorted(_NATIVE_ONES, key=len, reverse=True))})?\s*({_COUNTERS})(?![가-힣]*째)"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: its value, the word that counts, and how it was written."""

    value: float
    unit: str
    written: str


def quantities(text: str) -> list[Quantity]:
    """Every number of a normalised text, in order."""
    found = []
    for match in _WRITTEN.finditer(text):
        value = float(match[1].replace(",", ""))
        value *= {"만": 10_000, "천": 1_000, "백": 100}.get(match[2] or "", 1)
        if match[2] and match[3]:
            value += float(match[3].replace(",", "")) * {"천": 1_000, "백": 100}.get(match[4] or "", 1)
        found.append((match.start(), Quantity(value, match[6] or "", match[0].strip())))
    for match in _SINO.finditer(text):
        value = _sino(match[1])
        if value > 1 and not (match[1] == "이" or match[1] == "일"):
            found.append((match.start(), Quantity(value, match[2], match[0].strip())))
    for match in _NATIVE.finditer(text):
        if match[1] or match[2]:
            value = _NATIVE_TENS.get(match[1] or "", 0) + _NATIVE_ONES.get(match[2] or "", 0)
            found.append((match.start(), Quantity(value, match[3], match[0].strip())))
    return [quantity for _, quantity in sorted(found, key=lambda one: one[0])]


def _sino(text: str) -> float:
    total, section, digit = 0, 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit = 0
        else:  # 만
            total += (section + digit or 1) * 10_000
            section = digit = 0
    return total + section + digit

"""Numbers as residents write them: 16,214, 2만2천, 다섯 군데, 구천 가구.

Figures are numbers wherever they stand; words only where they count something, since 이번, 세대, 사건 and 만일 count nothing.
Dates and times give their parts (2021.2.14 is 2021 년, 2 월, 14 일); telephone numbers and names such as 코로나19 give none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}
_UNITS = {"십": 10, "백": 100, "천": 1000}
_MYRIADS = {"만": 10_000, "억": 100_000_000}
_NATIVE_ONES = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}
_NATIVE_TENS = {"열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80, "아흔": 90}


def _longest_first(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


# What figures, Sino-Korean words (오백 대) and native ones (다섯 대) count.
_BOTH = "개 개소 개교 곳 대 명 건 가구 세대 학교 배 번 권 채 점 장 살 집"
_SINO_ONLY = "개년 개월 개국 년 월 일 주 주일 회 차 세 층 호 호선 등 위 분 시간 시 원 면 선 미터 킬로 킬로미터 프로 퍼센트 평 동 인 학년"
_NATIVE_ONLY = "군데 사람 가지 자리 차례 시 시간 분 달 마리 그루"
_COUNTED = _longest_first(f"{_BOTH} {_SINO_ONLY} {_NATIVE_ONLY} 번째")
_COUNTED = _COUNTED.replace("|인|", "|인(?!데|가|지|걸|거|듯)|")  # 연세 90인데: no unit
_SINO_COUNTED = _longest_first(f"{_BOTH} {_SINO_ONLY} 군데 사람 가지 자리")
_NATIVE_COUNTED = _longest_first(f"{_BOTH} {_NATIVE_ONLY}")

_DATE = re.compile(r"(?<![\d.])((?:19|20)\d\d)\s?[.\-/]\s?(\d{1,2})(?!\d)(?:\s?[.\-/]\s?(\d{1,2})(?!\d))?|(?<!\d)(\d{1,2}):(\d\d)(?!\d)")
_PHONE = re.compile(r"(?<!\d)0\d{1,2}-\d{3,4}(?:-\d{4})?(?!\d)|(?<!\d)1\d{3}-\d{4}(?!\d)|(?<!\d)0\d{1,2}-120(?!\d)")
_FIGURES = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WRITTEN = re.compile(
    rf"(?<![\d.])(?<!코로나)(?<!코로나 )(?<![a-z])(?<![a-z]-)((?:{_FIGURES})(?:[십백천]?[만억]|[십백천])?(?:\s?\d[\d,]*(?:[십백천]?만|[십백천]))*"
    rf"(?:(?<=[만억천백])\d+)?)\s*여?\s*({_COUNTED}|%|㎡/s|㎡|m/s|(?:km|cm|mm|kg|ha|m)(?![a-z]))?"
)
_PART = re.compile(r"(\d[\d,]*(?:\.\d+)?)([십백천])?([만억])?")
_ONES = "[일이삼사오육칠팔구]"
_SECTION = f"(?:{_ONES}?천)?(?:{_ONES}?백)?(?:{_ONES}?십)?{_ONES}?"
# Behind the word that counts: the end, or what may follow a noun. 오백대 예산 counts, 사건 처리 and 열대야 do not.
_BEHIND = (
    r"(?=$|[^가-힣]|(?:은|는|이|가|을|를|도|만|나|이나|씩|쯤|정도|예|이에|에|인|의|로|으로|랑|이랑|와|과|라|이라|밖|까지|부터|뿐|였|이었|입|임|맞|요|"
    r"중|째|짜리|이상|이하|넘|설치|달|있|했|된|됐|늘|점검|정비|구축)[가-힣]*(?:[^가-힣]|$))"
)
_NUMERAL = f"(?:{_SECTION}억)?(?:{_SECTION}만(?: (?={_ONES}?[천백십]))?)?{_SECTION}"
_SINO = re.compile(rf"(?<![가-힣\d])(?=[일이삼사오육칠팔구십백천만억])({_NUMERAL})(\s*)여?\s*({_SINO_COUNTED}){_BEHIND}")
_NATIVE = re.compile(rf"(?<![가-힣])({'|'.join(_NATIVE_TENS)})?({'|'.join(_NATIVE_ONES)})?(\s*)({_NATIVE_COUNTED})(?!\s*째){_BEHIND}")
# "하나의", not a count: 한 번 더, 한 사람당, 한 곳도, 한 가지 물어볼게요.
_INDEFINITE = re.compile(r"(?:번|가지|집|사람|배|분|자리|시간|달|살|시)|.*?\s*(?:더|도|씩|당)$")
_ORDINALS = frozenset("번째 호선 차 학년 동".split())
_MOST_DIGITS = 15
_SINGLE_COUNTED = frozenset("개 개소 명 건 가구 원 선".split())
# One syllable before a counter without a space: other words nearly always.
_OTHER_WORDS = frozenset("세대 세배 세시 세집 세장 세점 네집 네번 열대 열집 한대 한시 한살 한집 한달 한번 한배 한장 한점 두건 두점".split())
_NOT_NUMBERS = frozenset("만일 만이".split())


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: its value, the word that counts, and how it was written."""

    value: float
    unit: str
    written: str


def quantities(text: str) -> list[Quantity]:
    """Every number of a normalised text, in order."""
    found: list[tuple[int, Quantity]] = []
    if any(map(str.isdigit, text)):
        text = _take_dates(text, found)
        for match in _WRITTEN.finditer(text):
            if _is_count(match, text):
                found.append((match.start(), Quantity(_written(match[1]), match[2] or "", match[0].strip())))
            text = text[: match.start()] + "\0" * len(match[0]) + text[match.end() :]
    for match in _SINO.finditer(text):
        value = _sino(match[1].replace(" ", ""))
        if value and _counts(match[1], match[2], match[3]):
            found.append((match.start(), Quantity(value, match[3], match[0].strip())))
    for match in _NATIVE.finditer(text):
        if (match[1] or match[2]) and _counts_natively(match, text):
            value = _NATIVE_TENS.get(match[1] or "", 0) + _NATIVE_ONES.get(match[2] or "", 0)
            found.append((match.start(), Quantity(value, match[4], match[0].strip())))
    return [quantity for _, quantity in sorted(found, key=lambda one: one[0])]


def _take_dates(text: str, found: list[tuple[int, Quantity]]) -> str:
    """Puts dates and times among the found; the text without them and without telephone numbers, as long as before."""
    text = _PHONE.sub(lambda match: "\0" * len(match[0]), text)
    for match in _DATE.finditer(text):
        for group, unit in enumerate(("년", "월", "일", "시", "분"), start=1):
            if match[group]:
                found.append((match.start(group), Quantity(float(match[group]), unit, match[group])))
    return _DATE.sub(lambda match: "\0" * len(match[0]), text)


def _is_count(match: re.Match[str], text: str) -> bool:
    """Whether the figure tells how many: 1호선, 2번째 and 제3회 are names, and what has more digits than money is none."""
    ordinal = match[2] in _ORDINALS or text[: match.start()].endswith("제")
    return not ordinal and max(map(len, re.split(r"\D", match[1]))) <= _MOST_DIGITS


def _written(text: str) -> float:
    """2만2천, 1억 2천만, 16,214: the sum of its parts, each number times its units."""
    total = 0.0
    for number, unit, myriad in _PART.findall(text):
        total += float(number.replace(",", "")) * _UNITS.get(unit, 1) * _MYRIADS.get(myriad, 1)
    return total


def _counts(word: str, gap: str, counter: str) -> bool:
    """Whether the Sino-Korean word before the counter is a number."""
    if word in _NOT_NUMBERS or word + gap + counter == "백일장":
        return False
    if len(word) > 1:
        return True
    if word in _DIGITS:
        return False if not gap else word not in "이일" and counter not in ("시", "대", "동", "장", "점", "주", "차", "회", "인", "선")
    return counter in _SINGLE_COUNTED


def _counts_natively(match: re.Match[str], text: str) -> bool:
    tens, ones, gap, counter = match.groups()
    if not gap and (ones or tens) + counter in _OTHER_WORDS and not (tens and ones):
        return False
    if ones == "네" and not tens and counter in ("집", "번"):
        return False
    if ones == "한" and not tens:
        return not _INDEFINITE.fullmatch(counter + (re.match(r"\s*(?:더|도|씩|당)?", text[match.end() :]) or [""])[0])
    return True


def _sino(text: str) -> float:
    total, section, digit = 0, 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            total += (section + digit or 1) * _MYRIADS[char]
            section = digit = 0
    return total + section + digit

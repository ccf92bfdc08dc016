"""Numbers that a resident picks from a list with: "2", "2번 어떻게 신청해요", "두번째 거", "1번이랑 3번"."""

from __future__ import annotations

import re

LAST = 10_000  # "the last one", whatever its number
_ORDINALS = {"마지막": LAST, "첫": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8}
_PICK = re.compile(
    r"^(?:(\d{1,2})(?:\s*번째|\s*번|\s*(?=[.!?)]*$))|(첫|두|세|네|다섯|여섯|일곱|여덟)\s*번째|(마지막)(?:\s*번째|\s*번)?(?=\s*(?:거|것|게|건|꺼|은|는|요|$))|(?:number|no\.?|option|#)\s*(\d{1,2})\b)\s*"
    r"(?:거|것|게|걸|꺼)?\s*(?:은|는|이|가|을|를|요|이요|으로|로|에 대해|에)?[\s.!?)]*"
)
_SEVERAL = re.compile(
    r"(?:\d{1,2}\s*번?\s*(?:,|하고|이랑|랑|과|와|및|and|&|\+|\s|(?<=번))\s*)+\d{1,2}(?:\s*번|(?![\d.가-힣]))\s*(?:이요|이랑|하고|요|은|는|을|를|도)?\s*"
)


def several_picked(text: str) -> tuple[tuple[int, ...], str]:
    """(the numbers, the rest) of "1번 2번 둘 다", "1, 3"; none where fewer than two lead."""
    match = _SEVERAL.match(text)
    return (tuple(dict.fromkeys(map(int, re.findall(r"\d+", match[0])))), text[match.end() :].strip()) if match else ((), "")


def picked(text: str) -> tuple[int | None, str]:
    """(number, the rest of the message) of "2", "2번 어떻게 신청해요", "두번째 거"; (None, "") where no number leads."""
    match = _PICK.match(text)
    if not match:
        return None, ""
    digits = match[1] or match[4]
    return int(digits) if digits else _ORDINALS[match[2] or match[3]], text[match.end() :].strip()

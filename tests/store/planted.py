"""Messages of residents with an invented personal number in each, to hunt for where none may be kept.

Promises: the same seed gives the same messages; no number is anybody's. Mobile and land-line numbers have exchanges that begin
with 0, resident numbers a month above 12, cards and accounts begin with 00, e-mail is at example.com.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

QUESTIONS = (
    "장수축하금 얼마예요 연락처는 {}",
    "{} 로 알려주세요 보안등 몇 개 바꿨어요?",
    "그늘막 어디에 있나요? 제 거는 {}입니다",
    "안심학교가 뭐예요 ({}) 답 부탁드려요",
    "저는 주민인데요, {}, 청년 지원도 있나요",
    "도담도담 이용 문의 {}",
    "선별진료소 언제까지 해요\n{}",
    "{}",
)
SPELT = ("공일이삼사오육칠팔구", "영일이삼사오육칠팔구")
HYPHENS = "-‐‑‒–—―−ー－~·."
PLATE_LETTERS = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허"
LEAST_DIGITS = 7  # fewer may turn up in a time or an id by chance


@dataclass(frozen=True, slots=True)
class Planted:
    """One message with a personal number in it.

    kind     what the number is: phone, landline, resident, card, account, licence, business, passport, plate, email, handle,
             account_name, profile, password
    text     the message
    secrets  what may be found nowhere afterwards: the number as typed, in plain characters, and its digits alone
    """

    kind: str
    text: str
    secrets: tuple[str, ...]


def planted(seed: int, count: int) -> list[Planted]:
    """So many messages, of random kinds and spellings."""
    source = random.Random(seed)
    return [_one(source) for _ in range(count)]


def _one(source: random.Random) -> Planted:
    kind = source.choice(list(KINDS))
    parts = KINDS[kind](source)
    if kind in SPELLABLE:
        typed = source.choice(SPELLINGS)(parts, source)
        digits = "".join(parts)
    else:
        typed = "".join(parts)
        digits = "".join(char for char in typed if char.isdigit())
    text = source.choice(QUESTIONS).format(typed)
    if source.random() < 0.1:
        typed, text = unicodedata.normalize("NFD", typed), unicodedata.normalize("NFD", text)
    plain = unicodedata.normalize("NFKC", typed)
    secrets = (typed, plain, plain.lower(), *([digits] if len(digits) >= LEAST_DIGITS else []))
    return Planted(kind, text, tuple(dict.fromkeys(secrets)))


def _figures(source: random.Random, count: int) -> str:
    return "".join(source.choice("0123456789") for _ in range(count))


def _word(source: random.Random) -> str:
    return source.choice("abcdefghkmnprstuvw") + "".join(source.choice("abcdefghkmnprstuvw0123456789_") for _ in range(source.randint(5, 10)))


def _phone(source: random.Random) -> list[str]:
    return [source.choice(("010", "010", "010", "011", "016", "070", "0507")), "0" + _figures(source, 3), _figures(source, 4)]


def _landline(source: random.Random) -> list[str]:
    return [source.choice(("02", "031", "032", "051")), "0" + _figures(source, source.randint(2, 3)), _figures(source, 4)]


def _resident(source: random.Random) -> list[str]:
    return [f"{_figures(source, 2)}{source.randint(40, 99)}{source.randint(10, 28)}", source.choice("12345678") + _figures(source, 6)]


def _licence(source: random.Random) -> list[str]:
    return [str(source.randint(11, 28)), _figures(source, 2), _figures(source, 6), _figures(source, 2)]


def _passport(source: random.Random) -> list[str]:
    letter = source.choice("MSRODGmsr")
    return [letter, _figures(source, 8)] if source.random() < 0.5 else [letter, _figures(source, 3), source.choice("ABCDEFab"), _figures(source, 4)]


def _plate(source: random.Random) -> list[str]:
    gap = source.choice(("", " "))
    region = source.choice(("", "", "서울", "경기 "))
    return [region, _figures(source, source.randint(2, 3)), source.choice(PLATE_LETTERS), gap, _figures(source, 4)]


def _email(source: random.Random) -> list[str]:
    return [_word(source), source.choice(("@", " @ ", "골뱅이", " 골뱅이 ", "(at)", "＠")), "example", source.choice((".com", " . com", ".co.kr"))]


def _handle(source: random.Random) -> list[str]:
    return ["@", _word(source)]


KINDS: dict[str, Callable[[random.Random], list[str]]] = {
    "phone": _phone,
    "landline": _landline,
    "resident": _resident,
    "card": lambda source: ["00" + _figures(source, 2), *(_figures(source, 4) for _ in range(3))],
    "account": lambda source: ["00" + _figures(source, source.randint(1, 2)), _figures(source, source.randint(2, 3)), _figures(source, 6)],
    "licence": _licence,
    "business": lambda source: [_figures(source, 3), "0" + _figures(source, 1), _figures(source, 5)],
    "passport": _passport,
    "plate": _plate,
    "email": _email,
    "handle": _handle,
    "account_name": lambda source: [source.choice(("카톡 ", "텔레그램 ", "인스타 ", "카톡 아이디 ")), _word(source) + _figures(source, 2)],
    "profile": lambda source: [source.choice(("t.me/", "https://t.me/", "instagram.com/", "open.kakao.com/o/")), _word(source)],
    "password": lambda source: [source.choice(("비번 ", "비밀번호는 ", "현관 비번 #")), _word(source) + _figures(source, 4)],
}
SPELLABLE = frozenset("phone landline resident card account licence business".split())


def _hyphened(parts: list[str], source: random.Random) -> str:
    return source.choice(HYPHENS).join(parts)


def _full_width(parts: list[str], source: random.Random) -> str:
    return "－".join(parts).translate({ord("0") + figure: 0xFF10 + figure for figure in range(10)})


def _spelt(parts: list[str], source: random.Random) -> str:
    return source.choice((" ", "", "-", "에 ")).join(parts).translate({ord("0") + n: word for n, word in enumerate(source.choice(SPELT))})


def _letter_by_letter(parts: list[str], source: random.Random) -> str:
    return source.choice((" ", ".", "\u200b", "\u2060")).join("".join(parts))


SPELLINGS: tuple[Callable[[list[str], random.Random], str], ...] = (
    _hyphened,
    _hyphened,
    lambda parts, source: "".join(parts),
    lambda parts, source: " ".join(parts),
    lambda parts, source: " - ".join(parts),
    lambda parts, source: source.choice("=+#;^:").join(parts) if parts[0] == "010" else "-".join(parts),
    _full_width,
    _spelt,
    _letter_by_letter,
)

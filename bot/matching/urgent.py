"""Tells whether a message must not wait, by the signs staff wrote in intents/urgent.yaml.

Promises: pure; spaces, marks and common misspelt finals do not count; an ordinary question costs a few microseconds.
A sign's parts stand anywhere in the message. A general figure of speech ("더워 죽겠") is cut out of the message, so
that danger named beside it still counts; an entry's own `unless` silences that entry and no other, and its `yields`
lets a later entry go before it.
What is said to the resident is the entry's reply; nothing is worded here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.content.fields import Phrases
from bot.content.model import Urgent
from bot.korean.jamo import BASE, LAST, TAILS

# Finals that sound alike in casual spelling: 죽고십다, 숨엇어, 쫒아와, 의식이 업어요.
_FINALS = {"ㄲ": "ㄱ", "ㄶ": "ㄴ", "ㅀ": "ㄹ", "ㅄ": "ㅂ", "ㅍ": "ㅂ", "ㅆ": "ㅅ", "ㅊ": "ㅈ"}
_BY_SOUND = {
    code: code + TAILS.index(_FINALS[tail]) - TAILS.index(tail) for code in range(BASE, LAST + 1) if (tail := TAILS[(code - BASE) % 28]) in _FINALS
}

_NO_WORD = re.compile(r"[^a-z0-9가-힣]+")
_BESIDE_HANGUL = re.compile(r"(?<=[가-힣]) | (?=[가-힣])")
_LATIN = re.compile(r"[a-z]")
_WRITTEN_TOGETHER = re.compile(r"[a-z]{17,}")  # hardly a word of English: "someoneisfollowingme"
_GAP = ".{0,4}"  # between the parts of a figure of speech: 더워(서 진짜) 죽겠
_CUT = "|"  # stands in no sign: what was parted by a figure of speech does not grow together


@dataclass(frozen=True, slots=True)
class _Rule:
    """One sign, or one `unless` or `yields`, of one entry.

    entry   its place in the order of precedence
    kind    which of the three
    whole   the bits of all its parts
    """

    entry: int
    kind: str
    whole: int


@dataclass(frozen=True, slots=True)
class _Term:
    """One alternative of a part, as it stands in a plain text, and the (rule, bit) pairs it serves.

    is_latin  whether it must begin at the beginning of a word
    is_open   whether a Latin word may go on behind it
    """

    text: str
    is_latin: bool
    is_open: bool
    serves: tuple[tuple[int, int], ...]

    def stands_at(self, text: str, start: int) -> bool:
        if not text.startswith(self.text, start):
            return False
        if not self.is_latin:
            return True
        end = start + len(self.text)
        begins = start == 0 or not _LATIN.match(text[start - 1])
        return begins and (self.is_open or end == len(text) or not _LATIN.match(text[end]))


class UrgentSigns:
    """The signs of all entries, compiled once.

    urgent  in order of precedence: of two entries whose signs stand in a message the earlier is found
    unless  general figures of speech; their parts stand in this order and close together
    """

    def __init__(self, urgent: tuple[Urgent, ...], unless: Phrases) -> None:
        self._urgent = urgent
        self._rules, terms = _compile(urgent)
        self._together = tuple((term.text.replace(" ", ""), term) for term in terms if term.is_latin and len(term.text) > 4)
        self._terms: dict[str, tuple[_Term, ...]] = {}
        for term in terms:
            key = term.text[:2]
            self._terms[key] = (*self._terms.get(key, ()), term)
        self._single = tuple(term for term in terms if len(term.text) == 1)  # rare: the keys above are two characters long
        self._telling = self._find_telling(terms)
        self._telling_single = tuple(term.text for key, found in self._telling.items() if len(key) == 1 for term in found)
        self._unless = unless

    @cached_property
    def _figures(self) -> re.Pattern[str] | None:
        return _figures(self._unless.all)  # compiled where the first sign is found: it takes long, and most are asked nothing urgent

    def prepare(self) -> None:
        """Compiles what is else compiled where the first sign is found."""
        _ = self._figures

    def find(self, text: str) -> Urgent | None:
        """The entry that the normalised text is a case of, or None."""
        plain = _plain(text)
        if not self._may_tell(plain):
            return None
        # Figures of speech are looked for only where a sign was found: hardly any question comes so far.
        if self._first(plain) is None:
            return None
        entry = self._first(self._figures.sub(_CUT, plain)) if self._figures else self._first(plain)
        return None if entry is None else self._urgent[entry]

    def _find_telling(self, terms: Iterable[_Term]) -> dict[str, tuple[_Term, ...]]:
        """Of every sign the part that hardly stands in an ordinary message, by the first letters of its alternatives."""
        lengths: dict[tuple[int, int], list[int]] = {}
        for term in terms:
            for part in term.serves:
                lengths.setdefault(part, []).append(len(term.text))
        best: dict[int, tuple[int, int, int]] = {}  # of each rule the part whose alternatives are long and few
        for (rule, bit), found in lengths.items():
            best[rule] = max(best.get(rule, (0, 0, 0)), (min(found), -len(found), bit))
        telling: dict[str, tuple[_Term, ...]] = {}
        for term in terms:
            if any(self._rules[rule].kind == "signs" and best[rule][2] == bit for rule, bit in term.serves):
                telling[term.text[:2]] = (*telling.get(term.text[:2], ()), term)
        return telling

    def _may_tell(self, plain: str) -> bool:
        """Whether a sign may stand in the text: a quick look, since hardly any message holds one."""
        for start in range(len(plain)):
            for term in self._telling.get(plain[start : start + 2], ()):
                if term.stands_at(plain, start):
                    return True
        return any(letter in plain for letter in self._telling_single) or _WRITTEN_TOGETHER.search(plain) is not None

    def _first(self, plain: str) -> int | None:
        met: dict[int, int] = {}
        for term in self._standing(plain):
            for rule, bit in term.serves:
                met[rule] = met.get(rule, 0) | bit
        stand: dict[str, set[int]] = {"signs": set(), "unless": set(), "yields": set()}
        for number, bits in met.items():
            rule_met = self._rules[number]
            if bits == rule_met.whole:
                stand[rule_met.kind].add(rule_met.entry)
        found = stand["signs"] - stand["unless"]
        return min(found - stand["yields"] or found, default=None)

    def _standing(self, plain: str) -> Iterator[_Term]:
        terms = self._terms
        for start in range(len(plain)):
            for term in terms.get(plain[start : start + 2], ()):
                if term.stands_at(plain, start):
                    yield term
        for term in self._single:
            if term.text in plain:
                yield term
        if _WRITTEN_TOGETHER.search(plain):
            yield from (term for joined, term in self._together if joined in plain)


def _plain(text: str) -> str:
    """Finals by sound, no marks; of the spaces only those between two Latin words or numbers stay."""
    text = _NO_WORD.sub(" ", text.translate(_BY_SOUND).replace("'", "")).strip()
    return _BESIDE_HANGUL.sub("", text) if _LATIN.search(text) else text.replace(" ", "")


def _parts(phrase: str) -> list[list[str]]:
    """The alternatives of every part of a sign: "칼/흉기 + 들고" is [[칼, 흉기], [들고]]."""
    parts = [[_alternative(one) for one in part.split("/")] for part in phrase.split("+")]
    return [[one for one in part if one] for part in parts if any(part)]


def _alternative(written: str) -> str:
    """The plain text of one alternative; a star at its end stays, and means that a Latin word may go on."""
    plain = _plain(written.lower())
    return plain + "*" if plain and written.rstrip().endswith("*") else plain


def _compile(urgent: tuple[Urgent, ...]) -> tuple[list[_Rule], list[_Term]]:
    rules: list[_Rule] = []
    serves: dict[str, list[tuple[int, int]]] = {}
    for entry, one in enumerate(urgent):
        for kind, phrases in (("signs", one.signs), ("unless", one.unless), ("yields", one.yields)):
            for parts in filter(None, map(_parts, phrases.all)):
                for place, part in enumerate(parts):
                    for text in dict.fromkeys(part):
                        serves.setdefault(text, []).append((len(rules), 1 << place))
                rules.append(_Rule(entry, kind, (1 << len(parts)) - 1))
    return rules, [_term(text, pairs) for text, pairs in serves.items()]


def _term(text: str, serves: list[tuple[int, int]]) -> _Term:
    bare = text.rstrip("*")
    return _Term(bare, bool(_LATIN.match(bare)), bare != text, tuple(serves))


def _figures(phrases: Iterable[str]) -> re.Pattern[str] | None:
    patterns = [_GAP.join("(?:" + "|".join(map(_figure_part, part)) + ")" for part in parts) for parts in map(_parts, phrases) if parts]
    return re.compile("|".join(patterns)) if patterns else None


def _figure_part(text: str) -> str:
    bare = text.rstrip("*")
    if not _LATIN.match(bare):
        return re.escape(bare)
    return r"(?<![a-z])" + re.escape(bare) + ("" if bare != text else r"(?![a-z])")

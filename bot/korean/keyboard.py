"""Korean typed on an English keyboard (ehekaehekadl anjdPdy?), told from English and read as Korean.

Every word in Latin letters gets a score: how much sooner its letter pairs are met in typed Korean than in English, and
whether it reads as whole, ordinary syllables. Its neighbours weigh in, so that "so" is 내 among Korean and so in English.
What is doubtful stays as it is: a wrong decoding hides the question, a missing one only leaves it unanswered.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from bot.korean.jamo import from_keys, is_jamo, is_syllable

# Rows: the letter before ("^" opens a word). Columns: a to z, then the end of a word. E is neutral, every step towards I
# (towards A) makes typed Korean (English) e times likelier. Learnt from KoNLPy's corpora and this project's own YAML on
# one side, licences and package descriptions on the other; case is left out, so that CapsLock does no harm.
_PAIRS = {
    "^": "EADFFCFAAAAAAAAAHFDFAEFFAFE",
    "a": "GCCFGDEHAIHDAEGCGDBDFEFFAEF",
    "b": "CBFGDIGCABFADDACGFFGAGIGAEE",
    "c": "ADBGADDEAIFFGIDHECDBEEDEADD",
    "d": "CGFFBFGGCHIGHGCHIFCFFEGFGEC",
    "e": "ABACCACIAIIDFDHFAABAAADAACA",
    "f": "DFFIDEHIAHHFHEBFHEFDEHIGDGF",
    "g": "AGBHBBAFBIIEEDFECCCCEDCCEDB",
    "h": "CAHICIGBABIGAABBHGGEAFGGAGE",
    "i": "EBAGBCDFDEDBBAACEHBAEBHDFCG",
    "j": "DBCGCHGAABAAABAAHHGIADHFAFF",
    "k": "EBFGCHFAAAAAAAAAHGFGAHGHAFE",
    "l": "DAFFCHGBABAAAAAAIIGFAFHHAGE",
    "m": "DADHBIDCAEBGAAAAIGGFAFFHAFD",
    "n": "EBDEDGCBAIAGAAAEHIEDACHHABD",
    "o": "FADGGFFBABAAAAAAIEEFAEEGBDF",
    "p": "DCFHCHGAADCABBAAIDFFAGHFAGG",
    "q": "CCEHGGHICIHFFHHGGFFGBCFEBDE",
    "r": "CECFBEEIAIGGFFDGIEBDFDGGDED",
    "s": "DFDIDGHEAHGFHFDCHHCDDFHHAFE",
    "t": "BDCGCAHEAIIHGIEGICDCCEECBBD",
    "u": "DADGDGDCACAAAAAAIEFEBEHFBAF",
    "v": "ADEHAEBIAIIIHHEHGFBDHEHDHGE",
    "w": "ABDFAADEAIIHIFDIECCCFCCBEDB",
    "x": "CCAHCCFHAIHGGGGDEFFABCEBAEC",
    "y": "BCEGDGGDAFCAAAAAIFCEBEFHBDE",
    "z": "AFECADDGAIHIHGDGEDCCEECDAAB",
}
_SCORES = {
    (before, after): ord(grade) - ord("E") for before, row in _PAIRS.items() for after, grade in zip("abcdefghijklmnopqrstuvwxyz$", row, strict=True)
}

# English words that happen to read as syllables (work is 재가), and that a resident may well type.
_ENGLISH = frozenset(
    """a abc ah ai alarm also am an and as at aug author auto bot busy can city cut did didn dirty disk do doc doctor does doesn
    dog doing done dot duck due dutch eighth em end english entry euro for fork forms free girl girls go goal goals god got
    how i if in is it law me my no of oh ok on or ours pm right risk risks roof sharp she shop shows sick sir sleep
    smash snake sns so soft sorry sort sos such surf than thanks the their them then theory they throw thru thx tidy to today
    toe tutorial turn turns tv us via video videos virus we went what when which who whom whose wheel wheels why width will with woe
    work works world worn worry worth wow you your""".split()
)
# Words in Latin letters that Koreans use in Korean sentences.
LOANS = frozenset("ai app apt atm cctv covid dmz faq gps gtx ict iot it ktx led mou ott pc pcr pdf qr sns soc sos tv url usb vr wifi".split())
_LOAN = re.compile("|".join(sorted((loan for loan in LOANS if len(loan) > 2), key=len, reverse=True)))
_PARTICLES = ("rk", "dl", "sms", "dms", "fmf", "dmf", "eh", "dml", "fh", "dp", "fkd")  # 가 이 는 은 를 을 도 의 로 에 랑
_UNITS = frozenset("am cm d ft g h ha kg kl km l m mb min ml mm nd pm rd s sec st t th x".split())

_WORD = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\w+(?:\.\w+)*\.(?:kr|com|net|org)\b|([A-Za-z]+)(?:['’]([A-Za-z]{1,2})\b)?")
_ACRONYM = re.compile(r"([A-Z]{2,})([a-z][A-Za-z]*)")
_SHIFTED = "QWERTOP"  # the only keys that Shift makes another Korean letter of

_DECODE = 2  # the score from which a word is read as Korean
_REACH = 8  # the most that its neighbours add or take
_HOPELESS = -10  # by its letter pairs alone: nothing that follows would lift it
_AMONG_HANGUL = -8  # whoever writes Hangul has the Korean keyboard on
_FEWEST_KEYS = 4  # in all; "sk" or "auc" alone tells nothing
_CERTAIN = 10  # enough even so: "qnf" is 불


@dataclass(slots=True)
class _Word:
    """A word in Latin letters: where it stands, what it would say in Korean, and how likely that is."""

    start: int
    end: int
    korean: str
    score: float


def decode_keys(text: str, latin_words: Collection[str] = ()) -> str:
    """The text with what was typed on an English keyboard read as Korean; English stays.

    latin_words  lower-case words meant as Latin letters (cctv, bike). They stay, but for those of three letters at most that
                 read as syllables (so, go) among words that are all Korean
    """
    words = _words(text, latin_words)
    total = sum(word.score for word in words)
    if sum(word.end - word.start for word in words if word.score > 0) < _FEWEST_KEYS and total < _CERTAIN:
        return text
    among = _AMONG_HANGUL if any(map(is_syllable, text)) else 0
    out: list[str] = []
    done = 0
    for word in words:
        neighbours = max(-_REACH, min(_REACH, 0.75 * (total - word.score)))
        if word.score + neighbours + among > _DECODE and word.korean:
            out += (text[done : word.start], word.korean)
            done = word.end
    return "".join(out) + text[done:] if done else text


def _words(text: str, latin_words: Collection[str]) -> list[_Word]:
    found = [match for match in _WORD.finditer(text) if match[1]]
    capitals = sum(map(str.isupper, text))
    # CapsLock turns the case of every key around; telephones that write all in capitals lose it altogether.
    caps = capitals >= _FEWEST_KEYS and capitals > 2 * sum("a" <= char <= "z" for char in text)
    words = []
    for match in found:
        word, start, end = match[1], match.start(1), match.end(1)
        if match[2]:
            words.append(_Word(start, end, "", -_REACH))
        elif not (start and text[start - 1].isdigit() and word.lower() in _UNITS):
            words.append(_weigh(word.swapcase() if caps else word, start, end, caps, latin_words))
    return words


def _weigh(word: str, start: int, end: int, caps: bool, latin_words: Collection[str]) -> _Word:
    lower = word.lower()
    if lower in LOANS:
        return _Word(start, end, "", 0)
    split = _after_acronym(word, lower, latin_words)
    if split:
        korean, score = _reading(word[split:])
        return _Word(start + split, end, korean, score + 2)
    if set(lower) == {"z"} and len(lower) > 1:
        return _Word(start, end, "ㅋ" * len(lower), 3)
    korean, score = _reading(word)
    if lower in latin_words:
        weak = len(lower) <= 3 and korean and not any(map(is_jamo, korean)) and (caps or word.islower())
        return _Word(start, end, korean if weak else "", min(score, -2))
    if word.isupper() and len(word) > 1:
        return _Word(start, end, "", -2)
    return _Word(start, end, korean, score)


@lru_cache(4096)
def _reading(word: str) -> tuple[str, float]:
    """(the word in Korean, how much sooner it is that than English)."""
    lower = word.lower()
    score: float = sum(map(_SCORES.__getitem__, zip("^" + lower, lower + "$", strict=True)))
    if score < _HOPELESS and word.islower():
        return "", score
    korean = from_keys(word)
    strays = sum(map(is_jamo, korean))
    score += -4 * strays if strays else 2
    score -= 3 * sum(not is_jamo(char) and not _is_ordinary(char) for char in korean)
    if lower in _ENGLISH:
        score -= 6
    if not word.islower():
        score += sum((2 if char in _SHIFTED else -2) for char in word[1:] if char.isupper())
        score -= 4 * (word[0].isupper() and word[0] not in _SHIFTED)
    return korean, score


def _is_ordinary(syllable: str) -> bool:
    """Whether it is one of the 2,350 syllables of KS X 1001, which hold nearly all Korean in use."""
    return len(syllable.encode("euc-kr", "ignore")) == 2


def _after_acronym(word: str, lower: str, latin_words: Collection[str]) -> int:
    """Where Korean begins behind an acronym or a loan word (CCTVrk, wifisms); 0 where it does not."""
    match = _ACRONYM.fullmatch(word)
    if match:
        return match.end(1) if _is_clean(word[match.end(1) :]) else 0
    loan = _LOAN.match(lower)
    split = loan.end() if loan else 0
    if not split and lower.endswith(_PARTICLES):
        split = next((at for at in (len(word) - 3, len(word) - 2) if lower[at:] in _PARTICLES and lower[:at] in latin_words), 0)
    if not 0 < split < len(word) or not _is_clean(word[split:]):
        return 0
    return 0 if _is_clean(word) and _reading(word)[1] > 0 else split


def _is_clean(word: str) -> bool:
    """Whether its keys make whole syllables."""
    return not any(map(is_jamo, from_keys(word)))

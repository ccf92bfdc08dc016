"""Takes personal numbers out of a message before anything is kept of it.

Promises: every number, address or handle that could name or reach a person becomes MASK, however it is typed; dates, amounts,
counts and public numbers (120, 1577-1000) stay; the other text stays as typed; mask(mask(x)) == mask(x).
In doubt a long number goes: check digits are not asked, since a mistyped number is still somebody's.
Names and postal addresses are left to people: no pattern tells them from the words of a question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

MASK = "***"
_READINGS = 4

# Patterns read a shadow of the text, one plain character for each character that shows; see _fold.
_INSTEAD = {
    char: plain for plain, chars in {"-": "‐‑‒–—―−﹣ーㅡ", "~": "〜∼", ".": "·ㆍ・･‧•。․", "*": "●○◯■□", "\n": "\r"}.items() for char in chars
}
_INSTEAD |= dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"  # show nothing, though Unicode calls them letters or symbols
_UNSEEN = ("Cf", "Mn", "Me", "Cc", "Cs", "Cn", "Co")
_SHOWN = re.compile("[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|.", re.DOTALL)  # a syllable from a Mac is two or three characters
_OLD_MASK, _GONE = "\1", "\0"
_MASKED = re.compile(r"(?<!\*)\*{3}(?!\*)")
_MOBILE_IN_LETTERS = re.compile(r"(?<![A-Za-z0-9])[0oOㅇ][1lI|][0oOㅇ](?=[ .\-]{0,3}[0-9oOlI])")
_LETTER_AMID_DIGITS = re.compile(r"(?<=[0-9])[oOㅇlI](?=[ .\-]?[0-9])")

# E-mail and handles. Lengths are bounded, or a long word would be read again from each of its letters.
_LATIN = r"[^\W가-힣ㄱ-ㅣ]"
_DOT = r"(?: ?\. ?| ?[(\[]dot[)\]] ?| dot | ?(?:점|닷|쩜) ?)"
_LABEL = r"[A-Za-z0-9\-]{1,63}"
_PROVIDER = r"(?:네이버|다음|한메일|지메일|구글|카카오|네이트|핫메일|naver|daum|gmail|hanmail|kakao|nate|hotmail|example)"
_DOMAIN = rf"(?:{_LABEL}|{_PROVIDER})(?:{_DOT}(?:{_LABEL}|컴|넷)){{1,5}}"
_AT = r" {0,3}(?:@|골뱅이|앳|[(\[{<] ?(?:at|a|앳|골뱅이) ?[)\]}>]) {0,3}"
_MAIL_HOST = r"(?:naver|daum|gmail|hanmail|kakao|nate|hotmail|outlook|yahoo|icloud|example)"
# Looked for by its sign; what stands before the sign is read backwards.
_EMAIL = re.compile(
    rf"{_AT}(?:(?P<domain>{_DOMAIN})|{_PROVIDER})|@{_LABEL}| at (?:{_LABEL}(?: dot {_LABEL}){{1,4}}|{_MAIL_HOST}(?:{_DOT}{_LABEL}){{1,3}})",
    re.IGNORECASE,
)
_LATIN_BEFORE, _HANGUL_BEFORE = re.compile(rf"(?:{_LATIN}|[.%+'\-]){{1,64}}"), re.compile(r"[가-힣]{1,10}")
_HANDLE = re.compile(r"(?<![A-Za-z0-9_.@])@[A-Za-z][A-Za-z0-9_.]{4,31}")
_PROFILE = re.compile(
    r"(?<![A-Za-z0-9.\-])(?:https?://)?(?:www\.|m\.)?(?:t\.me|telegram\.me|instagram\.com|facebook\.com|fb\.com|open\.kakao\.com|line\.me|x\.com|twitter\.com)"
    r" ?/ ?[A-Za-z0-9_.~%@?=&/+\-]{1,200}",
    re.IGNORECASE,
)
_IS = r"(?:은요|는요|은|는|이|가|을|를|으로|로|에서|에)?[\s:=]{0,3}"
_NICK = r"[A-Za-z0-9_.\-]{3,31}[A-Za-z0-9_]"
_NO_NICK = r"(?!(?:channel|chatbot|account|official|story|reels|link|talk|group|open|message|token|android|page|online|login)(?![A-Za-z0-9_]))"
_ACCOUNT = re.compile(
    rf"(?:(?:카톡|카카오톡?|텔레그램|텔레|인스타그램|인스타|라인|위챗) ?(?:계정|id)|아이디){_IS}(?=[A-Za-z])({_NICK})"
    rf"|(?:카톡|카카오톡|텔레그램|텔레|인스타그램|인스타|위챗|왓츠앱|페이스북|페북|트위터){_IS}{_NO_NICK}(?=[0-9_.\-]{{0,31}}[A-Za-z])({_NICK})"
    rf"|(?:(?<![가-힣])라인|(?<![A-Za-z])(?:kakao ?talk|kakao|telegram|instagram|insta|whatsapp|wechat)(?: id)?(?: is)?){_IS}"
    rf"(?=[0-9_.\-]{{0,31}}[A-Za-z])(?=[A-Za-z.\-]{{0,31}}[0-9_])({_NICK})",
    re.IGNORECASE,
)
_TOKEN = r"(?![0-9,]{1,12}(?:년|원|명))(?=[^\sA-Za-z0-9]{0,20}[A-Za-z0-9])([!-~]{3,200}(?<![.,?)]))"
_PASSWORD = re.compile(
    rf"(?:비밀 ?번호|비번|암호|패스워드){_IS}{_TOKEN}"
    rf"|(?<![A-Za-z])(?:password|passwd|pw|pin(?: ?code)?)(?:(?: is|{_IS}[:=]){_IS}|{_IS}(?=[!-~]{{0,40}}[0-9])){_TOKEN}",
    re.IGNORECASE,
)
_BIRTH = re.compile(rf"(?:생년월일|생일|앞 ?자리){_IS}((?:19|20)[0-9]{{6}})(?![0-9])")

# Vehicles and passports: digits with a letter among them.
_REGION = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_COUNTED = "년|월|원|명|개|건|곳|대|만|억|천|조|톤|평|가구|세대|㎡|%"
_PLATE = re.compile(
    rf"(?:(?:{_REGION}) ?[0-9]{{1,3}}|(?<!동 )(?<!동)(?<![0-9])[0-9]{{2,3}})[ \-]?"
    rf"[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호육해공국합][ \-]?[0-9]{{4}}(?![0-9]| ?(?:{_COUNTED})|,[0-9])"
)
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2}(?:[ \-]?[0-9]{3} ?[A-Za-z][0-9]{4}|-?[0-9]{7,8})(?![A-Za-z0-9])")

# Digits spelt in Korean. 일 behind a figure is a day (12일), unless more digits follow it.
_ONES = "공영빵이삼사오육륙칠팔구"
_SPELT = rf"(?:[{_ONES}]|일(?:(?<![0-9]일)|(?=[0-9{_ONES}일]))|하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉)"
_SPELT_DIGIT = re.compile(_SPELT)
_GAP = r"[ \-.~()_]{0,5}(?:(?:국에|국의|국|에|의|다시|대시|하이픈|하고|그리고|다음)[ \-]{0,2})?"
_ANY_DIGIT = rf"(?:[0-9]|{_SPELT})"
_SPELT_RUN = re.compile(rf"(?<![0-9])(?:(?<![가-힣])|(?={_ANY_DIGIT}{{3}})){_ANY_DIGIT}(?:{_GAP}{_ANY_DIGIT})+")
_SPELT_PAIR, _SPELT_THREE = re.compile(f"{_SPELT}{{2}}"), re.compile(f"{_SPELT}{{3}}")
_MIXED_PHONE = re.compile(
    rf"(?<![0-9])(?<![0-9][ .\-/~])(?<![0-9]\. )(?:0|(?:(?<![가-힣])|(?=.[1일][0공영빵]))[공영빵])(?:{_GAP}{_ANY_DIGIT}){{7,12}}(?![0-9])"
    rf"(?:{_ANY_DIGIT}{{3}}(?:{_GAP}{_ANY_DIGIT})*)?"  # what goes on without a gap belongs to it
)

# Numbers that stay. A date glued to further digits by a hyphen or a point is none, but the head of an account.
_YEAR = r"(?:19|20)[0-9]{2}"
_MONTH, _DAY = r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12][0-9]|0?[1-9])"
_FULL_DATE = (
    rf"(?:{_YEAR}(?: ?[.\-/] ?| ){_MONTH}(?: ?[.\-/] ?| ){_DAY}(?![0-9])\.?|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    rf"|{_YEAR} ?[.\-/] ?{_MONTH}(?![0-9])\.?)"
)
_DATE = rf"(?:{_FULL_DATE}|[0-9]{{2}} ?[.\-/] ?{_MONTH} ?[.\-/] ?{_DAY}(?![0-9])\.?|{_MONTH} ?[./] ?{_DAY}(?![0-9])\.?)"
_UNGLUED = r"(?![0-9]|[.\-/][0-9])"
_KEPT = (
    rf"{_DATE}(?: ?[~\-] ?(?:{_DATE}|[0-9]{{1,2}}(?![0-9])))*{_UNGLUED}|{_YEAR} ?[~\-] ?{_YEAR}{_UNGLUED}"
    r"|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?!,?[0-9])"
    rf"|(?!0)[0-9]{{1,13}}(?:원| 원(?![가-힣]))|(?!0)[0-9]{{1,9}}(?:\.[0-9]{{1,9}})?(?:~[0-9]{{1,9}})?"
    rf"(?:{_COUNTED}|(?:k?m|[cm]m|k?g|t|l|won|krw)(?![A-Za-z]))"
    rf"|1[568][0-9]{{2}}[ .\-]?[0-9]{{4}}{_UNGLUED}"
    r"|(?:코로나|covid)[ \-]?19(?![0-9])"
)

# Numbers that go, whatever stands between their parts.
_APART = r"[\s\-.,:/_~()|=+#;^\\'\"\[\]*&]{0,5}"
_AREA = r"(?:1[016789]|2|[3-6][1-5]|[678]0|50[0-9]|303)"
_EXTENSION = r"(?: ?[(,]? ?(?:내선|교환|ext\.?)(?: ?번호)? ?[:.]? ?[0-9]{1,5}(?![0-9])(?: ?번)?\)?)?"
_PHONE = rf"(?:\+?\(?(?:00)?82\)?{_APART}0?\)?|\(?0){_AREA}{_APART}[0-9]{{3,4}}{_APART}[0-9]{{4}}(?![0-9]){_EXTENSION}"
_CARD = r"[0-9]{4}(?P<apart>[ \-.,_~]{1,3})[0-9]{4}(?:(?P=apart)[0-9]{4}){2}(?![0-9])"
# A mobile number torn by signs, the same sign behind each digit, or by a few words.
_SIGNS = r"[^\w\0\1]{1,3}"
_WORDS = r"[^0-9년월원\0\1]{0,8}"
_THOUSANDS = r"[일이삼사오육칠팔구]?천(?:[이삼사오육칠팔구]?백)?(?:[이삼사오육칠팔구]?십)?[일이삼사오육칠팔구]?"
_TORN = (
    rf"(?:01[016789](?:(?:{_SIGNS})?[0-9]){{7,8}}(?![0-9])|0(?P<sign>{_SIGNS})1(?P=sign)[016789](?:(?P=sign)[0-9]){{7,8}}(?![0-9])"
    rf"|01[016789]{_WORDS}(?:[0-9]{{3,4}}|{_THOUSANDS}){_WORDS}(?:[0-9]{{4}}(?![0-9])|{_THOUSANDS}))"
)
_TAIL = r"(?:[\-.~_][0-9]+)*"  # 02-793-1234~5, or the rest of something longer
_RESIDENT = rf"(?:{_YEAR}|[0-9]{{2}})[.\-/]?[0-9]{{2}}[.\-/]?[0-9]{{2}}[\s\-.,:/_~=+#;|]{{1,5}}[0-9*xX][0-9*xX]{{6}}(?![0-9])"
_STARS = r"(?:\*{4,}|[xX]{4,})"
# Any other run of digits; it ends where behind a space a date or a telephone number begins.
_RUN = rf"[0-9](?:[ \-.~()_]{{0,5}}(?:(?<! )|(?!{_FULL_DATE}|{_PHONE}))(?:[0-9]|{_STARS}))*"
_NUMBER = re.compile(
    rf"(?<![0-9])(?:(?P<goes>(?:{_CARD}|{_PHONE}|{_RESIDENT}|{_TORN}){_TAIL})|(?P<stays>{_KEPT})|(?P<run>{_RUN}){_EXTENSION})",
    re.IGNORECASE,
)
_MANY, _MANY_IF_NAMED = 8, 6  # digits
_NAMED = re.compile(
    r"번호|전화|연락처|핸드폰|핸폰|폰|주민|계좌|통장|여권|면허|비번|암호|팩스|생년월일|생일|앞 ?자리|뒷 ?자리|뒤 ?(?:7|일곱) ?자리"
    r"|tel|fax|phone",
    re.IGNORECASE,
)
_NAME_REACHES = 14  # characters from "연락처" to its number
_LOCAL = re.compile(r"[2-9][0-9]{2} ?- ?[0-9]{4}")
_SHORT = r"(?:1(?:0[1579]|1[0-9]|2[0-9]|3[123]|82|88)|13[0-9]{2})"  # 120, 112, 1366
_PUBLIC = re.compile(rf"(?:{_YEAR}|{_SHORT})(?:[ .~()]{{1,5}}(?:{_YEAR}|{_SHORT}))*")

_Span = tuple[int, int]


def mask(text: str) -> str:
    """The text with MASK in place of each personal number."""
    # Again until nothing is left to find: what stood next to a number may read otherwise without it. A text made to change at
    # each reading loses what lies between its first and its last number, and what changes even then is not kept at all.
    for reading in range(_READINGS):
        masked = _masked_once(text, between=reading >= _READINGS - 2)
        if masked == text:
            return text
        text = masked
    return text if _masked_once(text) == text else MASK


def _masked_once(text: str, *, between: bool = False) -> str:
    """The text after one reading; with `between` one MASK from its first number to its last."""
    shadow, starts = _fold(text)
    spans: list[_Span] = []
    for find in (_lettered, _spelt, _numbers):
        found = list(find(shadow))
        spans += found
        shadow = _with_figures(_without(shadow, found))
    if not spans:
        return text
    if between:
        spans = [(min(start for start, _ in spans), max(end for _, end in spans))]
    pieces, done = [], 0
    for start, end in _joined(shadow, spans):
        pieces += [text[done : starts[start]], MASK]
        done = starts[end]
    return "".join(pieces) + text[done:]


def _fold(text: str) -> tuple[str, list[int]]:
    """The shadow of the text, and where in the text each of its characters begins (with the end of the text behind them).

    What shows nothing has no place in the shadow: it belongs to the character before it.
    """
    letters, starts = [], []
    for match in _SHOWN.finditer(text):
        plain = _plain(match[0])
        letters.append(plain)
        starts += [match.start()] * len(plain)
    return _MASKED.sub(_OLD_MASK * len(MASK), "".join(letters)), [*starts, len(text)]


@lru_cache(maxsize=4096)
def _plain(shown: str) -> str:
    if shown in _INSTEAD:
        return _INSTEAD[shown]
    if "ㄱ" <= shown <= "ㅣ" or "가" <= shown <= "힣":
        return shown
    return "".join(map(_plain_one, unicodedata.normalize("NFKC", shown)))


def _plain_one(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace():
        return "\n" if char in "\r\n\u2028\u2029\x85" else " "
    if category in _UNSEEN or char in _FILLERS:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "No" and (digit := unicodedata.digit(char, None)) is not None:  # ❶
        return str(digit)
    return " " if category == "So" else _INSTEAD.get(char, char)


def _lettered(shadow: str) -> Iterator[_Span]:
    """E-mail addresses, handles, vehicles and passports: what has letters in it."""
    for match in _EMAIL.finditer(shadow):
        before = shadow[max(0, match.start() - 64) : match.start()][::-1]
        if name := _LATIN_BEFORE.match(before) or (match["domain"] and _HANGUL_BEFORE.match(before)):
            yield match.start() - name.end(), match.end()
    for pattern in (_HANDLE, _PROFILE, _ACCOUNT, _PASSWORD, _BIRTH, _PLATE, _PASSPORT):
        for match in pattern.finditer(shadow):
            yield match.span(match.lastindex or 0)


def _spelt(shadow: str) -> Iterator[_Span]:
    """Numbers with digits spelt in Korean: nearly all of them, or some of a telephone number."""
    for match in _SPELT_RUN.finditer(shadow):
        spelt = len(_SPELT_DIGIT.findall(match[0]))
        figures = _digits(match[0])
        # By twos they may be words: 이 일이 사이 오이.
        if (spelt >= 7 or (spelt >= 6 and spelt + figures >= _MANY)) and (_SPELT_THREE.search(match[0]) or not _SPELT_PAIR.search(match[0])):
            yield match.span()
    for match in _MIXED_PHONE.finditer(shadow):
        # 이 alone behind the number is a particle: 010-1234-5678이 맞나요.
        if _SPELT_DIGIT.search(match[0][:-1]):
            yield match.span()


def _numbers(shadow: str) -> Iterator[_Span]:
    for match in _NUMBER.finditer(shadow):
        if match["goes"] or (match["run"] and _is_personal(match["run"], shadow[max(0, match.start() - _NAME_REACHES) : match.start()])):
            yield match.span()


def _is_personal(run: str, before: str) -> bool:
    """Whether a run of digits is somebody's number; `before` is what stands in front of it."""
    digits = _digits(run)
    if digits < _MANY_IF_NAMED or _PUBLIC.fullmatch(run):
        return False
    long = digits + run.count("*") + run.lower().count("x") >= _MANY
    return long or bool(_LOCAL.fullmatch(run) or _NAMED.search(before))


def _digits(shadow: str) -> int:
    return sum(map(str.isdigit, shadow))


def _with_figures(shadow: str) -> str:
    """The shadow with figures for letters that look like them: O1O-l234. Only behind _lettered, where a passport has both."""
    shadow = _MOBILE_IN_LETTERS.sub("010", shadow)
    return _LETTER_AMID_DIGITS.sub(lambda match: "1" if match[0] in "lI" else "0", shadow)


def _without(shadow: str, spans: list[_Span]) -> str:
    pieces, done = [], 0
    for start, end in sorted(spans):
        if end > done:
            pieces += [shadow[done : max(start, done)], _GONE * (end - max(start, done))]
            done = end
    return "".join(pieces) + shadow[done:]


def _joined(shadow: str, spans: list[_Span]) -> list[_Span]:
    """The spans in order, with the stars beside them, one where they touch: else a second reading would see other stars."""
    joined: list[_Span] = []
    for start, end in sorted(spans):
        while start and shadow[start - 1] in f"*{_OLD_MASK}":
            start -= 1
        while end < len(shadow) and shadow[end] in f"*{_OLD_MASK}":
            end += 1
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

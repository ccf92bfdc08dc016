"""Noise: what keyboards, ears and telephones make of a question, so that suites tell how much of it the bot bears.

Promises that one seed always spoils one text in one way, whatever was spoiled before it, and that what is no letter (emoji, marks) stays
whole. Nothing is spared: where a figure or a name is hit that the reply must hold, that is noise too.
"""

from __future__ import annotations

import math
import random
import unicodedata
from collections.abc import Callable, Sequence

from bot.evaluation.sounds import Respelling, by_ear, homophones, transcribed
from bot.korean.jamo import COMPOUND_TAILS, COMPOUND_VOWELS, KEYS, compose, decompose, is_jamo, is_syllable

# At single characters: as many as the rate says.
BY_CHARACTER = ("keyboard", "drop", "double", "spacing", "phonetic")
# Of a whole message. Only what speech recognition mishears depends on the rate.
BY_MESSAGE = ("nospace", "qwerty", "nfd", "speech")
KINDS = (*BY_CHARACTER, *BY_MESSAGE)

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_AT_SPACE = 4  # how much likelier a given space is spoiled than a given place without one: there are fewer of them
_STROKES = {whole: pair for pair, whole in (COMPOUND_VOWELS | COMPOUND_TAILS).items()}
_KEY_OF = {letter: key for key, letter in reversed(KEYS.items())}  # lower case before upper where both type it
_LONGEST_NUMBER_OF_AN_OPTION = 1


def _neighbours() -> dict[str, str]:
    """Every key of the keyboard with the keys around it, lower case."""
    around: dict[str, str] = {}
    for y, row in enumerate(_ROWS):
        for x, key in enumerate(row):
            below, above = _ROWS[y + 1 : y + 2], _ROWS[y - 1 : y] if y else ()
            near = [row[x - 1 : x] if x else "", row[x + 1 : x + 2]]
            near += [other[max(0, x - 1) : x + 1] for other in below]  # every row stands half a key to the right of the one above
            near += [other[x : x + 2] for other in above]
            around[key] = "".join(near)
    return {key: "".join(k for k in near if k.isdigit() == key.isdigit()) for key, near in around.items()}  # figures have a page of their own


NEIGHBOURS = _neighbours()


class Noise:
    """Spoils texts.

    kinds  of KINDS. Of those by character every error draws one that can stand at its place. Of those by message the only one is
           always applied; among others one of them is, to a share of the messages as large as the rate
    rate   errors a character of the message, spaces counted; 0.1 is one in ten. Kinds that need certain letters (phonetic, speech)
           make fewer where there are not enough of them
    seed   another seed, other errors

    Raises ValueError for an unknown kind, no kind, or a rate outside 0.0 to 1.0.
    """

    def __init__(self, kinds: Sequence[str] = KINDS, rate: float = 0.1, seed: int = 0) -> None:
        unknown = [kind for kind in kinds if kind not in KINDS]
        if unknown or not kinds:
            raise ValueError(f"no kind of noise: {', '.join(unknown) or '(none)'}; known: {', '.join(KINDS)}")
        if not 0.0 <= rate <= 1.0:
            raise ValueError(f"a rate is 0.0 to 1.0, not {rate}")
        self.kinds, self.rate, self.seed = tuple(kinds), rate, seed
        self._by_character = [kind for kind in BY_CHARACTER if kind in kinds]
        self._by_message = [kind for kind in BY_MESSAGE if kind in kinds]

    def spoil(self, text: str) -> str:
        """The text with errors; a text of one character or none, as it is: nothing would be left of it."""
        if len(text.strip()) <= _LONGEST_NUMBER_OF_AN_OPTION:
            return text
        rng = random.Random(f"{self.seed} {text}".encode("utf-8", "surrogatepass"))
        text = self._characters(text, rng)
        return self._message(text, rng)

    def _characters(self, text: str, rng: random.Random) -> str:
        # From the right: what is changed there leaves the places to its left where they were.
        for place, kind in sorted(self._draw(text, rng), reverse=True):
            spoiled = _SPOILERS[kind](text, place, rng) if place < len(text) else ""
            text = spoiled or text
        return text

    def _draw(self, text: str, rng: random.Random) -> list[tuple[int, str]]:
        """(place, kind) of every error: all kinds alike often, as far as there are places for them; no place twice."""
        able = {kind: [place for place in range(len(text)) if _SPOILERS[kind](text, place, None)] for kind in self._by_character}
        drawn: dict[int, str] = {}
        for _ in range(_count(self.rate * len(text), rng)):
            left = {kind: free for kind, places in able.items() if (free := [place for place in places if place not in drawn])}
            if not left:
                break
            kind = rng.choice(list(left))
            weights = [_AT_SPACE if text[place] == " " else 1 for place in left[kind]]
            drawn[rng.choices(left[kind], weights)[0]] = kind
        return list(drawn.items())

    def _message(self, text: str, rng: random.Random) -> str:
        if not self._by_message or (len(self.kinds) > 1 and rng.random() >= self.rate):
            return text
        kind = rng.choice(self._by_message)
        if kind == "speech":
            return transcribed(_misheard(text, self.rate, rng))
        return {"nospace": without_spaces, "qwerty": on_english_keys, "nfd": _nfd}[kind](text)


def _count(expected: float, rng: random.Random) -> int:
    """A whole number that is the expected one on average."""
    return math.floor(expected + rng.random())


# -- at a character --------------------------------------------------------------------------------------------------
# Each takes (text, place, rng) and returns the spoiled text. Without rng, whether it could be: anything but "".


def _keyboard(text: str, place: int, rng: random.Random | None) -> str:
    """The key beside the one that was meant."""
    char = text[place]
    if not is_syllable(char):
        near = NEIGHBOURS.get(char.lower(), "")
        if not near or rng is None:
            return near
        other = rng.choice(near)
        return text[:place] + (other.upper() if char.isupper() else other) + text[place + 1 :]
    return _stroke(text, place, rng, _beside)


def _beside(strokes: str, rng: random.Random) -> str:
    at = rng.randrange(len(strokes))
    key = _KEY_OF[strokes[at]]
    other = rng.choice(NEIGHBOURS[key.lower()])
    return strokes[:at] + KEYS[other.upper() if key.isupper() else other] + strokes[at + 1 :]


def _drop(text: str, place: int, rng: random.Random | None) -> str:
    """A key that was not hit hard enough."""
    if not is_syllable(text[place]):
        return text[:place] + text[place + 1 :] if _is_latin(text[place]) else ""
    return _stroke(text, place, rng, lambda strokes, rng: _without(strokes, rng.randrange(len(strokes))))


def _without(strokes: str, at: int) -> str:
    return strokes[:at] + strokes[at + 1 :]


def _double(text: str, place: int, rng: random.Random | None) -> str:
    """A key that was hit twice."""
    if not is_syllable(text[place]):
        return text[: place + 1] + text[place:] if _is_latin(text[place]) else ""
    return _stroke(text, place, rng, _twice)


def _twice(strokes: str, rng: random.Random) -> str:
    at = rng.randrange(len(strokes))
    return strokes[: at + 1] + strokes[at:]


def _stroke(text: str, place: int, rng: random.Random | None, change: Callable[[str, random.Random], str]) -> str:
    """The text with the keystrokes of a syllable changed; its word is put together anew, as a keyboard does (설치 less ㅊ is 서리)."""
    if rng is None:
        return text
    start = end = place
    while start and is_syllable(text[start - 1]):
        start -= 1
    while end < len(text) and is_syllable(text[end]):
        end += 1
    changed = change(strokes(text[place]), rng)
    return text[:start] + compose(strokes(text[start:place]) + changed + strokes(text[place + 1 : end])) + text[end:]


def strokes(text: str) -> str:
    """The Hangul letters of a text as they are typed one after another: ㅘ is ㅗ and ㅏ."""
    return "".join(_STROKES.get(letter, letter) for letter in decompose(text))


def _spacing(text: str, place: int, rng: random.Random | None) -> str:
    """A space left out or moved by one character, or put into a word."""
    char, behind = text[place], text[place + 1 : place + 2]
    if char == " ":
        if rng is None or not behind or place == 0:
            return text if behind.strip() and place else ""
        moves = [text[:place] + behind, text[:place] + behind + " ", text[: place - 1] + " " + text[place - 1] + behind]
        return rng.choice([moves[0], moves[0], *moves[1:]]) + text[place + 2 :]
    if not (is_syllable(char) or _is_latin(char)) or not behind or not (is_syllable(behind) or _is_latin(behind)):
        return ""
    return text[: place + 1] + " " + text[place + 1 :]


def _phonetic(text: str, place: int, rng: random.Random | None) -> str:
    """A syllable, with what follows, written as it sounds."""
    ways = by_ear(text, place)
    if rng is None or not ways:
        return text if ways else ""
    return _respell(text, rng.choice(ways))


def _respell(text: str, way: Respelling) -> str:
    return text[: way.start] + way.text + text[way.end :]


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


_SPOILERS: dict[str, Callable[[str, int, random.Random | None], str]] = {
    "keyboard": _keyboard, "drop": _drop, "double": _double, "spacing": _spacing, "phonetic": _phonetic,
}  # fmt: skip


# -- of a whole message ----------------------------------------------------------------------------------------------


def without_spaces(text: str) -> str:
    """The text without spaces; one without Hangul as it is, for nobody writes English so."""
    return "".join(text.split()) if any(map(is_syllable, text)) else text


def on_english_keys(text: str) -> str:
    """The text as it comes out where the keyboard was left in English: 답 is ekq."""
    return "".join(_KEY_OF[letter] if is_jamo(letter) else letter for letter in strokes(text)) if _has_hangul(text) else text


def _has_hangul(text: str) -> bool:
    return any(is_syllable(char) or is_jamo(char) for char in text)


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _misheard(text: str, rate: float, rng: random.Random) -> str:
    """Homophones for as many words as the rate says, at most one for each."""
    ways: dict[tuple[int, int], list[Respelling]] = {}
    for way in homophones(text):
        ways.setdefault((way.start, way.end), []).append(way)
    places = list(ways)
    for place in sorted(rng.sample(places, min(len(places), _count(rate * len(text), rng))), reverse=True):
        text = _respell(text, rng.choice(ways[place]))
    return text

"""Words in Latin letters that the content does not know as they stand: Korean names as foreigners write them, and misspelt English.

What is prepared takes long, and is wanted only where unknown words in Latin letters stand. English whose words are all known costs one search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.content import Content
from bot.content.fields import Phrases
from bot.content.model import Topic
from bot.korean.keyboard import LOANS
from bot.korean.romanise import romanise, sound
from bot.matching.fuzzy import Speller
from bot.matching.surfaces import stem

_WORD = re.compile(r"[a-z]+|\d+")
_HANGUL_WORD = re.compile(r"[가-힣]+\d?[가-힣]+")
_MOST = 6  # words that make up one name: so la pyo ji byeong
_SOUND = 5  # letters of a sound that tell a name from chance
_SPELT = 6  # letters of an English word whose slips are mended
_PART = 3  # letters of the parts of a compound: park way
_GAP = frozenset((" ", "-", " - ", "'", ""))
_VOWELS = frozenset("aeiouy")
_SURNAMES = {"이": ("lee", "yi", "rhee"), "박": ("park",), "김": ("kim",), "최": ("choi",)}
# Real words one letter from words of the content, and such as a resident may well type.
_RIGHT = frozenset(
    """artifacts blinding braces browser competing compliant expend exports factor garbage handler handlers health lengthy liable
    multiple oneline orphan packet paints preset seeding shipping strands suites thorough trough tuning""".split()
)

Word = tuple[str, int, int]  # with its start and end


class LatinWords:
    """Puts right what is written in Latin letters.

    known  lower-case words that are meant as they stand
    """

    def __init__(self, content: Content, known: Iterable[str]) -> None:
        self._known = set(_english(content)) | {word for word in known if word.isascii()}
        self._stems = {stem(word) for word in self._known}
        self._heard = {"dong"}  # known, but parts of a name that may be written in other pieces
        self._names: dict[str, str] = {}  # by sound
        everyday = {*content.everyday.en, *LOANS}
        for topic in content.topics.values():
            self._learn_english(topic, everyday)
        for name in _korean_names(content):
            for latin in _spellings(name):
                self._learn(latin, name)
        for place in content.places.ko:
            for latin in _spellings(place):
                self._learn(latin, place)
        self._words = dict(_words(content))  # by the letters of the Revised Romanisation
        self._compounds = self._find_compounds(content)
        self._speller = Speller(word for word in _subjects(content) if len(word) >= _SPELT)

    # -- building ------------------------------------------------------------------------------------------------

    def _learn(self, latin: str, meant: str) -> None:
        key = sound(latin)
        if len(key) >= _SOUND:
            self._names.setdefault(key, meant)

    def _learn_english(self, topic: Topic, everyday: set[str]) -> None:
        """The names staff wrote in Latin letters, and their words that are Korean (cheongnyeon, but not youth)."""
        heard = " ".join(sound(latin) for name in _joined(topic) for latin in _spellings(name))
        for name in topic.names.en:
            self._learn(name, name.lower())
            for word in _WORD.findall(name.lower()):
                if len(word) > 3 and word not in everyday and sound(word) in heard:
                    self._heard.add(word)
                    self._learn(word, word)

    def _find_compounds(self, content: Content) -> dict[tuple[str, str], str]:
        """Words of English names that may be written as two known ones, by these."""
        words = {word for topic in content.topics.values() for name in topic.names.en for word in _WORD.findall(name.lower())}
        return {
            (word[:at], word[at:]): word
            for word in words
            for at in range(_PART, len(word) - _PART + 1)
            if word[:at] in self._known and word[at:] in self._known
        }

    # -- reading -------------------------------------------------------------------------------------------------

    def put_right(self, text: str) -> str:
        """The normalised text with names and misspelt words as the content writes them."""
        words = [(match[0], *match.span()) for match in _WORD.finditer(text)]
        pairs = {(one[0], other[0]) for one, other in zip(words, words[1:], strict=False)}
        if not any(self._is_odd(word) for word, _, _ in words) and self._compounds.keys().isdisjoint(pairs):
            return text
        out: list[str] = []
        done = n = 0
        while n < len(words):
            count, meant = self._meant(text, words[n : n + _MOST])
            if meant:
                out += (text[done : words[n][1]], meant)
                done = words[n + count - 1][2]
            n += count
        return "".join(out) + text[done:]

    def _is_odd(self, word: str) -> bool:
        """Whether the word may be meant for another, or be a piece of a name."""
        return word in self._heard or not self._is_known(word)

    def _is_known(self, word: str) -> bool:
        if word in self._known or word.isdigit() or len(word) < 2:
            return True
        bare = stem(word)
        return bare != word and bare in self._stems  # a bare stem (chang of change, childcar) is a word only by chance

    def _meant(self, text: str, words: list[Word]) -> tuple[int, str]:
        """(how many of the words, from the first, are meant for one known word or name; that, or "" where they stay)."""
        for count in range(len(words), 0, -1):
            run = words[:count]
            if any(text[one[2] : other[1]] not in _GAP for one, other in zip(run, run[1:], strict=False)):
                continue
            letters = [word for word, _, _ in run]
            if count == 2 and (letters[0], letters[1]) in self._compounds:
                return 2, self._compounds[letters[0], letters[1]]
            if (count == 1 and self._is_known(letters[0])) or not any(map(self._is_odd, letters)):
                continue
            meant = self._names.get(sound("".join(letters)))
            if meant:
                return count, meant
        word = words[0][0]
        return 1, "" if self._is_known(word) else self._respelt(word)

    def _respelt(self, word: str) -> str:
        """The known word that the unknown one is a spelling of, or ""."""
        if word.endswith("s") and len(word) > 3 and word[:-1] in self._known:
            return word[:-1]  # cctvs, which no stemmer knows
        if word in self._words:
            return self._words[word]
        found = self._speller.correct(word) if len(word) >= _SPELT and word not in _RIGHT else None
        bare = stem(word)
        if not found or not _is_slip(word, found[0]) or (bare in self._stems and stem(found[0]) != bare):
            return ""  # contract is no contact where contracted is known
        return found[0]


def _is_slip(word: str, meant: str) -> bool:
    """Whether a slip or a spelling by ear parts them: a letter left out, added or swapped, or another vowel; real words differ otherwise."""
    first = next((n for n, (one, other) in enumerate(zip(word, meant, strict=False)) if one != other), min(len(word), len(meant)))
    last = next((n for n, (one, other) in enumerate(zip(word[::-1], meant[::-1], strict=False)) if one != other), 0)
    last = min(last, len(word) - first, len(meant) - first)
    here, there = word[first : len(word) - last], meant[first : len(meant) - last]
    if not first:
        return False
    if len(here) == len(there) == 1:
        return here in _VOWELS and there in _VOWELS
    return len(here) + len(there) == 1 or here == there[::-1]


@lru_cache(4096)
def _spellings(name: str) -> frozenset[str]:
    """A Korean name in Latin letters: by ear, syllable by syllable, and with a surname as families write it."""
    families = _SURNAMES.get(name[0], ()) if len(name) > 2 else ()
    spelt = (before + romanise(rest, by_ear) for by_ear in (True, False) for before, rest in (("", name), *((one, name[1:]) for one in families)))
    return frozenset(spelt)


def _joined(topic: Topic) -> dict[str, None]:
    return dict.fromkeys(name.replace(" ", "") for name in (topic.title.ko, *topic.names.ko))


def _korean_names(content: Content) -> dict[str, None]:
    """Names of topics, and the longer words of these, without spaces."""
    names: dict[str, None] = {}
    for topic in content.topics.values():
        names |= _joined(topic)
        names |= dict.fromkeys(word for name in (topic.title.ko, *topic.names.ko) if " " in name for word in name.split() if len(word) > 2)
    return {name: None for name in names if _HANGUL_WORD.fullmatch(name) and name not in content.places.ko}


def _words(content: Content) -> Iterator[tuple[str, str]]:
    """(Latin spelling, word) of what residents call things."""
    for base, others in content.synonyms.items():
        for word in (base, *others):
            if _HANGUL_WORD.fullmatch(word) and not word.endswith("다"):
                yield from ((latin, word) for latin in (romanise(word), romanise(word, by_ear=False)) if len(latin) >= _SPELT)


def _subjects(content: Content) -> Iterator[str]:
    """English words that topics and aspects are known by."""
    for topic in content.topics.values():
        for text in (*topic.names.en, *topic.questions.en, *topic.words.en):
            yield from _WORD.findall(text.lower())
    for aspect in content.aspects.values():
        for text in aspect.cues.en:
            yield from _WORD.findall(text)


def _english(content: Content) -> list[str]:
    """Every word in Latin letters that the content has."""
    phrases: list[Phrases] = [content.everyday, content.places, content.urgent_unless]
    texts: list[str] = []
    for topic in content.topics.values():
        phrases += (topic.names, topic.questions, topic.words)
        texts += (topic.title.en, topic.answer.en, *(fact.en for fact in topic.facts.values()))
    phrases += [one.cues for one in content.aspects.values()] + [one.cues for one in (*content.smalltalk, *content.navigation)]
    phrases += [part for one in content.urgent for part in (one.signs, one.unless, one.yields)]
    texts += [text for one in phrases for text in one.all] + [text for base, others in content.synonyms.items() for text in (base, *others)]
    return _WORD.findall("\n".join(texts).lower())

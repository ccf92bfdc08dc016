"""Which words a text holds, as one sees them: synonyms made one, everyday words set aside, spellings forgiven.

A surface is a way to write a word; it is looked for in the text without its spaces, so that neither missing spaces nor the
tagger's idea of a new word (쏠라표지병) hides it. What no surface covers is taken from the tagger's morphemes.
Topics, their names and the question go through the same reading, so that they meet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import snowballstemmer

from bot.content import Content
from bot.korean import Morpheme, Tagger, Utterance, initials, read
from bot.korean.jamo import BASE, LAST, LEADS, TAILS, VOWELS

_EVERYDAY = ""  # key of a surface that is found only to keep others from being seen in it
CONTENT_KINDS = frozenset(("noun", "name", "place", "verb", "adjective", "foreign", "root", "number"))
_NOUNLIKE = frozenset(("noun", "name", "place", "foreign", "suffix", "root", "bound", "number", "prefix"))
_WEAK = frozenset(("verb", "adjective"))
_FUNCTION = frozenset(("particle", "ending", "auxiliary", "suffix", "verb", "adjective", "mark"))
_STEM = snowballstemmer.stemmer("english").stemWord
_STEMS: dict[str, str] = {}


def stem(word: str) -> str:
    """An English word without its ending."""
    known = _STEMS.get(word)
    if known is None:
        known = _STEM(word)
        if len(_STEMS) < 20_000:
            _STEMS[word] = known
    return known


def _same_sound() -> dict[int, str]:
    vowels = {"ㅐ": "ㅔ", "ㅒ": "ㅖ", "ㅙ": "ㅚ", "ㅞ": "ㅚ"}
    tails = {"ㅆ": "ㅅ", "ㄶ": "ㄴ", "ㅄ": "ㅂ", "ㄲ": "ㄱ", "ㅀ": "ㄹ", "ㄵ": "ㄴ"}
    table = {}
    for code in range(BASE, LAST + 1):
        offset = code - BASE
        vowel, tail = VOWELS[offset // 28 % 21], TAILS[offset % 28]
        new_vowel, new_tail = vowels.get(vowel, vowel), tails.get(tail, tail)
        if (new_vowel, new_tail) != (vowel, tail):
            lead = LEADS[offset // 588]
            table[code] = chr(BASE + (LEADS.index(lead) * 21 + VOWELS.index(new_vowel)) * 28 + TAILS.index(new_tail))
    return table


_SAME_SOUND = _same_sound()


def spell(text: str) -> str:
    """The text with spellings that sound alike made one (ㅐ/ㅔ, 않/안), length unchanged."""
    return text.translate(_SAME_SOUND)


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a text that says something about its subject.

    key    the word, one for all its synonyms
    start  in characters of the text without spaces; end exclusive
    kind   noun, name, place, verb, adjective, foreign, root or number
    known  whether the content holds it anywhere
    """

    key: str
    start: int
    end: int
    kind: str
    known: bool


@dataclass(frozen=True, slots=True)
class Cue:
    """A place where an aspect (or another intent) is asked for."""

    id: str
    start: int
    end: int


@dataclass(slots=True)
class Reading:
    """A text as the lexicon sees it.

    compact   the text without spaces; all offsets count its characters
    words     (start, end) of the words that spaces part
    edges     where morphemes and words begin and end
    cut       morphemes that a known word covers in part: signs of a misspelling
    elsewhere  everyday names of larger places (서울): before a name they make it another one
    """

    utterance: Utterance
    compact: str
    terms: list[Term]
    cues: list[Cue]
    words: list[tuple[int, int]]
    morphemes: list[Morpheme]
    edges: Edges
    cut: list[tuple[int, int]] = field(default_factory=list)
    elsewhere: list[tuple[int, int]] = field(default_factory=list)


class Edges:
    """Where morphemes and words begin and end, in a text without spaces: what may be a word there."""

    def __init__(self, morphemes: list[Morpheme], words: list[tuple[int, int]]) -> None:
        self.starts = {m.start for m in morphemes} | {start for start, _ in words}
        self.ends = {m.end for m in morphemes} | {end for _, end in words}
        self.gaps = [start for start, _ in words[1:]]
        # Particles and endings: a short word does not hide in them.
        self._single = {(m.start, m.end) for m in morphemes}
        self._parts = bytearray(words[-1][1] if words else 0)
        self._long = [(m.start, m.end) for m in morphemes if m.end - m.start >= 4 and m.kind in ("noun", "name", "place", "foreign")]
        for m in morphemes:
            if m.kind in _FUNCTION:
                for place in range(m.start, m.end):
                    self._parts[place] = 1 if m.kind in _WEAK else 2

    def allow(self, start: int, end: int, latin: bool, loose: bool) -> bool:
        """Whether a surface may stand there."""
        begins, stops, length = start in self.starts, end in self.ends, end - start
        if latin:
            return begins and (stops or (loose and length >= 5))
        if length == 2 and any(s <= start and end <= e and e - s >= 4 for s, e in self._long):
            return False  # 대상 is not in 대상포진
        if length == 1:
            return begins and stops
        if length <= 3 and not (begins and stops) and any(start < gap < end for gap in self.gaps):
            return False
        if loose:
            return length >= 3 or (begins and self._parts[start] < 2) or (stops and not self._parts[start])
        if length == 2:
            return (begins and stops and (start, end) in self._single) or ((begins or stops) and not any(self._parts[start:end]))
        return True


class Surfaces:
    """Ways to write things, found in a text without spaces: longest first, at the edge of a morpheme."""

    def __init__(self) -> None:
        self._ids: dict[str, list[str]] = {}
        self._lengths: dict[str, list[int]] = {}

    def add(self, surface: str, name: str) -> None:
        ids = self._ids.setdefault(surface, [])
        if name not in ids:
            ids.append(name)
        lengths = self._lengths.setdefault(surface[0], [])
        if len(surface) not in lengths:
            lengths.append(len(surface))
            lengths.sort(reverse=True)

    def __contains__(self, surface: str) -> bool:
        return surface in self._ids

    def __iter__(self) -> Iterable[str]:  # type: ignore[override]
        return iter(self._ids)

    def ids(self, surface: str) -> list[str]:
        return self._ids.get(surface, [])

    def find(self, text: str, edges: Edges, loose: bool = False) -> list[tuple[int, int, list[str]]]:
        """(start, end, ids), not overlapping, longest first.

        loose  a surface may end anywhere once it begins at an edge (the cues of aspects end in all ways)
        """
        found = []
        lengths, ids = self._lengths, self._ids
        for start, char in enumerate(text):
            for length in lengths.get(char, ()):
                surface = text[start : start + length]
                names = ids.get(surface)
                if names is not None and edges.allow(start, start + length, surface[0].isascii(), loose):
                    found.append((start, start + length, names))
        if len(found) < 2:
            return found
        found.sort(key=lambda one: (one[0] - one[1], one[0]))
        taken: list[tuple[int, int, list[str]]] = []
        for one in found:
            if all(one[1] <= other[0] or one[0] >= other[1] for other in taken):
                taken.append(one)
        taken.sort()
        return taken


def compact(text: str) -> str:
    """The text as surfaces are compared: no spaces, like sounds alike."""
    return spell("".join(text.lower().split()))


class Lexicon:
    """The words of a content: synonyms, everyday words, aspects' cues."""

    def __init__(self, content: Content, tagger: Tagger) -> None:
        self.tagger = tagger
        self.words = Surfaces()  # synonyms and every noun of the content → keys
        self.cues = Surfaces()  # aspects' cues → aspect ids
        self.lemmas: dict[str, str] = {}  # verbs and English stems → key
        self.cue_lemmas: dict[str, str] = {}
        self.everyday: set[str] = set()
        self.known: set[str] = set()
        self.latin: set[str] = set()
        self.neutral: set[str] = set()  # Latin words inside Korean phrases
        self.names_by_initials: dict[str, str] = {}
        self._add_everyday(content)
        self._add_synonyms(content)
        self._add_cues(content)
        self._add_names(content)

    # -- building ------------------------------------------------------------------------------------------------

    def _add_synonyms(self, content: Content) -> None:
        for base, others in content.synonyms.items():
            for word in (base, *others):
                self._add_word(word.lower(), base.lower())

    def _add_word(self, word: str, key: str) -> None:
        if word.isascii():
            parts = word.split()
            self.latin.update(parts)
            if len(parts) == 1:
                self.lemmas.setdefault(stem(word), key)
            self.words.add("".join(parts), key)
        elif len(word) >= 2 and word.endswith("다") and " " not in word:
            self.lemmas.setdefault(word[:-1], key)
            self.lemmas.setdefault(spell(word[:-1]), key)
        elif len(word) == 1:
            self.lemmas.setdefault(word, key)  # one syllable is a word only where the tagger says so
        elif compact(word) not in self.everyday:
            self.words.add(compact(word), key)

    def _add_everyday(self, content: Content) -> None:
        for word in content.everyday.ko:
            self.everyday.add(spell(word[:-1] if word.endswith("다") and len(word) > 1 else word))
        for word in content.everyday.en:
            self.everyday.update((word, stem(word)))
            self.latin.add(word)

    def _add_cues(self, content: Content) -> None:
        for aspect in content.aspects.values():
            for cue in aspect.cues.all:
                cue = cue.lower()
                if cue.isascii():
                    self.latin.update(cue.split())
                    self.cues.add("".join(cue.split()), aspect.id)
                elif cue.endswith("다") and " " not in cue and len(cue) > 1:
                    self.cue_lemmas[spell(cue[:-1])] = aspect.id
                else:
                    self.cues.add(compact(cue), aspect.id)

    def _add_names(self, content: Content) -> None:
        """Makes words of the content's own: names that the tagger breaks stay whole, all others go by their nouns."""
        by_initials: dict[str, set[str]] = {}
        for topic in content.topics.values():
            for phrase in (topic.title.ko, *topic.names.ko, *topic.questions.ko, *topic.words.ko):
                self.neutral.update(word for word in _latin_words(phrase))
            for phrase in (*topic.names.en, *topic.questions.en, *topic.words.en, topic.title.en):
                self.latin.update(_latin_words(phrase))
            for phrase in (topic.title.ko, *topic.names.ko):
                self._keep_whole(phrase)
                letters = initials(phrase)
                if len(letters) >= 3 and len(phrase.split()) <= 4:
                    by_initials.setdefault(letters, set()).add(topic.id)
                    self.names_by_initials.setdefault(letters, phrase.lower())
                for word in phrase.split():
                    if len(initials(word)) >= 4:
                        by_initials.setdefault(initials(word), set()).add(topic.id)
                        self.names_by_initials.setdefault(initials(word), word.lower())
        self.latin |= self.neutral
        for topic in content.topics.values():
            for phrase in (topic.title.ko, *topic.names.ko, *topic.words.ko):
                self._learn(phrase)
        for word in content.everyday.ko:
            flat = compact(word)
            if len(flat) >= 3 and flat not in self.words and any(flat[:n] in self.words or flat[-n:] in self.words for n in (2, 3)):
                self.words.add(flat, _EVERYDAY)  # 아이고 holds no 아이

    def _keep_whole(self, phrase: str) -> None:
        words = phrase.lower().split()
        for n, word in enumerate(words, 1):
            if len(word) < 3 or word.isascii() or compact(word) in self.words:
                continue
            kinds = [morpheme.kind for morpheme in self.tagger(word)]
            if n < len(words) and kinds[-1] not in _NOUNLIKE:
                continue  # 세우는, 돌보는: only the last word of a name is surely a noun
            if any(map(str.isdigit, word)) or not set(kinds) <= _NOUNLIKE:
                self.words.add(compact(word), word)

    def _learn(self, phrase: str) -> None:
        """Every noun of two syllables or more becomes a word that is found even where the tagger misses it."""
        for morpheme in self.tagger(phrase.lower()):
            word = compact(morpheme.text)
            if morpheme.kind in ("noun", "name", "place", "root") and len(word) >= 2 and word not in self.words and word not in self.everyday:
                self.words.add(word, morpheme.text)

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self, text: str) -> Reading:
        """The text as utterance, terms and cues."""
        return self.annotate(read(text, self.tagger, self.latin, self.names_by_initials, self.neutral))

    def annotate(self, utterance: Utterance) -> Reading:
        """The terms and cues of an utterance."""
        text = utterance.text
        place, words, count, word_start = [], [], 0, 0
        for char in text:
            place.append(count)
            if char == " ":
                if count > word_start:
                    words.append((word_start, count))
                word_start = count
            else:
                count += 1
        place.append(count)
        if count > word_start:
            words.append((word_start, count))
        flat = spell(text.replace(" ", ""))
        morphemes = [Morpheme(m.text, m.kind, place[m.start], place[m.end]) for m in utterance.morphemes]
        edges = Edges(morphemes, words)
        terms: list[Term] = []
        covered = bytearray(count)
        for start, end, keys in self.words.find(flat, edges):
            for key in keys:
                if key != _EVERYDAY:
                    terms.append(Term(key, start, end, "noun", True))
            covered[start:end] = b"\x01" * (end - start)
        cues = [Cue(name, start, end) for start, end, names in self.cues.find(flat, edges, loose=True) for name in names]
        reading = Reading(utterance, flat, terms, cues, words, morphemes, edges)
        self._add_morphemes(reading, covered)
        terms.sort(key=lambda term: term.start)
        return reading

    def _add_morphemes(self, reading: Reading, covered: bytearray) -> None:
        for text, kind, start, end in reading.morphemes:
            if kind not in CONTENT_KINDS:
                continue
            if kind == "foreign" and text.isascii():
                text = text.lower()
                lemma = stem(text)
            else:
                lemma = spell(text)
            cue = self.cue_lemmas.get(lemma) if kind in _WEAK or kind == "foreign" else None
            if cue:
                reading.cues.append(Cue(cue, start, end))
            known = sum(covered[start:end])
            if known * 2 >= end - start:
                if known < end - start and kind in ("noun", "name"):
                    reading.cut.append((start, end))
                continue
            if text in self.everyday or lemma in self.everyday:
                if kind == "place" and text != "용산" and not text.startswith("용산"):
                    reading.elsewhere.append((start, end))
                continue
            key = self.lemmas.get(lemma) or self.lemmas.get(text)
            if key:
                reading.terms.append(Term(key, start, end, kind, True))
            elif kind == "number" and not text.isdigit():
                continue
            else:
                key = lemma if kind in _WEAK or kind == "foreign" else text
                reading.terms.append(Term(key, start, end, kind, key in self.known))

    def terms(self, phrase: str) -> list[Term]:
        """The terms of a phrase of the content; they become known."""
        terms = self.annotate(read(phrase, self.tagger, self.latin | {w for w in _latin_words(phrase)})).terms
        self.known.update(term.key for term in terms)
        return terms


def _latin_words(text: str) -> list[str]:
    return [word for word in "".join(c if c.isascii() and c.isalpha() else " " for c in text.lower()).split()]

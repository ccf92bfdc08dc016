"""Which words a text holds, as one sees them: synonyms made one, everyday words set aside, spellings forgiven.

Topics, their names and the question go through the same reading, so that they meet.
"""

from __future__ import annotations

import re
from functools import cached_property

from bot.content import Content, Topic
from bot.korean import Morpheme, Tagger, Utterance, initials, read
from bot.korean.jamo import BASE, TAILS
from bot.matching.latin import LatinWords
from bot.matching.reading import CONTENT_KINDS, Cue, Reading, Term, without_spaces
from bot.matching.surfaces import NOUNLIKE, VERBAL, Edges, Surfaces, compact, spell, stem

_EVERYDAY = ""  # key of a surface that is found only to keep others from being seen in it: 아이고 holds no 아이
_OTHER_SCRIPT = re.compile("[\u0400-\u1fff\u3040-\u312f\u31f0-\u9fff]")
_LATIN = re.compile(r"[a-z]+", re.IGNORECASE)
_LATIN_TOKEN = re.compile(r"[a-z]+|\d+", re.IGNORECASE)
_CAPITALISED = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}")
_L = TAILS.index("ㄹ")
_UNBENT = re.compile(r"(?<![가-힣])([가-힣]{2,4})다(?= [가-힣])")
_QUOTES = re.compile("['\"‘’“”]")
_IN_PLACE = re.compile(r"\b(?:in|at|from|of) ([A-Z][a-z]{2,})")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SUFFIXES = frozenset(("들", "층", "님", "분", "용", "형"))
_HERE = ("용산", "yongsan")


class Lexicon:
    """The words of a content: synonyms, everyday words, aspects' cues.

    words     synonyms and every noun of the content → keys
    lemmas    verbs and English stems → key; singles: nouns of one syllable → key
    local     names of places inside the district
    known     keys that some topic has
    latin     words in Latin letters that are meant as such; neutral: those that Koreans use as they are (CCTV)
    """

    def __init__(self, content: Content, tagger: Tagger) -> None:
        self.tagger = tagger
        self.words, self.cues = Surfaces(), Surfaces()
        self.lemmas: dict[str, str] = {}
        self.singles: dict[str, str] = {}
        self.cue_lemmas: dict[str, str] = {}
        self.everyday: set[str] = set()
        self.known: set[str] = set()
        self.latin: set[str] = set()
        self.neutral: set[str] = set()
        self.names_by_initials: dict[str, str] = {}
        self._soft: dict[str, bool] = {}
        self.elsewhere, self.here = Surfaces(), Surfaces()
        for place in content.places.all:
            self.here.add(compact(place), place)
        for place in content.elsewhere.all:
            self.elsewhere.add(compact(place), place)
        self._add_everyday(content)
        self._add_synonyms(content)
        self._add_cues(content)
        for topic in content.topics.values():
            self._add_latin(topic)
            self._add_initials(topic)
            for phrase in (topic.title.ko, *topic.names.ko):
                self._learn(phrase.lower())
            for word in topic.words.all:
                if not word.isascii() and " " not in word:  # others become no words of their own
                    self.word_keys(word)
        self._guard_everyday(content)
        self._content = content

    # -- building ------------------------------------------------------------------------------------------------

    def _add_everyday(self, content: Content) -> None:
        self.everyday_words = set(content.everyday.ko)
        for word in content.everyday.ko:
            self.everyday.add(spell(word[:-1] if word.endswith("다") and len(word) > 1 else word))
        self.local = {spell(place) for place in (*_HERE, _HERE[0] + "구", *content.places.all)}
        self.everyday |= self.local
        for word in content.everyday.en:
            self.everyday.update((word, stem(word)))
            self.latin.add(word)

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
        elif _is_verb(word):
            self.lemmas.setdefault(spell(word[:-1]), key)
        elif len(word) == 1:
            self.singles.setdefault(spell(word), key)  # one syllable is a word only where the tagger says so
        elif not self._sounds_everyday(word):
            flat = compact(word)
            self.words.add(flat[:-1] if " " in word and flat.endswith("다") else flat, key)  # 같이 쓰다: 같이 쓰는

    def _add_cues(self, content: Content) -> None:
        for aspect in content.aspects.values():
            for cue in aspect.cues.all:
                self.latin.update(_LATIN.findall(cue.lower()))
                if _is_verb(cue):
                    self.cue_lemmas[spell(cue[:-1])] = aspect.id
                else:
                    self.cues.add(compact(cue), aspect.id)

    def _add_latin(self, topic: Topic) -> None:
        for phrase in (topic.title.ko, *topic.names.ko, *topic.questions.ko, *topic.words.ko):
            self.neutral.update(_LATIN.findall(phrase.lower()))
        for phrase in (topic.title.en, *topic.names.en, *topic.questions.en, *topic.words.en):
            self.latin.update(_LATIN.findall(phrase.lower()))
        self.latin |= self.neutral

    def _add_initials(self, topic: Topic) -> None:
        """Lets initials stand for a name, or for a longer word of it."""
        for phrase in (topic.title.ko, *topic.names.ko):
            phrase = _QUOTES.sub("", phrase)
            letters = initials(phrase)
            if len(letters) >= 3 and len(phrase.split()) <= 4:
                self.names_by_initials.setdefault(letters, phrase.lower())
            for word in phrase.split():
                if len(initials(word)) >= 4:
                    self.names_by_initials.setdefault(initials(word), word.lower())

    def _learn(self, phrase: str) -> None:
        """The nouns of a name, and those of its words that the tagger would break, become words of their own."""
        parts = phrase.split()
        for n, word in enumerate(parts, 1):
            morphemes = self.tagger(word)
            kinds = [morpheme.kind for morpheme in morphemes]
            # 세우는, 돌보는: only the last word of a name is surely a noun.
            whole = n == len(parts) or kinds[-1] in NOUNLIKE if kinds else False
            if word.startswith(_HERE[0]) and len(word) > 3:
                self._keep_local(word, morphemes[1:])
                continue
            if whole and len(word) >= 3 and not word.isascii() and (any(map(str.isdigit, word)) or not set(kinds) <= NOUNLIKE):
                if compact(word) not in self.words:
                    self.words.add(compact(word), word)
                continue
            for morpheme in morphemes:
                noun = compact(morpheme.text)
                if morpheme.kind in ("noun", "name", "place", "root") and len(noun) >= 2 and noun not in self.words:
                    self.words.add(noun, morpheme.text)

    def _keep_local(self, word: str, rest: list[Morpheme]) -> None:
        """용산공원 is a word of its own, and a park too."""
        self.words.add(compact(word), word)
        for morpheme in rest:
            noun = compact(morpheme.text)
            if morpheme.kind in ("noun", "name", "root") and len(noun) >= 2:
                if noun not in self.words:
                    self.words.add(noun, morpheme.text)
                for key in self.words.ids(noun):
                    self.words.add(compact(word), key)

    def _guard_everyday(self, content: Content) -> None:
        for word in content.everyday.ko:
            flat = compact(word)
            if len(flat) >= 3 and flat not in self.words and any(flat[:n] in self.words or flat[-n:] in self.words for n in (2, 3)):
                self.words.add(flat, _EVERYDAY)

    def word_keys(self, entry: str) -> set[str]:
        """Keys of an entry of `words`: dictionary forms, so that no tagger is needed for single words."""
        if " " in entry and not entry.isascii():
            return {term.key for term in self.learn_terms(entry)}
        keys: set[str] = set()
        for word in entry.lower().split():
            flat = spell(word)
            if word.isascii():
                keys.add(self.lemmas.get(stem(word)) or stem(word))
            elif _is_verb(word):
                keys.add(self.lemmas.get(flat[:-1]) or flat[:-1])
            elif len(flat) == 1:
                keys.add(self.singles.get(flat) or flat)
            elif flat in self.words:
                keys.update(key for key in self.words.ids(flat) if key)
            elif parts := self._parts(flat):
                keys.update(parts)
            elif not self._sounds_everyday(word):
                self.words.add(flat, word)
                keys.add(word)
        return keys

    def _sounds_everyday(self, word: str) -> bool:
        """Whether it is another word that sounds like an everyday one (군대, 군데)."""
        return compact(word) in self.everyday and word not in self.everyday_words

    def _parts(self, flat: str) -> set[str]:
        """Keys of the known words that make up a compound (안심귀가, 청년들); none where a part of it is new."""
        for size in range(len(flat) - 1, 1, -1):
            if flat[:size] in self.words:
                rest = flat[size:]
                keys = {key for key in self.words.ids(flat[:size]) if key}
                if rest in _SUFFIXES:
                    return keys
                if len(rest) > 1:
                    others = {key for key in self.words.ids(rest) if key} or self._parts(rest)
                    if others:
                        return keys | others
        return set()

    def text_keys(self, text: str) -> set[str]:
        """Keys of the known words in a text of the content's own."""
        if text.isascii():
            return {self.lemmas.get(stem(word)) or stem(word) for word in _LATIN.findall(text.lower())}
        return self.words.within(compact(text)) - {_EVERYDAY}

    def learn_terms(self, phrase: str, is_name: bool = False) -> list[Term]:
        """The terms of a name or a question of the content; everyday words count in names only, and only nouns."""
        return self.kept(self.learn(phrase).terms, is_name)

    def learn(self, phrase: str) -> Reading:
        """A name or a question of the content: every word of it counts."""
        if not phrase.isascii():
            return self.annotate(read(phrase, self.tagger, self.latin), learning=True)
        text = " ".join(phrase.lower().split())
        tokens = tuple(Morpheme(m[0], "number" if m[0].isdigit() else "foreign", *m.span()) for m in _LATIN_TOKEN.finditer(text))
        return self.annotate(Utterance(text, "en", "", tokens), learning=True)

    @staticmethod
    def kept(terms: list[Term], is_name: bool) -> list[Term]:
        """Those of a phrasing's terms that it is known by: everyday words count in names only, and only nouns."""
        kept = [term for term in terms if not term.soft or (is_name and term.kind in ("noun", "name", "place"))]
        return kept or terms

    @cached_property
    def written(self) -> LatinWords:
        """What puts right words in Latin letters. Made when it is first asked for; should two threads ask at once, both make the same."""
        return LatinWords(self._content, self.latin)

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self, text: str) -> Reading:
        """The text as utterance, terms and cues."""
        text = _THOUSANDS.sub("", text[:2000])
        if "다 " in text:
            text = _UNBENT.sub(self._bend, text)
        names = frozenset(word.lower() for word in _CAPITALISED.findall(text[:1000]))
        places = frozenset(word.lower() for word in _IN_PLACE.findall(text[:1000]))
        utterance = read(text, self.tagger, self.latin, self.names_by_initials, self.neutral)
        mended = False
        if utterance.language != "other":
            text = utterance.text
            # Words of the content's Korean texts (CCTV) are meant as they stand.
            latin = _LATIN.findall(text)
            is_sound = self.neutral.issuperset(latin) or max(map(len, latin)) < 3
            right = text if is_sound else self.written.put_right(text)
            if right != text:
                utterance = Utterance(right, utterance.language, utterance.script, tuple(self.tagger(right)))
                mended = right.isascii()
        reading = self.annotate(utterance, names, places)
        reading.respelt = mended
        return reading

    def _bend(self, match: re.Match[str]) -> str:
        """A verb that a learner left in its dictionary form before another word (아이 돌보다 곳): taggers take it for something else."""
        verb, code = spell(match[1]), ord(match[1][-1])
        if verb not in self.lemmas and verb not in self.known:
            return match[0]
        return match[1][:-1] + chr(code - _L if (code - BASE) % 28 == _L else code) + "는"  # 만들다: 만드는

    def annotate(
        self, utterance: Utterance, names: frozenset[str] = frozenset(), places: frozenset[str] = frozenset(), learning: bool = False
    ) -> Reading:  # fmt: skip
        """The terms and cues of an utterance.

        names     Latin words that were written as names are; places: those behind "in" and the like
        learning  it is the content's own: every word of it counts
        """
        place, words = without_spaces(utterance.text)
        flat = spell(utterance.text.replace(" ", ""))
        morphemes = [Morpheme(text, kind, place[start], place[end]) for text, kind, start, end in utterance.morphemes]
        edges = Edges(flat, morphemes, words)
        terms: list[Term] = []
        covered = bytearray(len(flat))
        for start, end, keys in self.words.find(flat, edges):
            terms += [Term(key, start, end, "noun", True, self._is_soft(key)) for key in keys if key != _EVERYDAY and key not in _HERE]
            covered[start:end] = b"\x01" * (end - start)
        asked = self.cues.find(flat, edges, loose=True)
        cues = [Cue(name, start, end) for start, end, names in asked for name in names]
        reading = Reading(utterance, flat, terms, cues, words, morphemes, edges)
        self._add_morphemes(reading, covered, names, places, learning)
        if not learning:
            self._add_places(reading, covered)
        terms.sort(key=_start)
        return reading

    def _is_soft(self, key: str) -> bool:
        """Whether the word is an everyday one; asked of the same words again and again."""
        soft = self._soft.get(key)
        if soft is None:
            soft = self._soft[key] = compact(key) in self.everyday
        return soft

    def _add_morphemes(
        self, reading: Reading, covered: bytearray, names: frozenset[str], places: frozenset[str], learning: bool
    ) -> None:  # fmt: skip
        """Adds what no surface covers, by the tagger."""
        for text, kind, start, end in reading.morphemes:
            if kind not in CONTENT_KINDS:
                continue
            if kind == "foreign" and not learning and _OTHER_SCRIPT.match(text):
                continue  # ランプ: the Korean around it is what is asked
            lemma = stem(text.lower()) if kind == "foreign" and text.isascii() else spell(text)
            if kind in VERBAL and lemma in self.cue_lemmas:
                reading.cues.append(Cue(self.cue_lemmas[lemma], start, end))
            soft = text in self.everyday or lemma in self.everyday
            if soft and kind == "place" and lemma not in self.local:
                reading.elsewhere.append((start, end))
            known = sum(covered[start:end])
            if known * 2 >= end - start:
                if known < end - start and kind in ("noun", "name"):
                    reading.cut.append((start, end))
                continue
            table = self.lemmas if kind in VERBAL or kind == "foreign" else self.singles
            key = table.get(lemma) or (lemma if kind in VERBAL or kind == "foreign" else text)
            if kind == "foreign" and text in names and key not in self.known:
                kind = "place" if text in places and text not in self.local else "name"
            if lemma in _HERE or (soft and len(key) < 2) or (kind == "number" and not (text.isdigit() and len(text) > 2)):
                continue  # says nothing of any subject
            if (soft or kind == "number") and not learning and (key not in self.known or (kind == "foreign" and soft)):
                continue
            if kind in ("noun", "name") and key not in self.known and not soft and not learning and self._is_district(text):
                kind = "place"
            reading.terms.append(Term(key, start, end, kind, key in self.known, soft))

    def _add_places(self, reading: Reading, covered: bytearray) -> None:
        """Makes a place of what the lists of places name at the start of a word, whatever the tagger takes it for (이+촌동)."""
        for start, end, _ in self.here.find(reading.compact, reading.edges):
            if start in reading.edges.words and end - start > 2:
                reading.terms[:] = [term for term in reading.terms if term.known or term.start < start or term.end > end]
        for start, end, names in self.elsewhere.find(reading.compact, reading.edges):
            if start in reading.edges.words and not all(covered[start:end]):
                reading.terms[:] = [term for term in reading.terms if not (start <= term.start and term.end <= end)]
                reading.terms.append(Term(names[0], start, end, "place", False))

    def _is_district(self, word: str) -> bool:
        """Whether the dictionary knows a district or city of that name, which people leave unsaid (마포, 노원)."""
        full = [word + ending for ending in "구시군"] + ([word] if word[-1] in "구시군" else [])
        return 2 <= len(word) <= 3 and any(m.kind == "place" and m.text in full for m in self.tagger(" ".join(full)))


def _start(term: Term) -> int:
    return term.start


def _is_verb(word: str) -> bool:
    return len(word) >= 2 and word.endswith("다") and " " not in word

"""What may be wrong with elsewhere.yaml: a name of it keeps the bot from answering, so none may be a word of the district or of a topic.

Faults are what contradicts another list of intents/. A name that stands in knowledge/ is a note only: a new fact must reach residents at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.fields import Phrases
from bot.content.load import Loaded
from bot.content.model import LANGUAGES, Topic
from bot.content.yaml_text import Fault

_FILE, _EVERYDAY = "elsewhere.yaml", "everyday.yaml"
_WORD = re.compile(r"[가-힣\d]+|[a-z][a-z-]*")
_PARTICLE = re.compile(r"(?:은|는|이|가|을|를|에|에서|의|도|로|으로|과|와|만|까지|부터|보다|처럼|요|예요|이에요)$")
_LONGEST = 3  # words of a name that is looked for in knowledge/
_Place = tuple[str | int, ...]


def check_elsewhere(loaded: Loaded) -> tuple[list[Fault], list[str]]:
    """(faults, notes) of the names of places outside the district."""
    if _FILE not in loaded.words:
        return [], []
    names: dict[str, tuple[str, int]] = {}
    faults = list(_by_themselves(loaded, names))
    faults += _against_everyday(loaded, names)
    return faults, list(_against_topics(loaded, names))


def _squeeze(word: str) -> str:
    """A name as it is compared: without spaces, in small letters."""
    return re.sub(r"\s", "", word).casefold()


def _line(loaded: Loaded, file: str, place: _Place) -> tuple[str, int]:
    shown = loaded.word_files[file]
    parsed = loaded.parsed[shown]
    key, language, number = place
    plain = (key, number)  # a list that is written without its language is Korean
    return shown, parsed.line(plain if language == "ko" and place not in parsed.lines and plain in parsed.lines else place)


def _each(phrases: Phrases) -> Iterator[tuple[_Place, str]]:
    for language in LANGUAGES:
        for n, word in enumerate(getattr(phrases, language)):
            yield (language, n), word


def _by_themselves(loaded: Loaded, names: dict[str, tuple[str, int]]) -> Iterator[Fault]:
    """Each name stands once and is long enough; fills `names` with the name and its line."""
    for place, word in _each(loaded.words[_FILE].elsewhere):
        shown, line = _line(loaded, _FILE, ("elsewhere", *place))
        key = _squeeze(word)
        if len(key) < 2:
            problem = f"'{word}'은(는) 한 글자라 다른 말에서도 나옵니다." if key else "빈 말이 있습니다."
            yield Fault(shown, line, problem, "'중구'처럼 끝말까지 쓰거나 지워 주세요.")
        elif key in names:
            yield Fault(shown, line, f"'{word}'이(가) 두 번 나옵니다({names[key][1]}번째 줄).", "한쪽에서 지워 주세요.")
        else:
            names[key] = (word, line)


def _against_everyday(loaded: Loaded, names: dict[str, tuple[str, int]]) -> Iterator[Fault]:
    if _EVERYDAY not in loaded.words:
        return
    shown = loaded.word_files[_FILE]
    everyday = loaded.words[_EVERYDAY]
    told: set[str] = set()
    for key, meaning in (("places", "용산구 안의 곳으로도"), ("words", "어느 물음에나 나오는 말로도")):
        for place, word in _each(getattr(everyday, key)):
            name = _squeeze(word)
            if name in names and name not in told:
                told.add(name)
                file, line = _line(loaded, _EVERYDAY, (key, *place))
                problem = f"'{names[name][0]}'은(는) {meaning} 적혀 있습니다({file} {line}번째 줄)."
                remedy = "한쪽에서 지워 주세요. 폴더에 elsewhere.yaml이 없으면 처음 받은 파일을 옮겨 와 고칩니다."
                yield Fault(shown, names[name][1], problem, remedy)


def _against_topics(loaded: Loaded, names: dict[str, tuple[str, int]]) -> Iterator[str]:
    """Names that residents may use for a topic."""
    heads = {name[:2] for name in names}
    told: set[str] = set()
    for topic in loaded.topics.values():
        for place, text in _asked_with(topic):
            for name in _names_in(text, names, heads) - told:
                told.add(name)
                file, line = loaded.topic_line(topic.id, *place)
                word, own = names[name]
                yield (
                    f"{loaded.word_files[_FILE]} {own}번째 줄: '{word}'은(는) 주제의 말이기도 합니다({file} {line}번째 줄). "
                    "그 주제를 묻는 말이면 elsewhere.yaml에서 지워 주세요."
                )


def _asked_with(topic: Topic) -> Iterator[tuple[_Place, str]]:
    yield ("title",), topic.title.ko
    for key in ("names", "questions", "words"):
        for place, text in _each(getattr(topic, key)):
            yield (key, *place), text


def _names_in(text: str, names: dict[str, tuple[str, int]], heads: set[str]) -> set[str]:
    """The names that stand in a text as words of their own, a particle aside."""
    words = _WORD.findall(text.casefold())
    found: set[str] = set()
    for n in [n for n, word in enumerate(words) if word[:2] in heads]:
        run = ""
        for word in words[n : n + _LONGEST]:
            run += word
            found.update({run, _PARTICLE.sub("", run)} & names.keys())
    return found


__all__ = ["check_elsewhere"]

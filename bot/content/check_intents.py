"""What may be wrong with the words of intents/: cues, ids, placeholders, telephone numbers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from bot.content.fields import BLANK, Phrases, Text
from bot.content.load import Loaded, packaged
from bot.content.model import LANGUAGES, LIST_NAME, UrgentFile
from bot.content.yaml_text import Fault, parse_file

_SLOT = re.compile(r"\{(\w+)(?::([^{}]+))?\}")
_ALWAYS = {"contact", "office", "intro"}  # the wording fills these in whatever is said as a sentence of its own
# Where sentences stand that the program uses by name.
_SENTENCES = (
    ("wording.yaml", "wording"),
    ("telegram.yaml", "wording"),
    ("handoff.yaml", "wording"),
    ("privacy.yaml", "privacy"),
    ("privacy.yaml", "headings"),
)


def check_intents(loaded: Loaded) -> tuple[list[Fault], list[str]]:
    """(faults, notes) of the intents files that could be read."""
    notes: list[str] = []
    faults = [*_aspects(loaded, notes), *_talk(loaded), *_commands(loaded), *_urgent(loaded)]
    for file, key in _SENTENCES:
        faults += _wording(loaded, file, key)
    notes += _blanks(loaded)
    return faults, notes


@cache
def _needed(file: str) -> Any:
    """The packaged file of that name, which names all that the engine needs."""
    parsed, _ = parse_file(packaged("intents") / file, file)
    return parsed.data if parsed else {}


def _fault(loaded: Loaded, file: str, place: tuple[str | int, ...], problem: str, remedy: str) -> Fault:
    shown = loaded.word_files[file]
    return Fault(shown, loaded.parsed[shown].line(place), problem, remedy)


# -- cues and ids ---------------------------------------------------------------------------------------------------


def _aspects(loaded: Loaded, notes: list[str]) -> Iterator[Fault]:
    file = "aspects.yaml"
    if file not in loaded.words:
        return
    aspects = loaded.words[file].aspects
    known = {aspect.id for aspect in aspects}
    yield from _ids(loaded, file, "aspects", aspects)
    yield from _needed_ids(loaded, file, "aspects", known)
    for n, aspect in enumerate(aspects):
        for m, name in enumerate(aspect.alternatives):
            if name not in known or name == aspect.id:
                near = difflib.get_close_matches(name, known - {aspect.id}, 1)
                remedy = f"'{near[0]}'을(를) 쓰려던 건가요?" if near else "있는 측면의 id를 쓰거나 지워 주세요."
                yield _fault(loaded, file, ("aspects", n, "or", m), f"'{name}'(이)라는 측면이 없거나 자기 자신입니다({aspect.id}).", remedy)
        for key in ("label", "not_stated"):
            text = getattr(aspect, key)
            if text and any("{" in part for part in (text.ko, text.en)):
                yield _fault(
                    loaded, file, ("aspects", n, key), f"{key}에는 자리표시를 쓸 수 없습니다({aspect.id}).", "중괄호를 지우고 그대로 써 주세요."
                )
        if aspect.alone:
            yield from _slots(loaded, file, ("aspects", n, "alone"), _by_language(aspect.alone), _ALWAYS, {})
    yield from _shared_cues(loaded, aspects, notes)


def _shared_cues(loaded: Loaded, aspects: Any, notes: list[str]) -> Iterator[Fault]:
    first: dict[str, tuple[str, str]] = {}
    for n, aspect in enumerate(aspects):
        for language in LANGUAGES:
            for m, cue in enumerate(getattr(aspect.cues, language)):
                other, theirs = first.setdefault(re.sub(r"\s", "", cue).casefold(), (aspect.id, cue))
                if other == aspect.id:
                    continue
                if cue == theirs:
                    place = ("aspects", n, "cues", language, m)
                    yield _fault(loaded, "aspects.yaml", place, f"'{cue}'을(를) 두 측면이 씁니다: {aspect.id}, {other}.", "한쪽에서 지워 주세요.")
                else:
                    notes.append(f"띄어쓰기만 다른 말을 두 측면이 씁니다: '{cue}'({aspect.id}), '{theirs}'({other}).")


def _talk(loaded: Loaded) -> Iterator[Fault]:
    for file, key in (("smalltalk.yaml", "smalltalk"), ("navigation.yaml", "navigation")):
        if file not in loaded.words:
            continue
        items = getattr(loaded.words[file], key)
        yield from _ids(loaded, file, key, items)
        yield from _needed_ids(loaded, file, key, {item.id for item in items}, is_closed=key == "navigation")
        needed = {one.get("id"): one.get("replies") for one in _needed(file).get(key, []) if isinstance(one, dict)}
        for n, item in enumerate(items):
            if not item.replies.all and (key == "smalltalk" or needed.get(item.id)):
                yield _fault(loaded, file, (key, n), f"'{item.id}'에 답(replies)이 없습니다.", "봇이 할 말을 replies에 한 문장 이상 써 주세요.")
            yield from _slots(loaded, file, (key, n, "replies"), _by_language(item.replies), _ALWAYS, {})


def _ids(loaded: Loaded, file: str, key: str, items: Iterable[Any]) -> Iterator[Fault]:
    """Ids stand once, and each has something to be recognised by."""
    seen: set[str] = set()
    for n, item in enumerate(items):
        if item.id in seen:
            yield _fault(loaded, file, (key, n, "id"), f'id "{item.id}"이(가) 두 번 나옵니다.', "둘 중 하나의 id를 바꾸거나 합쳐 주세요.")
        seen.add(item.id)
        cues = item.signs if key == "urgent" else item.cues
        if not any(cue.strip() for cue in cues.all):
            name = "signs" if key == "urgent" else "cues"
            yield _fault(
                loaded, file, (key, n), f"'{item.id}'에 알아볼 말({name})이 하나도 없습니다.", "주민이 그렇게 쓰는 말을 넣거나 항목을 지워 주세요."
            )
        elif any(not cue.strip() for cue in cues.all):
            yield _fault(loaded, file, (key, n), f"'{item.id}'에 빈 말이 있습니다.", "빈 칸을 지워 주세요.")


def _needed_ids(loaded: Loaded, file: str, key: str, have: set[str], is_closed: bool = False) -> Iterator[Fault]:
    """Ids that the program uses must be there; where the list is closed, no others can be used."""
    needed = {one["id"] for one in _needed(file).get(key, []) if isinstance(one, dict) and "id" in one}
    for name in sorted(needed - have):
        if key != "smalltalk":
            yield _fault(loaded, file, (key,), f"프로그램이 쓰는 '{name}' 항목이 없습니다.", f"'id: {name}' 항목을 처음 받은 파일에서 되살려 주세요.")
    for name in sorted(have - needed) if is_closed else ():
        near = difflib.get_close_matches(name, needed, 1)
        place = next((n for n, item in enumerate(getattr(loaded.words[file], key)) if item.id == name), 0)
        elsewhere = "지워 주세요." if key == "commands" else "지우거나 smalltalk.yaml로 옮겨 주세요."
        remedy = f"'{near[0]}'을(를) 쓰려던 건가요?" if near else elsewhere
        yield _fault(loaded, file, (key, place, "id"), f"'{name}'은(는) 프로그램이 모르는 id입니다.", remedy)


# -- sentences and their slots --------------------------------------------------------------------------------------


def _wording(loaded: Loaded, file: str, field: str) -> Iterator[Fault]:
    """Sentences that the program uses must be there, and no others."""
    if file not in loaded.words:
        return
    have: dict[str, Text] = getattr(loaded.words[file], field)
    needed = {key: Text.model_validate({"ko": text} if isinstance(text, str) else text) for key, text in _needed(file).get(field, {}).items()}
    for key in needed:
        if key not in have:
            near = difflib.get_close_matches(key, [name for name in have if name not in needed], 1)
            remedy = (
                f"'{near[0]}'의 이름을 '{key}'(으)로 고쳐 주세요." if near else f"'{key}: {{ko: …, en: …}}' 줄을 처음 받은 파일에서 되살려 주세요."
            )
            yield _fault(loaded, file, (field,), f"프로그램이 쓰는 문장 '{key}'이(가) 없습니다.", remedy)
    for key, text in have.items():
        if key not in needed:
            near = difflib.get_close_matches(key, needed, 1)
            remedy = f"'{near[0]}'을(를) 쓰려던 건가요?" if near else "그 줄을 지워 주세요."
            yield _fault(loaded, file, (field, key), f"'{key}'은(는) 프로그램이 쓰지 않는 문장입니다.", remedy)
            continue
        model = {language: _slot_names(sentence) for language, sentence in _by_language(needed[key])}
        yield from _slots(loaded, file, (field, key), _by_language(text), set().union(*model.values()), model)


def _by_language(value: Text | Phrases) -> list[tuple[str, str]]:
    """(language, all that is said in it); a language in which nothing is said is left out."""
    pairs = [(language, getattr(value, language)) for language in LANGUAGES]
    return [(language, said if isinstance(said, str) else "\n".join(said)) for language, said in pairs if said]


def _slot_names(text: str) -> set[str]:
    return {match[1] for match in _SLOT.finditer(text)}


def _slots(
    loaded: Loaded, file: str, place: tuple[str | int, ...], texts: list[tuple[str, str]], allowed: set[str], model: dict[str, set[str]]
) -> Iterator[Fault]:
    """Slots known, the same in every language (but for those the packaged sentence lacks in that language), braces in pairs."""
    everywhere = {name for _, text in texts for name in _slot_names(text)}
    for language, text in texts:
        if re.search(r"[{}]", _SLOT.sub("", text)):
            yield _fault(loaded, file, (*place, language), "중괄호 { }의 짝이나 안의 이름이 맞지 않습니다.", "{이름} 또는 {이름:은} 꼴로 써 주세요.")
        for name in sorted(_slot_names(text) - allowed):
            near = difflib.get_close_matches(name, allowed, 1)
            names = ", ".join(f"{{{one}}}" for one in sorted(allowed)) or "없음"
            remedy = f"'{{{near[0]}}}'을(를) 쓰려던 건가요?" if near else f"여기서 쓸 수 있는 것: {names}"
            yield _fault(loaded, file, (*place, language), f"'{{{name}}}'은(는) 여기서 채울 수 없는 자리입니다.", remedy)
        missing = (everywhere & allowed) - _slot_names(text)
        for name in sorted(missing if not model else missing & model.get(language, missing)):
            yield _fault(
                loaded,
                file,
                (*place, language),
                f"다른 언어에는 있는 '{{{name}}}'이(가) 없습니다({language}).",
                f"문장에 '{{{name}}}'을(를) 넣어 주세요.",
            )
        for match in _SLOT.finditer(text):
            if match[2] and not re.fullmatch(r"[가-힣()]+", match[2]):
                yield _fault(loaded, file, (*place, language), f"'{match[0]}'의 조사가 한글이 아닙니다.", "{이름:은}처럼 써 주세요.")


def _commands(loaded: Loaded) -> Iterator[Fault]:
    """The commands are those that the program knows, and fit into the messenger's list."""
    file = "telegram.yaml"
    if file not in loaded.words:
        return
    commands = loaded.words[file].commands
    yield from _needed_ids(loaded, file, "commands", {command.id for command in commands}, is_closed=True)
    for n, command in enumerate(commands):
        for language, text in _by_language(command.description):
            if len(text) > 256:
                yield _fault(loaded, file, ("commands", n, "description", language), f"/{command.id}의 설명이 256자보다 깁니다.", "짧게 줄여 주세요.")


def _blanks(loaded: Loaded) -> Iterator[str]:
    """What the office has yet to fill in."""
    file = "privacy.yaml"
    if file in loaded.words:
        for key, text in loaded.words[file].privacy.items():
            for language, said in _by_language(text):
                if BLANK.search(said):
                    line = loaded.parsed[loaded.word_files[file]].line(("privacy", key, language))
                    yield f"{loaded.word_files[file]} {line}번째 줄: '{key}'({language})에 채우지 않은 밑줄(____)이 있습니다."


def _urgent(loaded: Loaded) -> Iterator[Fault]:
    file = "urgent.yaml"
    if file not in loaded.words:
        return
    value = loaded.words[file]
    numbers = {number.number for number in value.numbers}
    yield from _ids(loaded, file, "urgent", value.urgent)
    yield from _lists(loaded, file, value)
    for n, item in enumerate(value.urgent):
        if any("{" in text for _, text in _by_language(item.reply)):
            yield _fault(
                loaded, file, ("urgent", n, "reply"), f"급한 답에는 자리표시를 쓸 수 없습니다({item.id}).", "중괄호를 지우고 그대로 써 주세요."
            )
        for number in item.numbers:
            if number not in numbers:
                problem = f"'{number}'을(를) 언제 확인했는지 적혀 있지 않습니다({item.id})."
                yield _fault(loaded, file, ("urgent", n, "numbers"), problem, "파일 위쪽 numbers에 번호와 확인한 날짜(checked)를 넣어 주세요.")
        for _, text in _by_language(item.reply):
            for number in re.findall(r"(?<![\d,.\-])(?:1\d{2,3}|0\d{1,2}-\d{3,4}-\d{4})(?![\d,\-]|\s?(?:년|명|건))", text):
                if number not in item.numbers and number not in numbers:
                    problem = f"답에 적힌 번호 '{number}'을(를) 언제 확인했는지 적혀 있지 않습니다({item.id})."
                    yield _fault(loaded, file, ("urgent", n, "reply"), problem, "파일 위쪽 numbers에 번호와 확인한 날짜(checked)를 넣어 주세요.")


def _lists(loaded: Loaded, file: str, value: UrgentFile) -> Iterator[Fault]:
    """Lists hold words, and every list that is named is there."""
    for name, words in value.lists.items():
        if not words or not all(word.strip() for word in words):
            yield _fault(loaded, file, ("lists", name), f"'{name}' 목록이 비었거나 빈 말이 있습니다.", "낱말을 넣거나 빈 칸을 지워 주세요.")
        elif any(mark in word for word in words for mark in "+<>"):
            yield _fault(
                loaded, file, ("lists", name), f"'{name}' 목록에 '+'나 '<>'가 있습니다.", "목록에는 낱말만 적고, 짝은 signs에서 지어 주세요."
            )
    places = [
        (("unless",), value.unless),
        *((("urgent", n), Phrases(ko=(*one.signs.all, *one.unless.all, *one.yields.all))) for n, one in enumerate(value.urgent)),
    ]
    for place, phrases in places:
        for name in dict.fromkeys(name for phrase in phrases.all for name in LIST_NAME.findall(phrase)):
            near = difflib.get_close_matches(name, value.lists, 1)
            remedy = f"'<{near[0]}>'을(를) 쓰려던 건가요?" if near else "파일 위쪽 lists에 그 이름으로 낱말을 적어 주세요."
            yield _fault(loaded, file, place, f"'<{name}>'이라는 목록이 없습니다.", remedy)


__all__ = ["check_intents"]

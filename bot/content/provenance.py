"""Holds knowledge against the newsletter it speaks for, both ways.

Forward: every figure, date and quoted name must stand in the lines that its topic or fact cites, and no sentence is copied.
Backward: every item of the newsletter must be told by a topic that cites its line. What is not compared: verbs and ordinary words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.fields import Text
from bot.content.figures import Figures, read_figures, read_quoted
from bot.content.load import Loaded
from bot.content.model import Document, Fact, Topic
from bot.content.source import Item, Source, squeeze
from bot.content.yaml_text import Fault

COPIED = 20  # letters without spaces, as the design sets it
# Share of what an item says that must be told, rare words counting for more. Where its figure is told too, or where a sentence
# is put in other words, less is asked.
_ENOUGH_WORDS, _ENOUGH_WITH_FIGURE, _ENOUGH_OF_SENTENCE = 0.6, 0.35, 0.3
_OWN = 0.5  # share of a list item's words that stand in the title and names of the topic it belongs to
_HANGUL = re.compile(r"[가-힣]")
_HANGUL_RUN = re.compile(r"[가-힣0-9A-Za-z]*[가-힣][가-힣0-9A-Za-z&]*(?:\s[가-힣0-9A-Za-z&]*[가-힣][가-힣0-9A-Za-z&]*)*")


@dataclass(frozen=True, slots=True)
class Said:
    """One text of a topic, and the lines it rests on."""

    place: tuple[str | int, ...]
    language: str
    text: str
    lines: frozenset[int]


def check_provenance(loaded: Loaded, source: Source, source_name: str, document_id: str) -> tuple[list[Fault], list[str]]:
    """(faults, notes). A topic of another document than document_id is passed over, where document_id is one of the documents."""
    known = {document.id: document for document in loaded.documents}
    own = [topic for topic in loaded.topics.values() if document_id not in known or topic.document in ("", document_id)]
    faults: list[Fault] = []
    for topic in own:
        faults += _check_topic(topic, loaded, source, known.get(topic.document))
    uncovered, notes = _check_cover(own, loaded, source, source_name)
    skipped = len(loaded.topics) - len(own)
    if skipped:
        notes.append(f"다른 문서의 주제 {skipped}개는 {source_name}과(와) 견주지 않았습니다.")
    return faults + uncovered, notes


# -- from knowledge to the source -----------------------------------------------------------------------------------


def _check_topic(topic: Topic, loaded: Loaded, source: Source, document: Document | None) -> Iterator[Fault]:
    own_names = {squeeze(name) for name in (topic.title.ko, *topic.names.ko)}
    paper = read_figures(" ".join([str(document.as_of.year), document.title.ko, document.label.ko]) if document else "")
    for place, lines in _cited(topic):
        if any(line > len(source.lines) for line in lines):
            yield Fault(*loaded.topic_line(topic.id, *place), f"원문에 없는 줄 번호입니다(원문은 {len(source.lines)}줄).", "lines를 고쳐 주세요.")
    if not _words_stand(topic.title.ko, source.text(set(_all_lines(topic)))) and topic.lines:
        remedy = "lines나 제목을 고쳐 주세요."
        yield Fault(*loaded.topic_line(topic.id, "title"), f"제목 '{topic.title.ko}'의 말이 근거로 든 줄에 없습니다.", remedy)
    for said in _texts(topic):
        file, line = loaded.topic_line(topic.id, *said.place)
        cited = source.text(set(said.lines))
        here = f"근거로 든 {_shown(said.lines)}줄" if said.lines else "근거로 든 줄이 없어 원문"
        for figure in _lacking(read_figures(cited), read_figures(said.text), paper):
            yield Fault(file, line, f"'{figure}'이(가) {here}에 없습니다({topic.id}).", "숫자나 날짜, 또는 lines를 원문대로 고쳐 주세요.")
        for name in _names(said):
            squeezed = squeeze(name)
            if squeezed not in source.squeezed and not (said.language == "en" and any(squeezed in own for own in own_names)):
                yield Fault(file, line, f"'{name}'이라는 이름이 원문에 없습니다({topic.id}).", "이름을 원문에 적힌 대로 고치거나 따옴표를 빼 주세요.")
        copied = _copied(said, topic, source)
        if copied:
            yield Fault(file, line, f"원문을 그대로 옮긴 곳이 있습니다: '{copied}'({topic.id}).", "뜻은 그대로 두고 말을 바꿔 주세요.")


def _lacking(cited: Figures, claimed: Figures, paper: Figures) -> list[str]:
    return [figure for figure in cited.lacks(claimed) if figure not in paper.numbers]


def _names(said: Said) -> list[str]:
    """Names that must be printed: what is quoted, and in an English text what is left in Korean."""
    quoted = [name for name in read_quoted(said.text) if said.language == "ko" or _HANGUL.search(name)]
    return quoted if said.language == "ko" else list(dict.fromkeys([*quoted, *_HANGUL_RUN.findall(said.text)]))


def _copied(said: Said, topic: Topic, source: Source) -> str:
    """A run of the source that stands in an answer, outside names; or nothing."""
    if said.language != "ko" or said.place[0] in ("title", "counts", "audience"):
        return ""
    text = re.sub(r"\s", "", said.text)
    names = {re.sub(r"\s", "", name) for name in (topic.title.ko, *topic.names.all, *read_quoted(said.text))}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "\0")
    for start in range(len(text) - COPIED + 1):
        if text[start : start + COPIED] in source.compact:
            return text[start : start + COPIED]
    return ""


def _texts(topic: Topic) -> Iterator[Said]:
    lines = frozenset(topic.lines)
    yield from _both(("title",), topic.title, frozenset(_all_lines(topic)))
    for key in ("answer", "known", "claim", "audience"):
        text = getattr(topic, key)
        if text:
            yield from _both((key,), text, lines)
    for name, fact in topic.facts.items():
        yield from _both(("facts", name), fact, frozenset(fact.lines) or lines)
    for n, count in enumerate(topic.counts):
        yield Said(("counts", n, "number"), "ko", count.number, lines)
        yield from _both(("counts", n, "printed"), count.printed, lines)
        if count.note:
            yield from _both(("counts", n, "note"), count.note, lines)
    for key, day in (("from", topic.period and topic.period.start), ("until", topic.period and topic.period.until)):
        if day:
            yield Said(("period", key), "ko", f"{day:%Y-%m-%d}", lines)


def _both(place: tuple[str | int, ...], text: Text | Fact, lines: frozenset[int]) -> Iterator[Said]:
    yield Said((*place, "ko"), "ko", text.ko, lines)
    if text.en:
        yield Said((*place, "en"), "en", text.en, lines)


def _cited(topic: Topic) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
    yield ("lines",), topic.lines
    for name, fact in topic.facts.items():
        yield ("facts", name, "lines"), fact.lines


def _all_lines(topic: Topic) -> Iterator[int]:
    for _, lines in _cited(topic):
        yield from lines


def _shown(lines: frozenset[int]) -> str:
    ordered = sorted(lines)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]}-{ordered[-1]}"
    return ", ".join(map(str, ordered))


# -- from the source to knowledge -----------------------------------------------------------------------------------


def _check_cover(topics: list[Topic], loaded: Loaded, source: Source, source_name: str) -> tuple[list[Fault], list[str]]:
    tellers: dict[int, list[Topic]] = {}
    for topic in topics:
        for line in set(_all_lines(topic)):
            tellers.setdefault(line, []).append(topic)
    chapters = [title.ko for title in (*loaded.sections.values(), *(topic.title for topic in topics if topic.members))]
    headings = source.headings(list(dict.fromkeys(chapters)))
    items = source.items()
    weights = _rarity(items)
    faults, heads, covered = [], [], 0
    for item in items:
        if _is_told(item, tellers.get(item.line, []), weights):
            covered += 1
        elif item.line in headings:
            heads.append(f"{item.line}줄 '{item.text}'")
        else:
            remedy = f"이 줄을 근거(lines: {item.line})로 삼고 그 말이 담긴 주제나 사실을 knowledge/에 넣어 주세요."
            faults.append(Fault(source_name, item.line, f"'{_short(item.text)}'을(를) 알려 주는 주제가 없습니다.", remedy))
    notes = [f"원문의 항목 {covered}개를 주제가 알려 줍니다."]
    if heads:
        notes.append("제목으로 본 줄: " + ", ".join(heads))
    return faults, notes


def _rarity(items: list[Item]) -> dict[str, float]:
    """What a word of the source weighs: 1 in one item, less the more items it stands in."""
    texts = [_pairs(item.text) for item in items]
    words = {word for item in items for word in _words(item.text)}
    return {word: 1 / max(1, sum(_stands(word, pairs) for pairs in texts)) for word in words}


def _is_told(item: Item, tellers: list[Topic], weights: dict[str, float]) -> bool:
    """A list's item must be a topic's own, by its figure or by title and names; a sentence may be told by several topics together."""
    if item.prose:
        return bool(tellers) and _tells(item, " ".join(map(_everything, tellers)), weights)
    has_figure = bool(re.search(r"\d", item.text))
    owned = [topic for topic in tellers if not topic.members and (has_figure or _share_told(item.text, _called(topic), weights) >= _OWN)]
    return any(_tells(item, _everything(topic), weights) for topic in owned)


def _tells(item: Item, text: str, weights: dict[str, float]) -> bool:
    wanted = re.sub(r"(?<=[가-힣A-Za-z])-?\d+", "", item.text) if item.prose else item.text  # the 19 of 코로나19 is part of a word
    if read_figures(text).lacks(read_figures(wanted)):
        return False
    enough = _ENOUGH_OF_SENTENCE if item.prose else _ENOUGH_WITH_FIGURE if re.search(r"\d", item.text) else _ENOUGH_WORDS
    return _share_told(item.text, text, weights) >= enough


def _share_told(wanted: str, text: str, weights: dict[str, float] | None = None) -> float:
    """How many of the words of two syllables and more stand in a text, by their letter pairs; rare ones count for more."""
    pairs = _pairs(text)
    words = _words(wanted)
    total = sum((weights or {}).get(word, 1.0) for word in words)
    told = sum((weights or {}).get(word, 1.0) for word in words if _stands(word, pairs))
    return told / total if total else 1.0


def _words(text: str) -> list[str]:
    """Words of two letters and more; not the unit behind a figure."""
    return [word.casefold() for word in re.findall(r"[^\W\d_]+", re.sub(r"\d+[^\W\d_]*", " ", text)) if len(word) > 1]


def _pairs(text: str) -> set[str]:
    text = text.casefold()
    return {text[n : n + 2] for n in range(len(text) - 1)}


def _stands(word: str, pairs: set[str]) -> bool:
    own = [word[n : n + 2] for n in range(len(word) - 1)]
    return sum(pair in pairs for pair in own) >= 0.5 * len(own)


def _words_stand(title: str, cited: str) -> bool:
    return _share_told(title, squeeze(cited)) >= 0.5


def _called(topic: Topic) -> str:
    return " ".join(squeeze(name) for name in (topic.title.ko, *topic.names.ko))


def _everything(topic: Topic) -> str:
    """All that a topic says in Korean, as one text to look words up in."""
    texts = [topic.title.ko, *topic.names.ko, topic.answer.ko, *(fact.ko for fact in topic.facts.values())]
    texts += [text.ko for text in (topic.known, topic.claim) if text]
    return " ".join([squeeze(text) for text in texts] + [f" {count.number} " for count in topic.counts] + texts)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


__all__ = ["check_provenance"]

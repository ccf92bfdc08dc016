"""A newsletter's text as numbered lines and items: what check --source holds the knowledge against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HEADING_LETTERS = 24  # a longer line says something by itself
_BULLET = re.compile(r"^\s*[•·∙▪■□●○◦\-–*]\s*")
_SENTENCE = re.compile(r"(?<=[다요죠까]\.)\s+")


def squeeze(text: str) -> str:
    """Letters and digits alone, lower-cased: how names are compared whatever their spaces and marks."""
    return re.sub(r"[\W_]+", "", text).casefold()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing the source says: a part of a list, or a sentence of its prose.

    line    counted from 1
    prose   a whole sentence, which knowledge puts in its own words
    """

    line: int
    text: str
    prose: bool = False


class Source:
    """The lines of a source text, counted from 1."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.compact = re.sub(r"\s", "", text)
        self.squeezed = squeeze(text)

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""

    def text(self, numbers: set[int]) -> str:
        return "\n".join(self.line(number) for number in sorted(numbers))

    def items(self) -> list[Item]:
        """Every line split at sentences, or at bullets, commas and 및 outside brackets."""
        found = []
        for number, line in enumerate(self.lines, 1):
            if is_prose(line):
                found += [Item(number, sentence.strip(), True) for sentence in _SENTENCE.split(line) if sentence.strip()]
            else:
                found += [Item(number, part) for part in _split(_BULLET.sub("", line)) if squeeze(part)]
        return found

    def headings(self, chapters: list[str]) -> set[int]:
        """The lines that head something: short, without bullet, figure or comma inside, and either named like a chapter, or with
        nothing but headings between them and a paragraph, or between a paragraph and a heading."""
        short = {n for n, line in enumerate(self.lines, 1) if line.strip() and _is_short(line)}
        named = {n for n in short if any(_names(self.line(n), chapter) for chapter in chapters)}
        plain = {n for n in short if not re.search(r"\d", self.line(n))}
        heads = set(named)
        below_is_prose = False
        for n in range(len(self.lines), 0, -1):
            line = self.line(n)
            if n in plain and below_is_prose:
                heads.add(n)
            elif line.strip():
                below_is_prose = is_prose(line)
        above_is_prose = False
        for n in range(1, len(self.lines) + 1):
            if n in plain and above_is_prose and n + 1 in heads:
                heads.add(n)
            elif self.line(n).strip() and n not in heads:
                above_is_prose = is_prose(self.line(n))
        return heads


def read_source(path: Path) -> Source:
    """Raises OSError or UnicodeDecodeError where the file cannot be read as UTF-8."""
    return Source(path.read_bytes().decode("utf-8-sig"))


def is_prose(line: str) -> bool:
    return len(line) > 60 and bool(re.search(r"[다요죠까]\.(\s|$)", line))


def _is_short(line: str) -> bool:
    return len(line.strip()) <= HEADING_LETTERS and not _BULLET.match(line) and not re.search(r"[,·](?=.*\w)", line)


def _names(line: str, chapter: str) -> bool:
    """Whether a line reads like the title of a chapter: it ends as the title does and has all of its words, or has no other words."""
    words, wanted = re.findall(r"\w+", line), re.findall(r"\w+", chapter)
    if not words or not wanted:
        return False
    if all(word in wanted for word in words):
        return True
    ends = words[-1].endswith(wanted[-1])
    return ends and all(any(word.startswith(one) or word.endswith(one) for word in words) for one in wanted)


def _split(line: str) -> list[str]:
    """Parts at commas and at 및 ("and"), outside brackets; a comma between digits is none."""
    parts, depth, start = [], 0, 0
    for n, letter in enumerate(line):
        depth += (letter in "([{<「『‘“") - (letter in ")]}>」』’”")
        between_digits = line[n - 1 : n].isdigit() and line[n + 1 : n + 2].isdigit()
        if depth <= 0 and ((letter == "," and not between_digits) or line[n - 1 : n + 2] == " 및 "):
            parts.append(line[start:n])
            start = n + 1
    return [part.strip() for part in (*parts, line[start:]) if part.strip()]


__all__ = ["Item", "Source", "is_prose", "read_source", "squeeze"]

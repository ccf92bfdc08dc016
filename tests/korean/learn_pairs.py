"""Learns the table of letter pairs that bot/korean/keyboard.py holds, and prints it: python tests/korean/learn_pairs.py

Korean: KoNLPy's corpora and the Hangul of this project's YAML, as keys. English: the licences and package descriptions of
this machine, Python's own help, and the YAML's English. Another machine's texts shift a grade by one here and there.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from pydoc_data.topics import topics

import konlpy

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.korean.jamo import COMPOUND_TAILS, COMPOUND_VOWELS, KEYS, decompose  # noqa: E402

KEY_OF = {letter: key for key, letter in KEYS.items() if key.islower() or key in "QWERTOP"}
APART = {whole: parts for parts, whole in (COMPOUND_VOWELS | COMPOUND_TAILS).items()}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def typed(word: str) -> str:
    return "".join(KEY_OF[key] for letter in decompose(word) for key in APART.get(letter, letter)).lower()


def pairs(words: Iterable[str]) -> Counter[tuple[str, str]]:
    """Letter pairs, each word counted by the root of how often it stands there."""
    counts: Counter[tuple[str, str]] = Counter()
    for word, times in Counter(words).items():
        for pair in zip("^" + word, word + "$", strict=True):
            counts[pair] += max(1, round(times**0.5))
    return counts


def likelihood(counts: Counter[tuple[str, str]], before: str, after: str) -> float:
    row = sum(counts[before, letter] for letter in LETTERS + "$")
    return (counts[before, after] + 0.5) / (row + 0.5 * 27)


def main() -> None:
    yaml = "\n".join(path.read_text(encoding="utf-8") for folder in ("knowledge", "intents") for path in sorted((ROOT / folder).glob("*.yaml")))
    package = Path(konlpy.__file__).parent
    formal = "\n".join(path.read_text(encoding="utf-8") for path in package.glob("data/corpus/*/*.txt"))
    described = [*Path("/usr/share/common-licenses").glob("*"), *package.parent.glob("*.dist-info/METADATA")]
    english = "\n".join(path.read_text(encoding="utf-8", errors="ignore") for path in described if path.is_file())
    english += "\n".join(topics.values()) + "\n".join(line for line in re.findall(r"[ -~]{15,}", yaml) if line.count(" ") > 2)

    korean = pairs(map(typed, re.findall("[가-힣]+", formal + yaml * 2)))
    other = pairs(word.lower() for word in re.findall("[A-Za-z]+", english))

    for before in "^" + LETTERS:
        ratios = (math.log(likelihood(korean, before, after) / likelihood(other, before, after)) for after in LETTERS + "$")
        grades = "".join("ABCDEFGHI"[round(max(-4, min(4, ratio))) + 4] for ratio in ratios)
        sys.stdout.write(f'    "{before}": "{grades}",\n')


if __name__ == "__main__":
    main()

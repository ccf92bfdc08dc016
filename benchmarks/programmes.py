"""Made-up programmes of a made-up district, as many as a benchmark wants, and questions about them; a seed decides all of it.

Words repeat as they do in real texts (the n-th of a list is drawn in proportion to 1/n, and new names of places go on turning up), and no
two programmes bear one name. The first thousand topics of a large base are those of a small one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, product
from pathlib import Path
from typing import Any

import yaml

from bot.evaluation.noise import Noise

PHRASINGS = 10  # of a topic, its title among them
OUTSIDE = 5  # every fifth question is about nothing that the base holds
_TOPICS_A_FILE = 500
_WORDS = Path(__file__).with_name("scale_words.yaml")


@dataclass(frozen=True, slots=True)
class Programme:
    """One topic. `phrasings` begin with the title; `names` are what the programme is called in them."""

    id: str
    phrasings: tuple[str, ...]
    names: tuple[str, ...]


class _Drawn:
    """Words, of which the n-th is drawn in proportion to 1/n."""

    def __init__(self, words: Sequence[str], draw: random.Random) -> None:
        self._words, self._draw = words, draw
        self._weights = [*accumulate(1 / (n + 2) for n in range(len(words)))]

    def __call__(self) -> str:
        return self._draw.choices(self._words, cum_weights=self._weights)[0]


class Maker:
    """Makes programmes and questions."""

    def __init__(self, seed: int = 7) -> None:
        words: dict[str, Any] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
        self._draw = draw = random.Random(seed)
        houses = ["".join(pair) for pair in product(words["facilities_first"].split(), words["facilities_last"].split())]
        random.Random(seed).shuffle(houses)
        self._places, self._houses = _Drawn(words["places"].split(), draw), _Drawn(houses, draw)
        self._audiences, self._subjects, self._kinds = (_Drawn(words[name].split(), draw) for name in ("audiences", "subjects", "kinds"))
        self._asked: list[list[str]] = words["asked"]
        self._outside = words["outside"]["subjects"].split(), words["outside"]["places"].split()
        self._before: list[str] = words["before"]
        self._noise = Noise(("keyboard", "drop", "double"), rate=0.06, seed=seed)

    def programmes(self, count: int) -> list[Programme]:
        """That many, no two of one name."""
        made: dict[str, Programme] = {}
        while len(made) < count:
            title, *_ = names = self._names()
            if title not in made:
                asked = dict.fromkeys(self._question(self._draw.choice(names)) for _ in range(4 * PHRASINGS))
                made[title] = Programme(f"p-{len(made)}", (title, *list(asked)[: PHRASINGS - 1]), tuple(dict.fromkeys(names)))
        return list(made.values())

    def questions(self, programmes: Sequence[Programme], count: int) -> list[tuple[str, str]]:
        """(id of the programme, or "" where there is none; question), none twice, and none a phrasing as it stands."""
        known = {phrasing for programme in programmes for phrasing in programme.phrasings}
        made: dict[str, str] = {}
        while len(made) < count:
            programme = None if len(made) % OUTSIDE == 0 else self._draw.choice(programmes)
            name = self._stray() if programme is None else self._draw.choice(programme.names)
            question = self._spoilt(name.split(), self._question("{}").split()[1:])
            if question not in known and question not in made:
                made[question] = programme.id if programme else ""
        return [(topic, question) for question, topic in made.items()]

    def _names(self) -> list[str]:
        """The name of a programme, then it and how people put it: in another order, with another word for its subject."""
        draw = self._draw
        where = self._places() if draw.random() < 0.6 else self._houses()
        whom = self._audiences() if draw.random() < 0.6 else ""
        subjects, kind = self._subjects().split("/"), self._kinds()
        orders = [(where, whom), (whom, where)]
        return [" ".join(filter(None, (*order, subject, kind))) for order in ([orders[0]] if whom == "" else orders) for subject in subjects]

    def _question(self, name: str) -> str:
        return self._draw.choice(self._draw.choice(self._asked)).format(name)

    def _stray(self) -> str:
        """The name of something else, half the time somewhere else."""
        subjects, places = self._outside
        where = self._draw.choice(places) if self._draw.random() < 0.5 else self._places()
        kind = self._kinds() if self._draw.random() < 0.5 else ""
        return f"{where} {self._draw.choice(subjects)} {kind}"

    def _spoilt(self, name: list[str], asked: list[str]) -> str:
        """A question as people type it: a word less, a slip of the finger, something before it, no spaces."""
        draw = self._draw
        words = [*name, *asked]
        if draw.random() < 0.4:
            del words[draw.randrange(len(words) - 1)]
        text = ("" if draw.random() < 0.1 else " ").join(words)
        text = (draw.choice(self._before) if draw.random() < 0.2 else "") + text + draw.choice(("", "", "?", "??", "ㅠㅠ"))
        return self._noise.spoil(text) if draw.random() < 0.4 else text


def write_base(programmes: Sequence[Programme], folder: Path) -> None:
    """A knowledge folder of the smallest valid topics."""
    for first in range(0, len(programmes), _TOPICS_A_FILE):
        topics = [
            {"id": one.id, "title": one.phrasings[0], "questions": list(one.phrasings[1:]), "answer": f"{one.phrasings[0]} 안내예요."}
            for one in programmes[first : first + _TOPICS_A_FILE]
        ]
        text = yaml.dump(
            {"section": "사업", "topics": topics}, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True, sort_keys=False
        )
        (folder / f"part-{first // _TOPICS_A_FILE:03}.yaml").write_text(text, encoding="utf-8")

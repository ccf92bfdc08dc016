"""Which topic staff mean when they write its id or its name."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from bot.content import Topic
from bot.engine import Engine
from bot.korean.normalise import normalise
from bot.matching import compact

MOST = 5  # topics that are offered
_CLOSE = 0.4  # score from which the index's candidates are offered: unrelated words stay below 0.25
_ALIKE = 0.6  # of names, where no word is known


@dataclass(frozen=True, slots=True)
class Found:
    """named: the topics that are called so to the letter, spaces aside; near: where there is none, those that may be meant, best first."""

    named: tuple[Topic, ...] = ()
    near: tuple[Topic, ...] = ()


def find(engine: Engine, text: str) -> Found:
    """The topics that a name stands for."""
    topics, said = engine.content.topics, compact(normalise(text))
    if not said:
        return Found()
    called = {topic.id: {compact(normalise(name)) for name in _names(topic)} for topic in topics.values()}
    named = [topics[name] for name, names in called.items() if said in names]
    if named:
        return Found(tuple(named))
    ranked = engine.understander.index.search(engine.understander.lexicon.read(text))
    near = [topics[one.topic_id] for one in ranked if one.score >= _CLOSE]
    if not near:
        owners = {name: topics[owner] for owner, names in called.items() for name in names}
        alike = difflib.get_close_matches(said, owners, MOST, _ALIKE)
        near = list({owners[name].id: owners[name] for name in alike}.values())
    return Found(near=tuple(near[:MOST]))


def _names(topic: Topic) -> list[str]:
    return [topic.id, topic.title.ko, topic.title.en, *topic.names.all]

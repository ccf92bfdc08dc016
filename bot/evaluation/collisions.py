"""Phrasings that lead to another topic than their own: the part of check that needs the matcher.

A fault is only what would mislead. Near-equal scores are resolved by an offered choice, and a group shares names with its members.
"""

from __future__ import annotations

from pathlib import Path

from bot.content.check import CheckReport, check_loaded, is_kin, phrasings, squeeze_phrase
from bot.content.load import Loaded, read_files
from bot.content.yaml_text import Fault
from bot.errors import TaggerError
from bot.korean import Tagger, open_tagger
from bot.matching import Index, Lexicon, load_coefficients

MARGIN = 0.05  # by how much another topic must score higher: nearer ones are offered as a choice


def check_all(
    knowledge: Path | None, intents: Path | None, source: Path | None = None, against: Path | None = None, tagger: Tagger | None = None
) -> CheckReport:
    """All that check can say: the folders, their provenance, and collisions (skipped where the content is not sound).

    tagger  as the bot uses it; Mecab where none is given
    """
    loaded = read_files(knowledge, intents)
    report = check_loaded(loaded, source, against)
    if loaded.content is None:
        report.skipped.append("SKIPPED 주제 사이의 겹침: 위의 잘못을 고친 뒤에 살펴봅니다.")
        return report
    try:
        lexicon = Lexicon(loaded.content, tagger or open_tagger())
    except TaggerError as error:
        report.skipped.append(f"SKIPPED 주제 사이의 겹침: 형태소 분석기가 없습니다({error.problem}).")
        return report
    report.add(find_collisions(loaded, Index(loaded.content, lexicon, load_coefficients().ranking)))
    return report


def find_collisions(loaded: Loaded, index: Index) -> list[Fault]:
    """Every phrasing that another topic answers clearly better than its own."""
    faults = []
    for topic in loaded.topics.values():
        seen: set[str] = set()
        for place, phrase in phrasings(topic):
            key = squeeze_phrase(phrase)
            if not key or key in seen:
                continue
            seen.add(key)
            found = index.search(index.lexicon.read(phrase))
            own = next((candidate.score for candidate in found if candidate.topic_id == topic.id), 0.0)
            if not found or found[0].topic_id == topic.id or found[0].score <= own + MARGIN or is_kin(loaded, topic.id, found[0].topic_id):
                continue
            other = found[0].topic_id
            file, line = loaded.topic_line(other, "title")
            problem = f"'{phrase}'({topic.id})은(는) 다른 주제에 더 가깝습니다: {other}({file} {line}번째 줄, '{found[0].best}')."
            remedy = "이 주제만의 말을 넣어 고쳐 쓰거나, 어느 한쪽에서 지워 주세요."
            faults.append(Fault(*loaded.topic_line(topic.id, *place), problem, remedy))
    return faults


__all__ = ["check_all", "find_collisions"]

"""What a changed content is asked besides the suites: what residents asked in vain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.evaluation.gate import Asked
from bot.store import reports
from bot.store.database import Database

MOST = 300  # groups of questions, the most asked first


def asked_in_vain(database: Database, words: Callable[[str], Sequence[str]]) -> list[Asked]:
    """Residents' masked questions that could not be answered, like ones put together, the most asked first.

    words  the words of a text that name its subject (store/grouping.py)
    """
    found: dict[tuple[str, str], int] = {}
    for one in reports.unanswered(database, words):
        place = one.example, one.language
        found[place] = found.get(place, 0) + one.count  # once without an answer, and once with half of one
    most = sorted(found.items(), key=lambda item: -item[1])[:MOST]
    return [Asked(question, count, language) for (question, language), count in most]

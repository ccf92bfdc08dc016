"""The words of a text that name its subject: what questions are put together by, and drafts are named after."""

from __future__ import annotations

from collections.abc import Callable

from bot.matching.lexicon import Lexicon
from bot.matching.surfaces import VERBAL


def subject_words(lexicon: Lexicon) -> Callable[[str], list[str]]:
    """Tells of a text the words that name its subject, one for all their synonyms; where there are none, all that it has."""

    def words(text: str) -> list[str]:
        terms = lexicon.read(text).terms
        nouns = [term.key for term in terms if term.kind not in VERBAL and len(term.key) > 1]
        return nouns or [term.key for term in terms]

    return words


__all__ = ["subject_words"]

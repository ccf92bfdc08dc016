"""From settings to an engine: the one place that knows which setting goes where.

It prints nothing. Where a part that is only wished for cannot start, `warn` is told why, and the engine does without it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.content import Content
from bot.dialogue.policy import Thresholds
from bot.dialogue.wording import Office
from bot.engine import Engine
from bot.errors import SemanticError, TaggerError
from bot.korean import Tagger, open_tagger

if TYPE_CHECKING:
    from bot.matching.semantic import Encoder

Warn = Callable[[str], object]


def engine_over(content: Content, tagger: Tagger, settings: Settings, encoder: Encoder | None = None) -> Engine:
    """The engine over a content, as it is set up."""
    office = Office(settings.office.name, settings.office.contact, settings.office.official, settings.office.contact_en, settings.office.name_en)
    matching = settings.matching
    thresholds = Thresholds(matching.answer_from, matching.offer_from, matching.partial_from, matching.close)
    return Engine(content, tagger, office, settings.content.fresh_days, settings.conversation.idle_minutes, thresholds, encoder)


def tagger_of(settings: Settings, warn: Warn) -> Tagger:
    """The tagger that is configured; with a warning, Mecab where it cannot start. Raises TaggerError where not even Mecab starts."""
    try:
        return open_tagger(settings.korean.tagger)
    except TaggerError as error:
        if settings.korean.tagger == "mecab":
            raise
        warn(f"경고: {error}\n  이번에는 mecab으로 계속합니다.")
        return open_tagger("mecab")


def encoder_of(settings: Settings, warn: Warn) -> Encoder | None:
    """The encoder for likeness of meaning, where that is set; with a warning, none where it cannot start."""
    if not settings.matching.semantic:
        return None
    from bot.matching.semantic import cache_folder, open_encoder

    try:
        return open_encoder(cache_folder())
    except SemanticError as error:
        warn(f"경고: {error}\n  이번에는 낱말로만 찾습니다.")
        return None

"""Which topic, which aspect, how sure. Knows nothing of the conversation."""

from bot.matching.evidence import Evidence, asking_part, load_coefficients, weigh
from bot.matching.index import Candidate, Index
from bot.matching.lexicon import Cue, Lexicon, Reading, Term
from bot.matching.surfaces import VERBAL, Surfaces, compact, spell

__all__ = [
    "VERBAL", "Candidate", "Cue", "Evidence", "Index", "Lexicon", "Reading", "Surfaces", "Term", "asking_part",
    "compact", "load_coefficients", "spell", "weigh",
]  # fmt: skip

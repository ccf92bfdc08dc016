"""Which topic, which aspect, how sure. Knows nothing of the conversation."""

from bot.matching.coefficients import KINDS, SEMANTIC, WEIGHED, Coefficients, load_coefficients
from bot.matching.evidence import Evidence, asking_part, weigh
from bot.matching.index import Candidate, Index
from bot.matching.lexicon import Lexicon
from bot.matching.reading import Cue, Reading, Term
from bot.matching.subject import subject_words
from bot.matching.surfaces import VERBAL, Surfaces, compact, spell

__all__ = [
    "KINDS", "SEMANTIC", "VERBAL", "WEIGHED", "Candidate", "Coefficients", "Cue", "Evidence", "Index", "Lexicon", "Reading", "Surfaces", "Term",
    "asking_part", "compact", "load_coefficients", "spell", "subject_words", "weigh",
]  # fmt: skip

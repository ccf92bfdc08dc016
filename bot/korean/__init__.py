"""Text in: from what a resident typed to a normalised, tokenised utterance. The only importer of KoNLPy."""

from bot.korean.jamo import decompose, fold, initials
from bot.korean.tokenise import Morpheme, Tagger, open_tagger
from bot.korean.utterance import Utterance, read

__all__ = ["Morpheme", "Tagger", "Utterance", "decompose", "fold", "initials", "open_tagger", "read"]

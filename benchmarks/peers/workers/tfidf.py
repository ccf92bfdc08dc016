"""TF-IDF over character n-grams within words, by scikit-learn: the best phrasing by cosine."""

from __future__ import annotations

from typing import Any

from worker import Answer, flatten, serve


def build(request: dict[str, Any]) -> Answer:
    from sklearn.feature_extraction.text import TfidfVectorizer

    topics, phrasings = flatten(request["base"])
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    known = vectorizer.fit_transform(phrasings)

    def answer(question: str) -> tuple[str, float]:
        scores = (known @ vectorizer.transform([question]).T).toarray().ravel()
        best = int(scores.argmax())
        return topics[best], float(scores[best])

    return answer


if __name__ == "__main__":
    serve(build)

"""The ParaKQC task: a knowledge base of 400 intents with three phrasings each, 2,800 questions in scope and 1,000 out of it.

    python benchmarks/parakqc.py parakqc_even.tsv [--semantic] [--fit] [--write bot/matching/coefficients.yaml]

The TSV has a group and a sentence a line, ten sentences a group. The base is built in a temporary folder and loaded like any other.
--fit adds figures of weights fitted on this task by cross-validation over groups; without it the packaged weights speak.
With --semantic likeness of meaning counts too, where words leave it unsure; --write then writes the weights for those questions.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import yaml  # noqa: E402

from benchmarks.bench import NOW, share, use_one_core  # noqa: E402
from benchmarks.peers.figures import Marked, quality  # noqa: E402
from bot.content import load_content  # noqa: E402
from bot.dialogue.wording import Office  # noqa: E402
from bot.engine import Engine  # noqa: E402
from bot.evaluation.calibrate import Row, ask_meaning_always, fit, predict, rank_by, write  # noqa: E402
from bot.evaluation.ranking import choice, fit_ranking  # noqa: E402
from bot.korean import open_tagger  # noqa: E402
from bot.matching import SEMANTIC  # noqa: E402
from bot.matching.semantic import cache_folder, open_encoder  # noqa: E402

PHRASINGS = 3
OUTSIDE = 100
NEVER = (2.0, 2.0)  # between which no probability is


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("tsv", type=Path)
    parser.add_argument("--write", type=Path, help="fit on all of it, and write the weights of mere lists into this file of coefficients")
    parser.add_argument("--fit", action="store_true", help="also fit the weights on this task, by cross-validation over groups")
    parser.add_argument("--semantic", action="store_true", help="ask the encoder too, where words leave it unsure (needs the extra semantic)")
    options = parser.parse_args(arguments)
    use_one_core()
    encoder = open_encoder(cache_folder()) if options.semantic else None
    base, asked = split(read_groups(options.tsv))
    with tempfile.TemporaryDirectory() as folder:
        write_base(base, Path(folder))
        engine = Engine(load_content(Path(folder)), open_tagger(), Office("용산구청", "서울 다산콜 120", False), encoder=encoder)
        engine.wait()
    rows, confidences, times = ask(engine, asked)
    print(f"{len(base)} intents, {len(engine.understander.index.phrases)} phrasings; {len(rows)} questions")
    print(scores("packaged weights", rows, confidences))
    ordered = sorted(times)
    print(f"one question: p50 {1000 * share(ordered, 50):.2f} ms, p99 {1000 * share(ordered, 99):.2f} ms")
    if options.semantic:
        print_consulted(rows, times)
    if options.fit or options.write:
        figures = fit_and_score(engine, asked, options.semantic)
        if options.write:
            kind = "lists" + SEMANTIC * options.semantic
            rows, _, _ = ask(engine, asked)
            ranking = fit_ranking([row.choice for row in rows if row.choice])
            rank_by(engine, kind, ranking)
            rows, _, _ = ask(engine, asked)
            command = f"python benchmarks/parakqc.py parakqc_even.tsv{' --semantic' * options.semantic} --write {options.write.as_posix()}"
            write(kind, ranking, {kind: fit(rows, kind)}, options.write, f"{command}\n{len(rows)} questions. {figures}")
    return 0


def print_consulted(rows: Sequence[Row], times: Sequence[float]) -> None:
    """How many questions the encoder was asked about, and what the others took."""
    consulted = [bool(row.features.get("meaning_tight")) for row in rows]
    inside = [was for was, row in zip(consulted, rows, strict=True) if row.in_scope]
    outside = [was for was, row in zip(consulted, rows, strict=True) if not row.in_scope]
    sure = sorted(seconds for seconds, was in zip(times, consulted, strict=True) if not was)
    shares = f"{sum(inside) / len(inside):.0%} in scope, {sum(outside) / len(outside):.0%} out of it"
    print(f"meaning asked: {shares}; the others p50 {1000 * share(sure, 50):.2f} ms")


def fit_and_score(engine: Engine, asked: Sequence[tuple[str, str]], semantic: bool) -> str:
    """Figures of weights fitted here. With likeness of meaning every question asks it, and it counts where words alone are unsure."""
    low, high = engine.understander.unsure
    engine.understander.unsure = NEVER
    rows, held = fit_folds(engine, asked)
    print(figures := scores("fitted here, cross-validated", rows, held))
    if semantic:
        ask_meaning_always(engine)
        other, again = fit_folds(engine, asked, by_meaning=True)
        print(scores("with meaning, always", other, again))
        unsure = [low < probability < high for probability in held]
        rows = [two if ask else one for one, two, ask in zip(rows, other, unsure, strict=True)]
        held = [two if ask else one for one, two, ask in zip(held, again, unsure, strict=True)]
        print(figures := scores("with meaning where words are unsure, cross-validated", rows, held))
    return figures


def ask(engine: Engine, asked: Sequence[tuple[str, str]]) -> tuple[list[Row], list[float], list[float]]:
    """(rows, confidences, seconds) of all questions, in order."""
    rows, confidences, times = [], [], []
    for topic, question in asked:
        start = time.perf_counter()
        turn = engine.reply(question, None, NOW)
        times.append(time.perf_counter() - start)
        first = turn.reply.candidates[0][0] if turn.reply.candidates else ""
        understood = turn.trace.question
        features = understood.evidence.features if understood and understood.evidence else {}
        inside = not topic.startswith("out")
        candidates = understood.candidates if understood and inside else []
        ranked = choice(topic, candidates, [c.topic_id == topic for c in candidates]) if candidates else None
        rows.append(Row(question, topic, inside, features, first == topic, ranked))
        confidences.append(turn.reply.confidence)
    return rows, confidences, times


def fit_folds(engine: Engine, asked: Sequence[tuple[str, str]], by_meaning: bool = False, folds: int = 10) -> tuple[list[Row], list[float]]:
    """(rows, probabilities), each by a ranking and weights that were fitted without the question's group."""
    groups = sorted({topic for topic, _ in asked})
    random.Random(7).shuffle(groups)
    fold = {group: n % folds for n, group in enumerate(groups)}
    first, _, _ = ask(engine, asked)
    rows, probabilities = list(first), [0.0] * len(asked)
    for number in range(folds):
        ranking = fit_ranking([row.choice for row in first if row.choice and fold[row.group] != number])
        rank_by(engine, "lists" + SEMANTIC * by_meaning, ranking)
        ranked, _, _ = ask(engine, asked)
        weights = fit([row for row in ranked if fold[row.group] != number], "lists")
        for n, row in enumerate(ranked):
            if fold[row.group] == number:
                rows[n], probabilities[n] = row, predict(weights, row)
    return rows, probabilities


def read_groups(path: Path) -> list[list[str]]:
    """The sentences of each group, in file order."""
    groups: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        group, _, sentence = line.partition("\t")
        groups.setdefault(group, []).append(sentence)
    return list(groups.values())


def split(groups: Sequence[Sequence[str]]) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """(phrasings by topic, (topic or "out-…", question) that are asked), drawn as the task prescribes."""
    draw = random.Random(7)
    base: dict[str, list[str]] = {}
    asked: list[tuple[str, str]] = []
    for n, group in enumerate(groups[:-OUTSIDE]):
        chosen = draw.sample(range(len(group)), PHRASINGS)
        base[f"intent-{n}"] = [group[k] for k in chosen]
        asked += [(f"intent-{n}", sentence) for k, sentence in enumerate(group) if k not in chosen]
    asked += [(f"out-{n}", sentence) for n, group in enumerate(groups[-OUTSIDE:]) for sentence in group]
    return base, asked


def write_base(base: dict[str, list[str]], folder: Path) -> None:
    """A knowledge folder of the smallest valid topics; the first phrasing is the title, so that it adds none."""
    topics = [{"id": topic, "title": phrasings[0], "questions": phrasings, "answer": f"{topic}의 답이에요."} for topic, phrasings in base.items()]
    text = yaml.safe_dump({"section": "ParaKQC", "topics": topics}, allow_unicode=True, sort_keys=False)
    (folder / "parakqc.yaml").write_text(text, encoding="utf-8")


def scores(name: str, rows: Sequence[Row], confidences: Sequence[float]) -> str:
    """top-1 in scope; AUROC in scope against out; in scope answered right where 5% of the others are answered."""
    worth = quality([Marked(row.in_scope, row.right, confidence) for row, confidence in zip(rows, confidences, strict=True)])
    return f"{name}: top-1 {100 * worth.top1:.1f}, AUROC {worth.auroc:.3f}, right at 5% {100 * worth.right_at_5:.1f}"


if __name__ == "__main__":
    sys.exit(main())

import random
from dataclasses import replace

import pytest

from bot.content import load_content
from bot.dialogue.wording import Office
from bot.engine import Engine
from bot.evaluation.calibrate import Row, account, auroc, collect, cross_validate, figures, fit, fit_topics, held_out, predict, write
from bot.evaluation.noise import Noise
from bot.korean import open_tagger
from bot.matching import load_coefficients
from bot.matching.evidence import FEATURES
from bot.matching.index import RANKED


def made_rows(count=400, seed=1, **slopes):
    """Rows whose truth follows the slopes."""
    draw = random.Random(seed)
    rows = []
    for n in range(count):
        features = {name: 0.0 for name in FEATURES} | {name: draw.random() * 2 for name in slopes}
        odds = sum(slope * (features[name] - 1) for name, slope in slopes.items())
        right = draw.random() < 1 / (1 + 2.718281828**-odds)
        rows.append(Row(f"r{n}", f"g{n % 40}", right or n % 2 == 0, features, right))
    return rows


def test_the_fit_finds_what_speaks_for_and_what_against():
    weights = fit(made_rows(phrase=4.0, unknown_nouns=-3.0))

    assert weights["phrase"] > 2
    assert weights["unknown_nouns"] < -1.5
    assert set(weights) == {"constant", *FEATURES}


def test_weights_are_where_the_likelihood_is_flat():
    rows = made_rows(phrase=3.0)
    weights = fit(rows)

    residual = sum(row.right - predict(weights, row) for row in rows)

    assert abs(residual) < 1e-3


def test_an_unexplained_word_never_speaks_for_a_topic():
    weights = fit(made_rows(phrase=3.0, unknown_nouns=3.0))

    assert weights["unknown_nouns"] == 0.0
    assert weights["phrase"] > 0


def test_what_speaks_for_a_topic_is_never_held_against_it():
    assert fit(made_rows(phrase=-3.0, letters_best=2.0))["phrase"] == 0.0


def test_what_hangs_on_how_many_phrasings_there_are_says_nothing_of_topics_with_facts():
    assert fit(made_rows(letters_mean=3.0))["letters_mean"] == 0.0
    assert fit(made_rows(letters_mean=3.0), "lists")["letters_mean"] > 1


def test_separable_rows_do_not_run_away():
    rows = [Row(f"{n}", f"{n}", True, {"phrase": float(n % 2)}, n % 2 == 1) for n in range(40)]

    assert 0 < fit(rows)["phrase"] < 50


def test_no_group_is_fitted_and_measured_at_once(monkeypatch):
    rows = made_rows(phrase=2.0)
    fitted = []
    monkeypatch.setattr("bot.evaluation.calibrate.fit", lambda part, kind="topics": fitted.append({row.group for row in part}) or fit(part))

    held_out(rows, folds=5)

    everything = {row.group for row in rows}
    held = [everything - groups for groups in fitted]
    assert len(fitted) == 5
    assert set().union(*held) == everything
    assert sum(len(groups) for groups in held) == len(everything)


def test_cross_validated_figures_of_what_can_be_learnt():
    found = cross_validate(made_rows(phrase=6.0))

    assert found.auroc > 0.85
    assert found.ece < 0.1
    assert "AUROC" in found.text()


def test_figures_at_thresholds():
    rows = [Row("a", "a", True, {"phrase": 1.0}, True), Row("b", "b", True, {"phrase": 1.0}, False), Row("c", "c", False, {"phrase": 1.0}, False)]

    at = next(a for a in figures(rows, [0.9, 0.6, 0.55]).at if a.threshold == 0.6)

    assert (at.false, at.wrong, at.missed) == (0.0, 0.5, 0.0)


@pytest.mark.parametrize(
    ("scores", "right", "expected"),
    [([0.1, 0.9], [False, True], 1.0), ([0.9, 0.1], [False, True], 0.0), ([0.5, 0.5], [False, True], 0.5), ([0.5], [True], 0.5)],
)
def test_auroc_counts_ties_half(scores, right, expected):
    assert auroc(scores, right) == expected


def test_a_question_without_any_topic_is_sure_to_have_none():
    assert predict({"constant": 5.0}, Row("a", "a", True, {}, False)) == 0.0


def test_what_is_written_can_be_read_says_how_it_was_fitted_and_leaves_the_other_kind(tmp_path):
    rows, path = made_rows(phrase=3.0), tmp_path / "coefficients.yaml"
    weights, ranking = fit(rows), dict.fromkeys(RANKED, 1 / len(RANKED))

    write("topics", ranking, {"topics": weights}, path, account(rows, "yongsan-bot calibrate x"))

    found, packaged = load_coefficients(path), load_coefficients()
    assert found.evidence["topics"] == pytest.approx(weights, abs=1e-4)
    assert found.ranking["topics"] == pytest.approx(ranking, abs=1e-4)
    assert found.evidence["lists"] == packaged.evidence["lists"]
    assert "yongsan-bot calibrate x" in found.fitted["topics"]
    assert "AUROC" in found.fitted["topics"]


def test_rows_are_single_questions_that_are_neither_small_talk_nor_urgent(tmp_path):
    single = '{"id": "%s", "kind": "single", "q": "%s", "expect": "%s", "topic": "%s", "must": [["%s"]]}\n'
    lines = [
        single % ("a", "CCTV 몇 군데예요?", "answer", "cctv", "223"),
        single % ("b", "CCTV 몇 군데예요?", "answer", "bell", "129"),
        single % ("c", "여권 어디서 만들어요?", "abstain", "none", ""),
        single % ("d", "안녕하세요", "chitchat", "", ""),
        single % ("e", "살려주세요", "abstain", "urgent", "112"),
        '{"id": "f", "kind": "dialogue", "turns": [{"q": "CCTV 몇 군데예요?", "expect": "answer", "must": []}]}\n',
    ]
    path = tmp_path / "tiny.jsonl"
    path.write_text("".join(lines).replace('[[""]]', "[]"), encoding="utf-8")
    engine = Engine(load_content(), open_tagger(), Office("용산구청", "전화 120", False))

    rows = collect(engine, [path])

    assert [(row.key, row.in_scope, row.right) for row in rows] == [("tiny/a", True, True), ("tiny/b", True, False), ("tiny/c", False, False)]
    assert rows[0].group == "cctv"
    assert rows[0].features["explained"] > 0


def test_questions_with_slips_have_weights_of_their_own():
    plain = made_rows(unknown_nouns=-4.0, phrase=3.0)
    spoilt = [replace(row, features={**row.features, "slips": 1.0}) for row in made_rows(seed=2, phrase=3.0)]

    weights = fit_topics([*plain, *spoilt])

    assert weights["topics"]["unknown_nouns"] < -2
    assert weights["spoilt"]["unknown_nouns"] == pytest.approx(0, abs=0.5)


def test_with_noise_every_question_is_asked_spoilt_as_well(tmp_path):
    path = tmp_path / "tiny.jsonl"
    path.write_text(
        '{"id": "a", "kind": "single", "q": "방범용 CCTV가 몇 군데예요?", "expect": "answer", "topic": "cctv", "must": [["223"]]}\n', "utf-8"
    )
    engine = Engine(load_content(), open_tagger(), Office("용산구청", "전화 120", False))

    rows = collect(engine, [path], Noise(("drop",), 0.2))

    assert [row.noisy for row in rows] == [False, True]
    assert rows[0].group == rows[1].group

"""What the scale benchmark promises: the same base for the same seed, distinct names and questions, a folder that loads, and figures that add up."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import scale  # noqa: E402
from benchmarks.programmes import PHRASINGS, Maker, write_base  # noqa: E402
from benchmarks.scale import COLUMNS, Row, exponent, over, table, write_docs  # noqa: E402
from bot.content import load_content  # noqa: E402

P50, PEAK = (next(column for column in COLUMNS if column.key == key) for key in ("p50_ms", "peak_mb"))


def row(phrasings: int, **figures: float) -> Row:
    return Row(phrasings, **{**dict.fromkeys((*(column.key for column in COLUMNS),), 1.0), **figures})


def test_a_seed_decides_all_and_a_small_base_begins_a_large_one():
    small, large = Maker().programmes(50), Maker().programmes(200)

    assert large[:50] == small
    assert Maker(8).programmes(50) != small


def test_no_two_programmes_have_one_name_or_fewer_phrasings():
    made = Maker().programmes(500)

    assert len({one.phrasings[0] for one in made}) == 500
    assert {len(set(one.phrasings)) for one in made} == {PHRASINGS}


def test_words_repeat_as_in_real_texts():
    words = [word for one in Maker().programmes(2000) for word in one.phrasings[0].split()]
    counts = sorted((words.count(word) for word in set(words)), reverse=True)

    assert counts[0] > 20 * counts[len(counts) // 2]
    assert len(counts) > 500


def test_no_question_comes_twice_or_as_it_stands_in_the_base_and_a_fifth_is_about_nothing_in_it():
    maker = Maker()
    made = maker.programmes(100)

    asked = maker.questions(made, 300)

    assert len({question for _, question in asked}) == 300
    assert not {question for _, question in asked} & {phrasing for one in made for phrasing in one.phrasings}
    assert sum(not topic for topic, _ in asked) == 60


def test_a_made_base_loads_like_any_other(tmp_path):
    made = Maker().programmes(600)

    write_base(made, tmp_path)
    content = load_content(tmp_path)

    assert [(topic.title.ko, *topic.questions.ko) for topic in content.topics.values()] == [one.phrasings for one in made]
    assert all(topic.is_simple for topic in content.topics.values())


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_one_size_is_measured_in_a_process_of_its_own():
    measured = scale.in_a_process(100, 20, 7)

    assert measured.phrasings == 100
    assert 0 < measured.p50_ms <= measured.p99_ms <= measured.slowest_ms
    assert 0 < measured.own_mb < measured.peak_mb
    assert measured.right > 0.5


def test_the_exponent_is_the_power_with_which_a_figure_grows():
    rows = [row(n, p50_ms=0.1 * n**0.5) for n in (1_000, 10_000, 100_000)]

    assert exponent(rows, P50) == pytest.approx(0.5)
    assert exponent(rows, PEAK) == pytest.approx(0, abs=1e-9)


def test_budgets_are_those_of_the_largest_base():
    rows = [row(1_000, p50_ms=99), row(100_000, p99_ms=21, peak_mb=599)]

    assert over(rows) == ["p99, ms"]


def test_the_table_has_a_line_a_size_and_the_growth_beneath():
    lines = table([row(1_000), row(100_000, p50_ms=10)]).splitlines()

    assert [line.split("|")[1].strip() for line in lines] == [
        "phrasings", "-" * 20, "1,000", "100,000", "budget of the last", "grows with the power", "in the last step"
    ]  # fmt: skip
    assert lines[5].split("|")[P50_PLACE].strip() == "0.50"


P50_PLACE = 2 + COLUMNS.index(P50)


def test_only_what_stands_between_the_marks_is_renewed(tmp_path):
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n{scale.BEGIN}\nold \\1\n{scale.END}\nafter\n", encoding="utf-8")

    write_docs(document, "new \\1")
    write_docs(document, "newer")

    text = document.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{scale.BEGIN}\n\nnewer\n")
    assert text.endswith(f"{scale.END}\nafter\n")
    assert "old" not in text
    with pytest.raises(ValueError, match="bench-scale"):
        write_docs(Path(__file__).with_name("test_bench_peers.py"), "x")


def test_a_size_that_fails_is_named():
    with pytest.raises(RuntimeError, match="^0 phrasings"):
        scale.in_a_process(0, 20, 7)

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content.check import check_folders
from bot.content.figures import read_figures, read_quoted

NEWSLETTER = Path(__file__).resolve().parents[3] / "shared" / "newsletter" / "new-yongsan-2021.txt"
needs_newsletter = pytest.mark.skipif(not NEWSLETTER.exists(), reason="the newsletter is not here")
SOURCE = """탄탄한 생활 안전
노후 안전비상벨 교체 142개소
우리아이 안심학교 환경구축 14개교, 자전거 안전보험 가입
임시선별진료소 운영(2020. 12. 14. ~ 2021. 2. 14.)
"""
BELL = ("안전비상벨 교체", 2, "노후한 안전비상벨을 142개소에서 교체했어요.")
SCHOOL = ("우리아이 안심학교", 3, "안심학교 환경구축은 14개교예요.")
BIKE = ("자전거 안전보험 가입", 3, "자전거 안전보험이 있어요.")
SITES = ("임시선별진료소", 4, "임시선별진료소 운영은 2020년 12월 14일부터 2021년 2월 14일까지예요.")


@pytest.fixture
def hold(tmp_path: Path, write_knowledge: Callable[..., Path]) -> Callable[..., list[str]]:
    """The faults of topics (title, line, answer) held against SOURCE, as "file line: problem"."""

    def check(*topics: tuple[str, int, str], more: str = "") -> list[str]:
        (tmp_path / "paper.txt").write_text(SOURCE, encoding="utf-8")
        written = "".join(
            f"  - id: t{n}\n    title: {title}\n    lines: {line}\n    answer: {answer}\n{more}" for n, (title, line, answer) in enumerate(topics)
        )
        folder = write_knowledge(a=f"section: 생활 안전\ntopics:\n{written}" if written else "section: 생활 안전\ntopics: []\n")
        report = check_folders(folder, None, tmp_path / "paper.txt")
        return [f"{fault.file} {fault.line}: {fault.problem}" for fault in report.faults if not fault.file.startswith("intents/")]

    return check


Hold = Callable[..., list[str]]


def test_what_is_traceable_and_told_has_no_fault(hold: Hold) -> None:
    assert hold(BELL, SCHOOL, BIKE, SITES) == []


@pytest.mark.parametrize(
    ("answer", "figure"),
    [
        pytest.param("14개소예요.", "14", id="14 is not in 142"),
        pytest.param("42개소예요.", "42", id="42 is not in 142"),
        pytest.param("14개교는 다른 줄이고 142개소예요.", "14", id="of another line"),
        pytest.param("2020년 12월 15일에 142개소예요.", "2020년 12월 15일", id="another day"),
    ],
)
def test_a_figure_that_the_cited_lines_lack_is_named(hold: Hold, answer: str, figure: str) -> None:
    faults = hold(("안전비상벨 교체", 2, answer), SCHOOL, BIKE, SITES)

    assert any(f"'{figure}'" in fault and "a.yaml 6" in fault for fault in faults)


def test_an_english_figure_is_held_against_the_lines_too(hold: Hold) -> None:
    title, line, answer = BELL

    faults = hold((title, line, f"{{ko: {answer}, en: Replaced at 143 sites.}}"), SCHOOL, BIKE, SITES)

    assert any("'143'" in fault for fault in faults)


@pytest.mark.parametrize("written", ["2020년 12월 14일", "2020. 12. 14.", "14 December 2020", "December 14, 2020", "2020-12-14"])
def test_a_date_is_one_value_however_it_is_written(written: str) -> None:
    assert not read_figures("(2020. 12. 14. ~ 2021. 2. 14.)").lacks(read_figures(written))


@pytest.mark.parametrize("written", ["1월 13일", "13 January", "1.13."])
def test_a_day_without_a_year_is_found(written: str) -> None:
    assert not read_figures("(1.13. 기준 누계 16,214명)").lacks(read_figures(written))


def test_a_year_that_is_not_printed_is_missed() -> None:
    assert read_figures("(1.13. 기준)").lacks(read_figures("2021년 1월 13일")) == ["2021년 1월 13일"]


def test_thousands_separators_do_not_count() -> None:
    assert not read_figures("16,214명").lacks(read_figures("16214 people"))


def test_a_quoted_name_must_be_printed(hold: Hold) -> None:
    title, line, answer = BELL

    assert any("'든든벨'" in fault for fault in hold((title, line, f"\"'든든벨'이라는 {answer}\""), SCHOOL, BIKE, SITES))


def test_a_name_that_is_denied_need_not_be_printed() -> None:
    assert read_quoted("'옴부즈퍼슨'이 아니라 '옴부즈퍼스'예요. isn't, children's") == ["옴부즈퍼스"]


def test_a_copied_sentence_is_named(hold: Hold) -> None:
    faults = hold(("안전비상벨", 2, "노후 안전비상벨 교체 142개소 우리아이 안심학교 환경구축 14개교예요."), SCHOOL, BIKE, SITES)

    assert any("그대로 옮긴" in fault for fault in faults)


@pytest.mark.parametrize("gone", [BELL, SCHOOL, BIKE, SITES], ids=lambda topic: topic[0])
def test_an_item_that_no_topic_tells_is_named(hold: Hold, gone: tuple[str, int, str]) -> None:
    faults = hold(*(one for one in (BELL, SCHOOL, BIKE, SITES) if one != gone))

    assert len(faults) == 1
    assert faults[0].startswith(f"paper.txt {gone[1]}:")


def test_a_heading_is_listed_not_missed(hold: Hold, tmp_path: Path) -> None:
    hold(BELL, SCHOOL, BIKE, SITES)

    report = check_folders(tmp_path / "knowledge", None, tmp_path / "paper.txt")

    assert any("탄탄한 생활 안전" in note for note in report.notes)


def test_a_line_beyond_the_source_is_named(hold: Hold) -> None:
    assert any("원문에 없는 줄" in fault for fault in hold(BELL, SCHOOL, BIKE, ("임시선별진료소", 40, "네.")))


@needs_newsletter
def test_the_packaged_knowledge_is_traceable_and_covers_the_newsletter() -> None:
    report = check_folders(None, None, NEWSLETTER)

    assert [str(fault) for fault in report.faults if not fault.file.startswith("intents/")] == []


@needs_newsletter
@pytest.mark.parametrize(
    "name", ["longevity", "senior-city", "seniors-day", "senior-jobs", "senior-facilities", "senior-care", "cctv", "museum", "jieum"]
)
def test_a_deleted_topic_leaves_its_item_uncovered(copy_knowledge: Path, name: str) -> None:
    path = next(path for path in copy_knowledge.glob("*.yaml") if f"- id: {name}\n" in path.read_text(encoding="utf-8"))
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(rf"  - id: {name}\n.*?(?=\n  - id: |\Z)", "", text, flags=re.S), encoding="utf-8")

    report = check_folders(copy_knowledge, None, NEWSLETTER)

    assert any(fault.file == NEWSLETTER.name for fault in report.faults)

"""What the comparison with the peers promises: the split, thresholds, equal coverage, one judge for all, and lines instead of broken runs."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import bench_peers  # noqa: E402
from benchmarks.parakqc import read_groups, split  # noqa: E402
from benchmarks.peers import environments  # noqa: E402
from benchmarks.peers.environments import Environments, Unavailable, complaint, find_rasa_python  # noqa: E402
from benchmarks.peers.figures import Marked, Point, at_coverage, at_errors, curve, quality, thin  # noqa: E402
from benchmarks.peers.matchers import MATCHERS, Matcher, read_answer  # noqa: E402
from benchmarks.peers.rows import Row, Table  # noqa: E402
from benchmarks.peers.tasks import Newsletter, ParaKqc, phrasings, reply_about, resolves  # noqa: E402
from bot.evaluation.suites import Ask  # noqa: E402

RIGHT, WRONG, OUT = (True, True), (True, False), (False, False)


def marks(*scored: tuple[tuple[bool, bool], float]) -> list[Marked]:
    return [Marked(*kind, score) for kind, score in scored]


def groups(count: int) -> list[list[str]]:
    return [[f"{n} 묶음의 {k} 물음" for k in range(10)] for n in range(count)]


def result(predictions: list[tuple[str, float]], **more: object) -> dict[str, object]:
    times = [1.0] * len(predictions)
    return {"predictions": predictions, "ms": times, "wall_ms": times, "start_seconds": 0.1, "peak_mb": 20.0, "python": "3.12.0", **more}


# -- the split -------------------------------------------------------------------------------------------------------


def test_three_of_ten_are_known_and_nothing_that_is_known_is_asked():
    base, asked = split(groups(130))

    assert {len(known) for known in base.values()} == {3}
    assert (len(base), len(asked)) == (30, 30 * 7 + 100 * 10)
    assert not {sentence for known in base.values() for sentence in known} & {question for _, question in asked}


def test_the_draw_is_the_one_that_the_task_prescribes():
    base, _ = split(groups(102))

    draw = random.Random(7)
    expected = [[f"{n} 묶음의 {k} 물음" for k in draw.sample(range(10), 3)] for n in range(2)]
    assert list(base.values()) == expected


def test_the_groups_of_the_file_stay_in_order(tmp_path):
    file = tmp_path / "some.tsv"
    file.write_text("9\t가\n9\t나\n1\t다\n", encoding="utf-8")

    assert read_groups(file) == [["가", "나"], ["다"]]


# -- figures ---------------------------------------------------------------------------------------------------------


def test_no_more_than_a_twentieth_out_of_scope_is_answered_at_the_threshold():
    outside = [(OUT, n / 100) for n in range(100)]
    inside = [(RIGHT, 0.955), (RIGHT, 0.94), (RIGHT, 0.5), (WRONG, 0.99)]

    worth = quality(marks(*outside, *inside))

    assert worth.right_at_5 == 0.25  # 0.95 to 0.99 are the five: of the right ones only 0.955 stands above 0.94
    assert worth.top1 == 0.75


def test_ties_at_the_threshold_are_not_answered():
    assert quality(marks(*[(OUT, 1.0)] * 20, (RIGHT, 1.0))).right_at_5 == 0.0


def test_a_score_that_tells_nothing_has_an_auroc_of_a_half():
    assert quality(marks((OUT, 0.3), (RIGHT, 0.3), (WRONG, 0.3))).auroc == 0.5


def test_figures_need_questions_of_both_sorts():
    with pytest.raises(ValueError, match="in scope and out of it"):
        quality(marks((RIGHT, 1.0)))


def test_a_curve_goes_from_nothing_to_everything_and_takes_ties_together():
    points = curve(marks((RIGHT, 0.9), (OUT, 0.5), (WRONG, 0.5), (RIGHT, 0.1)))

    assert points == [Point(0, 0, 0), Point(1, 0, 0), Point(1, 1, 1), Point(2, 1, 1)]


def test_equal_coverage_is_the_highest_threshold_that_reaches_it():
    some = marks((RIGHT, 0.9), (OUT, 0.8), (RIGHT, 0.7), (OUT, 0.6), (RIGHT, 0.5))

    assert at_coverage(some, 2) == (Point(2, 0, 1), True)


def test_a_coverage_out_of_reach_is_marked_and_counted_at_the_own_largest():
    some = marks((RIGHT, 0.9), (WRONG, 0.8), (OUT, 0.7))

    assert at_coverage(some, 2) == (Point(1, 0, 0), False)


def test_at_as_many_errors_the_most_right_answers_count():
    some = marks((RIGHT, 0.9), (OUT, 0.8), (RIGHT, 0.7), (OUT, 0.6), (RIGHT, 0.5))

    assert at_errors(some, 1) == Point(2, 0, 1)


def test_a_thinned_curve_keeps_both_its_ends():
    thinned = thin(range(1000), 7)

    assert (len(thinned), thinned[0], thinned[-1]) == (7, 0, 999)


# -- one judge for all -----------------------------------------------------------------------------------------------


def test_out_of_scope_nothing_is_right_on_parakqc():
    task = ParaKqc({"a": ["가"]}, [("a", "가요"), ("a", "나요"), ("out-0", "다요")])

    marked = task.mark(result([("a", 0.9), ("b", 0.8), ("a", 0.7)]))

    assert marked == marks((RIGHT, 0.9), (WRONG, 0.8), (OUT, 0.7))


@pytest.mark.parametrize(
    ("kind", "expect", "good"),
    [
        ("answer", "answer", True),
        ("partial", "answer", True),
        ("answer", "partial", False),
        ("partial", "partial", True),
        ("clarify", "answer", False),
    ],
)
def test_a_reply_is_right_by_the_rules_of_the_suites(kind, expect, good):
    assert resolves(kind, "CCTV는 223곳이에요.", Ask("몇 곳?", expect, (("223",),))) is good


def test_a_reply_that_says_something_else_is_not_right():
    assert not resolves("answer", "CCTV는 223곳이에요.", Ask("몇 곳?", "answer", (("224",),)))


@pytest.fixture
def newsletter(engine):
    """Two questions in scope and one out of it, over the packaged knowledge."""
    asks = [
        Ask("방범용 CCTV 몇 곳 늘었어요?", "answer", (("223",),)),
        Ask("CCTV 몇 곳이요?", "answer", (("223",),)),
        Ask("여권은 어디서 만들어요?", "abstain"),
    ]
    return Newsletter(phrasings(engine.content), asks, engine)


def test_a_peer_gets_our_wording_of_the_topic_that_it_finds(newsletter):
    peer = result([("cctv", 0.9), ("awards", 0.8), ("cctv", 0.7)])

    assert newsletter.mark(peer) == marks((RIGHT, 0.9), (WRONG, 0.8), (OUT, 0.7))
    assert newsletter.own_point(peer) is None


def test_a_topic_that_does_not_exist_is_no_answer(newsletter):
    assert reply_about(newsletter.engine, "no-such-topic", newsletter.asks[0]) is None


def test_the_bot_counts_with_its_own_replies(newsletter):
    said = [("answer", "223곳이에요."), ("answer", "상을 20건 받았어요."), ("partial", "나와 있지 않아요.")]
    bot = result([("cctv", 0.9), ("awards", 0.8), ("cctv", 0.7)], replies=said)

    assert newsletter.own_point(bot) == Point(right=1, wrong=1, false=1)


def test_a_reply_that_offers_a_choice_is_neither_right_nor_wrong(newsletter):
    bot = result([("cctv", 0.4)] * 3, replies=[("clarify", "무엇이 궁금하세요?"), ("fallback", ""), ("chitchat", "")])

    assert newsletter.own_point(bot) == Point(0, 0, 0)


def test_the_base_of_the_peers_holds_every_phrasing_once(engine):
    base = phrasings(engine.content)

    assert base.keys() == engine.content.topics.keys()
    assert all(len(known) == len(set(known)) and all(known) for known in base.values())


# -- tables ----------------------------------------------------------------------------------------------------------


def row(name: str, *scored: tuple[tuple[bool, bool], float], own: Point | None = None) -> Row:
    marked = marks(*scored)
    return Row(name, name.upper(), "", result([("", one.score) for one in marked]), tuple(marked), own)


def test_a_peer_that_failed_is_a_line_with_its_reason():
    table = Table("parakqc", "", (row("bot", (RIGHT, 0.9), (OUT, 0.1)), Row("rasa", "Rasa", "crashed: no memory")))

    assert "- Rasa: left out, crashed: no memory" in table.text()
    assert table.as_json()["rows"][1] == {"name": "rasa", "title": "Rasa", "note": "crashed: no memory"}


def test_a_peer_short_of_the_coverage_is_marked_in_the_table():
    bot = row("bot", (RIGHT, 0.9), (RIGHT, 0.8), (OUT, 0.1), own=Point(2, 0, 0))
    peer = row("tfidf", (RIGHT, 0.9), (WRONG, 0.8), (OUT, 0.95))

    text = Table("newsletter", "", (bot, peer)).text()

    assert "1* |" in next(line for line in text.splitlines() if line.startswith("| TFIDF"))
    assert "- \\* It cannot answer as many right" in text


def test_ratios_are_against_the_peers_of_that_name():
    slow = row("rasa", (RIGHT, 0.9), (OUT, 0.1))
    slow.result["ms"] = [8.0, 8.0]

    text = Table("parakqc", "", (row("bot", (RIGHT, 0.9), (OUT, 0.1)), slow)).text()

    cells = [cell.strip() for cell in next(line for line in text.splitlines() if line.startswith("| BOT")).split("|")]
    assert cells[10:12] == ["8", "–"]


# -- running ---------------------------------------------------------------------------------------------------------


def test_a_worker_answers_from_a_process_of_its_own():
    fuzzy = Matcher("token-set", "token set", lambda _: Path(sys.executable), ("fuzzy_ratio.py", "token_set_ratio"))
    base = {"cctv": ["방범용 CCTV 몇 대"], "awards": ["상을 몇 개 받았나요"]}

    answer = fuzzy.ask(Path(sys.executable), {"core": None, "base": base, "questions": ["상을 몇 개나 받았나요", "방범용 CCTV 몇 대"]})

    assert [topic for topic, _ in answer["predictions"]] == ["awards", "cctv"]
    assert answer["predictions"][1][1] == 1.0
    assert answer["peak_mb"] > 1


def test_a_worker_that_crashes_is_unavailable_with_its_last_word():
    broken = Matcher("broken", "broken", lambda _: Path(sys.executable), ("fuzzy_ratio.py", "no_such_scorer"))

    with pytest.raises(Unavailable, match="no_such_scorer"):
        broken.ask(Path(sys.executable), {"core": None, "base": {"a": ["가"]}, "questions": ["가"]})


def test_a_worker_that_takes_too_long_is_ended_with_what_it_started(tmp_path):
    beside = tmp_path / "beside.txt"
    code = "import subprocess, sys, time\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    code += f"open({str(beside)!r}, 'w').write(str(child.pid))\ntime.sleep(60)\n"
    (tmp_path / "slow.py").write_text(code, encoding="utf-8")
    slow = Matcher("slow", "slow", lambda _: Path(sys.executable), (str(tmp_path / "slow.py"),))

    with pytest.raises(Unavailable, match="no answer within 2 s"):
        slow.ask(Path(sys.executable), {"base": {}, "questions": []}, seconds=2)

    assert _ends(Path(f"/proc/{beside.read_text()}/stat"))


def _ends(state: Path) -> bool:
    """Whether the process dies within ten seconds: it was told to, and a busy machine takes its time. It may not be buried yet."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            if state.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("output", ["", "Traceback", '{"predictions": [], "ms": []}', "[]"])
def test_an_answer_that_is_none_is_told_and_not_counted(output):
    with pytest.raises(Unavailable):
        read_answer(output, 1)


def test_what_a_library_prints_before_the_answer_does_no_harm():
    assert read_answer('Loading…\n\n{"predictions": [["a", 1]], "ms": [2]}\n', 1)["predictions"] == [["a", 1]]


def test_every_peer_has_its_worker_and_its_pinned_requirements():
    for matcher in MATCHERS:
        assert (ROOT / "benchmarks" / "peers" / "workers" / matcher.worker[0]).is_file()
    for file in (ROOT / "benchmarks" / "peers" / "requirements").glob("*.txt"):
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        assert lines
        assert all("==" in line and "://" not in line for line in lines)


# -- environments ----------------------------------------------------------------------------------------------------


def test_an_environment_is_made_once_and_anew_when_its_requirements_change(tmp_path, monkeypatch):
    made = []

    def make(command, what, seconds):
        made.append(what)
        if command[1:3] == ["-m", "venv"]:
            (Path(command[3]) / "bin").mkdir(parents=True)
            (Path(command[3]) / "bin" / "python").symlink_to(sys.executable)

    monkeypatch.setattr(environments, "run", make)
    home = Environments(tmp_path)

    for key in (b"one", b"one", b"two"):
        home.python("peer", sys.executable, ["some"], key)

    assert made == ["no virtual environment", "not installed"] * 2


def test_an_install_that_fails_leaves_no_environment_behind_that_looks_complete(tmp_path, monkeypatch):
    monkeypatch.setattr(environments, "run", lambda command, what, seconds: (_ for _ in ()).throw(Unavailable("no")) if "pip" in command else None)

    for _ in range(2):
        with pytest.raises(Unavailable):
            Environments(tmp_path).python("peer", sys.executable, ["some"], b"")


def test_pips_error_is_the_reason_and_not_what_it_says_after():
    assert complaint("WARNING: a\nERROR: No matching distribution\n\nnotice: update pip") == "ERROR: No matching distribution"


def test_a_rasa_python_that_is_another_version_is_refused(monkeypatch):
    monkeypatch.setattr(environments, "RASA_VERSIONS", ("2.7",))
    monkeypatch.setenv("RASA_PYTHON", sys.executable)

    with pytest.raises(Unavailable, match="RASA_PYTHON"):
        find_rasa_python()


def test_without_a_python_for_rasa_the_line_says_which_are_needed(monkeypatch, tmp_path):
    monkeypatch.delenv("RASA_PYTHON", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))

    with pytest.raises(Unavailable, match=r"3\.10, 3\.9, 3\.8"):
        find_rasa_python()


# -- the command -----------------------------------------------------------------------------------------------------


def test_the_data_is_copied_where_git_does_not_look(tmp_path):
    source, home = tmp_path / "bench", tmp_path / "home"
    source.mkdir()

    assert bench_peers.copy_parakqc(source, home) is None
    (source / bench_peers.TSV).write_text("1\t가\n", encoding="utf-8")
    copy = bench_peers.copy_parakqc(source, home)

    assert copy is not None
    assert copy.read_text(encoding="utf-8") == "1\t가\n"
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {f"/{path.relative_to(ROOT).as_posix()}/" for path in (bench_peers.HOME, bench_peers.RESULTS)} <= set(ignored)


def test_the_tables_go_between_the_marks_and_nothing_else_changes(tmp_path):
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n{bench_peers.BEGIN}\nold\n{bench_peers.END}\nafter\n", encoding="utf-8")

    bench_peers.write_docs(document, "new", None)

    assert document.read_text(encoding="utf-8") == f"before\n{bench_peers.BEGIN}\n\nnew\n\n{bench_peers.END}\nafter\n"


def test_the_document_has_its_marks():
    text = bench_peers.DOCS.read_text(encoding="utf-8")

    assert text.count(bench_peers.BEGIN) == text.count(bench_peers.END) == 1


def test_docs_are_written_by_whole_runs_only(capsys):
    with pytest.raises(SystemExit):
        bench_peers.read_options(["--write-docs", "--only", "bot"])

    assert "whole runs" in capsys.readouterr().err


def test_a_small_run_writes_its_figures_and_skips_what_is_not_there(tmp_path, monkeypatch, capsys):
    """The command as it is, over a small suite, with one peer that runs and one that does not; nothing is installed."""
    suite = tmp_path / "small.jsonl"
    cases = [("a", "방범용 CCTV 몇 곳 늘었어요?", "answer", [["223"]]), ("b", "여권은 어디서 만들어요?", "abstain", [])]
    lines = [json.dumps({"id": i, "kind": "single", "style": "", "q": q, "expect": e, "topic": "", "must": m}) for i, q, e, m in cases]
    suite.write_text("\n".join(lines), encoding="utf-8")

    def absent(*_):
        raise Unavailable("not to be had")

    peers = (
        Matcher("token-set", "token set", lambda _: Path(sys.executable), ("fuzzy_ratio.py", "token_set_ratio")),
        Matcher("rasa", "Rasa", absent, ("rasa_diet.py",)),
    )
    monkeypatch.setattr(bench_peers, "MATCHERS", peers)
    monkeypatch.setattr(Environments, "with_requirements", absent)  # no plot either

    status = bench_peers.main(["--suite", str(suite), "--bench", str(tmp_path), "--home", str(tmp_path), "--results", str(tmp_path / "results")])

    said = capsys.readouterr().out
    written = json.loads((tmp_path / "results" / "bench-peers.json").read_text(encoding="utf-8"))
    assert status == 0
    assert "parakqc: left out" in said
    assert "Rasa: left out, not to be had" in said
    assert [table["task"] for table in written["tables"]] == ["newsletter"]
    assert written["tables"][0]["rows"][0]["in_scope"] == written["tables"][0]["rows"][0]["out_of_scope"] == 1


def test_the_help_names_every_peer():
    done = subprocess.run([sys.executable, "benchmarks/bench_peers.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert all(matcher.name in done.stdout for matcher in MATCHERS)

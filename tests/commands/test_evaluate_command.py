import json
import subprocess
import sys

import click
import pytest

from bot.commands.evaluate import Spoiling, read_spoiling
from bot.evaluation.noise import KINDS

CASE = {"id": "a", "kind": "single", "style": "polite", "q": "비상벨 몇 개", "expect": "answer", "topic": "bell", "must": [["129"]]}


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "few.jsonl"
    path.write_text(json.dumps(CASE) + "\n" + json.dumps({**CASE, "id": "b", "q": "<b>비상벨</b> 몇 개", "must": [["없는 말"]]}), encoding="utf-8")
    return path


def test_noise_is_read_from_the_options():
    assert read_spoiling("0.05,0.1", None, None) == Spoiling((0.05, 0.1), KINDS, 0)
    assert read_spoiling("0.1", "drop,nfd", 7) == Spoiling((0.1,), ("drop", "nfd"), 7)
    assert read_spoiling(None, None, None) is None


@pytest.mark.parametrize(
    ("rates", "kinds", "seed", "named"),
    [
        ("much", None, None, "0.05,0.1"),
        ("", None, None, "0.05,0.1"),
        ("0", None, None, "0.05,0.1"),
        ("nan", None, None, "0.05,0.1"),
        ("0.1,1.5", None, None, "0.05,0.1"),
        ("0.1", "typo", None, "keyboard"),
        ("0.1", "", None, "keyboard"),
        (None, "drop", None, "--noise"),
        (None, None, 3, "--noise"),
    ],
)
def test_a_slip_in_the_options_is_told_with_what_would_do(rates, kinds, seed, named):
    with pytest.raises(click.UsageError, match=named):
        read_spoiling(rates, kinds, seed)


def test_eval_with_noise_tells_it_in_json_and_the_page_is_written_besides(run_bot, suite, tmp_path):
    page = tmp_path / "report.html"

    done = run_bot("eval", str(suite), "--json", "--noise", "0.1", "--noise-kinds", "nospace,drop", "--seed", "2", "--html", str(page))

    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert [(one["kind"], one["rate"]) for one in found["noise"]["noisy"]] == [("mixed", 0.1), ("nospace", None), ("drop", 0.1)]
    assert found["failures"][0]["evidence"]["read"]
    assert "&lt;b&gt;비상벨&lt;/b&gt;" in page.read_text(encoding="utf-8")
    assert str(page) in done.stderr.decode()


def test_a_page_that_cannot_be_written_is_one_error_and_exit_status_2(run_bot, suite, tmp_path):
    done = run_bot("eval", str(suite), "--html", str(tmp_path))

    assert done.returncode == 2
    assert done.stderr.decode().startswith("오류: ")
    assert "Traceback" not in done.stderr.decode()
    assert not done.stdout


def test_the_libraries_of_the_page_are_loaded_for_a_page_only(suite):
    code = "import sys\nimport bot.cli, bot.commands.evaluate, bot.evaluation.page\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {"jinja2", "matplotlib"} & {name.split(".")[0] for name in loaded}

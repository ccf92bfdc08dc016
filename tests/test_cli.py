"""The program as its users start it. What it answers is held by the suites; here, how it behaves."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from bot import __version__
from bot.cli import cli
from tests.conftest import ROOT

SMALLEST = """\
section: 안전
topics:
  - id: cctv
    title: 방범용 CCTV
    questions: [씨씨티비 몇 대 늘었어요]
    answer: 일곱 대 늘었어요.
"""


# Every command, with the arguments it needs.
COMMANDS = [
    ["ask", "x"], ["chat"], ["check"], ["eval", "x.jsonl"], ["calibrate", "x.jsonl"], ["init", "new"], ["telegram"],
    ["unanswered"], ["stats"], ["told"], ["db", "upgrade"], ["db", "backup", "x"], ["db", "restore", "x"], ["db", "purge"],
    ["publish", "--dry-run"], ["content", "versions"], ["content", "show", "x"], ["content", "rollback", "x"], ["draft", "--list"],
]  # fmt: skip


@pytest.fixture
def smallest(tmp_path):
    folder = tmp_path / "facts"
    folder.mkdir()
    (folder / "safety.yaml").write_text(SMALLEST, encoding="utf-8")
    return folder


def test_ask_prints_the_reply_in_utf8_whatever_the_locale(run_bot):
    done = run_bot("ask", "비상벨 몇 개 바꿨어요", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")

    assert done.returncode == 0
    assert "129" in done.stdout.decode("utf-8")
    assert not done.stderr


def test_words_without_quotes_are_one_question(run_bot):
    assert run_bot("ask", "비상벨", "몇", "개").stdout == run_bot("ask", "비상벨 몇 개").stdout


@pytest.mark.parametrize("arguments", [["ask"], ["ask", ""], ["ask", " \t"]])
def test_an_empty_question_gets_help(run_bot, arguments):
    done = run_bot(*arguments)

    assert done.returncode == 0
    assert "예:" in done.stdout.decode()


def test_json_is_one_object(run_bot):
    reply = json.loads(run_bot("ask", "--json", "비상벨 몇 개").stdout)

    assert (reply["q"], reply["kind"], reply["topics"]) == ("비상벨 몇 개", "answer", ["bell"])


def test_explain_shows_why(run_bot):
    text = run_bot("ask", "--explain", "비상벨 몇 개").stdout.decode()

    assert all(word in text for word in ("형태소:", "후보 1: 안전비상벨", "확신:", "판단: 답"))


def test_jsonl_answers_every_line_in_order_and_ends_well(run_bot):
    done = run_bot("ask", "--jsonl", stdin='{"q": "안녕"}\nnot json\n{"q": "\\ud800"}\n'.encode())

    lines = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert done.returncode == 0
    assert [line.get("kind") or "error" for line in lines] == ["chitchat", "error", lines[2]["kind"]]


def test_every_command_is_tried_here():
    every = {(name, inner) for name, command in cli.commands.items() for inner in getattr(command, "commands", {"": None})}

    assert every == {(one[0], one[1] if one[0] in ("db", "content") else "") for one in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_takes_the_three_flags_and_explains_a_missing_config(run_bot, command):
    done = run_bot(*command, "--knowledge", "k", "--intents", "i", "--config", "nowhere.yaml")

    assert done.returncode == 2
    assert done.stderr.decode().startswith("오류: nowhere.yaml: ")
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize("command", [["ask", "x"], ["ask", "--jsonl"], ["chat"], ["init", "new"]], ids=" ".join)
def test_a_missing_knowledge_folder_is_one_error_that_says_how_to_make_one(run_bot, command):
    done = run_bot(*command, "--knowledge", "nowhere")

    error = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b"")
    assert "nowhere" in error
    assert "Traceback" not in error


def test_a_broken_file_is_one_error(run_bot, smallest):
    (smallest / "safety.yaml").write_text(SMALLEST.replace("answer", "anser"), encoding="utf-8")

    done = run_bot("ask", "x", "--knowledge", str(smallest))

    assert done.returncode == 2
    assert "facts/safety.yaml" in done.stderr.decode()


def test_the_smallest_knowledge_answers(run_bot, smallest):
    done = run_bot("ask", "--knowledge", str(smallest), "씨씨티비 몇 대 늘었어요")

    assert "일곱 대 늘었어요." in done.stdout.decode()


def test_settings_come_from_the_environment_and_the_working_folder(run_bot, tmp_path):
    (tmp_path / "config.yaml").write_text("office: {name: 어느구청}\n", encoding="utf-8")

    assert "어느구청" in run_bot("ask", "안녕하세요", cwd=tmp_path).stdout.decode()
    assert "다른구청" in run_bot("ask", "안녕하세요", cwd=tmp_path, YONGSAN_BOT_OFFICE__NAME="다른구청").stdout.decode()


def test_english_replies_name_the_contact_in_english(run_bot):
    assert "Dasan call centre, 120" in run_bot("ask", "How do I renew my passport?").stdout.decode()


def test_without_java_the_bot_warns_and_goes_on_with_mecab(run_bot, tmp_path):
    done = run_bot("ask", "비상벨 몇 개", YONGSAN_BOT_KOREAN__TAGGER="komoran", JAVA_HOME=str(tmp_path / "none"), PATH="")

    assert done.returncode == 0
    assert "129" in done.stdout.decode()
    assert "mecab" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_usage_errors_and_version(run_bot):
    assert run_bot("--version").stdout.decode().strip() == f"yongsan-bot {__version__}"
    assert run_bot("ask", "--json", "--jsonl").returncode == 2
    assert run_bot("aks").returncode == 2


def test_a_reader_that_leaves_is_no_traceback():
    command = [sys.executable, "-m", "bot", "ask", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        process.stdout.close()
        process.stdin.write(b'{"q": "x"}\n' * 50)
        process.stdin.close()

        assert process.stderr.read() == b""
        assert process.wait(60) in (0, 1)


def test_telegram_without_a_token_says_where_to_get_and_put_one(run_bot):
    done = run_bot("telegram")

    error = done.stderr.decode()
    assert done.returncode == 2
    assert all(word in error for word in ("@BotFather", "/newbot", "YONGSAN_BOT_TELEGRAM__TOKEN", "telegram.token_file"))
    assert "Traceback" not in error


@pytest.mark.parametrize("command", [["unanswered"], ["stats"], ["told"], ["db", "backup", "x"], ["db", "purge"]], ids=" ".join)
def test_looking_for_a_database_makes_none(run_bot, tmp_path, command):
    done = run_bot(*command, cwd=tmp_path)

    assert done.returncode == 2
    assert "yongsan-bot db upgrade" in done.stderr.decode()
    assert not list(tmp_path.glob("*.sqlite*"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
@pytest.mark.parametrize("command", [["ask", "--jsonl"], ["chat"]], ids=" ".join)
def test_ctrl_c_leaves_quietly(command):
    # A shell's background job ignores the signal, and its children would too.
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from bot.cli import main; main()"
    arguments = [sys.executable, "-c", program, *command]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        process.stdin.write(b'{"q": "x"}\n')
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)

        assert process.stderr.read().strip() == b""
        assert process.wait(60) in (0, 130)


def test_init_makes_a_folder_that_works_and_overwrites_nothing(run_bot, tmp_path):
    made = run_bot("init", str(tmp_path / "new"))
    asked = run_bot("ask", "비상벨 몇 개", cwd=tmp_path / "new")
    again = run_bot("init", str(tmp_path / "new"))

    assert made.returncode == 0
    assert "yongsan-bot check" in made.stdout.decode()
    config = (tmp_path / "new" / "config.yaml").read_text(encoding="utf-8")
    assert "\nknowledge: knowledge\n" in config
    assert "\nintents: intents\n" in config
    assert "129" in asked.stdout.decode()
    assert again.returncode == 2
    assert "knowledge, intents, config.yaml" in again.stderr.decode()


def test_init_refuses_a_folder_with_only_one_of_them_and_a_file(run_bot, tmp_path):
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "config.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    assert run_bot("init", str(tmp_path / "half")).returncode == 2
    assert run_bot("init", str(tmp_path / "file")).returncode == 2
    assert [path.name for path in (tmp_path / "half").iterdir()] == ["config.yaml"]


def test_check_finds_nothing_in_the_packaged_folders(run_bot):
    done = run_bot("check")

    assert done.returncode == 0, done.stdout.decode()


def test_check_names_faults_with_status_1_also_as_json(run_bot, smallest):
    (smallest / "safety.yaml").write_text(SMALLEST.replace("answer", "anser"), encoding="utf-8")

    done = run_bot("check", "--knowledge", str(smallest), "--json")

    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert {"file", "line", "problem", "remedy"} <= set(report["faults"][0])


def test_check_without_the_source_says_skipped(run_bot, smallest):
    done = run_bot("check", "--source", "nowhere.txt", "--knowledge", str(smallest))

    assert done.returncode == 0
    assert "SKIPPED" in done.stdout.decode()


def test_check_against_names_what_has_gone(run_bot, smallest, tmp_path):
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    (earlier / "safety.yaml").write_text(
        SMALLEST + SMALLEST.split("topics:\n")[1].replace("cctv", "bell-old").replace("씨씨티비", "종"), encoding="utf-8"
    )

    done = run_bot("check", "--knowledge", str(smallest), "--against", str(earlier))

    assert "bell-old" in done.stdout.decode()


def test_eval_reports_and_compares(run_bot, tmp_path):
    suite = tmp_path / "few.jsonl"
    suite.write_text(
        json.dumps({"id": "a", "kind": "single", "style": "polite", "q": "비상벨 몇 개", "expect": "answer", "topic": "bell", "must": [["129"]]})
    )

    first = run_bot("eval", str(suite), "--json")
    (tmp_path / "first.json").write_bytes(first.stdout)
    second = run_bot("eval", str(suite), "--against", str(tmp_path / "first.json"))

    assert json.loads(first.stdout)["messages"] == 1
    assert "resolved" in second.stdout.decode()
    assert run_bot("eval", str(suite), "--against", str(suite)).returncode == 2
    assert run_bot("eval", str(tmp_path / "none.jsonl")).returncode == 2

import errno
import importlib.util
import os
import stat
from pathlib import Path, PurePath

import pytest

from bot.dialogue.policy import Thresholds
from bot.errors import SuiteError
from bot.evaluation.page import Words, check_page, write_page
from bot.evaluation.report import Report

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10, where pytest brings tomli
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[3]
WORDS = Words({}, {}, {}, {}, {})


def write(path):
    write_page(Report((), "v1", ()), (), Thresholds(), WORDS, path)


def test_the_page_stands_there_as_a_whole(tmp_path):
    write(tmp_path / "report.html")

    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert text.rstrip().endswith("</html>")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_others_may_read_it_as_any_file_that_is_written(tmp_path):
    (tmp_path / "other").touch()

    write(tmp_path / "report.html")

    assert stat.S_IMODE((tmp_path / "report.html").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


@pytest.mark.parametrize(("name", "problem"), [(".", "폴더입니다"), ("none/report.html", "그 폴더가 없습니다")])
def test_what_cannot_be_written_is_said_before_the_suites_run(tmp_path, name, problem):
    with pytest.raises(SuiteError, match=problem) as caught:
        check_page(tmp_path / name)

    assert caught.value.remedy


def test_a_full_disk_is_one_clear_error_and_leaves_the_earlier_page(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("earlier", encoding="utf-8")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(SuiteError, match="No space left"):
        write(path)

    assert [(one.name, one.read_text(encoding="utf-8")) for one in tmp_path.iterdir()] == [("report.html", "earlier")]


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="a device that is always full")
def test_a_device_is_written_to_and_not_replaced():
    with pytest.raises(SuiteError, match="No space left"):
        write(Path("/dev/full"))

    assert Path("/dev/full").is_char_device()


def test_a_link_leads_to_the_page(tmp_path):
    (tmp_path / "link.html").symlink_to(tmp_path / "report.html")

    write(tmp_path / "link.html")

    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "report.html").is_file()


@pytest.mark.parametrize("missing", ["jinja2", "matplotlib"])
def test_a_missing_library_is_named_with_the_way_to_get_it(tmp_path, monkeypatch, missing):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else find(name))

    with pytest.raises(SuiteError, match=missing) as caught:
        check_page(tmp_path / "report.html")

    assert caught.value.remedy == "pip install 'yongsan-bot[report]'"


def test_what_the_page_is_made_of_travels_with_the_package():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]["*"]
    files = [path for path in (ROOT / "bot" / "evaluation").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]

    assert {path.name for path in files} >= {"report.html.jinja", "report.css", "report.js", "sounds.yaml"}
    assert all(any(PurePath(path.name).match(pattern) for pattern in data) for path in files)

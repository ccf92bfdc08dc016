"""The wheel: it carries knowledge/ and intents/, and answers from any folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = (
    "bot",
    "knowledge",
    "intents",
    "tests/suites",
    "tests/floors.yaml",
    "pyproject.toml",
    "setup.py",
    "config.example.yaml",
    "LICENSE",
    "README.md",
)


def run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of the sources as they stand, built in a copy of them by way of the source archive."""
    source = tmp_path_factory.mktemp("source")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            (source / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    run(sys.executable, "-m", "build", "--no-isolation", ".", cwd=source)
    return next((source / "dist").glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_carries_the_defaults(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())

    for folder in ("knowledge", "intents"):
        assert {f"bot/defaults/{folder}/{path.name}" for path in (ROOT / folder).glob("*.yaml")} <= names
    assert {f"bot/defaults/suites/{path.name}" for path in (ROOT / "tests" / "suites").iterdir()} <= names
    assert {"bot/defaults/config.example.yaml", "bot/defaults/floors.yaml", "bot/matching/coefficients.yaml"} <= names
    assert not [name for name in names if name.startswith(("tests", "knowledge", "intents", "benchmarks"))]


@pytest.mark.slow
def test_the_wheel_answers_and_makes_a_folder_from_anywhere(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    here = tmp_path / "here"
    here.mkdir()
    program = (sys.executable, "-m", "bot")

    answer = run(*program, "ask", "비상벨 몇 개 바꿨어요", cwd=here, PYTHONPATH=str(tmp_path / "site"))
    run(*program, "init", "mine", cwd=here, PYTHONPATH=str(tmp_path / "site"))
    used = run(sys.executable, "-c", "import bot; print(bot.__file__)", cwd=here, PYTHONPATH=str(tmp_path / "site"))

    assert used.startswith(str(tmp_path / "site"))
    assert "129" in answer
    assert (here / "mine" / "knowledge" / "documents.yaml").exists()


def test_every_pin_is_exact_and_every_dependency_is_pinned():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]
    names = {re.split("==", line)[0].lower().replace("_", "-") for line in pins}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = {match.lower().replace("_", "-") for match in re.findall(r'"([A-Za-z][\w.-]*)>=', project)}

    assert all(re.fullmatch(r'[\w.-]+==[\w.]+(; python_version (<|>=|==) "3\.\d+")?', line) for line in pins)
    assert needed <= names
    assert "://" not in text

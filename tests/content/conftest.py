"""Makers of small folders of real YAML."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content.load import packaged

TOPIC = "section: 안전\ntopics:\n"


@pytest.fixture
def write_knowledge(tmp_path: Path) -> Callable[..., Path]:
    """knowledge/ with the given files; a text that begins with "  -" is a list of topics, to which the rest is added."""

    def write(**files: str) -> Path:
        folder = tmp_path / "knowledge"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            whole = TOPIC + text if text.startswith("  -") else text
            (folder / f"{name}.yaml").write_text(whole, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def write_intents(tmp_path: Path) -> Callable[..., Path]:
    """intents/ with only the given files; the rest comes from the packaged ones."""

    def write(**files: str) -> Path:
        folder = tmp_path / "intents"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def copy_knowledge(tmp_path: Path) -> Path:
    """A copy of the packaged knowledge/."""
    return Path(shutil.copytree(packaged("knowledge"), tmp_path / "knowledge"))


@pytest.fixture
def topic() -> Callable[..., str]:
    """One topic as YAML, with more lines of it where given."""

    def make(name: str, answer: str = "네.", more: str = "") -> str:
        return f"  - id: {name}\n    title: {name} 주제\n    answer: {answer}\n" + "".join(f"    {line}\n" for line in more.splitlines())

    return make

"""Puts knowledge/, intents/, config.example.yaml, the question suites and their floors into the wheel, as bot/defaults.

They stand where they are edited, outside the package; a checkout (or an editable install) reads them from there. Everything else is in
pyproject.toml.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


def defaults() -> dict[str, str]:
    """Every file that travels as a default, relative to the top level, and its name below bot/defaults."""
    files = [path for folder in ("knowledge", "intents") for path in sorted(Path(folder).glob("*.yaml"))] + [Path("config.example.yaml")]
    judging = [*sorted(Path("tests/suites").glob("*.jsonl")), Path("tests/floors.yaml")]  # what a change is held against
    return {path.as_posix(): path.as_posix() for path in files} | {path.as_posix(): path.relative_to("tests").as_posix() for path in judging}


class BuildWithDefaults(build_py):
    """build_py, and the defaults besides."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for file, name in defaults().items():
                target = Path(self.build_lib, "bot", "defaults", name)
                self.mkpath(str(target.parent))
                self.copy_file(file, str(target))

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), *defaults()]


setup(cmdclass={"build_py": BuildWithDefaults})

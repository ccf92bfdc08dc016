"""Puts knowledge/, intents/ and config.example.yaml into the wheel, as bot/defaults. Everything else is in pyproject.toml.

They stand at the top level because staff edit them there; a checkout (or an editable install) reads them from there.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


def defaults() -> list[str]:
    """Every file that travels as a default, relative to the top level."""
    return [p.as_posix() for folder in ("knowledge", "intents") for p in sorted(Path(folder).glob("*.yaml"))] + ["config.example.yaml"]


class BuildWithDefaults(build_py):
    """build_py, and the defaults besides."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for file in defaults():
                target = Path(self.build_lib, "bot", "defaults", file)
                self.mkpath(str(target.parent))
                self.copy_file(file, str(target))

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), *defaults()]


setup(cmdclass={"build_py": BuildWithDefaults})

"""A virtual environment a peer, made once and kept while its requirements stay the same.

What cannot be made is told as Unavailable, with the reason in a line: the run goes on without that peer.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "requirements"
RASA_VERSIONS = ("3.10", "3.9", "3.8")  # best first
INSTALL_SECONDS = 1200


class Unavailable(Exception):
    """Why a peer takes no part, in a line."""


@dataclass(frozen=True, slots=True)
class Environments:
    """The folder that holds them."""

    folder: Path

    def python(self, name: str, base: str, install: Sequence[str], key: bytes) -> Path:
        """The interpreter of the environment of that name, made from the interpreter `base` if need be.

        install  what pip is given; key  what it depends on: another key, and the environment is made anew
        Raises Unavailable.
        """
        home = self.folder / name
        python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        stamp, digest = home / "complete", hashlib.sha256(key + repr((base, *install)).encode()).hexdigest()
        if stamp.is_file() and stamp.read_text(encoding="ascii") == digest and _runs(python):
            return python
        shutil.rmtree(home, ignore_errors=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        run([base, "-m", "venv", str(home)], "no virtual environment", 120)
        run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *install], "not installed", INSTALL_SECONDS)
        stamp.write_text(digest, encoding="ascii")
        return python

    def with_requirements(self, name: str, base: str = sys.executable) -> Path:
        """The interpreter of the environment with that file of requirements/. Raises Unavailable."""
        file = REQUIREMENTS / f"{name}.txt"
        return self.python(name, base, ["--requirement", str(file)], file.read_bytes())


def run(command: Sequence[str], what: str, seconds: int) -> None:
    """Runs a command. Raises Unavailable with the last word of what it complained of."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{what}: {complaint(str(error))}") from error
    if done.returncode:
        raise Unavailable(f"{what}: {complaint(done.stderr or done.stdout)}")


def complaint(text: str) -> str:
    """The line of an output that says what went wrong: pip's ERROR, else the last one. At most 160 characters."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["it said nothing"])[-1][:160]


def find_rasa_python() -> str:
    """A Python that Rasa 3.6 runs on: $RASA_PYTHON, else on PATH, else one of pyenv's. Raises Unavailable."""
    given = os.environ.get("RASA_PYTHON")
    if given:
        if _version(given) not in RASA_VERSIONS:
            raise Unavailable(f"RASA_PYTHON is no Python {', '.join(RASA_VERSIONS)}: {given}")
        return given
    for version in RASA_VERSIONS:
        names = [shutil.which(f"python{version}"), *map(str, sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"), reverse=True))]
        for name in names:
            if name and _version(name) == version:
                return name
    raise Unavailable(f"Rasa 3.6 needs a Python {', '.join(RASA_VERSIONS)}; none on PATH or in ~/.pyenv. Set RASA_PYTHON to one.")


def _version(python: str) -> str:
    """ "3.10" of an interpreter; "" where it does not run, as pyenv's stand-ins for what is not chosen."""
    try:
        command = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _runs(python: Path) -> bool:
    return bool(_version(str(python)))

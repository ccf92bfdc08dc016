"""deploy/ says what is so: settings, ports, paths, commands and figures that exist; and the guide tells of it."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import pytest
import yaml

from bot.channels.telegram.metrics import Metrics
from bot.cli import cli
from bot.config import PREFIX, Settings, leaves
from bot.errors import BotError, ChannelError, ConfigError, StoreLost

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
FILES = sorted(DEPLOY.iterdir())
GUIDE = ROOT / "docs" / "running-telegram.md"
VARIABLES = {PREFIX + "__".join(path).upper() for path, _ in leaves()}


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def unit() -> configparser.ConfigParser:
    """The unit of systemd; of a key that is repeated the last one."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str
    parser.read_string(text_of("yongsan-bot.service"))
    return parser


def seconds(text: str) -> int:
    return int(re.fullmatch(r"(\d+)s?", text)[1])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_is_a_setting(path):
    assert set(re.findall(rf"{PREFIX}\w+", path.read_text(encoding="utf-8"))) <= VARIABLES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path):
    sections = "|".join(sorted({leaf[0] for leaf, _ in leaves() if len(leaf) > 1}))
    named = set(re.findall(rf"(?<![\w./-])((?:{sections})(?:\.[a-z_]+)+)\b", path.read_text(encoding="utf-8")))

    assert named <= {".".join(leaf) for leaf, _ in leaves()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_guide_tells_of_every_file(path):
    assert f"deploy/{path.name}" in GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_secret_stands_in_a_file(path):
    assert not re.search(r"\d{6,}:[\w-]{30,}|PASSWORD: [^$]", path.read_text(encoding="utf-8"))


# -- systemd ---------------------------------------------------------------------------------------------------------


def test_the_unit_starts_the_bot_as_a_user_of_its_own():
    service = unit()["Service"]
    program, command, *options = shlex.split(service["ExecStart"])

    assert program.endswith("/yongsan-bot")
    assert command in cli.commands
    assert {one for one in options if one.startswith("-")} <= {option for one in cli.commands[command].params for option in one.opts}
    assert service["User"] not in ("", "root")
    assert service["WorkingDirectory"] == f"%S/{service['StateDirectory']}"


def test_the_unit_hands_the_token_over_as_a_credential():
    service = unit()["Service"]
    credential, _, file = service["LoadCredential"].partition(":")

    assert service["Environment"] == f"{PREFIX}TELEGRAM__TOKEN_FILE=%d/{credential}"
    assert f" {file} " in f"{text_of('yongsan-bot.service')} ".replace("\n", " ")  # the head says where to put it


def test_the_unit_starts_the_bot_again_but_for_what_a_person_must_mend():
    service = unit()["Service"]

    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == str(ConfigError.status) == str(ChannelError.status) != str(StoreLost.status)
    assert service["ExecReload"].endswith("kill -HUP $MAINPID")
    assert seconds(service["TimeoutStopSec"]) > Settings().operation.stop_seconds + 10


def test_the_unit_is_closed_to_what_the_bot_does_not_need():
    service = unit()["Service"]

    for key in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "RestrictNamespaces", "RestrictSUIDSGID"):
        assert service[key] == "yes"
    assert (service["ProtectSystem"], service["UMask"], service["CapabilityBoundingSet"]) == ("strict", "0077", "")
    assert set(service["RestrictAddressFamilies"].split()) == {"AF_INET", "AF_INET6", "AF_UNIX"}
    assert service["MemoryMax"]


# -- containers ------------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """(instruction, arguments) of the Containerfile, lines put together."""
    lines = re.sub(r"^#.*\n", "", text_of("Containerfile"), flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def test_the_image_is_made_of_what_is_there():
    copied = [words for name, rest in instructions() if name == "COPY" for words in rest.split()[:-1] if not words.startswith("--")]
    sources = {source for source in copied if source != "/venv"}

    assert all((ROOT / source).exists() for source in sources)
    # What the wheel is made of (test_packaging.py), and the versions that were tested.
    assert {"bot", "knowledge", "intents", "pyproject.toml", "setup.py", "config.example.yaml", "LICENSE", "README.md"} <= sources
    assert "constraints.txt" in sources
    assert any("--constraint constraints.txt" in rest for name, rest in instructions() if name == "RUN")


def test_the_image_stands_on_a_python_that_is_tested():
    bases = {rest.split()[0] for name, rest in instructions() if name == "FROM"}
    (base,) = bases
    version = re.fullmatch(r"python:(3\.\d+)-slim", base)[1]

    assert f'"Programming Language :: Python :: {version}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_image_runs_the_bot_without_rights_and_stops_it_in_order():
    last = dict(instructions())

    assert yaml.safe_load(last["ENTRYPOINT"]) == ["yongsan-bot"]
    assert yaml.safe_load(last["CMD"])[0] in cli.commands
    assert last["USER"].isdecimal()
    assert last["USER"] != "0"
    assert last["STOPSIGNAL"] == "SIGTERM"
    assert last["WORKDIR"] == last["VOLUME"]


def test_the_health_check_asks_the_port_that_is_the_default():
    check = dict(instructions())["HEALTHCHECK"]
    program = yaml.safe_load(check.partition("CMD ")[2])

    assert f"http://127.0.0.1:{Settings().operation.port}/healthz" in program[-1]
    compile(program[-1], "HEALTHCHECK", "exec")


def test_the_bots_of_compose_have_all_that_a_webhook_on_postgresql_needs():
    compose = yaml.safe_load(text_of("compose.yaml"))
    bot = compose["services"]["bot"]
    environment = bot["environment"]

    assert {f"{PREFIX}{name}" for name in ("TELEGRAM__TOKEN_FILE", "TELEGRAM__WEBHOOK__SECRET_FILE", "TELEGRAM__WEBHOOK__URL", "STORE__KEY_FILE",
            "STORE__DELETIONS_FILE")} <= set(environment)  # fmt: skip
    assert environment[f"{PREFIX}TELEGRAM__MODE"] == "webhook"
    assert environment[f"{PREFIX}STORE__URL"].startswith("postgresql://")
    assert {Path(value).name for name, value in environment.items() if "/run/secrets/" in value} == set(bot["secrets"]) == set(compose["secrets"])
    assert (DEPLOY / bot["build"]["context"] / bot["build"]["dockerfile"]).resolve() == DEPLOY / "Containerfile"


def test_the_bots_of_compose_share_the_rate_and_have_time_to_stop():
    bot = yaml.safe_load(text_of("compose.yaml"))["services"]["bot"]
    replicas, settings = bot["deploy"]["replicas"], Settings()

    assert int(bot["environment"][f"{PREFIX}TELEGRAM__RATES__PER_SECOND"]) * replicas <= settings.telegram.rates.per_second
    assert seconds(bot["stop_grace_period"]) > settings.operation.stop_seconds + 10
    (ports,) = bot["ports"]
    first, last, inside = map(int, re.fullmatch(r"127\.0\.0\.1:(\d+)-(\d+):(\d+)", ports).groups())
    assert last - first + 1 == replicas
    assert inside == settings.telegram.webhook.port
    assert {int(port) for port in re.findall(r"server 127\.0\.0\.1:(\d+);", text_of("nginx.conf"))} == set(range(first, last + 1))


# -- the proxy -------------------------------------------------------------------------------------------------------


def test_the_proxy_delivers_to_where_the_bot_listens():
    text, webhook = text_of("nginx.conf"), Settings().telegram.webhook
    bare = re.sub(r"#.*", "", text)

    assert f"server {webhook.host}:{webhook.port};" in bare
    assert f"location = {webhook.path} {{" in bare
    assert bare.count("{") == bare.count("}")
    assert all(line.strip().endswith((";", "{", "}")) for line in bare.splitlines() if line.strip())
    assert "listen 443 ssl;" in bare  # one of the ports that Telegram delivers to


def test_the_excerpt_of_the_guide_agrees_with_the_proxy():
    excerpt = re.search(r"```nginx\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)[1]
    webhook = Settings().telegram.webhook

    assert f"location = {webhook.path} {{" in excerpt
    assert f"proxy_pass http://{webhook.host}:{webhook.port};" in excerpt


# -- figures and alerts ----------------------------------------------------------------------------------------------


def figures() -> dict[str, dict[str, set[str]]]:
    """By the name of a line of /metrics, what its labels may hold."""
    found: dict[str, dict[str, set[str]]] = {}
    for name, labels in re.findall(r"^(\w+)(?:\{(.*)\})? ", Metrics().render().decode(), flags=re.MULTILINE):
        kept = found.setdefault(name, {})
        for label, value in re.findall(r'(\w+)="([^"]*)"', labels):
            kept.setdefault(label, set()).add(value)
    return found


def test_alerts_ask_for_figures_and_labels_that_exist():
    known, groups = figures(), yaml.safe_load(text_of("prometheus-alerts.yaml"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]

    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert {"expr", "labels", "annotations"} <= set(rule)
        for name, labels in re.findall(r"\b(yongsan_bot_\w+)(?:\{([^}]*)\})?", rule["expr"]):
            assert name in known, rule["alert"]
            assert all(value in known[name][label] for label, value in re.findall(r'(\w+)="([^"]*)"', labels))


def test_the_guide_names_every_figure_and_no_other():
    text = GUIDE.read_text(encoding="utf-8")
    known = {re.sub(r"_(?:bucket|sum|count)$", "", name) for name in figures() if not name.endswith("_created")}
    known |= {"yongsan_bot_content_info"}  # there once a content is served

    named = set(re.findall(r"\b((?:yongsan_bot|process)_\w+)", text))

    assert known <= named
    assert {name for name in named if name.startswith("yongsan_bot_")} <= known


@pytest.mark.parametrize("path", [GUIDE, ROOT / "docs" / "operator-guide.md"], ids=lambda path: path.name)
def test_the_guides_name_the_exit_statuses(path):
    rows = re.findall(r"^\| (\d+)[^|]*\|", path.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert {str(BotError.status), str(StoreLost.status), "0", "1"} <= set(rows)


def test_the_guide_names_what_is_asked_over_http():
    text = GUIDE.read_text(encoding="utf-8")

    assert all(f"| `{path}` |" in text for path in ("/healthz", "/readyz", "/metrics"))
    assert f"{Settings().operation.host}:{Settings().operation.port}" in text


# -- the log ---------------------------------------------------------------------------------------------------------


def events() -> dict[str, set[str]]:
    """The events of our own that the channel logs, with their levels."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "bot" / "channels" / "telegram").rglob("*.py")):
        for level, event in re.findall(r'\blog\.(\w+)\(\s*"([^"]+)"', path.read_text(encoding="utf-8")):
            found.setdefault(event, set()).add(level)
    return found


def test_the_guide_names_the_events_of_the_log():
    part = GUIDE.read_text(encoding="utf-8").split("| `event` | meaning |", 1)[1].split("\n\n", 1)[0]
    named = set(re.findall(r"`([^`]+)`", part))

    missing = {event for event in events() if event not in named}

    assert missing <= {"operation_failed", "readiness_failed"}  # /readyz itself says so


def test_the_guide_names_no_event_that_is_never_logged():
    part = GUIDE.read_text(encoding="utf-8").split("| `event` | meaning |", 1)[1].split("\n\n", 1)[0]
    named = {event for row in part.splitlines() if row.startswith("| `") for event in re.findall(r"`([^`]+)`", row.split("|")[1])}

    assert named <= set(events()) | {"library"}

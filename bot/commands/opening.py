"""From the flags of a command to settings and an engine, ready to use."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.building import encoder_of, engine_over, tagger_of
from bot.config import ConfigFile, Settings, read_settings
from bot.content import load_content
from bot.content.yaml_text import parse_file
from bot.engine import Engine
from bot.errors import ConfigError
from bot.korean import Tagger

if TYPE_CHECKING:
    from bot.matching.semantic import Encoder

DEFAULT_FILE = "config.yaml"  # in the working folder
_PATIENCE = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Flags:
    """What every command takes. An empty one is not given."""

    knowledge: str = ""
    intents: str = ""
    config: str = ""


def open_settings(flags: Flags) -> Settings:
    """The settings of a command. Raises ConfigError."""
    chosen = Path(flags.config or DEFAULT_FILE)
    file = _read_file(chosen) if flags.config or chosen.exists() else None
    given = {"knowledge": flags.knowledge, "intents": flags.intents}
    return read_settings({name: Path(value) for name, value in given.items() if value}, file)


def _read_file(path: Path) -> ConfigFile:
    if not path.is_file():
        raise ConfigError(str(path), "설정 파일이 없습니다.", "경로를 확인하거나 'yongsan-bot init 폴더'로 새로 만들어 주세요.")
    parsed, faults = parse_file(path, str(path))
    if faults:
        first = faults[0]
        if parsed is None and _is_empty(path):
            return ConfigFile(path, {}, lambda place: 1)
        raise ConfigError(f"{first.file} {first.line}번째 줄" if first.line else first.file, first.problem, first.remedy)
    assert parsed is not None
    return ConfigFile(path, parsed.data, parsed.line)


def _is_empty(path: Path) -> bool:
    """Whether the file sets nothing: blank lines and comments only."""
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines())


def open_engine(settings: Settings) -> Engine:
    """The engine over the content that the settings name. Raises ContentError, or TaggerError where not even Mecab starts."""
    gc.disable()  # what is built here stays; looking for garbage in it again and again takes a tenth of the start
    try:
        return _build_engine(settings)
    finally:
        gc.freeze()
        gc.enable()


def _build_engine(settings: Settings) -> Engine:
    content = load_content(settings.knowledge, settings.intents)
    return engine_over(content, start_tagger(settings), settings, start_encoder(settings))


def open_ready_engine(settings: Settings) -> Engine:
    """The same, when likeness of meaning counts where it is set: answers do not hang on how far it has come."""
    engine = open_engine(settings)
    if not engine.wait(_PATIENCE):
        click.echo("뜻으로 찾을 준비를 하고 있습니다. 처음 한 번만 1분쯤 걸립니다.", err=True)
        engine.wait()
    return engine


def start_tagger(settings: Settings) -> Tagger:
    """The tagger that is configured; with a warning on standard error, Mecab where it cannot start."""
    return tagger_of(settings, _warn)


def start_encoder(settings: Settings) -> Encoder | None:
    """The encoder for likeness of meaning, where that is set; with a warning on standard error, none where it cannot start."""
    return encoder_of(settings, _warn)


def _warn(text: str) -> None:
    click.echo(text, err=True)

"""`yongsan-bot init`: a folder of their own for staff to edit."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click

from bot.commands.opening import Flags, open_settings
from bot.content.load import packaged
from bot.errors import ConfigError

NEXT = """\
{folder}에 만들었습니다.
  knowledge/   봇이 아는 사실. 소식지가 바뀌면 여기를 고칩니다.
  intents/     주민의 말과 봇의 말투.
  config.yaml  기관 이름, 연락처 따위의 설정.

다음에 할 일
  1. config.yaml을 열어 office.name과 office.contact를 확인합니다.
  2. knowledge/의 파일을 고칩니다. 저장은 UTF-8로 합니다.
  3. 이 폴더에서 확인합니다:  yongsan-bot check
  4. 이 폴더에서 말을 걸어 봅니다:  yongsan-bot chat"""


def init(flags: Flags, folder: Path) -> None:
    """Copies knowledge/, intents/ and a config into the folder; overwrites nothing."""
    settings = open_settings(flags)
    sources = {"knowledge": settings.knowledge or packaged("knowledge"), "intents": settings.intents or packaged("intents")}
    example = _example()
    _refuse(folder, [*sources, "config.yaml"], sources)
    try:
        for name, source in sources.items():
            _copy(source, folder / name)
        (folder / "config.yaml").write_text(example, encoding="utf-8")
    except OSError as error:
        raise ConfigError(str(error.filename or folder), f"쓸 수 없습니다({error.strerror}).", "쓸 수 있는 폴더를 골라 주세요.") from None
    click.echo(NEXT.format(folder=folder))


def _refuse(folder: Path, names: list[str], sources: dict[str, Path]) -> None:
    """Raises ConfigError where something stands in the way, before anything is written."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError(str(folder), "폴더가 아니라 파일입니다.", "다른 이름을 골라 주세요.")
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        raise ConfigError(str(folder), f"이미 있습니다: {', '.join(taken)}", "아무것도 덮어쓰지 않았습니다. 다른 폴더를 골라 주세요.")
    missing = [path for path in sources.values() if not path.is_dir()]
    if missing:
        raise ConfigError(str(missing[0]), "폴더가 없습니다.", "경로를 확인해 주세요.")


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        if path.suffix in (".yaml", ".yml") and not path.name.startswith("."):
            shutil.copyfile(path, target / path.name)


def _example() -> str:
    """config.example.yaml, with the two folders set."""
    text = packaged_example().read_text(encoding="utf-8")
    for name in ("knowledge", "intents"):
        text = re.sub(rf"^{name}: null$", f"{name}: {name}", text, flags=re.MULTILINE)
    return text


def packaged_example() -> Path:
    """The config.example.yaml that travels with the package, beside the packaged folders."""
    return packaged("knowledge").with_name("config.example.yaml")

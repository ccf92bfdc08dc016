"""The knowledge folder that staff edit, with the bot as one more of its editors.

Promises: a file is changed only where the folder is no worse for it. The change is tried on a copy first, and what it would break is the error.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.content.check import check_loaded
from bot.content.load import Loaded, read_files
from bot.content.rewrite import create_file, read_whole, replace_file
from bot.content.splice import Spliced, refused
from bot.content.yaml_text import Fault, decode
from bot.errors import ConfigError, ContentError

Splice = Callable[[str, str], Spliced]


def own_folder(knowledge: Path | None) -> Path:
    """The folder that staff edit. Raises ConfigError where it is the packaged one (None), which an update of the program replaces."""
    if knowledge is None:
        remedy = "'yongsan-bot init 폴더'로 고쳐 쓸 폴더를 만들고, 그 폴더에서 다시 하거나 --knowledge로 알려 주세요."
        raise ConfigError("knowledge", "프로그램에 딸린 파일에는 초안을 적지 않습니다.", remedy)
    if not knowledge.is_dir():
        raise ConfigError(str(knowledge), "폴더가 없습니다.", "경로를 확인해 주세요.")
    return knowledge


class Shelf:
    """A knowledge folder of staff's own. intents: None for the packaged ones."""

    def __init__(self, knowledge: Path, intents: Path | None = None) -> None:
        self.folder, self.intents = knowledge, intents

    def read(self) -> Loaded:
        return read_files(self.folder, self.intents)

    def path(self, shown: str) -> Path:
        """The file that a fault or a place names."""
        return self.folder / shown.rsplit("/", 1)[-1]

    def change(self, path: Path, splice: Splice, before: Loaded, *, checked: bool = False) -> Spliced:
        """Changes a file: splice takes its text and shown name.

        before   the folder as it was read
        checked  whether nothing that `check` refuses may come of it either

        Raises ContentError, with nothing written, where the change cannot be made, would break something, or the file has changed meanwhile.
        """
        file = read_whole(path)
        _, fault = decode(file.raw, file.shown)
        if fault is not None:
            raise refused(fault)
        spliced = splice(file.raw.decode("utf-8"), file.shown)
        self._try(path.name, spliced.text, before, checked)
        replace_file(path, file.raw, spliced.text.encode("utf-8"))
        return spliced

    def create(self, path: Path, text: str, before: Loaded) -> None:
        """Writes a new file. Raises ContentError, with nothing written, where it would break something or there is one."""
        self._try(path.name, text, before, checked=False)
        create_file(path, text.encode("utf-8"))

    def _try(self, name: str, text: str, before: Loaded, checked: bool) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            copy = Path(temporary) / self.folder.name  # faults name the folder
            copy.mkdir()
            for path in self.folder.iterdir():
                if path.suffix in (".yaml", ".yml") and path.name != name and path.is_file():
                    shutil.copyfile(path, copy / path.name)
            (copy / name).write_bytes(text.encode("utf-8"))
            after = read_files(copy, self.intents)
            had, has = (check_loaded(before).faults, check_loaded(after).faults) if checked else (before.faults, after.faults)
        known = set(map(_lasting, had))
        new = [fault for fault in has if _lasting(fault) not in known]
        if new:
            raise ContentError(*_told(new[0]))


def _lasting(fault: Fault) -> tuple[str, str]:
    """A fault whatever lines it has moved by."""
    return fault.file, re.sub(r"\d+번째 줄", "", fault.problem)


def _told(fault: Fault) -> tuple[str, str, str]:
    place = f"{fault.file} {fault.line}번째 줄" if fault.line else fault.file
    return place, fault.problem, f"{fault.remedy} (그대로 두면 이렇게 되므로, 파일에는 아무것도 쓰지 않았습니다.)"


__all__ = ["Shelf", "own_folder"]

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import watch
from bot.content.snapshot import fingerprint


class Watching:
    """Counts what the watcher tells."""

    def __init__(self, *folders: Path) -> None:
        self.folders, self.told, self.stop = folders, 0, asyncio.Event()

    async def __aenter__(self) -> Watching:
        since = fingerprint(self.folders)
        self.task = asyncio.create_task(self._count(since))
        await asyncio.sleep(0.05)
        return self

    async def _count(self, since) -> None:
        async for _ in watch.changes(self.folders, self.stop, since):
            self.told += 1

    async def hears(self, edit: Callable[[], object]) -> bool:
        """Whether it is told within two seconds of the edit."""
        before, begun = self.told, time.monotonic()
        edit()
        while self.told == before and time.monotonic() - begun < 2.0:
            await asyncio.sleep(0.02)
        return self.told > before

    async def __aexit__(self, *error: object) -> None:
        self.stop.set()
        await asyncio.wait_for(self.task, 3)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "a.yaml").write_text("a: 1\n")
    return tmp_path / "knowledge"


@pytest.fixture
def brisk(monkeypatch) -> None:
    """Looks more often, where the time does not matter."""
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(watch, "STILL_SECONDS", 0.1)


def _by_rename(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}.new")
    new.write_text(text)
    new.replace(file)


@pytest.mark.usefixtures("brisk")
@pytest.mark.parametrize(
    "edit",
    [
        lambda folder: (folder / "a.yaml").write_text("a: 2\n"),
        lambda folder: _by_rename(folder / "a.yaml", "a: 2\n"),
        lambda folder: (folder / "b.yml").write_text("b: 1\n"),
        lambda folder: (folder / "a.yaml").unlink(),
    ],
    ids=["written over", "replaced", "added", "removed"],
)
def test_a_saved_change_is_told_in_time(folder, edit):
    async def scenario() -> bool:
        async with Watching(folder) as watching:
            return await watching.hears(lambda: edit(folder))

    assert asyncio.run(scenario())


def test_a_change_that_nothing_reports_is_told_in_time(folder, monkeypatch):
    """As on a network drive."""

    async def silent(folders, stop):
        while not stop.is_set():
            await asyncio.sleep(watch.LOOK_SECONDS)
            yield []

    async def scenario() -> bool:
        async with Watching(folder) as watching:
            return await watching.hears(lambda: (folder / "a.yaml").write_text("a: 2\n"))

    monkeypatch.setattr(watch, "_reports", silent)

    assert asyncio.run(scenario())


@pytest.mark.usefixtures("brisk")
def test_a_change_is_told_where_the_watch_itself_fails(folder, monkeypatch):
    """As where the system has no watches left."""

    def full(*folders, **options):
        raise OSError("OS file watch limit reached")

    async def scenario() -> bool:
        async with Watching(folder) as watching:
            return await watching.hears(lambda: (folder / "a.yaml").write_text("a: 2\n"))

    monkeypatch.setattr(watch, "awatch", full)

    assert asyncio.run(scenario())


@pytest.mark.usefixtures("brisk")
def test_temporary_files_of_editors_are_not_told(folder):
    async def scenario() -> int:
        async with Watching(folder) as watching:
            for name in (".a.yaml.swp", "a.yaml~", "#a.yaml#", ".#a.yaml", "a.yaml.tmp", "4913", ".hidden.yaml"):
                (folder / name).write_text("x: [")
            await asyncio.sleep(0.5)
            (folder / "4913").unlink()
            await asyncio.sleep(0.3)
            return watching.told

    assert asyncio.run(scenario()) == 0


def test_a_file_written_in_two_steps_is_told_when_it_is_whole(folder):
    found = []

    async def scenario() -> None:
        stop, file = asyncio.Event(), folder / "a.yaml"

        async def read() -> None:
            async for _ in watch.changes([folder], stop):
                found.append(file.read_text())

        task = asyncio.create_task(read())
        await asyncio.sleep(0.2)
        with file.open("w") as out:
            for part in ("a: ", "2\n", "b: 3\n"):
                out.write(part)
                out.flush()
                await asyncio.sleep(0.15)
        await asyncio.sleep(0.6)
        stop.set()
        await task

    asyncio.run(scenario())

    assert found
    assert set(found) == {"a: 2\nb: 3\n"}


@pytest.mark.usefixtures("brisk")
def test_a_folder_may_go_and_come_back(folder):
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)

    async def scenario() -> list[bool]:
        async with Watching(folder) as watching:
            return [
                await watching.hears(lambda: shutil.rmtree(folder)),
                await watching.hears(lambda: copy.rename(folder)),
                await watching.hears(lambda: (folder / "a.yaml").write_text("a: 3\n")),
            ]

    assert asyncio.run(scenario()) == [True, True, True]


@pytest.mark.usefixtures("brisk")
@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_that_leads_elsewhere_is_a_change(tmp_path):
    """As Kubernetes swaps a ConfigMap: the files are links through ..data, which is replaced."""
    for name in ("one", "two"):
        (tmp_path / "map" / name).mkdir(parents=True)
        (tmp_path / "map" / name / "a.yaml").write_text(f"a: {name}\n")
    folder = tmp_path / "map"
    (folder / "..data").symlink_to("one")
    (folder / "a.yaml").symlink_to("..data/a.yaml")

    def swap() -> None:
        (folder / "..new").symlink_to("two")
        (folder / "..new").replace(folder / "..data")

    async def scenario() -> bool:
        async with Watching(folder) as watching:
            return await watching.hears(swap)

    assert asyncio.run(scenario())
    assert (folder / "a.yaml").read_text() == "a: two\n"


@pytest.mark.usefixtures("brisk")
def test_what_changed_before_watching_began_or_while_the_caller_was_busy_is_told(folder):
    async def scenario() -> int:
        since, stop, told = fingerprint([folder]), asyncio.Event(), 0
        (folder / "a.yaml").write_text("a: 22\n")
        async for _ in watch.changes([folder], stop, since):
            told += 1
            if told == 2:
                stop.set()
            else:
                (folder / "a.yaml").write_text("a: 333\n")
                await asyncio.sleep(0.2)
        return told

    assert asyncio.run(asyncio.wait_for(scenario(), 5)) == 2


@pytest.mark.usefixtures("brisk")
def test_folders_that_were_never_there_are_waited_for(tmp_path):
    folder = tmp_path / "later"

    async def scenario() -> bool:
        async with Watching(folder, tmp_path / "never") as watching:
            return await watching.hears(folder.mkdir) and await watching.hears(lambda: (folder / "a.yaml").write_text("a: 1\n"))

    assert asyncio.run(scenario())


@pytest.mark.usefixtures("brisk")
def test_cancelling_ends_the_watcher_and_leaves_the_event_alone(folder):
    async def scenario() -> bool:
        watching = Watching(folder)
        await watching.__aenter__()
        await asyncio.sleep(0.3)
        watching.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching.task
        return watching.stop.is_set()

    assert asyncio.run(scenario()) is False


@pytest.mark.usefixtures("brisk")
def test_the_watcher_of_the_library_is_silent(folder, caplog):
    caplog.set_level("DEBUG")

    async def scenario() -> bool:
        async with Watching(folder) as watching:
            return await watching.hears(lambda: (folder / "a.yaml").write_text("a: 2\n"))

    assert asyncio.run(scenario())
    assert not [record for record in caplog.records if record.name.startswith("watchfiles")]


@pytest.mark.usefixtures("brisk")
@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes there")
def test_a_name_that_is_not_utf8_does_not_end_the_watch(folder, caplog):
    bad = Path(os.fsdecode(os.fsencode(folder) + "/안전.yaml".encode("cp949")))

    async def scenario() -> list[bool]:
        async with Watching(folder) as watching:
            await asyncio.sleep(0.2)
            return [
                await watching.hears(lambda: bad.write_text("a: 1\n")),
                await watching.hears(lambda: (folder / "a.yaml").write_text("a: 2\n")),
                await watching.hears(bad.unlink),
            ]

    assert asyncio.run(scenario()) == [True, True, True]
    assert len([record for record in caplog.records if record.name == watch.__name__]) == 1


def test_the_end_of_the_program_does_not_wait_for_a_call_that_hangs():
    begun, hanging = time.monotonic(), threading.Event()

    async def scenario() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(watch.run_aside(hanging.wait), 0.1)
        with pytest.raises(ZeroDivisionError):
            await watch.run_aside(lambda: 1 // 0)
        assert await watch.run_aside(max, 1, 2) == 2

    asyncio.run(scenario())

    assert time.monotonic() - begun < 2
    hanging.set()

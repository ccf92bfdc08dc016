from __future__ import annotations

import asyncio
import gc
import os
import re
import sys
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.channels import serving as module
from bot.channels.serving import Serving
from bot.content.snapshot import Snapshot, take
from bot.content.watch import changes
from bot.dialogue.wording import Office
from bot.engine import Engine
from bot.errors import ContentError
from bot.korean import open_tagger

TOPIC = """\
section: 안전
topics:
  - id: {name}
    title: {title}
    answer: {title} {number}개가 있어요.
"""
BROKEN = "section: [안전\ntopics:\n"


@pytest.fixture(scope="module")
def build() -> Callable[..., Engine]:
    """Makes an engine of a content, always over the same tagger."""
    tagger = open_tagger()
    return lambda content: Engine(content, tagger, Office("구청", "02-000-0000", "https://example.org", ""))


@pytest.fixture
def folder(tmp_path) -> Path:
    return write(tmp_path / "knowledge", 1)


@pytest.fixture
def intents(tmp_path) -> Path:
    """Little to read, so that many reloads take little time; the rest is the packaged one."""
    folder = tmp_path / "intents"
    folder.mkdir()
    (folder / "urgent.yaml").write_text("urgent: []\n", encoding="utf-8")
    (folder / "synonyms.yaml").write_text("synonyms: {}\n", encoding="utf-8")
    (folder / "everyday.yaml").write_text("words: {ko: [알려 주세요]}\n", encoding="utf-8")
    return folder


@pytest.fixture
def serve(build, intents) -> Callable[[Path], Serving]:
    """Makes what serves a knowledge folder; not started."""
    return lambda folder: Serving(build, folder, intents)


@pytest.fixture
def serving(serve, folder) -> Serving:
    """What serves a folder with two files that tell the same number; started."""
    made = serve(folder)
    made.start()
    return made


def write(folder: Path, number: int, remark: str = "") -> Path:
    """Two files that belong together: both tell the number."""
    folder.mkdir(exist_ok=True)
    for name, title in (("bell", "비상벨"), ("lamp", "가로등")):
        (folder / f"{name}.yaml").write_text(TOPIC.format(name=name, title=title, number=number) + remark, encoding="utf-8")
    return folder


def told(engine: Engine, now) -> set[str]:
    """The numbers that the two topics tell."""
    replies = [engine.reply(f"{title} 알려 주세요", None, now).reply.text for title in ("비상벨", "가로등")]
    return {number for reply in replies for number in re.findall(r"(\d+)개", reply)}


def test_a_saved_change_serves_after_a_reload(serving, folder, intents, now):
    earlier = serving.engine
    write(folder, 2)

    outcome = serving.reload()

    assert (outcome.kind, outcome.fault, outcome.version) == ("loaded", "", serving.version)
    assert told(serving.engine, now) == {"2"}
    assert told(earlier, now) == {"1"}
    assert serving.served.snapshot == take(folder, intents)


@pytest.mark.parametrize("remark", ["", "# 확인함\n"], ids=["untouched", "a remark"])
def test_files_that_say_the_same_change_nothing(serving, folder, intents, remark):
    engine, since = serving.engine, serving.since
    write(folder, 1, remark)

    assert serving.reload().kind == "same"
    assert serving.engine is engine
    assert serving.since == since
    assert serving.served.snapshot == take(folder, intents)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (BROKEN, 1, "대괄호"),
        ("", 0, "빈 파일"),
        (TOPIC.format(name="lamp", title="비상벨", number=1), 4, "두 주제가 씁니다"),  # what only check finds
    ],
    ids=["no yaml", "emptied", "would mislead"],
)
def test_a_faulty_change_is_refused_and_told_once_with_its_place(serving, folder, caplog, text, line, problem):
    engine = serving.engine
    (folder / "lamp.yaml").write_text(text, encoding="utf-8")

    outcome = serving.reload()
    again = serving.reload()

    assert (outcome.kind, again.kind, again.fault) == ("refused", "refused", outcome.fault)
    assert serving.engine is engine
    assert serving.fault == outcome.fault
    assert outcome.fault.startswith(f"knowledge/lamp.yaml {line}번째 줄: " if line else "knowledge/lamp.yaml: ")
    assert problem in outcome.fault
    assert "고치는 법: " in outcome.fault
    assert [outcome.fault in record.getMessage() for record in caplog.records if record.name == module.__name__] == [True]


@pytest.mark.parametrize(("number", "kind"), [(1, "same"), (2, "loaded")], ids=["put back", "mended"])
def test_a_mended_file_clears_the_fault(serving, folder, now, number, kind):
    (folder / "lamp.yaml").write_text(BROKEN, encoding="utf-8")
    serving.reload()
    write(folder, number)

    assert serving.reload().kind == kind
    assert serving.fault is None
    assert told(serving.engine, now) == {str(number)}


@pytest.mark.skipif(sys.platform != "linux", reason="pipes, links and file names as bytes")
@pytest.mark.parametrize(
    ("put", "problem"),
    [
        (os.mkfifo, "보통 파일이 아닙니다"),
        (lambda path: path.symlink_to("/etc/passwd"), "폴더 밖"),
        (lambda path: path.write_text("a:\n" + " [\n" * 200_000 + " ]\n" * 200_000), "깊게"),
        (lambda path: (path.touch(), os.truncate(path, 700_000_000)), "너무 큽니다"),
        (lambda path: Path(os.fsdecode("안전.yaml".encode("cp949"))).write_text(""), "파일 이름"),
    ],
    ids=["a pipe", "a link", "a nesting", "a huge file", "a name in CP949"],
)
def test_what_would_harm_the_program_is_refused_until_it_is_gone(serving, folder, monkeypatch, put, problem):
    engine = serving.engine
    monkeypatch.chdir(folder)
    before = {*folder.iterdir()}
    put(folder / "x.yaml")

    assert problem in serving.reload().fault
    assert serving.engine is engine
    [added] = {*folder.iterdir()} - before
    added.unlink()
    assert serving.reload().kind == "same"
    assert serving.fault is None


def test_a_folder_that_is_gone_is_refused_until_it_is_back(serving, folder):
    folder.rename(folder.with_name("elsewhere"))
    assert "폴더가 없습니다" in serving.reload().fault

    folder.with_name("elsewhere").rename(folder)
    assert serving.reload().kind == "same"


def test_content_over_which_no_engine_answers_is_refused(serving, folder, monkeypatch, caplog):
    engine = serving.engine
    monkeypatch.setattr(Engine, "reply", lambda *_: 1 // 0)
    write(folder, 2)

    outcome = serving.reload()

    assert outcome.kind == "refused"
    assert "ZeroDivisionError" in outcome.fault
    assert serving.engine is engine


def test_faulty_files_at_the_start_are_an_error_without_a_fallback(serve, folder):
    (folder / "lamp.yaml").write_text(BROKEN, encoding="utf-8")

    with pytest.raises(ContentError) as caught:
        serve(folder).start()

    assert caught.value.place == "knowledge/lamp.yaml 1번째 줄"
    with pytest.raises(ContentError):
        serve(folder).start(b"no snapshot")
    with pytest.raises(ContentError):
        serve(folder).start(Snapshot({"knowledge/lamp.yaml": BROKEN}).pack())


def test_faulty_files_at_the_start_leave_the_last_good_content_serving(serve, folder, intents, now):
    packed, version = take(folder, intents).pack(), serve(folder).start().version
    (folder / "lamp.yaml").write_text(BROKEN, encoding="utf-8")
    serving = serve(folder)

    outcome = serving.start(packed)

    assert (outcome.kind, outcome.version) == ("refused", version)
    assert serving.fault == outcome.fault
    assert told(serving.engine, now) == {"1"}
    assert serving.served.snapshot.pack() == packed
    write(folder, 2)
    assert serving.reload().kind == "loaded"
    assert serving.fault is None


def test_nothing_serves_before_the_start(serve, folder):
    with pytest.raises(RuntimeError, match="start"):
        serve(folder).engine  # noqa: B018


def test_files_that_change_while_they_are_read_are_read_again(serving, folder, now, monkeypatch):
    read, readings = module.read_files, []

    def disturbed(*folders):
        readings.append(read(*folders))
        if len(readings) == 1:
            write(folder, 3)
        return readings[-1]

    monkeypatch.setattr(module, "read_files", disturbed)
    write(folder, 2)

    assert serving.reload().kind == "loaded"
    assert len(readings) == 2
    assert told(serving.engine, now) == {"3"}


def test_files_that_never_come_to_rest_are_refused(serving, folder, monkeypatch):
    read = module.read_files

    def disturbed(*folders):
        loaded = read(*folders)
        write(folder, time.monotonic_ns())
        return loaded

    monkeypatch.setattr(module, "read_files", disturbed)
    write(folder, 2)

    assert "계속 바뀝니다" in serving.reload().fault


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_while_versions_come_and_go_every_reply_is_of_a_whole_one(serve, tmp_path, now):
    """30 times the folder is swapped in the midst of a reload, every third time for a broken one, while another thread asks."""
    link, spare = tmp_path / "knowledge", tmp_path / "spare"
    link.symlink_to(write(tmp_path / "v0", 0))
    serving = serve(link)
    serving.start()
    seen, over, kinds = [], threading.Event(), []

    def ask() -> None:
        while not over.is_set():
            seen.append(told(serving.engine, now))
            time.sleep(0.005)

    def swap(number: int) -> None:
        fresh = write(tmp_path / f"v{number}", number)
        if number % 3 == 0:
            (fresh / "lamp.yaml").write_text(BROKEN, encoding="utf-8")
        spare.symlink_to(fresh)
        spare.replace(link)

    with ThreadPoolExecutor(2) as pool:
        asking = pool.submit(ask)
        for number in range(1, 31):
            reload = pool.submit(serving.reload)
            time.sleep(0.01 * (number % 4))
            swap(number)
            kinds.append(reload.result().kind)
        kinds.append(serving.reload().kind)
        swap(31)
        kinds.append(serving.reload().kind)
        over.set()
        asking.result()

    assert {len(numbers) for numbers in seen} == {1}
    assert len({min(numbers) for numbers in seen}) > 3
    assert kinds[-2:] == ["refused", "loaded"]
    assert told(serving.engine, now) == {"31"}


def test_two_reloads_at_once_lose_no_change(serving, folder, now):
    with ThreadPoolExecutor(4) as pool:
        write(folder, 2)
        reloads = [pool.submit(serving.reload) for _ in range(3)]
        write(folder, 3)
        reloads.append(pool.submit(serving.reload))
        for reload in reloads:
            reload.result()

    assert told(serving.engine, now) == {"3"}


def test_an_engine_that_was_replaced_is_given_back(serving, folder):
    earlier = []
    for number in range(2, 6):
        earlier.append(weakref.ref(serving.engine))
        write(folder, number)
        serving.reload()

    assert [engine() for engine in earlier] == [None] * 4
    assert gc.isenabled()
    gc.unfreeze()


def test_what_is_saved_is_told_within_two_seconds(serving, folder, now):
    """The watcher and what serves, together: over-written, half-written, broken and mended, replaced by another folder."""

    async def scenario() -> list[float]:
        stop, waits = asyncio.Event(), []

        async def keep_up() -> None:
            async for _ in changes(serving.folders, stop, serving.seen):
                await asyncio.to_thread(serving.reload)

        async def until(is_so: Callable[[], bool]) -> None:
            begun = time.monotonic()
            while not is_so() and time.monotonic() - begun < 5:
                await asyncio.sleep(0.02)
            waits.append(time.monotonic() - begun)

        task = asyncio.create_task(keep_up())
        await asyncio.sleep(0.1)
        write(folder, 2)
        await until(lambda: told(serving.engine, now) == {"2"})
        whole = TOPIC.format(name="lamp", title="가로등", number=3)
        (folder / "lamp.yaml").write_text(whole[:60], encoding="utf-8")
        await asyncio.sleep(0.15)
        assert serving.fault is None
        write(folder, 3)
        await until(lambda: told(serving.engine, now) == {"3"})
        assert serving.fault is None
        (folder / "lamp.yaml").write_text(BROKEN, encoding="utf-8")
        await until(lambda: serving.fault is not None)
        assert told(serving.engine, now) == {"3"}
        fresh = write(folder.with_name("fresh"), 4)
        folder.rename(folder.with_name("old"))
        fresh.rename(folder)
        await until(lambda: told(serving.engine, now) == {"4"} and serving.fault is None)
        stop.set()
        await task
        return waits

    waits = asyncio.run(scenario())

    assert len(waits) == 4
    assert max(waits) < 2


def test_what_serves_is_wholly_made_so_that_no_resident_waits_for_it(serving):
    engine = serving.engine
    spelling = engine.understander.index.spelling

    assert "written" in vars(engine.understander.lexicon)
    assert {"known", "speller"} <= vars(spelling).keys()

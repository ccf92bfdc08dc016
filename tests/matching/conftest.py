"""Makers of small contents, read from real YAML, with the packaged intents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import Content, load_content
from bot.korean import Tagger, open_tagger
from bot.matching import Candidate, Evidence, Index, Lexicon, Reading, load_coefficients, weigh

TOWN = """
section: 동네
topics:
  - id: lamp
    title: 은하가로등
    names: [은하가로등, galaxy lamp]
    words: [밝다, 산책로]
    answer: 산책로를 밝히는 등이에요.
    lines: "1"
  - id: beacon
    title: 쏠라표지병
    names: [쏠라표지병, 안심 이정표]
    words: [골목, 반짝이다]
    answer: 골목에 박은 표지예요.
    lines: "2"
  - id: camera
    title: 방범용 CCTV
    names: [방범용 CCTV, CCTV]
    questions: [동네에 카메라 몇 대나 달았어요]
    words: [카메라, 설치]
    answer: 카메라를 달았어요.
    lines: "3"
  - id: nursery
    title: 새싹어린이집 확충
    names: [새싹어린이집, 어린이집]
    words: [아이, 보육]
    answer: 어린이집을 늘려요.
    lines: "4"
"""


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return open_tagger("mecab")


@pytest.fixture(scope="session")
def make_content(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Content]:
    """The content of one knowledge file, and of intents files where some are given."""

    def make(knowledge: str = TOWN, **intents: str) -> Content:
        folder: Path = tmp_path_factory.mktemp("content")
        (folder / "knowledge").mkdir()
        (folder / "intents").mkdir()
        (folder / "knowledge" / "town.yaml").write_text(knowledge, encoding="utf-8")
        for name, text in intents.items():
            (folder / "intents" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return load_content(folder / "knowledge", folder / "intents")

    return make


@pytest.fixture(scope="session")
def make_index(make_content: Callable[..., Content], tagger: Tagger) -> Callable[..., Index]:
    """The index of such a content; its lexicon is `index.lexicon`."""

    def make(knowledge: str = TOWN, **intents: str) -> Index:
        content = make_content(knowledge, **intents)
        return Index(content, Lexicon(content, tagger), load_coefficients().ranking)

    return make


@pytest.fixture(scope="session")
def town(make_index: Callable[..., Index]) -> Index:
    return make_index()


@pytest.fixture(scope="session")
def read(town: Index) -> Callable[[str], Reading]:
    return town.lexicon.read


@pytest.fixture(scope="session")
def search(town: Index) -> Callable[[str], list[Candidate]]:
    return lambda text: town.search(town.lexicon.read(text))


@pytest.fixture(scope="session")
def evidence(town: Index) -> Callable[[str], Evidence]:
    """The evidence for the best topic of a question."""

    def of(text: str) -> Evidence:
        reading = town.lexicon.read(text)
        candidates = town.search(reading)
        return weigh(reading, candidates, candidates[:1], town, load_coefficients().evidence, is_group=False)

    return of

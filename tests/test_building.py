"""Settings become an engine; what cannot start is told and done without."""

from __future__ import annotations

import pytest

from bot import building
from bot.building import encoder_of, engine_over, tagger_of
from bot.config import Settings
from bot.errors import TaggerError


def test_the_settings_reach_the_engine(engine, now):
    settings = Settings.model_validate({"office": {"name": "시험구청"}, "conversation": {"idle_minutes": 7}, "matching": {"answer_from": 0.9}})

    built = engine_over(engine.content, tagger_of(settings, pytest.fail), settings)

    assert (built.idle_minutes, built.policy.thresholds.answer) == (7, 0.9)
    assert "시험구청" in built.reply("너 누구야", None, now).reply.body


def test_a_tagger_that_cannot_start_is_told_and_mecab_takes_its_place(monkeypatch):
    def open_tagger(name):
        if name != "mecab":
            raise TaggerError("korean.tagger", "Java가 없습니다.")
        return name

    monkeypatch.setattr(building, "open_tagger", open_tagger)
    told: list[str] = []

    assert tagger_of(Settings.model_validate({"korean": {"tagger": "komoran"}}), told.append) == "mecab"
    assert len(told) == 1
    assert "Java" in told[0]


def test_without_mecab_there_is_no_engine(monkeypatch):
    def open_tagger(name):
        raise TaggerError("korean.tagger", "사전이 없습니다.")

    monkeypatch.setattr(building, "open_tagger", open_tagger)

    with pytest.raises(TaggerError):
        tagger_of(Settings(), pytest.fail)


def test_likeness_of_meaning_is_opened_only_where_it_is_set():
    assert encoder_of(Settings(), pytest.fail) is None

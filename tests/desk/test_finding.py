"""Which topic staff mean by a name."""

from __future__ import annotations

import pytest

from bot.desk.finding import MOST, find


@pytest.mark.parametrize("text", ["longevity", "장수축하금", " 장수 축하금 ", "LONGEVITY", "longevity gift money (장수축하금)"])
def test_id_title_and_names_are_found_whatever_their_spaces(engine, text):
    assert [topic.id for topic in find(engine, text).named] == ["longevity"]


@pytest.mark.parametrize(("text", "meant"), [("장수축하긍", "longevity"), ("축하금", "longevity"), ("놀이터", "dodam"), ("비상밸 바꾼 거", "bell")])
def test_what_is_only_like_a_name_is_near_and_not_named(engine, text, meant):
    found = find(engine, text)

    assert not found.named
    assert found.near[0].id == meant


def test_several_that_are_near_come_best_first(engine):
    near = find(engine, "일자리").near

    assert {"senior-jobs", "youth-jobs"} <= {topic.id for topic in near}
    assert len(near) <= MOST


@pytest.mark.parametrize("text", ["", "  ", "asdf", "수영장 요금", "ㅋㅋ", "🙂"])
def test_what_is_like_nothing_finds_nothing(engine, text):
    assert find(engine, text) == find(engine, "")


def test_every_topic_is_found_by_its_id_and_its_title(engine):
    for topic in engine.content.topics.values():
        assert topic in find(engine, topic.id).named
        assert topic in find(engine, topic.title.ko).named

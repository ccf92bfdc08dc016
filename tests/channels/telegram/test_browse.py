"""The chapters and their topics as buttons."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.browse import PER_PAGE, Browse
from bot.channels.telegram.layout import MAX_DATA, MAX_LABEL, read_pick


@pytest.fixture(scope="module")
def browse(engine) -> Browse:
    return Browse(engine.content)


def with_topics(content, count):
    """The content with one chapter of so many topics."""
    topic, title = next(iter(content.topics.values())), next(iter(content.sections.values()))
    topics = {f"t-{n}": topic.model_copy(update={"id": f"t-{n}"}) for n in range(count)}
    return replace(content, topics=topics, sections=dict.fromkeys(topics, title))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_topic_is_reached_and_leads_back(browse, engine, language):
    reached = []
    for label, data in browse.chapters(language):
        text, buttons = browse.page(data, language)
        assert label in text or label.endswith("…")
        assert buttons[-1][1] == "1|s"
        reached += [pick.topic for pick in (read_pick(data) for _, data in buttons) if pick]

    assert sorted(reached) == sorted(engine.content.topics)
    assert browse.page("1|s", language) == (engine.content.say("topics", language), browse.chapters(language))


def test_labels_and_data_fit(browse):
    buttons = [one for language in ("ko", "en") for one in browse.chapters(language)]
    buttons += [one for _, data in buttons for one in browse.page(data, "en")[1]]

    assert all(0 < len(label) <= MAX_LABEL and len(data.encode()) <= MAX_DATA for label, data in buttons)


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (PER_PAGE, 1), (PER_PAGE + 1, 2), (3 * PER_PAGE, 3)])
def test_long_chapter_is_turned_page_by_page(engine, count, pages):
    browse = Browse(with_topics(engine.content, count))
    ((_, data),) = browse.chapters("ko")
    seen, turned = [], 1

    while True:
        buttons = browse.page(data, "ko")[1]
        seen += [pick.topic for pick in (read_pick(data) for _, data in buttons) if pick]
        onward = [data for label, data in buttons if label == engine.content.say("page_next", "ko")]
        assert any(label == engine.content.say("page_back", "ko") for label, _ in buttons) == (turned > 1)
        if not onward:
            break
        data, turned = onward[0], turned + 1

    assert (turned, seen) == (pages, [f"t-{n}" for n in range(count)])


def test_button_leads_to_its_chapter_after_a_restart_and_nowhere_when_it_is_gone(engine):
    before, after = Browse(engine.content), Browse(engine.content)
    (_, data), *_ = before.chapters("ko")
    others = {topic: title for topic, title in engine.content.sections.items() if title != before._titles[data.split("|")[2]]}

    assert after.page(data, "ko") == before.page(data, "ko")
    assert Browse(replace(engine.content, sections=others)).page(data, "ko") is None


@pytest.mark.parametrize(
    "data", ["", "1", "0|s", "1|s|", "1|c", "1|c|00000000|0", "1|c|{mark}|99", "1|c|{mark}|-1", "1|c|{mark}|²", "1|c|{mark}|", "2|c|{mark}|0"]
)
def test_other_data_leads_nowhere(browse, data):
    mark = browse.chapters("ko")[0][1].split("|")[2]

    assert browse.page(data.format(mark=mark), "ko") is None


@given(st.text(max_size=64) | st.text("1|cs0123456789abcdef", max_size=64))
def test_no_data_breaks_it(browse, data):
    browse.page(data, "ko")

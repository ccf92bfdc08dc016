from __future__ import annotations

import pytest

from bot.matching.surfaces import spell

MENDED = [("새싹어린이짐 뭐예요", "새싹어린이집 뭐예요"), ("은하가로둥은 어디 있어요", "은하가로등은 어디 있어요")]


@pytest.mark.parametrize(("text", "right"), MENDED, ids=[text for text, _ in MENDED])
def test_a_misspelt_name_is_mended_and_the_rest_left(town, text, right):
    assert spell(town.spelling.mend(town.lexicon.read(text)) or "") == spell(right)


@pytest.mark.parametrize("text", ["은하가로등 어디예요", "강남구 수영장", "안녕하세요", ""])
def test_what_is_not_misspelt_is_not_mended(town, text):
    assert town.spelling.mend(town.lexicon.read(text)) is None


def test_twice_as_long_a_word_costs_about_twice_the_mending(make_index):
    class CountingSpeller:
        asked = 0

        def correct(self, word):
            self.asked += 1

    index = make_index()

    def asked(word: str) -> int:
        index.spelling.speller = CountingSpeller()
        index.spelling.mend(index.lexicon.read(word))
        return index.spelling.speller.asked

    assert asked("aㄱ" * 200) <= 3 * asked("aㄱ" * 100)


BY_EAR = [("새싹어린이지베 가나요", "새싹어린이집에 가나요"), ("골모게 뭐 있어요", "골목에 뭐 있어요")]


@pytest.mark.parametrize(("text", "right"), BY_EAR, ids=[text for text, _ in BY_EAR])
def test_a_word_spelt_by_ear_is_read_as_it_is_written(town, text, right):
    assert spell(town.spelling.mend(town.lexicon.read(text)) or "") == spell(right)


def test_parts_of_a_message_that_is_mended_twice_are_tried_once(make_index):
    class CountingSpeller:
        asked = 0

        def correct(self, word):
            self.asked += 1

    index, tried = make_index(), {}
    index.spelling.speller = speller = CountingSpeller()
    index.spelling.mend(index.lexicon.read("은하가로둥은"), tried)
    first = speller.asked
    index.spelling.mend(index.lexicon.read("은하가로둥은"), tried)

    assert speller.asked == first > 0

from importlib import resources

import pytest
import yaml

from bot.evaluation.sounds import by_ear, homophones, native, sino, transcribed


def ways(word, place=0):
    return {word[: way.start] + way.text + word[way.end :] for way in by_ear(word, place)}


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("같이", "가치"),
        ("굳이", "구지"),
        ("맞춤", "마춤"),
        ("옷을", "오슬"),
        ("읽어", "일거"),
        ("없어", "업써"),
        ("좋아", "조아"),
        ("많이", "마니"),
        ("축하", "추카"),
        ("않다", "안타"),
        ("좋다", "조타"),
        ("작년", "장년"),
        ("합니", "함니"),
        ("몇명", "면명"),
        ("신라", "실라"),
        ("학교", "학꾜"),
        ("있다", "잇다"),
        ("돼요", "되요"),
        ("되요", "돼요"),
        ("않아", "안아"),
        ("에서", "애서"),
        ("애기", "에기"),
        ("의원", "에원"),
        ("의원", "이원"),
        ("져요", "저요"),
    ],
)
def test_a_syllable_is_spelt_as_it_sounds(word, heard):
    assert heard in ways(word)


@pytest.mark.parametrize("word", ["가나", "사과", "한국", "a", "1", "ㅋ", " "])
def test_what_sounds_as_it_is_written_stays(word):
    assert not ways(word)


def test_a_tail_is_not_carried_over_a_space():
    assert ways("옷 을") == set()


def test_homophones_are_found_where_they_stand():
    found = homophones("결제는 반드시")

    assert {(way.start, way.end, way.text) for way in found} == {(0, 2, "결재"), (4, 7, "반듯이")}


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "영"), (7, "칠"), (10, "십"), (223, "이백이십삼"), (1004, "천사"), (10_000, "만"), (16_214, "만육천이백십사"), (120_000_000, "억이천만")],
)
def test_figures_are_said_in_sino_korean(number, said):
    assert sino(number).replace("일억", "억") == said


def test_what_has_more_digits_than_money_is_said_digit_by_digit():
    assert sino(10**12) == "일" + "영" * 12


@pytest.mark.parametrize(("number", "said"), [(1, "한"), (12, "열두"), (20, "스무"), (21, "스물한"), (99, "아흔아홉")])
def test_what_is_counted_natively_is_said_so(number, said):
    assert native(number) == said


@pytest.mark.parametrize(
    ("written", "dictated"),
    [
        ("CCTV가 223개소 맞나요?", "씨씨티비가 이백이십삼개소 맞나요"),
        ("2곳, 3명이요!", "두 곳 세 명이요"),
        ("6월 10월 1월", "유월 시월 일월"),
        ("3.5%", "삼점오퍼센트"),
        ("02-2199-6114로", "공이 이일구구 육일일사로"),
        ("16,214명", "만육천이백십사명"),
        ("(이태원) 공영주차장…", "이태원 공영주차장"),
        ("How many CCTVs, 12?", "how many cctvs 12"),
    ],
)
def test_dictation_has_no_marks_and_no_figures(written, dictated):
    assert transcribed(written) == dictated


def test_no_word_stands_in_two_groups_of_homophones():
    text = (resources.files("bot.evaluation") / "sounds.yaml").read_text(encoding="utf-8")
    groups = yaml.safe_load(text)["homophones"]

    words = [word for group in groups for word in group]
    assert len(words) == len(set(words))

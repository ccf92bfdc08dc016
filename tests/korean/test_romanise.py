from __future__ import annotations

import pytest

from bot.korean.romanise import name_in_latin, romanise, sound

# Examples of the rules themselves (2000-8).
RULES = {
    "백마": "baengma", "종로": "jongno", "왕십리": "wangsimni", "별내": "byeollae", "신라": "silla", "학여울": "hagyeoul", "굳이": "guji",
    "같이": "gachi", "좋고": "joko", "놓다": "nota", "구미": "gumi", "영동": "yeongdong", "옥천": "okcheon", "합덕": "hapdeok",
    "월곶": "wolgot", "설악": "seorak", "대관령": "daegwallyeong", "칠곡": "chilgok", "임실": "imsil",
}  # fmt: skip


@pytest.mark.parametrize(("name", "latin"), RULES.items(), ids=RULES)
def test_names_are_written_by_the_rules(name, latin):
    assert romanise(name) == latin


def test_syllable_by_syllable_nothing_changes_at_the_seams():
    assert romanise("국립 신라", by_ear=False) == "gukrip sinra"


@pytest.mark.parametrize("text", ["", "CCTV 3", "!?"])
def test_what_is_no_hangul_stays(text):
    assert romanise(text) == text


SAME = [
    ("청년지음", "Chungnyun Jieum"), ("청년지음", "cheong-nyeon-jieum"), ("안심이", "Anshimee"), ("쏠라표지병", "sola pyoji byung"),
    ("도담도담", "Dodam-Dodam"), ("상품권", "sangpoomkwon"), ("이태원", "eetaewon"), ("어린이집", "orinijib"), ("역사박물관", "yuksa bangmulgwan"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "written"), SAME, ids=[written for _, written in SAME])
def test_spellings_by_ear_sound_the_same(name, written):
    assert sound(written) == sound(romanise(name))


@pytest.mark.parametrize(("one", "other"), [("청년지음", "youth centre"), ("용산", "용문"), ("도담", "다담"), ("한남", "한강")])
def test_other_names_sound_otherwise(one, other):
    assert sound(romanise(one)) != sound(romanise(other))


@pytest.mark.parametrize(
    ("name", "sign"), [("이태원", "Itaewon"), ("한남동", "Hannam-dong"), ("한강로", "Hangang-ro"), ("경리단길", "Gyeongnidan-gil")]
)
def test_a_place_is_written_as_on_its_sign(name, sign):
    assert name_in_latin(name) == sign

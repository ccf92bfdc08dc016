import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.korean.normalise import LIMIT, normalise

ZALGO = "용̷̧̨̛̖산̶̡̢̧̨구"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        pytest.param(unicodedata.normalize("NFD", "용산구 값이 뭐예요"), "용산구 값이 뭐예요", id="NFD from a Mac"),
        pytest.param("ＣＣＴＶ　몇　대？", "cctv 몇 대?", id="full width"),
        pytest.param("\uffa7\uffc2\uffb1", "담", id="half-width jamo"),
        pytest.param("\u1103\u1161\u11b7", "담", id="conjoining jamo"),
        pytest.param("\u1103", "ㄷ", id="a conjoining letter alone"),
        pytest.param("ㄷㅏㅁ", "담", id="letter by letter"),
        pytest.param("ㄱㅏㄴㅏㅋㅋㅋ", "가나ㅋㅋ", id="letter by letter, laughing"),
        pytest.param("ㅅㅎㅇㅈㅈㅅ", "ㅅㅎㅇㅈㅈㅅ", id="initials stay"),
        pytest.param("ㅋㅋㅠㅠ", "ㅋㅋ ㅠㅠ", id="laughter and tears make no syllable"),
        pytest.param("뭐예요ㅋㅋㅋㅋㅎㅎㅎㅠㅠㅠㅠ", "뭐예요ㅋㅋ ㅎㅎ ㅠㅠ", id="laughter cut to two"),
        pytest.param("ㅡㅡ 아니", "ㅡㅡ 아니", id="a face"),
        pytest.param("ㅎㅡㅁ", "흠", id="hm"),
        pytest.param("도담👨‍👩‍👧‍👦도담🇰🇷❤️", "도담 도담", id="emoji, ZWJ sequence, flag"),
        pytest.param("2️⃣번", "2번", id="keycap"),
        pytest.param("①번", "1번", id="circled figure"),
        pytest.param("𝐂𝐂𝐓𝐕 몇 대", "cctv 몇 대", id="fancy type"),
        pytest.param("CcTv", "cctv", id="case"),
        pytest.param("İ", "i", id="a capital that grows when lowered"),
        pytest.param("  용산\t\n 공원\u2028은\u00a0요 ", "용산 공원 은 요", id="spacing"),
        pytest.param("용산\u200b공\ufeff원\u00ad", "용산공원", id="zero width"),
        pytest.param("\u202e용산\u202c\u200f", "용산", id="RTL marks"),
        pytest.param("용\ud800산\udfff", "용 산", id="lone surrogates"),
        pytest.param("용\0산\x1b", "용 산", id="nulls and controls"),
        pytest.param("\ue000용산\U000f0000", "용산", id="private use"),
        pytest.param(ZALGO, "용산구", id="zalgo"),
        pytest.param("é" + "\u0301" * 5000, "é", id="flood of combining marks"),
        pytest.param("café", "café", id="an accent stays"),
        pytest.param("2㎞, 30㎡", "2km, 30㎡", id="units in one character"),
        pytest.param("정말요!!!???", "정말요!?", id="marks repeated"),
        pytest.param("하하하하하 16,000,000", "하하 16,000,000", id="letters repeated, figures not"),
        pytest.param("❓뭐예요❗", "?뭐예요!", id="marks as emoji"),
        pytest.param("ﾎﾝ", "ホン", id="half-width katakana"),
        pytest.param("\u3164\u115f", "", id="fillers"),
        pytest.param("", "", id="empty"),
    ],
)
def test_one_spelling_for_one_text(typed, plain):
    assert normalise(typed) == plain


@pytest.mark.parametrize("unit", ["가나", "a", "ㅋㅎ", "👨‍👩‍👧", "가\u0301", "\u0316\u0301", "İ", " ", "ㅋㅋㄷ", "dkssud ", "\ud83d", "𝐇"])
def test_a_hundred_thousand_characters_are_cut(unit):
    assert len(normalise(unit * (100_000 // len(unit)))) <= LIMIT


def test_leading_blanks_do_not_push_the_question_out():
    assert normalise(" " * 50_000 + "용산") == "용산"


@given(st.text(st.characters(), max_size=80))
@settings(max_examples=500)
def test_the_result_is_clean_whatever_comes(text):
    plain = normalise(text)

    assert unicodedata.is_normalized("NFC", plain)
    assert plain == plain.lower() == " ".join(plain.split())
    assert not {unicodedata.category(char) for char in plain} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert max(map(ord, plain), default=0) <= 0xFFFF


@given(st.text("가각힣ㄱㅏㄷㅋㅠㅎㅡㅁ! .?\u200b12,", max_size=30))
def test_hangul_once_normalised_is_not_changed_again(text):
    plain = normalise(text)

    assert normalise(plain) == plain

import pytest

from bot.korean import read
from bot.korean.utterance import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("cctv 몇 대예요", ("ko", "")),
        ("ㅅㅎㅇㅈㅈㅅ", ("ko", "")),
        ("ㅋㅋ", ("ko", "")),
        ("itaewon global village center 어디예요", ("ko", "")),
        ("龍山區 어디예요", ("ko", "")),
        ("how many cctv", ("en", "")),
        ("where is 도담도담?", ("en", "")),
        ("is the café open today", ("en", "")),
        ("用山区有多少cctv", ("other", "zh")),
        ("cctv在哪里", ("other", "zh")),
        ("防犯カメラは何台ですか", ("other", "ja")),
        ("сколько камер", ("other", "ru")),
        ("كم عدد الكاميرات", ("other", "")),
        ("công viên ở đâu", ("other", "vi")),
        ("où est la mairie", ("other", "fr")),
        ("子育て支援センター 어디에 있어요", ("ko", "")),
        ("용산구청在哪里", ("other", "zh")),
        ("cheongnyeon jieum eodi isseoyo", ("en", "")),
        ("cctv", ("", "")),
        ("iot 3", ("", "")),
        ("16,214", ("", "")),
        ("?!", ("", "")),
        ("", ("", "")),
    ],
)
def test_language_is_detected(text, language):
    assert detect_language(text) == language


def test_neutral_words_tell_no_language():
    assert detect_language("tidy", {"tidy"}) == ("", "")


def test_initials_stand_for_names(mecab):
    utterance = read("ㅅㅎㅇㅈㅈㅅ 어디", mecab, names_by_initials={"ㅅㅎㅇㅈㅈㅅ": "사회안전지수"})

    assert utterance.text == "사회안전지수 어디"


def test_keys_are_read_before_the_language_is(mecab):
    assert read("ehekaehekadl anjdPdy?", mecab).language == "ko"


@pytest.mark.parametrize("text", ["", " ", "\0", "👨‍👩‍👧"])
def test_nothing_is_read_from_nothing(text, mecab):
    utterance = read(text, mecab)

    assert (utterance.text, utterance.language, utterance.morphemes) == ("", "", ())

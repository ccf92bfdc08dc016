from __future__ import annotations

import pytest

from bot.korean.normalise import normalise
from bot.korean.utterance import detect_language

OTHERS = {
    "zh": ["请问有多少监控摄像头？", "自行车保险外国人可以吗", "CCTV在哪里?"],
    "zh-hant": ["請問兒童遊樂場在哪裡？", "外國人可以申請嗎"],
    "ja": ["駐車場はどこですか", "こんにちは", "ｶﾒﾗは何台"],
    "vi": ["Trung tâm thanh niên ở đâu?", "cho toi hoi bao hiem xe dap o dau"],
    "ru": ["Сколько камер видеонаблюдения?"],
    "th": ["มีกล้องกี่ตัว"],
    "mn": ["Хүүхдийн тоглоомын газар хаана байна", "Хаана байдаг вэ"],
    "uz": ["Yoshlar markazi qayerda joylashgan?", "Velosiped sug'urtasi bormi"],
    "es": ["¿Dónde está el centro juvenil?", "cuantas camaras hay en el barrio"],
    "fr": ["Où se trouve le centre des jeunes ?", "combien de caméras ont été installées"],
    "": ["كم عدد الكاميرات", "युवा केन्द्र कहाँ छ", "Скільки камер є"],
}
CASES = [(text, script) for script, texts in OTHERS.items() for text in texts]


@pytest.mark.parametrize(("text", "script"), CASES, ids=[text for text, _ in CASES])
def test_other_languages_are_told_apart(text, script):
    assert detect_language(normalise(text), {"cctv"}) == ("other", script)


ENGLISH = [
    "where is Dodam Dodam", "how many cctv in itaewon", "is the café in the museum open", "cheongnyeon jieum eodi", "que sera sera",
    "sollapyojibyeong", "los angeles", "vis-a-vis parking for residents", "yongsan sarang sangpumgwon", "dau", "men and women",
]  # fmt: skip


@pytest.mark.parametrize("text", ENGLISH)
def test_english_and_korean_in_latin_letters_are_no_other_language(text):
    assert detect_language(normalise(text, set(text.lower().split())))[0] == "en"


@pytest.mark.parametrize("text", ["市場 어디서 열려요", "老人 일자리 있나요", "ありがとう 자전거 보험 돼요?", "東京センター 말고 용산 어디예요"])
def test_where_hangul_asks_the_text_is_korean(text):
    assert detect_language(text) == ("ko", "")

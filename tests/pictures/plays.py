"""The plays whose pictures stand in the staff guide. Each is one bot; its pictures are taken in order, and time goes only forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pictures.recording import Play, Stage

PLAYS: dict[str, Play] = {}


def play(
    now: str, *, staff: str = "", copies: bool = False, suite: tuple[dict[str, Any], ...] = (), **settings: Any
) -> Callable[[Callable[[Stage], None]], Play]:
    """Makes a function a play that begins at that time in Seoul; for the rest see Play, for settings Running."""

    def made(act: Callable[[Stage], None]) -> Play:
        PLAYS[act.__name__] = Play(act, now, staff, copies, suite, settings)
        return PLAYS[act.__name__]

    return made


@play("2026-11-24T10:05")
def questions(stage: Stage) -> None:
    """What residents ask, and the kinds of reply."""
    resident = stage.chat()
    resident.says("비상벨 몇 개 바꿨어요?")
    resident.presses("방범용 CCTV")
    resident.shoot("answer", "주민이 비상벨을 묻고 봇이 숫자와 출처를 답해요. 단추를 누르면 비슷한 주제도 알려 줘요.")

    resident = stage.chat()
    resident.says("장수축하금 얼마예요?")
    resident.shoot("partial", "소식지에 없는 금액을 물으면 없다고 말하고, 물어볼 곳을 알려 줘요.")

    resident = stage.chat()
    resident.says("박람회 나가서 상 탄 거 무슨 박람회였어?")
    resident.presses("2.")
    resident.shoot("clarify", "어느 주제인지 확실하지 않으면 봇이 되묻고, 주민이 단추로 골라요.")

    resident = stage.chat()
    resident.says("어르신 지원")
    resident.says("2번 어떻게 신청해요?")
    resident.shoot("list", "넓게 물으면 번호를 붙인 목록을 주고, 주민이 번호로 이어서 물어요.")


@play("2026-11-27T19:40", staff="plain", handoff__digest="없음")
def handoff(stage: Stage) -> None:
    """A question goes to staff, and its answer to the resident."""
    resident, staff = stage.chat(), stage.staff
    resident.says("장수축하금 얼마예요? 어머니가 올해 아흔이세요")
    resident.says("직원한테 물어봐줘요 010-1234-5678")
    resident.presses("보내기")
    resident.shoot("consent", "주민이 직원에게 보낼 글을 미리 보고 보내기를 눌러요. 전화번호는 빠지고, 언제부터 확인하는지 알려 줘요.")
    staff.shoot("card", "직원 대화방에 올라온 문의 카드예요. 주민이 보내기로 한 글과, 봇이 알아들은 주제가 있어요.")
    card = staff.last

    stage.turn("2026-11-30T09:12")
    staff.presses("제가 맡을게요", "이주무관", on=card)
    staff.says("금액은 어느 과에서 알죠?", "김주무관")
    staff.replies(card, "담당 부서에 금액을 확인하고 있어요. 오늘 안에 알려 드릴게요.", "이주무관")
    staff.shoot("reply", "이주무관이 문의를 맡고 카드에 답장해요. 김주무관이 그냥 쓴 글은 주민에게 가지 않아요.", since=card)
    resident.shoot("answered", "주민은 직원의 답을 자기 대화방에서 받고, 해결됐는지 단추로 알려요.")

    stage.turn("2026-11-30T11:40")
    other = stage.chat()
    other.says("이태원에서 열리는 축제 소음은 어디에 말해요?")
    other.presses("직원에게 물어보기")
    (sent,) = other.presses("보내기")
    card = staff.last
    stage.turn("2026-11-30T15:41")
    staff.waits()
    staff.shoot("reminder", "맡은 사람이 없는 문의는, 업무 시간으로 네 시간이 지나면 봇이 다시 알려 줘요.")

    stage.turn("2026-11-30T15:50")
    staff.presses("답 없이 닫기", "김주무관")
    staff.shoot("declined", "여기서 답할 수 없는 문의는 답 없이 닫아요. 잘못 닫았으면 다시 열 수 있어요.", since=card)
    other.shoot("declined-resident", "답 없이 닫으면 주민에게 물어볼 곳을 알려 줘요.", since=sent)

    stage.turn("2026-11-30T16:05")
    third = stage.chat()
    third.says("스마트 그늘막은 몇 개예요?")
    third.says("그늘막 우리 동에만 열 개 넘어요 틀렸네")
    third.presses("알리기")
    third.shoot("report", "주민이 답이 틀렸다고 하면 봇이 직원에게 알릴지 물어봐요. 그 글만 전해요.")
    staff.says("/open", "김주무관")
    staff.shoot("open", "틀렸다는 말도 카드로 와요. /open 은 열린 문의를 한꺼번에 보여 줘요.")


@play("2026-11-30T10:20", staff="topics")
def topics(stage: Stage) -> None:
    """The same in a group that has topics: each inquiry is one."""
    resident, staff = stage.chat(), stage.staff
    resident.says("장수축하금 얼마예요?")
    resident.presses("직원에게 물어보기")
    resident.presses("보내기")
    card = staff.last
    stage.turn("2026-11-30T10:31")
    staff.says("금액은 어느 과에서 알죠?", "김주무관", card.thread_id)
    staff.replies(card, "담당 부서에 확인해서 알려 드릴게요.", "이주무관")
    staff.shoot("topic", "주제를 쓰는 직원 대화방에서는 문의마다 주제가 하나씩 생겨요.", thread=card.thread_id)


@play("2026-12-01T10:05", staff="plain")
def pausing(stage: Stage) -> None:
    """A reply is called wrong, and its topic is stopped and opened again."""
    resident, staff = stage.chat(), stage.staff
    resident.says("스마트 그늘막은 몇 개예요?")
    resident.presses("내용이 틀려요")
    resident.shoot("wrong", "주민이 답 아래의 단추로 내용이 틀렸다고 알려요. 주민이 쓴 글은 직원에게 가지 않아요.")
    staff.shoot("wrong-notice", "직원 대화방에 알림이 와요. 어느 주제에 봇이 무엇이라고 답했는지 보여 줘요.")
    staff.presses("이 주제 멈추기", "김주무관")
    staff.shoot("pause", "알림의 단추로 주제를 바로 멈춰요. 주민이 이제 무엇을 읽는지 보여 줘요.")
    resident.says("스마트 그늘막은 몇 개예요?")
    resident.shoot("paused", "멈춘 주제를 물으면 확인 중이라고 말하고 물어볼 곳을 알려 줘요.")

    stage.turn("2026-12-01T14:20")
    staff.says("/resume 그늘막", "김주무관")
    staff.says("/pause", "이주무관")
    staff.shoot("resume", "/resume 뒤에 이름을 적어 멈춘 것을 다시 열어요. /pause 만 적으면 봇 전체를 멈출지 물어봐요.")


SHADE = "스마트 그늘막은 몇 개예요?"
SHADE_TOLD = "스마트 그늘막은 10개소예요. 한 곳에 몇 개씩인지는 나와 있지 않아요."
SHADE_NEW = "스마트 그늘막은 10개소예요. 그늘막이 모두 몇 개인지는 나와 있지 않아요."
OWN_SUITE = (
    {"id": "shade", "kind": "single", "q": "그늘막을 몇 군데에 설치했나요", "expect": "answer", "topic": "shade", "must": [["10개소"]]},
    {"id": "bell", "kind": "single", "q": "비상벨을 몇 군데 바꿨나요", "expect": "answer", "topic": "bell", "must": [["129개소"]]},
)


@play("2026-12-02T10:05", staff="plain", copies=True, suite=OWN_SUITE)
def publishing(stage: Stage) -> None:
    """A saved change is approved, and taken back; one that makes an answer wrong is named."""
    resident, staff = stage.chat(), stage.staff
    stage.change("knowledge/smart.yaml", SHADE_TOLD, SHADE_NEW)
    card = staff.waits_for("고침 1번 · 파일이 바뀌었습니다")
    staff.shoot("change", "파일을 고쳐 저장하면 직원 대화방에 카드가 와요. 무엇이 달라지는지 보고 나서 올려요.")
    stage.turn("2026-12-02T10:12")
    staff.presses("올리기", "이주무관")
    staff.waits_for("올렸습니다")
    stage.until_served()
    staff.shoot("published", "올리기를 누르면 주민에게 새 내용이 나가고, 앞의 판으로 되돌리는 단추가 생겨요.", since=card)
    resident.says(SHADE)
    resident.shoot("published-resident", "올린 다음부터 주민은 고친 답을 읽어요.")

    stage.turn("2026-12-02T11:20")
    stage.change("knowledge/smart.yaml", SHADE_NEW, SHADE_NEW.replace("10개소", "100개소"))
    card = staff.waits_for("고침 2번 · 파일이 바뀌었습니다")
    staff.shoot("change-wrong", "숫자를 잘못 고치면, 틀린 답이 새로 생긴다고 카드가 먼저 알려 줘요.")
    staff.presses("올리기", "김주무관", on=card)
    staff.shoot("change-warning", "나빠지는 것이 있으면 올리기를 눌러도 한 번 더 물어봐요.")
    staff.presses("그만두기", "김주무관")
    staff.presses("되돌리기", "김주무관", on=card)
    staff.skip()
    staff.presses("파일도 되돌리기", "김주무관")
    staff.waits()
    staff.shoot("files-back", "올리지 않기로 한 뒤, 단추로 폴더의 파일도 나가는 내용과 같게 되돌려요.")

    stage.turn("2026-12-02T13:05")
    stage.change("knowledge/smart.yaml", "  - id: shade", "\t- id: shade")
    staff.waits()
    staff.shoot("faulty", "잘못된 파일을 저장하면 몇 번째 줄이 왜 잘못인지와 고치는 법을 알려 줘요. 주민에게는 앞의 내용이 나가요.")
    stage.change("knowledge/smart.yaml", "\t- id: shade", "  - id: shade")
    staff.waits()
    staff.skip()
    staff.says("/versions", "이주무관")
    staff.says("/status", "이주무관")
    staff.shoot("versions", "/versions 로 올린 판을 보고 앞의 판으로 되돌려요. /status 는 지금 무엇으로 답하는지 알려 줘요.")


@play("2026-12-04T10:05", staff="plain", copies=True)
def week(stage: Stage) -> None:
    """The week's digest, and a draft at a press."""
    staff = stage.staff
    for _ in range(3):
        stage.chat().says("여권은 어디서 갱신하나요?")
    resident = stage.chat()
    resident.says("스마트 그늘막은 몇 개예요?")
    resident.presses("내용이 틀려요")
    resident = stage.chat()
    stage.turn("2026-12-04T10:10")
    resident.says("장수축하금 얼마예요?")
    resident.presses("직원에게 물어보기")
    resident.presses("보내기")
    card = staff.last
    stage.turn("2026-12-04T10:50")
    staff.replies(card, "아흔이 되신 분께 드려요. 금액은 조례에 있어요.", "이주무관")
    staff.skip()

    stage.turn("2026-12-07T09:00")
    staff.waits_for("지난 한 주")
    stage.turn("2026-12-07T09:04")
    staff.presses("1 초안 만들기", "이주무관")
    staff.waits_for("초안을 적었습니다")
    staff.shoot("digest", "월요일 아침에 지난 한 주를 한 글로 알려 줘요. 단추를 누르면 답하지 못한 질문을 초안으로 적어요.")

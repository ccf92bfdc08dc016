"""The plays whose pictures stand in the staff guide. Each is one bot; its pictures are taken in order, and time goes only forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pictures.recording import Play, Stage

PLAYS: dict[str, Play] = {}


def play(now: str, *, copies: bool = False, **settings: Any) -> Callable[[Callable[[Stage], None]], Play]:
    """Makes a function a play that begins at that time in Seoul. copies: the bot serves a copy of the content; settings as in Running."""

    def made(act: Callable[[Stage], None]) -> Play:
        PLAYS[act.__name__] = Play(act, now, copies, settings)
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

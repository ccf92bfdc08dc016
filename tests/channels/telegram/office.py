"""An office around the running bot: residents who ask staff, and a group of staff who answer.

office = Office(api, bot)          # the group is set up before the bot is started: set_up(api)
number = office.hand_off(501)      # asks, is shown the text, approves it
card = office.card(number)
office.answer(card, "내일 알려 드릴게요.")
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from botapi import BotApi, Sent
from channels.telegram.running import Running

STAFF = -1001700000001
CLERKS = (7001, 7002, 7003)
QUESTION = "장수축하금 얼마예요? 어머니가 올해 아흔이세요"


def set_up(api: BotApi, **options: Any) -> dict[str, Any]:
    """Sets the group up; the settings of a bot that works in it, without a weekly digest."""
    api.group(STAFF, **{"title": "직원 방", "members": CLERKS, "hears_all": True, **options})
    return {"telegram__staff_chat_id": STAFF, "handoff__open_at_once": 1000, "handoff__digest": "없음"}


@dataclass
class Office:
    """What people do, and what they see of it."""

    api: BotApi
    bot: Running
    group: int = STAFF

    # -- the resident

    def hand_off(self, resident: int, question: str = QUESTION, **options: Any) -> int:
        """Asks, wants staff to be asked, approves the text; the number that the bot tells then."""
        asked = self.bot.say(resident, question, **options)
        shown = self.bot.press(asked[-1], self.button(asked[-1], "ha"))
        sent = self.bot.press(shown[-1], self.button(shown[-1], "hs"))[-1]
        number = re.search(r"(?:문의|number) (\d+)", sent.text)
        assert number, sent.text
        return int(number[1])

    def heard(self, resident: int) -> list[str]:
        """What staff have told a resident, without the head."""
        texts = [sent.text for sent in self.api.sent(resident)]
        return [text.partition("\n")[2] for text in texts if text.startswith("직원 답변")]

    # -- the group

    def said(self) -> list[str]:
        """Everything the bot has said in the group."""
        return [sent.text for sent in self.api.sent(self.group)]

    def card(self, number: int) -> Sent:
        """The latest card of a hand-off."""
        start = f"문의 {number} · "
        return [one for one in self.api.sent(self.group) if one.versions[0].startswith(start) and "더 물었습니다" not in one.text][-1]

    def write(self, text: str, reply_to: Sent | None = None, user_id: int = CLERKS[0], **options: Any) -> int:
        """A clerk writes in the group; the id of the message, once the bot has done what it does about it."""
        update = self.api.message(self.group, text, user_id=user_id, reply_to=reply_to, **options)
        self.bot.settle()
        return int(self.api.update(update)["message"]["message_id"])

    def answer(self, card: Sent, text: str, user_id: int = CLERKS[0]) -> int:
        return self.write(text, card, user_id)

    def press(self, sent: Sent, label: str, user_id: int = CLERKS[0]) -> list[Sent]:
        """A clerk presses a button; what the bot says in the group then."""
        before = len(self.api.sent(self.group))
        self.api.press(sent, label, user_id=user_id)
        self.bot.settle()
        return self.api.sent(self.group)[before:]

    def toasts(self) -> list[str]:
        """What was shown over the chat at presses."""
        return [call.params["text"] for call in self.api.calls if call.method == "answerCallbackQuery" and call.params.get("text")]

    @classmethod
    def button(cls, sent: Sent, kind: str) -> str:
        """The data of the message's button of that kind ("hs")."""
        return next(data for data in cls.data(sent) if re.match(rf"1\|{kind}\|", data))

    @staticmethod
    def data(sent: Sent) -> list[str]:
        """The data of all its buttons."""
        return [one["callback_data"] for row in sent.buttons for one in row]

    @staticmethod
    def labels(sent: Sent) -> list[str]:
        return [one["text"] for row in sent.buttons for one in row]

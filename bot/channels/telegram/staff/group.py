"""The group of the staff: which one it is, whether the bot can work in it, and who belongs to it.

Promises: a group that cannot be used is told once, with what to do about it, and looked at again; nobody is taken for staff whom Telegram does
not call a member at that moment.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import Chat, ChatFullInfo, ChatMember, ChatMemberAdministrator, ChatMemberRestricted, Message, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import ExtBot

_INSIDE = (ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER)
_PLACE = "telegram.staff_chat_id"

log = structlog.get_logger()


class StaffGroup:
    """The group that the settings name, None for none.

    chat_id   as it is now: a group that became a supergroup has another id than the settings say
    is_forum  whether each hand-off gets a topic of its own
    fault     why the group cannot be used, or ""
    on_moved  called with the new id of a group that has moved, to remember it
    """

    def __init__(self, configured: int | None, moved: str = "") -> None:
        self.configured = configured
        before, _, after = moved.partition(">")
        self.chat_id = int(after) if after and before == str(configured) else configured
        self.is_forum = False
        self.fault = ""
        self.on_moved: Callable[[str], Awaitable[None]] | None = None
        self._told = ""

    @property
    def is_usable(self) -> bool:
        """Whether something may be promised to residents that hangs on staff."""
        return self.chat_id is not None and not self.fault

    @property
    def standing(self) -> str:
        """ "ok", "none", or the fault."""
        return "none" if self.chat_id is None else self.fault or "ok"

    def is_here(self, chat_id: int | None) -> bool:
        return self.chat_id is not None and chat_id == self.chat_id

    async def look(self, bot: ExtBot[Any]) -> None:
        """Finds out how things stand. Where Telegram does not answer, what was known before holds."""
        if self.chat_id is None:
            return
        try:
            chat = await bot.get_chat(self.chat_id)
            member = await bot.get_chat_member(self.chat_id, bot.id) if chat.type in (Chat.GROUP, Chat.SUPERGROUP) else None
        except ChatMigrated as error:
            await self.move(error.new_chat_id)
            return
        except Forbidden:
            self._judge("봇이 직원 방에 들어 있지 않습니다.", "직원 방의 '구성원 추가'에서 봇을 초대해 주세요.")
            return
        except BadRequest:
            self._judge("그런 방을 찾을 수 없습니다.", "직원 방에 봇을 초대하고, 그 방의 번호(-100…)를 telegram.staff_chat_id에 적어 주세요.")
            return
        except TelegramError:
            return
        can_open = (
            isinstance(member, ChatMemberAdministrator) and bool(member.can_manage_topics) or member is not None and member.status == ChatMember.OWNER
        )
        self.is_forum = bool(chat.is_forum) and can_open
        self._judge(*_fault_of(chat, member), lacks_topics=bool(chat.is_forum) and not can_open)

    async def move(self, new_id: int) -> None:
        """The group has become a supergroup, with another id."""
        if new_id == self.chat_id:
            return
        self.chat_id = new_id
        remedy = f"지금은 새 번호로 일합니다. 설정의 telegram.staff_chat_id를 {new_id}로 바꿔 주세요."
        self._tell("직원 방이 슈퍼그룹이 되어 번호가 바뀌었습니다.", remedy)
        if self.on_moved is not None:
            await self.on_moved(f"{self.configured}>{new_id}")

    async def allows(self, bot: ExtBot[Any], update: Update) -> bool:
        """Whether whoever did this belongs to the group. Raises TelegramError where that cannot be found out."""
        message, query = update.effective_message, update.callback_query
        if query is None and isinstance(message, Message) and message.sender_chat is not None:
            return message.sender_chat.id == self.chat_id  # an administrator without a name; a channel is nobody of the staff
        user = update.effective_user
        if user is None or self.chat_id is None:
            return False
        try:
            member = await bot.get_chat_member(self.chat_id, user.id)
        except (BadRequest, Forbidden):
            return False
        return member.status in _INSIDE or (isinstance(member, ChatMemberRestricted) and bool(member.is_member))

    def _judge(self, problem: str, remedy: str, lacks_topics: bool = False) -> None:
        """lacks_topics: of a group with topics, in which none can be opened; that is told, and is no fault."""
        self.fault = problem
        if not problem and lacks_topics:
            problem = "문의마다 주제를 만들 권한이 없습니다."
            remedy = "봇을 관리자로 만들고 '주제 관리' 권한을 주면 문의마다 주제를 만듭니다. 주지 않아도 '일반' 주제에서 일합니다."
        if problem:
            self._tell(problem, remedy)
        elif self._told:
            self._told = ""
            log.info("staff group usable")

    def _tell(self, problem: str, remedy: str) -> None:
        if problem != self._told:
            self._told = problem
            log.error("staff group", place=_PLACE, problem=problem, remedy=remedy)


def _fault_of(chat: ChatFullInfo, member: ChatMember | None) -> tuple[str, str]:
    """(why the bot cannot work in the chat, what to do about it); ("", "") where it can."""
    if chat.type == Chat.PRIVATE:
        return "그룹이 아니라 한 사람과의 대화방입니다.", "직원들의 그룹을 만들고 그 번호(-100…)를 적어 주세요."
    if chat.type == Chat.CHANNEL:
        return "그룹이 아니라 채널입니다.", "채널에서는 답장을 받을 수 없습니다. 직원들의 그룹 번호를 적어 주세요."
    if chat.username:
        return "누구나 볼 수 있는 공개 그룹입니다.", "그룹 설정의 '그룹 유형'을 비공개로 바꿔 주세요. 주민의 글이 올라갑니다."
    if member is None or member.status in (ChatMember.LEFT, ChatMember.BANNED):
        return "봇이 직원 방에 들어 있지 않습니다.", "직원 방의 '구성원 추가'에서 봇을 초대해 주세요."
    if chat.has_hidden_members and member.status == ChatMember.MEMBER:
        return "구성원이 숨겨진 그룹이어서 누가 직원인지 알 수 없습니다.", "봇을 관리자로 만들거나, 그룹 설정에서 '구성원 숨기기'를 꺼 주세요."
    mute = isinstance(member, ChatMemberRestricted) and not (member.is_member and member.can_send_messages)
    closed = member.status == ChatMember.MEMBER and chat.permissions is not None and chat.permissions.can_send_messages is False
    if mute or closed:
        return "봇에게 글을 쓸 권한이 없습니다.", "봇에게 '메시지 보내기' 권한을 주거나, 봇을 관리자로 만들어 주세요."
    return "", ""

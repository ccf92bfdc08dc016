"""Groups, as a test sets them up, and what happens to them: members, topics, the move to a supergroup.

api.group(GROUP, forum=True, members=[STAFF], rights={"can_pin_messages": False})
thread = api.create_topic(GROUP, "문의")          # a person's; the bot's own come by createForumTopic
api.message(GROUP, "확인할게요", user_id=STAFF, thread_id=thread)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from threading import RLock
from typing import Any

from .groups import GENERAL, Group, Rights, permissions_of, rights_of
from .people import ANONYMOUS, blank
from .state import State
from .topics import open_topic, remove, tell, toggle

_LEADING = {"creator", "administrator"}


class GroupActions:
    """What a test may do with groups. Refused with ValueError: what Telegram would not let people do."""

    state: State
    lock: RLock

    def group(
        self,
        chat_id: int,
        title: str | None = None,
        forum: bool = False,
        public: bool = False,
        bot_status: str = "administrator",
        rights: Rights | None = None,
        members: Collection[int] | None = None,
        *,
        admins: Collection[int] = (),
        owner: int | None = None,
        permissions: Mapping[str, bool] | None = None,
        hidden_members: bool = False,
        hears_all: bool = False,
        kind: str = "supergroup",
        linked: int | None = None,
    ) -> None:
        """Sets a group up, or anew: from now on Telegram's rules hold in it. Its messages and topics stay.

        bot_status   administrator, member, restricted, left or kicked. As a mere member the bot gets only commands, mentions, replies
                     to it and service messages, unless it hears_all (its privacy mode is off)
        rights       the bot's, as administrator or restricted: a mapping changes the usual ones, a set holds exactly those there are
        members      who is in it, with admins and owner; None: everybody
        permissions  what members may do; a mapping changes the usual ones. A bot pins and opens topics only as an administrator
        kind         supergroup, or group: a small one, which has no topics and may move (migrate)
        linked       the channel that it is the discussion of
        """
        if kind == "group" and (forum or public):
            raise ValueError("a small group is neither a forum nor public: kind must be supergroup")
        with self.lock:
            before = self.state.groups.get(chat_id)
            named = members is not None or bool(admins) or owner is not None
            group = Group(chat_id, kind, forum, public, members is not None, hidden_members, hears_all, permissions_of(permissions), linked)
            if before:
                group.topics, group.pinned, group.general_closed = before.topics, before.pinned, before.general_closed
            given = rights_of(bot_status, rights, kind)
            if named:
                for key in [key for key in self.state.members if key[0] == chat_id]:
                    del self.state.members[key]
            self.state.set_group(group, title)
            self._stand(chat_id, self.state.bot_id, bot_status, given)
            for user_id in members or ():
                self._stand(chat_id, user_id, "member", {})
            for user_id in admins:
                self._stand(chat_id, user_id, "administrator", rights_of("administrator", None, kind))
            if owner is not None:
                self._stand(chat_id, owner, "creator", {})

    def set_member(self, chat_id: int, user_id: int, status: str, rights: Rights | None = None) -> None:
        """What someone is in a group: creator, administrator, member, restricted, left or kicked. The bot is not told of others."""
        with self.lock:
            group = self.state.group(chat_id)
            self._stand(chat_id, user_id, status, rights_of(status, rights, group.kind) if group else {})

    def _stand(self, chat_id: int, user_id: int, status: str, rights: dict[str, bool]) -> None:
        self.state.members[chat_id, user_id] = status
        self.state.rights[chat_id, user_id] = rights

    def absent(self, chat_id: int | str) -> None:
        """There is no such chat, or the bot has never seen it: every call is answered with "chat not found"."""
        with self.lock:
            self.state.absent.add(chat_id)

    def deleted(self, chat_id: int, message_id: int) -> None:
        """Someone deletes a message, the bot's or another's. The bot is not told; what it then does to it fails."""
        with self.lock:
            if self.state.message(chat_id, message_id) is None:
                raise ValueError(f"no message {message_id} in chat {chat_id} to delete")
            self.state.remove(chat_id, message_id)

    # --- topics

    def create_topic(self, chat_id: int, name: str, user_id: int | None = None) -> int:
        """Someone opens a topic; its message_thread_id."""
        with self.lock:
            group = self._forum(chat_id)
            return open_topic(self.state, group, name, self.state.person(user_id or self.state.someone(chat_id))).thread_id

    def close_topic(self, chat_id: int, thread_id: int = GENERAL, user_id: int | None = None) -> None:
        """Someone closes a topic, or the general one; the bot is told."""
        self._toggle(chat_id, thread_id, user_id, True)

    def reopen_topic(self, chat_id: int, thread_id: int = GENERAL, user_id: int | None = None) -> None:
        """Someone opens a closed topic again; the bot is told."""
        self._toggle(chat_id, thread_id, user_id, False)

    def delete_topic(self, chat_id: int, thread_id: int) -> None:
        """Someone deletes a topic with all that is in it. The bot is not told."""
        with self.lock:
            group = self._forum(chat_id)
            remove(self.state, group, group.topics[thread_id])

    def _toggle(self, chat_id: int, thread_id: int, user_id: int | None, closed: bool) -> None:
        with self.lock:
            group = self._forum(chat_id)
            topic = None if thread_id == GENERAL else group.topics[thread_id]
            toggle(self.state, group, topic, closed, self.state.person(user_id or self.state.someone(chat_id)))

    def _forum(self, chat_id: int) -> Group:
        group = self.state.group(chat_id)
        if not group or not group.forum:
            raise ValueError(f"chat {chat_id} was not set up as a forum")
        return group

    # --- a group moves

    def migrate(self, old_id: int, new_id: int) -> None:
        """A small group becomes a supergroup: another chat, with the same people. The bot is told in both.

        The old one takes nothing any more; what was sent there cannot be replied to or edited, and its message ids are not
        those of the new one.
        """
        with self.lock:
            state, chat = self.state, self.state.chat(old_id, "group")
            if old_id in state.migrated:
                raise ValueError(f"chat {old_id} has become {state.migrated[old_id]} already")
            old = state.groups.get(old_id) or Group(old_id, "group", False, False, False, False, False, permissions_of(None))
            state.set_group(old, chat["title"])
            new = Group(new_id, "supergroup", False, False, old.closed_circle, old.hidden_members, old.hears_all, old.permissions)
            state.set_group(new, chat["title"])
            for (place, user_id), status in [*state.members.items()]:
                if place == old_id:
                    more = {"can_manage_topics": True} if status == "administrator" else {}
                    self._stand(new_id, user_id, status, state.rights.get((old_id, user_id), {}) | more)
            tell(state, old, {"migrate_to_chat_id": new_id}, state.person(state.someone(old_id)))
            tell(state, new, {"migrate_from_chat_id": old_id, "sender_chat": state.chat(new_id)}, ANONYMOUS)
            state.migrated[old_id] = new_id


def full(state: State, chat_id: int | str) -> dict[str, Any]:
    """The ChatFullInfo of a chat."""
    chat, group = state.chat(chat_id), state.group(chat_id)
    if not group:
        return blank("ChatFullInfo", **chat)
    known: dict[str, Any] = {"permissions": group.permissions}
    known |= {"active_usernames": [chat["username"]]} if group.public else {}
    known |= {"has_hidden_members": True} if group.hidden_members else {}
    known |= {"linked_chat_id": group.linked} if group.linked else {}
    pinned = [message for message_id in group.pinned if (message := state.message(group.chat_id, message_id))]
    return blank("ChatFullInfo", **chat, **known, **({"pinned_message": pinned[-1]} if pinned else {}))

"""Groups that a test sets up: what they are, who is in them and what the bot may do there.

A group that was not set up stays as lenient as before: the bot is in it, may do everything, and
everybody is a member. One that was set up is held to Telegram's rules (access.py, threads.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from .checking import TYPES

GENERAL = 1  # the topic of a forum that every message without a thread is in
Rights = Mapping[str, bool] | Collection[str]
_OF_CHANNELS = {"can_post_messages", "can_edit_messages", "can_manage_direct_messages"}
_NOT_BY_ITSELF = {"is_anonymous", "can_promote_members"}  # an administrator has them only when it is said
_ADMINISTRATOR = [name for name in TYPES["ChatAdministratorRights"]["fields"] if name not in _OF_CHANNELS]
_PERMISSIONS = list(TYPES["ChatPermissions"]["fields"])
# Permissions that are an administrator's rights too; a bot has these only as an administrator.
SHARED = set(_PERMISSIONS) & {"can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics"}


@dataclass(slots=True)
class Topic:
    """A topic of a forum. Its id is that of the service message which opened it."""

    thread_id: int
    name: str
    creator: int
    icon_color: int
    closed: bool = False


@dataclass(slots=True)
class Group:
    """One group.

    closed_circle   its members were named: whoever was not, is not in it
    hidden_members  only administrators may look at who is in it
    hears_all       the bot gets every message although it is no administrator
    permissions     what a member may do, by ChatPermissions
    topics          by thread id; deleted ones are gone
    """

    chat_id: int
    kind: str
    forum: bool
    public: bool
    closed_circle: bool
    hidden_members: bool
    hears_all: bool
    permissions: dict[str, bool]
    linked: int | None = None
    general_closed: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)

    def chat(self, title: str, username: str) -> dict[str, Any]:
        """The group as a Chat."""
        chat: dict[str, Any] = {"id": self.chat_id, "type": self.kind, "title": title}
        if self.public:
            chat["username"] = username
        return chat | ({"is_forum": True} if self.forum else {})


def rights_of(status: str, given: Rights | None, kind: str) -> dict[str, bool]:
    """All the rights of a member with this status, by name.

    given  a mapping changes the usual ones; any other collection holds exactly those that there are. ValueError for a name
           that Telegram does not know for this status.
    """
    names = {"administrator": _ADMINISTRATOR, "restricted": [*_PERMISSIONS, "is_member"]}.get(status, [])
    if kind == "group":
        names = [name for name in names if name != "can_manage_topics"]
    unknown = set(given or ()) - set(names)
    if unknown:
        raise ValueError(f"{status} of a {kind} has no right {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if given is not None and not isinstance(given, Mapping):
        return {name: name in given or name in {"can_manage_chat", "is_member"} for name in names}
    usual = {name: name not in _NOT_BY_ITSELF if status == "administrator" else name == "is_member" for name in names}
    return usual | dict(given or {})


def permissions_of(given: Mapping[str, bool] | None) -> dict[str, bool]:
    """What members may do: everything but what is an administrator's, changed by what is given."""
    unknown = set(given or ()) - set(_PERMISSIONS)
    if unknown:
        raise ValueError(f"there is no permission {', '.join(sorted(unknown))}; there are {', '.join(_PERMISSIONS)}")
    return {name: name not in SHARED or name == "can_invite_users" for name in _PERMISSIONS} | dict(given or {})

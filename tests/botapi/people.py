"""Users, chats and the other objects that Telegram fills in: complete enough for any client library to read.

Names tell whose they are ("이름501" is user 501), so that a test can look for a leaked one.
"""

from __future__ import annotations

from typing import Any

from .checking import TYPES

# Who Telegram names as the author of what a group, a channel or itself has written.
ANONYMOUS: dict[str, Any] = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL: dict[str, Any] = {"id": 136_817_688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
TELEGRAM: dict[str, Any] = {"id": 777_000, "is_bot": False, "first_name": "Telegram"}
NOBODY = {ANONYMOUS["id"], CHANNEL["id"], TELEGRAM["id"]}  # no chat can be had with these

_SCALARS: dict[str, Any] = {"Integer": 0, "Float": 0.0, "Boolean": False, "True": True}


def person(user_id: int, language_code: str = "ko") -> dict[str, Any]:
    """A resident as a User."""
    return {
        "id": user_id,
        "is_bot": False,
        "first_name": f"이름{user_id}",
        "last_name": f"성{user_id}",
        "username": f"resident_{user_id}",
        "language_code": language_code,
    }


def chat_of(chat_id: int, kind: str) -> dict[str, Any]:
    """A chat as a Chat."""
    if kind == "private":
        user = person(chat_id)
        return {"id": chat_id, "type": kind, **{name: user[name] for name in ("first_name", "last_name", "username")}}
    return {"id": chat_id, "type": kind, "title": f"모임{abs(chat_id)}"}


def blank(name: str, **given: Any) -> dict[str, Any]:
    """An object of a type with its required fields: as given, otherwise with values of the right type."""
    fields = TYPES[name]["fields"]
    filled = {field: _value(field, facts) for field, facts in fields.items() if facts.get("required") and field not in given}
    return {**filled, **given}


def _value(field: str, facts: dict[str, Any]) -> Any:
    if "values" in facts:
        return facts["values"][0]
    kind = facts["types"].partition("|")[0]
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind == "String":
        return field
    return [] if kind.startswith("Array of") else blank(kind)


def member(status: str, user: dict[str, Any], rights: dict[str, bool] | None = None) -> dict[str, Any]:
    """A ChatMember with this status: creator, administrator, member, restricted, left or kicked; of the rights those it can show."""
    for name in TYPES["ChatMember"]["subtypes"]:
        fields = TYPES[name]["fields"]
        if fields["status"]["values"] == [status]:
            return blank(name, status=status, user=user, **{right: has for right, has in (rights or {}).items() if right in fields})
    raise ValueError(f"no such status: {status}")

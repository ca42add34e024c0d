"""Lines: what one may send and look up in a day, what it has used of that, and how the API shows it (V1 to V6).

A day is the UTC day of the workspace's clock, as ``2026-03-01``. What was counted on another day counts nothing, so
that no midnight needs to be waited for. The functions that count give the changes of the line's document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Document = Mapping[str, Any]

NEW_CONVERSATIONS = 20
"""First messages to somebody that a line may send in a day, unless it says otherwise (V3)."""

TOTAL_MESSAGES = 50
"""Messages that a line may send in a day, unless it says otherwise (V3)."""

CHECKS = 70
"""Addresses that a line may look up in a day (V21)."""


class Used(NamedTuple):
    """What a line sent on a day.

    Attributes:
        new_conversations: first messages to somebody.
        total_messages: all messages, those among them.
    """

    new_conversations: int = 0
    total_messages: int = 0


def day_of(moment: str) -> str:
    """The UTC day of a moment in the API's text."""
    return moment[:10]


def limits_of(line: Document) -> Used:
    """What a line may send in a day."""
    new, total = line.get("dailyNewConversationsLimit"), line.get("dailyTotalMessagesLimit")
    return Used(NEW_CONVERSATIONS if new is None else new, TOTAL_MESSAGES if total is None else total)


def used(line: Document, day: str) -> Used:
    """What a line sent on a day, today or later than all that it counted."""
    usage = line.get("usage")
    if usage is None or usage["date"] != day:
        return Used()
    return Used(usage["newConversationsCount"], usage["totalMessagesCount"])


def is_usable(line: Document) -> bool:
    """Whether anything can be sent by a line at all: it is active and not down."""
    health = line.get("healthCheck") or {}
    return bool(line.get("isActive", True)) and health.get("status") != "down"


def may_send(line: Document, day: str, *, first_contact: bool) -> bool:
    """Whether a line's daily limits let it send one more message.

    Args:
        line: its document.
        day: today.
        first_contact: whether it is the first message to somebody, which both limits count.
    """
    so_far, limits = used(line, day), limits_of(line)
    if so_far.total_messages >= limits.total_messages:
        return False
    return not first_contact or so_far.new_conversations < limits.new_conversations


def with_send_counted(line: Document, day: str, first_contact: bool) -> dict[str, Any]:
    """What changes in a line's document when it has sent a message: ``{"usage": …}``."""
    so_far = used(line, day)
    return {
        "usage": {
            "date": day,
            "newConversationsCount": so_far.new_conversations + first_contact,
            "totalMessagesCount": so_far.total_messages + 1,
        }
    }


def checks_left(line: Document, day: str) -> int:
    """How many addresses a line may still look up on a day (V21)."""
    return max(CHECKS - checked(line, day), 0)


def checked(line: Document, day: str) -> int:
    """How many addresses a line has looked up on a day."""
    checks = line.get("availabilityChecks")
    return 0 if checks is None or checks["date"] != day else int(checks["count"])


def with_checks_counted(line: Document, day: str, count: int) -> dict[str, Any]:
    """What changes in a line's document when it has looked up addresses: ``{"availabilityChecks": …}``."""
    return {"availabilityChecks": {"date": day, "count": checked(line, day) + count}}


def shown(line: Document, day: str) -> dict[str, Any]:
    """A line as the API shows it on a day: all fields always, keys in the documented order (V1, A12)."""
    so_far, limits = used(line, day), limits_of(line)
    health = line.get("healthCheck") or {}
    return {
        "_id": line["id"],
        "workspaceId": line["workspaceId"],
        **{name: line.get(name) for name in ("phone", "email", "firstName", "lastName")},
        "isActive": line.get("isActive", True),
        "provisioningStatus": line.get("provisioningStatus") or "active",
        "lineType": line.get("lineType") or "byon",
        "dailyNewConversationsLimit": limits.new_conversations,
        "dailyTotalMessagesLimit": limits.total_messages,
        "usage": {
            "date": day,
            "newConversationsCount": so_far.new_conversations,
            "totalMessagesCount": so_far.total_messages,
        },
        "healthCheck": {
            "status": health.get("status", "healthy"),
            "lastCheckedAt": health.get("lastCheckedAt") or line["createdAt"],
        },
        "createdAt": line["createdAt"],
        "updatedAt": line["updatedAt"],
    }

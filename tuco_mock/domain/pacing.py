"""How fast a line may send: its daily limits, and the gaps between its messages (W5, W8 to W10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tuco_mock.domain import lines
from tuco_mock.domain.timestamps import MILLIS_MAX, iso, millis

Document = Mapping[str, Any]

DEVICE_GAP = 30_000
"""How long after a message a line sends the next one, in milliseconds."""

CONTACT_GAP = 45_000
"""How long after a first message to one contact a line sends one to another, in milliseconds."""

_DAY = 86_400_000


class Pause(NamedTuple):
    """Why and until when a line can't send.

    Attributes:
        until: from when on it can, in milliseconds.
        reason: in words.
        long: whether it is a matter of a schedule, and not of seconds (W11).
    """

    until: int
    reason: str
    long: bool


def limited(line: Document, moment: int, *, first: bool) -> Pause | None:
    """The pause that a line's daily limits ask for: until the next UTC day."""
    day = iso(moment)[:10]
    if lines.may_send(line, day, first_contact=first):
        return None
    total = lines.used(line, day).total_messages >= lines.limits_of(line).total_messages
    return Pause(min(moment - moment % _DAY + _DAY, MILLIS_MAX), limit_reason(line, first=first and not total), True)


def limit_reason(line: Document, *, first: bool) -> str:
    """How a message is told that a line has no room for it on a day."""
    limits = lines.limits_of(line)
    if first:
        return f"Daily limit of {limits.new_conversations} new conversations reached"
    return f"Daily limit of {limits.total_messages} messages reached"


def device_gap(line: Document, moment: int) -> Pause | None:
    """The pause after a line's latest message."""
    until = _after(line.get("lastSentAt"), DEVICE_GAP, moment)
    return Pause(until, "30 seconds between two messages of a line", False) if until > moment else None


def contact_gap(line: Document, moment: int) -> Pause | None:
    """The pause after a line's latest first message to somebody."""
    until = _after(line.get("lastFirstContactAt"), CONTACT_GAP, moment)
    return Pause(until, "45 seconds between first messages to two contacts", False) if until > moment else None


def _after(text: str | None, gap: int, moment: int) -> int:
    """When the gap is over; what is still to come, since the clock was set back, leaves none."""
    last = MILLIS_MAX if text is None else millis(text)
    return 0 if last > moment else min(last + gap, MILLIS_MAX)


def gap_of(*, first: bool) -> int:
    """How far apart from others a message is booked."""
    return CONTACT_GAP if first else DEVICE_GAP


def sent(line: Document, now: int, *, first: bool) -> dict[str, Any]:
    """What changes in a line's document when it sends a message."""
    at = iso(now)
    changes = {**lines.with_send_counted(line, at[:10], first), "lastSentAt": at, "updatedAt": at}
    return {**changes, "lastFirstContactAt": at} if first else changes

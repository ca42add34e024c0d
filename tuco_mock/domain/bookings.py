"""Times given to messages that must wait for a line, day by day (W11).

A message that must wait gets a time behind those that wait already, on the first day with room for it under the line's
daily limits; so a thousand that wait for one line are not all tried again at the same moment, or each day. A booking is
no promise: what counts when its time has come is what the line has really sent by then.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from tuco_mock.domain import lines
from tuco_mock.domain.timestamps import MILLIS_MAX, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from tuco_mock.domain.windows import Window

_DAY = 86_400_000
_DAYS_AHEAD = 3_660


class Day(Struct):
    """What is booked on a line for one UTC day.

    Attributes:
        new: first messages to somebody.
        total: all messages, those among them.
        spans: the first and the last of times between which there is no room, in milliseconds; earliest first.
    """

    new: int = 0
    total: int = 0
    spans: list[tuple[int, int]] = []


Bookings = dict[str, Day]
"""The days of a line, by date as ``2026-03-01``."""


def room(
    line: Mapping[str, Any], bookings: Bookings, window: Window | None, moment: int, gap: int, *, first: bool
) -> int:
    """The first moment from this one on that is free under the line's daily limits, a gap apart from what is booked."""
    full = _fullness(line, first=first)
    for _ in range(_DAYS_AHEAD):
        if moment >= MILLIS_MAX:
            break
        number = moment // _DAY
        day = _text_of(number)
        booked = bookings.get(day)
        if booked is not None:
            if full(day, booked):
                moment = (number + 1) * _DAY
                continue
            moment = _place(booked.spans, moment, gap)
            if min(moment, MILLIS_MAX) // _DAY != number:
                continue
        allowed = moment if window is None else window.next(moment)
        if allowed == moment:
            return moment
        moment = allowed
    return min(moment, MILLIS_MAX)


def is_full(line: Mapping[str, Any], bookings: Bookings, between: tuple[int, int], *, first: bool) -> bool:
    """Whether a daily limit lies between two moments: the day of the one, or that before the other, is full."""
    start, end = between
    days = {iso(start)[:10], iso(end - end % _DAY - 1)[:10]} if start // _DAY < end // _DAY else set()
    full = _fullness(line, first=first)
    return any(day in bookings and full(day, bookings[day]) for day in days)


@lru_cache(maxsize=_DAYS_AHEAD)
def _text_of(number: int) -> str:
    """The date of a day, by its number since 1970; kept, as a line may be booked for months."""
    return iso(number * _DAY)[:10]


def _fullness(line: Mapping[str, Any], *, first: bool) -> Callable[[str, Day], bool]:
    """What says of a day and what is booked for it whether the line's daily limits leave no room."""
    limits = lines.limits_of(line)
    counted = line.get("usage")
    today = None if counted is None else counted["date"]

    def is_full(day: str, booked: Day) -> bool:
        new, total = booked.new, booked.total
        if day == today:
            used = lines.used(line, day)
            new, total = new + used.new_conversations, total + used.total_messages
        return total >= limits.total_messages or (first and new >= limits.new_conversations)

    return is_full


def _place(spans: list[tuple[int, int]], moment: int, gap: int) -> int:
    for start, end in spans:
        if moment + gap <= start:
            break
        moment = max(moment, end + gap)
    return moment


def book(bookings: Bookings, moment: int, gap: int, today: str, *, first: bool) -> Bookings:
    """What is booked when a moment is, too; days that are past are left out."""
    found = {day: booked for day, booked in bookings.items() if day >= today}
    day = iso(moment)[:10]
    booked = found.get(day) or Day()
    spans: list[tuple[int, int]] = []
    for start, end in sorted([*booked.spans, (moment, moment)]):
        if spans and start - spans[-1][1] < 2 * gap:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    found[day] = Day(booked.new + first, booked.total + 1, spans)
    return found


def unbook(bookings: Bookings, moment: str, *, first: bool) -> Bookings | None:
    """What is booked once a message's own time has come; None when that changes nothing."""
    booked = bookings.get(moment[:10])
    if booked is None or not booked.total:
        return None
    return {**bookings, moment[:10]: Day(max(booked.new - first, 0), booked.total - 1, booked.spans)}

"""When a message may be sent: a window of the day, days of the week, both in a time zone's own wall clock.

A window is what the wall clock shows: from ``sendWindowStart``, which is in it, to ``sendWindowEnd``, which is not. One
whose end is before its start goes over midnight; one whose end is its start is the whole day. Days count as the wall
clock's own day at the moment of sending, also in a window over midnight. Where a clock is put forward, the hour that is
left out is nobody's: a window that begins in it begins when the clock has jumped. Where it is put back, both passages
of the hour count.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tuco_mock.domain.timestamps import MILLIS_MAX, iso, millis
from tuco_mock.domain.zones import known_zone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

EVERY_DAY: frozenset[int] = frozenset(range(7))

_DAY = 24 * 60
_LOOKED_AHEAD = 17
"""Days that are looked at: a week, another one for a window that a change of the clock leaves out, and some for a day
that a whole country leaves out."""


class Window(NamedTuple):
    """When sending is allowed.

    Attributes:
        zone: the IANA name of the time zone, as ``America/New_York``.
        start, end: minutes of the day; see the module.
        days: days of the week, 0 being Sunday.
    """

    zone: str
    start: int = 0
    end: int = 0
    days: frozenset[int] = EVERY_DAY

    @classmethod
    def of(
        cls, zone: str | None, start: str | None, end: str | None, days: Collection[int] | None = None
    ) -> Window | None:
        """The window of a message's fields; None when they restrict nothing (W7).

        A start alone means until midnight, an end alone from midnight, no zone UTC, no days every day.
        """
        if start is None and end is None and not days:
            return None
        return cls(zone or "UTC", _minutes(start), _minutes(end), frozenset(days or EVERY_DAY))

    def in_hours(self, moment: int) -> bool:
        """Whether the wall clock is within the window then."""
        return self._has_minute(_wall(moment, self.zone))

    def in_days(self, moment: int) -> bool:
        """Whether it is one of the days then."""
        return self._has_day(_wall(moment, self.zone).date())

    def next(self, moment: int) -> int:
        """The first moment, from this one on, that is allowed; the end of time when there is none. Milliseconds."""
        try:
            wall = _wall(moment, self.zone)
            if self._has_day(wall.date()) and self._has_minute(wall):
                return moment
            for ahead in range(_LOOKED_AHEAD):
                days = (wall.date() + timedelta(ahead), wall.date() + timedelta(ahead + 1))
                found = [
                    each
                    for day in days
                    for each in self._candidates(day)
                    if each > moment and self._allows(each) and _wall(each, self.zone).date() <= days[-1]
                ]  # of a later day not all are known yet
                if found:
                    return min(found)
        except OverflowError:
            pass
        return MILLIS_MAX

    def _allows(self, moment: int) -> bool:
        wall = _wall(moment, self.zone)
        return self._has_day(wall.date()) and self._has_minute(wall)

    def _has_day(self, day: date) -> bool:
        return day.isoweekday() % 7 in self.days

    def _has_minute(self, wall: datetime) -> bool:
        minute = wall.hour * 60 + wall.minute
        if self.start == self.end:
            return True
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def _candidates(self, day: date) -> Iterator[int]:
        """The moments at which a day's allowed time can begin: midnight, the window's start, jumps of the clock."""
        for minute in {0, self.start % _DAY}:
            wall = datetime.combine(day, time(minute // 60, minute % 60), known_zone(self.zone))
            for fold in (0, 1):
                yield _millis(wall.replace(fold=fold))
        for each in (day - timedelta(1), day, day + timedelta(1)):
            yield from _jumps(self.zone, each)


def _minutes(text: str | None) -> int:
    """Minutes of the day of ``HH:mm``; midnight when there is none."""
    if text is None:
        return 0
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _wall(moment: int, zone: str) -> datetime:
    return datetime.fromisoformat(iso(moment)).astimezone(known_zone(zone))


def _millis(wall: datetime) -> int:
    return millis(wall.astimezone(UTC).isoformat())


@lru_cache(maxsize=4_096)
def _jumps(zone: str, day: date) -> tuple[int, ...]:
    """The moments of a day of UTC at which the zone's clock is put forward or back, to the second."""
    rules = known_zone(zone)
    start = datetime.combine(day, time(), UTC)
    found = []
    for hour in range(24):
        low, high = start + timedelta(hours=hour), start + timedelta(hours=hour + 1)
        before = low.astimezone(rules).utcoffset()
        if high.astimezone(rules).utcoffset() == before:
            continue
        while high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=(high - low) // timedelta(seconds=1) // 2)
            low, high = (middle, high) if middle.astimezone(rules).utcoffset() == before else (low, middle)
        found.append(_millis(high))
    return tuple(found)

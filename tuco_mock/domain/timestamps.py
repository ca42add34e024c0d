"""Moments and durations as the API and the fixtures write them.

Inside the house a moment is either an ``int`` of milliseconds since 1970 UTC, or the API's own text
``2026-03-12T22:40:29.174Z`` (A6). The text has a fixed width, so it sorts as time does and is stored as it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

MILLIS_MIN = -62_135_596_800_000
"""0001-01-01T00:00:00.000Z, the earliest moment the text form can hold."""
MILLIS_MAX = 253_402_300_799_999
"""9999-12-31T23:59:59.999Z, the latest one."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO_SHAPE = re.compile(r"[0-9]{4}[0-9W-]*(?:T(?!24)[0-9:.,]+(?:Z|[+-][0-9:]+)?)?", re.ASCII)
_LONGEST_DURATION = 40
_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_SHORT_SHAPE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)", re.ASCII)
_ISO_DURATION = re.compile(
    r"P(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?", re.ASCII
)


@lru_cache(maxsize=1_024)
def iso(millis: int) -> str:
    """The API's text of a moment: UTC, three decimals, ``Z`` (A6).

    Raises:
        OverflowError: the moment is outside the years 1 to 9999.
    """
    return (_EPOCH + timedelta(milliseconds=millis)).isoformat(timespec="milliseconds")[:23] + "Z"


def millis(text: str) -> int:
    """Milliseconds since 1970 of a text that `iso` made."""
    return _to_millis(datetime.fromisoformat(text))


def _to_millis(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def parse_iso(text: str) -> datetime | None:
    """A moment in ISO 8601, or None when the text is anything else (R9, R10).

    A date alone is midnight UTC, a time without a zone is UTC, an offset is honoured.
    """
    if not _ISO_SHAPE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def lower_bound(moment: datetime) -> str:
    """The earliest stored text at or after the moment: an inclusive lower bound (R9)."""
    try:
        return iso(_to_millis(moment + timedelta(microseconds=999)))
    except OverflowError:
        return iso(MILLIS_MAX)


def upper_bound(moment: datetime) -> str:
    """The latest stored text at or before the moment: an inclusive upper bound (R9)."""
    return iso(_to_millis(moment))


def parse_duration(text: str) -> int | None:
    """Milliseconds of ``90s``, ``5m``, ``1.5h``, ``250ms``, ``1h30m`` or ISO 8601 ``PT5M``; None when it is neither."""
    if len(text) > _LONGEST_DURATION:
        return None
    if text.startswith("P") and len(text) > 1 and not text.endswith("T"):
        match = _ISO_DURATION.fullmatch(text)
        if match is None:
            return None
        units = ("w", "d", "h", "m", "s")
        return round(sum(float(part) * _UNITS[unit] for part, unit in zip(match.groups("0"), units, strict=True)))
    parts = _SHORT_SHAPE.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return round(sum(float(number) * _UNITS[unit] for number, unit in parts))


def parse_moment(text: str, now: int) -> int | None:
    """A moment in milliseconds: ISO 8601, or relative to `now` as ``-2h`` or ``+1d``; None when it is neither."""
    sign = text[:1]
    if sign in {"+", "-"}:
        duration = parse_duration(text[1:])
        if duration is None:
            return None
        moment = now + duration if sign == "+" else now - duration
        return moment if MILLIS_MIN <= moment <= MILLIS_MAX else None
    parsed = parse_iso(text)
    return None if parsed is None else _to_millis(parsed)

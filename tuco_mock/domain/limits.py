"""The rate limit: a token bucket on the workspace's clock, in whole numbers only (R20 to R22).

A bucket for `n` calls a minute holds at most `n` tokens and gains one every ``60000 / n`` milliseconds. To keep the
arithmetic exact, tokens are counted in units of 1/60000: each millisecond adds `n` units, each call takes 60000.
"""

from __future__ import annotations

from typing import NamedTuple

UNITS_PER_TOKEN = 60_000

DEFAULT_LIMITS: dict[str, int] = {"replies": 120, "messages": 60, "campaignLeads": 200, "availability": 200}
"""Calls a minute of each group of operations that has a documented limit (R20, M23, P12, V24)."""


class Bucket(NamedTuple):
    """A bucket as it stood at a moment.

    Attributes:
        units: tokens left, in units of 1/60000.
        at: when that was, in milliseconds of the workspace's clock.
    """

    units: int
    at: int

    @classmethod
    def parse(cls, text: str) -> Bucket:
        """A bucket from its `text`."""
        units, _, at = text.partition(":")
        return cls(int(units), int(at))

    @property
    def text(self) -> str:
        """How it is kept: ``7140000:1773360000000``."""
        return f"{self.units}:{self.at}"


def full(per_minute: int, now: int) -> Bucket:
    """A bucket nobody has taken from."""
    return Bucket(per_minute * UNITS_PER_TOKEN, now)


def level(bucket: Bucket, per_minute: int, now: int) -> Bucket:
    """The bucket as it stands at a moment; a clock that was set back refills nothing."""
    return Bucket(_units(bucket, per_minute, now), now)


def _units(bucket: Bucket, per_minute: int, now: int) -> int:
    units, at = bucket
    gained = (now - at) * per_minute if now > at else 0
    return min(units + gained, per_minute * UNITS_PER_TOKEN)


def take(bucket: Bucket, per_minute: int, now: int) -> tuple[Bucket, int]:
    """Take one token.

    A clock that was set back refills nothing, and from then on the bucket fills by what it shows.

    Returns:
        The bucket afterwards, and 0, or the whole seconds to wait (at least 1) when there was no token (R21).
    """
    units = _units(bucket, per_minute, now)
    if units >= UNITS_PER_TOKEN:
        return Bucket(units - UNITS_PER_TOKEN, now), 0
    missing_millis = -(-(UNITS_PER_TOKEN - units) // per_minute)
    return Bucket(bucket.units, min(bucket.at, now)), max(-(-missing_millis // 1000), 1)

"""The model's token bucket, in fractions of a token (R20 to R22)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil


@dataclass(frozen=True)
class Bucket:
    """So many tokens at that time, in milliseconds of the workspace's clock."""

    tokens: Fraction
    at: int


def take(bucket: Bucket | None, per_minute: int, now: int) -> tuple[Bucket | None, int]:
    """The bucket after a call at `now`, and how many seconds a refused call has to wait; 0 when it was let through.

    None is a bucket that nobody has taken from: a full one. A clock that was set back refills nothing, and from then on
    the bucket fills by what the clock shows: else waiting would not be enough (R21).
    """
    if bucket is None:
        bucket_now = Fraction(per_minute)
    else:
        refilled = Fraction(max(now - bucket.at, 0) * per_minute, 60_000)
        bucket_now = min(bucket.tokens + refilled, Fraction(per_minute))
    if bucket_now >= 1:
        return Bucket(bucket_now - 1, now), 0
    return bucket and Bucket(bucket.tokens, min(bucket.at, now)), max(1, ceil((1 - bucket_now) * 60 / per_minute))

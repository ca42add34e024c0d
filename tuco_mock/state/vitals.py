"""What is small and changes often in a workspace, in one Redis hash: its clock, its running number, its buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from tuco_mock.domain import limits
from tuco_mock.domain.clocks import Clock
from tuco_mock.domain.errors import RateLimited
from tuco_mock.domain.limits import Bucket

if TYPE_CHECKING:
    from redis import Redis
    from redis.client import Pipeline

_CLOCK = "clock"
_SEQUENCE = "sequence"
_BUCKET = "bucket:"


class Vitals:
    """Clocks, running numbers and token buckets of all workspaces."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def clock(self, workspace: str) -> Clock:
        """The workspace's clock."""
        return _clock(cast("str | None", self._redis.hget(_key(workspace), _CLOCK)))

    def set_clock(self, workspace: str, clock: Clock) -> None:
        """Put another clock in its place."""
        self._redis.hset(_key(workspace), _CLOCK, f"{clock.mode}:{clock.millis}")

    def next_sequence(self, workspace: str, count: int = 1) -> int:
        """Reserve `count` running numbers and give the first of them; no number is ever given twice."""
        return self._redis.hincrby(_key(workspace), _SEQUENCE, count) - count + 1

    def sequence(self, workspace: str) -> int:
        """The last running number that was given."""
        return int(cast("str | None", self._redis.hget(_key(workspace), _SEQUENCE)) or 0)

    def set_sequence(self, workspace: str, last: int) -> None:
        """Continue after this number."""
        self._redis.hset(_key(workspace), _SEQUENCE, str(last))

    def take(self, workspace: str, group: str, per_minute: int) -> None:
        """Take a token of the group's bucket, on the workspace's clock; atomic between processes.

        Raises:
            RateLimited: there is none; the bucket is as before (R21).
        """
        key, field = _key(workspace), _BUCKET + group

        def attempt(pipe: Pipeline) -> Any:
            clock, kept = cast("list[str | None]", pipe.hmget(key, [_CLOCK, field]))
            now = _clock(clock).now()
            before = limits.full(per_minute, now) if kept is None else _bucket(kept)
            after, retry_after = limits.take(before, per_minute, now)
            pipe.multi()
            if not retry_after:
                pipe.hset(key, field, f"{after.units}:{after.at}")
            return retry_after

        retry_after = cast("int", self._redis.transaction(attempt, key, value_from_callable=True))
        if retry_after:
            raise RateLimited(retry_after)

    def buckets(self, workspace: str) -> dict[str, Bucket]:
        """The buckets somebody has taken from, by group."""
        kept = cast("dict[str, str]", self._redis.hgetall(_key(workspace)))
        return {field.removeprefix(_BUCKET): _bucket(text) for field, text in kept.items() if field.startswith(_BUCKET)}

    def set_bucket(self, workspace: str, group: str, bucket: Bucket) -> None:
        """Put a bucket in place."""
        self._redis.hset(_key(workspace), _BUCKET + group, f"{bucket.units}:{bucket.at}")

    def refill(self, workspace: str) -> None:
        """Fill every bucket."""
        for group in self.buckets(workspace):
            self._redis.hdel(_key(workspace), _BUCKET + group)

    def drop(self, workspace: str) -> None:
        """Forget the workspace."""
        self._redis.delete(_key(workspace))


def _key(workspace: str) -> str:
    return "tuco:workspace:" + workspace


def _clock(kept: str | None) -> Clock:
    if kept is None:
        return Clock()
    mode, _, shown = kept.partition(":")
    return Clock(mode == "frozen", int(shown))


def _bucket(kept: str) -> Bucket:
    units, _, at = kept.partition(":")
    return Bucket(int(units), int(at))

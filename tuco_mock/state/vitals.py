"""What is small and changes often in a workspace, in one Redis hash: its clock, its running number, its buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tuco_mock.domain import limits
from tuco_mock.domain.clocks import Clock, real_millis
from tuco_mock.domain.errors import RateLimited
from tuco_mock.domain.limits import Bucket
from tuco_mock.state.scripts import TAKE_TOKEN

if TYPE_CHECKING:
    from redis import Redis

    from tuco_mock.state.alarm import Alarm

CLOCK = "clock"
"""The field of a workspace's hash that has its clock."""

_SEQUENCE = "sequence"
_BUCKET = "bucket:"


class Vitals:
    """Clocks, running numbers and token buckets of all workspaces."""

    def __init__(self, redis: Redis, alarm: Alarm) -> None:
        self._redis = redis
        self._alarm = alarm
        self._take_token = redis.register_script(TAKE_TOKEN)

    def clock(self, workspace: str) -> Clock:
        """The workspace's clock."""
        return Clock.parse(cast("str | None", self._redis.hget(vitals_key(workspace), CLOCK)))

    def exist(self, workspace: str) -> bool:
        """Whether the workspace is still there."""
        return bool(self._redis.exists(vitals_key(workspace)))

    def set_clock(self, workspace: str, clock: Clock) -> None:
        """Put another clock in its place."""
        self._redis.hset(vitals_key(workspace), CLOCK, clock.text)
        self._alarm.ring(workspace)

    def has_moved(self, workspace: str) -> None:
        """Say that the workspace's clock was put elsewhere."""
        self._alarm.ring(workspace)

    def next_sequence(self, workspace: str, count: int = 1) -> int:
        """Reserve `count` running numbers and give the first of them; no number is ever given twice."""
        return self._redis.hincrby(vitals_key(workspace), _SEQUENCE, count) - count + 1

    def sequence(self, workspace: str) -> int:
        """The last running number that was given."""
        return int(cast("str | None", self._redis.hget(vitals_key(workspace), _SEQUENCE)) or 0)

    def begin(self, workspace: str, clock: Clock, last: int) -> None:
        """Put a clock in place, and continue after this running number."""
        self._redis.hset(vitals_key(workspace), mapping={CLOCK: clock.text, _SEQUENCE: str(last)})
        self._alarm.ring(workspace)

    def take(self, workspace: str, group: str, per_minute: int) -> None:
        """Take a token of the group's bucket, on the workspace's clock; atomic between processes.

        Raises:
            RateLimited: there is none; the bucket is as before (R21).
        """
        retry_after = self._take_token(keys=[vitals_key(workspace)], args=[_BUCKET + group, per_minute, real_millis()])
        if retry_after:
            raise RateLimited(int(retry_after))

    def buckets(self, workspace: str) -> dict[str, Bucket]:
        """The buckets somebody has taken from, by group."""
        kept = cast("dict[str, str]", self._redis.hgetall(vitals_key(workspace)))
        names = [field for field in kept if field.startswith(_BUCKET)]
        return {field.removeprefix(_BUCKET): Bucket.parse(kept[field]) for field in names}

    def bucket(self, workspace: str, group: str, per_minute: int) -> Bucket:
        """How full a group's bucket is at this moment of the workspace's clock."""
        now = self.clock(workspace).now()
        kept = cast("str | None", self._redis.hget(vitals_key(workspace), _BUCKET + group))
        return limits.full(per_minute, now) if kept is None else limits.level(Bucket.parse(kept), per_minute, now)

    def set_bucket(self, workspace: str, group: str, bucket: Bucket) -> None:
        """Put a bucket in place."""
        self._redis.hset(vitals_key(workspace), _BUCKET + group, bucket.text)

    def refill(self, workspace: str) -> None:
        """Fill every bucket."""
        for group in self.buckets(workspace):
            self._redis.hdel(vitals_key(workspace), _BUCKET + group)


def vitals_key(workspace: str) -> str:
    """The Redis key of a workspace's hash."""
    return "tuco:workspace:" + workspace

"""The log of each workspace: its requests and what was done to it, newest last, and no more than a set number.

A record is kept as one text. Its running number follows from its place: how many were dropped before, and how many
stand in front of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec

from tuco_mock.domain.clocks import real_millis
from tuco_mock.domain.journal import Entry, Record
from tuco_mock.state.scripts import APPEND
from tuco_mock.state.vitals import vitals_key

if TYPE_CHECKING:
    from redis import Redis

    from tuco_mock.state.bell import Bell

UNCLAIMED = ""
"""The log of requests that came with no key, or none that anybody has."""

_SLACK = 64
"""How far a log may grow over its bound before it is cut: cutting costs the length of the log."""

_CUT = "cut"
_CLEARED = "cleared"
_BEGUN = "begun"
_BEGUN_REALLY = "begun-really"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Record).decode


class Part(NamedTuple):
    """A part of a log.

    Attributes:
        cut: up to which running number records were dropped because there were too many.
        cleared: up to which running number the journal was cleared.
        entries: the records of the part, oldest first.
    """

    cut: int
    cleared: int
    entries: list[Entry]


class Log:
    """The logs of all workspaces.

    Attributes:
        limit: how many records each keeps.
    """

    def __init__(self, redis: Redis, bell: Bell, limit: int) -> None:
        self.limit = limit
        self._redis = redis
        self._bell = bell
        self._append = redis.register_script(APPEND)

    def append(self, workspace: str, record: Record) -> None:
        """Write down, with the workspace's time; nothing when the workspace is gone by now."""
        keys = [_key(workspace), marks_key(workspace), *((vitals_key(workspace),) if workspace else ())]
        self._append(keys=keys, args=[_encode(record), real_millis(), self.limit, self.limit + _SLACK])
        self._bell.ring(workspace)

    def read(self, workspace: str, after: int = 0) -> Part:
        """The records with a running number above `after`."""
        while True:
            cut = self._mark(workspace, _CUT)
            pipe = self._redis.pipeline(transaction=True)
            pipe.hmget(marks_key(workspace), [_CUT, _CLEARED])
            pipe.lrange(_key(workspace), start := max(after - cut, 0), -1)
            (cut_then, cleared), texts = pipe.execute()
            if int(cut_then or 0) == cut:  # else it was cut in between, and `start` is another record by now
                break
        last = cut + start + len(texts)
        cut = max(cut, last - self.limit)  # those in the slack are as good as gone
        first = max(cut, after)
        entries = (
            [_entry(number, text) for number, text in enumerate(texts[first - last :], first + 1)] if texts else []
        )
        return Part(cut, int(cleared or 0), entries)

    def last(self, workspace: str) -> int:
        """The running number of the newest record; 0 when there was none yet."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.hget(marks_key(workspace), _CUT)
        pipe.llen(_key(workspace))
        cut, size = pipe.execute()
        return int(cut or 0) + int(size)

    def clear(self, workspace: str) -> None:
        """Let the journal begin anew behind the newest record; the timeline keeps what was."""
        self._redis.hset(marks_key(workspace), _CLEARED, str(self.last(workspace)))

    def begin_anew(self, workspace: str, at: int) -> None:
        """Begin from number 1 again, at that time in ms: the workspace was put back to its start."""
        self._redis.delete(*self.keys(workspace))
        self._redis.hset(marks_key(workspace), mapping={_BEGUN: str(at), _BEGUN_REALLY: str(real_millis())})
        self.wake(workspace)

    def begun(self, workspace: str) -> int:
        """When the log began, in milliseconds of the workspace's clock."""
        return self._mark(workspace, _BEGUN)

    def begun_really(self, workspace: str) -> int:
        """The same in milliseconds of real time."""
        return self._mark(workspace, _BEGUN_REALLY)

    def keys(self, workspace: str) -> tuple[str, ...]:
        """The Redis keys that are the workspace's own."""
        return (_key(workspace), marks_key(workspace))

    def wake(self, workspace: str) -> None:
        """Wake who waits: all is other than it was."""
        self._bell.ring(workspace)

    def _mark(self, workspace: str, name: str) -> int:
        return int(cast("str | None", self._redis.hget(marks_key(workspace), name)) or 0)


def _entry(number: int, text: str) -> Entry:
    at, _, record = text.partition(" ")
    return Entry(number, int(at), _decode(record))


def _key(workspace: str) -> str:
    return f"tuco:log:{workspace}"


def marks_key(workspace: str) -> str:
    """The Redis key of what is kept beside a workspace's log: when it began, what was cut from it."""
    return f"tuco:log:{workspace}:marks"

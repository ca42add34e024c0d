"""The faults of all workspaces: what they are, and how often each was met."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec

from tuco_mock.domain.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from redis import Redis

    from tuco_mock.state.workspaces import Workspaces

_decode = msgspec.json.Decoder(Fault).decode
_NEXT = "next"
_SPENT_KEPT = 100


class Tally(NamedTuple):
    """How often a fault was asked: calls it was for, and calls it struck."""

    seen: int
    fired: int


class Faults:
    """The faults, in the order they were added: the first that strikes a call is the one it meets."""

    def __init__(self, redis: Redis, workspaces: Workspaces) -> None:
        self._redis = redis
        self._workspaces = workspaces

    def all(self, workspace: str) -> list[Fault]:
        """The workspace's faults, in their order."""
        return self._read(_key(workspace))

    def spent(self, workspace: str) -> list[Fault]:
        """The faults that have struck as often as they may, the last `_SPENT_KEPT` of them; no call meets them."""
        return self._read(_spent(workspace))

    def _read(self, key: str) -> list[Fault]:
        kept = cast("dict[str, str]", self._redis.hgetall(key))
        if not kept:
            return []
        placed = sorted((int(place), text) for place, _, text in (each.partition(" ") for each in kept.values()))
        return [_decode(text) for _, text in placed]

    def tallies(self, workspace: str, faults: Sequence[Fault]) -> list[Tally]:
        """How often each of the faults was asked and struck."""
        kept = cast("dict[str, str]", self._redis.hgetall(_counts(workspace)))
        return [Tally(int(kept.get(f"{fault.id}:seen", 0)), int(kept.get(f"{fault.id}:fired", 0))) for fault in faults]

    def add(self, workspace: str, faults: Sequence[Fault]) -> list[Fault]:
        """Put faults behind those that are there; a name is made up for those without one.

        A fault of a name that is there already takes its place, and is counted anew.
        """
        taken = {fault.id for fault in (*self.all(workspace), *self.spent(workspace), *faults)}
        added: list[Fault] = []
        for given in faults:
            place = self._redis.hincrby(_counts(workspace), _NEXT, 1)
            fault = given if given.id else msgspec.structs.replace(given, id=_free_name(place, taken))
            self._redis.hdel(_counts(workspace), f"{fault.id}:seen", f"{fault.id}:fired")
            self._redis.hdel(_spent(workspace), str(fault.id))
            self._redis.hset(_key(workspace), str(fault.id), f"{place} {msgspec.json.encode(fault).decode()}")
            added.append(fault)
        self.mark(workspace)
        return added

    def mark(self, workspace: str) -> None:
        """Note with the workspace whether there are faults: after they were put back from elsewhere, too."""
        self._workspaces.mark_faults(workspace, bool(self._redis.exists(_key(workspace))))

    def replace(self, workspace: str, faults: Sequence[Fault]) -> list[Fault]:
        """Put faults in place of all that are there."""
        self.clear(workspace)
        return self.add(workspace, faults)

    def clear(self, workspace: str) -> int:
        """Remove all faults; how many there were. Counting begins anew."""
        cleared = self._redis.hlen(_key(workspace))
        self._redis.delete(*self.keys(workspace))
        self.mark(workspace)
        return cleared

    def keys(self, workspace: str) -> tuple[str, ...]:
        """The Redis keys that are the workspace's own."""
        return (_key(workspace), _counts(workspace), _spent(workspace))

    def see(self, workspace: str, fault: Fault) -> int:
        """Count a call that the fault is for; which one it is, from 1."""
        return self._redis.hincrby(_counts(workspace), f"{fault.id}:seen", 1)

    def fire(self, workspace: str, fault: Fault) -> bool:
        """Let the fault strike, if it has not done so as often as it may; atomic between processes."""
        fired = self._redis.hincrby(_counts(workspace), f"{fault.id}:fired", 1)
        if fault.times is None or fired < fault.times:
            return True
        if fired == fault.times:
            self._put_aside(workspace, str(fault.id))
            return True
        self._redis.hincrby(_counts(workspace), f"{fault.id}:fired", -1)
        return False

    def _put_aside(self, workspace: str, name: str) -> None:
        """Let no call look at a spent fault again, and forget those that were spent long ago."""
        text = cast("str | None", self._redis.hget(_key(workspace), name))
        self._redis.hdel(_key(workspace), name)
        if text is not None:
            self._redis.hset(_spent(workspace), name, text)
        for old in self.spent(workspace)[:-_SPENT_KEPT]:
            self._redis.hdel(_spent(workspace), str(old.id))
            self._redis.hdel(_counts(workspace), f"{old.id}:seen", f"{old.id}:fired")
        self.mark(workspace)


def _free_name(place: int, taken: Collection[str | None]) -> str:
    return next(name for number in count(place) if (name := f"fault-{number}") not in taken)


def _key(workspace: str) -> str:
    return f"tuco:faults:{workspace}"


def _counts(workspace: str) -> str:
    return f"tuco:faults:{workspace}:counts"


def _spent(workspace: str) -> str:
    return f"tuco:faults:{workspace}:spent"

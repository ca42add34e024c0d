"""Rules of all workspaces that strike so many times: what they are, and how often each was met. Faults are such."""

from __future__ import annotations

from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, cast

import msgspec

from tuco_mock.domain.deliveries import LabRule
from tuco_mock.domain.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from redis import Redis

_NEXT = "next"
_SPENT_KEPT = 100


R = TypeVar("R", Fault, LabRule)


class Tally(NamedTuple):
    """How often a rule was asked: how many things it was for, and how many of them it struck."""

    seen: int
    fired: int


class Rules(Generic[R]):
    """The rules of one kind, in the order they were added."""

    def __init__(self, redis: Redis, name: str, kind: type[R]) -> None:
        self._redis = redis
        self._name = name  # of one, which names that are made up begin with
        self._kind: type[R] = kind

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[R]:
        """Made with the first rule: a server that is given none is sooner there."""
        return msgspec.json.Decoder(self._kind)

    def all(self, workspace: str) -> list[R]:
        """The workspace's rules, in their order."""
        return self._read(self._key(workspace))

    def spent(self, workspace: str) -> list[R]:
        """The rules that have struck as often as they may, the last `_SPENT_KEPT` of them; nothing meets them."""
        return self._read(self._spent(workspace))

    def _read(self, key: str) -> list[R]:
        kept = cast("dict[str, str]", self._redis.hgetall(key))
        if not kept:
            return []
        placed = sorted((int(place), text) for place, _, text in (each.partition(" ") for each in kept.values()))
        return [self._decoder.decode(text) for _, text in placed]

    def tallies(self, workspace: str, rules: Sequence[R]) -> list[Tally]:
        """How often each of the rules was asked and struck."""
        kept = cast("dict[str, str]", self._redis.hgetall(self._counts(workspace)))
        return [Tally(int(kept.get(f"{rule.id}:seen", 0)), int(kept.get(f"{rule.id}:fired", 0))) for rule in rules]

    def add(self, workspace: str, rules: Sequence[R]) -> list[R]:
        """Put rules behind those that are there; a name is made up for those without one.

        A rule of a name that is there already takes its place, and is counted anew.
        """
        taken = {rule.id for rule in (*self.all(workspace), *self.spent(workspace), *rules)}
        added: list[R] = []
        for given in rules:
            place = self._redis.hincrby(self._counts(workspace), _NEXT, 1)
            named = {} if given.id else {"id": self._free_name(place, taken)}
            rule = msgspec.structs.replace(given, **named)
            self._redis.hdel(self._counts(workspace), f"{rule.id}:seen", f"{rule.id}:fired")
            self._redis.hdel(self._spent(workspace), str(rule.id))
            self._redis.hset(self._key(workspace), str(rule.id), f"{place} {msgspec.json.encode(rule).decode()}")
            added.append(rule)
        self.mark(workspace)
        return added

    def mark(self, workspace: str) -> None:
        """Called when there may be other rules than before, or none any more."""

    def any(self, workspace: str) -> bool:
        """Whether there is a rule that may strike."""
        return bool(self._redis.exists(self._key(workspace)))

    def replace(self, workspace: str, rules: Sequence[R]) -> list[R]:
        """Put rules in place of all that are there."""
        self.clear(workspace)
        return self.add(workspace, rules)

    def clear(self, workspace: str) -> int:
        """Remove all rules; how many there were. Counting begins anew."""
        cleared = self._redis.hlen(self._key(workspace))
        self._redis.delete(*self.keys(workspace))
        self.mark(workspace)
        return cleared

    def keys(self, workspace: str) -> tuple[str, ...]:
        """The Redis keys that are the workspace's own."""
        return (self._key(workspace), self._counts(workspace), self._spent(workspace))

    def see(self, workspace: str, rule: R) -> int:
        """Count a thing that the rule is for; which one it is, from 1."""
        return self._redis.hincrby(self._counts(workspace), f"{rule.id}:seen", 1)

    def fire(self, workspace: str, rule: R) -> bool:
        """Let the rule strike, if it has not done so as often as it may; atomic between processes."""
        fired = self._redis.hincrby(self._counts(workspace), f"{rule.id}:fired", 1)
        if rule.times is None or fired < rule.times:
            return True
        if fired == rule.times:
            self._put_aside(workspace, str(rule.id))
            return True
        self._redis.hincrby(self._counts(workspace), f"{rule.id}:fired", -1)
        return False

    def _put_aside(self, workspace: str, name: str) -> None:
        """Let nobody look at a spent rule again, and forget those that were spent long ago."""
        text = cast("str | None", self._redis.hget(self._key(workspace), name))
        self._redis.hdel(self._key(workspace), name)
        if text is not None:
            self._redis.hset(self._spent(workspace), name, text)
        for old in self.spent(workspace)[:-_SPENT_KEPT]:
            self._redis.hdel(self._spent(workspace), str(old.id))
            self._redis.hdel(self._counts(workspace), f"{old.id}:seen", f"{old.id}:fired")
        self.mark(workspace)

    def _free_name(self, place: int, taken: Collection[str | None]) -> str:
        return next(name for number in count(place) if (name := f"{self._name}-{number}") not in taken)

    def _key(self, workspace: str) -> str:
        return f"tuco:{self._name}s:{workspace}"

    def _counts(self, workspace: str) -> str:
        return f"{self._key(workspace)}:counts"

    def _spent(self, workspace: str) -> str:
        return f"{self._key(workspace)}:spent"

"""What is still to happen in all workspaces, by the time when it is due: a sorted set a workspace.

A member is the act's number and its deed as JSON, the score the time when it is due in milliseconds. As with jobs
(`state.queue`), what is about to be written is noted in the workspace's snapshots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec

from tuco_mock.domain.agenda import Act
from tuco_mock.state.snapshots import place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from redis import Redis

    from tuco_mock.state.alarm import Alarm
    from tuco_mock.state.real.holdings import Held, Holdings
    from tuco_mock.state.snapshots import Snapshots

KIND = "agenda"
"""What acts are called in snapshots."""

_encode = msgspec.json.Encoder().encode


class Planned(NamedTuple):
    """An act of the agenda; `member` is what it is kept as."""

    due: int
    member: str

    @property
    def deed(self) -> dict[str, Any]:
        """What is to happen, in the words of the fixture format."""
        return deed_of(self.member)


class Agenda:
    """The agendas of all workspaces."""

    def __init__(self, redis: Redis, snapshots: Snapshots, alarm: Alarm, holdings: Holdings | None = None) -> None:
        self._redis = redis
        self._holdings = holdings
        self._snapshots = snapshots
        self._alarm = alarm

    def add(self, workspace: str, acts: Sequence[Act], order: int) -> None:
        """Let these happen, each in its time; of those due at once in the order of the messages' running numbers."""
        self._put(workspace, {_member(order, act.deed): act.due for act in acts})

    def begin(self, workspace: str, acts: Sequence[Act]) -> None:
        """Let these happen in a workspace whose agenda is empty, before whatever is added later."""
        self._put(workspace, {_member(number - len(acts), act.deed): act.due for number, act in enumerate(acts)})

    def _put(self, workspace: str, members: Mapping[str, int]) -> None:
        if members:
            self._snapshots.note(workspace, ((place_of(KIND, each), None) for each in members))
            self._redis.zadd(key_of(workspace), cast("dict[Any, float]", members))
            self._alarm.ring(workspace)

    def first_due(self, workspace: str) -> int | None:
        """When the first of all is due, in milliseconds; None when there is none."""
        found = cast("list[tuple[str, float]]", self._redis.zrange(key_of(workspace), 0, 0, withscores=True))
        return int(found[0][1]) if found else None

    def due(self, workspace: str, now: int, limit: int) -> list[Planned]:
        """What is due by now, the earliest first, so many at most."""
        found = self._redis.zrangebyscore(key_of(workspace), "-inf", now, start=0, num=limit, withscores=True)
        return [Planned(int(score), member) for member, score in cast("list[tuple[str, float]]", found)]

    def take(self, workspace: str, act: Planned) -> bool:
        """Take an act off the agenda to do it; False when somebody else was quicker."""
        self._snapshots.note(workspace, [(place_of(KIND, act.member), act.due)])
        if self._holdings is not None:
            return self._holdings.take_act(workspace, act.member, act.due, key_of(workspace))
        return bool(self._redis.zrem(key_of(workspace), act.member))

    def finish(self, workspace: str, act: Planned) -> None:
        """Say that an act that was taken is done."""
        if self._holdings is not None:
            self._holdings.let_go("act", workspace, act.member)

    def put_back(self, holdings: Holdings, held: Held) -> bool:
        """Let the act that a dead process had taken be done still; False when it doesn't hold it any more."""
        self._snapshots.note(held.workspace, [(place_of(KIND, held.name), None)])
        done = holdings.put_back_act(held, key_of(held.workspace))
        self._alarm.ring(held.workspace)
        return done

    def all(self, workspace: str) -> list[Planned]:
        """All of a workspace, what is due first first."""
        found = cast("list[tuple[str, float]]", self._redis.zrange(key_of(workspace), 0, -1, withscores=True))
        return [Planned(int(score), member) for member, score in found]

    def forget(self, workspace: str, messages: Collection[str], leads: Collection[str]) -> None:
        """Let nothing happen any more that is about these messages, or by these leads."""
        gone = [
            each
            for each in self.all(workspace)
            if (deed := each.deed).get("messageId", "").lower() in messages or deed.get("leadId", "").lower() in leads
        ]
        if gone:
            self._snapshots.note(workspace, ((place_of(KIND, each.member), each.due) for each in gone))
            self._redis.zrem(key_of(workspace), *(each.member for each in gone))

    def drop(self, workspace: str) -> None:
        """Remove everything of the workspace."""
        acts = self.all(workspace)
        if acts:
            self._snapshots.note(workspace, ((place_of(KIND, each.member), each.due) for each in acts))
            self._redis.delete(key_of(workspace))

    def restore(self, workspace: str, images: Mapping[str, int | None]) -> None:
        """Make the agenda be again what it was: the time of each act, None for one that was not there."""
        now = {each.member: each.due for each in self.all(workspace)}
        self._snapshots.note(workspace, ((place_of(KIND, each), now.get(each)) for each in images))
        gone = [each for each, due in images.items() if due is None]
        there = {each: due for each, due in images.items() if due is not None}
        if gone:
            self._redis.zrem(key_of(workspace), *gone)
        if there:
            self._redis.zadd(key_of(workspace), cast("dict[Any, float]", there))

    def keys(self, workspace: str) -> tuple[str, ...]:
        """The Redis keys that are the workspace's own."""
        return (key_of(workspace),)


def key_of(workspace: str) -> str:
    """The Redis key of a workspace's agenda."""
    return "tuco:agenda:" + workspace


def deed_of(member: str) -> dict[str, Any]:
    """What is to happen, of what an act is kept as."""
    found: dict[str, Any] = msgspec.json.decode(member.partition(" ")[2])
    return found


def _member(number: int, deed: Mapping[str, Any]) -> str:
    """A text that sorts by its number; those below 0 stand before the others, which the sign sees to."""
    order = f"{number:016d}" if number >= 0 else f"-{10**15 + number:015d}"
    return f"{order} {_encode(deed).decode()}"

"""Who replaces the whole state of a workspace has it alone: calls come before or after that, and none into the middle.

=====================  =====  =====================================================================================
``tuco:gate:<ws>``     hash   process -> how many calls of it are at work in the workspace
``tuco:lease:gate-…``         who has shut the gate (`state.real.leases`); that ends by itself if the process dies
``tuco:half:<ws>``     text   the process that is replacing the state just now, and may have done so by half
=====================  =====  =====================================================================================

A call that finds the gate shut waits on the event loop, not in a thread. Who shuts it waits for the calls that are
inside; those of processes that have died are not waited for, once what they had in their hands is put back.

`SERVER` has a gate as well: shut while the whole server is put back to its start, passed by who makes a workspace.

Before anything is replaced it is noted in the process's hands by what. Until that is done nobody is let in, whoever had
shut the gate: when the process dies, who takes over what it held does it again from the note (`actions.redoing`).
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, TypeVar, cast

from tuco_mock.domain.clocks import hold_moment
from tuco_mock.domain.workspaces import SERVER
from tuco_mock.state.away import AWAY, Emptied
from tuco_mock.state.bell import Bell
from tuco_mock.state.real.redis import lost
from tuco_mock.state.starts import SERVER_START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from typing import Any

    from redis import Redis

    from tuco_mock.state.engines import Engines
    from tuco_mock.state.real.holdings import Holdings
    from tuco_mock.state.real.peers import Peers

T = TypeVar("T")

_LONGEST_WAIT = 1.0
"""After how many seconds it is looked again at a gate, in case nobody could tell that it opened."""

_ENTER = """
-- Let a call in. KEYS: the lease of who has shut the gate, the calls that are inside, what may be there by half, the
-- same of the server, and what that was started with. ARGV: the process.
-- Gives 0, for how many ms the gate is shut at least, or -1 when nothing is left of the server.
if redis.call('EXISTS', KEYS[5]) == 0 then
    return -1
end
local left = redis.call('PTTL', KEYS[1])
if left > -1 then
    return math.max(left, 1)
end
if redis.call('EXISTS', KEYS[3], KEYS[4]) > 0 then
    return 1000
end
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
return 0
"""

_LEAVE = """
-- Let a call out. KEYS: the lease of who has shut the gate, the calls that are inside. ARGV: the process.
-- Gives 1 when somebody waits for the last one.
if redis.call('HINCRBY', KEYS[2], ARGV[1], -1) <= 0 then
    redis.call('HDEL', KEYS[2], ARGV[1])
end
return redis.call('EXISTS', KEYS[1])
"""

_COUNT = """
-- Count the calls that are inside, without those of processes that are gone, and what is there by half. KEYS: them,
-- the processes, what may be there by half, and the same of the server.
for _, process in ipairs(redis.call('HKEYS', KEYS[1])) do
    if not redis.call('ZSCORE', KEYS[2], process) then
        redis.call('HDEL', KEYS[1], process)
    end
end
return redis.call('HLEN', KEYS[1]) + redis.call('EXISTS', KEYS[3], KEYS[4])
"""

_IS_WHOLE = """
-- Have a state whole again, unless others have seen to that. KEYS: the hands, what was there by half. ARGV: what it was
-- noted as, the process.
redis.call('HDEL', KEYS[1], ARGV[1])
if redis.call('GET', KEYS[2]) == ARGV[2] then
    redis.call('DEL', KEYS[2])
end
"""

_NOTE = "replace {} whole"
"""What it is noted as in a process's hands that a state is being replaced (`state.real.holdings`)."""


class Gates:
    """The gates of all workspaces, as one process sees them."""

    def __init__(self, engines: Engines, peers: Peers) -> None:
        redis: Redis = engines.redis
        self._redis = redis
        self._engines = engines
        self._peers = peers
        self._enter = redis.register_script(_ENTER)
        self._leave = redis.register_script(_LEAVE)
        self._count = redis.register_script(_COUNT)
        self._is_whole = redis.register_script(_IS_WHOLE)
        self._owed: list[str] = []
        self._moved = Bell()
        peers.hear("gate", self._moved.ring)
        peers.on_gap(self._moved.ring_all_here)

    async def within(self, workspace: str, work: Callable[..., T], *args: Any) -> T:
        """Do something in a workspace, in a thread, while nobody replaces its state."""
        left, found = await self._engines.run(self._inside, workspace, work, args)
        if left:
            with self._moved.listen(workspace) as moved:
                while left:
                    await _rung(moved, left)
                    hold_moment()  # it has waited
                    left, found = await self._engines.run(self._inside, workspace, work, args)
        return cast("T", found)

    @contextlib.asynccontextmanager
    async def inside(self, workspace: str) -> AsyncIterator[None]:
        """Be in a workspace for as long as this lasts, while nobody replaces its state."""
        run = self._engines.run
        with self._moved.listen(workspace) as moved:
            while left := await run(self.enter, workspace):
                await _rung(moved, left / 1000)
        try:
            yield
        finally:
            await run(self.leave, workspace)

    @contextlib.contextmanager
    def replacing(self, workspace: str, how: str) -> Iterator[None]:
        """Replace a state that one has alone, or make one: noted is how it is done again if this process dies.

        If an engine goes away meanwhile, it is left behind for when it answers again.
        """
        hands = self._peers.holdings
        try:
            with hands.or_left("replace", workspace, "whole"):
                pipe = self._redis.pipeline(transaction=True)
                pipe.hset(hands.key, _NOTE.format(workspace), how)
                pipe.set(_half(workspace), hands.key)
                pipe.execute()
                yield
                self.is_whole(hands, workspace)
        except AWAY:
            raise
        except BaseException:
            self.is_whole(hands, workspace)  # it was refused before anything was changed
            raise

    def is_whole(self, hands: Holdings, workspace: str) -> None:
        """Say that what these hands were replacing is there whole, and let calls in that waited for it alone."""
        self._is_whole(keys=[hands.key, _half(workspace)], args=[_NOTE.format(workspace), hands.key])

    def wake(self, workspace: str) -> None:
        """Let who waits before the gate look again."""
        self._ring(workspace)

    @contextlib.asynccontextmanager
    async def alone(self, workspace: str) -> AsyncIterator[None]:
        """Have a workspace alone: wait for who is in it, and let nobody in."""
        run, leases = self._engines.run, self._peers.leases
        with self._moved.listen(workspace) as moved:
            while (taken := await run(leases.take, _name(workspace))).number is None:
                await _rung(moved, taken.seconds)
            try:
                keys = [_inside(workspace), self._peers.everybody, _half(workspace), _half(SERVER)]
                while await run(lambda: self._count(keys=keys)):
                    await _rung(moved, _LONGEST_WAIT)
                yield
            finally:
                await run(self._open, workspace)

    def _inside(self, workspace: str, work: Callable[..., T], args: tuple[Any, ...]) -> tuple[float, T | None]:
        """Do it; or for how many seconds the gate is shut at most, unless it is shut again."""
        left = self.enter(workspace)
        if left:
            return left / 1000, None
        try:
            return 0, work(*args)
        finally:
            self.leave(workspace)

    def enter(self, workspace: str) -> int:
        """Be counted as inside; or for how many ms the gate is shut at most, unless it is shut again.

        Raises:
            Emptied: Redis has nothing any more of what belongs to the documents: what was called would be half done.
        """
        left = int(self._enter(keys=[*_keys(workspace), SERVER_START], args=[self._peers.process]))
        if left < 0:
            raise Emptied(lost(self._engines.redis_name))
        return left

    def leave(self, workspace: str) -> None:
        """Say that a call is over; what can't be said now is said with the next one."""
        self._owed.append(workspace)
        with contextlib.suppress(IndexError, *AWAY):
            while True:
                each = self._owed.pop()
                try:
                    awaited = self._leave(keys=_keys(each), args=[self._peers.process])
                except AWAY:
                    self._owed.append(each)
                    raise
                if awaited:
                    self._ring(each)

    def _open(self, workspace: str) -> None:
        with contextlib.suppress(*AWAY):  # then it opens by itself
            self._peers.leases.release(_name(workspace))
        self._ring(workspace)

    def _ring(self, workspace: str) -> None:
        self._moved.ring(workspace)
        self._peers.tell("gate", workspace)


async def _rung(moved: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(min(seconds, _LONGEST_WAIT)):
            await moved.wait()
    moved.clear()


def _name(workspace: str) -> str:
    return f"gate-{workspace}"


def _inside(workspace: str) -> str:
    return f"tuco:gate:{workspace}"


def _half(workspace: str) -> str:
    return f"tuco:half:{workspace}"


def _keys(workspace: str) -> list[str]:
    return [f"tuco:lease:{_name(workspace)}", _inside(workspace), _half(workspace), _half(SERVER)]

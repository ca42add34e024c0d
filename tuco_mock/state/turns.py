"""Who works in a workspace: one at a time, of all processes that share its engines."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from tuco_mock.state.away import AWAY
from tuco_mock.state.bell import Bell
from tuco_mock.state.vitals import CLOCK, vitals_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tuco_mock.domain.clocks import Clock
    from tuco_mock.state.engines import Engines
    from tuco_mock.state.real.leases import Taken
    from tuco_mock.state.vitals import Vitals


class TurnLost(Exception):
    """Another process has the workspace by now: this one was out of reach of Redis, or asleep, for too long."""


class Turns:
    """Lets one run at a time work in a workspace, so that its clock is moved by one only; one a store.

    In one process a lock sees to it. Between processes it is a lease (`state.real.leases`): renewed while the process
    lives, free some seconds after it died. Who loses it sees that it does not hold its turn any more, and stops; the
    clock it can't move then whatever it sees.
    """

    def __init__(self, engines: Engines, vitals: Vitals) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._engines = engines
        self._peers = engines.peers
        self._vitals = vitals
        self._freed = Bell()
        if self._peers is not None:
            self._peers.hear("free", self._freed.ring)
            self._peers.on_gap(self._freed.ring_all_here)

    @contextlib.asynccontextmanager
    async def of(self, workspace: str) -> AsyncIterator[None]:
        """Wait for the workspace, and keep others out meanwhile."""
        lock, waiting = self._locks.get(workspace, (None, 0))
        lock = lock or asyncio.Lock()
        self._locks[workspace] = (lock, waiting + 1)
        try:
            async with lock:
                if self._peers is None:
                    yield
                else:
                    async with self._lease(workspace):
                        yield
        finally:
            lock, waiting = self._locks.pop(workspace)
            if waiting > 1:
                self._locks[workspace] = (lock, waiting - 1)

    def are_lost(self, workspace: str) -> bool:
        """Whether who works in the workspace in this process has lost it to another one."""
        return self._peers is not None and not self._peers.leases.holds(_name(workspace))

    def check(self, workspace: str) -> None:
        """Check that who works in the workspace has it still.

        Raises:
            TurnLost: another process has it by now.
        """
        if self.are_lost(workspace):
            raise TurnLost(f"Another process works in workspace {workspace} by now.")

    def set_clock(self, workspace: str, clock: Clock) -> None:
        """Put the clock there; for who has the workspace.

        Raises:
            TurnLost: it has been lost; the clock is as whoever has it now wants it.
        """
        if self._peers is None:
            self._vitals.set_clock(workspace, clock)
        elif self._peers.leases.write(_name(workspace), vitals_key(workspace), CLOCK, clock.text):
            self._vitals.has_moved(workspace)
        else:
            raise TurnLost(f"Another process works in workspace {workspace} by now.")

    @contextlib.asynccontextmanager
    async def _lease(self, workspace: str) -> AsyncIterator[None]:
        """Have the workspace to this process; who waits is woken when it is free, or has to be by then."""
        assert self._peers is not None
        with self._freed.listen(workspace) as freed:
            while (taken := await self._ask(workspace)).number is None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(taken.seconds):
                        await freed.wait()
                freed.clear()
        try:
            yield
        finally:
            await self._engines.run(self._give_back, workspace)

    async def _ask(self, workspace: str) -> Taken:
        """Ask for the lease; who is cancelled meanwhile leaves none behind."""
        assert self._peers is not None
        asking = asyncio.ensure_future(self._engines.run(self._peers.leases.take, _name(workspace)))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            with contextlib.suppress(*AWAY):
                if (await asking).number is not None:
                    await self._engines.run(self._give_back, workspace)
            raise

    def _give_back(self, workspace: str) -> None:
        assert self._peers is not None
        with contextlib.suppress(*AWAY):  # then it ends by itself
            self._peers.leases.release(_name(workspace))
        self._freed.ring(workspace)
        self._peers.tell("free", workspace)


def _name(workspace: str) -> str:
    return f"turn-{workspace}"

"""The worker in time: what is due is done one after the other, and other workspaces are answered in between."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from tuco_mock.actions import effects
from tuco_mock.actions.worker import do, next_due, things_due
from tuco_mock.domain.clocks import Clock, hold_moment
from tuco_mock.domain.journal import Effect
from tuco_mock.domain.timestamps import iso
from tuco_mock.state.queue import QueuedJob

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from tuco_mock.actions.worker import Done, Thing
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

_LONGEST_TURN = 0.01
"""How long the event loop is kept from others, in seconds."""

_JOBS_AT_ONCE = 100

_OF_THEIR_OWN = frozenset({"reply", "opened"})
"""What notes itself when it happens, with all that follows from it."""

_PATIENCE = 5.0
"""How long it is waited for webhooks to be answered before time goes on, in seconds of real time."""


async def advance(store: Store, workspace: Workspace, target: Clock) -> list[Done]:
    """Move the clock forwards to `target`, and do all that is due on the way, each thing at its own moment (W23).

    Whoever calls has the workspace to itself (`Store.turns`).

    While something is done, the workspace's clock stands at the moment when it is due, and until webhooks that were
    told of it have answered: what they do about it, they do at that moment.

    A server that stops ends the move between two things; the clock stays where it then stands.

    Raises:
        TurnLost: another process has the workspace by now.
    """
    here, end, run = workspace.id, target.now(), store.engines.run
    work = _Work(store, workspace)
    now = (await run(store.vitals.clock, here)).now()
    while not await work.is_over(now) and (due := await run(_next, store, here, now)) is not None and due <= end:
        if due > now:
            now = due
            await work.move(Clock(True, now))
        await work.do_all(await run(things_due, store, here, now), now)
    store.turns.check(here)
    if not work.is_gone:
        await work.move(target)
        store.turns.check(here)
    return work.done


async def run_present(
    store: Store, workspace: Workspace, between: Callable[[], Awaitable[object]] | None = None
) -> list[Done]:
    """Do all that is due at the workspace's present moment, which may go on while it is done.

    Args:
        store: the state.
        workspace: where.
        between: waited for after what happened by itself, before jobs are done.
    """
    work, run = _Work(store, workspace), store.engines.run
    async with store.turns.of(workspace.id):
        now = (await run(store.vitals.clock, workspace.id)).now()
        while not work.is_gone and (things := await run(things_due, store, workspace.id, now)):
            acts = [each for each in things if not isinstance(each, QueuedJob)]
            if acts and between is not None:
                await work.do_all(acts, now)
                await between()
                await run(work.look)
            else:
                await work.do_all(things, now)
            hold_moment()  # the next things are done at a moment of their own
            now = (await run(store.vitals.clock, workspace.id)).now()
    return work.done


async def run_queue(store: Store, workspace: Workspace, limit: int | None) -> list[Done]:
    """Work off the jobs that are due at the present moment, `limit` at most, and let nothing else happen.

    Raises:
        TurnLost: another process has the workspace by now.
    """
    work, run = _Work(store, workspace), store.engines.run
    async with store.turns.of(workspace.id):
        now = (await run(store.vitals.clock, workspace.id)).now()
        left = limit or sys.maxsize
        while left and (jobs := await run(store.queue.due, workspace.id, now, min(left, _JOBS_AT_ONCE))):
            await work.do_all(jobs, now)
            left -= len(jobs)
            if work.is_gone:
                break
        store.turns.check(workspace.id)
    return work.done


def _next(store: Store, workspace: str, now: int) -> int | None:
    """When the next thing is due, or the next delivery that is late on purpose."""
    found = (next_due(store, workspace, now), store.deliveries.next_delayed(workspace))
    return min((each for each in found if each is not None), default=None)


def _effect_of(done: Done) -> Effect | None:
    """What was done, as the timeline tells it; None when it has noted itself."""
    if done.kind in _OF_THEIR_OWN:
        return None
    return Effect(f"messages.{done.kind}", message_ids=(done.message_id or "",))


class _Work:
    """What is done in a workspace, one thing after the other, others having the event loop from time to time.

    Attributes:
        done: what was done.
        is_gone: whether the workspace was dropped or lost to another process meanwhile, or the server stops.
    """

    def __init__(self, store: Store, workspace: Workspace) -> None:
        self.done: list[Done] = []
        self.is_gone = False
        self._store = store
        self._workspace = workspace
        self._since = time.perf_counter()
        self._waits = True

    async def is_over(self, now: int) -> bool:
        """Wait for the webhooks that have been told something by now; whether there is nothing more to be done here.

        After one that keeps it waiting too long nobody is waited for any more: who hangs holds time up once.
        """
        deliveries, here = self._store.deliveries, self._workspace.id
        self.is_gone = self.is_gone or self._store.bell.ended
        if self.is_gone:
            return True
        run = self._store.engines.run
        await run(deliveries.release_due, here, now)
        if self._waits and deliveries.courier is not None and (await run(deliveries.pending, here)) > 0:
            self._waits = await deliveries.settled(here, _PATIENCE)
            await run(self.look)
        return self.is_gone

    def look(self) -> None:
        """See whether the workspace was dropped or lost to another process meanwhile, or the server stops."""
        here = self._workspace.id
        self.is_gone = self._store.bell.ended or not self._store.vitals.exist(here) or self._store.turns.are_lost(here)

    async def move(self, clock: Clock) -> None:
        """Put the workspace's clock there, unless the workspace was dropped or lost to another process."""
        here, gates = self._workspace.id, self._store.gates
        if gates is None:
            await self._store.engines.run(self._store.turns.set_clock, here, clock)
        else:
            await gates.within(here, self._look_and_move, clock)

    def _look_and_move(self, clock: Clock) -> None:
        self.look()
        if not self.is_gone:
            self._store.turns.set_clock(self._workspace.id, clock)

    async def do_all(self, things: Sequence[Thing], now: int) -> None:
        """Do these things at a moment that the workspace's clock shows."""
        left, run, gates = iter(things), self._store.engines.run, self._store.gates
        here = self._workspace.id
        while not self.is_gone and await (
            run(self._do_some, left, now) if gates is None else gates.within(here, self._look_and_do, left, now)
        ):
            await asyncio.sleep(0)
            self._since = time.perf_counter()
            await run(self.look)

    def _look_and_do(self, things: Iterator[Thing], now: int) -> bool:
        self.look()
        return not self.is_gone and self._do_some(things, now)

    def _do_some(self, things: Iterator[Thing], now: int) -> bool:
        """Do things until others are to have the event loop; whether that is so."""
        with self._store.snapshots.look_once(self._workspace.id):
            for thing in things:
                if self._store.turns.are_lost(self._workspace.id):
                    self.is_gone = True
                    break
                noted = effects.count()
                found = do(self._store, self._workspace, thing, now)
                if found is not None:
                    self.done.append(found)
                    effects.date(iso(found.at), noted, _effect_of(found))
                if time.perf_counter() - self._since > _LONGEST_TURN:
                    return True
        return False

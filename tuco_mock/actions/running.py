"""The worker in time: what is due is done one after the other, and other workspaces are answered in between."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from tuco_mock.actions.worker import do, next_due, things_due
from tuco_mock.domain.clocks import Clock, hold_moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuco_mock.actions.worker import Done, Thing
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

_LONGEST_TURN = 0.01
"""How long the event loop is kept from others, in seconds."""

_JOBS_AT_ONCE = 100


async def advance(store: Store, workspace: Workspace, target: Clock) -> list[Done]:
    """Move the clock forwards to `target`, and do all that is due on the way, each thing at its own moment (W23).

    While something is done, the workspace's clock stands at the moment when it is due.
    """
    here, end = workspace.id, target.now()
    work = _Work(store, workspace)
    async with store.turns.of(here):
        now = store.vitals.clock(here).now()
        while (due := next_due(store, here, now)) is not None and due <= end:
            if due > now:
                now = due
                store.vitals.set_clock(here, Clock(True, now))
            await work.do_all(things_due(store, here, now), now)
            if work.is_gone:
                return work.done
        store.vitals.set_clock(here, target)
    return work.done


async def run_present(store: Store, workspace: Workspace) -> list[Done]:
    """Do all that is due at the workspace's present moment, which may go on while it is done."""
    work = _Work(store, workspace)
    async with store.turns.of(workspace.id):
        now = store.vitals.clock(workspace.id).now()
        while not work.is_gone and (things := things_due(store, workspace.id, now)):
            await work.do_all(things, now)
            hold_moment()  # the next things are done at a moment of their own
            now = store.vitals.clock(workspace.id).now()
    return work.done


async def run_queue(store: Store, workspace: Workspace, limit: int | None) -> list[Done]:
    """Work off the jobs that are due at the present moment, `limit` at most, and let nothing else happen."""
    work = _Work(store, workspace)
    async with store.turns.of(workspace.id):
        now = store.vitals.clock(workspace.id).now()
        left = limit or sys.maxsize
        while left and (jobs := store.queue.due(workspace.id, now, min(left, _JOBS_AT_ONCE))):
            await work.do_all(jobs, now)
            left -= len(jobs)
            if work.is_gone:
                break
    return work.done


class _Work:
    """What is done in a workspace, one thing after the other, others having the event loop from time to time.

    Attributes:
        done: what was done.
        is_gone: whether the workspace was dropped meanwhile.
    """

    def __init__(self, store: Store, workspace: Workspace) -> None:
        self.done: list[Done] = []
        self.is_gone = False
        self._store = store
        self._workspace = workspace
        self._since = time.perf_counter()

    async def do_all(self, things: Sequence[Thing], now: int) -> None:
        """Do these things at a moment that the workspace's clock shows."""
        for thing in things:
            with self._store.snapshots.look_once(self._workspace.id):
                found = do(self._store, self._workspace, thing, now)
            if found is not None:
                self.done.append(found)
            if time.perf_counter() - self._since > _LONGEST_TURN:
                await asyncio.sleep(0)
                self._since = time.perf_counter()
                self.is_gone = not self._store.vitals.exist(self._workspace.id)
                if self.is_gone:
                    return

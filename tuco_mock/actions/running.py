"""The worker in time: what is due is done one after the other, and other workspaces are answered in between."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tuco_mock.actions.worker import do, next_thing, run_jobs
from tuco_mock.domain.clocks import Clock, hold_moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.actions.worker import Done
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

_LONGEST_TURN = 0.01
"""How long the event loop is kept from others, in seconds."""


class Breath:
    """Lets others have the event loop from time to time."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def take(self) -> bool:
        """Give way if it has been long; whether it had been."""
        if time.perf_counter() - self._since <= _LONGEST_TURN:
            return False
        await asyncio.sleep(0)
        self._since = time.perf_counter()
        return True


async def advance(store: Store, workspace: Workspace, target: Clock) -> list[Done]:
    """Move the clock forwards to `target`, and do all that is due on the way, each thing at its own moment.

    While something is done, the workspace's clock stands at the moment when it is due.
    """
    here = workspace.id
    end, done, breath = target.now(), [], Breath()
    async with store.turns.of(here):
        now = store.vitals.clock(here).now()
        while (thing := next_thing(store, here, now)) is not None and thing.due <= end:
            if thing.due > now:
                now = thing.due
                store.vitals.set_clock(here, Clock(True, now))
            found = do(store, workspace, thing, now)
            if found is not None:
                done.append(found)
            if await breath.take() and not store.vitals.exist(here):
                return done  # it was dropped meanwhile
        store.vitals.set_clock(here, target)
    return done


async def run_present(store: Store, workspace: Workspace) -> list[Done]:
    """Do all that is due at the workspace's present moment, which may go on while it is done."""
    done, breath = [], Breath()
    async with store.turns.of(workspace.id):
        while True:
            now = store.vitals.clock(workspace.id).now()
            thing = next_thing(store, workspace.id, now)
            if thing is None or thing.due > now:
                break
            found = do(store, workspace, thing, now)
            if found is not None:
                done.append(found)
            if await breath.take():
                hold_moment()  # the next thing is done at a moment of its own
    return done


async def run_queue(store: Store, workspace: Workspace, limit: int | None) -> list[Done]:
    """Work off the jobs that are due at the present moment, `limit` at most."""
    done, breath = [], Breath()
    async with store.turns.of(workspace.id):
        jobs: Iterator[Done] = run_jobs(store, workspace, limit)
        for each in jobs:
            done.append(each)
            await breath.take()
    return done

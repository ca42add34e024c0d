"""The worker in time: what is due is done one after the other, and other workspaces are answered in between."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tuco_mock.actions.worker import Done, next_due, run_jobs, run_next
from tuco_mock.domain.clocks import Clock, hold_moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

_LONGEST_TURN = 0.01
"""How long the event loop is kept from others, in seconds."""


class Breath:
    """Lets others have the event loop from time to time."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def take(self) -> None:
        """Give way if it has been long."""
        if time.perf_counter() - self._since > _LONGEST_TURN:
            await asyncio.sleep(0)
            self._since = time.perf_counter()


async def advance(store: Store, workspace: Workspace, target: Clock) -> list[Done]:
    """Move the clock forwards to `target`, and do all that is due on the way, each thing at its own moment.

    While something is done, the workspace's clock stands at the moment when it is due.
    """
    here = workspace.id
    end, done, breath = target.now(), [], Breath()
    async with store.turns.of(here):
        while (due := next_due(store, here)) is not None and due <= end:
            clock = store.vitals.clock(here)
            if due > clock.now():
                store.vitals.set_clock(here, Clock(True, due))
            found = run_next(store, workspace, max(due, store.vitals.clock(here).now()))
            if found is not None:
                done.append(found)
            await breath.take()
            if not store.vitals.exist(here):  # it was dropped meanwhile
                return done
        store.vitals.set_clock(here, target)
    return done


async def run_present(store: Store, workspace: Workspace) -> list[Done]:
    """Do all that is due at the workspace's present moment, which may go on while it is done."""
    done, breath = [], Breath()
    async with store.turns.of(workspace.id):
        while (found := run_next(store, workspace, store.vitals.clock(workspace.id).now())) is not None:
            done.append(found)
            await breath.take()
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


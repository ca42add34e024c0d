"""The live worker: one timer a process, for what is due next in any workspace whose worker follows the clock (W24)."""

from __future__ import annotations

import asyncio
import heapq
import logging
import threading
from contextvars import Context
from typing import TYPE_CHECKING

from tuco_mock.actions.outcomes import work
from tuco_mock.actions.worker import next_due
from tuco_mock.domain.clocks import hold_moment, real_millis
from tuco_mock.domain.errors import NotFound

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

log = logging.getLogger("tuco_mock.worker")

_LONGEST_SLEEP = 86_400.0
"""How long an event loop is asked to wait at once, in seconds."""


class Timer:
    """Wakes the worker when the next thing is due, and at no other time; nothing is asked again and again.

    What it does runs in contexts of its own: a request's moment, in which time stands still, is none of its business.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._rung: set[str] = set()
        self._due: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []
        self._handle: asyncio.TimerHandle | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopped = False

    @property
    def is_set(self) -> bool:
        """Whether it waits for something."""
        return self._handle is not None

    def start(self) -> None:
        """Work on the running event loop from now on; nothing while another one is worked on, which goes on."""
        if self._stopped or (self._loop is not None and not self._loop.is_closed()):
            return
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._handle = None  # that of a loop before
        self._tasks.clear()
        self._store.alarm.listen(self._ring)
        if self._rung:
            self._loop.call_soon(self._look, context=Context())

    def stop(self) -> None:
        """Do nothing more."""
        self._stopped = True
        self._store.alarm.forget()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        for task in list(self._tasks.values()):
            task.cancel()

    def _ring(self, workspace: str) -> None:
        """Something may be due earlier than was thought: look, once what is being done is done."""
        if self._loop is None or self._stopped:
            return
        first = not self._rung
        self._rung.add(workspace)
        if self._loop.is_closed():
            return  # whoever starts the next one looks
        if threading.get_ident() == self._thread:
            if first:
                self._loop.call_soon(self._look, context=Context())
        else:
            self._loop.call_soon_threadsafe(self._look, context=Context())

    def _look(self) -> None:
        while self._rung and not self._stopped:
            self._plan(self._rung.pop())
        self._arm()

    def _plan(self, workspace_id: str) -> None:
        """Note when the workspace is next to be worked in, in real time; begin at once if that is now."""
        self._due.pop(workspace_id, None)
        try:
            workspace = self._store.workspaces.get(workspace_id)
        except NotFound:
            return
        if workspace_id in self._tasks or self._store.worker_of(workspace) != "auto":
            return
        clock = self._store.vitals.clock(workspace_id)
        now = clock.now()
        due = next_due(self._store, workspace_id, now)
        if due is None:
            return
        if due <= now:
            assert self._loop is not None
            self._tasks[workspace_id] = self._loop.create_task(self._work(workspace), context=Context())
        elif not clock.frozen:
            self._due[workspace_id] = due - clock.millis
            heapq.heappush(self._heap, (self._due[workspace_id], workspace_id))

    def _arm(self) -> None:
        """Set the timer for what is due first of all."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)  # planned otherwise since
        if self._heap and self._loop is not None and not self._stopped:
            seconds = max((self._heap[0][0] - real_millis()) / 1000, 0.0)
            self._handle = self._loop.call_later(min(seconds, _LONGEST_SLEEP), self._ended, context=Context())

    def _ended(self) -> None:
        self._handle = None
        now = real_millis()
        while self._heap and self._heap[0][0] <= now:
            at, workspace = heapq.heappop(self._heap)
            if self._due.get(workspace) == at:
                self._rung.add(workspace)
        self._look()

    async def _work(self, workspace: Workspace) -> None:
        """Do what is due in a workspace, then look what is due next."""
        hold_moment()
        try:
            await work(self._store, workspace)
        except Exception:
            self._tasks.pop(workspace.id, None)
            if self._store.vitals.exist(workspace.id):  # else it was dropped meanwhile
                log.exception("The worker failed in workspace %s; it goes on when something changes", workspace.id)
        else:
            self._tasks.pop(workspace.id, None)
            self._ring(workspace.id)

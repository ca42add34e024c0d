"""The live worker: one timer a process, for what is due next in any workspace whose worker follows the clock (W24)."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import logging
import threading
from contextvars import Context
from typing import TYPE_CHECKING, NamedTuple

from tuco_mock.actions.outcomes import work
from tuco_mock.actions.worker import next_due
from tuco_mock.domain.clocks import Clock, hold_moment, real_millis
from tuco_mock.domain.errors import NotFound
from tuco_mock.state.away import AWAY, first_line

if TYPE_CHECKING:
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

log = logging.getLogger("tuco_mock.worker")

_LONGEST_SLEEP = 86_400.0
"""How long an event loop is asked to wait at once, in seconds."""


_PATIENCE = 1.0
"""After how many seconds engines that don't answer are asked again."""


class _Next(NamedTuple):
    """When a workspace is next to be worked in.

    Attributes:
        id: whose.
        workspace: it; None when there is nothing to do in it, or nobody who does it.
        clock: its clock, which shows `now`.
        due: when the next thing is due, or None.
    """

    id: str
    workspace: Workspace | None = None
    clock: Clock = Clock()
    now: int = 0
    due: int | None = None


def _next_in(store: Store, workspace_id: str) -> _Next:
    try:
        workspace = store.workspaces.get(workspace_id)
    except NotFound:
        return _Next(workspace_id)
    if store.worker_of(workspace) != "auto":
        return _Next(workspace_id)
    clock = store.vitals.clock(workspace_id)
    now = clock.now()
    return _Next(workspace_id, workspace, clock, now, next_due(store, workspace_id, now))


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
        self._looks = False

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
        self._looks = False
        self._store.alarm.listen(self._ring, self._ring_everywhere)
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

    def _ring_everywhere(self) -> None:
        """Something may be due anywhere. From any thread."""
        if self._loop is not None and not self._stopped:
            with contextlib.suppress(RuntimeError):  # it has ended: whoever starts the next one looks
                self._loop.call_soon_threadsafe(self._look_everywhere, context=Context())

    def _look(self) -> None:
        """Look where something may be due; who rings meanwhile is looked for afterwards."""
        if self._rung and not self._stopped and not self._looks:
            self._looks = True
            self._store.engines.call(self._found, self._plan_all, self._not_found)
        else:
            self._arm()

    def _found(self) -> list[_Next]:
        """What is due next where it rang."""
        found = []
        while self._rung:
            workspace = self._rung.pop()
            found.append(_next_in(self._store, workspace) if workspace not in self._tasks else _Next(workspace))
        return found

    def _plan_all(self, found: list[_Next]) -> None:
        self._looks = False
        if not self._stopped:
            for each in found:
                self._plan(each)
            self._look()

    def _not_found(self, error: BaseException) -> None:
        """The engines don't answer: look everywhere again in a while."""
        self._looks = False
        log.error("The worker can't see what is due, and looks again in %g s: %s", _PATIENCE, first_line(error))
        if self._loop is not None and not self._stopped:
            self._loop.call_later(_PATIENCE, self._look_everywhere, context=Context())

    def _look_everywhere(self) -> None:
        def every() -> list[str]:
            return [workspace.id for workspace in self._store.workspaces.all()]

        def then(there: list[str]) -> None:
            self._rung.update(there)
            self._look()

        if not self._stopped:
            self._store.engines.call(every, then, self._not_found)

    def _plan(self, found: _Next) -> None:
        """Note when the workspace is next to be worked in, in real time; begin at once if that is now."""
        here = found.id
        self._due.pop(here, None)
        if found.workspace is None or found.due is None or here in self._tasks:
            return
        if found.due <= found.now:
            assert self._loop is not None
            self._tasks[here] = self._loop.create_task(self._work(found.workspace), context=Context())
        elif not found.clock.frozen:
            self._due[here] = found.due - found.clock.millis
            heapq.heappush(self._heap, (self._due[here], here))

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
        except AWAY as error:
            self._tasks.pop(workspace.id, None)
            self._not_found(error)
        except Exception:
            self._tasks.pop(workspace.id, None)
            if await self._store.engines.run(self._store.vitals.exist, workspace.id):  # else it was dropped meanwhile
                log.exception("The worker failed in workspace %s; it goes on when something changes", workspace.id)
        else:
            self._tasks.pop(workspace.id, None)
            self._ring(workspace.id)

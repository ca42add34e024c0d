"""The courier: sends what waits, every webhook's deliveries in a lane of their own, and never in anybody's way.

A lane starts its deliveries in order. The next one goes once the one before it was answered, or has taken longer than
`HEAD_START`: a receiver that hangs holds up neither other webhooks nor what it is told later (H13).
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from tuco_mock.delivery.attempt import attempt
from tuco_mock.state.away import first_line

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tuco_mock.domain.deliveries import Delivery
    from tuco_mock.state.store import Store

log = logging.getLogger("tuco_mock.delivery")

HEAD_START = 0.25
"""How long a delivery has the lane of its webhook to itself, in seconds of real time."""


_PATIENCE = 1.0
"""After how many seconds engines that don't answer are asked again."""


class _Waiting(NamedTuple):
    """What is to be sent in a workspace now, and in how many seconds of real time there may be more."""

    deliveries: list[Delivery]
    seconds: float | None


def _waiting(store: Store, workspace: str) -> _Waiting:
    clock = store.vitals.clock(workspace)
    due = store.deliveries.release_due(workspace, clock.now())
    seconds = None if due is None or clock.frozen else (due - clock.now()) / 1000
    peers = store.engines.peers
    if peers is not None and not peers.leases.holds(_lease(workspace)):
        if not store.deliveries.waits(workspace):
            return _Waiting([], seconds)
        taken = peers.leases.take(_lease(workspace))
        if taken.number is None:  # in order means: by one process at a time
            return _Waiting([], taken.seconds if seconds is None else min(taken.seconds, seconds))
    return _Waiting(store.deliveries.take(workspace), seconds)


def _lease(workspace: str) -> str:
    return f"courier-{workspace}"


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _nothing(_: object) -> None:
    """What is done once others have been given way, or can't be told so: the lease ends by itself then."""


class Courier:
    """One a process. All of it happens in the event loop that answers calls.

    Attributes:
        loop: that loop, once it is known.
    """

    def __init__(self, store: Store) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._store = store
        self._asked: set[str] = set()
        self._lanes: dict[tuple[str, str], deque[Delivery]] = {}
        self._tasks: dict[asyncio.Task[Any], str] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._looks: dict[str, bool] = {}  # where it is being looked, and whether to look once more

    def wake(self, workspace: str) -> None:
        """Something waits there: look once the present call is answered. From any thread."""
        if self.loop is None or self._store.bell.ended or workspace in self._asked:
            return
        self._asked.add(workspace)
        with contextlib.suppress(RuntimeError):  # the loop has ended: who answers the next call looks again
            self.loop.call_soon_threadsafe(self._look, workspace, context=contextvars.Context())
            return
        self._asked.discard(workspace)

    def forget(self, workspace: str) -> None:
        """Stop what is on its way there, and send nothing more of what was taken. From any thread."""
        if self.loop is None or self.loop.is_closed() or _running_loop() is self.loop:
            return self._forget(workspace)
        with contextlib.suppress(RuntimeError):  # it has ended meanwhile, and with it what was on its way
            self.loop.call_soon_threadsafe(self._forget, workspace, context=contextvars.Context())
        return None

    def _forget(self, workspace: str) -> None:
        for lane in [lane for lane in self._lanes if lane[0] == workspace]:
            del self._lanes[lane]
        for task in [task for task, where in self._tasks.items() if where == workspace]:
            with contextlib.suppress(RuntimeError):
                task.get_loop().call_soon_threadsafe(task.cancel)
        timer = self._timers.pop(workspace, None)
        if timer is not None:
            timer.cancel()

    def _look(self, workspace: str) -> None:
        """Put what waits there into its lanes."""
        self._asked.discard(workspace)
        if workspace in self._looks:
            self._looks[workspace] = True
        elif not self._store.bell.ended:
            self._looks[workspace] = False
            found, failed = partial(self._found, workspace), partial(self._not_found, workspace)
            self._store.engines.call(partial(_waiting, self._store, workspace), found, failed)

    def _found(self, workspace: str, found: _Waiting) -> None:
        if found.seconds is not None:
            self._come_back(workspace, found.seconds)
        for delivery in found.deliveries:
            lane = (workspace, delivery.webhook_id)
            if lane in self._lanes:
                self._lanes[lane].append(delivery)
            else:
                self._lanes[lane] = deque([delivery])
                self._start(workspace, self._serve(lane))
        if self._looks.pop(workspace):
            self._look(workspace)

    def _not_found(self, workspace: str, error: BaseException) -> None:
        """The engines don't answer: look again in a while."""
        self._looks.pop(workspace)
        log.error("what waits in %s can't be seen, and is looked for again: %s", workspace, first_line(error))
        self._come_back(workspace, _PATIENCE)

    def _come_back(self, workspace: str, seconds: float) -> None:
        earlier = self._timers.pop(workspace, None)
        if earlier is not None:
            earlier.cancel()
        loop = asyncio.get_running_loop()
        self._timers[workspace] = loop.call_later(max(seconds, 0.001), self._due, workspace)

    def _due(self, workspace: str) -> None:
        self._timers.pop(workspace, None)
        self._look(workspace)

    def _start(self, workspace: str, work: Coroutine[Any, Any, object]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
        self._tasks[task] = workspace
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        workspace = self._tasks.pop(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a delivery failed unexpectedly", exc_info=task.exception())
        peers = self._store.engines.peers
        if peers is not None and peers.leases.holds(_lease(workspace)) and not self._is_busy(workspace):
            self._store.engines.call(partial(self._give_way, workspace), _nothing, _nothing)

    def _is_busy(self, workspace: str) -> bool:
        """Whether something of the workspace is on its way, or about to be."""
        if workspace in self._looks or workspace in self._asked or workspace in self._tasks.values():
            return True
        return any(lane[0] == workspace for lane in self._lanes)

    def _give_way(self, workspace: str) -> None:
        """Let other processes send what waits there by now."""
        assert self._store.engines.peers is not None
        self._store.engines.peers.leases.release(_lease(workspace))
        if self._store.deliveries.waits(workspace):
            self._store.deliveries.wake(workspace)

    async def _serve(self, lane: tuple[str, str]) -> None:
        """Send what is in a lane until it is empty."""
        waiting = self._lanes[lane]
        try:
            while waiting and self._lanes.get(lane) is waiting:
                going = self._start(lane[0], attempt(self._store, lane[0], waiting.popleft()))
                await asyncio.wait({going}, timeout=HEAD_START)
        finally:
            if self._lanes.get(lane) is waiting:
                del self._lanes[lane]

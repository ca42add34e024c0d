"""Wakes those who wait for something to happen in a workspace, in whatever event loop they wait.

On a real Redis other processes are told of it, and theirs is heard of (`state.real.peers`).
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.state.real.peers import Peers

_Waiter = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class Watcher:
    """Who wants to know where something happens.

    Attributes:
        event: set when something happened, or the server stops.
        all: whether something may have happened anywhere.
    """

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.event = asyncio.Event()
        self.all = False
        self._rung: set[str] = set()

    def ring(self, workspace: str | None) -> None:
        """Something happened in a workspace, or None: maybe in any."""
        if workspace is None:
            self.all = True
        else:
            self._rung.add(workspace)
        _wake(self.loop, self.event)

    def take(self) -> set[str]:
        """Where something happened since it was asked last."""
        self.event.clear()
        taken, self._rung = self._rung, set()
        return taken


class Bell:
    """One a process.

    Attributes:
        ended: whether the server is stopping: nobody waits any more.
    """

    def __init__(self, peers: Peers | None = None) -> None:
        self.ended = False
        self._peers = peers
        self._waiting: dict[str | None, list[_Waiter]] = {}
        self._watching: list[Watcher] = []
        if peers is not None:
            peers.hear("happened", self.ring_here)
            peers.on_gap(self.ring_all_here)

    def ring(self, workspace: str) -> None:
        """Something happened in the workspace."""
        self.ring_here(workspace)
        if self._peers is not None:
            self._peers.tell("happened", workspace)

    def ring_all_here(self) -> None:
        """Something may have happened in any workspace."""
        for workspace in [each for each in list(self._waiting) if each is not None]:
            self.ring_here(workspace)
        for watcher in tuple(self._watching):
            watcher.ring(None)

    def ring_here(self, workspace: str) -> None:
        """The same, for those of this process only."""
        if not (self._waiting or self._watching):
            return
        for loop, event in tuple(self._waiting.get(workspace, ())):
            _wake(loop, event)
        for watcher in tuple(self._watching):
            watcher.ring(workspace)

    def end(self) -> None:
        """The server stops: wake everybody, and let nobody fall asleep again."""
        self.ended = True
        for waiting in list(self._waiting.values()):
            for loop, event in waiting:
                _wake(loop, event)
        for watcher in tuple(self._watching):
            watcher.ring(None)

    @contextlib.contextmanager
    def listen(self, workspace: str | None = None) -> Iterator[asyncio.Event]:
        """An event that is set whenever something happens in the workspace, and when the server stops.

        Without a workspace, when the server stops only. Who waits for more than one ring clears the event.
        """
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        if self.ended:
            waiter[1].set()
        waiting = self._waiting.setdefault(workspace, [])
        waiting.append(waiter)
        try:
            yield waiter[1]
        finally:
            waiting.remove(waiter)
            if not waiting:
                self._waiting.pop(workspace, None)

    @contextlib.contextmanager
    def watch(self) -> Iterator[Watcher]:
        """Hear of whatever happens in any workspace."""
        watcher = Watcher()
        self._watching.append(watcher)
        try:
            yield watcher
        finally:
            self._watching.remove(watcher)

    @property
    def listeners(self) -> int:
        """How many listen at this moment."""
        return sum(map(len, self._waiting.values())) + len(self._watching)


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    try:
        here = asyncio.get_running_loop()
    except RuntimeError:
        here = None
    if here is loop:
        event.set()
        return
    with contextlib.suppress(RuntimeError):  # that loop has ended, and its waiter with it
        loop.call_soon_threadsafe(event.set)

"""Wakes those who wait for something to happen in a workspace, in whatever event loop they wait."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_Waiter = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class Bell:
    """One a process.

    Attributes:
        ended: whether the server is stopping: nobody waits any more.
    """

    def __init__(self) -> None:
        self.ended = False
        self._waiting: dict[str | None, list[_Waiter]] = {}

    def ring(self, workspace: str) -> None:
        """Something happened in the workspace."""
        for loop, event in self._waiting.get(workspace, ()):
            _wake(loop, event)

    def end(self) -> None:
        """The server stops: wake everybody, and let nobody fall asleep again."""
        self.ended = True
        for waiting in list(self._waiting.values()):
            for loop, event in waiting:
                _wake(loop, event)

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

    @property
    def listeners(self) -> int:
        """How many listen at this moment."""
        return sum(map(len, self._waiting.values()))


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

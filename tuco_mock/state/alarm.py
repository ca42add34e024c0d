"""Tells the worker of each process that something may be due earlier than it thinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuco_mock.state.real.peers import Peers


class Alarm:
    """One a process. Whoever adds work, or moves a clock, rings; rings that nobody hears are kept for who comes."""

    def __init__(self, peers: Peers | None = None) -> None:
        self._peers = peers
        self._everywhere: Callable[[], None] | None = None
        self._listener: Callable[[str], None] | None = None
        self._missed: set[str] = set()
        if peers is not None:
            peers.hear("due", self.ring_here)
            peers.on_gap(self._ring_everywhere)

    def ring(self, workspace: str) -> None:
        """Something may be due in the workspace."""
        self.ring_here(workspace)
        if self._peers is not None:
            self._peers.tell("due", workspace)

    def ring_here(self, workspace: str) -> None:
        """The same, for this process only."""
        if self._listener is None:
            self._missed.add(workspace)
        else:
            self._listener(workspace)

    def listen(self, listener: Callable[[str], None], everywhere: Callable[[], None]) -> None:
        """From now on tell `listener`, in whatever thread a ring comes from; first of what it missed.

        When nobody knows where it rang, `everywhere` is called.
        """
        self._listener, self._everywhere = listener, everywhere
        while self._missed:
            listener(self._missed.pop())

    def forget(self) -> None:
        """Nobody listens any more."""
        self._listener = self._everywhere = None

    def _ring_everywhere(self) -> None:
        if self._everywhere is not None:
            self._everywhere()

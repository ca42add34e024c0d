"""Tells the worker of a process that something may be due earlier than it thinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Alarm:
    """One a process. Whoever adds work, or moves a clock, rings; rings that nobody hears are kept for who comes."""

    def __init__(self) -> None:
        self._listener: Callable[[str], None] | None = None
        self._missed: set[str] = set()

    def ring(self, workspace: str) -> None:
        """Something may be due in the workspace."""
        if self._listener is None:
            self._missed.add(workspace)
        else:
            self._listener(workspace)

    def listen(self, listener: Callable[[str], None]) -> None:
        """From now on tell `listener`, in whatever thread a ring comes from; first of what it missed."""
        self._listener = listener
        while self._missed:
            listener(self._missed.pop())

    def forget(self) -> None:
        """Nobody listens any more."""
        self._listener = None

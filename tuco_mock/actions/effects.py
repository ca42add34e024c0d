"""What a call does besides what its handler tells: whoever does it notes it, the call's record has it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuco_mock.domain.journal import Effect

_gathered: ContextVar[list[Effect] | None] = ContextVar("effects", default=None)


def gather(effects: list[Effect]) -> None:
    """Let the present task note what it does in this list."""
    _gathered.set(effects)


def note(effect: Effect) -> None:
    """Note what was done; nothing where nobody gathers, as in a timer."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.append(effect)

"""The interceptions that are entered, and the one that counts for the code that runs."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuco_mock.interception.target import Target


class Activation:
    """One entered interception, until it is left."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.outer = _here.get()
        self.entered = True


_here: ContextVar[Activation | None] = ContextVar("tuco_mock_interception", default=None)
_entered: list[Activation] = []


def enter(target: Target) -> Activation:
    """Enter an interception: the innermost one of this context, and the newest one of the process."""
    activation = Activation(target)
    _entered.append(activation)
    _here.set(activation)
    return activation


def leave(activation: Activation) -> None:
    """Leave it, in whatever order, thread or task."""
    activation.entered = False
    _entered.remove(activation)
    if _here.get() is activation:
        _here.set(activation.outer)


def any_entered() -> bool:
    """Whether any interception is entered."""
    return bool(_entered)


def current() -> Target | None:
    """Where a call goes that is made here and now; None when nothing is intercepted.

    That is the innermost interception that this task or thread has entered itself; a thread that entered none (a
    pool of workers, say) takes the one that was entered last in the process.
    """
    here = _here.get()
    while here is not None and not here.entered:
        here = here.outer
    if here is not None:
        return here.target
    try:
        return _entered[-1].target
    except IndexError:  # left by another thread just now, or none was there
        return None

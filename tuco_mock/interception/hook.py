"""A function that is replaced for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


class Hook:
    """A function of a class or module, and what stands there instead while the hook is installed.

    What stands there must do what the real function does when nothing is intercepted: if somebody else has covered it
    in the meantime (another mocking library, not yet stopped), it can't be taken away and stays beneath.

    Args:
        owner: the class or module.
        name: the function's name there.
        around: makes the replacement of the real function that it is given.
    """

    def __init__(self, owner: Any, name: str, around: Callable[[Function], Function]) -> None:
        self._owner = owner
        self._name = name
        self._around = around
        self._inherited = False
        self._before: Any = None
        self._replacement: Any = None

    def install(self) -> None:
        """Put the replacement there."""
        self._inherited = self._name not in vars(self._owner)
        self._before = vars(self._owner).get(self._name)
        self._replacement = self._around(getattr(self._owner, self._name))
        setattr(self._owner, self._name, self._replacement)

    def remove(self) -> bool:
        """Put back what was there; False when somebody else has covered the replacement."""
        if vars(self._owner).get(self._name) is not self._replacement:
            return False
        if self._inherited:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._before)
        return True

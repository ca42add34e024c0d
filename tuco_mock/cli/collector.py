"""The garbage collector while a server starts: it looks for what nobody makes then, and would find next to nothing.

Modules, the application and a state as it is loaded stay for as long as the server does. Looking through them again
and again while they come, and once more when they are there, is a fifth of a start.
"""

from __future__ import annotations

import contextlib
import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MANY = 1_000_000
"""So many objects are a large state: the code alone makes a third of them."""


@contextlib.contextmanager
def held_off() -> Iterator[None]:
    """Hold it off until `keep_what_is_there`, or to the end of the block at the latest."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def keep_what_is_there() -> None:
    """Take all that was loaded out of its sight, since scanning it costs pauses, and let it look at what comes."""
    gc.freeze()
    gc.enable()
    if sys.getallocatedblocks() > _MANY:
        _give_back_memory()


def _give_back_memory() -> None:
    """Give the system what glibc has kept of the large pieces that loading took; other C libraries keep less."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)

"""The garbage collector once a server has started: modules, application and state stay for as long as the server does.

While they come it is held off (`domain.collector`): it would look through them again and again, which is a fifth of a
start, and find next to nothing.
"""

from __future__ import annotations

import contextlib
import gc
import sys

_MANY = 1_000_000
"""So many objects are a large state: the code alone makes a third of them."""


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

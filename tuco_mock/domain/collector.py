"""Python's garbage collector, which is held off while much is made that stays."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collector_paused() -> Iterator[None]:
    """Hold the garbage collector off while a server starts, or a fixture is read, built or kept.

    Documents form no cycles, and looking through those that are there again and again for some takes longer than
    making them. Whoever finds the collector off leaves it off.
    """
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()

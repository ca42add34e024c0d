"""Who works in a workspace: one at a time."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Turns:
    """Lets one run at a time work in a workspace, so that its clock is moved by one only; one a store."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def of(self, workspace: str) -> AsyncIterator[None]:
        """Wait for the workspace, and keep others out meanwhile."""
        lock, waiting = self._locks.get(workspace, (None, 0))
        lock = lock or asyncio.Lock()
        self._locks[workspace] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(workspace)
            if waiting > 1:
                self._locks[workspace] = (lock, waiting - 1)

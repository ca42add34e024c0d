"""Calls that wait, and the event loops that they would stop."""

from __future__ import annotations

import sys

from tuco_mock.client.errors import BlockingCall


def refuse_to_block_a_loop(verb: str, instead: str) -> None:
    """Say what to do instead where waiting would stop the very code that is waited for.

    Raises:
        BlockingCall: an event loop runs in this thread.
    """
    if _in_asyncio() or _in_trio():
        raise BlockingCall(
            f"{verb} blocks the event loop, so that what it waits for can't happen; write `await {instead}(...)`"
        )


def _in_asyncio() -> bool:
    asyncio = sys.modules.get("asyncio")  # where nobody has imported it, no loop runs
    if asyncio is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _in_trio() -> bool:
    trio = sys.modules.get("trio")
    try:
        return trio is not None and trio.lowlevel.current_task() is not None
    except RuntimeError:
        return False

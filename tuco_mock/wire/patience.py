"""Waiting on behalf of a client: until something happens, the time is over, or the client has gone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive


async def wait_for(event: asyncio.Event, seconds: float, receive: Receive) -> bool:
    """Wait until the event is set, for `seconds` of real time at most; False when the client went away before.

    The request must have been read to its end: whatever comes after that is its end.
    """
    if event.is_set() or seconds <= 0:
        return True
    happened = asyncio.ensure_future(event.wait())
    gone = asyncio.ensure_future(_gone(receive))
    try:
        # timers of the event loop count whole milliseconds: one more, so that it is never less than was asked
        await asyncio.wait({happened, gone}, timeout=seconds + 0.001, return_when=asyncio.FIRST_COMPLETED)
        return not gone.done()
    finally:
        happened.cancel()
        gone.cancel()
        await asyncio.gather(happened, gone, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

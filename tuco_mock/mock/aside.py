"""Blocking work beside an event loop, on asyncio and trio alike."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


async def result_of(future: concurrent.futures.Future[T]) -> T:
    """What a future of another thread comes to; who gives up waiting cancels it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # trio
        return await anyio.to_thread.run_sync(future.result, abandon_on_cancel=True)
    return await asyncio.wrap_future(future)


async def aside(call: Callable[[], T], *, undo: Callable[[], object] | None = None) -> T:
    """Do something in a thread of its own while the event loop goes on; the thread has ended afterwards.

    It is done to its end also when the waiting task is cancelled; what it did is undone then.
    """
    future: concurrent.futures.Future[T] = concurrent.futures.Future()
    future.set_running_or_notify_cancel()  # from now on it can't be cancelled

    def work() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            future.set_exception(error)

    thread = threading.Thread(target=work, name="tuco-mock aside")
    thread.start()
    try:
        result = await result_of(future)
    except BaseException:
        if undo is not None:
            future.add_done_callback(lambda done: None if done.exception() else undo())
        raise
    finally:
        if future.done():
            thread.join()
    return result

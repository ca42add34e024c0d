"""What engines raise when they are not there, or not ready: in time they may be again."""

from __future__ import annotations

from pymongo.errors import AutoReconnect, ConnectionFailure, NotPrimaryError, WaitQueueTimeoutError
from redis.exceptions import BusyLoadingError, MaxConnectionsError, ReadOnlyError
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as NotInTime


class Emptied(NotConnected):
    """An engine is there, but has lost what it held; the text says which and what to do."""


AWAY = (
    *(AutoReconnect, ConnectionFailure, NotPrimaryError, WaitQueueTimeoutError),
    *(NotConnected, NotInTime, BusyLoadingError, MaxConnectionsError, ReadOnlyError),
)
"""The errors of an engine that is away."""


def told(error: BaseException) -> str:
    """What an engine's error means."""
    return str(error) if isinstance(error, Emptied) else f"an engine does not answer: {first_line(error)}"


def first_line(error: BaseException) -> str:
    """What an error says, without the state of the whole topology that pymongo puts behind it."""
    text = str(error).partition("\n")[0]
    for behind in (", full error", ", Timeout:", " (configured timeouts"):
        text = text.partition(behind)[0]
    return text.rstrip(".")

"""The twins of the Redis scripts (`state.scripts`) in Python, for the embedded engine, which has no Lua."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tuco_mock.domain import limits
from tuco_mock.domain.clocks import Clock
from tuco_mock.domain.limits import Bucket
from tuco_mock.state.scripts import APPEND, TAKE_TOKEN

Command = Callable[..., Any]
"""Runs one Redis command within the script."""

Twin = Callable[[Command, Sequence[str], Sequence[Any]], Any]
"""What a script does, given its keys and arguments."""


def take_token(command: Command, keys: Sequence[str], args: Sequence[Any]) -> int:
    """`TAKE_TOKEN`."""
    field, per_minute, real = args
    clock, kept = command("HMGET", keys[0], "clock", field)
    now = Clock.parse(clock).at(real)
    before = limits.full(per_minute, now) if kept is None else Bucket.parse(kept)
    after, retry_after = limits.take(before, per_minute, now)
    if after != before:
        command("HSET", keys[0], field, after.text)
    return retry_after


def append(command: Command, keys: Sequence[str], args: Sequence[Any]) -> int:
    """`APPEND`."""
    record, at, kept, most = args
    if len(keys) > 2:
        clock = command("HGET", keys[2], "clock")
        if clock is None:
            return 0
        at = Clock.parse(clock).at(at)
    size = command("RPUSH", keys[0], f"{at} {record}")
    if size > most:
        command("LTRIM", keys[0], size - kept, -1)
        command("HINCRBY", keys[1], "cut", size - kept)
    return 1


TWINS: dict[str, Twin] = {TAKE_TOKEN: take_token, APPEND: append}
"""Each script's twin, by its Lua text."""

"""The twins of the Redis scripts (`state.scripts`) in Python, for the embedded engine, which has no Lua."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tuco_mock.domain import limits
from tuco_mock.domain.clocks import Clock
from tuco_mock.domain.limits import Bucket
from tuco_mock.state.scripts import (
    APPEND,
    BEGIN_WORKSPACE,
    DELAY_JOB,
    FINISH_DELIVERY,
    FINISH_JOB,
    LET_GO_DELIVERY,
    REPLACE_FIELD,
    TAKE_JOB,
    TAKE_TOKEN,
)

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


def begin_workspace(command: Command, keys: Sequence[str], args: Sequence[Any]) -> int:
    """`BEGIN_WORKSPACE`."""
    clock, last, at, really, start = args
    command("HSET", keys[0], "clock", clock, "sequence", last)
    command("HSET", keys[1], "begun", at, "begun-really", really)
    if len(keys) > 2:
        command("SET", keys[2], start)
    return 1


def append(command: Command, keys: Sequence[str], args: Sequence[Any]) -> int:
    """`APPEND`."""
    record, at, kept, most = args
    if len(keys) > 2:
        clock = command("HGET", keys[2], "clock")
        if clock is None:
            return 0
        at = Clock.parse(clock).at(at)
    size = command("RPUSH", keys[0], b"%d %b" % (at, record))
    if size > most:
        command("LTRIM", keys[0], size - kept, -1)
        command("HINCRBY", keys[1], "cut", size - kept)
    return 1


def replace_field(command: Command, keys: Sequence[str], args: Sequence[Any]) -> int:
    """`REPLACE_FIELD`."""
    field, seen, value = args
    if (command("HGET", keys[0], field) or "") != seen:
        return 0
    command("HSET", keys[0], field, value)
    return 1


def let_go_delivery(command: Command, keys: Sequence[str], args: Sequence[Any]) -> int:
    """`LET_GO_DELIVERY`."""
    number, text, *seen = args
    if seen:
        if command("HGET", keys[0], number) != seen[0]:
            return 0
        command("ZREM", keys[2], number)
    command("HSET", keys[0], number, text)
    command("ZADD", keys[1], command("HINCRBY", keys[3], "order", 1), number)
    return 1


def finish_delivery(command: Command, keys: Sequence[str], args: Sequence[Any]) -> int:
    """`FINISH_DELIVERY`, of the only process."""
    number, text, kept = args
    if not command("HDEL", keys[0], number):
        return 0
    command("RPUSH", keys[1], text)
    command("LTRIM", keys[1], -kept, -1)
    command("SREM", keys[2], number)
    return 1


def take_job(command: Command, keys: Sequence[str], args: Sequence[Any]) -> int:
    """`TAKE_JOB`."""
    held, *sets = keys
    if any(command("ZREM", each, args[0]) for each in sets):
        command("LPUSH", held, args[0])
        return 1
    return 0


def finish_job(command: Command, keys: Sequence[str], args: Sequence[Any]) -> int:
    """`FINISH_JOB`."""
    held: int = command("LREM", keys[0], 1, args[0])
    if held:
        command("DEL", keys[1])
    return held


def delay_job(command: Command, keys: Sequence[str], args: Sequence[Any]) -> int:
    """`DELAY_JOB`."""
    message_id, delay, score = args
    command("LREM", keys[0], 1, message_id)
    command("HSET", keys[1], "delay", delay)
    command("ZADD", keys[2], score, message_id)
    return 1


TWINS: dict[str, Twin] = {
    TAKE_TOKEN: take_token,
    BEGIN_WORKSPACE: begin_workspace,
    APPEND: append,
    REPLACE_FIELD: replace_field,
    LET_GO_DELIVERY: let_go_delivery,
    FINISH_DELIVERY: finish_delivery,
    TAKE_JOB: take_job,
    FINISH_JOB: finish_job,
    DELAY_JOB: delay_job,
}
"""Each script's twin, by its Lua text."""

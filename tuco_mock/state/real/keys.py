"""Where the keys stand in Redis commands, so that a prefix can be put before them."""

from __future__ import annotations

from typing import Any, Final

_FIRST: Final = """
    GET GETDEL HDEL HEXISTS HGET HGETALL HINCRBY HKEYS HLEN HMGET HSET HSETNX HVALS INCR INCRBY LLEN LRANGE
    LREM LPUSH LTRIM PEXPIRE PTTL PUBLISH RPUSH SADD SCARD SET SISMEMBER SMEMBERS SREM ZADD ZCARD ZMSCORE
    ZRANGE ZRANGEBYSCORE ZREM ZSCORE
"""
_ALL: Final = "DEL EXISTS MGET UNLINK WATCH SUBSCRIBE UNSUBSCRIBE"
_NONE: Final = "CLIENT DISCARD EXEC INFO MULTI PING SCRIPT UNWATCH"
_SCRIPTS: Final = "EVAL EVALSHA"

_KINDS: Final = {name: kind for kind, names in enumerate((_FIRST, _ALL, _NONE, _SCRIPTS)) for name in names.split()}


def with_prefix(prefix: str, command: tuple[Any, ...]) -> tuple[Any, ...]:
    """A command with the prefix before each of its keys.

    Raises:
        ValueError: it is not known where its keys stand, and it might touch what is not ours.
    """
    if not prefix:
        return command
    name, *args = command
    kind = _KINDS.get(str(name).partition(" ")[0].upper())
    if kind is None:
        raise ValueError(f"where the keys of {name} stand is to be written down in {__name__}")
    if kind == 0:
        args[0] = prefix + args[0]
    elif kind == 1:
        args = [prefix + key for key in args]
    elif kind == 3:
        last = 2 + int(args[1])
        args[2:last] = [prefix + key for key in args[2:last]]
    return (name, *args)

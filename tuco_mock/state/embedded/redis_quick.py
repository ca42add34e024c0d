"""The Redis commands of nearly every request, done at once where nothing unusual is about.

Usual is: the key is there (HSET may make it) and of the right kind, and neither it nor a field of it will expire.
Everything else is `DECLINED`, and then goes the way of all commands. What is left out here can have no effect: whoever
runs these makes sure that nobody subscribes (`redis_executor.py`), and who watches a key or waits for one is told. They
begin with the same lines, since a call of a function takes longer than these do.

Private parts used, as read in fakeredis 2.40.0: `Database` (`_dict`, `_watches`, `_change_callbacks`, `condition`,
`notify_watch`), `_core.Item` (`value`, `expireat`), `Hash` (`_values`, `_expirations`).
"""
# ruff: noqa: SLF001 - one of the four that may: see redis_executor.py

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fakeredis._core import Item
from fakeredis.model import Hash

Quick = Callable[[Any, list[bytes]], Any]
"""Given a database and the arguments, gives the raw reply, or `DECLINED`, having done nothing."""

DECLINED: Final = object()
"""In place of a reply: this is not the usual case."""


def hget(database: Any, arguments: list[bytes]) -> Any:
    """HGET."""
    if len(arguments) != 2:
        return DECLINED
    stored = database._dict.get(arguments[0])
    if stored is None or stored.expireat is not None:
        return DECLINED
    fields = stored.value
    if type(fields) is not Hash or fields._expirations:
        return DECLINED
    return fields._values.get(arguments[1])


def hkeys(database: Any, arguments: list[bytes]) -> Any:
    """HKEYS, mostly of what is not there."""
    if len(arguments) != 1:
        return DECLINED
    stored = database._dict.get(arguments[0])
    if stored is None:
        return []
    fields = stored.value
    if stored.expireat is not None or type(fields) is not Hash or fields._expirations:
        return DECLINED
    return list(fields._values)


def hmget(database: Any, arguments: list[bytes]) -> Any:
    """HMGET of two fields."""
    if len(arguments) != 3:
        return DECLINED
    stored = database._dict.get(arguments[0])
    if stored is None or stored.expireat is not None:
        return DECLINED
    fields = stored.value
    if type(fields) is not Hash or fields._expirations:
        return DECLINED
    values = fields._values
    return [values.get(arguments[1]), values.get(arguments[2])]


def hset(database: Any, arguments: list[bytes]) -> Any:
    """HSET."""
    key, *pairs = arguments
    if not pairs or len(pairs) % 2:
        return DECLINED
    stored = database._dict.get(key)
    if stored is None:
        stored = Item(Hash())
    elif stored.expireat is not None or type(stored.value) is not Hash or stored.value._expirations:
        return DECLINED
    values = stored.value._values
    before = len(values)
    values.update(zip(pairs[::2], pairs[1::2], strict=True))
    database._dict[key] = stored
    if database._watches or database.condition._waiters or database._change_callbacks:
        database.notify_watch(key)
    return len(values) - before


def rpush(database: Any, arguments: list[bytes]) -> Any:
    """RPUSH of one value."""
    if len(arguments) != 2:
        return DECLINED
    key, value = arguments
    stored = database._dict.get(key)
    if stored is None or stored.expireat is not None or type(stored.value) is not list:
        return DECLINED
    stored.value.append(value)
    if database._watches or database.condition._waiters or database._change_callbacks:
        database.notify_watch(key)
    return len(stored.value)


QUICK: Final[dict[str, Quick]] = {"HGET": hget, "HKEYS": hkeys, "HMGET": hmget, "HSET": hset, "RPUSH": rpush}
"""By the commands' names."""

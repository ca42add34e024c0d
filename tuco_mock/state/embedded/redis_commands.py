"""Redis commands that run on a fakeredis socket without the protocol in between.

A command of fakeredis is a signature and a method of the socket. `Signature.apply` works out at each call which
arguments are keys and which are numbers; here that is worked out once for each number of arguments.

Private parts used, as read in fakeredis 2.40.0 (redis_executor.py and redis_quick.py list the
others):

- `_commands`: `SUPPORTED_COMMANDS`, `Key` (`type_`, `missing_return`, `UNSPECIFIED`), `Signature` (`name`, `fixed`,
  `repeat`, `flags`, `func_name`, `server_types`, `check_arity`), the argument types' `decode`;
- `_core`: `CommandItem` (`key`, `db`, `_value`, `_modified`, `_expireat`, `_expireat_modified`, `writeback`), the
  stored item (`value`, `expireat`), `Database` (`_dict`, `get`, `notify_watch`);
- `_msgs`: `FLAG_DO_NOT_CREATE`, `FLAG_LEAVE_EMPTY_VAL`, `WRONGTYPE_MSG`; `_helpers.SimpleError`;
- a socket: `_db`, `_subkey_events`, `_subkey_notifications`, `_run_command`.
"""
# ruff: noqa: SLF001 - one of the four that may: see redis_executor.py

from __future__ import annotations

from functools import lru_cache
from types import MethodType
from typing import TYPE_CHECKING, Any, Final

from fakeredis import _msgs as texts
from fakeredis._commands import SUPPORTED_COMMANDS, Key
from fakeredis._core import CommandItem
from fakeredis._helpers import SimpleError

from tuco_mock.state.embedded.redis_quick import QUICK

if TYPE_CHECKING:
    from collections.abc import Hashable

_DIRECT: Final = """
    append bitcount copy dbsize decr decrby del exists expire expireat flushall flushdb get getbit getdel getex
    getrange getset hdel hexists hget hgetall hincrby hincrbyfloat hkeys hlen hmget hmset hscan hset hsetnx hstrlen
    hvals incr incrby incrbyfloat keys lindex linsert llen lmove lpop lpos lpush lpushx lrange lrem lset ltrim mget
    mset msetnx persist pexpire pexpireat psetex pttl randomkey rename renamenx rpop rpoplpush rpush rpushx sadd
    scan scard sdiff sdiffstore set setbit setex setnx setrange sinter sintercard sinterstore sismember smembers
    smismember smove spop srandmember srem sscan strlen sunion sunionstore ttl type unlink xadd xdel xlen xrange
    xrevrange xtrim zadd zcard zcount zdiff zdiffstore zincrby zinter zintercard zinterstore zlexcount zmpop zmscore
    zpopmax zpopmin zrandmember zrange zrangebylex zrangebyscore zrangestore zrank zrem zremrangebylex
    zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscore zunion
    zunionstore
"""
DIRECT_COMMANDS: Final = frozenset(_DIRECT.split())
"""Commands that depend on the data alone. What blocks, subscribes, scripts, administers or belongs to one connection
(SELECT, AUTH, MULTI, CLIENT, …) is not here."""

__all__ = ["DIRECT_COMMANDS", "SUPPORTED_COMMANDS", "Command", "commands_of"]

_KEPT_PLANS: Final = 32
_REMOVE_KEYS: Final = frozenset({"DEL", "UNLINK"})
_Plan = tuple[list[tuple[int, Any, Any]], list[tuple[int, Any, Any]]]


class Command:
    """A command of one kind and version of server, ready to run.

    Attributes:
        name: its name in capitals.
        quick: does it in the usual case, where there is such a way; what is said of `run` is true of it as well.
    """

    __slots__ = ("_function", "_keeps_empty", "_plans", "_removes_keys", "_signature", "_version", "name", "quick")

    def __init__(self, signature: Any, function: Any, version: tuple[int, ...]) -> None:
        self.name: str = signature.name.upper()
        self._signature = signature
        self._function = function
        self._version = version
        self._keeps_empty = texts.FLAG_LEAVE_EMPTY_VAL in signature.flags
        self._removes_keys = self.name in _REMOVE_KEYS
        self._plans: dict[int, _Plan] = {}
        self.quick = QUICK.get(self.name)

    def refusal(self, arguments: list[bytes]) -> SimpleError | None:
        """The raw error with which the server would not even queue the command in a transaction; None if it would."""
        try:
            self._plan(len(arguments))
        except SimpleError as error:
            return error
        return None

    def run_plain(self, socket: Any, arguments: list[bytes]) -> Any:
        """Run on `socket`, the server's lock being held, by fakeredis' own routine; the raw reply or error."""
        return socket._run_command(MethodType(self._function, socket), self._signature, arguments, False)

    def run(self, socket: Any, arguments: list[Any]) -> Any:
        """What `run_plain` does, in about half the time, on a RESP3 socket of a server of the kind redis.

        `arguments` is used up. Of fakeredis' routine it leaves out what can have no effect here: notifying
        subscribers (there must be none), conversion to RESP2, dragonfly, scripts, checks of the reply's type.
        """
        items: list[Any] = []
        try:
            conversions, keys = self._plans.get(len(arguments)) or self._plan(len(arguments))
            database = socket._db
            if self._removes_keys:  # most of a workspace's keys were never there
                arguments = [key for key in arguments if key in database._dict]
                keys = keys[: len(arguments)]
            for index, decode, missing_return in conversions:
                if decode is not None:
                    arguments[index] = decode(arguments[index])
                elif arguments[index] not in database:
                    return missing_return
            for index, kind, default in keys:
                item = _item(database, arguments[index], kind, default)
                items.append(item)
                arguments[index] = item
            reply = self._function(socket, *arguments)
        except SimpleError as error:
            reply = error
        for item in items:
            if item._modified or item._expireat_modified:
                _write_back(item, keeps_empty=self._keeps_empty)
        if socket._subkey_events:
            socket._subkey_notifications(items)
        return reply

    def _plan(self, count: int) -> _Plan:
        """How to read `count` arguments, as `Signature.apply` does: what is converted or must exist, in order; then
        what is looked up. Raises SimpleError when the command does not take that many.
        """
        plan = self._plans.get(count)
        if plan is not None:
            return plan
        signature = self._signature
        signature.check_arity([b""] * count, self._version)
        types = list(signature.fixed)
        types += [signature.repeat[index % len(signature.repeat)] for index in range(count - len(types))]
        creates = texts.FLAG_DO_NOT_CREATE not in signature.flags
        plan = ([], [])
        for index, kind in enumerate(types):
            if isinstance(kind, Key):
                if kind.missing_return is not Key.UNSPECIFIED:
                    plan[0].append((index, None, kind.missing_return))
                plan[1].append((index, kind.type_, kind.type_ if creates and kind.type_ is not bytes else None))
            elif kind is not bytes:
                plan[0].append((index, kind.decode, None))
        if count <= _KEPT_PLANS:
            self._plans[count] = plan
        return plan


@lru_cache(maxsize=8)
def commands_of(socket_class: Hashable, server_type: str, version: tuple[int, ...]) -> dict[str, Command]:
    """The direct commands that such a server has, by name in small letters and in capitals."""
    commands = {}
    for name in DIRECT_COMMANDS:
        signature = SUPPORTED_COMMANDS.get(name)
        if signature is not None and server_type in signature.server_types:
            command = Command(signature, getattr(socket_class, signature.func_name), version)
            commands[name] = commands[name.upper()] = command
    return commands


def _item(database: Any, key: bytes, kind: Any, default: Any) -> CommandItem:
    stored = database._dict.get(key)
    if stored is not None and stored.expireat is not None:
        stored = database.get(key)  # None when it has expired
    if stored is None:
        return CommandItem(key, database, default=default() if default is not None else None)
    if kind is not None and type(stored.value) is not kind:
        raise SimpleError(texts.WRONGTYPE_MSG)
    return CommandItem(key, database, stored)


def _write_back(item: Any, *, keeps_empty: bool) -> None:
    """`CommandItem.writeback`, shorter for a key that was there, stays there and does not expire."""
    database = item.db
    stored = database._dict.get(item.key)
    value = item._value
    stays = bool(value) or type(value) is bytes
    if stored is None or not stays or item._expireat is not None or not item._modified:
        item.writeback(remove_empty_val=not keeps_empty)
        return
    database.notify_watch(item.key)
    stored.value = value
    stored.expireat = None

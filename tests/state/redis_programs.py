"""Random programs of Redis commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

KEYS = ("a", "b", "c", "ключ")
FIELDS = ("f", "g", "é", "")
FLOATS = (0.5, -2.75, 1000.0, 0.0)
MEMBERS = ("m", "n", "o", "ö", "10")
SCORES = (-1, 0, 0, 1, 1, 2, 0.5, "inf", "-inf", 1_773_355_229_174 * 4096)


@dataclass(frozen=True)
class Call:
    """A command: the name of redis-py's method and its arguments."""

    method: str
    args: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pipe:
    """A pipeline without watching."""

    calls: Sequence[Call]
    transaction: bool
    raise_on_error: bool


@dataclass(frozen=True)
class Watch:
    """A pipeline that watches keys, looks, is interfered with, and executes, or ends in another way."""

    keys: Sequence[str]
    looks: Sequence[Call]
    interferer: Literal["nobody", "itself", "client", "other"]
    interference: Call
    looks_after: Sequence[Call]
    multi: bool
    calls: Sequence[Call]
    transaction: bool
    raise_on_error: bool
    end: Literal["execute", "unwatch", "reset"]


Step = Call | Pipe | Watch

_key = st.sampled_from(KEYS)
_field = st.sampled_from(FIELDS)
_member = st.sampled_from(MEMBERS)
_integer = st.integers(-3, 3)
_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_value = st.one_of(
    _text,
    _integer,
    st.sampled_from(["10", "-1", "1.5", "abc", b"\x00\r\n$1\r\n", "ß".encode(), bytearray(b"b"), 2**40, *FLOATS]),
)
_bad = st.sampled_from([None, True, object, {"a": 1}, "\ud800"])
_any = st.one_of(_key, _field, _value, st.sampled_from(["(1", "[m", "-", "+", "+inf", "WITHSCORES", "NX", "LIMIT"]))
_flag = st.booleans()
_scores = st.dictionaries(_member, st.sampled_from(SCORES), max_size=5)
_limit = st.sampled_from(["-inf", "+inf", "0", "(0", "1", "(1", "2", "x"])


def _call(method: str, *args: st.SearchStrategy[Any], **options: st.SearchStrategy[Any]) -> st.SearchStrategy[Call]:
    """A call of `method`; each option is left out half of the time."""
    return st.builds(Call, st.just(method), st.tuples(*args), st.fixed_dictionaries({}, optional=options))


def _many(method: str, *args: st.SearchStrategy[Any], each: st.SearchStrategy[Any]) -> st.SearchStrategy[Call]:
    """A call of `method` with `args` and up to three of `each` behind them."""
    rest = st.lists(each, max_size=3)
    return st.builds(lambda first, more: Call(method, (*first, *more)), st.tuples(*args), rest)


def _raw(names: Sequence[Any]) -> st.SearchStrategy[Call]:
    return st.builds(lambda name, args: Call("execute_command", (name, *args)), st.sampled_from(names), st.lists(_any))


_strings = [
    _call("get", _key),
    _call("set", _key, _value),
    _call("set", _key, _value, nx=_flag, xx=_flag, get=_flag, keepttl=_flag),
    _call("set", _key, _bad),
    _call("getset", _key, _value),
    _call("getdel", _key),
    _call("strlen", _key),
    _call("append", _key, _text),
    _call("setnx", _key, _value),
    _call("incr", _key),
    _call("decr", _key, _integer),
    _call("incrby", _key, st.one_of(_integer, _value)),
    _call("incrbyfloat", _key, st.sampled_from(FLOATS)),
    _call("mget", st.lists(_key, max_size=3)),
    _call("mset", st.dictionaries(_key, _value, max_size=3)),
    _call("msetnx", st.dictionaries(_key, _value, max_size=3)),
]
_hashes = [
    _call("hget", _key, _field),
    _call("hset", _key, _field, _value),
    _call("hset", _key, mapping=st.dictionaries(_field, _value, max_size=3)),
    _call("hset", _key, _field, _bad),
    _call("hsetnx", _key, _field, _value),
    _call("hmget", _key, st.lists(_field, max_size=3)),
    _call("hgetall", _key),
    _many("hdel", _key, each=_field),
    _call("hexists", _key, _field),
    _call("hkeys", _key),
    _call("hvals", _key),
    _call("hlen", _key),
    _call("hstrlen", _key, _field),
    _call("hincrby", _key, _field, _integer),
]
_lists = [
    _many("lpush", _key, each=_value),
    _many("rpush", _key, each=_value),
    _many("lpushx", _key, each=_value),
    _call("lpop", _key),
    _call("rpop", _key, _integer),
    _call("lrange", _key, _integer, _integer),
    _call("llen", _key),
    _call("lindex", _key, _integer),
    _call("linsert", _key, st.sampled_from(["before", "AFTER"]), _value, _value),
    _call("lrem", _key, _integer, _value),
    _call("lset", _key, _integer, _value),
    _call("ltrim", _key, _integer, _integer),
    _call("lmove", _key, _key, st.sampled_from(["LEFT", "RIGHT"]), st.sampled_from(["LEFT", "RIGHT"])),
    _call("rpoplpush", _key, _key),
    _call("lpos", _key, _value),
]
_sets = [
    _many("sadd", _key, each=_member),
    _many("srem", _key, each=_member),
    _call("smembers", _key),
    _call("sismember", _key, _member),
    _call("smismember", _key, st.lists(_member, min_size=1, max_size=3)),
    _call("scard", _key),
    _many("sinter", _key, each=_key),
    _many("sunion", _key, each=_key),
    _many("sdiff", _key, each=_key),
    _call("smove", _key, _key, _member),
]
_sorted_sets = [
    _call("zadd", _key, _scores),
    _call("zadd", _key, _scores, nx=_flag, xx=_flag, gt=_flag, lt=_flag, ch=_flag, incr=_flag),
    _many("zrem", _key, each=_member),
    _call("zrange", _key, _integer, _integer, desc=_flag, withscores=_flag),
    _call("zrevrange", _key, _integer, _integer, withscores=_flag),
    _call("zrangebyscore", _key, _limit, _limit, withscores=_flag),
    _call("zrangebyscore", _key, _limit, _limit, start=_integer, num=_integer),
    _call("zrevrangebyscore", _key, _limit, _limit, withscores=_flag),
    _call("zcard", _key),
    _call("zcount", _key, _limit, _limit),
    _call("zscore", _key, _member),
    _call("zmscore", _key, st.lists(_member, min_size=1, max_size=3)),
    _call("zrank", _key, _member),
    _call("zrevrank", _key, _member),
    _call("zincrby", _key, st.sampled_from(FLOATS), _member),
    _call("zpopmin", _key),
    _call("zpopmax", _key, st.integers(0, 3)),
    _call("zremrangebyrank", _key, _integer, _integer),
    _call("zremrangebyscore", _key, _limit, _limit),
]
_streams = [
    _call("xadd", _key, st.dictionaries(_field, _text, max_size=2), st.sampled_from(["1-0", "2-0", "3-1", "x"])),
    _call("xlen", _key),
    _call("xrange", _key),
    _call("xrevrange", _key, count=st.integers(1, 2)),
    _many("xdel", _key, st.just("1-0"), each=st.sampled_from(["2-0", "1-0"])),
    _call("xtrim", _key, maxlen=st.integers(0, 2), approximate=st.just(False)),
]
_generic = [
    _many("delete", each=_key),
    _many("unlink", _key, each=_key),
    _many("exists", each=_key),
    _call("type", _key),
    _call("dbsize"),
    _call("keys", st.sampled_from(["*", "a", "[ab]", "ключ", "nothing"])),
    _call("rename", _key, _key),
    _call("renamenx", _key, _key),
    _call("expire", _key, st.just(1000)),
    _call("ttl", _key),
    _call("persist", _key),
    _call("echo", _value),
    _call("sort", _key, alpha=st.just(True), desc=_flag),
    _call("flushdb"),
]
_bad_arguments = [
    _raw(["GET", "get", "Get", b"GET", "SET", "INCRBY", "DEL", "MSET", "TYPE"]),
    _raw(["HSET", "HGET", "hmget", "HINCRBY", "LPUSH", "LRANGE", "LSET", "SADD", "SINTERCARD", "XRANGE"]),
    _raw(["ZADD", "zadd", "ZRANGE", "ZRANGEBYSCORE", "ZREM", "ZPOPMIN", "ZCOUNT", "NOSUCHCOMMAND", "ECHO"]),
]
_scans = [
    _call("scan_iter", match=st.sampled_from(["*", "a*", "nothing"]), count=st.integers(1, 3)),
    _call("hscan_iter", _key),
    _call("sscan_iter", _key),
    _call("zscan_iter", _key),
    _call("getrange", _key, _integer, _integer),
]
# Commands that fakeredis and Redis answer differently in detail: two mistakes at once, numbers beyond doubles, members
# in the order of their bytes, expiry at once within a transaction, an empty result stored over nothing (to fakeredis a
# change), copies (fakeredis lets them share the value).
_quirks = [
    _call("zunionstore", _key, st.lists(_key, min_size=1, max_size=2), aggregate=st.sampled_from(["MIN", "MAX"])),
    _call("zinterstore", _key, st.lists(_key, min_size=1, max_size=2)),
    _many("sinterstore", _key, each=_key),
    _many("sunionstore", _key, each=_key),
    _many("sdiffstore", _key, each=_key),
    _call("expire", _key, st.sampled_from([0, -1])),
    _call("hincrbyfloat", _key, _field, st.sampled_from(FLOATS)),
    _call("incrby", _key, st.just(2**63 - 1)),
    _call("hincrby", _key, _field, st.just(2**63 - 1)),
    _call("xdel", _key),
    _call("linsert", _key, st.just("x"), _value, _value),
    _call("zrange", _key, _limit, _limit, byscore=st.just(True), desc=_flag, withscores=_flag),
    _call("copy", _key, _key, replace=_flag),
    _call("zrangebylex", _key, st.sampled_from(["-", "[m", "(m", "x"]), st.sampled_from(["+", "[o", "(o"])),
    _call("zlexcount", _key, st.sampled_from(["-", "[m", "(m", "x"]), st.sampled_from(["+", "[o", "(o"])),
]
_plain = [*_strings, *_hashes, *_lists, *_sets, *_sorted_sets, *_streams, *_generic]


def programs(*, with_quirks: bool) -> st.SearchStrategy[list[Step]]:
    """Random programs; with quirks, also commands to which fakeredis and Redis answer differently in detail."""
    stackable = st.one_of([*_plain, *_bad_arguments, *_quirks] if with_quirks else _plain)
    alone = st.one_of(stackable, *_scans)
    calls = st.lists(stackable, max_size=4)
    pipes = st.builds(Pipe, calls, transaction=_flag, raise_on_error=_flag)
    watches = st.builds(
        Watch,
        st.lists(_key, max_size=2),
        calls,
        st.sampled_from(["nobody", "itself", "client", "other"]),
        stackable,
        calls,
        _flag,
        calls,
        _flag,
        _flag,
        st.sampled_from(["execute", "execute", "execute", "unwatch", "reset"]),
    )
    return st.lists(st.one_of(alone, alone, pipes, watches), max_size=12)

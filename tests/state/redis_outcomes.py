"""Runs programs of Redis commands on two clients, to see that they cannot be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.state.redis_programs import Call, Pipe, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from redis import Redis

    from tests.state.redis_programs import Step

UNORDERED = frozenset(["keys", "hkeys", "hvals"])


def outcomes(client: Redis, other: Redis, program: Iterable[Step], *, ordered: bool = True) -> list[Any]:
    """What a program answers on `client`; `other` is another client of the same server, which interferes."""
    seen: list[Any] = []
    for step in program:
        match step:
            case Call():
                seen.append(_outcome(client, step, ordered=ordered))
            case Pipe():
                seen.append(_piped(client, step, ordered=ordered))
            case Watch():
                seen.append(_watched(client, other, step, ordered=ordered))
    return seen


def dump(client: Redis) -> dict[Any, Any]:
    """Everything the server holds, by key."""
    readers: dict[str, Callable[[Any], Any]] = {
        "string": client.get,
        "hash": client.hgetall,
        "list": lambda key: client.lrange(key, 0, -1),
        "set": client.smembers,
        "zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        "stream": client.xrange,
    }
    keys: Any = client.keys()
    kinds = {key: _as_text(client.type(key)) for key in keys}
    return {key: (kind, shape(readers[kind](key)), client.ttl(key)) for key, kind in kinds.items()}


def shape(value: Any) -> Any:
    """A value with its types, errors with their texts, so that equal means indistinguishable."""
    match value:
        case BaseException():
            return (type(value).__name__, str(value))
        case list() | tuple():
            return (type(value).__name__, [shape(item) for item in value])
        case set():
            return ("set", sorted(map(repr, value)))
        case dict():
            return ("dict", sorted((repr(key), repr(shape(item))) for key, item in value.items()))
        case _:
            return (type(value).__name__, repr(value))


def _as_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _outcome(client: Redis, call: Call, *, ordered: bool) -> Any:
    try:
        value = getattr(client, call.method)(*call.args, **call.options)
        if call.method.endswith("_iter"):
            value = list(value)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other client must raise the same
        return shape(error)
    if isinstance(value, list) and (call.method.endswith("_iter") or (not ordered and call.method in UNORDERED)):
        value = sorted(value, key=repr)
    return shape(value)


def _stack(pipe: Any, calls: Iterable[Call]) -> list[Any]:
    """Stack the calls; how redis-py itself took it, since some arguments it refuses at once."""
    taken = []
    for call in calls:
        try:
            taken.append(getattr(pipe, call.method)(*call.args, **call.options) is pipe)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
            taken.append(shape(error))
    return taken


def _executed(pipe: Any, raise_on_error: bool, *, ordered: bool) -> Any:
    methods = [args[0] for args, _ in pipe.command_stack]
    try:
        replies = pipe.execute(raise_on_error)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return shape(error)
    if not ordered:
        loose = {name.upper() for name in UNORDERED}
        pairs = zip(methods, replies, strict=True)
        replies = [sorted(reply) if name in loose and isinstance(reply, list) else reply for name, reply in pairs]
    return shape(replies)


def _piped(client: Redis, step: Pipe, *, ordered: bool) -> Any:
    pipe = client.pipeline(transaction=step.transaction)
    taken = _stack(pipe, step.calls)
    return taken, _executed(pipe, step.raise_on_error, ordered=ordered), len(pipe), pipe.watching


def _watched(client: Redis, other: Redis, step: Watch, *, ordered: bool) -> Any:
    seen: list[Any] = []
    pipe = client.pipeline(transaction=step.transaction)
    seen.append(_outcome(pipe, Call("watch", tuple(step.keys)), ordered=ordered))
    seen += [_outcome(pipe, call, ordered=ordered) for call in step.looks] if pipe.watching else []
    interferers = {"itself": pipe, "client": client, "other": other}
    if step.interferer in interferers and (step.interferer != "itself" or pipe.watching):
        seen.append(_outcome(interferers[step.interferer], step.interference, ordered=ordered))
    seen += [_outcome(pipe, call, ordered=ordered) for call in step.looks_after] if pipe.watching else []
    if step.end == "unwatch":
        seen.append(_outcome(pipe, Call("unwatch"), ordered=ordered))
    if step.multi:
        seen.append(_outcome(pipe, Call("multi"), ordered=ordered))
    if step.multi or not pipe.watching:
        seen.append(_stack(pipe, step.calls))
    if step.end in {"execute", "unwatch"}:
        seen.append(_executed(pipe, step.raise_on_error, ordered=ordered))
    if step.end == "reset":
        pipe.reset()
    return [*seen, len(pipe), pipe.watching, pipe.explicit_transaction]

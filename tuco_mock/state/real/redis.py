"""A real Redis: opened, checked, and shared by several installations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError
from redis.exceptions import ConnectionError as NotConnected
from redis.retry import Retry

from tuco_mock.state.away import first_line
from tuco_mock.state.engines import UnusableEngine
from tuco_mock.state.real.keys import with_prefix

if TYPE_CHECKING:
    from collections.abc import Mapping

OLDEST = (6, 2)
"""The oldest version of Redis that is used: the first with ZMSCORE."""

STARTING = "tuco:starting"
"""The Redis key of the lock of who starts: it stays when all else is forgotten, for it is being held then."""

_OPTIONS: Mapping[str, Any] = {"socket_timeout": 20.0, "socket_connect_timeout": 3.0}
"""How long is waited, unless the address says otherwise: a server that is gone is told of soon."""


_PATIENCE = 3.0
"""How long it may take until a channel is heard, in seconds."""

_CHUNK = 1_000


class SharedRedis(Redis):
    """A client that puts a prefix before the keys of all commands.

    Attributes:
        prefix: what stands before our keys.
    """

    prefix = ""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run a command, its keys below the prefix."""
        return super().execute_command(*with_prefix(self.prefix, args), **options)  # type: ignore[no-untyped-call] # as redis-py has it

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> SharedPipeline:
        """A pipeline of commands, their keys below the prefix."""
        pipe = SharedPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        pipe.prefix = self.prefix
        return pipe

    def forget(self) -> None:
        """Remove all keys that are ours: what begins with ``tuco:``, and the queues of the workspaces among them."""
        plain = Redis(connection_pool=self.connection_pool)
        ours = f"{self.prefix}tuco:"
        queues = set()
        for key in plain.scan_iter(f"{_literal(ours)}*", count=_CHUNK):
            if key == self.prefix + STARTING:
                continue
            if key.startswith(ours + "workspace:"):
                queues.add(f"{self.prefix}bull:messages-{key.removeprefix(ours + 'workspace:')}:")
            plain.unlink(key)
        if queues:
            for key in plain.scan_iter(f"{_literal(self.prefix)}bull:messages-*", count=_CHUNK):
                if key[: key.rindex(":") + 1] in queues:
                    plain.unlink(key)


class SharedPipeline(Pipeline):
    """A pipeline that puts a prefix before the keys of all commands.

    Attributes:
        prefix: what stands before our keys.
    """

    prefix = ""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Queue a command, or run it while keys are watched, its keys below the prefix."""
        return super().execute_command(*with_prefix(self.prefix, args), **options)  # type: ignore[no-untyped-call] # as redis-py has it


def open_redis(url: str, namespace: str, connections: int) -> tuple[SharedRedis, str]:
    """The queue engine at an address, and what it is for people.

    Nothing is tried again of itself: a command whose answer was lost may have been carried out, and must not be twice.

    Raises:
        UnusableEngine: it can't be reached, is too old, or may not be used by who we are there.
    """
    where = f"Redis at {place_of(url)}"
    database = urlsplit(url).path.strip("/")
    if urlsplit(url).scheme in {"redis", "rediss"} and database and not database.isdecimal():
        raise UnusableEngine(f"--redis-url ends with a database's number, not with {database!r}")
    given = {name.partition("=")[0] for name in urlsplit(url).query.split("&")}
    options = {name: value for name, value in _OPTIONS.items() if name not in given}
    try:
        opened = SharedRedis.from_url(
            url, decode_responses=True, retry=Retry(NoBackoff(), 0), max_connections=2 * connections, **options
        )
        client = cast("SharedRedis", opened)
    except ValueError as error:
        raise UnusableEngine(f"--redis-url is no address of a Redis: {first_line(error)}") from error
    client.prefix = f"{namespace}:" if namespace else ""
    try:
        version = str(client.info("server")["redis_version"])
        _is_new_enough(where, version)
        _try(client)
    except UnusableEngine:
        client.close()
        raise
    except (RedisError, OSError) as error:
        client.close()
        raise UnusableEngine(f"{where} {_why(error)}") from error
    return client, f"{where}, version {version}"


def place_of(url: str) -> str:
    """Where an address leads, without the password in it and what else is for the client alone."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return (host + parts.path.rstrip("/") if host else parts.path) or "an unnamed host"


def _try(client: SharedRedis) -> None:
    """Do once what will be done all the time: with fewer rights the first call would meet the refusal."""
    name = f"tuco:trial:{uuid4().hex}"
    pipe = client.pipeline(transaction=True)
    pipe.hset(name, "field", "1")
    pipe.zadd(f"{name}:z", {"member": 1})
    pipe.rpush(f"{name}:l", "element")
    pipe.sadd(f"{name}:s", "member")
    pipe.unlink(name, *(f"{name}:{kind}" for kind in "zls"))
    pipe.execute()
    client.register_script("return redis.call('EXISTS', KEYS[1])")(keys=[name])
    key = f"bull:messages-{name}"
    client.hset(key, "field", "1")
    client.delete(key)
    client.publish("tuco:rings", f"{name} trial ")
    with client.pubsub() as ears:  # type: ignore[no-untyped-call] # as redis-py has it
        ears.subscribe(f"{client.prefix}tuco:rings")
        ears.get_message(timeout=_PATIENCE)


def _literal(text: str) -> str:
    """A text as a pattern that it alone matches."""
    return "".join(f"\\{each}" if each in "*?[]\\^" else each for each in text)


def _why(error: Exception) -> str:
    text = first_line(error)
    if isinstance(error, AuthenticationError | NoPermissionError):
        return f"does not let us do what is needed: {text}"
    if isinstance(error, NotConnected):
        return f"refuses connections: {text}" if "refused" in text else f"does not answer: {text}"
    if isinstance(error, ResponseError):
        return f"can't be used: {text}"
    return f"does not answer: {text}"


def _is_new_enough(where: str, version: str) -> None:
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    if numbers < OLDEST:
        raise UnusableEngine(f"{where} is version {version}; {'.'.join(map(str, OLDEST))} or newer is needed")


def lost(engine: str) -> str:
    """What is said of an engine that has nothing any more of a server."""
    return f"{engine} has lost what it held; start tuco-mock again with --fresh"

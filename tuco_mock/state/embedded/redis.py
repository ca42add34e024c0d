"""The embedded Redis engine: fakeredis with redis-py's API, without the protocol in between."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import fakeredis

try:
    from tuco_mock.state.embedded.redis_executor import DirectExecutor
    from tuco_mock.state.embedded.redis_pipeline import EmbeddedPipeline, apply_callback

    _IS_SUPPORTED = True
except ImportError:  # another fakeredis, where something private has moved: all goes the ordinary way
    _IS_SUPPORTED = False

from tuco_mock.state.embedded.scripts import TWINS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis import Redis
    from redis.client import Pipeline


def open_redis() -> Redis:
    """An empty embedded Redis of its own, answering in text (`decode_responses=True`)."""
    return EmbeddedRedis(server=fakeredis.FakeServer(), decode_responses=True)


class EmbeddedRedis(fakeredis.FakeRedis):
    """A `fakeredis.FakeRedis` that runs ordinary commands directly on the server, ten times as fast.

    Results, types and errors are fakeredis' and redis-py's: redis.ResponseError for a command that the server
    refuses, redis.DataError for an argument that has no encoding, redis.ConnectionError while the server is set
    unconnected. Safe to use from several threads. No connection is opened before the first command.

    Commands that block, subscribe, script, administer or concern one connection go through redis-py's pool as ever.
    So SELECT does not move the direct commands to another database: choose it with `db=`.
    """

    # Class defaults, since redis-py's finalizer calls close() even when __init__ failed half-way.
    _executor: DirectExecutor | None = None
    _is_supported = _IS_SUPPORTED
    _changing = threading.Lock()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._changing = threading.Lock()
        super().__init__(*args, **kwargs)

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run a command and return its reply as redis-py shapes it."""
        executor = self._executor or self._open()
        if executor is not None and self.connection is None:
            command = executor.find(args[0], options)
            if command is not None and executor.is_ready():
                reply = executor.call(command, args[1:])
                return apply_callback(self.response_callbacks, command.name, reply, options)
            if executor.is_dead():
                self._drop()
        return super().execute_command(*args, **options)  # type: ignore[no-untyped-call] # redis-py has none

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Pipeline:
        """A pipeline; its `execute` runs all commands in one piece, with a transaction or without."""
        executor = self._executor or self._open()
        if executor is None:
            return super().pipeline(transaction, shard_hint)
        callbacks = self.response_callbacks
        return EmbeddedPipeline(executor, self.connection_pool, callbacks, transaction, shard_hint)

    def register_script(self, script: Any) -> Any:
        """A script to call with `keys` and `args`; its Python twin where there is one, since there is no Lua here."""
        twin = TWINS.get(script)
        if twin is None:
            return super().register_script(script)

        def call(keys: Sequence[str] = (), args: Sequence[Any] = ()) -> Any:
            executor = self._executor or self._open()
            if executor is None or not executor.is_ready():
                return twin(self.execute_command, keys, args)
            return executor.call_together(twin, keys, args)

        return call

    def close(self) -> None:
        """Give up the connection; the next command takes a new one. The data stay with the server."""
        self._drop()
        super().close()

    def _open(self) -> DirectExecutor | None:
        if not self._is_supported:
            return None
        with self._changing:
            if self._executor is None:
                self._executor = DirectExecutor.open(self.connection_pool)
                self._is_supported = self._executor is not None
            return self._executor

    def _drop(self) -> None:
        with self._changing:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.close()

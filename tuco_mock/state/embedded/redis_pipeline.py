"""The pipeline of the embedded Redis: redis-py's, executed in one piece without the protocol in between.

Beyond redis-py's documented API it uses, as read in redis 8.1.0: `Pipeline.command_stack` (a list of arguments and
options), `scripts`, `watching`, `explicit_transaction`, `transaction`, `connection`, `annotate_exception`,
`raise_first_error`; and that `response_callbacks` is a dict with names in capitals.
"""

from __future__ import annotations

from typing import Any

from redis.client import Pipeline
from redis.exceptions import ResponseError, WatchError

from tuco_mock.state.embedded.redis_executor import Batch, DirectExecutor, Watcher


def apply_callback(callbacks: Any, name: str, reply: Any, options: dict[str, Any]) -> Any:
    """The reply as redis-py's response callback for the command `name` (in capitals) shapes it."""
    # Past the subclass of dict, which puts every key into capitals first; `name` already is.
    callback = dict.get(callbacks, name)
    if callback is None:
        return reply
    if "keys" in options:  # meant for redis-py's client-side cache, not for the callback
        options = {key: value for key, value in options.items() if key != "keys"}
    return callback(reply, **options)


class EmbeddedPipeline(Pipeline):
    """A `redis.client.Pipeline` that runs its commands under one hold of the server's lock.

    Everything seen from outside is redis-py's: stacking, `watch` and immediate commands, `multi`, `execute` with its
    errors, reset. A pipeline without a transaction is executed in one piece too.

    A command that cannot run directly goes through redis-py, and from then on the pipeline stays with redis-py until
    it is reset: its connection may hold state that only the ordinary way knows about.
    """

    _ordinary = True  # until __init__ is through, for the finalizer

    def __init__(self, executor: DirectExecutor, pool: Any, callbacks: Any, transaction: bool, shard_hint: Any) -> None:
        super().__init__(pool, callbacks, transaction, shard_hint)
        self._executor = executor
        self._watcher: Watcher | None = None
        self._ordinary = False

    def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        """Run a command at once: WATCH, and what follows it up to `multi`. Raises as `EmbeddedRedis` does."""
        if not self._ordinary and self._executor.is_ready():
            if args[0] == "WATCH" and len(args) > 1:
                return self._watch(args[1:], options)
            command = self._executor.find(args[0], options)
            if command is not None:
                reply = self._executor.call(command, args[1:])
                return apply_callback(self.response_callbacks, command.name, reply, options)
        self._leave_direct()
        return super().immediate_execute_command(*args, **options)  # type: ignore[no-untyped-call] # redis-py has none

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Run the stacked commands and return their replies in order; the pipeline is reset afterwards.

        Raises redis.WatchError when a watched key was touched, and the first redis.ResponseError unless
        `raise_on_error` is False. A transaction with a command that the server would not even queue raises that
        error in either case and runs nothing.
        """
        if not self.command_stack and not self.watching:
            return []
        try:
            batch = self._batch()
            if batch is None:
                self._leave_direct()
                replies: list[Any] = super().execute(raise_on_error)
                return replies
            # `transaction` is the constructor's flag here, though the client class has a method of that name.
            if bool(self.transaction) or self.explicit_transaction:
                return self._transact(batch, raise_on_error)
            return self._run(batch, raise_on_error)
        finally:
            self.reset()

    def reset(self) -> None:  # type: ignore[override] # as redis-py's own pipeline does
        """Forget the stacked commands and the watched keys."""
        if self._ordinary:
            self._ordinary = False
            super().reset()
            return
        self.command_stack = []
        self.scripts = set()
        self.watching = False
        self.explicit_transaction = False
        watcher = self._watcher
        if watcher is not None:
            self._watcher = None
            if watcher.keys:
                self._executor.unwatch(watcher)

    def __del__(self) -> None:
        # A collection may run while this very thread holds the server's lock, which reset() would then wait for: so
        # nothing here waits. What is left of a watch when the lock cannot be had, fakeredis' weak references see to.
        connection = getattr(self, "connection", None)  # not there when __init__ failed
        if connection is not None:
            if self.watching:
                connection.disconnect()
            self.connection_pool.release(connection)
        elif not self._ordinary and self._watcher is not None:
            self._executor.unwatch(self._watcher, wait=False)

    def _watch(self, names: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if self._watcher is None:
            self._watcher = Watcher()
        self._executor.watch(self._watcher, names)
        self.watching = True
        return apply_callback(self.response_callbacks, "WATCH", "OK", options)

    def _leave_direct(self) -> None:
        if self._ordinary:
            return
        if self._watcher is not None:
            self.connection = self._executor.hand_over(self._watcher)
            self._watcher = None
        self._ordinary = True

    def _batch(self) -> Batch | None:
        """The stacked commands, encoded; None when they must go the ordinary way."""
        executor = self._executor
        if self._ordinary or self.scripts or not executor.is_ready():
            return None
        batch: Batch = []
        for args, options in self.command_stack:
            command = executor.find(args[0], options)
            if command is None:
                return None
            batch.append((command, executor.encode(args[1:])))
        return batch

    def _transact(self, batch: Batch, raise_on_error: bool) -> list[Any]:
        stack = self.command_stack
        refused = self._executor.refused(batch)
        if refused is not None:
            position, error = refused
            self.annotate_exception(error, position + 1, stack[position][0])  # type: ignore[no-untyped-call] # redis-py has none
            raise error
        replies = self._executor.call_transaction(batch, self._watcher)
        if replies is None:
            raise WatchError("Watched variable changed.")
        if raise_on_error:
            self.raise_first_error(stack, replies)  # type: ignore[no-untyped-call] # redis-py has none
        callbacks = self.response_callbacks
        for position, (command, _) in enumerate(batch):
            reply = replies[position]
            if not isinstance(reply, Exception):
                replies[position] = apply_callback(callbacks, command.name, reply, stack[position][1])
        return replies

    def _run(self, batch: Batch, raise_on_error: bool) -> list[Any]:
        stack = self.command_stack
        replies = self._executor.call_batch(batch)
        callbacks = self.response_callbacks
        for position, (command, _) in enumerate(batch):
            reply = replies[position]
            if not isinstance(reply, Exception):
                try:
                    replies[position] = apply_callback(callbacks, command.name, reply, stack[position][1])
                except ResponseError as error:  # redis-py takes it for the command's reply
                    replies[position] = error
        if raise_on_error:
            self.raise_first_error(stack, replies)  # type: ignore[no-untyped-call] # redis-py has none
        return replies

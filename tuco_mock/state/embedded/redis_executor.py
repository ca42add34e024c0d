"""Executes Redis commands on a fakeredis server without the protocol in between.

A fakeredis client encodes each command to RESP, writes it to a fake socket, parses it back, queues the reply and
reads it: about 80 us for a GET of which 3 us are the command. `DirectExecutor` takes one fake socket of the client's
own connection pool and calls the commands on it, holding the server's lock exactly as the socket itself does.

Private parts used, as read in fakeredis 2.40.0 and redis 8.1.0 (redis_commands.py lists those of the commands, and
redis_pipeline.py those of redis-py's pipeline):

- a connection: `get_socket`, `encoder`, `_decode`;
- a socket: `_server`, `_db`, `_killed`, `_client_info`, `current_user`, `_decode_result`, `_watches`,
  `_watch_notified`; `_helpers.SimpleString`;
- a server: `lock`, `dbs`, `version`, `server_type`, `connected`, `closed_sockets`, `subscribers`, `psubscribers`,
  `acl._user_acl` (`enabled`, `unrestricted`);
- a database: `time`, `add_watch`, `remove_watch`; it calls `notify_watch` of whatever watches a key.

When one of them is missing, `DirectExecutor.open` answers None and the client keeps to the ordinary way. When all
are there but the release is not the one that was read, each command runs through fakeredis' own routine.
"""
# ruff: noqa: SLF001 - with redis_commands.py, redis_quick.py and redis_private.py one of the four that may

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import fakeredis
from fakeredis._helpers import SimpleString
from redis.client import EMPTY_RESPONSE, NEVER_DECODE

from tuco_mock.state.embedded.redis_commands import Command, commands_of
from tuco_mock.state.embedded.redis_private import is_supported
from tuco_mock.state.embedded.redis_quick import DECLINED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from redis import ConnectionPool

READ_RELEASE: Final = "2.40."
"""The fakeredis release whose `_run_command` is the model of `Command.run`."""

Batch = list[tuple[Command, list[bytes]]]
"""Commands with their encoded arguments."""


class Watcher:
    """What watches keys for a pipeline; `touched` once one of them was written."""

    __slots__ = ("__weakref__", "keys", "touched")

    def __init__(self) -> None:
        self.keys: set[bytes] = set()
        self.touched = False

    def notify_watch(self) -> None:
        """Called by fakeredis, the lock being held."""
        self.touched = True


class DirectExecutor:
    """Executes commands for one client, on one fake socket, from any thread."""

    def __init__(self, pool: Any, connection: Any) -> None:
        socket = connection.get_socket()
        self._pool = pool
        self._connection = connection
        self._socket = socket
        self._database = socket._db
        self._server = socket._server
        self._user = socket.current_user
        self._closed = False
        self._encode_value = connection.encoder.encode
        self._is_utf8 = _is_utf8(connection.encoder)
        self._fast = (
            fakeredis.__version__.startswith(READ_RELEASE)
            and self._server.server_type == "redis"
            and socket._client_info.protocol_version == 3
        )
        socket_class: Any = type(socket)
        self._commands = commands_of(socket_class, self._server.server_type, self._server.version)

    @classmethod
    def open(cls, pool: ConnectionPool) -> DirectExecutor | None:
        """Take a connection out of `pool` and execute on it; None when its libraries are not as expected."""
        connection = pool.get_connection()
        if is_supported(connection):
            return cls(pool, connection)
        pool.release(connection)
        return None

    def close(self) -> None:
        """Give the connection back to the pool. Never ready again; a pipeline goes on the ordinary way."""
        if self.is_dead():
            self._connection.disconnect()
        self._closed = True
        self._pool.release(self._connection)

    def is_dead(self) -> bool:
        """Whether the socket was closed or killed, so that a new executor is needed."""
        return bool(self._socket._killed or self._socket._server is not self._server)

    def is_ready(self) -> bool:
        """Whether a command would simply run now.

        False when the ordinary way has something to do first: to refuse it (connection lost, access rules), or to
        clean up after sockets that were closed.
        """
        server = self._server
        socket = self._socket
        if server.closed_sockets or not server.connected or self._closed:
            return False
        if socket._killed or socket._server is not server:
            return False
        user = server.acl._user_acl.get(self._user)
        return user is None or bool(user.enabled and user.unrestricted())

    def find(self, name: Any, options: dict[str, Any]) -> Command | None:
        """The command that redis-py calls `name`; None if it must go the ordinary way."""
        if type(name) is not str or (options and (NEVER_DECODE in options or EMPTY_RESPONSE in options)):
            return None
        return self._commands.get(name)

    def encode(self, values: Iterable[Any]) -> list[bytes]:
        """The arguments as redis-py sends them. Raises redis.DataError for what has no encoding: None, bool, …"""
        if not self._is_utf8:
            return [bytes(self._encode_value(value)) for value in values]
        return [
            value.encode()
            if type(value) is str
            else value
            if type(value) is bytes
            else bytes(self._encode_value(value))
            for value in values
        ]

    def decode(self, reply: Any) -> Any:
        """A raw reply as the connection would hand it on; an error comes back as redis-py's, not raised."""
        kind = type(reply)
        if reply is None or kind is int:
            return reply
        if self._is_utf8:
            if kind is bytes:
                return reply.decode()
            if kind is list:
                return [item.decode() if type(item) is bytes else self.decode(item) for item in reply]
            if kind is dict:
                return {self.decode(key): self.decode(value) for key, value in reply.items()}
            if kind is SimpleString:
                return reply.value.decode()
        return self._connection._decode(self._socket._decode_result(reply))

    def call(self, command: Command, values: Iterable[Any]) -> Any:
        """Run one command and return its reply, before redis-py's response callback.

        Raises redis.ResponseError as redis-py does, and redis.DataError for an argument that has no encoding.
        """
        arguments = self.encode(values)
        with self._server.lock:
            self._set_time()
            raw = self._run(command, arguments)
        reply = self.decode(raw)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def call_batch(self, batch: Batch) -> list[Any]:
        """Run the commands in one piece and return their replies, errors among them as exceptions."""
        raw = []
        with self._server.lock:
            for command, arguments in batch:
                self._set_time()
                raw.append(self._run(command, arguments))
        return [self.decode(reply) for reply in raw]

    def call_transaction(self, batch: Batch, watcher: Watcher | None) -> list[Any] | None:
        """Like `call_batch`, at one moment; None, and nothing run, when a key was touched.

        Either way `watcher` watches nothing afterwards.
        """
        with self._server.lock:
            if watcher is not None:
                self._unwatch(watcher)
                if watcher.touched:
                    return None
            self._set_time()
            raw = [self._run(command, arguments) for command, arguments in batch]
        return [self.decode(reply) for reply in raw]

    def call_together(self, work: Callable[..., Any], *args: Any) -> Any:
        """Run what a script would: `work` is given a way to run commands, and nothing comes in between."""
        with self._server.lock:
            self._set_time()
            return work(self._call_within, *args)

    def _call_within(self, name: str, *values: Any) -> Any:
        """Run one command of a script, the lock being held."""
        raw = self._run(self._commands[name], self.encode(values))
        reply = raw if raw is None or type(raw) is int else self.decode(raw)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def refused(self, batch: Batch) -> tuple[int, Exception] | None:
        """The first command, by position, that the server would not queue in a transaction, and its error."""
        for position, (command, arguments) in enumerate(batch):
            error = command.refusal(arguments)
            if error is not None:
                return position, self.decode(error)
        return None

    def watch(self, watcher: Watcher, names: Iterable[Any]) -> None:
        """Let `watcher` watch the keys until `call_transaction`, `unwatch` or `hand_over`."""
        keys = self.encode(names)
        with self._server.lock:
            for key in keys:
                self._database.add_watch(key, watcher)
                watcher.keys.add(key)

    def unwatch(self, watcher: Watcher, *, wait: bool = True) -> None:
        """Let `watcher` watch nothing; without `wait`, only if nobody holds the lock, this thread included."""
        if self._server.lock.acquire(blocking=wait):
            try:
                self._unwatch(watcher)
            finally:
                self._server.lock.release()

    def hand_over(self, watcher: Watcher) -> Any:
        """A connection of the pool that watches from now on what `watcher` did, and knows what was touched."""
        connection = self._pool.get_connection()
        socket = connection.get_socket()
        with self._server.lock:
            for key in watcher.keys:
                socket._watches.add((key, self._database))
                self._database.add_watch(key, socket)
            socket._watch_notified = watcher.touched
            self._unwatch(watcher)
        return connection

    def _unwatch(self, watcher: Watcher) -> None:
        for key in watcher.keys:
            self._database.remove_watch(key, watcher)
        watcher.keys.clear()

    def _set_time(self) -> None:
        now = time.time()
        for database in self._server.dbs.values():
            database.time = now

    def _run(self, command: Command, arguments: list[bytes]) -> Any:
        """Run a command, the lock being held; its raw reply."""
        server = self._server
        if self._fast and not server.subscribers and not server.psubscribers:
            if command.quick is not None:
                reply = command.quick(self._socket._db, arguments)
                if reply is not DECLINED:
                    return reply
            return command.run(self._socket, arguments)
        return command.run_plain(self._socket, arguments)


def _is_utf8(encoder: Any) -> bool:
    settings = (encoder.encoding, encoder.encoding_errors, encoder.decode_responses)
    return settings == ("utf-8", "strict", True)

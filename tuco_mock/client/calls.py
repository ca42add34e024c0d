"""Calls on connections that are kept for the next one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tuco_mock.client.connection import Closed, Connection
from tuco_mock.client.errors import ServerUnreachable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


class Connections:
    """The connections to one server, shared by threads.

    Args:
        url: what the server is called in errors.
        address: its host and port.
        tls: None speaks without.
    """

    def __init__(self, url: str, address: tuple[str, int], tls: ssl.SSLContext | None) -> None:
        self.url = url
        self.idle: list[Connection] = []
        self._address = address
        self._tls = tls
        self._closed = False

    def kept(self) -> Connection | None:
        """An idle one, which is the caller's alone from now on."""
        try:
            return self.idle.pop()
        except IndexError:
            return None

    def opened(self, seconds: float) -> Connection:
        """A new one.

        Raises:
            OSError: there is nobody at the address.
        """
        return Connection(*self._address, self._tls, seconds)

    def done_with(self, connection: Connection, *, is_last: bool) -> None:
        """Keep one for the next call, unless it can't be used any more."""
        if self._closed or is_last:
            connection.close()
        else:
            self.idle.append(connection)

    def close(self) -> None:
        """Close what is idle now, and what is in use as soon as it isn't."""
        self._closed = True
        while (kept := self.kept()) is not None:
            kept.close()


class Call:
    """A call that is under way: on a kept connection, or a new one when there is none or the server has closed it.

    Args:
        connections: to the server.
        request: as it is on the wire.
        seconds: how long to wait for a connection, and for the answer.

    Raises:
        ServerUnreachable: nobody is there.
    """

    def __init__(self, connections: Connections, request: bytes, seconds: float) -> None:
        self._connections = connections
        self._request = request
        self._seconds = seconds
        with self._told():
            self._begin()

    def answer(self) -> tuple[int, bytes]:
        """Wait for the answer: its status and body.

        Raises:
            ServerUnreachable: there was none.
        """
        with self._told():
            while True:
                try:
                    with _closed_on_failure(self._connection):
                        answer = self._connection.answer()
                except Closed:
                    if self._is_new:
                        raise
                    self._begin()
                else:
                    self._connections.done_with(self._connection, is_last=answer.is_last)
                    return answer.status, answer.body

    def _begin(self) -> None:
        while (kept := self._connections.kept()) is not None:
            with contextlib.suppress(Closed):
                self._ask(kept, is_new=False)
                return
        self._ask(self._connections.opened(self._seconds), is_new=True)

    def _ask(self, connection: Connection, *, is_new: bool) -> None:
        with _closed_on_failure(connection):
            connection.ask(self._request, self._seconds)
        self._connection = connection
        self._is_new = is_new

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong on the network, in the words of this package."""
        try:
            yield
        except TimeoutError as error:
            raise ServerUnreachable(self._connections.url, f"no answer within {self._seconds:g} s") from error
        except OSError as error:
            raise ServerUnreachable(self._connections.url, str(error)) from error


@contextlib.contextmanager
def _closed_on_failure(connection: Connection) -> Iterator[None]:
    """Nothing can be read from a connection any more on which a call was given up."""
    try:
        yield
    except BaseException:
        connection.close()
        raise

"""One HTTP/1.1 connection to a control plane: a socket, and httptools to read what comes.

A test's fixture is two calls. The standard library's client takes longer for one than the server itself does, and httpx
five times as long. Besides, both are what tests like to fake, and the control plane has to be reached all the same.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NamedTuple

import httptools

if TYPE_CHECKING:
    import ssl

_CHUNK = 65536
_CLOSED = "the server closed the connection"


class Closed(ConnectionError):
    """The server closed the connection before a byte of the answer: it has not taken the call."""


class Garbled(OSError):
    """What came is no HTTP answer, or only a part of one."""


class Answer(NamedTuple):
    """What the server answered.

    Attributes:
        status: HTTP status.
        body: the content.
        is_last: whether the connection can't be used after it.
    """

    status: int
    body: bytes
    is_last: bool


class Connection:
    """A connection to a server.

    Raises:
        OSError: there is nobody at the address.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, seconds: float) -> None:
        opened = socket.create_connection((host, port), seconds)
        try:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = opened if tls is None else tls.wrap_socket(opened, server_hostname=host)
        except BaseException:
            opened.close()
            raise

    def ask(self, request: bytes, seconds: float) -> None:
        """Send a request as it is on the wire; the answer may take so many seconds between two of its parts.

        Raises:
            Closed: the server had closed the connection.
            OSError: the network fails.
        """
        self._socket.settimeout(seconds)
        try:
            self._socket.sendall(request)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Closed(_CLOSED) from error

    def answer(self) -> Answer:
        """Read the answer to what was asked.

        Raises:
            Closed: the server had closed the connection.
            Garbled: what came is no answer, or ends before the answer does.
            OSError: the network fails; TimeoutError when nothing comes for the seconds that were said.
        """
        reading = _Reading()
        parser = reading.parser
        try:
            data = self._socket.recv(_CHUNK)
        except ConnectionResetError as error:
            raise Closed(_CLOSED) from error
        if not data:
            raise Closed(_CLOSED)
        while data:
            try:
                parser.feed_data(data)
            except httptools.HttpParserError as error:
                raise Garbled(f"what answers speaks no HTTP/1.1: {error}") from error
            if reading.is_complete:
                return Answer(parser.get_status_code(), b"".join(reading.parts), reading.is_last)
            data = self._socket.recv(_CHUNK)
        raise Garbled("the answer broke off")

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class _Reading:
    """What the parser calls."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.parts: list[bytes] = []
        self.is_complete = False
        self.is_last = True

    def on_headers_complete(self) -> None:
        """The end of the head, from which on the parser knows whether the connection is kept."""
        self.is_last = not self.parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """A part of the content."""
        self.parts.append(body)

    def on_message_complete(self) -> None:
        """The end of the answer."""
        self.is_complete = True

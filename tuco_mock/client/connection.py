"""One HTTP/1.1 connection, with no more in it than the control plane needs.

A test's fixture is two calls. The standard library's client takes as long for one as the server itself does, and httpx
five times as long; httpx is there for the code under test.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl

_CHUNK = 65536
_LONGEST_HEAD = 65536


class Closed(ConnectionError):
    """The server closed the connection before a byte of the answer: it has not taken the call."""


class Garbled(OSError):
    """What came is no HTTP answer, or only a part of one."""


class Answer(NamedTuple):
    """What the server answered.

    Attributes:
        status: HTTP status.
        body: the content.
        is_last: whether the server closes the connection after it.
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
        self._left = b""

    def exchange(self, request: bytes, seconds: float) -> Answer:
        """Send a request as it is on the wire, and read the answer.

        Raises:
            Closed: the server had closed the connection.
            Garbled: what came is no answer.
            OSError: the network fails; TimeoutError when nothing comes for so many seconds.
        """
        self._socket.settimeout(seconds)
        try:
            self._socket.sendall(request)
            head = self._head()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Closed("the server closed the connection") from error
        version, status, fields = _parsed(head)
        is_last = version == b"HTTP/1.0" or b"close" in fields.get(b"connection", b"").lower()
        length = fields.get(b"content-length")
        if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
            body = self._chunks()
        elif length is not None:
            body = self._exactly(int(length))
        else:
            body, is_last = self._rest(), True
        return Answer(status, body, is_last)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _head(self) -> bytes:
        """What comes before the body, without the empty line at its end."""
        found, self._left = self._left, b""
        while (end := found.find(b"\r\n\r\n")) < 0:
            more = self._socket.recv(_CHUNK)
            if not more and not found:
                raise Closed("the server closed the connection")
            if not more or len(found) > _LONGEST_HEAD:
                raise Garbled("the answer broke off")
            found += more
        self._left = found[end + 4 :]
        return found[:end]

    def _exactly(self, length: int) -> bytes:
        """So many bytes."""
        parts = [self._left]
        missing = length - len(self._left)
        while missing > 0:
            more = self._socket.recv(min(missing, _CHUNK))
            if not more:
                raise Garbled("the answer broke off")
            parts.append(more)
            missing -= len(more)
        found = b"".join(parts)
        self._left = found[length:]
        return found[:length]

    def _line(self) -> bytes:
        """All until the end of the line, which is left out."""
        while b"\r\n" not in self._left:
            more = self._socket.recv(_CHUNK)
            if not more:
                raise Garbled("the answer broke off")
            self._left += more
        line, _, self._left = self._left.partition(b"\r\n")
        return line

    def _chunks(self) -> bytes:
        """A body whose length was not known when it began."""
        found = []
        try:
            while size := int(self._line().partition(b";")[0], 16):
                found.append(self._exactly(size))
                self._line()
        except ValueError as error:
            raise Garbled("the answer has a chunk without a size") from error
        while self._line():
            pass  # what some servers say after the last chunk
        return b"".join(found)

    def _rest(self) -> bytes:
        """All until the server hangs up."""
        parts = [self._left]
        while more := self._socket.recv(_CHUNK):
            parts.append(more)
        self._left = b""
        return b"".join(parts)


def _parsed(head: bytes) -> tuple[bytes, int, dict[bytes, bytes]]:
    """HTTP version, status and header fields, their names in lower case."""
    first, *lines = head.split(b"\r\n")
    version, _, told = first.partition(b" ")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    length = fields.get(b"content-length", b"0")
    if not version.startswith(b"HTTP/1.") or not told[:3].isdigit() or not length.isdigit():
        raise Garbled("what answers speaks no HTTP/1.1")
    return version, int(told[:3]), fields

"""Requests byte for byte over a socket, for what an HTTP client would not send or would tidy up."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMEOUT_SECONDS = 60


class RawAnswer(NamedTuple):
    """An answer as it came; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def refusal(self) -> tuple[int, Any]:
        """Status and JSON body, to compare at once."""
        return self.status, json.loads(self.body)


def request(line: str | bytes, *headers: str | bytes, body: bytes = b"") -> bytes:
    """The bytes of a request: method and target, headers, and a body without a length of its own."""
    head = [_bytes(line) + b" HTTP/1.1", b"Host: 127.0.0.1", *map(_bytes, headers), b"", body]
    return b"\r\n".join(head)


def length(body: bytes) -> str:
    """The header that tells the length of a body."""
    return f"Content-Length: {len(body)}"


def chunked(*chunks: bytes) -> bytes:
    """A body in chunks, the last one included."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


@contextlib.contextmanager
def connection(url: str) -> Iterator[socket.socket]:
    """A connection to the server."""
    there = urlsplit(url)
    with socket.create_connection((there.hostname, there.port), _TIMEOUT_SECONDS) as opened:
        yield opened


def receive(opened: socket.socket, method: str) -> RawAnswer:
    """Read one answer to a request of this method."""
    answer = http.client.HTTPResponse(opened, method=method)
    answer.begin()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return RawAnswer(answer.status, headers, answer.read())


def exchange(url: str, sent: bytes) -> RawAnswer:
    """Send bytes on a connection of their own and read the answer."""
    with connection(url) as opened:
        with contextlib.suppress(ConnectionError):  # a refusal may come before all was sent
            opened.sendall(sent)
        return receive(opened, sent.partition(b" ")[0].decode("latin-1"))


def answers(opened: socket.socket) -> list[RawAnswer]:
    """All answers until the server closes the connection; each must tell its length."""
    received = b"".join(iter(lambda: opened.recv(65_536), b""))
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        end = int(headers["content-length"])
        found.append(RawAnswer(int(status.split()[1]), headers, rest[:end]))
        received = rest[end:]
    return found


def settle(url: str) -> None:
    """Let the server work off what came before: requests on new connections stand behind it."""
    for _ in range(3):
        exchange(url, request("GET /_tuco/livez", "Connection: close"))


def leave(opened: socket.socket, *, reset: bool) -> None:
    """Close a connection, orderly or by a reset."""
    if reset:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    opened.close()


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text

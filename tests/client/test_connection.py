"""Answers as servers and proxies write them, read by the connection."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuco_mock.client.connection import Answer, Closed, Connection, Garbled
from tuco_mock.server import bind

REQUEST = b"GET / HTTP/1.1\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that listens."""
    with bind("127.0.0.1", 0) as listening:
        yield listening


def connected(listener: socket.socket) -> Connection:
    """A connection to it."""
    host, port = listener.getsockname()[:2]
    return Connection(host, port, None, 5)


def asked(connection: Connection, seconds: float = 5) -> Answer:
    """What it answers."""
    connection.ask(REQUEST, seconds)
    return connection.answer()


def exchange(listener: socket.socket, *sent: bytes, hang_up: bool = True) -> list[Answer]:
    """What a connection reads, call by call, where the server sends this and hangs up."""
    connection = connected(listener)
    accepted, _ = listener.accept()
    try:
        with accepted:
            for part in sent:
                accepted.sendall(part)
            if hang_up:
                accepted.shutdown(socket.SHUT_WR)
            return [asked(connection) for _ in sent]
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (OK + b"Content-Length: 3\r\n\r\nabc", (200, b"abc", False)),
        (OK + b"content-length:0\r\nConnection: Close\r\n\r\n", (200, b"", True)),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx", (404, b"x", False)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", (200, b"x", True)),
        (OK + b"Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n", (200, b"abcd", False)),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\nX: 1\r\n\r\n", (200, b"0123456789", False)),
    ],
)
def test_an_answer_is_read_however_its_length_is_told(
    listener: socket.socket, sent: bytes, read: tuple[int, bytes, bool]
) -> None:
    assert exchange(listener, sent) == [read]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (OK, "the answer broke off"),
        (OK + b"\r\nall until the end", "the answer broke off"),
        (OK + b"Content-Length: 4\r\n\r\nabc", "the answer broke off"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nab", "the answer broke off"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", "the answer broke off"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nxyz!\r\n", "speaks no HTTP"),
        (OK + b"Content-Length: many\r\n\r\n", "speaks no HTTP"),
        (b"220 mail.example.com ESMTP\r\n\r\n", "speaks no HTTP"),
        (b"HTTP/1.1 OK\r\n\r\n", "speaks no HTTP"),
    ],
)
def test_what_is_no_whole_answer_is_told(listener: socket.socket, sent: bytes, told: str) -> None:
    with pytest.raises(Garbled, match=told):
        exchange(listener, sent)


def test_a_connection_that_was_closed_before_is_told_apart(listener: socket.socket) -> None:
    connection = connected(listener)
    accepted, _ = listener.accept()
    accepted.close()
    with pytest.raises(Closed):
        asked(connection)
    with pytest.raises(Closed):
        asked(connection)
    connection.close()


def test_silence_is_a_timeout(listener: socket.socket) -> None:
    connection = connected(listener)
    with pytest.raises(TimeoutError):
        asked(connection, 0.01)
    connection.close()


@given(st.binary(max_size=300), st.integers(1, 40), st.booleans())
def test_an_answer_is_read_however_it_is_cut(body: bytes, step: int, chunked: bool) -> None:
    sent = OK + b"Content-Length: %d\r\n\r\n" % len(body) + body
    if chunked:
        chunk = b"%x\r\n" % len(body) + body + b"\r\n" if body else b""
        sent = OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n"
    connection = Connection.__new__(Connection)
    connection._socket = _Cut(sent, step)  # type: ignore[assignment] # what is used of a socket
    assert asked(connection) == (200, body, False)


class _Cut:
    """A socket that has this to read, so many bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data, self._step = data, step

    def settimeout(self, _: float) -> None:
        """Nobody waits here."""

    def sendall(self, _: bytes) -> None:
        """Nobody listens here."""

    def recv(self, size: int) -> bytes:
        part, self._data = self._data[: min(size, self._step)], self._data[min(size, self._step) :]
        return part

"""Requests written by hand on a socket, and a plain application to answer them."""

from __future__ import annotations

import http.client
import json
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

TIMEOUT = 30.0


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer every request with two bytes."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


def connect(url: str) -> socket.socket:
    """A connection to the server of a URL."""
    address = urlsplit(url)
    return socket.create_connection((address.hostname, address.port), TIMEOUT)


def post(path: str, body: bytes, *headers: str) -> bytes:
    """A request as it goes over the wire."""
    head = (f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def read_answers(connection: socket.socket, count: int) -> list[tuple[int, Any]]:
    """Status and JSON body of as many answers, in the order in which they come."""
    stream = connection.makefile("rb")
    answers = []
    for _ in range(count):
        status = int(stream.readline().split()[1])
        headers = http.client.parse_headers(stream)
        answers.append((status, json.loads(stream.read(int(headers["content-length"])))))
    stream.close()
    return answers

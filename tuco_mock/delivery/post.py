"""One POST over a connection of its own.

Not httpx: a test that runs in this process may have faked it, and the receiver has to be reached all the same. No
redirect is followed, no proxy asked, no connection kept.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

import httptools

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHUNK = 65_536
_LONGEST = 1024 * 1024
_PATH = "/%:@!$&'()*+,;=~-._"
_QUERY = _PATH + "?[]"


class Answered(NamedTuple):
    """What a receiver answered; `_LONGEST` bytes of its body at most."""

    status: int
    reason: str
    body: bytes


class NotAnswered(Exception):
    """No answer came, and why."""


async def post(url: str, headers: Mapping[str, str], body: bytes) -> Answered:
    """Send a body, and wait for the answer however long it takes.

    Raises:
        NotAnswered: there is nobody, the connection broke, or what came is no HTTP.
    """
    writer: asyncio.StreamWriter | None = None
    try:
        parts, host = urlsplit(url), _host(url)
        secure = parts.scheme == "https"
        tls = ssl.create_default_context() if secure else None
        reader, writer = await asyncio.open_connection(host, parts.port or (443 if secure else 80), ssl=tls)
        writer.write(_request(url, host, headers, len(body)) + body)
        await writer.drain()
        return await _answer(reader)
    except (OSError, ValueError) as error:
        raise NotAnswered(_reason(error)) from error
    finally:
        if writer is not None:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()


def _reason(error: OSError | ValueError) -> str:
    """What went wrong, in the system's words: those of event loops differ."""
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number in errno.errorcode and not isinstance(error, (socket.gaierror, ssl.SSLError)):
        return os.strerror(number)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _host(url: str) -> str:
    """The host as it is looked up: a name in other letters in its ASCII form."""
    host = urlsplit(url).hostname or ""
    return host if host.isascii() else host.encode("idna").decode()


def _request(url: str, host: str, headers: Mapping[str, str], length: int) -> bytes:
    """The head of the request."""
    parts = urlsplit(url)
    target = quote(parts.path or "/", safe=_PATH) + (f"?{quote(parts.query, safe=_QUERY)}" if parts.query else "")
    name = f"[{host}]" if ":" in host else host
    where = name if parts.port is None else f"{name}:{parts.port}"
    fields = {"Host": where, **headers, "Content-Length": str(length), "Accept": "*/*", "Connection": "close"}
    return "".join((f"POST {target} HTTP/1.1\r\n", *(f"{k}: {v}\r\n" for k, v in fields.items()), "\r\n")).encode(
        "latin-1"
    )


class _Reading:
    """What the parser calls."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.reason = b""
        self.parts: list[bytes] = []
        self.size = 0
        self.is_complete = False
        self.has_head = False

    def on_status(self, reason: bytes) -> None:
        """A part of the phrase beside the status."""
        self.reason += reason

    def on_headers_complete(self) -> None:
        """The end of the head; of one that only says to go on, nothing is meant."""
        if self.parser.get_status_code() >= 200:
            self.has_head = True
        else:
            self.reason = b""

    def on_body(self, body: bytes) -> None:
        """A part of the content."""
        self.parts.append(body)
        self.size += len(body)

    def on_message_complete(self) -> None:
        """The end of the answer."""
        self.is_complete = self.has_head


async def _answer(reader: asyncio.StreamReader) -> Answered:
    reading = _Reading()
    while not reading.is_complete and reading.size < _LONGEST:
        data = await reader.read(_CHUNK)
        if not data:
            if reading.has_head and not reading.parser.should_keep_alive():
                break  # its length is told by the end of the connection, or it was cut short
            raise NotAnswered("other side closed")
        try:
            reading.parser.feed_data(data)
        except httptools.HttpParserError as error:
            raise NotAnswered(f"what came is no HTTP/1.1 answer: {error}") from error
    body = b"".join(reading.parts)[:_LONGEST]
    return Answered(reading.parser.get_status_code(), reading.reason.decode("latin-1"), body)

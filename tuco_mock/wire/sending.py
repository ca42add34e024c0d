"""Answers on their way through uvicorn: one system call and one packet each, and no more work than that needs."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE, RequestResponseCycle

from tuco_mock.wire.answer import JSON, WHOLE

Headers = list[tuple[bytes, bytes]]

_END = b"\r\n\r\n"
_ITS_OWN = frozenset({b"connection", b"content-length", b"transfer-encoding"})
"""The headers that mean something to uvicorn itself."""


class JoinedWrites:
    """A transport that sends the head of an answer together with its body: one system call, one packet, not two."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.is_closing = transport.is_closing  # asked at every answer
        self._head = b""
        self._call_soon = asyncio.get_running_loop().call_soon

    def write(self, data: bytes) -> None:
        """Send, or keep the head of an answer until its body comes, which is in the same turn of the loop."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head + data)
        elif data.endswith(_END) and data.startswith(b"HTTP/1.1 "):
            self._head = data
            self._call_soon(self._flush)  # an answer to HEAD has no body
        elif data:
            self._transport.write(data)

    def _flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """Send what was kept, then close."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Common:
    """The lines that begin every answer: uvicorn makes the list of them anew every second."""

    def __init__(self) -> None:
        self._kept: tuple[Headers, bytes] = ([], b"")  # one thing, since servers run in several threads

    def lines(self, headers: Headers) -> bytes:
        """The headers as they are sent."""
        kept = self._kept
        if kept[0] is not headers:
            kept = self._kept = headers, _lines(headers)
        return kept[1]


_common = _Common()


def _lines(headers: Headers) -> bytes:
    return b"".join([name + b": " + value + b"\r\n" for name, value in headers])


class Cycle(RequestResponseCycle):
    """uvicorn's request and answer, which sends a whole answer of the usual kind without taking it apart again.

    The bytes are those that uvicorn sends; what is not usual goes its way.
    """

    _held: Any = None

    async def send(self, message: Any) -> None:
        """Hold the first message of a whole answer back until the second one comes."""
        held = self._held
        if held is None:
            if WHOLE in message and not self.response_started:
                self._held = message
            else:
                await super().send(message)
            return
        self._held = None
        if message["type"] == "http.response.start":  # something failed in between, and that is told
            await super().send(message)
            return
        body = message.get("body", b"")
        own = _own_lines(held["headers"], body) if self._is_usual() else None
        if own is None:
            await super().send(held)
            await super().send(message)
            return
        self.response_started = self.response_complete = True
        self.transport.write(STATUS_LINE[held["status"]] + _common.lines(self.default_headers) + own + body)
        self.message_event.set()
        self.on_response()

    def _is_usual(self) -> bool:
        return (
            self.keep_alive
            and not self.disconnected
            and not self.flow.write_paused
            and not (self.access_log and self.access_logger.isEnabledFor(logging.INFO))
            and self.scope["method"] != "HEAD"
        )


def _own_lines(headers: Headers, body: bytes) -> bytes | None:
    """The headers of an answer of JSON itself, and the end of its head; None when uvicorn must look at them."""
    (kind, content_type), (_, length), *more = headers
    if kind != b"content-type" or content_type != JSON or length != b"%d" % len(body):
        return None
    for name, value in more:
        if name in _ITS_OWN or HEADER_RE.search(name) or HEADER_VALUE_RE.search(value) or name != name.lower():
            return None
    return b"content-type: " + JSON + b"\r\ncontent-length: " + length + b"\r\n" + _lines(more) + b"\r\n"

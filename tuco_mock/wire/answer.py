"""An answer on its way out: encoded once, sent as two ASGI messages."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from starlette.types import Send

JSON = b"application/json"
"""The content type of JSON."""

WHOLE = "tuco.whole"
"""Stands in the first message of an answer whose second one has all of its body and follows at once: a server that
knows it may wait for that, any other takes no notice."""

RawHeaders = tuple[tuple[bytes, bytes], ...]

encode = msgspec.json.Encoder().encode
"""Anything as JSON."""


class Answer(NamedTuple):
    """Status, JSON body and further headers of an answer."""

    status: int
    body: Any
    headers: RawHeaders = ()


class Stream(NamedTuple):
    """A body that goes out bit by bit."""

    chunks: AsyncGenerator[bytes]
    content_type: bytes


async def send_stream(send: Send, status: int, stream: Stream) -> None:
    """Send a body as it comes."""
    head = [(b"content-type", stream.content_type), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": head})
    async with aclosing(stream.chunks) as chunks:
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def send_answer(send: Send, answer: Answer) -> None:
    """Send the answer."""
    await send_body(send, answer.status, encode(answer.body), answer.headers)


async def send_body(
    send: Send, status: int, body: bytes, headers: Sequence[tuple[bytes, bytes]], content_type: bytes = JSON
) -> None:
    """Send an answer whose body is encoded already."""
    length = (b"content-length", str(len(body)).encode())
    head = [(b"content-type", content_type), length, *headers]
    await send({"type": "http.response.start", "status": status, "headers": head, WHOLE: True})
    await send({"type": "http.response.body", "body": body})

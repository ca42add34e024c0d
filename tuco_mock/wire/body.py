"""Request bodies, read whole and bounded in size (A14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope


class ClientGone(Exception):
    """The caller closed the connection before its request was complete: nothing is to be done or answered."""


class BodyTooLarge(Exception):
    """The body is longer than the limit."""


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLarge: it is longer than `limit` bytes, by its announced length or by what arrived.
        ClientGone: the connection was closed before its end.
    """
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > limit:
            raise BodyTooLarge
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)

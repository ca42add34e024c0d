"""An answer on its way out: encoded once, sent as two ASGI messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from starlette.types import Send

_JSON = (b"content-type", b"application/json")
_encode = msgspec.json.Encoder().encode


class Answer(NamedTuple):
    """Status, JSON body and further headers of an answer."""

    status: int
    body: Any
    headers: tuple[tuple[bytes, bytes], ...] = ()


async def send_answer(send: Send, answer: Answer) -> None:
    """Send the answer."""
    body = _encode(answer.body)
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": answer.status, "headers": [_JSON, length, *answer.headers]})
    await send({"type": "http.response.body", "body": body})

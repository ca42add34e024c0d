"""What the tests of the wrapper share: canned applications, and asking them without a server."""

from __future__ import annotations

import asyncio
import copy
import json
from typing import TYPE_CHECKING, Any

from tuco_mock.contract.examples import examples
from tuco_mock.contract.spec import load_spec

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from tuco_mock.contract.validation import ResponseValidator

DOCUMENT = load_spec()
CANCEL = "/api/messages/cancel-for-lead"
REPLIES = "/api/replies"
JSON = (b"content-type", b"application/json")
EXAMPLES = {one[:3]: one.value for one in examples(DOCUMENT)}
PAGE = EXAMPLES["getReplies", "response 200", "oneLead"]
CANCELLED = EXAMPLES["cancelForLead", "response 200", "cancelled"]


class Canned:
    """An application that gives one answer, whatever is asked.

    Attributes:
        messages: what it sends.
        error: raised after that, when there is one.

    """

    def __init__(self, *messages: Message, error: Exception | None = None, reads: bool = False) -> None:
        self.messages = messages
        self.error = error
        self.reads = reads

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        if self.reads:
            await receive()
        for message in self.messages:
            await send(message)
        if self.error is not None:
            raise self.error


def answer(
    status: int, body: Any, *headers: tuple[bytes, bytes], content_type: bytes | None = b"application/json"
) -> Canned:
    """An application that answers JSON, or the bytes given."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    types = [] if content_type is None else [(b"Content-Type", content_type)]
    return Canned(
        {"type": "http.response.start", "status": status, "headers": [*types, *headers]},
        {"type": "http.response.body", "body": data},
    )


def ask(
    app: ResponseValidator, method: str, path: str, *, incoming: Message | None = None, kind: str = "http"
) -> list[Message]:
    """Ask once; returns the messages that came out."""
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming or {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app({"type": kind, "method": method, "path": path}, receive, send))
    return sent


def detail(messages: list[Message]) -> str:
    """The detail of the problem that came out in place of an answer."""
    start, body = messages
    assert start["status"] == 500
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
    assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
    problem = json.loads(body["body"])
    assert set(problem) == {"type", "title", "status", "detail"}
    assert (problem["status"], problem["title"]) == (500, "Answer differs from the API description")
    return str(problem["detail"])


def changed(value: Any, *path: str | int, to: Any) -> Any:
    """A copy of a JSON value with one place in it changed."""
    result = copy.deepcopy(value)
    place = result
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return result


def error(text: str) -> dict[str, str]:
    """An error body."""
    return {"error": text}

"""Errors of the control plane: ``application/problem+json`` (RFC 9457) with a `detail` that says what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from tuco_mock.domain.errors import Conflict, InvalidInput, Mistake, NotFound, Refusal

if TYPE_CHECKING:
    from starlette.types import Send


class Problem(Exception):
    """A refusal of the control plane.

    Attributes:
        status: HTTP status.
        detail: what is wrong and what to do.
        mistakes: each mistake of an input, with its path.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        mistakes: tuple[Mistake, ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.mistakes = mistakes
        self.headers = headers


def stopping(so_far: str) -> Problem:
    """The problem that tells why something was not brought to its end, and how far it got."""
    return Problem(503, f"The server is stopping. {so_far}; the rest is not.", headers=(("connection", "close"),))


def from_refusal(refusal: Refusal) -> Problem:
    """The problem that tells of an action's refusal."""
    if isinstance(refusal, InvalidInput):
        return Problem(422, str(refusal), refusal.mistakes)
    if isinstance(refusal, NotFound):
        return Problem(404, str(refusal))
    if isinstance(refusal, Conflict):
        return Problem(409, str(refusal))
    return Problem(400, str(refusal))


async def send_problem(send: Send, problem: Problem) -> None:
    """Answer with the problem."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.mistakes:
        body["errors"] = [{"path": mistake.path, "message": mistake.message} for mistake in problem.mistakes]
    encoded = msgspec.json.encode(body)
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(encoded)).encode()),
        *((name.encode(), value.encode()) for name, value in problem.headers),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": encoded})

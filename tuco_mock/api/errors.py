"""The answers of the simulated API that refuse a call: a status, an `error` text, sometimes headers (A3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping


class ApiError(Exception):
    """A refusal with its documented answer.

    Attributes:
        answer: what the caller gets.
        clause: the clause of the catalogue that it follows from.
        reason: more about it than the answer may say, for the journal.

    The body is `error`, and what is `more` beside it, unless the operation documents another `body`.
    """

    def __init__(
        self,
        status: int,
        error: str,
        *,
        clause: str | None = None,
        reason: str | None = None,
        more: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        **headers: str,
    ) -> None:
        super().__init__(error)
        self.clause = clause
        self.reason = reason
        extra = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
        self.answer = Answer(status, {"error": error, **(more or {})} if body is None else body, extra)


def unauthorized(reason: str) -> ApiError:
    """401, before anything else is looked at (A1)."""
    return ApiError(401, "Unauthorized", clause="A1", reason=reason)


def no_active_workspace(error: str) -> ApiError:
    """400 for a key whose workspace is inactive, with the operation's text for it (A4)."""
    return ApiError(400, error, clause="A4")


def read_only() -> ApiError:
    """402 for a write in a workspace that may only be read (A21)."""
    return ApiError(402, "READ_ONLY", clause="A21", more={"code": "READ_ONLY", "reason": "past_due"})


def no_lead(clause: str) -> ApiError:
    """404 for a lead that the workspace doesn't have."""
    return ApiError(404, "Lead not found or access denied", clause=clause)


def not_found(hint: str | None) -> ApiError:
    """404 for a path the API doesn't have; the hint names the nearest one it has (A9)."""
    return ApiError(404, "Not found", clause="A9", reason=hint)


def method_not_allowed(*allowed: str) -> ApiError:
    """405 with the methods the path does have (A9)."""
    methods = ", ".join(allowed)
    return ApiError(405, "Method not allowed", clause="A9", reason=f"the path takes {methods}", allow=methods)


def rate_limited(retry_after: int) -> ApiError:
    """429; waiting `retry_after` whole seconds is enough (R20, R21)."""
    return ApiError(429, "Rate limit exceeded", clause="R21", retry_after=str(retry_after))


def quota_exhausted(reason: str, body: Mapping[str, object] | None = None) -> ApiError:
    """429 for the day's availability checks, in the operation's own body if it has one (V21, V22)."""
    error = "Daily availability check quota exhausted"
    return ApiError(429, error, clause="V21", reason=reason, body=body, retry_after="3600")


def body_too_large() -> ApiError:
    """413 for a body over the limit (A14)."""
    return ApiError(413, "Request body too large", clause="A14")

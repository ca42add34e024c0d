"""The answers of the simulated API that refuse a call: a status, an `error` text, sometimes headers (A3)."""

from __future__ import annotations

from tuco_mock.wire.answer import Answer


class ApiError(Exception):
    """A refusal with its documented answer.

    Attributes:
        answer: what the caller gets.
    """

    def __init__(self, status: int, error: str, **headers: str) -> None:
        super().__init__(error)
        extra = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
        self.answer = Answer(status, {"error": error}, extra)


def unauthorized() -> ApiError:
    """401, before anything else is looked at (A1)."""
    return ApiError(401, "Unauthorized")


def no_active_workspace() -> ApiError:
    """400 for a key whose workspace is inactive (A4)."""
    return ApiError(400, "No active workspace")


def not_found() -> ApiError:
    """404 for a path the API doesn't have (A9)."""
    return ApiError(404, "Not found")


def method_not_allowed(*allowed: str) -> ApiError:
    """405 with the methods the path does have (A9)."""
    return ApiError(405, "Method not allowed", allow=", ".join(allowed))


def rate_limited(retry_after: int) -> ApiError:
    """429; waiting `retry_after` whole seconds is enough (R20, R21)."""
    return ApiError(429, "Rate limit exceeded", retry_after=str(retry_after))


def body_too_large() -> ApiError:
    """413 for a body over the limit (A14)."""
    return ApiError(413, "Request body too large")

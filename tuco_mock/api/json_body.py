"""The one reader of the simulated API's JSON bodies: strict, and bounded in depth (C3, A13)."""

from __future__ import annotations

from typing import Any

import msgspec

from tuco_mock.api.errors import ApiError

MAX_DEPTH = 64
"""Deepest nesting of objects and arrays that is read."""

_decode = msgspec.json.Decoder().decode


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; an empty body counts as ``{}`` (C2).

    Raises:
        ApiError: 400, it is no JSON, or JSON that is no object (C3).
    """
    if not body.strip(b" \t\r\n"):
        return {}
    try:
        value = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(str(error)) from error
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _is_too_deep(value):
        raise _malformed(f"objects and arrays nest deeper than {MAX_DEPTH}")
    if not isinstance(value, dict):
        raise ApiError(400, "Request body must be a JSON object", clause="C3")
    return value


def _malformed(reason: str) -> ApiError:
    return ApiError(400, "Invalid request body (JSON required)", clause="C3", reason=reason)


def _is_too_deep(value: object) -> bool:
    """Whether objects and arrays nest deeper than `MAX_DEPTH`."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for each in level
            if isinstance(each, (dict, list))
            for child in (each.values() if isinstance(each, dict) else each)
        ]
    return any(isinstance(each, (dict, list)) for each in level)

"""The token of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope


def bearer_token(scope: Scope) -> str:
    """The token of an ``Authorization: Bearer`` header, empty when there is none (A1, A2)."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.partition(b" ")
            return token.strip(b" ").decode("latin-1") if scheme.lower() == b"bearer" else ""
    return ""

"""The connection behind a request, for answers that break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from starlette.types import Scope

EXTENSION = "tuco.connection"
"""The ASGI extension by which a server offers a request's `Connection`."""

FAULTED = "tuco.fault"
"""Stands in the scope of a request whose answer is wrong on purpose."""


class Connection(Protocol):
    """What can be done to a connection; nothing more is sent on it afterwards, whatever the application returns."""

    def reset(self) -> None:
        """Break it: a real TCP reset."""

    def close(self) -> None:
        """Close it once what was sent is out."""

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are."""


def connection_of(scope: Scope) -> Connection:
    """The connection of a request.

    Raises:
        RuntimeError: the server in front does not offer it.
    """
    extension = (scope.get("extensions") or {}).get(EXTENSION)
    if extension is None:
        raise RuntimeError("this server can't break connections: serve with tuco_mock.server, or leave drops out")
    return cast("Connection", extension)

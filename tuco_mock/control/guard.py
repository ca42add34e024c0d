"""Who may use the control plane: local callers, not web pages of another origin, not a rebound host name."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tuco_mock.control.problem import Problem
from tuco_mock.settings import LOOPBACK_HOSTS, Settings
from tuco_mock.wire.credentials import bearer_token

if TYPE_CHECKING:
    from starlette.types import Scope


class Guard:
    """Checks the Host and Origin headers, and the token when one is set."""

    def __init__(self, settings: Settings) -> None:
        own = f"[{settings.host}]" if ":" in settings.host else settings.host
        self._hosts = {host.lower() for host in (*LOOPBACK_HOSTS, own, *settings.allowed_hosts)}
        self._token = None if settings.control_token is None else settings.control_token.encode()

    def check(self, scope: Scope) -> None:
        """Let the request pass.

        Raises:
            Problem: 403 for a foreign host or origin, 401 without the token.
        """
        headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name in {b"host", b"origin"}}
        host = headers.get(b"host", "").lower()
        if _without_port(host) not in self._hosts:
            raise Problem(403, f"The control plane does not answer to the host {host!r}; allow it with --allow-host.")
        origin = headers.get(b"origin")
        if origin is not None and origin.lower() not in {f"http://{host}", f"https://{host}"}:
            raise Problem(403, f"The control plane takes no calls from pages of another origin ({origin!r}).")
        if self._token is not None and not secrets.compare_digest(bearer_token(scope).encode("latin-1"), self._token):
            raise Problem(401, "The control plane wants 'Authorization: Bearer <the token it was started with>'.")


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host

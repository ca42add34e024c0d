"""httpx transports for clients whose life is not the server's."""

from __future__ import annotations

import httpx


class Shared(httpx.BaseTransport):
    """A transport that outlives the clients that use it."""

    def __init__(self, shared: httpx.BaseTransport) -> None:
        self._shared = shared

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on."""
        return self._shared.handle_request(request)


def limits(*, kept: bool) -> httpx.Limits:
    """No bound on connections in use, as tests of many threads want them; idle ones are kept or not."""
    return httpx.Limits(max_connections=None, max_keepalive_connections=None if kept else 0)

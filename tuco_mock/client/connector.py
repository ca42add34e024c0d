"""How a server is reached: by connections that are kept for the next call."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlsplit

from tuco_mock.client.calls import Call, Connections
from tuco_mock.client.errors import TucoError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx


class Asked(Protocol):
    """A call that is under way."""

    def answer(self) -> tuple[int, bytes]:
        """Wait for its answer: status and body.

        Raises:
            ServerUnreachable: there was none.
        """


class Connector(Protocol):
    """A way to a server.

    Attributes:
        url: base URL of the server, without a slash at its end.
        on_network: whether any client can reach it there.
    """

    url: str
    on_network: bool

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, seconds: float) -> Asked:
        """Begin a call; its answer may take so many seconds.

        Raises:
            ServerUnreachable: nobody is there.
        """

    def transport(self) -> httpx.BaseTransport:
        """What a synchronous httpx client reaches the server by; the client's end does not close it."""

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """What an asynchronous httpx client reaches the server by, from any event loop; nothing of it stays open."""

    def close(self) -> None:
        """Close all connections."""


class SocketConnector:
    """The way over the network.

    Raises:
        TucoError: the URL is no http or https URL.
    """

    on_network = True

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError as error:
            raise TucoError(f"{url!r} is no URL: {error}") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise TucoError(f"{url!r} is no http URL; write it like http://127.0.0.1:4010")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        address = (parts.hostname, port or (443 if self._tls else 80))
        self._connections = Connections(self.url, address, self._tls)
        self._host = parts.netloc.rpartition("@")[2]
        self._prefix = quote(parts.path, safe="/%")
        self._httpx: httpx.HTTPTransport | None = None

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, seconds: float) -> Asked:
        """Call on a kept connection, or on a new one when there is none or the server has closed it meanwhile."""
        return Call(self._connections, self._written(method, path, headers, body), seconds)

    def transport(self) -> httpx.BaseTransport:
        """One pool of connections, shared by all clients that are made with it."""
        import httpx  # noqa: PLC0415 - only tests that use it pay for it

        from tuco_mock.client.transports import Shared, limits  # noqa: PLC0415 - only who needs it pays for it

        if self._httpx is None:
            self._httpx = httpx.HTTPTransport(verify=self._verify, trust_env=False, limits=limits(kept=True))
        return Shared(self._httpx)

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """A pool that keeps no connection: its loop may be gone when the test's fixture ends."""
        import httpx  # noqa: PLC0415 - only who needs it pays for it

        from tuco_mock.client.transports import limits  # noqa: PLC0415 - only who needs it pays for it

        return httpx.AsyncHTTPTransport(verify=self._verify, trust_env=False, limits=limits(kept=False))

    def close(self) -> None:
        """Close what is idle now, and what is in use as soon as it isn't."""
        self._connections.close()
        if self._httpx is not None:
            self._httpx.close()
            self._httpx = None

    @property
    def _verify(self) -> ssl.SSLContext | bool:
        return self._tls or False  # without TLS there is nothing to verify, and no certificates to load

    def _written(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        """A request as it is on the wire."""
        fields = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
        length = (
            f"Content-Length: {len(body)}\r\nContent-Type: application/json\r\n" if body else "Content-Length: 0\r\n"
        )
        head = f"{method} {self._prefix}{path} HTTP/1.1\r\nHost: {self._host}\r\n{fields}{length}\r\n"
        return head.encode("latin-1") + (body or b"")

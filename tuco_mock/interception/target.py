"""Whose calls are led, and where to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

TUCO_HOST = "app.tuco.ai"
"""Host of the real service."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_tuco(host: object) -> bool:
    """Whether a host name, as text or bytes and in any spelling, is that of the real service."""
    if isinstance(host, bytes | bytearray):
        host = host.decode("latin-1")
    return isinstance(host, str) and host.rstrip(".").lower() == TUCO_HOST


@dataclass(frozen=True, slots=True)
class Target:
    """The mock that calls are led to.

    Attributes:
        scheme: ``http`` or ``https``.
        host: its host, an IPv6 address without brackets.
        port: its TCP port.
        api_key: the key that stands in for the one that a call carries; None leaves it as it is.
    """

    scheme: str
    host: str
    port: int
    api_key: str | None

    @classmethod
    def parse(cls, base_url: str, api_key: str | None) -> Target:
        """The target of a base URL.

        Raises:
            ValueError: it is no ``http(s)://host[:port]``, or it is the real service.
        """
        parts = urlsplit(base_url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
        if port is None or not parts.hostname or parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise ValueError(f"expected the base URL of a mock, as http://127.0.0.1:4010, not {base_url!r}")
        if is_tuco(parts.hostname):
            raise ValueError(f"{base_url} is the real service; expected the base URL of a mock")
        return cls(parts.scheme, parts.hostname, port, api_key)

    @property
    def authority(self) -> str:
        """Host and port, as a ``Host`` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return f"{self.scheme}://{self.authority}"

    def authorization(self, given: str) -> str:
        """What a call's ``Authorization`` becomes: a bearer key gives way to the workspace's, all else stays."""
        scheme, _, key = given.strip().partition(" ")
        if self.api_key is None or scheme.lower() != "bearer" or not key.strip():
            return given
        return f"{scheme} {self.api_key}"

    def header(self, name: str, value: str) -> str:
        """What a header of a call becomes on its way to the mock; all but two stay as they are."""
        match name.lower():
            case "host":
                return self.authority
            case "authorization":
                return self.authorization(value)
            case _:
                return value

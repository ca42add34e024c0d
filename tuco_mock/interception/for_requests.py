"""`requests`: its adapter picks a connection to the mock instead of one to Tuco."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tuco_mock.interception.current import current
from tuco_mock.interception.hook import Function, Hook
from tuco_mock.interception.target import Target, is_tuco

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    import requests
    import requests.adapters


def hooks(module: ModuleType) -> list[Hook]:
    """What leads requests; 2.32 is the first version with that place."""
    adapter = module.adapters.HTTPAdapter
    place = "get_connection_with_tls_context"
    return [Hook(adapter, place, _leading)] if hasattr(adapter, place) else []


def _leading(real: Function) -> Function:
    def get_connection_with_tls_context(
        self: requests.adapters.HTTPAdapter,
        request: requests.PreparedRequest,
        verify: Any,
        proxies: Mapping[str, str] | None = None,
        cert: Any = None,
    ) -> Any:
        target = current()
        url = urlsplit(request.url or "")
        if target is None or not is_tuco(url.hostname):
            return real(self, request, verify, proxies=proxies, cert=cert)
        led = request.copy()
        led.url = target.url + "/"
        return _LedConnections(real(self, led, verify, proxies={}, cert=cert), target)  # no proxy: it is near

    return get_connection_with_tls_context


class _LedConnections:
    """urllib3's connections to the mock, on which a call's headers become those of a call to the mock."""

    def __init__(self, connections: Any, target: Target) -> None:
        self._connections = connections
        self._target = target

    def urlopen(self, method: str, url: str, headers: Mapping[str, Any], **options: Any) -> Any:
        """Make the call; with a proxy for plain http the adapter has the whole URL here, else its path."""
        if is_tuco(urlsplit(url).hostname):
            parts = urlsplit(url)
            url = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        led = {name: self._header(name, value) for name, value in headers.items()}
        return self._connections.urlopen(method=method, url=url, headers=led, **options)

    def _header(self, name: str, value: str | bytes) -> str | bytes:
        if isinstance(value, bytes):
            return self._target.header(name, value.decode("latin-1")).encode("latin-1")
        return self._target.header(name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connections, name)

"""Nobody gets the address of the real service while its calls are intercepted."""

from __future__ import annotations

import asyncio
import http.client
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tuco_mock.interception.callers import caller
from tuco_mock.interception.current import current
from tuco_mock.interception.hook import Function, Hook
from tuco_mock.interception.target import TUCO_HOST, is_tuco

if TYPE_CHECKING:
    from types import ModuleType

_LED = ("httpx", "requests", "aiohttp")


class UnsupportedClient(RuntimeError):
    """A client that can't be led to the mock tried to reach the real service; nothing was sent.

    It is no `OSError`, so that no client takes it for a network failure and tries again.
    """


def _refuse() -> None:
    """Raise `UnsupportedClient`, if calls are intercepted here."""
    target = current()
    if target is None:
        return
    name = caller() or "this client"
    if name in _LED:
        why = f"{name} tried to reach {TUCO_HOST} by a way of its own (another transport or adapter, or an old version)"
    else:
        why = f"{name} tried to reach {TUCO_HOST}; only {', '.join(_LED[:-1])} and {_LED[-1]} can be led to the mock"
    raise UnsupportedClient(f"{why}. Nothing was sent. Set its base URL to {target.url} (TUCO_BASE_URL) instead.")


def hooks() -> list[Hook]:
    """What refuses: names that are resolved or connected to, and proxies that are asked to do so."""
    return [
        *(Hook(socket, name, _first) for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex")),
        *(Hook(socket.socket, name, _address) for name in ("connect", "connect_ex")),
        Hook(asyncio.BaseEventLoop, "getaddrinfo", _second),
        Hook(http.client.HTTPConnection, "set_tunnel", _second),
        Hook(http.client.HTTPConnection, "putrequest", _absolute_url),
    ]


def uvloop_hooks(module: ModuleType) -> list[Hook]:
    """The same for uvloop, which resolves names without Python."""
    return [
        Hook(module.Loop, "getaddrinfo", _second),
        Hook(module.Loop, "create_connection", _connection),
    ]


def _first(real: Function) -> Function:
    """A function that has a host as its first argument."""

    def guarded(host: Any, *given: Any, **named: Any) -> Any:
        if is_tuco(host):
            _refuse()
        return real(host, *given, **named)

    return guarded


def _second(real: Function) -> Function:
    """A method that has a host as its first argument; it may be a coroutine function."""

    def guarded(self: Any, host: Any, *given: Any, **named: Any) -> Any:
        if is_tuco(host):
            _refuse()
        return real(self, host, *given, **named)

    return guarded


def _address(real: Function) -> Function:
    """A method of a socket that has an address."""

    def guarded(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and address and is_tuco(address[0]):
            try:
                _refuse()
            except UnsupportedClient:
                self.close()  # its owner reckons with an OSError only
                raise
        return real(self, address)

    return guarded


def _connection(real: Function) -> Function:
    """``create_connection`` of an event loop."""

    def guarded(self: Any, protocol_factory: Any, host: Any = None, *given: Any, **named: Any) -> Any:
        if is_tuco(host):
            _refuse()
        return real(self, protocol_factory, host, *given, **named)

    return guarded


def _absolute_url(real: Function) -> Function:
    """``putrequest``, which has the whole URL when it asks a proxy."""

    def guarded(self: http.client.HTTPConnection, method: str, url: str, *given: Any, **named: Any) -> Any:
        if url.startswith(("http://", "https://")) and is_tuco(urlsplit(url).hostname):
            _refuse()
        return real(self, method, url, *given, **named)

    return guarded

"""A client that can't be led is told so at once; the real service is never asked for."""

from __future__ import annotations

import asyncio
import http.client
import socket
import urllib.request
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
import requests
import urllib3
import uvloop

from tests.interception.servers import TUCO, Server
from tuco_mock.interception import UnsupportedClient, intercept

HOST = "app.tuco.ai"


def with_http_client() -> None:
    """A call with `http.client`."""
    http.client.HTTPSConnection(HOST).request("GET", "/")


def through_a_proxy(scheme: str) -> Callable[[], object]:
    """A call with `urllib.request` through a proxy that listens, but gets nothing."""

    def call() -> object:
        with socket.create_server(("127.0.0.1", 0)) as proxy:
            proxies = {scheme: f"http://127.0.0.1:{proxy.getsockname()[1]}"}
            opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))
            return opener.open(f"{scheme}://{HOST}/", timeout=5)

    return call


def urllib3_through_a_proxy() -> object:
    """A call with `urllib3` through a proxy that listens, but gets nothing."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        return urllib3.ProxyManager(f"http://127.0.0.1:{proxy.getsockname()[1]}", timeout=5).request("GET", TUCO)


def on_uvloop(asking: Callable[[], Coroutine[Any, Any, object]]) -> Callable[[], object]:
    """A coroutine, run on uvloop."""
    return lambda: uvloop.run(asking())


async def stream() -> object:
    """A connection of asyncio's own."""
    return await asyncio.open_connection(HOST, 443)


async def resolve() -> object:
    """A name, resolved by an event loop."""
    return await asyncio.get_running_loop().getaddrinfo(HOST, 443)


CLIENTS: dict[str, tuple[str, Callable[[], object]]] = {
    "urllib": ("urllib.request", lambda: urllib.request.urlopen(TUCO, timeout=5)),
    "urllib through a proxy": ("urllib.request", through_a_proxy("https")),
    "urllib through a proxy, plain": ("urllib.request", through_a_proxy("http")),
    "http.client": ("http.client", with_http_client),
    "urllib3": ("urllib3", lambda: urllib3.PoolManager().request("GET", TUCO)),
    "urllib3 through a proxy": ("urllib3", urllib3_through_a_proxy),
    "a socket": ("tests", lambda: socket.create_connection((HOST, 443))),
    "a bare socket": ("tests", lambda: socket.socket().connect((HOST, 443))),
    "a bare socket that returns its error": ("tests", lambda: socket.socket().connect_ex((HOST, 443))),
    "a name": ("tests", lambda: socket.gethostbyname(HOST.upper() + ".")),
    "a name as bytes": ("tests", lambda: socket.getaddrinfo(HOST.encode(), 443)),
    "a name and its aliases": ("tests", lambda: socket.gethostbyname_ex(HOST)),
    "asyncio": ("tests", lambda: asyncio.run(stream())),
    "a name in asyncio": ("tests", lambda: asyncio.run(resolve())),
    "uvloop": ("tests", on_uvloop(stream)),
    "a name in uvloop": ("tests", on_uvloop(resolve)),
}


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # sockets that are given up in the middle
@pytest.mark.parametrize("name", CLIENTS)
def test_a_clear_error_at_once(mock: Server, name: str) -> None:
    client, call = CLIENTS[name]
    with intercept(mock.url), pytest.raises(UnsupportedClient) as caught:
        call()
    said = str(caught.value)
    assert said.startswith(f"{client} tried to reach {HOST};")
    assert "httpx, requests and aiohttp" in said
    assert "Nothing was sent" in said
    assert f"{mock.url} (TUCO_BASE_URL)" in said


def test_a_led_client_that_goes_round(mock: Server) -> None:
    class OwnWay(requests.adapters.HTTPAdapter):
        def get_connection_with_tls_context(self, *_: object, **__: object) -> urllib3.HTTPSConnectionPool:
            return urllib3.HTTPSConnectionPool(HOST)

    with intercept(mock.url), requests.Session() as session:
        session.mount("https://", OwnWay())
        with pytest.raises(UnsupportedClient, match=r"requests tried to reach app\.tuco\.ai by a way of its own"):
            session.get(f"{TUCO}/x", timeout=30)


def test_a_thread_without_the_code_that_called(mock: Server) -> None:
    async def resolve_in_a_pool() -> object:
        return await asyncio.get_running_loop().run_in_executor(None, socket.getaddrinfo, HOST, 443)

    with intercept(mock.url), pytest.raises(UnsupportedClient, match="this client tried to reach"):
        asyncio.run(resolve_in_a_pool())


def test_it_is_not_taken_for_a_network_failure(mock: Server) -> None:
    assert not issubclass(UnsupportedClient, (OSError, httpx.HTTPError, requests.RequestException))


def test_the_guard_is_gone_afterwards(mock: Server) -> None:
    with intercept(mock.url):
        pass
    with pytest.raises(socket.gaierror, match="not from a test"):
        socket.create_connection((HOST, 443))
    with pytest.raises(socket.gaierror):
        asyncio.run(resolve())

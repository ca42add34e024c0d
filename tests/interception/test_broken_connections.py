"""What breaks at the mock, breaks in the client as it would with the real service."""

from __future__ import annotations

import asyncio

import aiohttp
import httpx
import pytest
import requests

from tests.interception.clients import CALLS
from tests.interception.servers import TUCO, Server
from tuco_mock.interception import intercept

KINDS: dict[str, dict[str, tuple[type[Exception], ...]]] = {
    "reset": {
        "httpx": (httpx.ReadError,),
        "async httpx": (httpx.ReadError,),
        "requests": (requests.ConnectionError,),
        "aiohttp": (aiohttp.ClientOSError,),
    },
    "empty": {
        "httpx": (httpx.RemoteProtocolError,),
        "async httpx": (httpx.RemoteProtocolError,),
        "requests": (requests.ConnectionError,),
        "aiohttp": (aiohttp.ServerDisconnectedError,),
    },
    "truncated": {
        "httpx": (httpx.RemoteProtocolError,),
        "async httpx": (httpx.RemoteProtocolError,),
        "requests": (requests.exceptions.ChunkedEncodingError, requests.ConnectionError),
        "aiohttp": (aiohttp.ClientPayloadError,),
    },
    "hang": {
        "httpx": (httpx.ReadTimeout,),
        "async httpx": (httpx.ReadTimeout,),
        "requests": (requests.ReadTimeout,),
        "aiohttp": (asyncio.TimeoutError,),
    },
}


@pytest.mark.parametrize("client", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_error_is_the_one_that_comes_without_interception(mock: Server, kind: str, client: str) -> None:
    errors = []
    for address in (mock.url, TUCO):
        with intercept(mock.url), pytest.raises(KINDS[kind][client]) as caught:
            CALLS[client]("POST", f"{address}/{kind}", content=b"{}", timeout=0.3 if kind == "hang" else 30)
        errors.append(caught.value)
    assert type(errors[0]) is type(errors[1])
    assert str(errors[0]) == str(errors[1]) or str(mock.port) in str(errors[0])


def test_the_error_tells_of_the_call_that_the_code_made(mock: Server) -> None:
    with intercept(mock.url):
        with pytest.raises(httpx.ReadError) as of_httpx:
            httpx.get(f"{TUCO}/reset")
        with pytest.raises(requests.ConnectionError) as of_requests:
            requests.get(f"{TUCO}/reset", timeout=30)
    assert str(of_httpx.value.request.url) == f"{TUCO}/reset"
    assert of_requests.value.request is not None
    assert of_requests.value.request.url == f"{TUCO}/reset"


def test_nobody_at_the_mock_s_address(mock: Server) -> None:
    with Server("gone") as gone:
        pass
    with intercept(gone.url):
        for client, error in {
            "httpx": httpx.ConnectError,
            "async httpx": httpx.ConnectError,
            "requests": requests.ConnectionError,
            "aiohttp": aiohttp.ClientConnectorError,
        }.items():
            with pytest.raises(error):
                CALLS[client]("GET", f"{TUCO}/x")

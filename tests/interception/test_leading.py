"""Calls to the real service arrive at the mock as they were made, and its answers as it gave them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import httpx
import pytest
import requests

from tests.interception.clients import CALLS, Call
from tests.interception.servers import TUCO, Server
from tuco_mock.interception import intercept


@pytest.mark.parametrize("address", [TUCO, "http://app.tuco.ai", "https://app.tuco.ai:8443", "https://APP.Tuco.ai"])
def test_the_address_in_any_spelling(call: Call, mock: Server, address: str) -> None:
    with intercept(mock.url):
        answer = call("GET", f"{address}/api/replies")
    assert (answer.json["server"], answer.headers["x-answered-by"]) == ("mock", "mock")
    assert answer.url == f"{address.lower()}/api/replies"  # the code under test goes on seeing what it asked for


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
def test_any_method(call: Call, mock: Server, method: str) -> None:
    with intercept(mock.url):
        assert call(method, f"{TUCO}/anything").json["method"] == method


def test_a_head_has_no_body(call: Call, mock: Server) -> None:
    with intercept(mock.url):
        answer = call("HEAD", f"{TUCO}/anything")
    assert (answer.json, answer.headers["x-answered-by"]) == (None, "mock")


@pytest.mark.parametrize(
    "target",
    ["/", "/api/replies?recipientPhone=%2B14422646782&limit=10", "/a%2Fb/c%20d?x=&x=2&y=%C3%BC", "/a?b=+1442&c=~"],
)
def test_path_and_query_are_what_the_client_sends_anyway(call: Call, mock: Server, target: str) -> None:
    direct = call("GET", mock.url + target).json["target"]
    with intercept(mock.url):
        assert call("GET", TUCO + target).json["target"] == direct


def test_headers_and_body(call: Call, mock: Server) -> None:
    sent = {"X-Tracing": "a;b", "Content-Type": "application/json", "Authorization": "Bearer tuco_sk_mine"}
    body = '{"name": "Zoë"}'.encode()
    with intercept(mock.url):
        got = call("POST", f"{TUCO}/api", headers=sent, content=body).json
    assert got["body"] == body.decode()
    assert sent.items() <= {name.title(): value for name, value in got["headers"]}.items()
    assert dict(got["headers"])["host"] == f"127.0.0.1:{mock.port}"


def test_each_header_once(call: Call, mock: Server) -> None:
    with intercept(mock.url):
        names = [name for name, _ in call("POST", f"{TUCO}/api", content=b"{}").json["headers"]]
    assert len(names) == len(set(names))


def test_any_status(call: Call, mock: Server) -> None:
    with intercept(mock.url):
        assert call("GET", f"{TUCO}/teapot").status == 418


@pytest.mark.parametrize("kind", ["near", "far"])
def test_redirects_within_the_service(call: Call, mock: Server, kind: str) -> None:
    with intercept(mock.url):
        answer = call("POST", f"{TUCO}/{kind}", content=b"kept", headers={"Authorization": "Bearer tuco_sk_mine"})
    assert (answer.json["server"], answer.json["target"]) == ("mock", f"/arrived?from={kind}")
    assert (answer.url, answer.json["body"]) == (f"{TUCO}/arrived?from={kind}", "kept")
    assert dict(answer.json["headers"])["authorization"] == "Bearer tuco_sk_mine"


def test_a_redirect_to_somebody_else_takes_no_key_along(call: Call, mock: Server) -> None:
    with intercept(mock.url):
        answer = call("GET", f"{TUCO}/away", headers={"Authorization": "Bearer tuco_sk_mine"})
    assert answer.json["server"] == "elsewhere"
    assert "authorization" not in dict(answer.json["headers"])


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "http://user:secret@127.0.0.1:9"])
def test_no_proxy_lies_between(
    call: Call, mock: Server, monkeypatch: pytest.MonkeyPatch, scheme: str, proxy: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
        monkeypatch.setenv(name.lower(), proxy)
    with intercept(mock.url):
        got = call("GET", f"{scheme}://app.tuco.ai/api?limit=1").json
    assert (got["server"], got["target"]) == ("mock", "/api?limit=1")
    assert not any(name.startswith("proxy-") for name, _ in got["headers"])


# what only some clients can do


def test_an_answer_comes_as_a_stream(mock: Server) -> None:
    with intercept(mock.url), httpx.stream("GET", f"{TUCO}/two-parts") as answer:
        lines = answer.iter_raw()
        assert next(lines) == b"one\n"
        mock.first_part_seen.set()
        assert b"".join(lines) == b"two\n"


def test_an_answer_comes_as_a_stream_to_requests(mock: Server) -> None:
    with intercept(mock.url), requests.get(f"{TUCO}/two-parts", stream=True, timeout=30) as answer:
        lines = answer.iter_content(4)
        assert next(lines) == b"one\n"
        mock.first_part_seen.set()
        assert b"".join(lines) == b"two\n"


@pytest.mark.parametrize("client", ["httpx", "aiohttp"])
def test_an_answer_comes_as_a_stream_to_tasks(mock: Server, client: str) -> None:
    async def with_httpx() -> None:
        async with httpx.AsyncClient(timeout=30) as session, session.stream("GET", f"{TUCO}/two-parts") as answer:
            lines = answer.aiter_raw()
            assert await anext(lines) == b"one\n"
            mock.first_part_seen.set()
            assert [each async for each in lines] == [b"two\n"]

    async def with_aiohttp() -> None:
        async with aiohttp.ClientSession() as session, session.get(f"{TUCO}/two-parts") as answer:
            assert await answer.content.readline() == b"one\n"
            mock.first_part_seen.set()
            assert await answer.content.readline() == b"two\n"

    with intercept(mock.url):
        asyncio.run(with_httpx() if client == "httpx" else with_aiohttp())


def parts() -> Iterator[bytes]:
    """A body in two parts."""
    yield b"first,"
    yield b"second"


async def async_parts() -> AsyncIterator[bytes]:
    """A body in two parts."""
    for part in parts():
        yield part


def test_a_request_goes_as_a_stream(mock: Server) -> None:
    async def tasks() -> list[str]:
        async with httpx.AsyncClient() as client, aiohttp.ClientSession() as session:
            first = (await client.post(f"{TUCO}/api", content=async_parts())).json()
            async with session.post(f"{TUCO}/api", data=async_parts()) as answer:
                return [first["body"], (await answer.json())["body"]]

    with intercept(mock.url):
        assert httpx.post(f"{TUCO}/api", content=parts()).json()["body"] == "first,second"
        assert requests.post(f"{TUCO}/api", data=parts(), timeout=30).json()["body"] == "first,second"
        assert asyncio.run(tasks()) == ["first,second"] * 2


def test_cookies_belong_to_the_real_service(mock: Server) -> None:
    with intercept(mock.url), httpx.Client() as client, requests.Session() as session:
        client.get(f"{TUCO}/cookie")
        session.get(f"{TUCO}/cookie", timeout=30)
        assert dict(client.get(f"{TUCO}/x").json()["headers"])["cookie"] == "crumb=1"
        assert dict(session.get(f"{TUCO}/x", timeout=30).json()["headers"])["cookie"] == "crumb=1"
        assert "cookie" not in dict(client.get(f"{mock.url}/x").json()["headers"])


def test_hooks_transports_and_adapters_of_the_code_under_test_work(mock: Server) -> None:
    seen: list[str] = []

    class Counting(httpx.BaseTransport):
        def __init__(self) -> None:
            self.inner = httpx.HTTPTransport()

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            seen.append(f"transport {request.url}")
            return self.inner.handle_request(request)

        def close(self) -> None:
            self.inner.close()

    class Adapter(requests.adapters.HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *given: Any, **named: Any) -> requests.Response:
            seen.append(f"adapter {request.url}")
            return super().send(request, *given, **named)

    with intercept(mock.url), requests.Session() as session:
        session.mount("https://", Adapter())
        session.get(f"{TUCO}/x", timeout=30)
        with httpx.Client(transport=Counting(), event_hooks={"request": [lambda r: seen.append(f"hook {r.url}")]}) as c:
            c.get(f"{TUCO}/x")
    assert seen == [f"adapter {TUCO}/x", f"hook {TUCO}/x", f"transport {TUCO}/x"]


def test_a_client_keeps_its_connection(mock: Server) -> None:
    async def tasks() -> set[int]:
        async with aiohttp.ClientSession() as session:
            ports = set()
            for _ in range(3):
                async with session.get(f"{TUCO}/x") as answer:
                    ports.add((await answer.json())["peer"])
            return ports

    with intercept(mock.url), httpx.Client() as client, requests.Session() as session:
        assert len({client.get(f"{TUCO}/x").json()["peer"] for _ in range(3)}) == 1
        assert len({session.get(f"{TUCO}/x", timeout=30).json()["peer"] for _ in range(3)}) == 1
        assert len(asyncio.run(tasks())) == 1


def test_clients_that_are_older_than_the_interception(mock: Server) -> None:
    with httpx.Client() as client, requests.Session() as session:
        with intercept(mock.url):
            assert client.get(f"{TUCO}/x").json()["server"] == "mock"
            assert session.get(f"{TUCO}/x", timeout=30).json()["server"] == "mock"
        with pytest.raises(httpx.ConnectError):  # and no connection to the mock is left for the real service
            client.get(f"{TUCO}/x")
        with pytest.raises(requests.ConnectionError):
            session.get(f"{TUCO}/x", timeout=30)


def test_a_session_of_aiohttp_that_outlives_the_interception(mock: Server) -> None:
    async def tasks() -> None:
        async with aiohttp.ClientSession() as session:
            with intercept(mock.url):
                async with session.get(f"{TUCO}/x") as answer:
                    assert (await answer.json())["server"] == "mock"
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(f"{TUCO}/x")

    asyncio.run(tasks())


def test_all_clients_are_tried() -> None:
    assert len(CALLS) == 4

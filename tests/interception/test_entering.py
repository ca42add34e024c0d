"""Interceptions are entered and left in any way, and leave nothing behind."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import httpcore
import httpx
import pytest
import requests
import uvloop

from tests.interception.clients import CALLS, CERTIFICATES, Call
from tests.interception.servers import TUCO, Server
from tuco_mock.interception import intercept

PLACES: list[Any] = [
    httpcore.ConnectionPool,
    httpcore.AsyncConnectionPool,
    requests.adapters.HTTPAdapter,
    aiohttp.BaseConnector,
    socket,
    socket.socket,
    asyncio.BaseEventLoop,
    uvloop.Loop,
    http.client.HTTPConnection,
]


def everything() -> list[dict[str, Any]]:
    """All that interception might put something in place of."""
    return [dict(vars(place)) for place in PLACES]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Whatever a test does, everything is afterwards what it was before."""
    before = everything()
    yield
    assert everything() == before


def led_to(call: Call = CALLS["requests"]) -> str:
    """The server that a call to the real service reaches."""
    return str(call("GET", f"{TUCO}/x").json["server"])


@pytest.fixture
def other() -> Iterator[Server]:
    """A second mock."""
    with Server("other") as server:
        yield server


def test_something_is_put_in_place(mock: Server) -> None:
    before = everything()
    with intercept(mock.url):
        assert all(now != then for now, then in zip(everything(), before, strict=True))


def test_one_after_the_other(call: Call, mock: Server, other: Server) -> None:
    for server in (mock, other, mock):
        with intercept(server.url):
            assert led_to(call) == server.name


def test_one_in_the_other(call: Call, mock: Server, other: Server) -> None:
    with intercept(mock.url):
        with intercept(other.url):
            assert led_to(call) == "other"
        assert led_to(call) == "mock"


def test_the_same_one_again_and_in_itself(mock: Server) -> None:
    led = intercept(mock.url)
    for _ in range(2):
        with led, led:
            assert led_to() == "mock"
    with pytest.raises(requests.ConnectionError):
        led_to()


def test_left_in_another_order(mock: Server, other: Server) -> None:
    first, second = intercept(mock.url), intercept(other.url)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert led_to() == "other"
    second.__exit__(None, None, None)


def test_an_exception_inside(mock: Server) -> None:
    with pytest.raises(ZeroDivisionError), intercept(mock.url):
        raise ZeroDivisionError


def test_a_hook_that_can_t_be_installed_leaves_none_behind(mock: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.delattr(http.client.HTTPConnection, "putrequest")
        with pytest.raises(AttributeError), intercept(mock.url):
            raise AssertionError("entered")


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:4010", "ftp://127.0.0.1", "http://", "http://127.0.0.1:4010/api", TUCO, "http://a?b", "http://a:b"],
)
def test_no_base_url_of_a_mock(url: str) -> None:
    with pytest.raises(ValueError, match=r"expected|Port"):
        intercept(url)


# threads and tasks


def test_threads_that_entered_their_own(call: Call, mock: Server, other: Server) -> None:
    entered = threading.Barrier(2)

    def work(server: Server) -> list[str]:
        with intercept(server.url):
            entered.wait(30)
            found = [led_to(call) for _ in range(5)]
            entered.wait(30)
        return found

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, (mock, other))) == [["mock"] * 5, ["other"] * 5]


def test_a_thread_that_entered_none_goes_with_the_process(mock: Server) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()  # the thread is older than the interception
        with intercept(mock.url):
            assert pool.submit(led_to).result() == "mock"
        with pytest.raises(requests.ConnectionError):
            pool.submit(led_to).result()


@pytest.mark.parametrize("client", ["httpx", "aiohttp"])
def test_tasks_that_entered_their_own(mock: Server, other: Server, client: str) -> None:
    async def ask() -> str:
        if client == "httpx":
            async with httpx.AsyncClient(verify=CERTIFICATES) as of_httpx:
                return str((await of_httpx.get(f"{TUCO}/x")).json()["server"])
        async with aiohttp.ClientSession() as session, session.get(f"{TUCO}/x") as answer:
            return str((await answer.json())["server"])

    async def work(server: Server) -> list[str]:
        with intercept(server.url):
            return [await ask() for _ in range(5)]

    async def tasks() -> list[list[str]]:
        return await asyncio.gather(*map(work, (mock, other, mock)))

    assert asyncio.run(tasks()) == [["mock"] * 5, ["other"] * 5, ["mock"] * 5]


def test_entered_in_one_context_and_left_in_another(mock: Server, other: Server) -> None:
    led = intercept(mock.url)

    async def enter() -> None:
        led.__enter__()

    async def leave() -> None:
        led.__exit__(None, None, None)

    asyncio.run(enter())  # as the fixtures of asynchronous tests may do
    assert led_to() == "mock"
    with intercept(other.url):
        asyncio.run(leave())
        assert led_to() == "other"


def test_many_threads_enter_and_leave(mock: Server) -> None:
    def work(_: int) -> str:
        with intercept(mock.url):
            return led_to()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(100))) == {"mock"}

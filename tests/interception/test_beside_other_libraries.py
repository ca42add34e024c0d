"""Libraries that fake answers of other services are used at the same time, inside and around an interception."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
import requests
import responses
import respx

from tests.interception.servers import TUCO, Server
from tuco_mock.interception import intercept

STRIPE = "https://api.stripe.com/v1/charges"


@pytest.mark.parametrize("inside", [True, False])
def test_respx(mock: Server, inside: bool) -> None:
    faked = respx.mock(assert_all_called=False)
    faked.get(STRIPE).respond(json={"faked": True})
    faked.route(host="app.tuco.ai").pass_through()
    faked.route(host="127.0.0.1").pass_through()
    first, second = (intercept(mock.url), faked) if inside else (faked, intercept(mock.url))
    with first, second:
        assert httpx.get(STRIPE).json() == {"faked": True}
        assert httpx.get(f"{TUCO}/x").json()["server"] == "mock"


@pytest.mark.parametrize("inside", [True, False])
def test_respx_that_lets_the_real_address_pass_alone(mock: Server, inside: bool) -> None:
    faked = respx.mock(assert_all_called=False, using="httpx")
    faked.get(STRIPE).respond(json={"faked": True})
    faked.route(host="app.tuco.ai").pass_through()
    first, second = (intercept(mock.url), faked) if inside else (faked, intercept(mock.url))
    with first, second:
        assert httpx.get(STRIPE).json() == {"faked": True}
        assert httpx.get(f"{TUCO}/x").json()["server"] == "mock"
        assert asyncio.run(_get_asynchronously(f"{TUCO}/x"))["server"] == "mock"


async def _get_asynchronously(url: str) -> Any:
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).json()


@pytest.mark.parametrize("inside", [True, False])
def test_responses(mock: Server, inside: bool) -> None:
    faked = responses.RequestsMock(assert_all_requests_are_fired=False)
    faked.get(STRIPE, json={"faked": True})
    faked.add_passthru(TUCO)
    first, second = (intercept(mock.url), faked) if inside else (faked, intercept(mock.url))
    with first, second:
        assert requests.get(STRIPE, timeout=30).json() == {"faked": True}
        faked.get(STRIPE, json={"faked": True})
        assert requests.get(f"{TUCO}/x", timeout=30).json()["server"] == "mock"


def test_one_that_covers_a_hook_when_it_is_removed(mock: Server) -> None:
    real = httpcore.ConnectionPool.handle_request
    led = intercept(mock.url)
    faked = respx.mock(assert_all_called=False)
    faked.route(host="app.tuco.ai").respond(json={"faked": True})
    led.__enter__()
    faked.start()
    led.__exit__(None, None, None)
    assert httpx.get(f"{TUCO}/x").json() == {"faked": True}
    faked.stop()
    with pytest.raises(httpx.ConnectError):  # what was left beneath does nothing
        httpx.get(f"{TUCO}/x")
    with led:
        assert httpx.get(f"{TUCO}/x").json()["server"] == "mock"
    assert httpcore.ConnectionPool.handle_request is real


WITHOUT = """
import sys
missing = sys.argv[2].split(",")
sys.modules.update(dict.fromkeys(missing))
from tuco_mock.interception import UnsupportedClient, intercept
import urllib.request
with intercept(sys.argv[1]):
    for name in ("httpx", "requests"):
        if name not in missing:
            client = __import__(name)
            assert client.get("https://app.tuco.ai/x", timeout=30).json()["server"] == "mock", name
    try:
        urllib.request.urlopen("https://app.tuco.ai/x")
    except UnsupportedClient:
        print("guarded")
"""


@pytest.mark.parametrize(
    "missing", ["requests,aiohttp,uvloop,yarl", "httpx,httpcore,aiohttp", "httpx,httpcore,requests"]
)
def test_clients_that_are_not_installed(mock: Server, missing: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT, mock.url, missing],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.stdout, ended.stderr) == ("guarded\n", "")

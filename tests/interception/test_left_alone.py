"""Only the real service's address is led; whatever else is on the network stays as it is."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest

from tests.interception.clients import Call
from tests.interception.servers import Server
from tuco_mock.interception import intercept


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_another_host(call: Call, mock: Server, elsewhere: Server, host: str) -> None:
    address = f"http://{host}:{elsewhere.port}/x?y=1"
    sent = {"Authorization": "Bearer tuco_sk_mine"}
    before = call("POST", address, headers=sent, content=b"{}")
    with intercept(mock.url, "tuco_sk_other"):
        during = call("POST", address, headers=sent, content=b"{}")
    assert during.json["server"] == "elsewhere"
    assert comparable(during.json) == comparable(before.json)


def comparable(told: dict[str, Any]) -> dict[str, Any]:
    """What a server told of a request, without what differs from connection to connection."""
    return {name: value for name, value in told.items() if name != "peer"}


def test_the_mock_itself(call: Call, mock: Server) -> None:
    with intercept(mock.url, "tuco_sk_other"):
        got = call("GET", f"{mock.url}/_tuco/livez", headers={"Authorization": "Bearer token"}).json
    assert (got["server"], dict(got["headers"])["authorization"]) == ("mock", "Bearer token")


@pytest.mark.parametrize("host", ["tuco.ai", "docs.tuco.ai", "app.tuco.ai.example", "xapp.tuco.ai"])
def test_names_that_look_alike(call: Call, mock: Server, host: str) -> None:
    with intercept(mock.url), pytest.raises(Exception, match="not from a test"):
        call("GET", f"https://{host}/x")


def test_other_clients_reach_other_hosts(mock: Server, elsewhere: Server) -> None:
    with intercept(mock.url), urllib.request.urlopen(f"{elsewhere.url}/x", timeout=30) as answer:
        assert b'"elsewhere"' in answer.read()

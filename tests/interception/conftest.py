"""A mock, another server, and a network on which the real service can't be reached."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.interception.clients import CALLS, Call
from tests.interception.servers import Server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def nobody_reaches_the_real_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong in a test, no call of it leaves this machine; nor does a proxy of this machine matter."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *given: Any, **named: Any) -> Any:
        if "tuco" in str(host):
            raise socket.gaierror(socket.EAI_NONAME, "not from a test")
        return real(host, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    """A server of somebody else."""
    with Server("elsewhere") as server:
        yield server


@pytest.fixture
def mock(elsewhere: Server) -> Iterator[Server]:
    """What stands for the mock."""
    with Server("mock", away=f"{elsewhere.url}/arrived") as server:
        yield server


@pytest.fixture(params=CALLS)
def call(request: pytest.FixtureRequest) -> Call:
    """A call with each client."""
    found: Call = CALLS[request.param]
    return found

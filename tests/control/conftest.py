"""In this folder every answer of the control plane is checked against its description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.control.described import Described
from tuco_mock.app import create_app
from tuco_mock.server import BackgroundServer
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def described(server: BackgroundServer) -> Described:
    """The check of each answer."""
    return Described(httpx.get(f"{server.url}/_tuco/openapi.json", trust_env=False).json())


@pytest.fixture(scope="session")
def http(server: BackgroundServer, described: Described) -> Iterator[httpx.Client]:
    """A client of the running server, behind the check."""
    with client(server.url, described) as found:
        yield found


def client(url: str, described: Described) -> httpx.Client:
    """A client of a server, behind the check."""
    return httpx.Client(base_url=url, trust_env=False, timeout=30, verify=False, event_hooks={"response": [described]})


@pytest.fixture
def own(described: Described) -> Iterator[Callable[..., httpx.Client]]:
    """Start a server of the test's own, with these settings; a client of it."""
    running: list[tuple[BackgroundServer, httpx.Client]] = []

    def start(**settings: Any) -> httpx.Client:
        server = BackgroundServer(create_app(Settings(**settings)))
        running.append((server.__enter__(), client(server.url, described)))
        return running[-1][1]

    yield start
    for server, ours in running:
        ours.close()
        server.__exit__(None, None, None)

"""One server a session, on a real socket, its answers checked against the API description; one workspace a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support import World
from tuco_mock.app import create_app
from tuco_mock.contract.spec import load_spec
from tuco_mock.contract.validation import ResponseValidator
from tuco_mock.server import BackgroundServer


@pytest.fixture(scope="session")
def validator() -> ResponseValidator:
    """The application the server serves, behind the check of each answer."""
    return ResponseValidator(create_app(), load_spec())


@pytest.fixture(scope="session")
def server(validator: ResponseValidator) -> Iterator[BackgroundServer]:
    """The running server."""
    with BackgroundServer(validator) as running:
        yield running
    assert validator.different == 0, "an answer differed from the API description"


@pytest.fixture(scope="session")
def http(server: BackgroundServer) -> Iterator[httpx.Client]:
    """A client of the running server, without a key."""
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def make_world(http: httpx.Client) -> Iterator[Callable[..., World]]:
    """Make workspaces; they are dropped after the test."""
    made: list[World] = []

    def make(**made_with: Any) -> World:
        made.append(World(http, **made_with))
        return made[-1]

    yield make
    for world in made:
        world.drop()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A workspace of the test's own, its clock frozen at 2026-03-13T00:00:00.000Z."""
    return make_world(clock="2026-03-13T00:00:00Z")

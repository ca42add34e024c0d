"""One server a session, on a real socket, its answers checked against the API description; one workspace a test."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import hypothesis
import pytest

from tests.engines.chosen import fresh_engines, real_engines
from tests.support import World
from tuco_mock.app import create_app
from tuco_mock.contract.spec import load_spec
from tuco_mock.contract.validation import ResponseValidator
from tuco_mock.server import BackgroundServer

# how long an example takes is the machine's business; what is to be fast has a test that measures it
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engines",
        choices=["embedded", "real"],
        default="embedded",
        help="what the servers of the tests keep their state in: a real Redis and MongoDB are started for the session",
    )


@pytest.fixture(scope="session", autouse=True)
def engines(pytestconfig: pytest.Config) -> Iterator[None]:
    """The engines that servers of the tests get by `fresh_engines`."""
    with real_engines() if pytestconfig.getoption("engines") == "real" else contextlib.nullcontext():
        yield


@pytest.fixture(scope="session")
def validator(engines: None) -> ResponseValidator:
    """The application the server serves, behind the check of each answer."""
    return ResponseValidator(create_app(engines=fresh_engines()), load_spec())


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

"""The server of the examples: that of the plugin, or one on real engines when pytest is told so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engines.chosen import are_real, fresh_engines
from tuco_mock.app import create_app
from tuco_mock.client import Server
from tuco_mock.server import BackgroundServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def tuco_server(request: pytest.FixtureRequest, engines: None) -> Iterator[Server]:
    """The server."""
    if not are_real():
        yield request.getfixturevalue("tuco_server")
        return
    with BackgroundServer(create_app(engines=fresh_engines())) as running, Server(running.url) as server:
        yield server

"""The plugin's own fixtures, on the server whose answers are checked against the API description."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tuco_mock.client import Server
from tuco_mock.server import BackgroundServer

CANCEL = "/api/messages/cancel-for-lead"
REPLIES = "/api/replies"


@pytest.fixture(scope="session")
def tuco_server(server: BackgroundServer) -> Iterator[Server]:
    """The server of all tests, in place of the plugin's."""
    with Server(server.url) as client:
        yield client

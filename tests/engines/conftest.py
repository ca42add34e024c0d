"""A Redis and a MongoDB of the tests' own, and servers that keep their state in them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.engines.servers import NO_REDIS, MongoServer, RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis that a test may stop, and starts again."""
    if shutil.which("redis-server") is None:
        pytest.skip(NO_REDIS)
    # what is written is on the disk before it is answered: it is still there when the server was killed
    server = RedisServer(tmp_path_factory.mktemp("redis"), "--appendonly", "yes", "--appendfsync", "always")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoServer]:
    """A SecantusDB that a test may stop, and starts again."""
    server = MongoServer(tmp_path_factory.mktemp("mongo"))
    server.start()
    yield server
    server.kill()

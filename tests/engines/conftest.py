"""A Redis and a MongoDB of the tests' own, and servers that keep their state in them."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.cli.running import COMMAND, Serving, environment
from tests.engines.fleet import WORKERS, Fleet
from tests.engines.servers import NO_REDIS, MongoServer, RedisServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
    server = MongoServer(tmp_path_factory.mktemp("mongo"), "--sync-on-commit")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def start_fleet(
    redis_server: RedisServer, mongo_server: MongoServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Fleet]]:
    """Start a server of several processes on empty engines."""
    with contextlib.ExitStack() as started:

        def start() -> Fleet:
            home = tmp_path_factory.mktemp("fleet")
            engines = (mongo_server.patient_url, redis_server.url, f"p-{uuid4().hex[:8]}")
            where = ["--port", "0", "--port-file", str(home / "port"), "--workers", str(WORKERS)]
            names = ("--mongo-url", "--redis-url", "--namespace")
            options = [*where, *(text for pair in zip(names, engines, strict=True) for text in pair)]
            serving = Serving(COMMAND, *options, cwd=home, env=environment(home))
            started.callback(serving.abandon)
            return Fleet(serving, home / "port", engines)

        yield start

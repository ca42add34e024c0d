"""A real Redis for the tests that compare the embedded one with it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def real_redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The unix socket of a Redis server that runs for the session and keeps nothing."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed (apt-get install redis-server); CI installs it and skips nothing")
    folder = tmp_path_factory.mktemp("redis")
    path = str(folder / "redis.sock")
    command = [program, "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        # The client asks again every 10 ms until the server answers.
        patient = Retry(ConstantBackoff(0.01), 1_000)
        with redis.Redis(unix_socket_path=path, retry=patient, retry_on_error=[redis.ConnectionError]) as client:
            client.ping()
        yield path
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def real_redis(real_redis_socket: str) -> Iterator[redis.Redis]:
    """A client of an empty real Redis, answering in text."""
    with redis.Redis(unix_socket_path=real_redis_socket, decode_responses=True) as client:
        client.flushall()
        yield client

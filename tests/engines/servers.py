"""Real engines for tests: Debian's redis-server, and SecantusDB or a MongoDB at an address, on free ports."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pymongo
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NO_REDIS = "redis-server is not installed (apt-get install redis-server); CI installs it and skips nothing"
GIVEN = ("TUCO_TEST_MONGO_URL", "TUCO_TEST_REDIS_URL")
"""Variables with the addresses of engines that run already."""

_PATIENCE = 60
"""How many seconds a server may take to start."""


class Process:
    """A server that can be stopped, hung and started again at the same port.

    Attributes:
        port: where it listens on 127.0.0.1.
    """

    def __init__(self, command: Sequence[str], folder: Path, port: int) -> None:
        self.port = port
        self._command = command
        self._folder = folder
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it may not answer yet."""
        with (self._folder / "log").open("ab") as log:
            self._running = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT, cwd=self._folder)

    def kill(self) -> None:
        """End it without a warning."""
        if self._running is not None:
            self._running.kill()
            self._running.wait(10)
            self._running = None

    def signal(self, number: int) -> None:
        """Send it a signal, as SIGSTOP."""
        assert self._running is not None
        self._running.send_signal(number)

    def check(self) -> None:
        """Say what it said when it has ended of itself."""
        if self._running is not None and self._running.poll() is not None:
            raise RuntimeError(f"{self._command[0]} has ended: {(self._folder / 'log').read_text('utf-8')[-2000:]}")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class RedisServer(Process):
    """A redis-server of the tests' own, which keeps what it holds when it is killed and started again.

    Raises:
        RuntimeError: it is not installed.
    """

    def __init__(self, folder: Path, *further: str) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError(NO_REDIS)
        port = free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder), *further]
        super().__init__(command, folder, port)

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        super().start()
        # the client asks again every 10 ms until the server answers
        patient = Retry(ConstantBackoff(0.01), 100 * _PATIENCE)
        asked: list[type[Exception]] = [redis.ConnectionError, redis.BusyLoadingError]
        with redis.Redis(port=self.port, retry=patient, retry_on_error=asked) as client:
            client.ping()
        self.check()


class MongoServer(Process):
    """A SecantusDB of the tests' own: it speaks MongoDB's protocol on a real socket."""

    def __init__(self, folder: Path, *further: str) -> None:
        port = free_port()
        program = Path(sys.executable).with_name("secantusd-py")
        kept = ["--storage-path", str(folder / "data"), "--cache-size", "256M", "--log-level", "WARNING"]
        super().__init__([str(program), "--port", str(port), *kept, *further], folder, port)

    @property
    def url(self) -> str:
        """Its address."""
        return f"mongodb://127.0.0.1:{self.port}"

    @property
    def patient_url(self) -> str:
        """The same, for crowds: who writes to a collection of SecantusDB waits for all others, in no order."""
        return f"{self.url}/?socketTimeoutMS=60000"

    def start(self, *, answers_strangers: bool = True) -> None:
        """Start it, and wait until it answers; one that does not answer strangers lets them shake hands."""
        super().start()
        wait = 1_000 * _PATIENCE
        with pymongo.MongoClient[dict[str, object]](self.url, serverSelectionTimeoutMS=wait) as client:
            client.admin.command("ping" if answers_strangers else "hello")
        self.check()


@contextlib.contextmanager
def redis_url(folder: Path) -> Iterator[str]:
    """The address of a Redis for the session: of our own, or TUCO_TEST_REDIS_URL.

    Raises:
        RuntimeError: there is none, and redis-server is not installed.
    """
    given = os.environ.get(GIVEN[1])
    if given:
        yield given
        return
    server = RedisServer(folder, "--appendonly", "no")
    server.start()
    try:
        yield server.url
    finally:
        server.kill()


@contextlib.contextmanager
def mongo_url(folder: Path) -> Iterator[str]:
    """The address of a MongoDB for the session: of our own, or TUCO_TEST_MONGO_URL."""
    given = os.environ.get(GIVEN[0])
    if given:
        yield given
        return
    server = MongoServer(folder)
    server.start()
    try:
        yield server.url
    finally:
        server.kill()
